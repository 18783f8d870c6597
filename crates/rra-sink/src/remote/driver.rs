//! A remote sink behind a form that a list can hold: the future of each call is boxed, once for a
//! batch, so that whoever implements one writes a plain `async fn`.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

use super::{Answer, RemoteSettings, RemoteSink};
use crate::sink::{Batch, DeliveryError};

/// What a call comes to.
pub(super) type Sent = Result<Answer, DeliveryError>;
type Sending<'s> = Pin<Box<dyn Future<Output = Sent> + 's>>;

/// Any remote sink.
pub(crate) trait Driver: Send {
    fn name(&self) -> &str;
    fn settings(&self) -> RemoteSettings;
    fn send<'s>(&'s mut self, batch: &'s Batch<'_>) -> Sending<'s>;
}

impl<S: RemoteSink> Driver for S {
    fn name(&self) -> &str {
        RemoteSink::name(self)
    }

    fn settings(&self) -> RemoteSettings {
        RemoteSink::settings(self)
    }

    fn send<'s>(&'s mut self, batch: &'s Batch<'_>) -> Sending<'s> {
        Box::pin(RemoteSink::send(self, batch))
    }
}

/// Sends, and turns a panic into a failure: it must not end the lane, or its events would stay for
/// ever.
pub(super) async fn send_guarded(driver: &mut dyn Driver, batch: &Batch<'_>) -> Sent {
    // The call itself may panic too: it is made with the first poll.
    let mut sending = Box::pin(async { driver.send(batch).await });
    let sent = poll_fn(|context| {
        let poll = || sending.as_mut().poll(context);
        match catch_unwind(AssertUnwindSafe(poll)) {
            Ok(Poll::Ready(sent)) => Poll::Ready(sent),
            Ok(Poll::Pending) => Poll::Pending,
            Err(_) => Poll::Ready(Err(DeliveryError::retryable("the sink panicked"))),
        }
    });
    let sent = sent.await;
    // What it holds may panic when it goes.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(sending)));
    sent
}
