//! Messages from other systems, taken only with a signature over their body.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use rra_observability::schema::events::webhook::{
    SignatureFault, SignatureInvalid, SignatureValid,
};
use serde_json::{Value, json};

use crate::refusal::Refusal;
use crate::service::Service;
use crate::signature::Fault;

pub(super) async fn receive(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    match verify(&service, &headers, &body) {
        Ok(()) => {
            let details = SignatureValid::new(name.as_str());
            service.emit(details);
            Ok(Json(json!({ "received": true })))
        }
        Err(fault) => {
            let details = SignatureInvalid::new(name.as_str(), fault);
            service.emit(details);
            Err(Refusal::Unauthorized)
        }
    }
}

fn verify(service: &Service, headers: &HeaderMap, body: &[u8]) -> Result<(), SignatureFault> {
    let header = headers.get("x-signature").ok_or(SignatureFault::Missing)?;
    let text = header.to_str().map_err(|_| SignatureFault::Malformed)?;
    let digest = text
        .strip_prefix("sha256=")
        .ok_or(SignatureFault::Malformed)?;
    let verified = service.webhooks.verify(body, digest);
    verified.map_err(|fault| match fault {
        Fault::Malformed => SignatureFault::Malformed,
        Fault::Mismatch => SignatureFault::Mismatch,
    })
}
