//! Every metric of the catalogue, moved once and read by programs that are not ours: promtool, the
//! parser of Python's `prometheus_client`, and Datadog's OpenMetrics check.

use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use rra_observability::metrics::labels::{
    ErrorType, FilesystemRole, NegotiationOutcome, RpcOutcome, TransactionOutcome,
};
use rra_observability::metrics::{Endpoint, Metrics, MetricsConfig, Route};
use rra_observability::schema::Event;
use rra_observability::schema::events::auth::{AuthFailureReason, Failure};
use rra_observability::schema::events::rate_limit::Exceeded;
use rra_observability::sink::testing::CapturingSink;
use rra_observability::{Config, Guard, Setup};

use super::{LONG, output};

const TEMPLATE: &str = "/api/v1/licenses/{id}";

#[test]
fn every_metric_is_read_by_programs_that_are_not_ours() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let guard = start();
    guard.handle().observe_runtime(runtime.handle().clone());
    emit(&guard);
    move_every_metric(guard.metrics());

    // Twice, because a page tells how long the one before took.
    guard.handle().render_metrics();
    let judged = promtool(&guard.handle().render_metrics());
    assert_eq!(judged, "", "promtool finds fault");
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = output(
        Command::new(repository.join("target/venv/bin/python"))
            .arg(repository.join("tests/python/read_metrics.py"))
            .arg(format!("http://{}/metrics", guard.admin_address().unwrap()))
            .arg(repository.join("docs/reference/schemas/catalogue.json"))
            .arg(repository.join("docs/ops/datadog/metrics.yaml")),
    );
    println!("{read}");
    guard.shutdown(LONG);
}

fn start() -> Guard {
    let word = |word: &str| vec![word.to_owned()];
    let metrics = MetricsConfig {
        routes: vec![Route::new("GET", TEMPLATE)],
        chains: word("eip155:1"),
        tokens: word("USDC"),
        license_types: word("commercial"),
        operations: word("mint"),
        certificates: word("public"),
        wallets: word("treasury"),
        by_source: true,
        ..MetricsConfig::default()
    };
    let (sink, _) = CapturingSink::new("memory");
    let config = Config {
        metrics_address: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        metrics,
        ..Config::default()
    };
    Setup::new(config).sink(sink).start().unwrap()
}

fn emit(guard: &Guard) {
    let address: IpAddr = "203.0.113.9".parse().unwrap();
    let failure = Event::new(Failure::new(AuthFailureReason::InvalidKey)).source_ip(address);
    let limited = Event::new(Exceeded::new(60_u64, 60_u64)).source_ip(address);
    guard.emit(&failure).unwrap();
    guard.emit(&limited).unwrap();
}

/// All that is not there from the start.
fn move_every_metric(metrics: &Metrics) {
    let agent = metrics.admit_agent("agent-\"7\"");
    let lasts = Duration::from_mins(1);
    metrics
        .security()
        .rate_limit_used(agent, "agent-\"7\"", 0.9, lasts);
    let end = SystemTime::UNIX_EPOCH + Duration::from_secs(1_925_089_445);
    metrics.security().set_certificate_expiry("public", end);

    let (api, second) = (metrics.api(), Duration::from_secs(1));
    let route = api.route("GET", Endpoint::Template(TEMPLATE));
    api.requests(route, 200).increment(1);
    api.errors(route, ErrorType::Internal).increment(1);
    api.duration(route).record(second);

    let negotiation = metrics.negotiation();
    let accepted = NegotiationOutcome::Accepted;
    negotiation.negotiations(agent, accepted).increment(1);
    negotiation.duration(agent).record(second);

    move_chain(metrics, second);
    move_pipeline(metrics, second);
}

fn move_chain(metrics: &Metrics, second: Duration) {
    let blockchain = metrics.blockchain();
    let chain = blockchain.chain("eip155:1");
    let (mint, usdc) = (blockchain.operation("mint"), blockchain.token("USDC"));
    blockchain.payment_usd_cents(chain, usdc).increment(1);
    blockchain.gas_price(chain).set(12.5);
    blockchain.oldest_pending(chain).set(1_766_000_000.0);
    blockchain.head_block(chain).set(21_000_000.0);
    let balance = blockchain.wallet_balance(chain, "treasury").unwrap();
    balance.set(1e9);
    let confirmed = TransactionOutcome::Confirmed;
    blockchain.transactions(chain, mint, confirmed).increment(1);
    blockchain.confirmation_duration(chain, mint).record(second);
    let rpc = blockchain.rpc_duration(chain, RpcOutcome::Ok);
    rpc.record(second);
}

fn move_pipeline(metrics: &Metrics, second: Duration) {
    let sink = metrics.pipeline().sink("memory").unwrap();
    sink.write_duration().record(second);
    sink.last_success().set(1_766_000_000.0);
    sink.spool_capacity().set(1e6);
    sink.spool_oldest().set(1_766_000_000.0);
    let pipeline = metrics.pipeline();
    pipeline.filesystem_available(FilesystemRole::Log).set(1e9);
    pipeline.filesystem_size(FilesystemRole::Log).set(2e9);
}

/// What `promtool check metrics` says of a page; nothing when it is content.
fn promtool(page: &str) -> String {
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = promtool.stdin.take().unwrap();
    stdin.write_all(page.as_bytes()).unwrap();
    drop(stdin);
    let answer = promtool.wait_with_output().unwrap();
    let text = [answer.stdout, answer.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}
