//! Follows a replay from outside: the service reads the log, the demo looks at its counters.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use super::go_on;
use super::progress::Progress;
use super::service::Service;
use crate::failure::Failure;

const POLL: Duration = Duration::from_millis(100);
/// Longest time without any progress.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until the service has read every line of `input`.
///
/// # Errors
/// When the file cannot be read, the service ends, no line is read for a while, or the demo should
/// end.
pub(crate) fn follow(
    service: &mut Service,
    input: &Path,
    interrupted: &AtomicBool,
) -> Result<(), Failure> {
    let bytes = fs::read(input)
        .map_err(|error| Failure::Broken(format!("{} cannot be read: {error}", input.display())))?;
    let lines = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .count();
    let mut progress = Progress::new("lines", lines);
    let (mut seen, mut moved) = (0, Instant::now());
    while seen < lines {
        go_on(interrupted)?;
        let (now, _) = service.replayed();
        if now > seen {
            (seen, moved) = (now, Instant::now());
            progress.set(seen);
        } else if !service.is_running() || moved.elapsed() > PATIENCE {
            return Err(Failure::Broken(format!(
                "the replay stopped after {seen} of {lines} lines"
            )));
        } else {
            thread::sleep(POLL);
        }
    }
    match service.replayed() {
        (_, 0) => {}
        (_, strange) => println!("{strange} lines are no events and were left out"),
    }
    Ok(())
}
