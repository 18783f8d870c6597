//! What an answer means for the events in the hand.

use super::super::answer::{Outcome, Verdict};
use super::super::hand::Hand;
use super::{Change, Health, Origin, Stock};
use crate::loss::Reason;
use crate::spool::Loss;

impl Stock {
    /// The destination answered for the first `sent` events in the hand. Those to send again stay in
    /// it, before those that were not sent.
    pub(in crate::remote) fn settle(&mut self, hand: &mut Hand, sent: usize, verdict: &Verdict) {
        let losses = rejected(hand, verdict);
        let not_sent = sent..hand.len();
        let left: Vec<_> = verdict.again.iter().copied().chain(not_sent).collect();
        self.settled += (verdict.arrived.len() + losses.len()) as u64;
        let mut health = health(verdict);
        let mut passed = Vec::new();
        if left.is_empty() {
            self.settled = 0;
            match std::mem::replace(&mut self.origin, Origin::Nowhere) {
                Origin::Rings(pieces) => passed = pieces,
                Origin::Nowhere => {}
                Origin::Spool => {
                    if let Err(error) = self.spool.pass() {
                        health = Health::UpBut(format!("the spool: {error}"));
                    }
                }
            }
        }
        self.commit(&Change {
            passed: &passed,
            arrived: verdict.arrived.len() as u64,
            losses: &losses,
            health: Some(health),
        });
        hand.keep(&left);
    }

    /// Nothing was sent, because the spool could not be read.
    pub(in crate::remote) fn fail(&mut self, cause: &str) {
        self.commit(&Change {
            health: Some(Health::Down(cause.to_owned())),
            ..Change::default()
        });
    }
}

fn rejected(hand: &Hand, verdict: &Verdict) -> Vec<Loss> {
    let loss = |place: &usize| {
        let record = hand.records()[*place];
        Loss {
            reason: Reason::Rejected,
            severity: record.severity,
            count: 1,
            seqs: (record.seq, record.seq),
        }
    };
    verdict.rejected.iter().map(loss).collect()
}

fn health(verdict: &Verdict) -> Health {
    let cause = verdict.cause.clone();
    match (cause, verdict.outcome) {
        (None, _) => Health::Up,
        (Some(cause), Outcome::Failed { .. }) => Health::Down(cause),
        (Some(cause), _) => Health::UpBut(cause),
    }
}
