//! Metrics of agents and their negotiations.

use std::sync::Arc;

use rra_schema::metrics::agents;

use crate::assembly::Assembly;
use crate::family::Family;
use crate::handle::{Counter, Gauge, Histogram};
use crate::labels::NegotiationOutcome;
use crate::sets::Agent;

/// Metrics of agents and their negotiations.
#[derive(Debug)]
pub struct Negotiation {
    negotiations: Arc<Family<Counter>>,
    durations: Arc<Family<Histogram>>,
    active: Arc<Family<Gauge>>,
}

impl Negotiation {
    pub(crate) fn new(assembly: &mut Assembly) -> Self {
        Self {
            negotiations: assembly.counter(&agents::NEGOTIATIONS),
            durations: assembly.histogram(&agents::NEGOTIATION_DURATION),
            active: assembly.gauge(&agents::ACTIVE_AGENTS),
        }
    }

    /// `rra_negotiations_total`.
    pub fn negotiations(&self, agent: Agent, outcome: NegotiationOutcome) -> &Counter {
        self.negotiations.at(&[agent.place(), outcome.place()])
    }

    /// `rra_negotiation_duration_seconds`, in which only the first 50 agents have their own series.
    pub fn duration(&self, agent: Agent) -> &Histogram {
        self.durations.at(&[agent.place()])
    }

    /// `rra_active_agents`.
    pub(crate) fn set_active_agents(&self, agents: usize) {
        // The count is bounded far below what a float holds exactly.
        let agents = u32::try_from(agents).unwrap_or(u32::MAX);
        self.active.at(&[]).set(agents.into());
    }
}
