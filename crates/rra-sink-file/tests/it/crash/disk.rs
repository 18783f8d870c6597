//! A directory on a disk that keeps what it was told to sync, and of everything else what it likes:
//! any sectors of the data, any length up to the newest, and of the changes of names any first part,
//! because journaling file systems keep those in order.

use std::collections::{BTreeMap, HashSet};

use super::trace::Operation;

/// Write-backs tear at these.
const GRAINS: [usize; 2] = [512, 4096];

type Names = BTreeMap<String, usize>;

/// The directory.
pub(super) struct Disk {
    files: Vec<File>,
    names: Names,
    /// The names that survive, and every state of them since.
    synced_names: Names,
    history: Vec<Names>,
}

/// A file, by whichever name.
#[derive(Clone, Default)]
struct File {
    bytes: Vec<u8>,
    synced: Vec<u8>,
    /// The file whose lines it has compressed, as long as it is whole.
    packed: Option<usize>,
    is_packed_synced: bool,
}

impl Disk {
    /// An empty log that was just created.
    pub(super) fn new(log: &str) -> Self {
        let mut disk = Self {
            files: Vec::new(),
            names: Names::new(),
            synced_names: Names::new(),
            history: Vec::new(),
        };
        disk.apply(&Operation::Open(log.to_owned()));
        disk
    }

    pub(super) fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Open(name) if !self.names.contains_key(name) => {
                self.names.insert(name.clone(), self.files.len());
                self.files.push(File::default());
                self.history.push(self.names.clone());
            }
            Operation::Open(_) => {}
            Operation::Write(name, bytes) => self.file(name).bytes.extend_from_slice(bytes),
            Operation::WriteOpaque(name) => {
                let origin = name.split(".gz").next().unwrap();
                let origin = self.names[origin];
                let file = self.file(name);
                file.packed = Some(origin);
                file.is_packed_synced = false;
            }
            Operation::Truncate(name, length) => self.file(name).bytes.truncate(*length),
            Operation::Sync(name) => {
                let file = self.file(name);
                file.synced = file.bytes.clone();
                file.is_packed_synced = true;
            }
            Operation::SyncDirectory => {
                self.synced_names = self.names.clone();
                self.history.clear();
            }
            Operation::Rename(from, to) => {
                let file = self.names.remove(from).unwrap();
                self.names.insert(to.clone(), file);
                self.history.push(self.names.clone());
            }
            Operation::Remove(name) => {
                self.names.remove(name);
                self.history.push(self.names.clone());
            }
        }
    }

    /// The events in whole lines that a power failure leaves now. The first states are the ends:
    /// nothing more than was synced, and everything; the others are between.
    pub(super) fn after_failure(
        &self,
        state: usize,
        mut below: impl FnMut(usize) -> usize,
    ) -> HashSet<String> {
        let kept = match state {
            0 => 0,
            1 => self.history.len(),
            _ => below(self.history.len() + 1),
        };
        let last = kept.checked_sub(1).and_then(|last| self.history.get(last));
        let names = last.unwrap_or(&self.synced_names);
        let mut events = HashSet::new();
        for file in names.values().map(|file| &self.files[*file]) {
            let bytes = match state {
                0 => file.synced.clone(),
                1 => file.bytes.clone(),
                _ => file.torn(&mut below),
            };
            let is_whole = file.is_packed_synced || state == 1;
            let packed = file
                .packed
                .filter(|_| is_whole)
                .map(|origin| &self.files[origin].bytes);
            events.extend(events_of(&bytes));
            events.extend(packed.into_iter().flat_map(|bytes| events_of(bytes)));
        }
        events
    }

    fn file(&mut self, name: &str) -> &mut File {
        &mut self.files[self.names[name]]
    }
}

impl File {
    /// Some of the sectors that were not synced, and some length.
    fn torn(&self, below: &mut impl FnMut(usize) -> usize) -> Vec<u8> {
        let grain = GRAINS[below(GRAINS.len())];
        let shortest = self.synced.len().min(self.bytes.len());
        let length = shortest + below(self.bytes.len() - shortest + 1);
        let mut torn = self.synced.clone();
        torn.resize(length, 0);
        for start in (0..length).step_by(grain) {
            let end = (start + grain).min(length);
            if below(2) == 0 {
                torn[start..end].copy_from_slice(&self.bytes[start..end]);
            }
        }
        torn
    }
}

/// The events of whole lines; what is torn is none.
fn events_of(bytes: &[u8]) -> Vec<String> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let event = |line: &[u8]| {
        let line = std::str::from_utf8(line).ok()?.strip_suffix("\"}\n")?;
        let filling = line.strip_prefix("{\"filling\":\"")?;
        let (filling, event) = filling.split_once("\",\"event_id\":\"")?;
        filling
            .bytes()
            .all(|byte| byte == b'x')
            .then(|| event.to_owned())
    };
    lines.filter_map(event).collect()
}
