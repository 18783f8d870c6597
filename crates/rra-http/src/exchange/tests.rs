//! Every way a request can end is counted once, when it ends.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Future, pending, ready};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use axum::http::{HeaderMap, Request};
use hyper::body::{Bytes, Frame, SizeHint};
use rra_metrics::Exposition;
use tower::ServiceExt;
use tower_layer::Layer;
use tower_service::Service;

use super::*;
use crate::layer::ApiLayer;
use crate::testing::{counted, open};

/// One thing a body does when it is asked.
#[derive(Clone, Copy)]
enum Step {
    Bytes(&'static [u8]),
    Trailers,
    Wait,
    Fail,
    Panic,
}

/// A body that does these things and then ends.
struct Script {
    steps: VecDeque<Step>,
    /// How long it says it is.
    size: Option<u64>,
    /// Whether it says so when nothing is left, and is not asked again.
    says_end: bool,
}

impl Script {
    fn new(steps: &[Step]) -> Self {
        Self {
            steps: steps.iter().copied().collect(),
            size: None,
            says_end: false,
        }
    }
}

impl Body for Script {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.steps.pop_front() {
            None => Poll::Ready(None),
            Some(Step::Bytes(bytes)) => {
                Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(bytes)))))
            }
            Some(Step::Trailers) => Poll::Ready(Some(Ok(Frame::trailers(HeaderMap::new())))),
            Some(Step::Wait) => Poll::Pending,
            Some(Step::Fail) => Poll::Ready(Some(Err(io::Error::other("a fault of the body")))),
            Some(Step::Panic) => panic!("a fault of the body"),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.says_end && self.steps.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.size.map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}

/// A layer around a service that is nothing but this function.
fn around<F, T, B>(
    metrics: &Metrics,
    handler: F,
) -> impl Service<Request<()>, Response = Response<crate::ApiBody<B>>, Error = Infallible>
where
    F: Fn() -> T + Clone,
    T: Future<Output = Result<Response<B>, Infallible>>,
    B: Body,
{
    let layer = ApiLayer::with_template(metrics.clone(), |_| Some("/a/{id}"));
    layer.layer(tower::service_fn(move |_: Request<()>| handler()))
}

/// A handler that answers with this.
fn answering(body: Script) -> impl Service<Request<()>, Response = Response<Script>> {
    let mut body = Some(body);
    tower::service_fn(move |_| {
        let body = body.take().expect("one request");
        ready(Ok::<_, Infallible>(Response::new(body)))
    })
}

fn asleep() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

/// Compares everything that was counted: one request under this status, and its error.
#[track_caller]
fn check_counted(exposition: &Exposition, status: &str, error: Option<&str>) {
    let route = "method=\"GET\",endpoint=\"/a/{id}\"";
    let mut expected = vec![
        format!("request_duration_seconds_count{{{route}}} 1"),
        format!("requests_total{{{route},status=\"{status}\"}} 1"),
    ];
    if let Some(error) = error {
        let line = format!("errors_total{{{route},error_type=\"{error}\"}} 1");
        expected.insert(0, line);
    }
    assert_eq!(counted(exposition), expected);
}

/// Polls a request to this handler once, drops it, and compares what was counted.
#[track_caller]
fn check_handler<F, T>(handler: F, status: &str, error: &str)
where
    F: Fn() -> T + Clone,
    T: Future<Output = Result<Response<String>, Infallible>>,
{
    let (metrics, exposition) = open();
    let mut service = around(&metrics, handler);
    // A handler that panics does so in here; what it leaves behind is what is looked at.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        let mut answer = Box::pin(service.call(Request::new(())));
        let _ = answer.as_mut().poll(&mut asleep());
    }));
    check_counted(&exposition, status, Some(error));
}

/// Asks an answer's body as often as it has frames, drops it, and compares what was counted.
#[track_caller]
fn check_body(steps: &[Step], error: Option<&str>) {
    check_answer(
        Request::new(()),
        Response::new(Script::new(steps)),
        "200",
        error,
    );
}

#[track_caller]
fn check_answer(
    request: Request<()>,
    response: Response<Script>,
    status: &str,
    error: Option<&str>,
) {
    let (metrics, exposition) = open();
    let layer = ApiLayer::with_template(metrics, |_| Some("/a/{id}"));
    let mut response = Some(response);
    let mut service = layer.layer(tower::service_fn(move |_: Request<()>| {
        ready(Ok::<_, Infallible>(response.take().expect("one request")))
    }));
    let mut answer = Box::pin(service.call(request));
    let Poll::Ready(Ok(answer)) = answer.as_mut().poll(&mut asleep()) else {
        panic!("no answer");
    };
    let mut body = Box::pin(answer.into_body());
    let _ = catch_unwind(AssertUnwindSafe(|| {
        while !body.is_end_stream()
            && let Poll::Ready(Some(Ok(_))) = body.as_mut().poll_frame(&mut asleep())
        {}
    }));
    drop(body);
    check_counted(&exposition, status, error);
}

#[test]
fn a_client_that_leaves_before_the_answer_is_counted_as_canceled() {
    check_handler(pending, "499", "canceled");
}

#[test]
fn a_handler_that_panics_is_counted_as_internal() {
    check_handler(
        || async { panic!("a fault of the handler") },
        "500",
        "internal",
    );
}

#[test]
fn a_service_that_panics_before_it_answers_is_counted_as_internal() {
    let handler = || -> std::future::Ready<_> { panic!("a fault of the service") };
    check_handler(handler, "500", "internal");
}

#[test]
fn a_panic_caught_outside_is_counted_before_the_answer_is_dropped() {
    let (metrics, exposition) = open();
    let mut service = around(&metrics, || async {
        panic!("a fault of the handler") as Result<Response<String>, _>
    });
    let mut answer = Box::pin(service.call(Request::new(())));
    let mut poll = || answer.as_mut().poll(&mut asleep()).is_ready();
    let caught = catch_unwind(AssertUnwindSafe(&mut poll));
    assert!(caught.is_err(), "the panic goes on its way");
    check_counted(&exposition, "500", Some("internal"));
    drop(answer);
    check_counted(&exposition, "500", Some("internal"));
}

#[tokio::test]
async fn a_service_that_fails_is_counted_as_internal() {
    let (metrics, exposition) = open();
    let failing =
        tower::service_fn(|_: Request<()>| async { Err::<Response<String>, _>("broken") });
    let layer = ApiLayer::with_template(metrics, |_| Some("/a/{id}"));
    let answer = layer.layer(failing).oneshot(Request::new(())).await;
    assert_eq!(answer.expect_err("it fails"), "broken");
    check_counted(&exposition, "500", Some("internal"));
}

#[test]
fn a_body_that_comes_to_its_end_is_whole() {
    check_body(&[], None);
    check_body(&[Step::Bytes(b"ab"), Step::Bytes(b"c")], None);
}

#[test]
fn a_body_is_whole_with_its_trailers() {
    // Servers of HTTP/2 do not ask again.
    check_body(&[Step::Trailers, Step::Wait], None);
    check_body(&[Step::Bytes(b"ab"), Step::Trailers, Step::Wait], None);
}

#[test]
fn a_body_that_says_that_it_ended_is_whole() {
    // Servers do not ask such a one again.
    for steps in [&[][..], &[Step::Bytes(b"ab")]] {
        let mut body = Script::new(steps);
        body.says_end = true;
        check_answer(Request::new(()), Response::new(body), "200", None);
    }
}

#[test]
fn a_client_that_leaves_amid_the_body_is_counted_as_canceled() {
    check_body(&[Step::Wait], Some("canceled"));
    check_body(&[Step::Bytes(b"ab"), Step::Wait], Some("canceled"));
}

#[test]
fn a_body_that_fails_is_counted_as_internal() {
    check_body(&[Step::Bytes(b"ab"), Step::Fail], Some("internal"));
}

#[test]
fn a_body_that_panics_is_counted_as_internal() {
    check_body(&[Step::Bytes(b"ab"), Step::Panic], Some("internal"));
}

#[test]
fn an_error_whose_body_is_cut_short_keeps_its_kind() {
    let mut response = Response::new(Script::new(&[Step::Wait]));
    *response.status_mut() = StatusCode::NOT_FOUND;
    check_answer(Request::new(()), response, "404", Some("not_found"));
}

#[test]
fn a_body_that_has_sent_what_it_announced_is_whole() {
    // Servers do not ask again: there is nothing more that they could send.
    let announced = |steps: &[Step]| {
        let mut body = Script::new(steps);
        body.size = Some(3);
        Response::new(body)
    };
    let steps = [Step::Bytes(b"ab"), Step::Bytes(b"c"), Step::Wait];
    check_answer(Request::new(()), announced(&steps), "200", None);
    let steps = [Step::Bytes(b"ab"), Step::Wait];
    check_answer(Request::new(()), announced(&steps), "200", Some("canceled"));
    let mut declared = Response::new(Script::new(&[Step::Bytes(b"abc"), Step::Wait]));
    let length = "3".parse().expect("a header value");
    declared.headers_mut().insert(CONTENT_LENGTH, length);
    check_answer(Request::new(()), declared, "200", None);
}

#[test]
fn an_answer_without_a_body_is_whole_at_its_head() {
    let of = |status| {
        let mut response = Response::new(Script::new(&[Step::Wait]));
        *response.status_mut() = status;
        response
    };
    for (status, text) in [
        (StatusCode::NO_CONTENT, "204"),
        (StatusCode::NOT_MODIFIED, "304"),
        (StatusCode::SWITCHING_PROTOCOLS, "101"),
    ] {
        check_answer(Request::new(()), of(status), text, None);
    }
}

#[test]
fn an_answer_to_head_is_whole_at_its_head() {
    let (metrics, exposition) = open();
    let layer = ApiLayer::with_template(metrics, |_| Some("/a/{id}"));
    let mut service = layer.layer(answering(Script::new(&[Step::Wait])));
    let request = Request::head("/a/1").body(()).expect("a request");
    drop(Box::pin(service.call(request)).as_mut().poll(&mut asleep()));
    let lines = counted(&exposition);
    let route = "method=\"HEAD\",endpoint=\"/a/{id}\"";
    assert!(
        lines.contains(&format!("requests_total{{{route},status=\"200\"}} 1")),
        "{lines:?}"
    );
    assert_eq!(lines.len(), 2, "no error: {lines:?}");
}

#[test]
fn a_tunnel_is_whole_at_its_head() {
    let (metrics, exposition) = open();
    let layer = ApiLayer::with_template(metrics, |_| None);
    let mut service = layer.layer(answering(Script::new(&[Step::Wait])));
    let request = Request::connect("a:443").body(()).expect("a request");
    drop(Box::pin(service.call(request)).as_mut().poll(&mut asleep()));
    let lines = counted(&exposition);
    assert!(
        !lines.iter().any(|line| line.starts_with("errors")),
        "{lines:?}"
    );
}

#[test]
fn a_request_is_in_flight_until_the_end_of_its_body() {
    let (metrics, exposition) = open();
    let body = || async { Ok(Response::new(Script::new(&[Step::Bytes(b"ab")]))) };
    let mut service = around(&metrics, body);
    let mut answer = Box::pin(service.call(Request::new(())));
    assert_eq!(counted(&exposition), ["requests_in_flight 1"]);
    let Poll::Ready(Ok(answer)) = answer.as_mut().poll(&mut asleep()) else {
        panic!("no answer");
    };
    let mut body = Box::pin(answer.into_body());
    assert_eq!(counted(&exposition), ["requests_in_flight 1"]);
    while let Poll::Ready(Some(_)) = body.as_mut().poll_frame(&mut asleep()) {}
    check_counted(&exposition, "200", None);
}

#[test]
fn handler_and_body_run_inside_of_the_request() {
    struct Asking(bool);
    impl Body for Asking {
        type Data = Bytes;
        type Error = Infallible;
        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            self.0 |= RequestContext::current().is_some();
            Poll::Ready(self.0.then(|| Ok(Frame::data(Bytes::new()))))
        }
    }
    let (metrics, _) = open();
    let mut service = around(&metrics, || {
        assert!(RequestContext::current().is_some(), "before the first poll");
        async {
            assert!(RequestContext::current().is_some(), "while polled");
            Ok(Response::new(Asking(false)))
        }
    });
    let mut answer = Box::pin(service.call(Request::new(())));
    let Poll::Ready(Ok(answer)) = answer.as_mut().poll(&mut asleep()) else {
        panic!("no answer");
    };
    let mut body = Box::pin(answer.into_body());
    assert!(matches!(
        body.as_mut().poll_frame(&mut asleep()),
        Poll::Ready(Some(_))
    ));
    assert!(RequestContext::current().is_none());
}
