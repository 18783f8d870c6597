//! The end of a log file, read backwards: where its last line begins and ends, and its digest.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use sha2::{Digest, Sha256};

use crate::chain::LineDigest;
use crate::wire::whole_lines;

/// How much is read at once.
const BLOCK_BYTES: u64 = 64 * 1024;

/// The place just behind the last newline before `end`; 0 when there is none.
pub(crate) fn after_last_newline(file: &File, mut end: u64) -> io::Result<u64> {
    let mut block = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(BLOCK_BYTES);
        block.resize(usize::try_from(end - start).unwrap_or(0), 0);
        file.read_exact_at(&mut block, start)?;
        if let Some(whole) = whole_lines(&block) {
            return Ok(start + whole as u64);
        }
        end = start;
    }
    Ok(0)
}

/// The digest of the last whole line; `None` when there is none.
pub(crate) fn last_digest(file: &File) -> io::Result<Option<LineDigest>> {
    let end = after_last_newline(file, file.metadata()?.len())?;
    let Some(newline) = end.checked_sub(1) else {
        return Ok(None);
    };
    let mut hasher = Sha256::new();
    let mut block = Vec::new();
    let mut start = after_last_newline(file, newline)?;
    while start < newline {
        let length = (newline - start).min(BLOCK_BYTES);
        block.resize(usize::try_from(length).unwrap_or(0), 0);
        file.read_exact_at(&mut block, start)?;
        hasher.update(&block);
        start += length;
    }
    Ok(Some(LineDigest::finish(hasher)))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[track_caller]
    fn check(content: &[u8], last: Option<&[u8]>) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        let expected = last.map(LineDigest::of);
        assert_eq!(last_digest(&file).unwrap(), expected);
    }

    #[test]
    fn the_last_whole_line_is_found_whatever_follows_it() {
        check(b"", None);
        check(b"torn", None);
        check(b"a\n", Some(b"a"));
        check(b"\n", Some(b""));
        check(b"a\nbc\n", Some(b"bc"));
        check(b"a\nbc\ntorn", Some(b"bc"));
    }

    #[test]
    fn lines_longer_than_a_block_are_read_whole() {
        let long = vec![b'x'; 200_000];
        check(&[&b"a\n"[..], &long, b"\n", &long].concat(), Some(&long));
        check(&[&long[..], b"\n"].concat(), Some(&long));
    }
}
