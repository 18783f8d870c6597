//! Names of keys whose values are secret.

/// Words that make a key secret wherever they stand in it.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "secrets",
    "authorization",
    "cookie",
    "cookies",
    "credential",
    "credentials",
    "mnemonic",
    "dsn",
    "apikey",
    "privatekey",
    "secretkey",
    "accesstoken",
    "refreshtoken",
    "authtoken",
    "idtoken",
    "sessiontoken",
    "seedphrase",
    "bearer",
    "otp",
    "pin",
    "cvv",
];

/// Neighbouring words that make a key secret.
const SECRET_PAIRS: &[(&str, &str)] = &[
    ("api", "key"),
    ("private", "key"),
    ("access", "key"),
    ("signing", "key"),
    ("encryption", "key"),
    ("routing", "key"),
    ("seed", "phrase"),
    ("recovery", "phrase"),
    ("connection", "string"),
    ("session", "key"),
    ("set", "cookie"),
];

/// Last words that say a key tells about a secret and does not hold it.
const HARMLESS_ENDINGS: &[&str] = &[
    "id",
    "type",
    "count",
    "name",
    "length",
    "present",
    "status",
    "fingerprint",
    "sha256",
    "ttl",
    "seconds",
    "expired",
    "valid",
    "rotated",
    "policy",
];

/// Longest key that is looked at; a longer one is no key but text.
const LONGEST_KEY: usize = 128;

/// Whether a key's name says that its value is secret: `password`, `client_secret`, `apiKey`,
/// `access_token`, but not `token_id` or `password_length`.
pub fn is_secret_key(key: &str) -> bool {
    if key.len() > LONGEST_KEY {
        return false;
    }
    let Some(last) = words(key).last() else {
        return false;
    };
    let is_one_of =
        |word: &str, list: &[&str]| list.iter().any(|other| word.eq_ignore_ascii_case(other));
    if last.len() < key.len() && is_one_of(last, HARMLESS_ENDINGS) {
        return false;
    }
    is_one_of(last, &["token", "tokens"])
        || words(key).any(|word| is_one_of(word, SECRET_WORDS))
        || words(key).zip(words(key).skip(1)).any(|(first, second)| {
            SECRET_PAIRS
                .iter()
                .any(|(a, b)| first.eq_ignore_ascii_case(a) && second.eq_ignore_ascii_case(b))
        })
}

/// Whether the last word of `text`, which may be quoted, is the name of a secret.
pub(super) fn ends_with_secret_key(text: &str) -> bool {
    let text = text.trim_end_matches([' ', '"', '\'', '\\']);
    let is_key = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let key = text.trim_end_matches(is_key).len();
    key < text.len() && is_secret_key(&text[key..])
}

/// The words of a key: split where letters and digits end and where a capital follows a small letter.
fn words(key: &str) -> impl Iterator<Item = &str> {
    key.split(|c: char| !c.is_ascii_alphanumeric())
        .flat_map(camel_words)
        .filter(|word| !word.is_empty())
}

fn camel_words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let bytes = rest.as_bytes();
        let turn = bytes
            .windows(2)
            .position(|pair| !pair[0].is_ascii_uppercase() && pair[1].is_ascii_uppercase());
        let (word, after) = rest.split_at(turn.map_or(rest.len(), |at| at + 1));
        rest = after;
        (!word.is_empty()).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(is_secret: bool, keys: &[&str]) {
        for key in keys {
            assert_eq!(is_secret_key(key), is_secret, "{key}");
        }
    }

    #[test]
    fn keys_that_hold_secrets_are_known_in_every_spelling() {
        check(
            true,
            &[
                "password",
                "PASSWORD",
                "db_password",
                "dbPassword",
                "client-secret",
                "apiKey",
                "api_key",
                "API-KEY",
                "apikey",
            ],
        );
        check(
            true,
            &[
                "token",
                "access_token",
                "accessToken",
                "Authorization",
                "x-api-key",
                "private_key",
                "seed_phrase",
                "set-cookie",
            ],
        );
    }

    #[test]
    fn keys_that_tell_about_secrets_are_not_secret() {
        check(
            false,
            &[
                "token_id",
                "token_type",
                "password_length",
                "api_key_id",
                "secretary",
                "tokenizer",
                "key",
                "reason",
                "",
            ],
        );
    }
}
