//! Who may ask: from which address, and with which token.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::{Admin, JSON_CONTENT_TYPE, answer};
use crate::context::RequestContext;
use crate::network::Network;
use crate::token::Token;

/// What must hold of who asks. Nothing, unless it is set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    pub(crate) token: Option<Token>,
    pub(crate) networks: Vec<Network>,
}

impl Access {
    /// Whether anyone at this address may ask. An address that is not known may if any may.
    pub(crate) fn admits(&self, address: Option<IpAddr>) -> bool {
        let listed = |address| {
            self.networks
                .iter()
                .any(|network| network.contains(address))
        };
        self.networks.is_empty() || address.is_some_and(listed)
    }

    /// Whether the request has the token, if one is set.
    pub(crate) fn trusts(&self, headers: &HeaderMap) -> bool {
        let Some(token) = &self.token else {
            return true;
        };
        let given = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
        given.is_some_and(|given| token.is_in(given))
    }
}

/// Refuses requests from other addresses than the listed ones.
pub(super) async fn from_listed(
    State(admin): State<Admin>,
    request: Request,
    next: Next,
) -> Response {
    if admin.access.admits(asking(request.extensions())) {
        return next.run(request).await;
    }
    let error = r#"{"error":"this address is not among the allowed ones"}"#;
    answer(StatusCode::FORBIDDEN, JSON_CONTENT_TYPE, error)
}

/// The answer to a request without the token.
pub(super) fn unauthorised() -> Response {
    let error = r#"{"error":"a bearer token is needed"}"#;
    let mut response = answer(StatusCode::UNAUTHORIZED, JSON_CONTENT_TYPE, error);
    let challenge = HeaderValue::from_static("Bearer realm=\"metrics\"");
    response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    response
}

/// The client as the service's own layer saw it, else the peer.
fn asking(extensions: &Extensions) -> Option<IpAddr> {
    let client = RequestContext::current().and_then(|context| context.client_address());
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    client.or(peer.map(|peer| peer.0.ip()))
}
