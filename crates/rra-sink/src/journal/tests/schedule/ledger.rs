//! What one destination was asked and what it said, written down where it says it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::testing::RemoteFailure;
use crate::{Answer, Batch, DeliveryError, Line, RemoteSettings, RemoteSink};

/// The memory of a destination, which outlives processes.
#[derive(Clone, Default)]
pub(super) struct Ledger(Arc<Mutex<Book>>);

#[derive(Default)]
struct Book {
    script: VecDeque<RemoteFailure>,
    /// What was said about each event, by its id.
    said: HashMap<u64, Fate>,
    /// The batch that is being settled.
    current: HashSet<u64>,
    /// What was said about events of that batch.
    settled: HashSet<u64>,
    /// Events of batches that a killed process had not settled whole: they may come once more.
    may_come_again: HashSet<u64>,
    /// Events that came although they were settled and none of those.
    wrong: Vec<u64>,
    /// How many arrived and were refused since the process started.
    arrived: u64,
    rejected: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Arrived,
    Rejected,
}

impl Ledger {
    pub(super) fn new(script: Vec<RemoteFailure>) -> Self {
        let ledger = Self::default();
        ledger.lock().script = script.into();
        ledger
    }

    /// Nothing fails any more.
    pub(super) fn work(&self) {
        self.lock().script.clear();
    }

    /// Another process begins to count. How many events more may come again.
    pub(super) fn start_over(&self) -> u64 {
        let mut book = self.lock();
        (book.arrived, book.rejected) = (0, 0);
        book.current.clear();
        let settled = std::mem::take(&mut book.settled);
        book.may_come_again.extend(&settled);
        settled.len() as u64
    }

    /// Events that were sent after they were settled, without a kill to excuse it.
    pub(super) fn wrong(&self) -> Vec<u64> {
        self.lock().wrong.clone()
    }

    pub(super) fn arrived(&self) -> u64 {
        self.lock().arrived
    }

    pub(super) fn rejected(&self) -> u64 {
        self.lock().rejected
    }

    pub(super) fn is_settled(&self, id: u64) -> bool {
        self.lock().said.contains_key(&id)
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap()
    }
}

impl Book {
    /// A batch comes, or what is left of the one before.
    fn take(&mut self, batch: &Batch<'_>) {
        let ids: HashSet<u64> = batch.lines().map(|line| id(&line)).collect();
        if !ids.is_subset(&self.current) {
            self.current = ids;
            self.settled.clear();
        }
    }

    /// The destination says for the first and only time what becomes of an event.
    fn say(&mut self, line: &Line<'_>, fate: Fate) {
        let id = id(line);
        self.settled.insert(id);
        let is_new = self.said.insert(id, fate).is_none();
        if !self.may_come_again.remove(&id) && !is_new {
            // A panic in here would only be one more of a sink's.
            self.wrong.push(id);
        }
        match fate {
            Fate::Arrived => self.arrived += 1,
            Fate::Rejected => self.rejected += 1,
        }
    }
}

fn id(line: &Line<'_>) -> u64 {
    let text = std::str::from_utf8(line.bytes).unwrap();
    text.split(' ').next().unwrap().trim().parse().unwrap()
}

/// A remote sink that does what the script says and writes down what it answers.
pub(super) struct LedgerSink {
    name: &'static str,
    ledger: Ledger,
    settings: RemoteSettings,
}

impl LedgerSink {
    pub(super) fn new(name: &'static str, ledger: &Ledger, settings: RemoteSettings) -> Self {
        Self {
            name,
            ledger: ledger.clone(),
            settings,
        }
    }

    fn answer(&self, failure: &RemoteFailure, batch: &Batch<'_>) -> Result<Answer, DeliveryError> {
        let mut book = self.ledger.lock();
        let (mut answer, mut result) = (Answer::taken(), Ok(()));
        for (place, line) in batch.lines().enumerate() {
            let fate = match failure {
                RemoteFailure::Error(error) if place < error.delivered => Some(Fate::Arrived),
                RemoteFailure::Error(error) => {
                    result = Err(error.clone());
                    (!error.retry).then_some(Fate::Rejected)
                }
                RemoteFailure::Partly { again, .. } if again.contains(&place) => {
                    answer.retry(place);
                    None
                }
                RemoteFailure::Partly { rejected, .. } if rejected.contains(&place) => {
                    answer.reject(place);
                    Some(Fate::Rejected)
                }
                _ => Some(Fate::Arrived),
            };
            if let Some(fate) = fate {
                book.say(&line, fate);
            }
        }
        result.map(|()| answer)
    }
}

impl RemoteSink for LedgerSink {
    fn name(&self) -> &str {
        self.name
    }

    async fn send(&mut self, batch: &Batch<'_>) -> Result<Answer, DeliveryError> {
        // The answer takes its time, so that other things happen meanwhile.
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        let failure = {
            let mut book = self.ledger.lock();
            book.take(batch);
            book.script.pop_front()
        };
        match failure.unwrap_or(RemoteFailure::None) {
            RemoteFailure::Hang => pending().await,
            RemoteFailure::Panic => panic!("scripted panic"),
            // Nobody hears it, so nothing was said.
            RemoteFailure::AnswerLost => Err(DeliveryError::retryable("the answer was lost")),
            failure => self.answer(&failure, batch),
        }
    }

    fn settings(&self) -> RemoteSettings {
        self.settings
    }
}
