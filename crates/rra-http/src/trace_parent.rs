//! The trace that a caller names, for log lines that should be found from it (W3C Trace Context,
//! level 1, "traceparent Header"). Making spans part of it is the business of whoever makes spans.

use axum::http::HeaderValue;
use rra_schema::{SpanId, TraceContext, TraceId};

/// Version, trace, span and flags, with hyphens between.
const BYTES: usize = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".len();

/// The caller's trace and span; none when the header is malformed.
pub(crate) fn read(header: &HeaderValue) -> Option<TraceContext> {
    parse(header.to_str().ok()?)
}

fn parse(value: &str) -> Option<TraceContext> {
    let (known, more) = value.split_at_checked(BYTES)?;
    let mut parts = known.split('-');
    let (version, trace, span, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    // A later version may add parts; this one may not.
    let is_complete = more.is_empty() || version != "00" && more.starts_with('-');
    if !is_complete || version == "ff" || !is_byte(version) || !is_byte(flags) {
        return None;
    }
    Some(TraceContext {
        trace_id: trace.parse::<TraceId>().ok()?,
        span_id: span.parse::<SpanId>().ok()?,
    })
}

fn is_byte(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const SPAN: &str = "b7ad6b7169203331";

    #[track_caller]
    fn check(value: &str, is_taken: bool) {
        let header: HeaderValue = value.parse().expect("a header value");
        let expected = is_taken.then(|| TraceContext {
            trace_id: TRACE.parse().expect("an id"),
            span_id: SPAN.parse().expect("an id"),
        });
        assert_eq!(read(&header), expected, "{value}");
    }

    #[test]
    fn a_caller_s_trace_is_taken() {
        check(&format!("00-{TRACE}-{SPAN}-01"), true);
        check(&format!("00-{TRACE}-{SPAN}-00"), true);
    }

    #[test]
    fn a_later_version_may_say_more() {
        check(&format!("01-{TRACE}-{SPAN}-01"), true);
        check(&format!("cc-{TRACE}-{SPAN}-01-what"), true);
        check(&format!("cc-{TRACE}-{SPAN}-01.what"), false);
        check(&format!("00-{TRACE}-{SPAN}-01-what"), false);
    }

    #[test]
    fn what_is_malformed_is_not_taken() {
        let whole = format!("00-{TRACE}-{SPAN}-01");
        check("", false);
        check(&whole[..54], false);
        check(&whole.to_uppercase(), false);
        check(&format!("ff-{TRACE}-{SPAN}-01"), false);
        check(&format!("00-{}-{SPAN}-01", "0".repeat(32)), false);
        check(&format!("00-{TRACE}-{}-01", "0".repeat(16)), false);
        check(&format!("00-{TRACE}-{SPAN}-0g"), false);
    }
}
