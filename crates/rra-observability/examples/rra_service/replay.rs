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
    for line in BufReader::new(file).split(b'\n') {
        let line = line.map_err(cannot_read)?;
        if line.is_empty() {
            continue;
        }
        match std::str::from_utf8(&line).map(|line| handle.replay(line)) {
            Ok(Ok(_)) => {}
            Ok(Err(EmitError::Line(_))) | Err(_) => strange += 1,
            Ok(Err(refused)) => return Err(refused.into()),
        }
        lines += 1;
        if lines % LINES_PER_NOTE == 0 {
            println!("replayed={lines} no_events={strange}");
        }
    }
    println!("replayed={lines} no_events={strange}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rra_observability::sink::testing::CapturingSink;
    use rra_observability::{Config, Setup};

    use super::*;

    #[test]
    fn a_line_that_is_no_event_holds_up_none_of_the_others() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let event = "{\"event_type\":\"auth.success\",\"timestamp\":\"2026-01-15T10:30:00Z\"}";
        let lines = [b"\xff\n\r\nno event\n".as_slice(), event.as_bytes()].concat();
        std::fs::write(file.path(), lines).unwrap();
        let (sink, captured) = CapturingSink::new("memory");
        let config = Config {
            metrics_address: None,
            ..Config::default()
        };
        let guard = Setup::new(config).sink(sink).start().unwrap();
        replay(file.path(), &guard.handle()).unwrap();
        guard.shutdown(Duration::from_secs(20));
        captured.assert_contains("auth.success");
    }
}
