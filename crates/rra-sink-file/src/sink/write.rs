//! The way of a batch into the file: what is owed first, then the batch, then a look whether the
//! file was shortened meanwhile.

use std::io;

use rra_sink::{Batch, DeliveryError, Earlier, Span};

use super::owed::Piece;
use super::{FileSink, Linked};
use crate::chain::LINK_BYTES;
use crate::marks::Run;

/// How often something is done again because the file was shortened or removed just before.
const ATTEMPTS: u32 = 8;

impl FileSink {
    /// Writes the batch to the file that is the log now.
    pub(super) fn write(&mut self, batch: &Batch<'_>) -> Result<(), DeliveryError> {
        let link_bytes = self.chain.as_ref().map_or(0, |_| LINK_BYTES);
        let coming = batch.bytes().len() + batch.len() * link_bytes;
        for _ in 0..ATTEMPTS {
            self.prepare(coming, batch.earlier())?;
            if self.write_once(batch)? {
                return Ok(());
            }
        }
        let path = self.place.path().display();
        Err(DeliveryError::retryable(format!(
            "{path} is truncated all the time"
        )))
    }

    /// Makes the log ready for new lines: the right file, and nothing missing in it.
    pub(super) fn prepare(
        &mut self,
        coming_bytes: usize,
        earlier: Earlier<'_>,
    ) -> Result<(), DeliveryError> {
        for _ in 0..ATTEMPTS {
            self.take_current(coming_bytes, earlier)?;
            self.notice_truncation(earlier);
            // Meanwhile the file may have gone the way of the one that was looked for.
            if !self.notice_removed(earlier) {
                break;
            }
        }
        self.pay(earlier)?;
        self.remove_copied();
        Ok(())
    }

    /// An error that says what cannot be done with the log.
    pub(super) fn failed_to(&self, what: &str, error: &io::Error) -> DeliveryError {
        let path = self.place.path().display();
        DeliveryError::retryable(format!("{path} cannot {what}: {error}"))
    }

    /// Whether the batch was written, or must be once more.
    pub(super) fn write_once(&mut self, batch: &Batch<'_>) -> Result<bool, DeliveryError> {
        let now = (self.clock)();
        let run = self.link(batch);
        let Self { log, chain, .. } = self;
        let bytes = chain.as_ref().map_or(batch.bytes(), Linked::bytes);
        let Some(log) = log else {
            return Err(DeliveryError::retryable("no file is open"));
        };
        let put = log.put(bytes, run, now);
        // A chain has one writer and one order: what is owed comes first.
        let is_retracted = put.lost.is_some() && chain.is_some() && log.retract(&put).is_ok();
        if let Some(lost) = &put.lost {
            self.owe_lost(lost, None, batch.earlier());
        }
        if is_retracted {
            return Ok(false);
        }
        if put.is_joined {
            self.owe_joined(Piece::first_line(run, batch.bytes()));
        }
        let events = match &mut self.chain {
            Some(linked) => linked.chain.advance(put.in_file).0,
            None => batch.events_within(put.in_file).0,
        };
        if let Some(error) = put.failed {
            return Err(self.failed_to("be written", &error).after(events));
        }
        self.pay(batch.earlier())
            .map_err(|error| error.after(events))?;
        Ok(true)
    }

    /// Writes what is owed.
    fn pay(&mut self, earlier: Earlier<'_>) -> Result<(), DeliveryError> {
        while let Some(piece) = self.owed.front() {
            let now = (self.clock)();
            let Some(log) = &mut self.log else {
                return Err(DeliveryError::retryable("no file is open"));
            };
            let put = log.put(&piece.bytes, piece.run, now);
            let is_retracted =
                put.lost.is_some() && self.chain.is_some() && log.retract(&put).is_ok();
            let joined = put
                .is_joined
                .then(|| Piece::first_line(piece.run, &piece.bytes));
            if !is_retracted {
                self.owed.paid(put.in_file);
                if let Some(line) = joined {
                    self.owe_joined(line);
                }
            }
            if let Some(lost) = &put.lost {
                self.owe_lost(lost, None, earlier);
            }
            if let Some(error) = put.failed {
                return Err(self.failed_to("be written", &error));
            }
        }
        Ok(())
    }

    /// Owes a line that another process's half of one has spoilt, but in a chain, which nobody else may
    /// write and which shows it.
    fn owe_joined(&mut self, line: Piece) {
        if self.chain.is_none() {
            let line = vec![line];
            self.note_rewritten(&line, true);
            self.owed.push_front(line);
        }
    }

    /// Links the lines if there is a chain; what is to be remembered of them.
    fn link(&mut self, batch: &Batch<'_>) -> Run<Span> {
        let prev = self.chain.as_mut().map(|linked| {
            linked.chain.link(batch.lines().map(|line| line.bytes));
            linked.chain.head()
        });
        Run {
            span: batch.span(),
            count: batch.len() as u64,
            first_seq: batch.first_seq(),
            last_seq: batch.last_seq(),
            prev,
        }
    }
}
