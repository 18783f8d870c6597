//! What became of every span: an account that adds up. Owns the counts; decides nothing.

/// Why a span will not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DropReason {
    /// There was no room in the queue.
    QueueFull,
    /// The receiver said no for good.
    Refused,
    /// The receiver was away, or asked to come later, until the time was over.
    Unavailable,
    /// The receiver did not answer in time.
    Timeout,
    /// Tracing ended before the span was sent.
    Closed,
}

impl DropReason {
    /// Every reason.
    pub const ALL: [Self; 5] = [
        Self::QueueFull,
        Self::Refused,
        Self::Unavailable,
        Self::Timeout,
        Self::Closed,
    ];
}

/// The sampled spans that are lost, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DroppedSpans([u64; DropReason::ALL.len()]);

impl DroppedSpans {
    /// The spans lost for this reason.
    pub fn by_reason(&self, reason: DropReason) -> u64 {
        self.0[reason as usize]
    }

    /// All that are lost.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    pub(crate) fn add(&mut self, reason: DropReason, spans: u64) {
        self.0[reason as usize] += spans;
    }
}

/// What became of the sampled spans that ended: `ended = exported + dropped + waiting`, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TraceReport {
    /// Sampled spans that ended.
    pub ended: u64,
    /// Spans that the receiver took.
    pub exported: u64,
    /// Spans that are lost.
    pub dropped: DroppedSpans,
    /// Spans in the queue or on their way.
    pub waiting: u64,
    /// Whether the export came to its end within its deadline. While it has not, what is waiting
    /// may still be exported or dropped.
    pub finished: bool,
}
