//! Lists of keys and values in one text: `key=value,key=value`, with `%XX` for what would not fit
//! in (specification, "Specifying resource information via an environment variable").

const EXPECTED: &str = "KEY=VALUE pairs separated by commas, other characters as %XX";

pub(super) fn pairs(text: &str) -> Result<Vec<(String, String)>, &'static str> {
    let entries = text.split(',').map(str::trim);
    let entries = entries.filter(|entry| !entry.is_empty());
    entries.map(|entry| pair(entry).ok_or(EXPECTED)).collect()
}

fn pair(entry: &str) -> Option<(String, String)> {
    let (key, value) = entry.split_once('=')?;
    let key = decode(key.trim()).filter(|key| !key.is_empty())?;
    Some((key, decode(value.trim())?))
}

/// The text with every `%XX` replaced by the byte it stands for.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'%' {
            let [high, low, after @ ..] = tail else {
                return None;
            };
            bytes.push(digit(*high)? << 4 | digit(*low)?);
            rest = after;
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

fn digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &str)]) {
        let found = pairs(text).expect("pairs");
        let found: Vec<_> = found
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn pairs_are_separated_by_commas() {
        check("a=1,b=2", &[("a", "1"), ("b", "2")]);
        check(" a = 1 ,, b=2,", &[("a", "1"), ("b", "2")]);
        check("a=x=y", &[("a", "x=y")]);
        check("a=", &[("a", "")]);
    }

    #[test]
    fn what_does_not_fit_in_is_written_in_digits() {
        check(
            "Authorization=Basic%20QQ%3D%3D",
            &[("Authorization", "Basic QQ==")],
        );
        check("a=%C3%B1%2c", &[("a", "ñ,")]);
    }

    fn check_refused(text: &str) {
        assert_eq!(pairs(text), Err(EXPECTED), "{text}");
    }

    #[test]
    fn what_is_no_pair_is_refused() {
        check_refused("a");
        check_refused("=1");
        check_refused("a=1,b");
    }

    #[test]
    fn broken_digits_are_refused() {
        check_refused("a=%");
        check_refused("a=%4");
        check_refused("a=%zz");
        check_refused("a=%ff");
    }

    /// Every byte as its digits, which is more than has to be written so.
    fn encode(text: &str) -> String {
        let digits = text.bytes().map(|byte| format!("%{byte:02X}"));
        digits.collect::<Vec<_>>().concat()
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_in_digits_is_read_back(
            list in proptest::collection::vec((".+", ".*"), 0..8)
        ) {
            let texts: Vec<_> = list
                .iter()
                .map(|(key, value)| format!("{}={}", encode(key), encode(value)))
                .collect();
            proptest::prop_assert_eq!(pairs(&texts.join(",")), Ok(list));
        }

        #[test]
        fn no_text_makes_a_panic(text in ".*") {
            let _ = pairs(&text);
        }
    }
}
