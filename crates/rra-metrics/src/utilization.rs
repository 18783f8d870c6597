//! How much of their rate limits agents have used: all of them in bands, the nearest one by one.

use std::time::{Duration, Instant};

use crate::labels::LimitBand;
use crate::of_agents::OfAgents;
use crate::sets::Agent;

/// What agents have used of their rate limits, as far as it still holds.
#[derive(Debug)]
pub(crate) struct Utilization(OfAgents);

impl Utilization {
    /// Nobody has used anything.
    pub(crate) fn new(start: Instant) -> Self {
        Self(OfAgents::new(start))
    }

    /// Notes that an agent has used this share of its limit.
    pub(crate) fn note(&self, id: &str, agent: Agent, share: f64, lasts: Duration, now: Instant) {
        let share = if share.is_nan() { 0.0 } else { share.max(0.0) };
        self.0.note(id, agent, share, lasts, now);
    }

    /// How many agents are in each band.
    pub(crate) fn bands(&self, now: Instant) -> [u32; LimitBand::COUNT] {
        let mut bands = [0; LimitBand::COUNT];
        self.0
            .for_each(now, |share| bands[LimitBand::of(share).place()] += 1);
        bands
    }

    /// The agents with series of their own that have used most, at most so many.
    pub(crate) fn highest(&self, at_most: usize, now: Instant) -> Vec<(Agent, f64)> {
        let mut all: Vec<(Agent, f64)> = self.0.own(now).collect();
        all.sort_unstable_by(|(agent, share), (other, others)| {
            others
                .total_cmp(share)
                .then(agent.place().cmp(&other.place()))
        });
        all.truncate(at_most);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sets::Agents;

    const LASTS: Duration = Duration::from_mins(1);

    /// Notes each agent's share; the first two are admitted.
    fn open(shares: &[(&str, f64)], now: Instant) -> Utilization {
        let (agents, utilization) = (Agents::new(), Utilization::new(now));
        for (id, _) in &shares[..2] {
            agents.admit(id);
        }
        for (id, share) in shares {
            utilization.note(id, agents.find(id), *share, LASTS, now);
        }
        utilization
    }

    #[test]
    fn every_agent_is_in_one_band() {
        let now = Instant::now();
        let shares = [("a", 0.1), ("b", 0.6), ("c", 0.6), ("d", 0.9), ("e", 1.0)];
        assert_eq!(open(&shares, now).bands(now), [1, 2, 1, 1]);
    }

    #[test]
    fn only_agents_with_series_are_named_highest_first() {
        let now = Instant::now();
        let utilization = open(&[("a", 0.1), ("b", 0.6), ("stranger", 2.0)], now);
        let shares = utilization.highest(5, now);
        let shares: Vec<f64> = shares.into_iter().map(|(_, share)| share).collect();
        assert_eq!(shares, [0.6, 0.1]);
        assert_eq!(utilization.highest(1, now).len(), 1);
    }

    #[test]
    fn a_share_holds_no_longer_than_its_window() {
        let now = Instant::now();
        let utilization = open(&[("a", 0.1), ("b", 0.6)], now);
        assert_eq!(utilization.bands(now + LASTS), [0; 4]);
        assert!(utilization.highest(5, now + LASTS).is_empty());
    }

    #[test]
    fn a_share_that_is_no_number_is_none() {
        let now = Instant::now();
        let utilization = open(&[("a", f64::NAN), ("b", -1.0)], now);
        assert_eq!(utilization.bands(now), [2, 0, 0, 0]);
    }
}
