//! Content by its address, fetched on an agent's behalf: the classic door to internal networks.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rra_observability::schema::events::attack::{SsrfBlocked, SsrfLocalhost, SsrfPrivateIp};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::agent::Agent;
use crate::fetch_guard::{self, Forbidden};
use crate::refusal::Refusal;
use crate::service::Service;

const PARAMETER: &str = "url";

#[derive(Deserialize)]
pub(super) struct FetchRequest {
    url: String,
}

/// Says what would be fetched. The example opens no connection to the outside.
pub(super) async fn fetch(
    State(service): State<Arc<Service>>,
    _: Agent,
    Json(request): Json<FetchRequest>,
) -> Result<Json<Value>, Refusal> {
    match fetch_guard::check(&request.url) {
        Ok(host) => Ok(Json(json!({ "host": host }))),
        Err(why) => {
            report(&service, &request.url, &why);
            Err(Refusal::Forbidden)
        }
    }
}

fn report(service: &Service, url: &str, why: &Forbidden) {
    let host = fetch_guard::host_of(url).unwrap_or_default();
    match why {
        Forbidden::Scheme => {
            let details = SsrfBlocked::new("scheme not allowed")
                .blocked_url(url)
                .parameter(PARAMETER);
            service.emit(details);
        }
        Forbidden::LinkLocal(address) => {
            let details = SsrfBlocked::new("link-local address")
                .blocked_url(url)
                .target_ip(*address)
                .parameter(PARAMETER);
            service.emit(details);
        }
        Forbidden::Private(address) => {
            let details = SsrfPrivateIp::new(*address)
                .blocked_url(url)
                .parameter(PARAMETER);
            service.emit(details);
        }
        Forbidden::Localhost => {
            let details = SsrfLocalhost::new(host)
                .blocked_url(url)
                .parameter(PARAMETER);
            service.emit(details);
        }
    }
}
