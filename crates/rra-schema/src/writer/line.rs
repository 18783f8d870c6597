//! A line while it is written: the buffer, what room is left, and what had to be cut.

#![expect(
    clippy::inline_always,
    reason = "the length of a line is in a register only where all that moves it is one function"
)]

use std::fmt::{self, Write as _};
use std::net::IpAddr;
use std::ops::Range;

use arrayvec::ArrayVec;

use super::buffer::{Formatted, LineBuffer};
use super::digits::{push_number, push_octets};
use super::escape::{is_hidden, push_char};
use super::text::{Hidden, Left};
use crate::limits;
use crate::redaction;
use crate::values::{Id, Timestamp};

/// Kept free while the body is written, so that the tail always fits: its fixed members, the
/// hash chain's, the paths of what was cut, and the brackets still open.
const TAIL_BYTES: usize = 1536;

/// Where the body has ended.
pub(super) const BODY_BYTES: usize = limits::LINE_BYTES - TAIL_BYTES;

/// Room a member needs at least; with less it is left out and named in `truncated`.
const MEMBER_BYTES: usize = 48;

/// A line that is being written.
pub(crate) struct Line<'l, 'e> {
    pub(super) out: LineBuffer<'l>,
    cuts: &'l mut Cuts<'e>,
}

/// What had to be cut.
#[derive(Default)]
struct Cuts<'e> {
    paths: ArrayVec<Path<'e>, { limits::TRUNCATED_PATHS }>,
    count: usize,
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

impl LineBuffer<'_> {
    /// Writes a line over the one that was there. While it is written there is none.
    #[inline(always)]
    pub(crate) fn write<'e>(&mut self, write: impl FnOnce(&mut Line<'_, 'e>)) {
        self.set_len(0);
        let mut line = Line {
            out: self.lend(),
            cuts: &mut Cuts::default(),
        };
        write(&mut line);
        let length = line.out.len();
        self.set_len(length);
    }
}

impl<'e> Line<'_, 'e> {
    /// Lets `write` go on with a copy of the line that nobody else has, so that the compiler knows how
    /// long it is: reading that from memory for each piece takes as long as most pieces.
    #[inline(always)]
    pub(crate) fn go_on(&mut self, write: impl FnOnce(&mut Line<'_, 'e>)) {
        let mut line = Line {
            out: self.out.lend(),
            cuts: self.cuts,
        };
        write(&mut line);
        let length = line.out.len();
        self.out.set_len(length);
    }

    /// Text that stands in the program.
    #[inline(always)]
    pub(crate) fn raw(&mut self, text: &str) {
        self.out.put(text.as_bytes());
    }

    /// Text that is known to be clean.
    #[inline(always)]
    pub(crate) fn clean(&mut self, text: &str) {
        self.out.put_text(text.as_bytes());
    }

    /// Text that is known to be clean, and the quote that closes it.
    #[inline(always)]
    pub(crate) fn clean_to_quote(&mut self, text: &str) {
        self.out.put_to_quote(text.as_bytes());
    }

    /// Whether the body has room for one more member with a key of `key_bytes`.
    pub(crate) fn has_room_for(&self, key_bytes: usize) -> bool {
        self.out.len() + key_bytes + MEMBER_BYTES <= BODY_BYTES
    }

    /// Notes that a field is not whole.
    #[inline(always)]
    pub(crate) fn cut(&mut self, path: Path<'e>) {
        self.cuts.add(path);
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
        self.raw("\"");
        self.rest_of_text(key, text, max_chars);
    }

    /// What follows the quote that opens a text at the top of the line.
    #[inline(always)]
    pub(crate) fn rest_of_text(&mut self, key: &'static str, text: &str, max_chars: usize) {
        if text.is_empty() {
            self.raw("-\"");
        } else if !self
            .out
            .put_rest_of_quoted(text, max_chars, Hidden::Escaped)
        {
            self.cut(Path::top(key));
        }
    }

    /// An id; `opening` is its key with everything up to its first character.
    #[inline(always)]
    pub(crate) fn id_at(&mut self, opening: &'static str, key: &'static str, id: Id<'_>) {
        if id.text.is_empty() {
            return;
        }
        self.raw(opening);
        if !self.rest_of_id(id, limits::ID_CHARS) {
            self.cut(Path::top(key));
        }
    }

    /// What follows the quote that opens a tag.
    #[inline(always)]
    pub(crate) fn rest_of_tag(&mut self, tag: Id<'_>) {
        if !self.rest_of_id(tag, limits::TAG_CHARS) {
            self.cut(Path::top("tags"));
        }
    }

    /// What follows the quote that opens an id.
    #[inline(always)]
    fn rest_of_id(&mut self, id: Id<'_>, max_chars: usize) -> bool {
        if id.text.is_empty() {
            self.raw("-\"");
            return true;
        }
        if id.is_clean() && self.out.len() + id.text.len() <= BODY_BYTES {
            self.clean_to_quote(id.text);
            true
        } else {
            self.out
                .lend_to(|out| out.put_dubious_id(id.text, max_chars))
        }
    }

    pub(crate) fn key(&mut self, key: &str) {
        self.raw(",\"");
        self.clean(key);
        self.raw("\":");
    }

    /// A key that nobody checked. `at` is its place among its neighbours, which names it where its
    /// own name is a secret.
    pub(crate) fn free_key(&mut self, key: &str, at: usize) {
        self.raw("\"");
        if redaction::glance(key).may_hold_secret && redaction::holds_secret(key) {
            self.raw("redacted_key_");
            self.digits(at as u64);
        } else {
            let mut left = Left {
                chars: limits::DETAILS_KEY_CHARS,
                end: BODY_BYTES,
            };
            // A cut key still names its member, and the member itself is whole.
            let _ = self.out.put_characters(key, &mut left, Hidden::Escaped);
        }
        self.raw("\":");
    }

    pub(crate) fn address(&mut self, address: IpAddr) {
        self.raw("\"");
        self.rest_of_address(&address);
    }

    /// What follows the quote that opens an address.
    #[inline(always)]
    pub(crate) fn rest_of_address(&mut self, address: &IpAddr) {
        self.out.lend_to(|out| match address.to_canonical() {
            IpAddr::V4(address) => push_octets(out, address.octets()),
            IpAddr::V6(address) => push_formatted(out, format_args!("{address}")),
        });
        self.raw("\"");
    }

    /// The opening brace and the first member.
    #[inline(always)]
    pub(crate) fn timestamp_member(&mut self, timestamp: Timestamp) {
        self.raw("{\"timestamp\":\"");
        self.timestamp(timestamp);
        self.raw("\"");
    }

    #[inline(always)]
    pub(crate) fn timestamp(&mut self, timestamp: Timestamp) {
        timestamp.write_cached(self.out.take_array());
    }

    #[inline(always)]
    pub(crate) fn integer(&mut self, number: u64) {
        self.digits(number.min(limits::INTEGER_MAX));
    }

    #[inline(always)]
    pub(crate) fn digits(&mut self, number: u64) {
        self.out.lend_to(|out| push_number(out, number));
    }

    /// A number in its shortest form; what JSON cannot hold is written as text.
    pub(crate) fn float(&mut self, number: f64) {
        self.out.lend_to(|out| {
            if number.is_finite() {
                push_formatted(out, format_args!("{number:?}"));
            } else {
                push_formatted(out, format_args!("\"{number}\""));
            }
        });
    }

    pub(crate) fn hex(&mut self, bytes: &[u8]) {
        self.out.put_hex(bytes);
    }

    /// The `truncated` member, if anything was cut. The last place says `*` when there are more
    /// cuts than places.
    #[inline(always)]
    pub(crate) fn write_cuts(&mut self) {
        if self.cuts.count > 0 {
            let cuts = std::mem::take(self.cuts);
            self.go_on(|line| line.list_cuts(cuts));
        }
    }

    #[cold]
    fn list_cuts(&mut self, cuts: Cuts<'_>) {
        let listed = cuts.paths.len();
        let mut written = Written::default();
        self.raw(",\"truncated\":");
        for (at, path) in cuts.paths.into_iter().enumerate() {
            let is_last_place = at + 1 == limits::TRUNCATED_PATHS;
            let has_room = self.out.len() + 200 < limits::LINE_BYTES - 256;
            if (is_last_place && cuts.count > listed) || !has_room {
                written.add(self, |line| line.raw("\"*\""));
                break;
            }
            written.add(self, |line| line.write_path(path));
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
                other => push_char(
                    &mut self.out,
                    if is_hidden(other) { '\u{FFFD}' } else { other },
                ),
            }
            if self.out.len() > limit {
                break;
            }
        }
        self.raw("\"");
    }
}

/// The elements of a list that has each of them once, as they were written.
#[derive(Default)]
pub(super) struct Written {
    places: ArrayVec<Range<usize>, { limits::TAGS }>,
}

impl Written {
    /// Writes an element, and takes it back if it is there already.
    pub(super) fn add(&mut self, line: &mut Line<'_, '_>, write: impl FnOnce(&mut Line<'_, '_>)) {
        let before = line.out.len();
        line.raw(if self.places.is_empty() { "[" } else { "," });
        let start = line.out.len();
        write(line);
        let place = start..line.out.len();
        let text = |place: &Range<usize>| &line.out.as_bytes()[place.clone()];
        let is_new = self.places.iter().all(|other| text(other) != text(&place));
        if !is_new || self.places.try_push(place).is_err() {
            line.out.set_len(before);
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }
}

fn push_formatted(out: &mut LineBuffer<'_>, text: fmt::Arguments<'_>) {
    // Writing into the buffer cannot fail.
    let _ = Formatted(out).write_fmt(text);
}

impl<'e> Cuts<'e> {
    #[cold]
    #[inline(never)]
    fn add(&mut self, path: Path<'e>) {
        // A key that is a secret is not named here either.
        let is_secret = redaction::holds_secret(path.key);
        let path = if is_secret {
            Path::top("details")
        } else {
            path
        };
        if self.paths.contains(&path) {
            return;
        }
        // What finds no place is counted all the same.
        let _ = self.paths.try_push(path);
        self.count += 1;
    }
}
