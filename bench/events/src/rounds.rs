//! Starts each peer in each mode, round after round in another order, so that a busy moment of the
//! machine meets all of them; counts what they wrote, and stops at the first broken promise.

use std::env::current_exe;
use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::lines;
use crate::mode::{MODES, Mode};
use crate::peers::Entry;
use crate::process::Cost;
use crate::results::{Outcome, Results};

/// How often each peer is measured in each mode.
const ROUNDS: usize = 9;

/// Measures everybody in everything.
///
/// # Errors
/// When a process fails, or what is in a file is not what was promised.
pub(crate) fn measure() -> Result<Results, Box<dyn Error>> {
    let mut results = Results::default();
    for round in 0..ROUNDS {
        for mode in MODES {
            if round > 0 && mode.is_exact() {
                continue;
            }
            let peers = mode.peers();
            for turn in 0..peers.len() {
                let entry = peers[(turn + round) % peers.len()];
                let outcome = run(entry, mode);
                let outcome =
                    outcome.map_err(|error| format!("{}, {mode}: {error}", entry.name))?;
                results.push(mode, entry, outcome);
            }
            eprintln!("round {} of {ROUNDS}: {mode}", round + 1);
        }
    }
    Ok(results)
}

/// Runs one peer. Its files are on the disk of the workspace, because a temporary directory may be
/// memory, which syncs at no cost.
fn run(entry: &Entry, mode: Mode) -> Result<Outcome, Box<dyn Error>> {
    let program = current_exe()?;
    let beside = program.parent().unwrap_or(Path::new("."));
    let directory = tempfile::tempdir_in(beside)?;
    Ok(Outcome {
        cost: start(&program, entry, mode, directory.path())?,
        emitted: mode.events(entry),
        written: look(entry, mode, directory.path())?,
    })
}

fn start(
    program: &Path,
    entry: &Entry,
    mode: Mode,
    directory: &Path,
) -> Result<Cost, Box<dyn Error>> {
    let child = Command::new(program)
        .args([entry.name, &mode.to_string()])
        .arg(directory)
        .stderr(Stdio::inherit())
        .output()?;
    if !child.status.success() {
        return Err(child.status.to_string().into());
    }
    Ok(serde_json::from_slice(&child.stdout)?)
}

/// How many events are in the file, if that is what was promised.
fn look(entry: &Entry, mode: Mode, directory: &Path) -> Result<usize, String> {
    let written = lines::count(directory)?;
    let emitted = mode.events(entry);
    if mode.is_lossless(entry) && written != emitted {
        return Err(format!("{written} of {emitted} events are in the file"));
    }
    if entry.is_ours() {
        lines::prove(directory)?;
    }
    Ok(written)
}
