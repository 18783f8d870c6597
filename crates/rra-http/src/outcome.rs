//! Which kind of error an answer is, when its handler does not say.

use axum::http::{Response, StatusCode};
use rra_metrics::labels::ErrorType;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The status it is counted under.
    pub(crate) status: u16,
    /// Why it was an error, if it was one.
    pub(crate) error: Option<ErrorType>,
}

impl Outcome {
    /// The client left before there was an answer. No standard status says so; 499 is what proxies
    /// log, and it is no failure of the service.
    pub(crate) const CANCELED: Self = Self {
        status: 499,
        error: Some(ErrorType::Canceled),
    };

    /// The handler panicked or its service failed.
    pub(crate) const FAILED: Self = Self {
        status: 500,
        error: Some(ErrorType::Internal),
    };

    /// Whether the service failed, not its client.
    #[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "only spans ask"))]
    pub(crate) fn is_failure(self) -> bool {
        self.status >= 500 || self.error == Some(ErrorType::Internal)
    }

    /// The answer was begun and not brought to its end.
    pub(crate) fn cut_short(self, fault: ErrorType) -> Self {
        Self {
            error: self.error.or(Some(fault)),
            ..self
        }
    }

    /// What an answer says of itself: its status, and the [`ErrorType`] among its extensions.
    pub(crate) fn of<B>(response: &Response<B>) -> Self {
        let status = response.status();
        let declared = response.extensions().get::<ErrorType>().copied();
        let is_error = status.is_client_error() || status.is_server_error();
        Self {
            status: status.as_u16(),
            error: is_error.then(|| declared.unwrap_or_else(|| error_type(status))),
        }
    }
}

/// The error that a status stands for.
fn error_type(status: StatusCode) -> ErrorType {
    match status.as_u16() {
        400 | 406 | 411 | 415 | 416 | 417 | 422 | 428 => ErrorType::Validation,
        401 | 407 => ErrorType::Auth,
        403 | 451 => ErrorType::Forbidden,
        404 | 410 => ErrorType::NotFound,
        409 | 412 | 423 => ErrorType::Conflict,
        429 => ErrorType::RateLimited,
        413 | 414 | 431 => ErrorType::TooLarge,
        408 | 504 => ErrorType::Timeout,
        502 | 503 => ErrorType::Upstream,
        507 => ErrorType::Storage,
        499 => ErrorType::Canceled,
        500..=599 => ErrorType::Internal,
        _ => ErrorType::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, declared: Option<ErrorType>, expected: Option<ErrorType>) {
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::from_u16(status).expect("a status");
        if let Some(declared) = declared {
            response.extensions_mut().insert(declared);
        }
        assert_eq!(Outcome::of(&response).error, expected, "{status}");
    }

    #[test]
    fn an_answer_below_400_is_no_error_whatever_it_declares() {
        check(200, None, None);
        check(304, Some(ErrorType::Storage), None);
    }

    #[test]
    fn a_status_says_what_kind_of_error_it_is() {
        check(401, None, Some(ErrorType::Auth));
        check(404, None, Some(ErrorType::NotFound));
        check(405, None, Some(ErrorType::Other));
        check(429, None, Some(ErrorType::RateLimited));
        check(503, None, Some(ErrorType::Upstream));
        check(599, None, Some(ErrorType::Internal));
    }

    #[test]
    fn a_handler_knows_better_than_its_status() {
        check(
            500,
            Some(ErrorType::Blockchain),
            Some(ErrorType::Blockchain),
        );
    }

    #[test]
    fn a_status_above_599_is_counted_but_is_no_error_of_http() {
        check(600, None, None);
    }
}
