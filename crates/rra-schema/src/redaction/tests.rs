//! What counts as a secret, and what only looks like one.

use proptest::prelude::*;

use super::*;

fn redacted(text: &str) -> String {
    pieces(text)
        .map(|piece| match piece {
            Piece::Clean(clean) => clean,
            Piece::Secret(kind) => kind.mark(),
        })
        .collect()
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(redacted(text), expected);
    assert_eq!(
        redacted(expected),
        expected,
        "redacting twice changes nothing"
    );
}

#[track_caller]
fn check_kept(text: &str) {
    check(text, text);
}

#[test]
fn a_private_key_is_replaced_and_an_address_kept() {
    let key = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
    check(
        &format!("signer 0x{key} failed"),
        "signer 0x[redacted:hex] failed",
    );
    check(&key.to_uppercase(), "[redacted:hex]");
    check_kept(&format!("/{}", "a".repeat(90)));
    check_kept("signer 0x742d35Cc6634C0532925a3b844Bc454e4438f44e failed");
}

#[test]
fn a_pem_block_is_replaced_even_without_its_end() {
    check(
        "key -----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY----- rest",
        "key [redacted:pem] rest",
    );
    check("-----BEGIN RSA PRIVATE KEY-----\nMIIB", "[redacted:pem]");
}

#[test]
fn tokens_are_known_by_their_form() {
    check(
        "got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "got [redacted:jwt]",
    );
    check("key AKIAIOSFODNN7EXAMPLE used", "key [redacted:token] used");
    check("key AKIAIOSFODNN7EX-MPLE", "key [redacted:token]");
    check(&format!("ghp_{}", "a1".repeat(18)), "[redacted:token]");
    check("xoxb-1234567890-abc", "[redacted:token]");
    check(&format!("sk-{}", "a1".repeat(20)), "[redacted:token]");
    check(&format!("whsec_{}", "a1".repeat(16)), "[redacted:token]");
    check(
        &format!("https://hooks.slack.com/services/T0/B0/{}", "a1".repeat(12)),
        "https://[redacted:token]",
    );
}

#[test]
fn credentials_of_a_header_are_replaced_and_prose_is_kept() {
    check(
        "Authorization: Bearer abc12345.def",
        "Authorization: Bearer [redacted:authorization]",
    );
    check(
        "sent basic dXNlcjpwYXNz=",
        "sent basic [redacted:authorization]",
    );
    check_kept("bearer authentication is required");
}

#[test]
fn user_information_of_a_url_is_replaced() {
    check(
        "dsn postgres://rra:hunter2@db/x",
        "dsn postgres://[redacted:userinfo]@db/x",
    );
    check_kept("mail to a@example.org about https://example.org/@handle");
}

#[test]
fn a_value_after_a_secret_name_is_replaced_and_a_remark_kept() {
    check(
        "login password=hunter2&x=1",
        "login password=[redacted:value]&x=1",
    );
    check(
        r#"{"api_key": "k9f8s7"}"#,
        r#"{"api_key": "[redacted:value]"}"#,
    );
    check_kept("<script>document.cookie=true;</script>");
    check_kept("invalid token: expired");
    check_kept("Authentication failed: Invalid API key");
}

#[test]
fn a_recovery_phrase_is_replaced() {
    let phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    check(&format!("typed {phrase}!"), "typed [redacted:mnemonic]!");
    check_kept("the quick brown fox jumps over the lazy dog and then it goes home again to sleep");
}

#[test]
fn a_wallet_key_is_replaced() {
    check(
        "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
        "[redacted:token]",
    );
    check(&format!("xprv{}", "9".repeat(107)), "[redacted:token]");
}

#[test]
fn the_quick_look_passes_ids_of_requests_and_traces() {
    for id in [
        "0af7651916cd43dd8448eb211c80319c",
        "req_0af7651916cd43dd8448eb211c80319c",
        "0af76519-16cd-43dd-8448-eb211c80319c",
        "01JDV5Q3P8ZK2T7M4X6Y9B0C1D",
    ] {
        assert!(!glance(id).may_hold_secret, "{id}");
    }
}

proptest! {
    /// Runs around the lengths and beginnings that matter, alone and inside of other text.
    #[test]
    fn what_the_quick_look_passes_holds_no_secret(
        parts in proptest::collection::vec(
            prop_oneof![
                "(\\\\n|%22|\\\\u0022|[\"'])(eyJ|ghp_|xoxb-|AKIA)[0-9A-Za-z_.-]{10,40}",
                "(\"password\"|pwd|Cookie|Authorization|seed_phrase) {0,2}[:=] {0,2}[\"']?[a-z]{1,4}[ =][a-z0-9]{0,9}[\"']?",
                "(eyJ|ghp_|AKIA|sk_live_|AIza|5|K|xprv)[0-9A-Za-z_.-]{10,130}",
                "[0-9a-f]{10,80}",
                "[0-9A-Za-z_]{1,20}",
                "[ :=@.-]{1,3}",
                Just("Bearer ".to_owned()),
                Just("password=".to_owned()),
            ],
            1..5,
        ),
    ) {
        let text = parts.concat();
        prop_assert!(glance(&text).may_hold_secret || !holds_secret(&text), "{text}");
    }
}

/// Texts whose every byte made a detector look at all that follow: a second for a header of 8 KiB, in the
/// thread that reports it.
#[test]
fn hostile_text_costs_no_more_than_any_other() {
    let began = std::time::Instant::now();
    for piece in [
        "=",
        ":",
        "eyJ-",
        "eyJaaaaaaaa-",
        "a:",
        "a=",
        "://a@",
        "pwd:",
        "pin=no",
        "cookie: a=",
        "password=",
        "a_word_of_16_signs ",
        "x",
        " ",
        "bearer ",
        "abandon ",
        "\\",
    ] {
        let text = piece.repeat(20_000 / piece.len());
        let _ = redact(&text);
        let _ = redact(&format!("{text}1.{text}"));
    }
    assert!(began.elapsed().as_secs() < 8, "{:?}", began.elapsed());
}

#[test]
fn a_value_in_quotes_is_replaced_whole() {
    check(
        r#"{"password":"letmein","a":1}"#,
        r#"{"password":"[redacted:value]","a":1}"#,
    );
    check(
        r#"password = "correct horse, battery""#,
        r#"password = "[redacted:value]""#,
    );
    check(
        r#"passphrase: 'it"s' x"#,
        "passphrase: '[redacted:value]' x",
    );
    check(r#""secret":"a\"b" x"#, r#""secret":"[redacted:value]" x"#);
    check(
        r#"{\"api_key\":\"ab\\\"cd\",\"a\":1}"#,
        r#"{\"api_key\":\"[redacted:value]\",\"a\":1}"#,
    );
    check(
        r#"{"pin":"","user":"bob","otp":1234}"#,
        r#"{"pin":"","user":"bob","otp":[redacted:value]}"#,
    );
    check_kept(r#"{"password":null,"note":"none"}"#);
}

#[test]
fn quotes_that_are_doubled_are_no_end_of_a_value() {
    check("token:''abc1", "token:''[redacted:value]");
    check(
        r#""{""password"":""hunter2"",""a"":1}""#,
        r#""{""password"":""[redacted:value]"",""a"":1}""#,
    );
    check(
        "set password = ''letmein'' where",
        "set password = ''[redacted:value]'' where",
    );
    check_kept(r#"password="" user="bob" secret='', pin="""#);
}

#[test]
fn a_header_is_replaced_to_its_end() {
    check(
        "Cookie: theme=dark; sid=38afes7a8\r\nHost: a",
        "Cookie: [redacted:value]\r\nHost: a",
    );
    check(
        "Authorization: Token 9944b09199c6",
        "Authorization: Token [redacted:authorization]",
    );
    check(
        "curl -H 'Set-Cookie: id=a3fWa; Secure' x",
        "curl -H 'Set-Cookie: [redacted:value]' x",
    );
    check_kept("session cookie: expired at 10:30");
    check_kept("authorization: denied for user 5");
}

#[test]
fn a_recovery_phrase_behind_its_name_is_replaced_whole() {
    let phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    check(&format!("mnemonic={phrase}"), "mnemonic=[redacted:value]");
    check(
        &format!("mnemonic: \"{phrase}\", x"),
        "mnemonic: \"[redacted:value]\", x",
    );
    let list = format!("[\"{}\"]", phrase.replace(' ', "\", \""));
    check(&list, "[\"[redacted:mnemonic]\"]");
    check(
        "passphrase=correct horse battery",
        "passphrase=[redacted:value]",
    );
}

#[test]
fn an_escape_before_a_secret_does_not_hide_it() {
    check("a=%22AKIAIOSFODNN7EXAMPLE%22", "a=%22[redacted:token]%22");
    check(r"line\nxoxb-1234567890-abc", r"line\n[redacted:token]");
    check(
        r"a\u0022eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0",
        r"a\u0022[redacted:jwt]",
    );
    check("k=-----BEGIN+PRIVATE+KEY-----%0AMIIB", "k=[redacted:pem]");
    let phrase = "abstract winner thank year wave sausage worth useful legal winner thank yellow";
    check(&format!(r"line\n{phrase}"), r"line\n[redacted:mnemonic]");
    check(&format!("k=%2C{phrase}"), "k=%2C[redacted:mnemonic]");
}

#[test]
fn a_value_behind_a_backslash_is_replaced() {
    check(
        r"password=\u0022hunter2\u0022",
        r"password=\[redacted:value]\u0022",
    );
    check(r"password=\hunter2 x", r"password=\[redacted:value] x");
}

#[test]
fn a_value_that_ends_with_a_name_does_not_hide_its_value() {
    check(
        r#"secret=password="hunter2""#,
        r#"secret=[redacted:value]"[redacted:value]""#,
    );
    check(
        r#"Bearer abcdefg1=token= "hunter2""#,
        r#"Bearer [redacted:authorization] "[redacted:value]""#,
    );
    check(
        "private_key=PEM:-----BEGIN PRIVATE KEY-----\\nMIIB\\n-----END PRIVATE KEY----- x",
        "private_key=[redacted:value] x",
    );
}

#[test]
fn a_key_without_its_leading_zeros_is_a_key() {
    check(
        "0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f36",
        "0x[redacted:hex]",
    );
    check_kept("sha224 d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f");
    let pair =
        "4NMwxzmYj2uvHuq8xoqhY8RXg63KSVJM1DXkpbmkUY7YQWuoyQgFnnzn6yo3CMnqZasnNPNuAT2TLwQsCaKkUddp";
    check(&format!("key {pair}"), "key [redacted:token]");
}

#[test]
fn the_quick_look_never_hides_a_secret() {
    let secrets = [
        "password=abc",
        "a://u:p@h",
        "bearer a1234567",
        "xoxb-1234567890",
        "sk-12345678901234567890",
    ];
    for secret in secrets {
        assert!(glance(secret).may_hold_secret, "{secret}");
        assert_ne!(redacted(secret), secret);
    }
}

#[test]
fn text_of_other_scripts_is_split_at_its_characters() {
    check(
        "пароль password=тайна1 конец",
        "пароль password=[redacted:value] конец",
    );
}
