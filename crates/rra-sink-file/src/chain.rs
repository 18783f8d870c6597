//! The hash chain: which bytes a digest covers, and how a line carries the digest of the line
//! before it. Pure.

mod digest;

pub use digest::LineDigest;

/// What stands between the line and its digest.
const KEY: &[u8] = b"\"prev\":\"";
/// Length of what a line of the chain ends with: `,"prev":"` (or `{"prev":"`), 64 digits, `"}`.
pub(crate) const LINK_BYTES: usize = 1 + KEY.len() + 64 + 2;

/// The state of a chain that is being written, and the lines that are on their way into it.
#[derive(Debug)]
pub(crate) struct Chain {
    head: LineDigest,
    count: u64,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Chain {
    /// A chain that goes on after the line of that digest.
    pub(crate) fn new(head: LineDigest) -> Self {
        Self {
            head,
            count: 0,
            bytes: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// The digest of the last line that is in the file.
    pub(crate) fn head(&self) -> LineDigest {
        self.head
    }

    /// Lines put into the file since the chain was opened.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Makes links of these lines, each with its newline.
    pub(crate) fn link<'a>(&mut self, lines: impl Iterator<Item = &'a [u8]>) {
        self.bytes.clear();
        self.ends.clear();
        let mut prev = self.head;
        for line in lines {
            let start = self.bytes.len();
            push_linked(&mut self.bytes, line, prev);
            prev = LineDigest::of(&self.bytes[start..]);
            self.ends.push(self.bytes.len());
        }
    }

    /// What was linked last, nothing between the lines.
    pub(crate) fn linked(&self) -> &[u8] {
        &self.bytes
    }

    /// The first `byte_count` bytes of what was linked last are in the file: how many whole lines
    /// that is, and how many bytes of the next one. The chain goes on after the whole ones.
    pub(crate) fn advance(&mut self, byte_count: usize) -> (usize, usize) {
        let lines = self.ends.partition_point(|end| *end <= byte_count);
        let Some(last) = lines.checked_sub(1) else {
            return (0, byte_count);
        };
        let start = last.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.head = LineDigest::of(&self.bytes[start..self.ends[last]]);
        self.count += lines as u64;
        (lines, byte_count - self.ends[last])
    }
}

/// The lines as they are in the file when the first of them carries that digest.
pub(crate) fn linked_after(prev: LineDigest, lines: &[u8]) -> Vec<u8> {
    let mut chain = Chain::new(prev);
    chain.link(lines.split_inclusive(|byte| *byte == b'\n'));
    chain.bytes
}

/// Appends the line with the digest of the line before it as the last member of its object. What
/// is no JSON object cannot carry one and stays as it is; the verifier names it.
fn push_linked(out: &mut Vec<u8>, line: &[u8], prev: LineDigest) {
    let Some(body) = line.strip_suffix(b"}\n") else {
        out.extend_from_slice(line);
        return;
    };
    out.extend_from_slice(body);
    if body != b"{" {
        out.push(b',');
    }
    out.extend_from_slice(KEY);
    out.extend_from_slice(&prev.digits());
    out.extend_from_slice(b"\"}\n");
}

/// The digest that a line carries, from the line or its last [`LINK_BYTES`], without the newline.
pub(crate) fn prev_of(line: &[u8]) -> Option<LineDigest> {
    let member = &line[line.len().checked_sub(LINK_BYTES)?..];
    let member = member.strip_prefix(b",").or(member.strip_prefix(b"{"))?;
    let digits = member.strip_prefix(KEY)?.strip_suffix(b"\"}")?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

    fn linked(lines: &[&str]) -> String {
        let mut chain = Chain::new(LineDigest::START);
        chain.link(lines.iter().map(|line| line.as_bytes()));
        String::from_utf8(chain.linked().to_vec()).unwrap()
    }

    /// `printf '%s' '{"a":1,"prev":"00…"}' | sha256sum` and so on.
    #[test]
    fn the_test_vectors_of_the_documentation_hold() {
        let first = format!("{{\"a\":1,\"prev\":\"{ZEROS}\"}}\n");
        let second = "{\"prev\":\"FIRST\"}\n".replace("FIRST", FIRST);
        let third = "{\"b\":\"\u{e9}\",\"prev\":\"SECOND\"}\n".replace("SECOND", SECOND);
        assert_eq!(
            linked(&["{\"a\":1}\n", "{}\n", "{\"b\":\"\u{e9}\"}\n"]),
            format!("{first}{second}{third}")
        );
    }

    const FIRST: &str = "377e001479caf256112dd83b12144e8c782371b3b8fd00555725ed20c0550048";
    const SECOND: &str = "9a91e8dc690a0e5ed9793a4600087801268c572632343dfe983de515298a6a27";

    #[test]
    fn a_line_that_is_no_object_stays_as_it_is_and_is_covered_all_the_same() {
        let text = linked(&["plain\n", "{\"a\":1}\n"]);
        let digest = LineDigest::of(b"plain");
        assert_eq!(text, format!("plain\n{{\"a\":1,\"prev\":\"{digest}\"}}\n"));
    }

    #[track_caller]
    fn check_advance(byte_count: usize, expected: (usize, usize), count: u64) {
        let mut chain = Chain::new(LineDigest::START);
        chain.link([&b"{\"a\":1}\n"[..], b"{\"b\":2}\n"].into_iter());
        assert_eq!(chain.advance(byte_count), expected);
        assert_eq!(chain.count(), count);
    }

    #[test]
    fn only_what_is_whole_in_the_file_moves_the_chain() {
        let line = 8 + LINK_BYTES - 1;
        check_advance(0, (0, 0), 0);
        check_advance(line - 1, (0, line - 1), 0);
        check_advance(line, (1, 0), 1);
        check_advance(line + 5, (1, 5), 1);
        check_advance(2 * line, (2, 0), 2);
    }

    #[test]
    fn a_line_that_is_written_again_carries_the_same_digest() {
        let line = [&b"{\"a\":1}\n"[..]];
        let mut chain = Chain::new(LineDigest::START);
        chain.link(line.into_iter());
        let first = chain.linked().to_vec();
        chain.advance(7);
        chain.link(line.into_iter());
        assert_eq!(chain.linked(), first);
    }

    #[track_caller]
    fn check_prev(line: &str, expected: bool) {
        assert_eq!(prev_of(line.as_bytes()).is_some(), expected, "{line}");
    }

    #[test]
    fn only_a_last_member_of_64_digits_is_a_link() {
        check_prev(&format!("{{\"a\":1,\"prev\":\"{ZEROS}\"}}"), true);
        check_prev(&format!("{{\"prev\":\"{ZEROS}\"}}"), true);
        check_prev(&format!("{{\"prev\":\"{ZEROS}\",\"a\":1}}"), false);
        check_prev(&format!("{{\"a\":{{\"prev\":\"{ZEROS}\"}}}}"), false);
        check_prev(&format!("{{\"prev\":\"{}\"}}", &ZEROS[1..]), false);
        check_prev(&format!("{{\"prev\":\"{}G\"}}", &ZEROS[1..]), false);
        check_prev("", false);
    }
}
