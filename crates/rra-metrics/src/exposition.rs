//! Everything as Prometheus text, in an order that does not change.
//!
//! Renders and keeps memory constant between scrapes. Serves nothing: that is `rra-http`.

mod histograms;
mod lines;
mod process;
mod runtime;
mod text;
mod top;

use std::sync::Arc;
use std::time::{Duration, Instant};

use metrics::Recorder;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use rra_schema::metrics::process::{RENDER_BYTES, RENDER_DURATION};

use crate::catalogue::Metrics;
use crate::config::MetricsConfig;
use crate::error::Error;
use crate::exposition::runtime::Runtime;
use crate::handle::Gauge;
use crate::tally::Tallies;
use crate::target::{SharedRecorder, Target};
use crate::timer::Timer;

/// The content type of [`Exposition::render`]: version 0.0.4 of the Prometheus text format.
pub const TEXT_CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// How often the observations of other libraries are folded by the exporter.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(1);

/// The text form of one service's metrics. A clone renders the same series.
#[derive(Clone)]
pub struct Exposition {
    metrics: Metrics,
    recorder: SharedRecorder,
    tallies: Arc<Tallies>,
    handle: PrometheusHandle,
    duration: Gauge,
    bytes: Gauge,
    refresh: Option<Arc<dyn Fn() + Send + Sync>>,
    runtime: Runtime,
}

impl Exposition {
    /// Metrics with a Prometheus recorder of their own, and their exposition. A thread keeps the
    /// memory of other libraries' histograms constant while nobody scrapes; it ends with the last
    /// clone of both.
    ///
    /// # Errors
    /// [`Error::TooManyValues`] when more values are registered than a label takes,
    /// [`Error::NoThread`] when the system gives no thread.
    pub fn new(config: &MetricsConfig) -> Result<(Metrics, Self), Error> {
        let prometheus = PrometheusBuilder::new().build_recorder();
        let handle = prometheus.handle();
        let recorder: SharedRecorder = Arc::new(prometheus);
        let upkeep = start_upkeep(handle.clone())?;
        let tallies = Arc::new(Tallies::new(Arc::clone(&recorder), upkeep));
        let metrics = Metrics::on(config, &Target::Tallied(Arc::clone(&tallies)))?;
        let target = Target::Given(Arc::clone(&recorder));
        let exposition = Self {
            metrics: metrics.clone(),
            recorder,
            tallies,
            handle,
            duration: target.gauge(&RENDER_DURATION, &[]),
            bytes: target.gauge(&RENDER_BYTES, &[]),
            refresh: None,
            runtime: Runtime::none(),
        };
        Ok((metrics, exposition))
    }

    /// Calls `refresh` before each rendering of this value and its clones, for metrics that are
    /// cheaper to look up than to keep current, such as the length of a queue.
    pub fn refreshed_by(mut self, refresh: impl Fn() + Send + Sync + 'static) -> Self {
        self.refresh = Some(Arc::new(refresh));
        self
    }

    /// All metrics, sorted by name and labels, with those of the process.
    ///
    /// Takes time in proportion to the number of series, some milliseconds for a few thousand: an
    /// async program calls it where blocking is allowed.
    pub fn render(&self) -> String {
        let start = Instant::now();
        if let Some(refresh) = &self.refresh {
            refresh();
        }
        self.metrics.refresh();
        self.tallies.publish();
        let mut unsorted = self.handle.render();
        histograms::append_to(&mut unsorted, &self.tallies);
        process::append_to(&mut unsorted);
        self.runtime.append_to(&mut unsorted);
        top::append_to(&mut unsorted, &self.metrics, start);
        let text = text::sorted(&unsorted);
        self.duration.set(start.elapsed().as_secs_f64());
        self.bytes
            .set(u32::try_from(text.len()).unwrap_or(u32::MAX).into());
        text
    }

    /// The recorder behind the metrics, for a host that wants series of other libraries in the
    /// same text: give it to `metrics::set_global_recorder`.
    pub fn recorder(&self) -> Arc<dyn Recorder + Send + Sync> {
        Arc::clone(&self.recorder)
    }
}

impl std::fmt::Debug for Exposition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Exposition of {} lines", self.metrics.series())
    }
}

/// Folds what the histograms of other libraries have recorded, again and again: until then the
/// exporter keeps every observation, 16 bytes each, and nobody may be scraping.
fn start_upkeep(handle: PrometheusHandle) -> Result<Timer, Error> {
    Timer::start("rra-metrics", UPKEEP_INTERVAL, move || handle.run_upkeep())
        .map_err(Error::no_thread)
}

#[cfg(test)]
mod tests;
