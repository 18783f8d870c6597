//! Which events the log has already: asked after a crash, for the lines that the dead process may
//! have written without having noted that.

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use flate2::read::MultiGzDecoder;
use rra_schema::EventId;
use rustix::fs::{Mode, OFlags};

use super::resume::rotated;
use crate::place::{Place, open_plain};
use crate::wire::{event_id, whole_lines};

/// So much of the end of the log is read. One batch per dead process can be unnoted, and what other
/// processes have written since lies behind it.
const TAIL_BYTES: u64 = 32 * 1024 * 1024;

/// How often the files are listed again because one of them got another name.
const ATTEMPTS: u32 = 100;

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
        for _ in 0..ATTEMPTS {
            if held.add_all(place) {
                break;
            }
        }
        held
    }

    /// Whether every file was where it was listed, and none was missed: one that is compressed
    /// meanwhile changes its name, and a listing may come too late for the old and too early for the
    /// new one.
    fn add_all(&mut self, place: &Place) -> bool {
        // A log or an old file that cannot be read cannot answer: better twice than never.
        let mut left = TAIL_BYTES.saturating_sub(self.add(place.path(), TAIL_BYTES).unwrap_or(0));
        let mut files = rotated(place).unwrap_or_default();
        files.sort_by_key(|(modified, _)| *modified);
        for (_, path) in files.iter().rev() {
            if left == 0 {
                break;
            }
            match self.add(path, left) {
                Ok(read) => left = left.saturating_sub(read),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return false,
                Err(_) => {}
            }
        }
        let again = rotated(place).unwrap_or_default();
        let names = |files: &[(SystemTime, PathBuf)]| -> BTreeSet<PathBuf> {
            files.iter().map(|(_, path)| path.clone()).collect()
        };
        names(&files) == names(&again)
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
