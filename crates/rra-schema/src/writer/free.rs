//! Values that no catalogue describes: bounded in depth, count and length, secrets taken out.

use super::line::Line;
use crate::events::custom::Value;
use crate::limits;
use crate::redaction;

/// A tree of values, ours or one that was read.
pub(crate) trait Tree: Sized {
    type Key: AsRef<str>;

    fn view(&self) -> View<'_, Self::Key, Self>;
}

/// What a [`Tree`] is at its top.
pub(crate) enum View<'v, K, V> {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    /// A number as it was read, digit for digit.
    Number(&'v str),
    Text(&'v str),
    List(&'v [V]),
    Map(&'v [(K, V)]),
}

impl<'a> Tree for Value<'a> {
    type Key = &'a str;

    fn view(&self) -> View<'_, &'a str, Self> {
        match *self {
            Self::Text(text) => View::Text(text),
            Self::Integer(number) => View::Integer(number),
            Self::Float(number) => View::Float(number),
            Self::Boolean(flag) => View::Boolean(flag),
            Self::List(items) => View::List(items),
            Self::Map(members) => View::Map(members),
        }
    }
}

/// Whether the value says nothing, so that its key is left out.
pub(crate) fn is_absent<T: Tree>(value: &T) -> bool {
    matches!(value.view(), View::Null | View::Text(""))
}

/// Most members of one object that are looked at, absent and repeated ones included, so that
/// hostile objects cost little.
pub(crate) const MEMBERS_READ: usize = 1024;

/// Whether an earlier member has the same key.
pub(crate) fn is_repeated<T: Tree>(members: &[(T::Key, T)], at: usize) -> bool {
    let key = members[at].0.as_ref();
    members[..at]
        .iter()
        .any(|(earlier, value)| !is_absent(value) && is_same_key(earlier.as_ref(), key))
}

/// Whether two keys would be written alike.
fn is_same_key(one: &str, other: &str) -> bool {
    let cut = |key: &str| {
        key.char_indices()
            .nth(limits::DETAILS_KEY_CHARS)
            .map_or(key.len(), |(at, _)| at)
    };
    one[..cut(one)] == other[..cut(other)]
}

/// Writes the value of `key` and says whether it is whole.
pub(crate) fn write_member<T: Tree>(
    line: &mut Line<'_, '_>,
    key: &str,
    value: &T,
    depth: usize,
) -> bool {
    if redaction::is_secret_key(key) {
        line.raw("\"[redacted:key]\"");
        return true;
    }
    write_value(line, value, depth)
}

/// Writes a value and says whether it is whole.
pub(crate) fn write_value<T: Tree>(line: &mut Line<'_, '_>, value: &T, depth: usize) -> bool {
    match value.view() {
        View::Null => line.raw("null"),
        View::Boolean(flag) => line.raw(if flag { "true" } else { "false" }),
        View::Integer(number) => write_integer(line, number),
        View::Float(number) => line.float(number),
        View::Number(digits) => return write_number(line, digits),
        View::Text(text) => return line.text(text, limits::DETAILS_TEXT_CHARS),
        View::List(items) => return write_list(line, items, depth),
        View::Map(members) => return write_map(line, members, depth),
    }
    true
}

fn write_integer(line: &mut Line<'_, '_>, number: i64) {
    let is_exact = number.unsigned_abs() <= limits::INTEGER_MAX;
    let quote = if is_exact { "" } else { "\"" };
    line.raw(quote);
    line.raw(if number < 0 { "-" } else { "" });
    line.digits(number.unsigned_abs());
    line.raw(quote);
}

fn write_number(line: &mut Line<'_, '_>, digits: &str) -> bool {
    if digits.len() > limits::DETAILS_TEXT_CHARS || !line.has_room_for(digits.len()) {
        line.raw("\"[too long]\"");
        return false;
    }
    // A private key is a number, too.
    if redaction::glance(digits).may_hold_secret && redaction::holds_secret(digits) {
        return line.text(digits, limits::DETAILS_TEXT_CHARS);
    }
    line.clean(digits);
    true
}

fn write_list<T: Tree>(line: &mut Line<'_, '_>, items: &[T], depth: usize) -> bool {
    if depth > limits::DETAILS_DEPTH {
        line.raw("\"[too deep]\"");
        return false;
    }
    let mut whole = items.len() <= limits::DETAILS_LIST_ITEMS;
    line.raw("[");
    for (at, item) in items.iter().take(limits::DETAILS_LIST_ITEMS).enumerate() {
        if !line.has_room_for(0) {
            whole = false;
            break;
        }
        line.raw(if at > 0 { "," } else { "" });
        whole &= write_value(line, item, depth + 1);
    }
    line.raw("]");
    whole
}

fn write_map<T: Tree>(line: &mut Line<'_, '_>, members: &[(T::Key, T)], depth: usize) -> bool {
    if depth > limits::DETAILS_DEPTH {
        line.raw("\"[too deep]\"");
        return false;
    }
    let mut written = 0;
    let mut whole = members.len() <= MEMBERS_READ;
    line.raw("{");
    for (at, (key, value)) in members.iter().enumerate().take(MEMBERS_READ) {
        let key = key.as_ref();
        if is_absent(value) || is_repeated(members, at) {
            continue;
        }
        if written == limits::DETAILS_KEYS || !line.has_room_for(key.len().min(512)) {
            whole = false;
            break;
        }
        line.raw(if written > 0 { "," } else { "" });
        written += 1;
        line.free_key(key, at);
        whole &= write_member(line, key, value, depth + 1);
    }
    line.raw("}");
    whole
}
