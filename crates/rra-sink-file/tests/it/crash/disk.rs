//! A directory on a disk that keeps what it was told to sync, and of everything else what it likes:
//! any sectors of the data, any length up to the newest, and any of the changes of names. File systems
//! with a journal keep changes in order; here only those of one name are.

use std::collections::{BTreeMap, HashSet};

use super::trace::Operation;

/// Write-backs tear at these.
const GRAINS: [usize; 2] = [512, 4096];

type Names = BTreeMap<String, usize>;

/// The directory.
pub(super) struct Disk {
    files: Vec<File>,
    names: Names,
    /// The names that survive, and every change of them since.
    synced_names: Names,
    changes: Vec<Change>,
}

/// A change of names, which is there or is not.
#[derive(Clone)]
enum Change {
    Create(String, usize),
    Rename(String, String),
    Remove(String),
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
            changes: Vec::new(),
        };
        disk.apply(&Operation::Open(log.to_owned()));
        disk
    }

    pub(super) fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Open(name) if !self.names.contains_key(name) => {
                self.change(Change::Create(name.clone(), self.files.len()));
                self.files.push(File::default());
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
                self.changes.clear();
            }
            Operation::Rename(from, to) => self.change(Change::Rename(from.clone(), to.clone())),
            Operation::Remove(name) => self.change(Change::Remove(name.clone())),
        }
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.names);
        self.changes.push(change);
    }

    /// The events in whole lines that a power failure leaves now. The first states are the ends:
    /// nothing more than was synced, and everything; the others are between.
    pub(super) fn after_failure(
        &self,
        state: usize,
        mut below: impl FnMut(usize) -> usize,
    ) -> HashSet<String> {
        let names = match state {
            0 => self.synced_names.clone(),
            1 => self.names.clone(),
            _ => self.names_with_some_changes(&mut below),
        };
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

    /// Changes in order up to some place, or any of them; none without those before it of its names.
    fn names_with_some_changes(&self, below: &mut impl FnMut(usize) -> usize) -> Names {
        let is_in_order = below(2) == 0;
        let end = below(self.changes.len() + 1);
        let mut names = self.synced_names.clone();
        let mut lost = HashSet::new();
        for (index, change) in self.changes.iter().enumerate() {
            let is_kept = if is_in_order {
                index < end
            } else {
                below(2) == 0
            };
            let touched = change.touched();
            if is_kept && touched.iter().all(|name| !lost.contains(name)) {
                change.apply(&mut names);
            } else {
                lost.extend(touched);
            }
        }
        names
    }

    fn file(&mut self, name: &str) -> &mut File {
        &mut self.files[self.names[name]]
    }
}

impl Change {
    fn apply(&self, names: &mut Names) {
        match self {
            Self::Create(name, file) => {
                names.insert(name.clone(), *file);
            }
            Self::Rename(from, to) => {
                let file = names.remove(from).unwrap();
                names.insert(to.clone(), file);
            }
            Self::Remove(name) => {
                names.remove(name);
            }
        }
    }

    fn touched(&self) -> Vec<&str> {
        match self {
            Self::Create(name, _) | Self::Remove(name) => vec![name],
            Self::Rename(from, to) => vec![from, to],
        }
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
