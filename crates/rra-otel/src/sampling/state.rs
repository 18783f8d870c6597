//! The entry `ot` of a tracestate: reads the randomness in it and writes the threshold into it
//! (OpenTelemetry specification, "`TraceState` Handling").

use opentelemetry::trace::TraceState;

use super::RANDOM_BITS;

const OURS: &str = "ot";
const THRESHOLD: &str = "th:";
/// Every hexadecimal digit is four bits.
const DIGITS: usize = RANDOM_BITS as usize / 4;

/// The 56 random bits that whoever began the trace names, if they did.
pub(super) fn randomness(state: &TraceState) -> Option<u64> {
    let digits = members(state).find_map(|member| member.strip_prefix("rv:"))?;
    let is_whole = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_whole.then(|| u64::from_str_radix(digits, 16).ok())?
}

/// Whether somebody wrote a threshold into it.
pub(super) fn has_threshold(state: &TraceState) -> bool {
    members(state).any(|member| member.starts_with(THRESHOLD))
}

/// The same state with the threshold; what others wrote stays.
pub(super) fn with_threshold(state: &TraceState, threshold: u64) -> TraceState {
    let digits = format!("{threshold:0DIGITS$x}");
    let digits = match digits.trim_end_matches('0') {
        "" => "0",
        digits => digits,
    };
    let kept = members(state).filter(|member| !member.is_empty() && !member.starts_with(THRESHOLD));
    let kept: Vec<&str> = kept.collect();
    let separator = if kept.is_empty() { "" } else { ";" };
    let ours = format!("{}{separator}{THRESHOLD}{digits}", kept.join(";"));
    // Refused only when the entry grew too long, and then the caller's part of it is to blame.
    state
        .insert(OURS, ours)
        .or_else(|_| state.insert(OURS, format!("{THRESHOLD}{digits}")))
        .unwrap_or_else(|_| state.clone())
}

/// What the entry is made of.
fn members(state: &TraceState) -> impl Iterator<Item = &str> {
    state.get(OURS).into_iter().flat_map(|ours| ours.split(';'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, threshold: u64, after: &str) {
        let state: TraceState = before.parse().expect("a tracestate");
        assert_eq!(with_threshold(&state, threshold).header(), after);
    }

    #[test]
    fn what_others_wrote_stays() {
        check("vendor=1", 1 << 55, "ot=th:8,vendor=1");
        check("ot=p:8;x:y", 0, "ot=p:8;x:y;th:0");
    }

    #[test]
    fn an_earlier_threshold_is_replaced() {
        check("ot=th:c,vendor=1", 1 << 55, "ot=th:8,vendor=1");
    }

    #[test]
    fn an_entry_that_would_grow_too_long_gives_way() {
        let before = format!("ot={}", "x".repeat(253));
        check(&before, 1 << 55, "ot=th:8");
    }

    fn check_randomness(state: &str, expected: Option<u64>) {
        let state: TraceState = state.parse().expect("a tracestate");
        assert_eq!(randomness(&state), expected);
    }

    #[test]
    fn randomness_is_read_only_when_it_is_whole() {
        check_randomness("ot=th:8;rv:0123456789abcd", Some(0x01_2345_6789_abcd));
        check_randomness("ot=rv:123", None);
        check_randomness("ot=rv:+123456789abcd", None);
        check_randomness("vendor=rv:0123456789abcd", None);
    }

    proptest::proptest! {
        #[test]
        fn any_state_takes_any_threshold_and_keeps_its_randomness(
            state in "(vendor=[a-z]{0,9},)?ot=([a-z]{1,3}:[a-z0-9]{0,40};){0,5}(rv:[0-9a-f]{14})?",
            threshold in 0..1_u64 << RANDOM_BITS,
        ) {
            let before: TraceState = state.parse().expect("a tracestate");
            let after = with_threshold(&before, threshold);
            let ours = after.get(OURS).unwrap_or_default();
            let digits = ours.split(';').find_map(|member| member.strip_prefix("th:"));
            let digits = format!("{:0<14}", digits.unwrap_or_default());
            proptest::prop_assert_eq!(u64::from_str_radix(&digits, 16), Ok(threshold));
            if ours.len() > "th:".len() + DIGITS {
                proptest::prop_assert_eq!(randomness(&after), randomness(&before));
            }
            proptest::prop_assert_eq!(after.get("vendor"), before.get("vendor"));
        }
    }
}
