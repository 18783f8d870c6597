//! What the log says about itself (`audit.*`): that it started and stopped, and what it lacks.

use super::declare::{events, words};
use crate::values::{Name, Sha256};

words! {
    /// Why events are not in the log.
    pub enum GapReason("gap_reason", Open) {
        /// The queue was full.
        QueueFull => "queue_full",
        /// The event was too large.
        Oversize => "oversize",
        /// The disk refused the write.
        IoError => "io_error",
        /// The line could not be made, or was no line.
        Invalid => "invalid",
        /// The destination will never take them.
        Rejected => "rejected",
        /// A power failure damaged them in the journal of a process that had died.
        Damaged => "damaged",
        /// Every attempt to deliver failed.
        RetriesExhausted => "retries_exhausted",
        /// The spool was full.
        SpoolFull => "spool_full",
        /// The service stopped before delivery.
        Shutdown => "shutdown",
        /// The sink was closed.
        Closed => "closed",
        /// The last line was cut by a crash.
        TornLine => "torn_line",
    }
}

words! {
    /// Why logging stopped.
    pub enum StopReason("stop_reason", Open) {
        /// The service asked for it.
        Shutdown => "shutdown",
        /// The service was told to stop.
        Signal => "signal",
        /// The service panicked.
        Panic => "panic",
    }
}

events! {
    /// Logging started.
    "audit.started", Info, Success, Audit, "Security logging started";
    pub struct Started<'a> {
        required {
            /// The version of the library.
            version: Name<'a, 64>,
        }
        optional {
            /// Events of an earlier run that were found and written now.
            recovered_events: u64,
        }
    }

    /// Logging stopped.
    "audit.stopped", Info, Success, Audit, "Security logging stopped";
    pub struct Stopped {
        required {
            /// Why it stopped.
            reason: StopReason,
            /// Events accepted since the start, this one not counted.
            accepted_events: u64,
            /// Events lost since the start.
            dropped_events: u64,
        }
        optional {}
    }

    /// Events are missing here.
    "audit.gap", Error, Failure, Audit, "Security events were lost";
    pub struct Gap<'a> {
        required {
            /// How many are missing.
            count: u64,
            /// Why they are missing.
            reason: GapReason,
        }
        optional {
            /// Number of the first missing event, or of the last one before the gap where the missing never got one.
            first_seq: u64,
            /// Number of the last missing event, or of the first one after the gap where the missing never got one.
            last_seq: u64,
            /// The destination that lacks them.
            sink: Name<'a, 64>,
            /// Missing events of severity debug and info.
            info_events: u64,
            /// Missing events of severity warning.
            warning_events: u64,
            /// Missing events of severity error and critical.
            error_events: u64,
        }
    }

    /// A new file of the log begins.
    "audit.segment", Info, Success, Audit, "Log segment started";
    pub struct Segment {
        required {
            /// Number of the file since logging started.
            segment: u64,
        }
        optional {
            /// The digest of the last line of the file before.
            previous_head: Sha256,
        }
    }

    /// The state of the hash chain, to be kept elsewhere.
    "audit.checkpoint", Info, Success, Audit, "Log checkpoint";
    pub struct Checkpoint {
        required {
            /// The digest of the last line.
            head: Sha256,
            /// Events in the chain so far.
            count: u64,
        }
        optional {}
    }

    /// Many equal events were written as this one.
    "audit.suppressed", Warning, Unknown, Audit, "Repeated events suppressed";
    pub struct Suppressed<'a> {
        required {
            /// How many were left out.
            count: u64,
            /// Their type.
            suppressed_type: Name<'a, 96>,
            /// Length of the window in seconds.
            window_seconds: u64,
        }
        optional {}
    }
}
