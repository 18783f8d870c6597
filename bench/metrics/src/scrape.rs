//! The cost of one rendering, with series that all have a label with an agent's id.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use bench_measure::{Table, allocations, live_bytes};
use measured::label::StaticLabelSet;
use measured::lasso::ThreadedRodeo;
use measured::text::BufferedTextEncoder;
use measured::{LabelGroup, MetricGroup};
use metrics_exporter_prometheus::PrometheusBuilder;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use rra_metrics::labels::NegotiationOutcome;
use rra_metrics::{Exposition, MetricsConfig};

use crate::peers::OURS;

/// How often a page is rendered.
const RENDERINGS: usize = 21;
/// How many series of one counter the peers render: what our page may have, and ten times that.
const SERIES: [usize; 2] = [2_000, 20_000];
const OUTCOMES: [&str; 5] = ["accepted", "rejected", "expired", "abandoned", "error"];

/// Renders a page.
type Render = Box<dyn Fn() -> String>;

/// Each renderer with its pages.
pub(crate) fn table() -> String {
    let mut table = Table::new(&[
        "Rendering by",
        "lines",
        "KiB",
        "ms",
        "ns a line",
        "allocations a line",
        "bytes of heap a line",
    ]);
    add(&mut table, OURS, ours);
    for series in SERIES {
        add(&mut table, "metrics-exporter-prometheus", || {
            exporter(series)
        });
        add(&mut table, "prometheus", || prometheus(series));
        add(&mut table, "prometheus-client", || client(series));
        add(&mut table, "measured", || interned(series));
        add(&mut table, "prototype", || prototype(series));
    }
    table.to_string()
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn add(table: &mut Table, by: &str, make: impl FnOnce() -> Render) {
    let (render, heap) = live_bytes(make);
    let page = render();
    let lines = page.lines().filter(|line| !line.starts_with('#')).count() as f64;
    let seconds = median(&render);
    let each = allocations(|| drop(render())).count as f64 / lines;
    table.row(&[
        &by,
        &lines,
        &(page.len() / 1024),
        &format!("{:.2}", seconds * 1e3),
        &format!("{:.0}", seconds * 1e9 / lines),
        &format!("{each:.1}"),
        &format!("{:.0}", heap as f64 / lines),
    ]);
    eprintln!("rendered by {by}");
}

fn median(render: &Render) -> f64 {
    let mut seconds: Vec<f64> = (0..RENDERINGS)
        .map(|_| {
            let start = Instant::now();
            drop(render());
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[RENDERINGS / 2]
}

/// A service whose agents have taken every place there is.
fn ours() -> Render {
    let (metrics, exposition) =
        Exposition::new(&MetricsConfig::default()).expect("a valid configuration");
    for number in 0..SERIES[0] {
        let agent = metrics.admit_agent(&agent(number));
        for outcome in NegotiationOutcome::ALL {
            let negotiations = metrics.negotiation().negotiations(agent, *outcome);
            negotiations.increment(1);
        }
    }
    Box::new(move || exposition.render())
}

fn exporter(series: usize) -> Render {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    for (agent, outcome) in pairs(series) {
        let labels = vec![
            metrics::Label::new("agent_id", agent),
            metrics::Label::new("outcome", outcome),
        ];
        let key = metrics::Key::from_parts("negotiations_total", labels);
        let metadata = metrics::Metadata::new("bench", metrics::Level::INFO, None);
        metrics::Recorder::register_counter(&recorder, &key, &metadata).increment(1);
    }
    Box::new(move || {
        // The recorder lives as long as its handle.
        let _ = &recorder;
        handle.render()
    })
}

fn prometheus(series: usize) -> Render {
    let registry = prometheus::Registry::new();
    let options = prometheus::Opts::new("negotiations_total", "Help.");
    let counters =
        prometheus::IntCounterVec::new(options, &["agent_id", "outcome"]).expect("valid names");
    registry
        .register(Box::new(counters.clone()))
        .expect("the only metric");
    for (agent, outcome) in pairs(series) {
        counters.with_label_values(&[&agent, outcome]).inc();
    }
    Box::new(move || {
        let encoder = prometheus::TextEncoder::new();
        encoder
            .encode_to_string(&registry.gather())
            .expect("valid metrics")
    })
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Labels {
    agent_id: String,
    outcome: &'static str,
}

fn client(series: usize) -> Render {
    let mut registry = Registry::default();
    let counters = Family::<Labels, Counter>::default();
    registry.register("negotiations", "Help", counters.clone());
    for (agent_id, outcome) in pairs(series) {
        counters.get_or_create(&Labels { agent_id, outcome }).inc();
    }
    Box::new(move || {
        let mut page = String::new();
        prometheus_client::encoding::text::encode(&mut page, &registry)
            .expect("a string takes all");
        page
    })
}

#[derive(Clone, Copy, measured::FixedCardinalityLabel)]
enum Outcome {
    Accepted,
    Rejected,
    Expired,
    Abandoned,
    Error,
}

#[derive(LabelGroup)]
#[label(set = InternedSet)]
struct Interned<'a> {
    #[label(dynamic_with = ThreadedRodeo)]
    agent_id: &'a str,
    outcome: Outcome,
}

#[derive(MetricGroup)]
#[metric(new(set: InternedSet))]
struct Group {
    /// Help.
    #[metric(init = measured::CounterVec::with_label_set(set))]
    negotiations_total: measured::CounterVec<InternedSet>,
}

fn interned(series: usize) -> Render {
    let words = [
        Outcome::Accepted,
        Outcome::Rejected,
        Outcome::Expired,
        Outcome::Abandoned,
        Outcome::Error,
    ];
    let group = Group::new(InternedSet {
        agent_id: ThreadedRodeo::new(),
        outcome: StaticLabelSet::new(),
    });
    for number in 0..series {
        group.negotiations_total.inc(Interned {
            agent_id: &agent(number / words.len()),
            outcome: words[number % words.len()],
        });
    }
    let encoder = std::cell::RefCell::new(BufferedTextEncoder::new());
    Box::new(move || {
        let mut encoder = encoder.borrow_mut();
        group
            .collect_group_into(&mut *encoder)
            .expect("memory takes all");
        String::from_utf8(encoder.finish().to_vec()).expect("text")
    })
}

/// What we could have instead of the exporter: the text of a series is kept, its value is written
/// behind it.
fn prototype(series: usize) -> Render {
    let text = |(agent, outcome): (String, &str)| {
        format!("negotiations_total{{agent_id=\"{agent}\",outcome=\"{outcome}\"}} ")
    };
    let series: Vec<(Box<str>, AtomicU64)> = pairs(series)
        .map(|pair| (text(pair).into(), AtomicU64::new(1)))
        .collect();
    Box::new(move || {
        let bytes = series.iter().map(|(text, _)| text.len() + 21).sum();
        let mut page = String::with_capacity(bytes);
        for (text, value) in &series {
            page.push_str(text);
            // Writing to a string cannot fail.
            let _ = writeln!(page, "{}", value.load(Ordering::Relaxed));
        }
        page
    })
}

fn pairs(series: usize) -> impl Iterator<Item = (String, &'static str)> {
    (0..series).map(|number| {
        (
            agent(number / OUTCOMES.len()),
            OUTCOMES[number % OUTCOMES.len()],
        )
    })
}

fn agent(number: usize) -> String {
    format!("agent-{number:06}")
}
