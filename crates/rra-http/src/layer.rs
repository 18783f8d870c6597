//! The layer a service wears: each request is counted once, however it ends.
//!
//! Owns when a request begins and ends; what it is counted as is [`outcome`](crate::outcome)'s.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::extract::MatchedPath;
use axum::http::request::Parts;
use axum::http::{Request, Response};
use pin_project_lite::pin_project;
use rra_metrics::{Endpoint, Metrics, RouteId};
use tower_layer::Layer;
use tower_service::Service;

use crate::client_address::ClientAddress;
use crate::outcome::Outcome;
use crate::request_id::{self, RequestId};

/// Tells the template of the route that a request matched.
type FindTemplate = dyn for<'r> Fn(&'r Parts) -> Option<&'r str> + Send + Sync;

/// Moves the API metrics for every request and gives it a [`RequestId`] and its [`ClientAddress`].
///
/// A request is counted when its answer's head is ready, when the client leaves before (status
/// 499, `canceled`), or when the handler panics (status 500, `internal`; the panic goes on its
/// way). Where two such layers surround a handler, the outer one counts.
#[derive(Clone)]
pub struct ApiLayer {
    metrics: Metrics,
    find_template: Arc<FindTemplate>,
    proxies: usize,
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
    pub fn with_template(
        metrics: Metrics,
        find_template: impl for<'r> Fn(&'r Parts) -> Option<&'r str> + Send + Sync + 'static,
    ) -> Self {
        Self {
            metrics,
            find_template: Arc::new(find_template),
            proxies: 0,
        }
    }

    /// How many proxies of your own stand between clients and the service, none unless told. So
    /// many addresses at the end of `X-Forwarded-For` are believed.
    pub fn behind_proxies(mut self, proxies: usize) -> Self {
        self.proxies = proxies;
        self
    }

    fn begin(&self, parts: &Parts) -> Counting {
        let template = (self.find_template)(parts);
        let endpoint = template.map_or(Endpoint::Unmatched, Endpoint::Template);
        let api = self.metrics.api();
        let route = api.route(parts.method.as_str(), endpoint);
        api.in_flight().up();
        Counting {
            metrics: self.metrics.clone(),
            route,
            start: Instant::now(),
            outcome: None,
        }
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
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ApiFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        if parts.extensions.get::<Counted>().is_some() {
            let inner = self.inner.call(Request::from_parts(parts, body));
            return ApiFuture {
                inner,
                request: None,
            };
        }
        let id = RequestId::of(&parts.headers);
        parts.headers.insert(request_id::HEADER, id.header());
        parts.extensions.insert(id.clone());
        if let Some(address) = ClientAddress::of(&parts, self.layer.proxies) {
            parts.extensions.insert(address);
        }
        parts.extensions.insert(Counted);
        let counting = self.layer.begin(&parts);
        let inner = self.inner.call(Request::from_parts(parts, body));
        let request = Some((id, counting));
        ApiFuture { inner, request }
    }
}

pin_project! {
    /// The answer to a request that is being counted.
    #[derive(Debug)]
    pub struct ApiFuture<F> {
        #[pin]
        inner: F,
        // Only there while this layer is the one that counts.
        request: Option<(RequestId, Counting)>,
    }
}

impl<F, R, E> Future for ApiFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        // If the handler panics, this stands on the unwinding stack, where it can tell.
        let mut request = this.request.take();
        let Poll::Ready(mut result) = this.inner.poll(cx) else {
            *this.request = request;
            return Poll::Pending;
        };
        if let Some((id, counting)) = &mut request {
            counting.outcome = Some(result.as_ref().map_or(Outcome::FAILED, Outcome::of));
            if let Ok(response) = &mut result {
                response
                    .headers_mut()
                    .insert(request_id::HEADER, id.header());
            }
        }
        Poll::Ready(result)
    }
}

/// Marks a request that an outer layer counts.
#[derive(Clone, Copy)]
struct Counted;

/// A request that has begun. Counts it when dropped, so that no way out is forgotten.
#[derive(Debug)]
struct Counting {
    metrics: Metrics,
    route: RouteId,
    start: Instant,
    outcome: Option<Outcome>,
}

impl Drop for Counting {
    fn drop(&mut self) {
        let unanswered = if std::thread::panicking() {
            Outcome::FAILED
        } else {
            Outcome::CANCELED
        };
        let Outcome { status, error } = self.outcome.unwrap_or(unanswered);
        let api = self.metrics.api();
        api.requests(self.route, status).increment(1);
        api.duration(self.route).record(self.start.elapsed());
        if let Some(error_type) = error {
            api.errors(self.route, error_type).increment(1);
        }
        api.in_flight().down();
    }
}

#[cfg(test)]
mod tests;
