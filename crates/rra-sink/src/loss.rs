//! What was lost, why, and how serious it was. Counts only; decides nothing.

use std::fmt;

use rra_schema::Severity;

/// Why an event did not reach a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The journal had no room for its severity.
    QueueFull,
    /// The line is longer than [`rra_schema::limits::LINE_BYTES_MAX`].
    Oversize,
    /// What was appended is not one line that ends in a newline.
    Invalid,
    /// The journal was shut down.
    Closed,
    /// The destination said that it will never take the event.
    Rejected,
    /// The process is a forked child of the one that opened the journal.
    Forked,
    /// The line was found damaged in what a process that had died left on disk.
    Damaged,
    /// The spool of the destination had no room for its severity.
    SpoolFull,
    /// It waited in the spool for longer than it may.
    Expired,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 9] = [
        Self::QueueFull,
        Self::Oversize,
        Self::Invalid,
        Self::Closed,
        Self::Rejected,
        Self::Forked,
        Self::Damaged,
        Self::SpoolFull,
        Self::Expired,
    ];

    /// The word used in metrics and in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::Oversize => "oversize",
            Self::Invalid => "invalid",
            Self::Closed => "closed",
            Self::Rejected => "rejected",
            Self::Forked => "forked",
            Self::Damaged => "damaged",
            Self::SpoolFull => "spool_full",
            Self::Expired => "expired",
        }
    }
}

/// Lost events counted by reason and severity.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct LossTable {
    counts: [[u64; Severity::ALL.len()]; Reason::ALL.len()],
}

impl LossTable {
    /// Events lost for this reason at this severity.
    pub fn count(&self, reason: Reason, severity: Severity) -> u64 {
        self.counts[reason as usize][severity as usize]
    }

    /// Events lost for this reason, all severities together.
    pub fn by_reason(&self, reason: Reason) -> u64 {
        self.counts[reason as usize].iter().sum()
    }

    /// Events lost.
    pub fn total(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }

    pub(crate) fn add(&mut self, reason: Reason, severity: Severity, count: u64) {
        self.counts[reason as usize][severity as usize] += count;
    }

    /// Adds all counts of another table.
    pub(crate) fn merge(&mut self, other: &Self) {
        let more = other.counts.iter().flatten();
        for (sum, more) in self.counts.iter_mut().flatten().zip(more) {
            *sum += more;
        }
    }
}

/// What was lost, and nothing of what was not.
impl fmt::Debug for LossTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = f.debug_map();
        for (reason, counts) in Reason::ALL.iter().zip(&self.counts) {
            for (severity, count) in Severity::ALL.iter().zip(counts) {
                if *count > 0 {
                    table.entry(&(reason, severity), count);
                }
            }
        }
        table.finish()
    }
}

/// A loss that the log should mention: events of one reason that are missing in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// Why the events are missing.
    pub reason: Reason,
    /// The sink that lacks them; `None` when they never entered the journal and every sink lacks them.
    pub sink: Option<String>,
    /// How many are missing.
    pub count: u64,
    /// How many of each severity, in the order of [`Severity::ALL`].
    pub by_severity: [u64; Severity::ALL.len()],
    /// Number of the first missing event. A refused event never had a number: then it is the number
    /// of the last event accepted before the gap, or 0.
    pub first_seq: u64,
    /// Number of the last missing event. For refused events: the number of the first event accepted
    /// after the gap began, or the number it will have.
    pub last_seq: u64,
}

impl Gap {
    /// Missing events of this severity.
    pub fn severity(&self, severity: Severity) -> u64 {
        self.by_severity[severity as usize]
    }
}

/// Losses not yet mentioned in the log, one gap per place and reason.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    open: Vec<Gap>,
}

impl Gaps {
    pub(crate) fn take(&mut self) -> Vec<Gap> {
        std::mem::take(&mut self.open)
    }

    /// Adds one lost event to the gap of its place and reason.
    pub(crate) fn add(
        &mut self,
        sink: Option<&str>,
        reason: Reason,
        severity: Severity,
        first_seq: u64,
        last_seq: u64,
    ) {
        let mut by_severity = [0; Severity::ALL.len()];
        by_severity[severity as usize] = 1;
        self.merge(Gap {
            reason,
            sink: sink.map(str::to_owned),
            count: 1,
            by_severity,
            first_seq,
            last_seq,
        });
    }

    /// Puts a gap back that could not be mentioned yet.
    pub(crate) fn merge(&mut self, gap: Gap) {
        let same = |open: &&mut Gap| open.reason == gap.reason && open.sink == gap.sink;
        let Some(open) = self.open.iter_mut().find(same) else {
            self.open.push(gap);
            return;
        };
        open.count += gap.count;
        for (sum, more) in open.by_severity.iter_mut().zip(gap.by_severity) {
            *sum += more;
        }
        open.first_seq = open.first_seq.min(gap.first_seq);
        open.last_seq = open.last_seq.max(gap.last_seq);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_of_one_place_and_reason_are_one_gap() {
        let mut gaps = Gaps::default();
        gaps.add(None, Reason::QueueFull, Severity::Info, 7, 8);
        gaps.add(None, Reason::QueueFull, Severity::Error, 9, 10);
        gaps.add(Some("file"), Reason::Rejected, Severity::Info, 3, 3);
        let open = gaps.take();
        assert_eq!(open.len(), 2);
        assert_eq!(
            (open[0].count, open[0].first_seq, open[0].last_seq),
            (2, 7, 10)
        );
        assert_eq!(open[0].severity(Severity::Error), 1);
        assert!(gaps.take().is_empty());
    }

    #[test]
    fn the_table_counts_by_reason_and_severity() {
        let mut table = LossTable::default();
        table.add(Reason::Oversize, Severity::Info, 1);
        table.add(Reason::Oversize, Severity::Critical, 1);
        assert_eq!(table.count(Reason::Oversize, Severity::Critical), 1);
        assert_eq!(table.by_reason(Reason::Oversize), 2);
        assert_eq!(table.total(), 2);
    }

    #[test]
    fn a_table_shows_what_was_lost_and_nothing_else() {
        let mut table = LossTable::default();
        assert_eq!(format!("{table:?}"), "{}");
        table.add(Reason::Closed, Severity::Info, 3);
        assert_eq!(format!("{table:?}"), "{(Closed, Info): 3}");
    }
}
