//! A line while it is written: the buffer, what room is left, and what had to be cut.

use std::net::IpAddr;

use super::escape::{CHAR_BYTES_MAX, is_hidden, plain_prefix, push_char};
use super::seal::Written;
use crate::limits;
use crate::redaction;
use crate::values::Timestamp;

/// Kept free while the body is written, so that the tail always fits: its fixed members, the
/// hash chain's, the paths of what was cut, and the brackets still open.
const TAIL_BYTES: usize = 1536;

/// Room a member needs at least; with less it is left out and named in `truncated`.
const MEMBER_BYTES: usize = 48;

/// A line that is being written.
pub(crate) struct Line<'o, 'e> {
    out: &'o mut Vec<u8>,
    start: usize,
    body_end: usize,
    limit: usize,
    cuts: [Path<'e>; limits::TRUNCATED_PATHS],
    cut_count: usize,
}

/// The place of a field, to be named in `truncated`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Path<'e> {
    parent: &'static str,
    key: &'e str,
}

impl<'e> Path<'e> {
    pub(crate) const fn top(key: &'e str) -> Self {
        Self { parent: "/", key }
    }

    pub(crate) const fn detail(key: &'e str) -> Self {
        Self {
            parent: "/details/",
            key,
        }
    }
}

/// What a text may still take.
struct Left {
    chars: usize,
    /// Where in the buffer it must have ended.
    end: usize,
}

/// Bytes a text may take for each of its characters: an escape. Characters that need two escapes
/// are cut earlier, so that one text cannot crowd out the fields after it.
const ESCAPE_BYTES: usize = 6;

/// How text is made safe.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hidden {
    /// Written as an escape: nothing is lost.
    Escaped,
    /// Replaced by U+FFFD: an id or name must not hold it at all.
    Replaced,
}

impl<'o, 'e> Line<'o, 'e> {
    pub(crate) fn begin(out: &'o mut Vec<u8>) -> Self {
        let start = out.len();
        out.reserve(limits::LINE_BYTES);
        Self {
            start,
            body_end: start + limits::LINE_BYTES - TAIL_BYTES,
            limit: start + limits::LINE_BYTES,
            cuts: [Path::top(""); limits::TRUNCATED_PATHS],
            cut_count: 0,
            out,
        }
    }

    /// Closes the object and the line.
    pub(crate) fn end(self) -> Written {
        self.out.extend_from_slice(b"}\n");
        debug_assert!(self.out.len() <= self.limit, "the tail outgrew its reserve");
        Written {
            bytes: self.out.len() - self.start,
            cut_fields: self.cut_count,
        }
    }

    #[inline]
    pub(crate) fn raw(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    #[inline]
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Whether the body has room for one more member with a key of `key_bytes`.
    pub(crate) fn has_room_for(&self, key_bytes: usize) -> bool {
        self.out.len() + key_bytes + MEMBER_BYTES <= self.body_end
    }

    /// Notes that a field is not whole.
    pub(crate) fn cut(&mut self, path: Path<'e>) {
        let known = &self.cuts[..self.cut_count.min(limits::TRUNCATED_PATHS)];
        if known.contains(&path) {
            return;
        }
        if let Some(free) = self.cuts.get_mut(self.cut_count) {
            *free = path;
        }
        self.cut_count += 1;
    }

    /// Text for people.
    #[must_use = "a cut must be noted"]
    pub(crate) fn text(&mut self, text: &str, max_chars: usize) -> bool {
        self.quoted("", text, max_chars, Hidden::Escaped)
    }

    /// A name or id: what cannot be seen is replaced.
    pub(crate) fn name(&mut self, name: &str, max_chars: usize) -> bool {
        self.quoted("", name, max_chars, Hidden::Replaced)
    }

    /// A URL whose `scheme` and `rest` hold no secret part any more.
    pub(crate) fn url(&mut self, scheme: &str, rest: &str, max_chars: usize) -> bool {
        let is_scheme = scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.:/".contains(&b));
        if is_scheme && scheme.len() < 32 {
            self.quoted(scheme, rest, max_chars - scheme.len(), Hidden::Replaced)
        } else {
            self.quoted("", rest, max_chars, Hidden::Replaced)
        }
    }

    pub(crate) fn text_at(&mut self, key: &'static str, text: &str, max_chars: usize) {
        self.key(key);
        if !self.text(text, max_chars) {
            self.cut(Path::top(key));
        }
    }

    pub(crate) fn id_at(&mut self, key: &'static str, id: Option<&str>) {
        if let Some(id) = id.filter(|id| !id.is_empty()) {
            self.key(key);
            if !self.name(id, limits::ID_CHARS) {
                self.cut(Path::top(key));
            }
        }
    }

    pub(crate) fn key(&mut self, key: &str) {
        self.raw(",\"");
        self.raw(key);
        self.raw("\":");
    }

    /// A key that nobody checked. `at` is its place among its neighbours, which names it where its
    /// own name is a secret.
    pub(crate) fn free_key(&mut self, key: &str, at: usize) {
        self.raw("\"");
        if redaction::may_hold_secret(key) && redaction::holds_secret(key) {
            self.raw("redacted_key_");
            self.digits(at as u64);
        } else {
            let mut left = Left {
                chars: limits::DETAILS_KEY_CHARS,
                end: self.body_end,
            };
            // A cut key still names its member, and the member itself is whole.
            let _ = self.characters(key, &mut left, Hidden::Escaped);
        }
        self.raw("\":");
    }

    pub(crate) fn address(&mut self, address: IpAddr) {
        use std::io::Write as _;
        self.raw("\"");
        match address.to_canonical() {
            IpAddr::V4(address) => {
                for (at, octet) in address.octets().into_iter().enumerate() {
                    self.raw(if at == 0 { "" } else { "." });
                    self.digits(u64::from(octet));
                }
            }
            // Writing into a vector cannot fail.
            IpAddr::V6(address) => {
                let _ = write!(self.out, "{address}");
            }
        }
        self.raw("\"");
    }

    pub(crate) fn timestamp(&mut self, timestamp: Timestamp) {
        timestamp.write_text(self.out);
    }

    pub(crate) fn integer(&mut self, number: u64) {
        self.digits(number.min(limits::INTEGER_MAX));
    }

    pub(crate) fn digits(&mut self, mut number: u64) {
        let mut text = [0; 20];
        let mut at = text.len();
        loop {
            at -= 1;
            text[at] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.bytes(&text[at..]);
    }

    /// A number in its shortest form; what JSON cannot hold is written as text.
    pub(crate) fn float(&mut self, number: f64) {
        use std::io::Write as _;
        if number.is_finite() {
            let _ = write!(self.out, "{number:?}");
        } else {
            let _ = write!(self.out, "\"{number}\"");
        }
    }

    pub(crate) fn hex(&mut self, bytes: &[u8]) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        for byte in bytes {
            self.out.push(DIGITS[usize::from(byte >> 4)]);
            self.out.push(DIGITS[usize::from(byte & 15)]);
        }
    }

    /// The `truncated` member, if anything was cut. The last place says `*` when there are more
    /// cuts than places.
    pub(crate) fn write_cuts(&mut self) {
        if self.cut_count == 0 {
            return;
        }
        let cuts = self.cuts;
        let listed = self.cut_count.min(limits::TRUNCATED_PATHS);
        for (at, path) in cuts[..listed].iter().enumerate() {
            self.raw(if at == 0 { ",\"truncated\":[" } else { "," });
            let is_last_place = at + 1 == limits::TRUNCATED_PATHS;
            let has_room = self.out.len() + 200 < self.limit - 256;
            if (is_last_place && self.cut_count > listed) || !has_room {
                self.raw("\"*\"");
                break;
            }
            self.write_path(*path);
        }
        self.raw("]");
    }

    /// A JSON pointer (RFC 6901), its key cut so that it takes at most 150 bytes.
    fn write_path(&mut self, path: Path<'_>) {
        self.raw("\"");
        self.raw(path.parent);
        let limit = self.out.len() + 120;
        for character in path.key.chars() {
            match character {
                '~' => self.raw("~0"),
                '/' => self.raw("~1"),
                other => push_char(self.out, if is_hidden(other) { '\u{FFFD}' } else { other }),
            }
            if self.out.len() > limit {
                break;
            }
        }
        self.raw("\"");
    }

    /// Writes a quoted string and says whether it is whole. An empty one is written as `-`.
    fn quoted(&mut self, prefix: &str, text: &str, max_chars: usize, hidden: Hidden) -> bool {
        self.raw("\"");
        self.raw(prefix);
        let mut left = Left {
            chars: max_chars,
            end: self.body_end.min(self.out.len() + max_chars * ESCAPE_BYTES),
        };
        let fits = text.len() <= max_chars && self.out.len() + text.len() <= left.end;
        let whole = if text.is_empty() && prefix.is_empty() {
            self.raw("-");
            true
        } else if fits
            && plain_prefix(text.as_bytes()) == text.len()
            && !redaction::may_hold_secret(text)
        {
            self.raw(text);
            true
        } else {
            self.pieces(text, &mut left, hidden)
        };
        self.raw("\"");
        whole
    }

    /// Writes text piece by piece: what is clean, and a mark for each secret.
    fn pieces(&mut self, text: &str, left: &mut Left, hidden: Hidden) -> bool {
        // A secret that begins before the cut is still seen whole when the window reaches beyond it.
        let window =
            &text[..text.floor_char_boundary(left.chars.saturating_mul(4).saturating_add(4096))];
        for piece in redaction::pieces(window) {
            let whole = match piece {
                redaction::Piece::Clean(clean) => self.characters(clean, left, hidden),
                redaction::Piece::Secret(kind) => self.mark(kind, left),
            };
            if !whole {
                return false;
            }
        }
        window.len() == text.len()
    }

    fn characters(&mut self, text: &str, left: &mut Left, hidden: Hidden) -> bool {
        let mut rest = text;
        while !rest.is_empty() {
            let room = self
                .body_end
                .saturating_sub(self.out.len() + CHAR_BYTES_MAX);
            let plain = plain_prefix(rest.as_bytes()).min(left.chars).min(room);
            self.raw(&rest[..plain]);
            left.chars -= plain;
            rest = &rest[plain..];
            let Some(character) = rest.chars().next() else {
                return true;
            };
            if left.chars == 0 || self.out.len() + CHAR_BYTES_MAX > left.end {
                return false;
            }
            let replaced = hidden == Hidden::Replaced && is_hidden(character);
            push_char(self.out, if replaced { '\u{FFFD}' } else { character });
            left.chars -= 1;
            rest = &rest[character.len_utf8()..];
        }
        true
    }

    fn mark(&mut self, kind: redaction::Secret, left: &mut Left) -> bool {
        let mark = kind.mark();
        if mark.len() > left.chars || self.out.len() + mark.len() > left.end {
            return false;
        }
        self.raw(mark);
        left.chars -= mark.len();
        true
    }
}
