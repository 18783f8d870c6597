//! What a lane does with the events of a dead process before it delivers them: the destination may
//! hold some already, because the process died between the delivery and the note of it.

use super::{Lane, guarded};
use crate::journal::is_sound;
use crate::loss::Reason;
use crate::sink::{Batch, Earlier, Line, Span};

/// What a look at the next lines came to.
pub(super) enum Sifted {
    /// Some needed no delivery and were passed.
    Passed,
    /// So many must be delivered.
    Missing(usize),
}

/// What becomes of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The sink has them.
    Held,
    /// A power failure took parts of them.
    Damaged,
    /// They must be delivered.
    Missing,
}

impl Lane {
    /// Passes lines at the cursor of a dead process's ring that need no delivery, or says how many
    /// there do.
    pub(super) fn sift(&mut self, ring: usize) -> Sifted {
        let Some(reader) = &mut self.readers[ring] else {
            return Sifted::Missing(0);
        };
        let bytes = reader.peek(&self.settings, &mut self.records);
        let span = Span::new(ring, reader.cursor(), self.records.len());
        let batch = Batch::new(bytes, &self.records, span, Earlier::new(&self.shared.rings));
        let sink = &mut self.sink;
        let mut fates = batch.lines().map(|line| fate(sink.as_mut(), &line));
        let Some(first) = fates.next() else {
            return Sifted::Missing(0);
        };
        let alike = 1 + fates.take_while(|next| *next == first).count();
        let place = (ring, &mut *reader);
        match first {
            Fate::Held => self.shared.settle(self.index, place, alike, None),
            Fate::Damaged => {
                let why = (Reason::Damaged, "the line was damaged in the journal");
                let lost = &self.records[..alike];
                self.shared.give_up(self.index, place, lost, why);
            }
            Fate::Missing => return Sifted::Missing(alike),
        }
        Sifted::Passed
    }
}

fn fate(sink: &mut dyn crate::Sink, line: &Line<'_>) -> Fate {
    if !is_sound(line.bytes) {
        return Fate::Damaged;
    }
    let mut holds = false;
    // A panic means that the sink does not know: better twice than never.
    let _ = guarded(|| {
        holds = sink.holds(line);
        Ok(())
    });
    if holds { Fate::Held } else { Fate::Missing }
}
