//! Writes spans where they end: the thread that made one has it at hand, and gives back its memory
//! without a lock that all threads share.

use std::cell::Cell;

use opentelemetry_sdk::trace::SpanData;

use super::scrub::Scrubber;
use super::wire::put;
use crate::protobuf::Message;

/// What a thread keeps for the next span.
struct Pen {
    scrubber: Scrubber,
    span: Message,
}

impl Pen {
    const NEW: Self = Self {
        scrubber: Scrubber::new(0),
        span: Message::new(),
    };
}

thread_local! {
    static PEN: Cell<Pen> = const { Cell::new(Pen::NEW) };
}

/// Gives the bytes of the span to `take`, without secrets, and no text longer than so many characters.
pub(crate) fn write(span: &SpanData, text_chars: usize, take: impl FnOnce(&[u8])) {
    // A thread that is ending has a new one each time.
    let pen = PEN.try_with(|pen| pen.replace(Pen::NEW));
    let mut pen = pen.unwrap_or(Pen::NEW);
    pen.scrubber.text_chars = text_chars;
    put(&mut pen.span, span, &mut pen.scrubber);
    take(pen.span.as_bytes());
    pen.span.clear();
    let _ = PEN.try_with(|place| place.set(pen));
}
