//! fastrace, with a reporter that drops what it gets.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bench_measure::Case;
use fastrace::collector::{Config, Reporter, SpanContext, SpanRecord};
use fastrace::{Span, local::LocalSpan};

use super::{SAMPLED, UNSAMPLED};

pub(super) struct Fastrace {
    arrived: Arc<AtomicU64>,
    made: AtomicU64,
}

struct Nowhere(Arc<AtomicU64>);

impl Reporter for Nowhere {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        self.0.fetch_add(spans.len() as u64, Ordering::Relaxed);
    }
}

impl Fastrace {
    pub(super) fn new() -> Self {
        let arrived = Arc::<AtomicU64>::default();
        let reporter = Nowhere(Arc::clone(&arrived));
        fastrace::set_reporter(reporter, Config::default());
        Self {
            arrived,
            made: AtomicU64::new(0),
        }
    }

    pub(super) fn cases(&self) -> [Case<'_>; 2] {
        [
            Case::repeating(UNSAMPLED, "fastrace", |times| make_pairs(false, times)),
            Case::repeating(SAMPLED, "fastrace", |times| {
                self.made.fetch_add(2 * times, Ordering::Relaxed);
                make_pairs(true, times);
            }),
        ]
    }

    pub(super) fn losses(&self) -> (&'static str, u64, u64) {
        fastrace::flush();
        let count = |number: &AtomicU64| number.load(Ordering::Relaxed);
        ("fastrace", count(&self.made), count(&self.arrived))
    }
}

fn make_pairs(is_sampled: bool, times: u64) {
    for number in 0..times {
        let number = black_box(number);
        let parent = SpanContext::random().sampled(is_sampled);
        let request = Span::root("request", parent).with_properties(|| {
            [
                ("http.route", "/a/{id}".into()),
                ("agent", number.to_string()),
            ]
        });
        let _inside = request.set_local_parent();
        let _query = LocalSpan::enter_with_local_parent("query").with_properties(|| {
            [
                ("db.system.name", std::borrow::Cow::from("sqlite")),
                ("rows", number.to_string().into()),
            ]
        });
    }
}
