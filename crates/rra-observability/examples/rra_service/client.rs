//! Where a request comes from: what the library sees through the proxies, or whoever opened the
//! connection when the service runs unobserved.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use rra_observability::http::RequestContext;

/// The address of the client, if the server knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client(pub(crate) Option<IpAddr>);

impl Client {
    pub(crate) fn of(parts: &Parts) -> Self {
        let known = RequestContext::with_current(|context| context?.client_address());
        let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Self(known.or_else(|| Some(peer()?.0.ip())))
    }
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}
