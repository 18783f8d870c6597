//! Texts to choose from: what a documentation page shows, and what an attacker might send.

/// What a page shows under a field of this name.
const EXAMPLES: &[(&str, &str)] = &[
    ("user_id", "user_abc123"),
    ("agent_id", "agent_7"),
    ("request_id", "req_868523"),
    ("token_id", "key_9f86d081"),
    ("reason", "not on the allow list"),
    ("reason_detail", "clock skew above five minutes"),
    ("resource", "/v1/licenses/42"),
    ("action", "revoke"),
    ("required_scope", "licenses:write"),
    ("granted_scopes", "licenses:read payments:read"),
    ("endpoint", "/v1/licenses/{id}"),
    ("webhook", "github"),
    ("key_id", "fp_2c26b46b"),
    ("blocked_url", "http://169.254.169.254/latest/meta-data/"),
    ("target_host", "metadata.internal"),
    ("parameter", "callback_url"),
    ("rule", "sql-tautology"),
    ("input_preview", "' or 1=1 --"),
    ("subject", "github"),
    ("pattern", "scanner"),
    ("chain", "eip155:1"),
    ("contract", "0x5fbdb2315678afecb367f032d93f642f64180aa3"),
    ("license_type", "commercial"),
    (
        "tx_hash",
        "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b",
    ),
    ("token", "USDC"),
    ("amount", "12.50"),
    ("setting", "rate_limit.default"),
    ("old_value", "30"),
    ("new_value", "60"),
    ("purpose", "webhook signatures"),
    ("version", "0.1.0"),
    ("sink", "file"),
    ("suppressed_type", "auth.failure"),
    ("door", "north"),
    ("note", "opened by hand"),
];

/// Text of all sorts, none of it a secret: a secret would be replaced, and not read back equal.
const FRAGMENTS: &[&str] = &[
    "admin",
    "plain words",
    "Ünïcode 名前",
    "tab\there",
    "two\nlines",
    "\u{1b}[31mred",
    "\u{202e}txt.exe",
    "zero\u{200b}width",
    "quote\"s",
    "back\\slash",
    "</script>",
    "' or 1=1 --",
    "../../etc/hosts",
    "\u{7f}",
    "\u{85}",
    "😀",
    "\u{e0041}",
    "a/b~c",
    "{\"a\":1}",
    "%0d%0aSet",
    "\u{feff}",
    "-",
    "\u{2028}",
];

/// The example for a field, or a word that says there is none.
pub(super) fn example(field: &str) -> &'static str {
    EXAMPLES
        .iter()
        .find(|(name, _)| *name == field)
        .map_or("example", |(_, text)| text)
}

/// Texts of every fragment: alone, in pairs, a few beyond the limits of most fields, and one beyond
/// every limit. Long texts are searched for secrets, which takes its time in a debug build.
pub(super) fn hostile() -> Vec<String> {
    let alone = FRAGMENTS.iter().map(|text| (*text).to_owned());
    let next = FRAGMENTS.iter().skip(1);
    let pairs = FRAGMENTS
        .iter()
        .zip(next)
        .map(|(one, other)| format!("{one} {other}"));
    let long = FRAGMENTS
        .iter()
        .step_by(6)
        .map(|text| text.repeat(300 / text.len()));
    let longest = FRAGMENTS[2].repeat(150);
    alone.chain(pairs).chain(long).chain([longest]).collect()
}

/// Longer than any text may be, of a hidden character beyond the basic plane: two escapes each.
pub(super) fn longest_text() -> String {
    "\u{e0041}".repeat(2100)
}

/// Longer than any name may be, of a character that takes four bytes.
pub(super) fn longest_name() -> String {
    "😀".repeat(600)
}
