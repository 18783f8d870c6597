//! Puts the lines of another log through the library, as if they happened now.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use rra_observability::{EmitError, Handle};

use crate::Problem;

/// How often the progress is told.
const LINES_PER_NOTE: usize = 250;

/// Replays every line and says how many were taken and how many are no events.
///
/// # Errors
/// When the file cannot be read, or the library refuses an event.
pub(crate) fn replay(path: &Path, handle: &Handle) -> Result<(), Problem> {
    let cannot_read = |error| format!("{} cannot be read: {error}", path.display());
    let file = File::open(path).map_err(cannot_read)?;
    let (mut lines, mut strange) = (0, 0);
    for line in BufReader::new(file).lines() {
        let line = line.map_err(cannot_read)?;
        if line.is_empty() {
            continue;
        }
        match handle.replay(&line) {
            Ok(_) => {}
            Err(EmitError::Line(_)) => strange += 1,
            Err(refused) => return Err(refused.into()),
        }
        lines += 1;
        if lines % LINES_PER_NOTE == 0 {
            println!("replayed={lines}");
        }
    }
    println!("replayed={lines} no_events={strange}");
    Ok(())
}
