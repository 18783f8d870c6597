//! One number for each agent that was noted lately. An agent with series of its own has a cell of its
//! own, so that noting one waits for nobody; all others share a table.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::recent::Recent;
use crate::sets::{Agent, Agents};

/// What was noted, each until its own moment.
#[derive(Debug)]
pub(crate) struct OfAgents {
    start: Instant,
    own: Box<[Cell]>,
    others: Recent<f64>,
}

/// Two notes of one agent at the same moment may leave the number of the one until the moment of the
/// other.
#[derive(Debug, Default)]
struct Cell {
    /// Nanoseconds after the start; zero is never.
    until: AtomicU64,
    number: AtomicU64,
}

impl OfAgents {
    /// Nothing yet.
    pub(crate) fn new(start: Instant) -> Self {
        Self {
            start,
            own: std::iter::repeat_with(Cell::default)
                .take(Agents::CAP)
                .collect(),
            others: Recent::new(),
        }
    }

    /// Notes a number until `now` and `lasts`, in place of what was noted of the agent.
    pub(crate) fn note(&self, id: &str, agent: Agent, number: f64, lasts: Duration, now: Instant) {
        let Some(cell) = agent.own_place().and_then(|place| self.own.get(place)) else {
            self.others.note(id, number, lasts, now);
            return;
        };
        let until = self.since_start(now).saturating_add(nanoseconds(lasts));
        cell.number.store(number.to_bits(), Ordering::Relaxed);
        cell.until.store(until, Ordering::Relaxed);
    }

    /// How many agents are noted at `now`.
    pub(crate) fn count(&self, now: Instant) -> usize {
        self.own(now).count() + self.others.count(now)
    }

    /// Gives each number that is noted at `now` to `look`.
    pub(crate) fn for_each(&self, now: Instant, mut look: impl FnMut(f64)) {
        self.own(now).for_each(|(_, number)| look(number));
        self.others.for_each(now, |number| look(*number));
    }

    /// The agents with series of their own that are noted at `now`.
    pub(crate) fn own(&self, now: Instant) -> impl Iterator<Item = (Agent, f64)> {
        let now = self.since_start(now);
        let noted = self.own.iter().enumerate();
        let noted = noted.filter(move |(_, cell)| cell.until.load(Ordering::Relaxed) > now);
        noted.map(|(place, cell)| {
            let number = f64::from_bits(cell.number.load(Ordering::Relaxed));
            (Agent::with_own_place(place), number)
        })
    }

    fn since_start(&self, now: Instant) -> u64 {
        nanoseconds(now.saturating_duration_since(self.start))
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LASTS: Duration = Duration::from_mins(5);

    /// Notes agents, of which two have series of their own, at these seconds; counts at the last.
    fn check(notes: &[(&str, u64)], expected: usize) {
        let (agents, start) = (Agents::new(), Instant::now());
        agents.admit("a");
        agents.admit("b");
        let table = OfAgents::new(start);
        let mut now = start;
        for (id, second) in notes {
            now = start + Duration::from_secs(*second);
            table.note(id, agents.find(id), 0.5, LASTS, now);
        }
        let mut numbers = Vec::new();
        table.for_each(now, |number| numbers.push(number));
        assert_eq!(numbers, vec![0.5; expected]);
        assert_eq!(table.count(now), expected);
    }

    #[test]
    fn an_agent_is_one_however_often_it_is_noted() {
        check(&[("a", 0), ("a", 1), ("b", 1), ("c", 1), ("c", 2)], 3);
    }

    #[test]
    fn what_is_long_ago_is_forgotten() {
        check(&[("a", 0), ("c", 0), ("b", 299)], 3);
        check(&[("a", 0), ("c", 0), ("b", 300)], 1);
    }

    #[test]
    fn an_agent_comes_again() {
        check(&[("a", 0), ("b", 300), ("a", 301)], 2);
    }
}
