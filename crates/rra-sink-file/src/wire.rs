//! What the bytes of a log file mean: where its last whole line ends. Pure.

/// How many bytes at the front of the block end with a newline; `None` when it has none.
pub(crate) fn whole_lines(block: &[u8]) -> Option<usize> {
    block
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map(|last| last + 1)
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
}
