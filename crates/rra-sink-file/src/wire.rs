//! What the bytes of a log file mean: where its last whole line ends, and which event a line is.
//! Pure.

use rra_schema::EventId;

/// How many bytes at the front of the block end with a newline; `None` when it has none.
pub(crate) fn whole_lines(block: &[u8]) -> Option<usize> {
    memchr::memrchr(b'\n', block).map(|last| last + 1)
}

/// The event of a line: what stands last under that key, because a custom event may have the key
/// among its details.
pub(crate) fn event_id(line: &[u8]) -> Option<EventId> {
    const KEY: &[u8] = b"\"event_id\":\"";
    let start = line.windows(KEY.len()).rposition(|at| at == KEY)? + KEY.len();
    let id = line[start..].split(|byte| *byte == b'"').next()?;
    std::str::from_utf8(id).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(block: &str, expected: Option<usize>) {
        assert_eq!(whole_lines(block.as_bytes()), expected);
    }

    #[test]
    fn whole_lines_end_at_the_last_newline() {
        check("", None);
        check("torn", None);
        check("\n", Some(1));
        check("a\nb\n", Some(4));
        check("a\nb\ntorn", Some(4));
    }

    #[track_caller]
    fn check_event(line: &str, expected: Option<&str>) {
        let found = event_id(line.as_bytes()).map(|id| id.to_string());
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn the_event_of_a_line_is_its_last_event_id() {
        check_event(
            "{\"event_id\":\"00000000000000aa-7\"}",
            Some("00000000000000aa-7"),
        );
        check_event(
            "{\"details\":{\"event_id\":\"x\"},\"event_id\":\"00000000000000aa-7\",\"outcome\":\"success\"}\n",
            Some("00000000000000aa-7"),
        );
        check_event("{\"event_id\":\"7\"}", None);
        check_event(
            "{\"event_id\":\"00000000000000aa-7",
            Some("00000000000000aa-7"),
        );
        check_event("{}", None);
    }
}
