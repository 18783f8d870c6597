//! Names of keys whose values are secret.

/// Words that make a key secret wherever they stand in it, and in the plural.
const SECRET_WORDS: &[&str] = &[
    "authorization",
    "cookie",
    "credential",
    "mnemonic",
    "dsn",
    "apikey",
    "privatekey",
    "privkey",
    "secretkey",
    "seedphrase",
    "bearer",
    "jwt",
    "csrf",
    "xsrf",
    "sessionid",
    "jsessionid",
    "phpsessid",
    "passcode",
    "otp",
    "totp",
    "pin",
    "cvv",
];

/// Ends of words that make a key secret, because such words are often written as one: `pgpassword`.
const SECRET_ENDINGS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "apikey",
];

/// Words that make a key secret where they end it, and the ends of such words: `csrftoken`.
const SECRET_LAST: &[&str] = &["token", "tokens"];

/// Last words that are too short to be sought in others. Azure signs its addresses with `sig`.
const SECRET_LAST_WORDS: &[&str] = &["pass", "pw", "sig"];

/// What a key is for, before the word `key`, if that makes it secret.
const SECRET_KEYS: &[&str] = &[
    "access",
    "account",
    "api",
    "app",
    "application",
    "auth",
    "encryption",
    "hmac",
    "license",
    "master",
    "private",
    "routing",
    "session",
    "shared",
    "signing",
    "ssh",
    "storage",
    "subscription",
    "wallet",
    "webhook",
];

/// Other neighbouring words that make a key secret.
const SECRET_PAIRS: &[(&str, &str)] = &[
    ("seed", "phrase"),
    ("recovery", "phrase"),
    ("recovery", "code"),
    ("backup", "code"),
    ("connection", "string"),
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
    if last.len() < key.len() && is_one_of(last, HARMLESS_ENDINGS) {
        return false;
    }
    SECRET_LAST
        .iter()
        .any(|end| ends_with(last.as_bytes(), end))
        || is_one_of(last, SECRET_LAST_WORDS)
        || words(key).map(singular).any(|word| {
            is_one_of(word, SECRET_WORDS)
                || SECRET_ENDINGS
                    .iter()
                    .any(|end| ends_with(word.as_bytes(), end))
        })
        || words(key).zip(words(key).skip(1)).any(|(first, second)| {
            let second = singular(second);
            (second.eq_ignore_ascii_case("key") && is_one_of(first, SECRET_KEYS))
                || (SECRET_PAIRS.iter())
                    .any(|(a, b)| first.eq_ignore_ascii_case(a) && second.eq_ignore_ascii_case(b))
        })
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    list.iter().any(|other| word.eq_ignore_ascii_case(other))
}

/// Whether a text ends so, in capitals or not.
pub(super) fn ends_with(text: &[u8], end: &str) -> bool {
    let start = text.len().checked_sub(end.len());
    start.is_some_and(|start| text[start..].eq_ignore_ascii_case(end.as_bytes()))
}

fn singular(word: &str) -> &str {
    word.strip_suffix(['s', 'S']).unwrap_or(word)
}

/// Whether the last word of `text`, which may be quoted, is the name of a secret.
pub(super) fn ends_with_secret_key(text: &str) -> bool {
    let text = text.trim_end_matches([' ', '"', '\'', '\\']);
    let is_key = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let key = text.trim_end_matches(is_key).len();
    key < text.len() && is_secret_key(&text[key..])
}

/// The words of a key: split where letters and digits end, where a capital follows a small letter, and
/// before the last of several capitals: `X`, `Api` and `Key`.
fn words(key: &str) -> impl Iterator<Item = &str> {
    key.split(|c: char| !c.is_ascii_alphanumeric())
        .flat_map(camel_words)
        .filter(|word| !word.is_empty())
}

fn camel_words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let bytes = rest.as_bytes();
        let turn = (1..bytes.len()).find(|&at| {
            let is_small = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_lowercase);
            bytes[at].is_ascii_uppercase()
                && (!bytes[at - 1].is_ascii_uppercase() || is_small(at + 1))
        });
        let (word, after) = rest.split_at(turn.unwrap_or(rest.len()));
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
        check(
            true,
            &[
                "passwords",
                "PGPASSWORD",
                "userpassword",
                "XApiKey",
                "APIKeys",
                "csrftoken",
                "AccountKey",
                "db_pass",
                "sig",
                "backup_codes",
                "DD_APP_KEY",
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
                "passport",
                "design",
                "compass",
                "primary_key",
                "signature",
                "tokenizer",
                "key",
                "reason",
                "",
            ],
        );
    }
}
