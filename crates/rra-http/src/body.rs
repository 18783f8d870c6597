//! The body of an answer, watched to its end: a request is over when its last byte is on its way,
//! not when its head is.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Buf, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::exchange::Exchange;

pin_project! {
    /// The body of an answer that is being counted.
    #[derive(Debug)]
    pub struct ApiBody<B> {
        #[pin]
        inner: B,
        // Only there until the end, and while this layer is the one that counts.
        exchange: Option<Exchange>,
        // Servers stop asking when they have as much as was announced.
        left: Option<u64>,
    }
}

impl<B> ApiBody<B> {
    /// A body of which this many bytes are to come, if that is known.
    pub(crate) fn new(inner: B, mut exchange: Option<Exchange>, left: Option<u64>) -> Self {
        if left == Some(0) {
            end(&mut exchange, Exchange::completed);
        }
        Self {
            inner,
            exchange,
            left,
        }
    }
}

impl<B: Body> Body for ApiBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let inner = this.inner.as_mut();
        let polled = Exchange::step(this.exchange, || inner.poll_frame(cx));
        match &polled {
            Poll::Pending => {}
            Poll::Ready(None) => end(this.exchange, ending(*this.left)),
            Poll::Ready(Some(Err(_))) => end(this.exchange, Exchange::broke_off),
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Buf::remaining);
                let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
                *this.left = this.left.map(|left| left.saturating_sub(bytes));
                // Nothing comes behind trailers.
                let is_last = frame.is_trailers() || this.inner.is_end_stream();
                if is_last || *this.left == Some(0) {
                    end(this.exchange, ending(*this.left));
                }
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// How a body ends of which this many announced bytes never came: the client takes a short one for
/// broken.
fn ending(left: Option<u64>) -> fn(Exchange) {
    match left {
        Some(1..) => Exchange::broke_off,
        _ => Exchange::completed,
    }
}

fn end(exchange: &mut Option<Exchange>, how: fn(Exchange)) {
    if let Some(exchange) = exchange.take() {
        how(exchange);
    }
}
