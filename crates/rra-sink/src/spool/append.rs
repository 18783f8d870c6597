//! Writing: events of one severity in a row are written at once, in the order in which they came, so
//! that a kill leaves the first of them and never some from the middle.

use std::io;

use rra_schema::Severity;

use super::chain::{START, Segment};
use super::record::{HEAD_BYTES, MAGIC, RECORD_BYTES, encode};
use super::store::Name;
use super::{Loss, Spool};
use crate::error::is_full;
use crate::loss::Reason;
use crate::sink::Line;

/// Most bytes written at once: no file is shorter.
const RUN_BYTES: usize = 32 * 1024 - MAGIC.len();
const _: () = assert!(RECORD_BYTES <= RUN_BYTES, "every record is a run");

/// What became of the events.
#[derive(Debug, Default)]
pub(crate) struct Appended {
    /// So many of them, from the first on, are here or given up.
    pub(crate) events: usize,
    /// What was given up, of these and of those before.
    pub(crate) losses: Vec<Loss>,
    /// Why not all could be written.
    pub(crate) failed: Option<io::Error>,
}

/// Events of one severity that are written at once.
struct Run {
    severity: Severity,
    /// The head of a file and the records.
    bytes: Vec<u8>,
    events: u64,
    seqs: (u64, u64),
    millis: u64,
}

impl Spool {
    /// Takes the events, in this order. When there is no room, the least serious go first: whole
    /// files, the oldest of them, and last the events that come.
    ///
    /// When the disk fails, the rest stays where it is; if it cannot, because it is `pressed`, it is
    /// given up.
    pub(crate) fn append<'l>(
        &mut self,
        lines: impl Iterator<Item = Line<'l>>,
        now_millis: u64,
        pressed: bool,
    ) -> Appended {
        let mut done = Appended::default();
        let mut lines = lines.peekable();
        while let Some(severity) = lines.peek().map(|line| line.severity) {
            let run = self.gather(severity, now_millis, &mut lines);
            let written = self.write_run(&run, pressed, &mut done.losses);
            let is_given_up = match &written {
                Ok(true) => false,
                Ok(false) => true,
                Err(_) => pressed,
            };
            if is_given_up {
                done.losses.push(run.lost());
            }
            let events = usize::try_from(run.events).unwrap_or(usize::MAX);
            self.run = run.bytes;
            match written {
                Err(error) if !pressed => {
                    done.failed = Some(error);
                    return done;
                }
                Err(error) => done.failed = Some(error),
                Ok(_) => {}
            }
            done.events += events;
        }
        done
    }

    fn gather<'l>(
        &mut self,
        severity: Severity,
        millis: u64,
        lines: &mut std::iter::Peekable<impl Iterator<Item = Line<'l>>>,
    ) -> Run {
        let mut run = Run {
            severity,
            bytes: std::mem::take(&mut self.run),
            events: 0,
            seqs: (u64::MAX, 0),
            millis,
        };
        run.bytes.clear();
        run.bytes.extend_from_slice(&MAGIC);
        let belongs = |line: &Line<'_>, length: usize| {
            line.severity == severity && length + HEAD_BYTES + line.bytes.len() <= RUN_BYTES
        };
        while let Some(line) = lines.next_if(|line| belongs(line, run.bytes.len())) {
            encode(self.next + run.events, millis, &line, &mut run.bytes);
            run.events += 1;
            run.seqs = (run.seqs.0.min(line.seq), run.seqs.1.max(line.seq));
        }
        run
    }

    /// Writes the run, or says that there is no room for it.
    fn write_run(&mut self, run: &Run, pressed: bool, losses: &mut Vec<Loss>) -> io::Result<bool> {
        while self.bytes() + run.bytes.len() as u64 > self.limits.max_bytes {
            match self.evict(run.severity) {
                Some(loss) => losses.push(loss),
                None => return Ok(false),
            }
        }
        loop {
            match self.put(run) {
                Ok(()) => return Ok(true),
                // The disk is smaller than it was said to be.
                Err(error) if pressed && is_full(&error) => match self.evict(run.severity) {
                    Some(loss) => losses.push(loss),
                    None => return Err(error),
                },
                Err(error) => return Err(error),
            }
        }
    }

    fn put(&mut self, run: &Run) -> io::Result<()> {
        let records = &run.bytes[MAGIC.len()..];
        let most = self.limits.segment_bytes();
        let segments = &mut self.chains[run.severity as usize].segments;
        let has_room = |last: &&mut Segment| last.length + records.len() as u64 <= most;
        if let Some(last) = segments.back_mut().filter(has_room) {
            let written = self.store.write(last.name, last.length, records);
            written.inspect_err(|_| {
                // Half a record may be there.
                let _ = self.store.cut(last.name, last.length);
            })?;
            last.length += records.len() as u64;
            last.events += run.events;
            last.seqs = (last.seqs.0.min(run.seqs.0), last.seqs.1.max(run.seqs.1));
            last.millis.1 = run.millis;
        } else {
            let name = Name {
                first: self.next,
                severity: run.severity,
            };
            let written = self.store.write(name, 0, &run.bytes);
            written.inspect_err(|_| {
                let _ = self.store.remove(name);
            })?;
            segments.push_back(Segment {
                name,
                length: START + records.len() as u64,
                events: run.events,
                seqs: run.seqs,
                millis: (run.millis, run.millis),
                holes: Vec::new(),
            });
        }
        self.next += run.events;
        Ok(())
    }
}

impl Run {
    fn lost(&self) -> Loss {
        Loss {
            reason: Reason::SpoolFull,
            severity: self.severity,
            count: self.events,
            seqs: self.seqs,
        }
    }
}
