//! Metrics of authentication, rate limits and certificates that no event reports.
//!
//! Attempts, hits and blocked attacks are counted from events, by
//! [`Metrics::record_event`](crate::Metrics::record_event) alone.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use rra_schema::events::auth::AuthMethod;
use rra_schema::metrics::{labels, security};

use crate::assembly::Assembly;
use crate::events::EventCounters;
use crate::family::{Family, NO_PLACE};
use crate::handle::{Counter, Gauge};
use crate::labels::{TokenAction, TokenType};
use crate::sets::{Agent, Agents, Words};
use crate::utilization::Utilization;

/// Metrics of authentication, rate limits and certificates that no event reports.
#[derive(Debug)]
pub struct Security {
    attempts: Arc<Family<Counter>>,
    tokens: Arc<Family<Counter>>,
    allowed: Counter,
    agents_by_band: Arc<Family<Gauge>>,
    expiry: Arc<Family<Gauge>>,
    read_errors: Arc<Family<Counter>>,
    certificates: Arc<Words>,
    agents: Arc<Agents>,
    utilization: Utilization,
}

impl Security {
    pub(crate) fn new(assembly: &mut Assembly, events: &EventCounters) -> Self {
        let decisions = events.family(&security::RATE_LIMIT_DECISIONS, assembly);
        let allowed = decisions.place(0, "allowed").unwrap_or(NO_PLACE);
        Self {
            attempts: events.family(&security::AUTH_ATTEMPTS, assembly),
            tokens: events.family(&security::AUTH_TOKENS, assembly),
            allowed: decisions.at(&[allowed]).clone(),
            agents_by_band: assembly.gauge(&security::RATE_LIMIT_AGENTS),
            expiry: assembly.gauge(&security::TLS_CERTIFICATE_EXPIRY),
            read_errors: assembly.counter(&security::TLS_CERTIFICATE_READ_ERRORS),
            certificates: assembly.sets.registered(&labels::CERTIFICATE),
            agents: Arc::clone(&assembly.sets.agents),
            utilization: Utilization::new(Instant::now()),
        }
    }

    /// `rra_auth_attempts_total{result="error"}`: an attempt that could not be judged, because the
    /// service behind it failed. No event reports it.
    pub fn auth_errors(&self, method: AuthMethod) -> &Counter {
        let places = [("error", 0), (method.as_str(), 1)];
        let place = |(word, dimension)| self.attempts.place(dimension, word).unwrap_or(NO_PLACE);
        self.attempts.at(&places.map(place))
    }

    /// `rra_auth_tokens_total`. The actions `expired` and `revoked` are counted from their events.
    #[inline]
    pub fn tokens(&self, action: TokenAction, token_type: TokenType) -> &Counter {
        self.tokens.at(&[action.place(), token_type.place()])
    }

    /// `rra_rate_limit_decisions_total{decision="allowed"}`; `limited` is counted from events.
    pub fn rate_limit_allowed(&self) -> &Counter {
        &self.allowed
    }

    /// Notes that an agent has used `share` of its rate limit, from 0 to 1, until the limit counts
    /// anew after `lasts`. `agent` is what [`admit_agent`](crate::Metrics::admit_agent) or
    /// [`agent`](crate::Metrics::agent) says of the id. Of the agents noted so, `rra_rate_limit_agents` tells how many are in
    /// which band, and our exposition's `rra_rate_limit_utilization_ratio` which of those with
    /// series of their own are nearest to their limit. An agent that was never
    /// [admitted](crate::Metrics::admit_agent) is passed over: whoever invents ids must not fill
    /// the table.
    ///
    /// ```
    /// # use rra_metrics::{Metrics, MetricsConfig};
    /// # let metrics = Metrics::disabled(&MetricsConfig::default()).unwrap();
    /// # use std::time::Duration;
    /// // 45 of 60 requests, and 20 seconds of the minute are left.
    /// let share = 45.0 / 60.0;
    /// let agent = metrics.admit_agent("agent-7");
    /// metrics.security().rate_limit_used(agent, "agent-7", share, Duration::from_secs(20));
    /// ```
    pub fn rate_limit_used(&self, agent: Agent, agent_id: &str, share: f64, lasts: Duration) {
        if agent == Agent::UNAUTHENTICATED || agent == Agent::UNKNOWN {
            return;
        }
        self.utilization
            .note(agent_id, agent, share, lasts, Instant::now());
    }

    /// Sets `rra_tls_certificate_expiry_seconds` of a registered certificate to the moment its
    /// validity ends. The epoch itself is taken as unknown and left out, since it would read as a
    /// certificate that ended decades ago.
    pub fn set_certificate_expiry(&self, certificate: &str, not_after: SystemTime) {
        let place = self.certificates.place(certificate);
        let since_epoch = not_after.duration_since(SystemTime::UNIX_EPOCH);
        if let (Some(place), Ok(since_epoch)) = (place, since_epoch)
            && !since_epoch.is_zero()
        {
            self.expiry.at(&[place]).set(since_epoch.as_secs_f64());
        }
    }

    /// `rra_tls_certificate_read_errors_total` of a certificate, if it is registered.
    pub fn certificate_read_errors(&self, certificate: &str) -> Option<&Counter> {
        let place = self.certificates.place(certificate)?;
        Some(self.read_errors.at(&[place]))
    }

    /// Brings `rra_rate_limit_agents` up to date.
    pub(crate) fn refresh(&self, now: Instant) {
        let bands = self.utilization.bands(now);
        for (place, agents) in bands.into_iter().enumerate() {
            self.agents_by_band.at(&[place]).set(agents.into());
        }
    }

    /// The label values of the agents nearest to their limits, with the share they have used.
    pub(crate) fn nearest_to_limit(&self, at_most: usize, now: Instant) -> Vec<(String, f64)> {
        let highest = self.utilization.highest(at_most, now);
        let named = highest.into_iter();
        named
            .map(|(agent, share)| (self.agents.text(agent.place()).to_string(), share))
            .collect()
    }
}
