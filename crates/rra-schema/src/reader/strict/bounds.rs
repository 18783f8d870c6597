//! How much may stand inside `details`, whoever put it there.

use crate::json::Json;
use crate::limits;

/// Whether a member of `details` keeps the bounds of keys, texts, lists and depth.
pub(super) fn fits_member(key: &str, value: &Json) -> bool {
    fits_key(key) && !value.is_absent() && fits(value, 2)
}

/// `depth` counts the `details` object itself as 1.
fn fits(value: &Json, depth: usize) -> bool {
    let has_room = depth <= limits::DETAILS_DEPTH;
    match value {
        Json::Text(text) => (1..=limits::DETAILS_TEXT_CHARS).contains(&text.chars().count()),
        Json::List(items) => {
            has_room
                && items.len() <= limits::DETAILS_LIST_ITEMS
                && items.iter().all(|item| fits(item, depth + 1))
        }
        Json::Map(members) => {
            has_room
                && members.len() <= limits::DETAILS_KEYS
                && members.iter().all(|(key, value)| {
                    fits_key(key) && !value.is_absent() && fits(value, depth + 1)
                })
        }
        Json::Null | Json::Boolean(_) | Json::Number(_) => true,
    }
}

fn fits_key(key: &str) -> bool {
    key.chars().count() <= limits::DETAILS_KEY_CHARS
}

#[cfg(test)]
mod tests {
    use super::fits_member;
    use crate::json::Json;

    #[track_caller]
    fn check(value: &str, expected: bool) {
        let value = Json::parse(value).expect("the test's value is JSON");
        assert_eq!(fits_member("key", &value), expected, "{value:?}");
    }

    #[test]
    fn lists_and_objects_nest_three_deep_inside_details() {
        check("[[[1]]]", true);
        check(r#"{"a":{"b":{"c":1}}}"#, true);
        check("[[[[1]]]]", false);
        check(r#"{"a":{"b":{"c":{}}}}"#, false);
    }

    #[test]
    fn only_lists_may_hold_null() {
        check("[null]", true);
        check(r#"{"a":null}"#, false);
        check("null", false);
    }

    #[test]
    fn texts_lists_and_keys_have_an_end() {
        check(&format!("\"{}\"", "x".repeat(2049)), false);
        check(&format!("[{}1]", "1,".repeat(64)), false);
        assert!(!fits_member(&"k".repeat(65), &Json::Boolean(true)));
    }
}
