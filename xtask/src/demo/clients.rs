//! Who calls the service in a demo and what they want: agents at work, someone guessing keys, a
//! scanner, someone after internal addresses, webhook senders, an agent in too much of a hurry.

mod actors;
mod http;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::progress::Progress;
pub(crate) use actors::GUESSER;
use http::Api;

/// Clients that are on their way at the same time.
const THREADS: usize = 4;

/// What a kind of client does in the visit of this number.
type Act = fn(&Api, usize);
/// One visit of one kind of client.
type Visit = (Act, usize);

/// How the visits went.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Requests that got an answer.
    pub(crate) requests: usize,
    /// Answers with another status than the client expected, and requests without answer.
    pub(crate) surprises: Vec<String>,
}

/// Sends every client to the service at `base` and waits for the last to come back.
pub(crate) fn visit(base: &str) -> Tally {
    let visits = mixed(actors::CAST);
    let api = Api::new(base);
    let next = AtomicUsize::new(0);
    let (done, finished) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            let done = done.clone();
            let (api, visits, next) = (&api, &visits, &next);
            scope.spawn(move || {
                while let Some((act, number)) = visits.get(next.fetch_add(1, Ordering::Relaxed)) {
                    act(api, *number);
                    // The bar listens until every visit is done.
                    let _ = done.send(());
                }
            });
        }
        let mut progress = Progress::new("clients", visits.len());
        for count in 1..=visits.len() {
            if finished.recv().is_ok() {
                progress.set(count);
            }
        }
    });
    api.into_tally()
}

/// Guesses keys, asks too often and tries to reach internal addresses, as long as it is told to.
/// Returns what the clients did not expect.
pub(crate) fn attack(base: &str, goes_on: impl Fn() -> bool + Sync) -> Vec<String> {
    repeat(base, &actors::ATTACKERS, Duration::ZERO, goes_on)
}

/// Guesses keys from one address, as long as it is told to.
pub(crate) fn guess(base: &str, goes_on: impl Fn() -> bool + Sync) -> Vec<String> {
    repeat(base, &actors::ATTACKERS[..1], Duration::ZERO, goes_on)
}

/// Sends its requests so slowly that each takes seconds, as long as it is told to.
pub(crate) fn dawdle(base: &str, goes_on: impl Fn() -> bool + Sync) -> Vec<String> {
    repeat(base, &actors::SLOW, Duration::from_millis(450), goes_on)
}

/// Buys licences, as long as it is told to.
pub(crate) fn buy(base: &str, goes_on: impl Fn() -> bool + Sync) -> Vec<String> {
    repeat(base, &actors::BUYERS, Duration::ZERO, goes_on)
}

/// Lets each of these come again and again, with its pause between two visits; each begins `later`
/// than the one before.
fn repeat(
    base: &str,
    acts: &[(Act, Duration)],
    later: Duration,
    goes_on: impl Fn() -> bool + Sync,
) -> Vec<String> {
    let api = Api::new(base);
    thread::scope(|scope| {
        for (index, (act, pause)) in (0..).zip(acts) {
            let (api, goes_on) = (&api, &goes_on);
            scope.spawn(move || {
                thread::sleep(later * index);
                for number in (0..).take_while(|_| goes_on()) {
                    act(api, number);
                    thread::sleep(*pause);
                }
            });
        }
    });
    api.into_tally().surprises
}

/// All visits of a cast, spread so that every kind of client comes from beginning to end.
fn mixed(cast: &[(Act, usize)]) -> Vec<Visit> {
    let mut visits: Vec<(usize, Visit)> = Vec::new();
    for (act, count) in cast {
        // The middle of the number's share of the run, in parts of a million.
        let at = |number: usize| (2 * number + 1) * 500_000 / count;
        visits.extend((0..*count).map(|number| (at(number), (*act, number))));
    }
    visits.sort_by_key(|(at, _)| *at);
    visits.into_iter().map(|(_, visit)| visit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_are_mixed_and_none_is_lost() {
        let often: Act = |_, _| ();
        let rarely: Act = |api, _| drop(Api::new(&api.base));
        let numbers: Vec<usize> = mixed(&[(often, 4), (rarely, 1)])
            .into_iter()
            .map(|(_, number)| number)
            .collect();
        assert_eq!(numbers, [0, 1, 0, 2, 3]);
    }
}
