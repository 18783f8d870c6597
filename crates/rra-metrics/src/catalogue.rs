//! The metrics of one service as a value: all tables, ready to be moved from any thread.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use metrics::Recorder;
use rra_schema::SecurityEvent;
use rra_schema::metrics::MetricSpec;

use crate::api::Api;
use crate::assembly::{Assembly, Sizes};
use crate::blockchain::Blockchain;
use crate::config::MetricsConfig;
use crate::error::Error;
use crate::events::EventCounters;
use crate::negotiation::Negotiation;
use crate::of_agents::OfAgents;
use crate::pipeline::Pipeline;
use crate::security::Security;
use crate::sets::{Agent, Agents, Sets};
use crate::sources::Sources;
use crate::target::Target;
use crate::traces::Traces;

/// How long an agent counts as at work after an action.
const ACTIVE_FOR: Duration = Duration::from_mins(5);

/// The metrics of one service. A clone moves the same series.
///
/// It is a value, not a global: two services in one process, or two tests, do not meet. The names
/// on the wire are the catalogue's, [`rra_schema::metrics`].
///
/// ```
/// use std::sync::Arc;
/// use rra_metrics::labels::NegotiationOutcome;
/// use rra_metrics::{Metrics, MetricsConfig};
///
/// # fn main() -> Result<(), rra_metrics::Error> {
/// let recorder = Arc::new(metrics::NoopRecorder); // any recorder of the `metrics` crate
/// let metrics = Metrics::new(&MetricsConfig::default(), recorder)?;
///
/// let agent = metrics.admit_agent("agent-7"); // after the agent has proved who it is
/// metrics.negotiation().negotiations(agent, NegotiationOutcome::Accepted).increment(1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Metrics(Arc<Tables>);

struct Tables {
    events: EventCounters,
    api: Api,
    security: Security,
    blockchain: Blockchain,
    negotiation: Negotiation,
    pipeline: Pipeline,
    traces: Traces,
    agents: Arc<Agents>,
    active: OfAgents,
    sizes: Sizes,
}

impl Metrics {
    /// Registers the catalogue with a recorder, whichever the process has installed beside it.
    ///
    /// The recorder decides what becomes of an observation, and needs the catalogue's buckets: what a
    /// Prometheus exporter makes without them is no histogram, and no rule of ours finds it.
    ///
    /// ```
    /// # #[cfg(feature = "prometheus")] {
    /// use std::sync::Arc;
    /// use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
    /// use rra_metrics::{Metrics, MetricsConfig};
    /// use rra_schema::metrics::METRICS;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut exporter = PrometheusBuilder::new(); // of the host
    /// for spec in METRICS.iter().filter(|spec| !spec.buckets.is_empty()) {
    ///     let name = Matcher::Full(spec.name.to_owned());
    ///     exporter = exporter.set_buckets_for_metric(name, spec.buckets)?;
    /// }
    /// let recorder = exporter.build_recorder();
    /// let page = recorder.handle();
    /// let metrics = Metrics::new(&MetricsConfig::default(), Arc::new(recorder))?;
    /// # let unmatched = metrics.api().route("GET", rra_metrics::Endpoint::Unmatched);
    /// # metrics.api().duration(unmatched).record(std::time::Duration::from_secs(2));
    /// # let bucket = "rra_api_request_duration_seconds_bucket{method=\"GET\",endpoint=\"_unmatched\",le=\"2\"} 1";
    /// # assert!(page.render().contains(bucket), "{}", page.render());
    /// # Ok(())
    /// # }
    /// # main().unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::TooManyValues`] when more values are registered than a label takes.
    pub fn new(
        config: &MetricsConfig,
        recorder: Arc<dyn Recorder + Send + Sync>,
    ) -> Result<Self, Error> {
        Self::on(config, &Target::Given(recorder))
    }

    /// Registers the catalogue with the recorder the process has installed. Install it before, with the
    /// buckets that [`new`](Self::new) tells of: what is registered without one counts nothing, and that
    /// cannot be changed afterwards.
    ///
    /// # Errors
    /// [`Error::TooManyValues`] when more values are registered than a label takes.
    pub fn on_global_recorder(config: &MetricsConfig) -> Result<Self, Error> {
        Self::on(config, &Target::Global)
    }

    /// Metrics that count nothing, for a service without any exposition.
    ///
    /// # Errors
    /// [`Error::TooManyValues`] when more values are registered than a label takes.
    pub fn disabled(config: &MetricsConfig) -> Result<Self, Error> {
        Self::new(config, Arc::new(metrics::NoopRecorder))
    }

    /// Counts a security event: once under its type and severity, and in every other counter the
    /// [mapping](rra_schema::metrics::mapping) gives it. Call it once for each event, before
    /// anything that may drop the event; nothing else may move these counters.
    pub fn record_event(&self, event: &dyn SecurityEvent) {
        self.0.events.record(event);
    }

    /// Gives an agent series of its own, if there is room, and counts it as at work for the next
    /// five minutes. Call it each time the agent has proved who it is: an id that is not admitted
    /// is counted as `_unauthenticated`, one that found no room as `_other`.
    pub fn admit_agent(&self, id: &str) -> Agent {
        let agent = self.0.agents.admit(id);
        if agent != Agent::UNKNOWN {
            self.0
                .active
                .note(id, agent, 1.0, ACTIVE_FOR, Instant::now());
        }
        agent
    }

    /// The place of an agent, without admitting it.
    pub fn agent(&self, id: &str) -> Agent {
        self.0.agents.find(id)
    }

    /// Requests and their answers.
    pub fn api(&self) -> &Api {
        &self.0.api
    }

    /// Authentication, rate limits, certificates.
    #[inline]
    pub fn security(&self) -> &Security {
        &self.0.security
    }

    /// Gas, transactions, chains, wallets.
    pub fn blockchain(&self) -> &Blockchain {
        &self.0.blockchain
    }

    /// Agents and their negotiations.
    pub fn negotiation(&self) -> &Negotiation {
        &self.0.negotiation
    }

    /// The way of an event to its destinations.
    pub fn pipeline(&self) -> &Pipeline {
        &self.0.pipeline
    }

    /// The way of a span to its receiver.
    pub fn traces(&self) -> &Traces {
        &self.0.traces
    }

    /// How many lines of an exposition the catalogue's series take now.
    pub fn series(&self) -> usize {
        self.0.sizes.total()
    }

    /// Brings the gauges up to date that nobody sets: `rra_active_agents`, `rra_rate_limit_agents`
    /// and `rra_metrics_series`.
    /// An exposition does so by itself; call it before a scrape when the recorder is the host's own.
    pub fn refresh(&self) {
        let now = Instant::now();
        self.0
            .negotiation
            .set_active_agents(self.0.active.count(now));
        self.0.security.refresh(now);
        self.0.sizes.publish();
    }

    /// The networks that events came from lately, by the metric that tells of them; empty unless
    /// the configuration asks for them.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&'static MetricSpec, &Sources)> {
        self.0.events.sources()
    }

    /// Registers the catalogue.
    pub(crate) fn on(config: &MetricsConfig, target: &Target) -> Result<Self, Error> {
        let sets = Sets::new(config)?;
        target.describe_catalogue();
        let assembly = Assembly::new(sets, target.clone(), config.max_series_per_metric);
        assembly.build_info(&config.build);
        Ok(Self::assemble(assembly, config.by_source))
    }

    fn assemble(mut assembly: Assembly, by_source: bool) -> Self {
        let events = EventCounters::new(&mut assembly, by_source);
        Self(Arc::new(Tables {
            api: Api::new(&mut assembly),
            security: Security::new(&mut assembly, &events),
            blockchain: Blockchain::new(&mut assembly),
            negotiation: Negotiation::new(&mut assembly),
            pipeline: Pipeline::new(&mut assembly, &events),
            traces: Traces::new(&mut assembly),
            agents: Arc::clone(&assembly.sets.agents),
            active: OfAgents::new(Instant::now()),
            events,
            sizes: assembly.into_sizes(),
        }))
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Metrics of {} lines", self.series())
    }
}

#[cfg(test)]
mod tests;
