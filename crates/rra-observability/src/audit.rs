//! What the log says about itself: that it started and stopped, and what it lacks.

use std::path::Path;

use rra_schema::events::audit::{Gap, GapReason, Started, StopReason, Stopped};
use rra_schema::{Event, Severity};
#[cfg(feature = "file")]
use rra_schema::{
    Sha256,
    events::audit::{Checkpoint, Segment},
};
use rra_sink::{Journal, Reason, Refused};

use crate::stamp::Stamp;

/// Logging started.
pub(crate) fn started(stamp: &Stamp, journal: &Journal) -> Result<(), Refused> {
    let mut details = Started::new(env!("CARGO_PKG_VERSION"));
    let recovered = journal.recovered_events();
    if recovered > 0 {
        details = details.recovered_events(recovered);
    }
    let event = Event::new(details);
    let Some(error) = journal.lacks_directory() else {
        return stamp.emit_apart(journal, &event).map(drop);
    };
    let message = format!("Security logging started, but not safe from kill -9: {error}");
    let event = event.message(&message).raise_to(Severity::Warning);
    stamp.emit_apart(journal, &event).map(drop)
}

/// Logging stops; the account up to here.
pub(crate) fn stopped(stamp: &Stamp, journal: &Journal, reason: StopReason) -> Result<(), Refused> {
    let report = journal.report();
    let event = Event::new(Stopped::new(reason, report.accepted, report.lost()));
    stamp.emit_apart(journal, &event).map(drop)
}

/// Events were lost.
pub(crate) fn gap(stamp: &Stamp, journal: &Journal, gap: &rra_sink::Gap) -> Result<(), Refused> {
    let of = |severity| gap.severity(severity);
    let mut details = Gap::new(gap.count, reason(gap.reason))
        .first_seq(gap.first_seq)
        .last_seq(gap.last_seq)
        .info_events(of(Severity::Debug) + of(Severity::Info))
        .warning_events(of(Severity::Warning))
        .error_events(of(Severity::Error) + of(Severity::Critical));
    if let Some(sink) = &gap.sink {
        details = details.sink(sink.as_str());
    }
    stamp.emit_apart(journal, &Event::new(details)).map(drop)
}

/// A crash cut the last line of the file; what is left of it was moved aside.
pub(crate) fn torn_line(stamp: &Stamp, journal: &Journal, sink: &str) -> Result<(), Refused> {
    let details = Gap::new(1_u64, GapReason::TornLine).sink(sink);
    stamp.emit_apart(journal, &Event::new(details)).map(drop)
}

/// A power failure damaged the ring of a dead process; nobody knows how many events were in it.
pub(crate) fn damaged_ring(stamp: &Stamp, journal: &Journal, file: &Path) -> Result<(), Refused> {
    let message = format!(
        "A damaged journal file was put aside as {}: events may be lost",
        file.display()
    );
    let event = Event::new(Gap::new(1_u64, GapReason::Damaged)).message(&message);
    stamp.emit_apart(journal, &event).map(drop)
}

/// Another file of the log began.
#[cfg(feature = "file")]
pub(crate) fn segment(
    stamp: &Stamp,
    journal: &Journal,
    number: u64,
    previous_head: Option<Sha256>,
) -> Result<(), Refused> {
    let mut details = Segment::new(number);
    if let Some(head) = previous_head {
        details = details.previous_head(head);
    }
    stamp.emit_apart(journal, &Event::new(details)).map(drop)
}

/// Where the hash chain of the log is.
#[cfg(feature = "file")]
pub(crate) fn checkpoint(
    stamp: &Stamp,
    journal: &Journal,
    head: Sha256,
    count: u64,
) -> Result<(), Refused> {
    let details = Checkpoint::new(head, count);
    stamp.emit_apart(journal, &Event::new(details)).map(drop)
}

/// Lines that were delivered are gone: the file was truncated, or the disk lost them.
#[cfg(feature = "file")]
pub(crate) fn taken(
    stamp: &Stamp,
    journal: &Journal,
    sink: &str,
    count: u64,
    (first_seq, last_seq): (u64, u64),
) -> Result<(), Refused> {
    let details = Gap::new(count, GapReason::IoError)
        .first_seq(first_seq)
        .last_seq(last_seq)
        .sink(sink);
    stamp.emit_apart(journal, &Event::new(details)).map(drop)
}

fn reason(reason: Reason) -> GapReason {
    match reason {
        Reason::Oversize => GapReason::Oversize,
        Reason::Closed => GapReason::Closed,
        Reason::Rejected => GapReason::Rejected,
        Reason::Invalid => GapReason::Invalid,
        Reason::Damaged => GapReason::Damaged,
        Reason::SpoolFull => GapReason::SpoolFull,
        // No attempt within its time succeeded.
        Reason::Expired => GapReason::RetriesExhausted,
        _ => GapReason::QueueFull,
    }
}
