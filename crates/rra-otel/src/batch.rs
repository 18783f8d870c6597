//! Spans that travel together, as the bytes they leave the process as.

mod pen;
mod scrub;
mod wire;

pub(crate) use pen::write;
pub(crate) use wire::{request, resource};

use opentelemetry::InstrumentationScope;

use crate::protobuf::Message;

/// Spans in the order in which they ended.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    spans: usize,
    bytes: usize,
    runs: Vec<Run>,
}

/// Spans of one instrumentation that ended one after the other.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) scope: InstrumentationScope,
    pub(crate) spans: Message,
}

impl Batch {
    /// Adds a span that is written already.
    pub(crate) fn push(&mut self, scope: &InstrumentationScope, span: &[u8]) {
        self.spans += 1;
        self.bytes += span.len();
        if let Some(run) = self.runs.last_mut().filter(|run| run.scope == *scope) {
            return run.spans.fields(span);
        }
        let mut spans = Message::default();
        spans.fields(span);
        let scope = scope.clone();
        self.runs.push(Run { scope, spans });
    }

    /// How many spans.
    pub(crate) fn len(&self) -> usize {
        self.spans
    }

    /// How many bytes they are.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn runs(&self) -> &[Run] {
        &self.runs
    }
}

/// Spans as they end on this thread, with texts of so many characters.
#[cfg(test)]
pub(crate) fn of(spans: &[opentelemetry_sdk::trace::SpanData], text_chars: usize) -> Batch {
    let mut batch = Batch::default();
    for span in spans {
        write(span, text_chars, |bytes| {
            batch.push(&span.instrumentation_scope, bytes);
        });
    }
    batch
}
