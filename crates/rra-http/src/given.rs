//! The headers of a request that every request is asked for, found in one pass: looking one up by
//! its name costs as much as passing by ten.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The header that carries the id of a request.
pub(crate) static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The header that names the caller's trace.
static TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");

/// What a request says of itself. A header that is there twice says nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'h> {
    pub(crate) request_id: Option<&'h HeaderValue>,
    pub(crate) trace_parent: Option<&'h HeaderValue>,
}

impl<'h> Given<'h> {
    pub(crate) fn in_headers(headers: &'h HeaderMap) -> Self {
        let (mut request_id, mut trace_parent) = (Found::Nothing, Found::Nothing);
        for (name, value) in headers {
            if *name == REQUEST_ID {
                request_id.add(value);
            } else if *name == TRACE_PARENT {
                trace_parent.add(value);
            }
        }
        Self {
            request_id: request_id.once(),
            trace_parent: trace_parent.once(),
        }
    }
}

/// How often a header was there up to now.
enum Found<'h> {
    Nothing,
    Once(&'h HeaderValue),
    Often,
}

impl<'h> Found<'h> {
    fn add(&mut self, value: &'h HeaderValue) {
        *self = match self {
            Self::Nothing => Self::Once(value),
            Self::Once(_) | Self::Often => Self::Often,
        };
    }

    fn once(self) -> Option<&'h HeaderValue> {
        match self {
            Self::Once(value) => Some(value),
            Self::Nothing | Self::Often => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found of each of the two headers among these.
    fn check(headers: &[(&HeaderName, &'static str)], expected: [Option<&str>; 2]) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        let given = Given::in_headers(&map);
        let texts = [given.request_id, given.trace_parent];
        assert_eq!(texts.map(|value| value?.to_str().ok()), expected);
    }

    #[test]
    fn each_header_is_found_among_others() {
        let host = &axum::http::header::HOST;
        let all = [(host, "h"), (&TRACE_PARENT, "t"), (&REQUEST_ID, "r")];
        check(&all, [Some("r"), Some("t")]);
        check(&[(host, "h")], [None, None]);
    }

    #[test]
    fn a_header_that_is_there_twice_says_nothing() {
        let thrice = [(&REQUEST_ID, "r"), (&REQUEST_ID, "s"), (&REQUEST_ID, "t")];
        check(&thrice, [None, None]);
        let twice = [
            (&TRACE_PARENT, "t"),
            (&REQUEST_ID, "r"),
            (&TRACE_PARENT, "t"),
        ];
        check(&twice, [Some("r"), None]);
    }
}
