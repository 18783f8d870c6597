//! Numbers that Python writes and JSON does not know.

/// How Python's `json` writes a float that is no finite number.
const CONSTANTS: [&str; 3] = ["NaN", "-Infinity", "Infinity"];

/// The line with each such number as text; `None` when there is none.
pub(super) fn quote_constants(line: &str) -> Option<String> {
    let mut quoted = String::new();
    let mut rest = line;
    let mut is_text = false;
    let mut found = false;
    // Between two quotes that no backslash escapes stands a text.
    while let Some(at) = rest.find(['"', '\\', 'N', '-', 'I']) {
        let here = &rest[at..];
        let constant = CONSTANTS.into_iter().find(|word| here.starts_with(word));
        let length = match (here.as_bytes()[0], constant) {
            (b'\\', _) if is_text => 1 + here[1..].chars().next().map_or(0, char::len_utf8),
            (_, Some(constant)) if !is_text => constant.len(),
            _ => 1,
        };
        is_text ^= here.starts_with('"');
        quoted.push_str(&rest[..at]);
        let is_constant = length > 2 && !here.starts_with('\\');
        found |= is_constant;
        let quote = if is_constant { "\"" } else { "" };
        quoted.extend([quote, &here[..length], quote]);
        rest = &here[length..];
    }
    found.then(|| quoted + rest)
}

#[cfg(test)]
mod tests {
    use super::quote_constants;

    #[track_caller]
    fn check(line: &str, expected: Option<&str>) {
        assert_eq!(quote_constants(line).as_deref(), expected);
    }

    #[test]
    fn a_number_that_is_none_becomes_text() {
        check(
            r#"{"a":NaN,"b":[-Infinity, Infinity]}"#,
            Some(r#"{"a":"NaN","b":["-Infinity", "Infinity"]}"#),
        );
    }

    #[test]
    fn a_text_stays_as_it_is() {
        check(r#"{"a":"NaN","b\\":"\"NaN","c":-1}"#, None);
        check(
            r#"{"a":"\\","b":NaN,"c":"\ä NaN"}"#,
            Some(r#"{"a":"\\","b":"NaN","c":"\ä NaN"}"#),
        );
    }
}
