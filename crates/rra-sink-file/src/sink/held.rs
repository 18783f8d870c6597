//! Which events the log has already: asked after a crash, for the lines that the dead process may
//! have written without having noted that.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use rra_schema::EventId;
use rustix::fs::{Mode, OFlags};

use super::rotated::look_at_rotated;
use crate::place::{Place, open_plain};
use crate::wire::{event_id, whole_lines};

/// So much of the end of the log is read. One batch per dead process can be unnoted, and what other
/// processes have written since lies behind it.
const TAIL_BYTES: u64 = 32 * 1024 * 1024;

/// The events at the end of the log.
#[derive(Debug)]
pub(super) struct Held {
    events: HashSet<EventId>,
}

impl Held {
    /// Reads the end of the log, and of the old files before it as far as that is needed.
    pub(super) fn read(place: &Place) -> Self {
        let mut held = Self {
            events: HashSet::new(),
        };
        let looked = look_at_rotated(place, |files| {
            held.add_all(place, files);
            ControlFlow::<()>::Continue(())
        });
        if looked.is_err() {
            // A directory that may be written and not listed.
            held.add_all(place, &[]);
        }
        held
    }

    fn add_all(&mut self, place: &Place, rotated: &[PathBuf]) {
        let mut left = TAIL_BYTES;
        for path in [place.path()]
            .into_iter()
            .chain(rotated.iter().map(PathBuf::as_path))
        {
            // What cannot be read cannot answer: better twice than never.
            left = left.saturating_sub(self.add(path, left).unwrap_or(0));
            if left == 0 {
                break;
            }
        }
    }

    pub(super) fn has(&self, line: &[u8]) -> bool {
        event_id(line).is_some_and(|id| self.events.contains(&id))
    }

    /// Adds what is in the last bytes of a file; how many bytes that was.
    fn add(&mut self, path: &Path, most: u64) -> io::Result<u64> {
        let file = open_plain(path, OFlags::RDONLY, Mode::empty())?;
        let found = file.metadata()?;
        if !found.is_file() {
            return Ok(0);
        }
        let bytes = if path.extension().is_some_and(|extension| extension == "gz") {
            unpacked_end(file, most)?
        } else {
            end(&file, found.len(), most)?
        };
        // A line without its end is not held: it was cut, and its event must be written again.
        let whole = whole_lines(&bytes).unwrap_or(0);
        let lines = bytes[..whole].split(|byte| *byte == b'\n');
        self.events.extend(lines.filter_map(event_id));
        Ok(bytes.len() as u64)
    }
}

fn end(file: &File, length: u64, most: u64) -> io::Result<Vec<u8>> {
    let start = length.saturating_sub(most);
    let mut bytes = vec![0; usize::try_from(length - start).unwrap_or(0)];
    file.read_exact_at(&mut bytes, start)?;
    Ok(bytes)
}

/// The last bytes of what is compressed in a file, and up to as many before them.
fn unpacked_end(file: File, most: u64) -> io::Result<Vec<u8>> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut source = MultiGzDecoder::new(io::BufReader::new(file));
    let mut bytes = Vec::new();
    while (&mut source).take(1024 * 1024).read_to_end(&mut bytes)? > 0 {
        if bytes.len() / 2 > most {
            bytes.drain(..bytes.len() - most);
        }
    }
    Ok(bytes)
}
