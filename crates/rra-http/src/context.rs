//! What is known of the request that a thread is working on, so that whatever is written down
//! meanwhile can say to which request it belongs.
//!
//! Owns the one place per thread where that stands. The layer puts it there for each step of a
//! handler and takes it away after, so it follows a task from thread to thread.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use rra_schema::TraceContext;

use crate::request_id::RequestId;

thread_local! {
    static CURRENT: Cell<Option<RequestContext>> = const { Cell::new(None) };
}

/// What is known of a request while it is handled: its id, who sent it, in which trace, and who that
/// turned out to be. A clone is the same context.
///
/// [`ApiLayer`](crate::ApiLayer) makes it. It is the [current](Self::current) one of the thread while
/// the handler runs and while the body of its answer is made, but not in tasks and threads that the
/// handler starts: give it to them.
///
/// ```
/// use rra_http::RequestContext;
///
/// async fn handler() {
///     let Some(context) = RequestContext::current() else { return };
///     context.set_agent_id("agent-17"); // once it has proved who it is
///
///     let work = async { /* events in here say to which request they belong */ };
///     tokio::spawn(context.clone().attach(work));
///     std::thread::spawn(move || context.run(|| { /* and in here */ }));
/// }
/// # let _ = handler;
/// ```
#[derive(Clone)]
pub struct RequestContext(Arc<Known>);

struct Known {
    request_id: RequestId,
    client: Option<IpAddr>,
    trace: Option<TraceContext>,
    agent_id: OnceLock<Box<str>>,
    user_id: OnceLock<Box<str>>,
}

impl RequestContext {
    pub(crate) fn new(
        request_id: RequestId,
        client: Option<IpAddr>,
        trace: Option<TraceContext>,
    ) -> Self {
        Self(Arc::new(Known {
            request_id,
            client,
            trace,
            agent_id: OnceLock::new(),
            user_id: OnceLock::new(),
        }))
    }

    /// The context of the request that this thread is working on.
    pub fn current() -> Option<Self> {
        Self::with_current(|current| Some(current?.clone()))
    }

    /// Whether this thread is working on a request.
    pub(crate) fn is_inside() -> bool {
        Self::with_current(|current| current.is_some())
    }

    /// Shows `look` the context of the request that this thread is working on, without cloning it.
    /// What `look` calls sees none.
    pub fn with_current<T>(look: impl FnOnce(Option<&Self>) -> T) -> T {
        let mut current = None;
        let lent = Inside::begin(&mut current);
        look(lent.outside.as_ref())
    }

    /// The id of the request.
    pub fn request_id(&self) -> &RequestId {
        &self.0.request_id
    }

    /// The address of the client, where the server knows it: see [`Proxies`](crate::Proxies).
    pub fn client_address(&self) -> Option<IpAddr> {
        self.0.client
    }

    /// The span of the request, or the one its caller named.
    pub fn trace(&self) -> Option<TraceContext> {
        self.0.trace
    }

    /// The agent that the request turned out to come from.
    pub fn agent_id(&self) -> Option<&str> {
        self.0.agent_id.get().map(|id| &**id)
    }

    /// The user that the request turned out to come from.
    pub fn user_id(&self) -> Option<&str> {
        self.0.user_id.get().map(|id| &**id)
    }

    /// Says which agent the request comes from, once that is proved. A request has one sender, so
    /// the first word stands.
    pub fn set_agent_id(&self, id: impl Into<Box<str>>) {
        let _ = self.0.agent_id.set(id.into());
    }

    /// Says which user the request comes from, once that is proved. The first word stands.
    pub fn set_user_id(&self, id: impl Into<Box<str>>) {
        let _ = self.0.user_id.set(id.into());
    }

    /// Runs `work` on this thread as part of the request.
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        let mut context = Some(self.clone());
        let _inside = Inside::begin(&mut context);
        work()
    }

    /// Makes `future` part of the request, on whatever thread it is polled.
    pub fn attach<F: Future>(self, future: F) -> Attached<F> {
        Attached {
            context: self,
            future,
        }
    }
}

/// Ids are the only part that a log may show; who the client is belongs into events.
impl fmt::Debug for RequestContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestContext")
            .field("request_id", &self.0.request_id.as_str())
            .finish_non_exhaustive()
    }
}

/// Another context on this thread, until dropped, by unwinding too.
pub(crate) struct Inside<'c> {
    /// Meanwhile what was there before.
    outside: &'c mut Option<RequestContext>,
    // Must be dropped where it was made.
    _of_this_thread: PhantomData<*const ()>,
}

impl<'c> Inside<'c> {
    /// Takes the context onto this thread, and puts it back when dropped.
    pub(crate) fn begin(context: &'c mut Option<RequestContext>) -> Self {
        swap(context);
        Self {
            outside: context,
            _of_this_thread: PhantomData,
        }
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        swap(self.outside);
    }
}

/// A thread that is ending has no context any more, and asking must not panic there.
fn swap(context: &mut Option<RequestContext>) {
    let _ = CURRENT.try_with(|current| *context = current.replace(context.take()));
}

pin_project! {
    /// A future that is part of a request.
    #[derive(Debug)]
    pub struct Attached<F> {
        context: RequestContext,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Attached<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let future = this.future;
        this.context.run(|| future.poll(cx))
    }
}

#[cfg(test)]
mod tests;
