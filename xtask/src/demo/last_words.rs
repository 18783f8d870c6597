//! What a service prints when it ends: its account, as `key=number` words.

/// The number behind `key`, which ends with `=`.
pub(crate) fn number(text: &str, key: &str) -> Option<u64> {
    let mut words = text.split_whitespace();
    words.find_map(|word| word.strip_prefix(key)?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<u64>) {
        assert_eq!(number(text, "accepted="), expected, "{text}");
    }

    #[test]
    fn a_number_is_found_by_its_key() {
        check("events  sink=file accepted=12 dropped=0", Some(12));
    }

    #[test]
    fn a_missing_and_a_strange_number_are_none() {
        check("bye", None);
        check("accepted=many", None);
    }
}
