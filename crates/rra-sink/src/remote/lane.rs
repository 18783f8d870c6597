//! The lane of one remote sink: does what its pace says, and keeps the rings free meanwhile.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::RemoteSettings;
use super::answer::{Outcome, judge};
use super::driver::{Driver, Sent, send_guarded};
use super::hand::Hand;
use super::pace::{Pace, Step};
use super::race::{First, first};
use super::stock::Stock;
use crate::journal::Shared;
use crate::report::Attempt;
use crate::sink::{DeliveryError, Fault};
use crate::spool::Most;

/// How often a lane looks for events, which nobody announces one by one.
const LOOK: Duration = Duration::from_millis(50);
/// And how often while its destination is away.
const LOOK_WHILE_AWAY: Duration = Duration::from_secs(1);

/// One remote sink and everything that waits for it.
pub(crate) struct RemoteLane {
    shared: Arc<Shared>,
    /// Which lane of the journal this is.
    index: usize,
    name: String,
    driver: Box<dyn Driver>,
    settings: RemoteSettings,
    pace: Pace,
    stock: Stock,
    hand: Hand,
    /// Random numbers.
    dice: fn() -> u64,
    started: Instant,
    /// Calls of the bell that have had their attempt.
    answered_calls: u64,
    /// What is in hand was sent before.
    has_failed: bool,
    /// Producers ring, and there is no room to make for them: they are not listened to for a moment.
    is_deaf: bool,
    was_rung: bool,
}

impl RemoteLane {
    pub(crate) fn new(
        shared: &Arc<Shared>,
        index: usize,
        driver: Box<dyn Driver>,
        stock: Stock,
        dice: fn() -> u64,
    ) -> Self {
        let settings = driver.settings();
        Self {
            shared: Arc::clone(shared),
            index,
            name: driver.name().to_owned(),
            settings,
            pace: Pace::new(settings),
            driver,
            stock,
            hand: Hand::default(),
            dice,
            started: Instant::now(),
            answered_calls: 0,
            has_failed: false,
            is_deaf: false,
            was_rung: false,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Drives the sink until the journal is shut down.
    pub(crate) async fn run(mut self) {
        self.started = Instant::now();
        loop {
            let bell = &self.shared.lane(self.index).bell;
            let (heard, calls) = (bell.heard(), bell.calls());
            self.tidy();
            let waiting = self.stock.waiting(&self.hand);
            if self.is_over(waiting.events) {
                break;
            }
            let is_called = calls != self.answered_calls;
            if !is_called && self.may_leave_it() {
                break;
            }
            match self.pace.step(self.now(), waiting, is_called) {
                Step::Send { probe } => {
                    self.attempt(probe).await;
                    self.answered_calls = calls;
                }
                // The destination said when, or there is nothing to call for.
                Step::Wait { .. } if is_called => self.answered_calls = calls,
                Step::Wait { until } => self.wait(heard, until).await,
            }
            self.shared.report_gaps_if_there_is_room();
        }
        self.stock.close();
        let (shared, index) = (Arc::clone(&self.shared), self.index);
        // Whoever waits for the end may use the spool next.
        drop(self);
        shared.finish(index);
    }

    /// Whether nothing is left to do, or no time.
    fn is_over(&self, waiting: u64) -> bool {
        let over = self.shared.drains_until().map(Instant::from_std);
        over.is_some_and(|over| over <= Instant::now())
            || (waiting == 0 && self.shared.is_closing() && self.is_empty_at_last())
    }

    /// Whether nothing waits that was appended in the last moment before the journal was closed.
    fn is_empty_at_last(&self) -> bool {
        self.shared.wait_for_last_appends();
        self.stock.waiting(&self.hand).events == 0
    }

    /// Whether the destination is away, and what waits for it need not be sent before the process
    /// ends: the next one delivers it.
    fn may_leave_it(&self) -> bool {
        let is_closing = self.shared.is_closing();
        is_closing && self.pace.is_away() && self.shared.outlives_the_process()
    }

    /// Makes room in the rings, and lets old events go.
    fn tidy(&mut self) {
        self.stock.expire();
        let was_lagging = self.stock.is_lagging();
        let is_away = self.pace.is_away();
        if is_away || was_lagging {
            self.stock.spill_idle(&mut self.hand);
        }
        if is_away {
            self.stock.release(&mut self.hand);
        }
        let made_room = was_lagging && !self.stock.is_lagging();
        self.is_deaf = self.was_rung && !made_room;
    }

    async fn wait(&mut self, heard: u64, until: Option<Duration>) {
        let is_away = self.pace.is_away() && !self.is_deaf;
        let look = if is_away { LOOK_WHILE_AWAY } else { LOOK };
        let ends = [
            Some(Instant::now() + look),
            until.map(|until| self.started + until),
            self.shared.drains_until().map(Instant::from_std),
        ];
        let bell = &self.shared.lane(self.index).bell;
        let rung = pin!(bell.rung(heard, !self.is_deaf));
        let asleep = pin!(sleep_until_first(ends));
        self.was_rung = matches!(first(rung, asleep).await, First::Left(()));
    }

    /// Sends what is in hand, or takes something into it; one event only as a probe.
    async fn attempt(&mut self, probe: bool) {
        let most = Most {
            bytes: self.settings.max_batch_bytes,
            events: if probe {
                1
            } else {
                self.settings.max_batch_events
            },
        };
        if self.hand.is_empty()
            && let Err(error) = self.stock.fill(&mut self.hand, most)
        {
            return self.fail(&format!("the spool cannot be read: {error}"));
        }
        if self.hand.is_empty() {
            return;
        }
        let start = Instant::now();
        let sent = if probe { 1 } else { self.hand.len() };
        let Some(result) = self.send(sent).await else {
            return;
        };
        let bytes = |place: &usize| self.hand.line_bytes(*place);
        let verdict = judge(sent, result);
        self.shared.attempted(&Attempt {
            sink: &self.name,
            took: start.elapsed(),
            events: verdict.arrived.len(),
            bytes: verdict.arrived.iter().map(bytes).sum(),
            is_retry: self.has_failed,
            fault: verdict.fault,
        });
        self.has_failed = !verdict.again.is_empty();
        self.stock.settle(&mut self.hand, sent, &verdict);
        self.answered(verdict.outcome);
    }

    /// Sends the first events in hand, and keeps the rings free meanwhile; `None` when the journal's
    /// time is over first.
    async fn send(&mut self, events: usize) -> Option<Sent> {
        let Self {
            driver,
            hand,
            stock,
            shared,
            ..
        } = self;
        let late = Instant::now() + self.settings.send_timeout;
        let batch = hand.batch()?.front(events)?;
        let bell = &shared.lane(self.index).bell;
        let mut sending = pin!(send_guarded(driver.as_mut(), &batch));
        let mut is_deaf = false;
        loop {
            let heard = bell.heard();
            let over = shared.drains_until().map(Instant::from_std);
            let look = is_deaf.then(|| Instant::now() + LOOK);
            let rung = pin!(bell.rung(heard, !is_deaf));
            let asleep = pin!(sleep_until_first([Some(late), over, look]));
            let was_rung = match first(sending.as_mut(), pin!(first(rung, asleep))).await {
                First::Left(sent) => return Some(sent),
                First::Right(First::Left(())) => true,
                First::Right(First::Right(())) => false,
            };
            let now = Instant::now();
            if over.is_some_and(|over| over <= now) {
                return None;
            }
            if late <= now {
                return Some(Err(too_late(self.settings.send_timeout)));
            }
            let was_lagging = stock.is_lagging();
            if was_lagging {
                stock.spill(hand);
            }
            let made_room = was_lagging && !stock.is_lagging();
            is_deaf = was_rung && !made_room;
        }
    }

    fn fail(&mut self, cause: &str) {
        self.has_failed = true;
        self.stock.fail(cause);
        self.answered(Outcome::Failed {
            fault: Fault::Io,
            retry_after: None,
        });
    }

    fn answered(&mut self, outcome: Outcome) {
        let now = self.now();
        self.pace.answered(now, outcome, (self.dice)());
        self.shared.note_away(self.index, self.pace.is_away());
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }
}

fn too_late(waited: Duration) -> DeliveryError {
    let cause = format!("no answer within {} s", waited.as_secs_f64());
    DeliveryError::retryable(cause).fault(Fault::Timeout)
}

async fn sleep_until_first<const N: usize>(ends: [Option<Instant>; N]) {
    if let Some(end) = ends.into_iter().flatten().min() {
        tokio::time::sleep_until(end).await;
    }
}

#[cfg(test)]
mod tests;
