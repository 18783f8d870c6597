//! The layer a service wears. Owns what is set about it and where a request passes in and out; what
//! happens to the request is [`exchange`](crate::exchange)'s.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::MatchedPath;
use axum::http::request::Parts;
use axum::http::{Request, Response};
use hyper::body::Body;
use pin_project_lite::pin_project;
use rra_metrics::Metrics;
use tower_layer::Layer;
use tower_service::Service;

use crate::body::ApiBody;
use crate::client_address::Proxies;
use crate::context::RequestContext;
use crate::exchange::Exchange;
use crate::given;
use crate::span::Spans;

/// Tells the template of the route that a request matched.
type FindTemplate = dyn for<'r> Fn(&'r Parts) -> Option<&'r str> + Send + Sync;

/// Moves the API metrics for every request and gives it a [`RequestContext`], which events that are
/// emitted meanwhile take their request, client and trace from.
///
/// The id of the request is the client's `x-request-id` if that can be written everywhere, else a new
/// one; the client finds it in that header of the answer.
///
/// A request is counted when the last byte of its answer was handed to the server. It ends earlier
/// when the client leaves (error `canceled`; status 499 if there was no answer yet), or when the
/// handler or the body panics or fails (`internal`; status 500 if there was no answer yet; a panic
/// goes on its way). A request that a handler makes within the process is part of the one it handles,
/// and so is one that meets a second layer on its way: both are counted once. What a server refuses
/// because it is no request, such as a malformed head, reaches no layer and is not counted.
#[derive(Clone)]
pub struct ApiLayer(Arc<Settings>);

/// What is set about a layer.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) metrics: Metrics,
    pub(crate) proxies: Proxies,
    pub(crate) spans: Spans,
    find_template: Arc<FindTemplate>,
}

impl ApiLayer {
    /// A layer for an axum router: `Router::layer` after the routes. A path that no route matches
    /// is counted as `_unmatched`, a template that is not among the
    /// [registered routes](rra_metrics::MetricsConfig::routes) as `_other`.
    pub fn new(metrics: Metrics) -> Self {
        Self::with_template(metrics, |parts| {
            parts
                .extensions
                .get::<MatchedPath>()
                .map(MatchedPath::as_str)
        })
    }

    /// A layer for any service: `find_template` tells the template of the route a request matched,
    /// `None` when it matched none. It must never be the path itself.
    ///
    /// ```
    /// use rra_http::ApiLayer;
    /// # let config = rra_metrics::MetricsConfig::default();
    /// # let metrics = rra_metrics::Metrics::disabled(&config).unwrap();
    /// let layer = ApiLayer::with_template(metrics, |parts| match parts.uri.path() {
    ///     "/webhook" => Some("/webhook"),
    ///     _ => None,
    /// });
    /// # let _ = layer;
    /// ```
    ///
    /// The client's address comes from axum's `ConnectInfo`, or from a `SocketAddr` that the server
    /// puts among the request's extensions.
    pub fn with_template(
        metrics: Metrics,
        find_template: impl for<'r> Fn(&'r Parts) -> Option<&'r str> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Settings {
            metrics,
            proxies: Proxies::default(),
            spans: Spans::NONE,
            find_template: Arc::new(find_template),
        }))
    }

    /// The proxies of your own in front of the service, none unless told.
    pub fn behind(mut self, proxies: Proxies) -> Self {
        self.settings_mut().proxies = proxies;
        self
    }

    pub(crate) fn settings_mut(&mut self) -> &mut Settings {
        Arc::make_mut(&mut self.0)
    }
}

impl Settings {
    pub(crate) fn template<'r>(&self, parts: &'r Parts) -> Option<&'r str> {
        (self.find_template)(parts)
    }
}

impl fmt::Debug for ApiLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiLayer")
    }
}

impl<S> Layer<S> for ApiLayer {
    type Service = ApiService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ApiService {
            layer: self.clone(),
            inner,
        }
    }
}

/// A service whose requests are counted.
#[derive(Clone, Debug)]
pub struct ApiService<S> {
    layer: ApiLayer,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for ApiService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Body,
{
    type Response = Response<ApiBody<R>>;
    type Error = S::Error;
    type Future = ApiFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // Within another request, this one is a part of it: it is counted where it came in.
        if RequestContext::is_inside() {
            return ApiFuture {
                inner: self.inner.call(request),
                exchange: None,
            };
        }
        let (parts, body) = request.into_parts();
        let mut exchange = Some(Exchange::begin(&self.layer.0, &parts));
        let inner = Exchange::step(&mut exchange, || {
            self.inner.call(Request::from_parts(parts, body))
        });
        ApiFuture { inner, exchange }
    }
}

pin_project! {
    /// The answer to a request that is being counted.
    #[derive(Debug)]
    pub struct ApiFuture<F> {
        #[pin]
        inner: F,
        // Only there until the head of the answer, and while this layer is the one that counts.
        exchange: Option<Exchange>,
    }
}

impl<F, R, E> Future for ApiFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: Body,
{
    type Output = Result<Response<ApiBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let inner = this.inner;
        let Poll::Ready(result) = Exchange::step(this.exchange, || inner.poll(cx)) else {
            return Poll::Pending;
        };
        let mut exchange = this.exchange.take();
        Poll::Ready(match result {
            Ok(response) => Ok(watched(response, exchange)),
            Err(error) => {
                exchange.as_mut().map(Exchange::failed);
                Err(error)
            }
        })
    }
}

/// The answer with the id of its request, and a body that tells when it ends.
fn watched<R: Body>(
    mut response: Response<R>,
    mut exchange: Option<Exchange>,
) -> Response<ApiBody<R>> {
    let left = exchange.as_mut().and_then(|exchange| {
        if let Some(id) = exchange.request_id() {
            let headers = response.headers_mut();
            headers.insert(&given::REQUEST_ID, id.header());
        }
        exchange.answered(&response)
    });
    response.map(|body| ApiBody::new(body, exchange, left))
}

#[cfg(test)]
mod tests;
