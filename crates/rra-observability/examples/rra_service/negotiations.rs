//! Negotiations under way: whose they are, since when, and how they end.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Negotiations kept at a time; the oldest makes room for a new one.
const MAX_KEPT: usize = 10_000;

/// How a negotiation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Offers go back and forth.
    Open,
    /// Both sides agreed; a licence may be issued.
    Accepted,
    /// One side left.
    Rejected,
    /// The licence is issued.
    Licensed,
}

/// Why a step was not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// There is no such negotiation of this agent.
    Unknown,
    /// It stands otherwise.
    WrongState,
}

/// One negotiation.
#[derive(Debug)]
pub(crate) struct Negotiation {
    agent: String,
    started: Instant,
    state: State,
}

/// All negotiations that are kept, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Negotiations {
    last: u64,
    kept: BTreeMap<u64, Negotiation>,
}

impl Negotiations {
    /// Begins one and returns its number, and the open one that was forgotten for it.
    pub(crate) fn start(&mut self, agent: &str, now: Instant) -> (u64, Option<Negotiation>) {
        let forgotten = match self.kept.len() {
            MAX_KEPT.. => self.kept.pop_first().map(|(_, oldest)| oldest),
            _ => None,
        };
        self.last += 1;
        let negotiation = Negotiation {
            agent: agent.to_owned(),
            started: now,
            state: State::Open,
        };
        self.kept.insert(self.last, negotiation);
        (
            self.last,
            forgotten.filter(|oldest| oldest.state == State::Open),
        )
    }

    /// Moves one from a state to another. Returns how long it has run.
    pub(crate) fn step(
        &mut self,
        agent: &str,
        id: u64,
        (from, to): (State, State),
        now: Instant,
    ) -> Result<Duration, Fault> {
        let found = self.kept.get_mut(&id);
        let negotiation = found
            .filter(|one| one.agent == agent)
            .ok_or(Fault::Unknown)?;
        if negotiation.state != from {
            return Err(Fault::WrongState);
        }
        negotiation.state = to;
        Ok(negotiation.age(now))
    }

    /// The open ones of an agent.
    pub(crate) fn open_of(&self, agent: &str) -> Vec<u64> {
        let open = |one: &Negotiation| one.state == State::Open && one.agent == agent;
        let ids = self.kept.iter().filter(|(_, one)| open(one));
        ids.map(|(id, _)| *id).collect()
    }
}

impl Negotiation {
    /// Whose it is.
    pub(crate) fn agent(&self) -> &str {
        &self.agent
    }

    /// How long it has run.
    pub(crate) fn age(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.started)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negotiation_ends_once() {
        let (mut all, now) = (Negotiations::default(), Instant::now());
        let (id, _) = all.start("agent-01", now);
        let accept = (State::Open, State::Accepted);
        let later = now + Duration::from_secs(3);
        assert_eq!(
            all.step("agent-01", id, accept, later),
            Ok(Duration::from_secs(3))
        );
        assert_eq!(
            all.step("agent-01", id, accept, later),
            Err(Fault::WrongState)
        );
        assert!(all.open_of("agent-01").is_empty());
    }

    #[test]
    fn another_agent_does_not_see_it() {
        let (mut all, now) = (Negotiations::default(), Instant::now());
        let (id, _) = all.start("agent-01", now);
        let step = all.step("agent-02", id, (State::Open, State::Accepted), now);
        assert_eq!(step, Err(Fault::Unknown));
    }

    #[test]
    fn the_oldest_makes_room() {
        let (mut all, now) = (Negotiations::default(), Instant::now());
        let forgotten = (0..=MAX_KEPT).filter_map(|_| all.start("agent-01", now).1);
        assert_eq!(forgotten.count(), 1);
        assert_eq!(all.kept.len(), MAX_KEPT);
    }
}
