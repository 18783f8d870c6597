//! The cast of the demo and what each does in one visit. Addresses are those reserved for
//! documentation (RFC 5737).

use std::thread;
use std::time::Duration;

use serde_json::json;

use super::Act;
use super::http::{Api, Client};

/// Every kind of client with the number of its visits.
pub(super) const CAST: &[(Act, usize)] = &[
    (agent_at_work, 48),
    (key_guesser, 70),
    (scanner, 60),
    (internal_address_prober, 20),
    (webhook_sender, 24),
    (hasty_agent, 2),
    (agent_with_old_token, 3),
];

/// Those whose requests an alert is about, with the pause between two visits; the guesser stands first.
/// The prober stays within its rate limit.
pub(super) const ATTACKERS: [(Act, Duration); 3] = [
    (key_guesser, Duration::from_millis(10)),
    (internal_address_prober, Duration::from_millis(150)),
    (hasty_agent, Duration::ZERO),
];
/// Those who make the service seem slow.
pub(super) const SLOW: [(Act, Duration); 6] = [(slow_sender, Duration::ZERO); 6];
/// Those who buy.
pub(super) const BUYERS: [(Act, Duration); 1] = [(agent_at_work, Duration::from_millis(200))];

/// The one address that keys are guessed from.
pub(crate) const GUESSER: &str = "203.0.113.66";

const CHAINS: [(&str, &str); 3] = [
    ("eip155:8453", "USDC"),
    ("eip155:1", "ETH"),
    ("eip155:137", "USDC"),
];

/// The body the webhook sender signs, and its HMAC-SHA256 with the example's secret.
const WEBHOOK_BODY: &str = r#"{"event":"transaction.confirmed"}"#;
const WEBHOOK_SIGNATURE: &str =
    "sha256=34a8ad5cd0563d4176a9b46ae994fa796400bf2f98917c34b10cf994015d79f0";

/// Negotiates, and mostly comes to terms: a licence and its payment.
fn agent_at_work(api: &Api, number: usize) {
    let client = signed_in(api, number % 8 + 1);
    let terms = json!({"content_url": "https://example.com/articles/7", "offer": "12.50"});
    let negotiation = client.post("/api/v1/negotiations", &terms, &[201]);
    let path = format!("/api/v1/negotiations/{}", negotiation["id"]);
    client.post(
        &format!("{path}/counter"),
        &json!({"offer": "10.00"}),
        &[200],
    );
    if number % 4 == 3 {
        client.send("POST", &format!("{path}/reject"), String::new(), &[200]);
        return;
    }
    client.send("POST", &format!("{path}/accept"), String::new(), &[200]);
    let (chain, token) = CHAINS[number % CHAINS.len()];
    let wish =
        json!({"negotiation_id": negotiation["id"], "chain": chain, "license_type": "commercial"});
    let license = client.post("/api/v1/licenses", &wish, &[201]);
    let payment =
        json!({"token_id": license["token_id"], "chain": chain, "token": token, "amount": "10.00"});
    client.post("/api/v1/payments", &payment, &[201]);
    client.post(
        "/api/v1/fetch",
        &json!({"url": "https://example.com/terms"}),
        &[200],
    );
}

/// Tries one key after the other from one address.
fn key_guesser(api: &Api, number: usize) {
    let client = api.client(GUESSER.to_owned());
    let client = client.with("x-api-key", format!("guess-{number:04}"));
    client.get("/api/v1/negotiations", &[401]);
}

/// Looks for doors that are not there, and tries hostile input on those that are.
fn scanner(api: &Api, number: usize) {
    const PATHS: [&str; 6] = [
        "/wp-login.php",
        "/.env",
        "/admin",
        "/phpmyadmin/",
        "/api/v2/users",
        "/.git/config",
    ];
    const INPUTS: [&str; 6] = [
        "1%27%20OR%20%271%27=%271",
        "1%20UNION%20SELECT%20secret%20FROM%20keys",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "../../../etc/passwd",
        "x;%20cat%20/srv/key",
        "$(id)",
    ];
    let client = api.client(format!("192.0.2.{}", 10 + number % 3));
    if number.is_multiple_of(2) {
        client.get(PATHS[number / 2 % PATHS.len()], &[404]);
    } else {
        let input = INPUTS[number / 2 % INPUTS.len()];
        client.get(&format!("/api/v1/search?q={input}"), &[400]);
    }
}

/// Has a key, and asks the service to fetch what only the service can reach.
fn internal_address_prober(api: &Api, number: usize) {
    const URLS: [&str; 5] = [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.5/admin",
        "http://127.0.0.1:8000/metrics",
        "file:///etc/passwd",
        "http://2130706433/",
    ];
    let client = with_key(api, 9);
    client.post(
        "/api/v1/fetch",
        &json!({"url": URLS[number % URLS.len()]}),
        &[403],
    );
}

/// Reports a transaction; every third message is not signed as it should be.
fn webhook_sender(api: &Api, number: usize) {
    let (signature, status) = match number % 6 {
        2 => (WEBHOOK_SIGNATURE.replace("sha256=", "sha256=00"), 401),
        5 => (WEBHOOK_SIGNATURE.replace(['a', 'b'], "0"), 401),
        _ => (WEBHOOK_SIGNATURE.to_owned(), 200),
    };
    let client = api.client("198.51.100.200".to_owned());
    let client = client.with("x-signature", signature);
    client.send(
        "POST",
        "/webhooks/chain",
        WEBHOOK_BODY.to_owned(),
        &[status],
    );
}

/// Signs its message and sends it so slowly that an answer takes almost three seconds.
fn slow_sender(api: &Api, number: usize) {
    let client = api.client("198.51.100.201".to_owned());
    let client = client.with("x-signature", WEBHOOK_SIGNATURE);
    let pause = Duration::from_millis(2_600 + 60 * (number as u64 % 5));
    client.send_slowly("/webhooks/chain", WEBHOOK_BODY, pause, 200);
}

/// Asks far more often than it may.
fn hasty_agent(api: &Api, _: usize) {
    let client = with_key(api, 10);
    for _ in 0..120 {
        client.get("/api/v1/negotiations", &[200, 429]);
    }
}

/// Uses a token after its end, then buys a new one, once with a forged refresh token.
fn agent_with_old_token(api: &Api, number: usize) {
    let client = with_key(api, 11);
    let tokens = client.post("/api/v1/auth/token", &json!({"ttl_seconds": 1}), &[200]);
    thread::sleep(Duration::from_millis(1_200));
    let bearer = format!(
        "Bearer {}",
        tokens["access_token"].as_str().unwrap_or_default()
    );
    let late = api.client(address(11)).with("authorization", bearer);
    late.get("/api/v1/negotiations", &[401]);
    let (refresh, status) = match number {
        0 => (json!("r.agent-11.9999999999999.forged"), 401),
        _ => (tokens["refresh_token"].clone(), 200),
    };
    client.post(
        "/api/v1/auth/refresh",
        &json!({"refresh_token": refresh}),
        &[status],
    );
}

/// An agent that has bought an access token with its key.
fn signed_in(api: &Api, agent: usize) -> Client<'_> {
    let tokens = with_key(api, agent).post("/api/v1/auth/token", &json!({}), &[200]);
    let bearer = format!(
        "Bearer {}",
        tokens["access_token"].as_str().unwrap_or_default()
    );
    api.client(address(agent)).with("authorization", bearer)
}

fn with_key(api: &Api, agent: usize) -> Client<'_> {
    api.client(address(agent))
        .with("x-api-key", format!("demo-key-{agent:02}"))
}

fn address(agent: usize) -> String {
    format!("198.51.100.{agent}")
}
