//! What a client is told when it does not get what it asked for.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a request was refused. The answer says no more than the name: details go to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The request does not say what it must, or says something hostile.
    Invalid,
    /// Nobody is known by these credentials.
    Unauthorized,
    /// It is known who asks, and it is not allowed.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The thing is not in a state for this.
    Conflict,
    /// Too many requests.
    RateLimited,
}

impl Refusal {
    fn answer(self) -> (StatusCode, &'static str) {
        match self {
            Self::Invalid => (StatusCode::BAD_REQUEST, "invalid request"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unknown credentials"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "not allowed"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not found"),
            Self::Conflict => (StatusCode::CONFLICT, "not possible any more"),
            Self::RateLimited => (StatusCode::TOO_MANY_REQUESTS, "too many requests"),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error) = self.answer();
        (status, Json(json!({ "error": error }))).into_response()
    }
}
