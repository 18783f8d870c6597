//! The `details` object while it is written.

use std::net::IpAddr;

use super::free::{self, Tree};
use super::line::{Line, Path};
use crate::limits;
use crate::values::{DetailValue, Timestamp};

/// The `details` object of a line.
pub struct Object<'l, 'o, 'e> {
    line: &'l mut Line<'o, 'e>,
    count: usize,
}

/// The value of one key of `details`, about to be written.
pub struct Member<'l, 'o, 'e> {
    line: &'l mut Line<'o, 'e>,
    key: &'e str,
}

impl<'l, 'o, 'e> Object<'l, 'o, 'e> {
    pub(crate) fn open(line: &'l mut Line<'o, 'e>) -> Self {
        line.raw("{");
        Self { line, count: 0 }
    }

    pub(crate) fn close(self) {
        self.line.raw("}");
    }

    /// Writes a member of the catalogue; `quoted_key` is `"key":`.
    #[inline]
    pub(crate) fn member(
        &mut self,
        key: &'e str,
        quoted_key: &'static str,
        value: &impl DetailValue,
    ) {
        if self.begin(key) {
            self.line.raw(quoted_key);
            value.write(&mut Member {
                line: self.line,
                key,
            });
        }
    }

    /// Writes a member of the catalogue whose key is known only at run time.
    pub(crate) fn named_member(&mut self, key: &'e str, value: &impl DetailValue) {
        if self.begin_named(key) {
            value.write(&mut Member {
                line: self.line,
                key,
            });
        }
    }

    /// Writes text of the catalogue that needs neither escapes nor a search for secrets.
    pub(crate) fn named_plain(&mut self, key: &'e str, text: &str) {
        if self.begin_named(key) {
            Member {
                line: self.line,
                key,
            }
            .plain(text);
        }
    }

    /// Writes a value that was read, under a key of the catalogue.
    pub(crate) fn named_value<T: Tree>(&mut self, key: &'e str, value: &T) {
        if self.begin_named(key) && !free::write_value(self.line, value, 2) {
            self.line.cut(Path::detail(key));
        }
    }

    /// Writes members that no catalogue describes.
    pub(crate) fn free_members<T: Tree>(&mut self, members: &'e [(T::Key, T)]) {
        self.read_members(members, |_, _, _| false);
    }

    /// Writes members, each once; those that `known` writes itself are not looked at further.
    pub(crate) fn read_members<T: Tree>(
        &mut self,
        members: &'e [(T::Key, T)],
        known: impl Fn(&mut Self, &'e str, &'e T) -> bool,
    ) {
        for (at, (key, value)) in members.iter().enumerate().take(free::MEMBERS_READ) {
            let is_left_out = free::is_absent(value) || free::is_repeated(members, at);
            if !is_left_out && !known(self, key.as_ref(), value) {
                self.free_member(at, key.as_ref(), value);
            }
        }
        if members.len() > free::MEMBERS_READ {
            self.line.cut(Path::top("details"));
        }
    }

    /// Writes one member that no catalogue describes, the `at`th of its object.
    pub(crate) fn free_member<T: Tree>(&mut self, at: usize, key: &'e str, value: &'e T) {
        if self.begin(key) {
            self.line.free_key(key, at);
            if !free::write_member(self.line, key, value, 2) {
                self.line.cut(Path::detail(key));
            }
        }
    }

    fn begin_named(&mut self, key: &'e str) -> bool {
        let begun = self.begin(key);
        if begun {
            self.line.raw("\"");
            self.line.clean(key);
            self.line.raw("\":");
        }
        begun
    }

    #[inline]
    fn begin(&mut self, key: &'e str) -> bool {
        if self.count == limits::DETAILS_KEYS || !self.line.has_room_for(key.len().min(512)) {
            self.line.cut(Path::detail(key));
            return false;
        }
        if self.count > 0 {
            self.line.raw(",");
        }
        self.count += 1;
        true
    }
}

impl Member<'_, '_, '_> {
    /// Text that needs neither escapes nor a search for secrets: words of the catalogue, digests.
    #[inline]
    pub(crate) fn plain(&mut self, text: &str) {
        self.line.raw("\"");
        self.line.clean_to_quote(text);
    }

    pub(crate) fn text(&mut self, text: &str, max_chars: usize) {
        let whole = self.line.text(text, max_chars);
        self.note(whole);
    }

    pub(crate) fn name(&mut self, name: &str, max_chars: usize) {
        let whole = self.line.name(name, max_chars);
        self.note(whole);
    }

    pub(crate) fn url(&mut self, scheme: &str, rest: &str, max_chars: usize) {
        let whole = self.line.url(scheme, rest, max_chars);
        self.note(whole);
    }

    pub(crate) fn integer(&mut self, number: u64) {
        self.line.integer(number);
    }

    pub(crate) fn float(&mut self, number: f64) {
        self.line.float(number);
    }

    pub(crate) fn boolean(&mut self, flag: bool) {
        self.line.raw(if flag { "true" } else { "false" });
    }

    pub(crate) fn address(&mut self, address: IpAddr) {
        self.line.address(address);
    }

    pub(crate) fn timestamp(&mut self, timestamp: Timestamp) {
        self.line.raw("\"");
        self.line.timestamp(timestamp);
        self.line.raw("\"");
    }

    fn note(&mut self, whole: bool) {
        if !whole {
            self.line.cut(Path::detail(self.key));
        }
    }
}
