//! What strace wrote, as operations on the files of one directory.

use std::path::Path;

/// A call that changed something.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// When it began, in seconds.
    pub(super) time: f64,
    pub(super) operation: Operation,
}

/// What it did. Files are named as they were at that moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Open(String),
    Write(String, Vec<u8>),
    /// Compressed bytes, which nobody looks into.
    WriteOpaque(String),
    Truncate(String, usize),
    Sync(String),
    SyncDirectory,
    Rename(String, String),
    Remove(String),
}

/// The calls of all threads, in the order of time.
pub(super) fn parse(text: &str, directory: &Path) -> Vec<Call> {
    let directory = directory.to_str().unwrap();
    let mut calls: Vec<Call> = text
        .lines()
        .filter_map(|line| call(line, directory))
        .collect();
    calls.sort_by(|one, other| one.time.total_cmp(&other.time));
    calls
}

fn call(line: &str, directory: &str) -> Option<Call> {
    let (time, rest) = line.split_once(' ')?;
    let (name, rest) = rest.trim().split_once('(')?;
    let (arguments, result) = rest.rsplit_once(") ")?;
    let result = result.trim().strip_prefix("= ")?;
    if result.starts_with('-') {
        return None;
    }
    let operation = operation(name, arguments, result, directory)?;
    let time = time.parse().unwrap();
    Some(Call { time, operation })
}

fn operation(name: &str, arguments: &str, result: &str, directory: &str) -> Option<Operation> {
    let inside = |path: &str| {
        let name = path.strip_prefix(directory)?.strip_prefix('/')?;
        name.starts_with("security.log").then(|| name.to_owned())
    };
    // The path of a descriptor, as strace -y gives it.
    let described = arguments
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    let file = || inside(described?.0);
    let mut quoted = arguments.split('"').skip(1).step_by(2);
    match name {
        "open" | "openat" if arguments.contains("O_CREAT") => {
            let path = result.split_once('<')?.1.strip_suffix('>')?;
            inside(path).map(Operation::Open)
        }
        "write" => {
            let file = file()?;
            if file.contains(".gz") {
                return Some(Operation::WriteOpaque(file));
            }
            let (_, text) = arguments.split_once('"')?;
            let (text, _) = text.rsplit_once('"')?;
            let text = text.replace("\\n", "\n").replace("\\\"", "\"");
            let count = result.parse().unwrap();
            Some(Operation::Write(file, text.as_bytes()[..count].to_vec()))
        }
        "ftruncate" => {
            let length = arguments.rsplit_once(", ")?.1.parse().ok()?;
            Some(Operation::Truncate(file()?, length))
        }
        "fsync" if described?.0 == directory => Some(Operation::SyncDirectory),
        "fsync" | "fdatasync" => file().map(Operation::Sync),
        "rename" => Some(Operation::Rename(
            inside(quoted.next()?)?,
            inside(quoted.next()?)?,
        )),
        "unlink" => inside(quoted.next()?).map(Operation::Remove),
        _ => None,
    }
}
