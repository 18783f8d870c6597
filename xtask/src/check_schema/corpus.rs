//! One line against everything that must accept it.

use rra_schema::limits::LINE_BYTES;
use rra_schema::{Instance, LineBuffer, Origin, Seal, SecurityEvent};
use serde_json::Value;

use super::evidence::Judges;
use super::validator::Judge;

/// Why a schema refuses a line; nothing when it does not.
pub(super) fn faults(line: &str, judge: &Judge) -> Vec<String> {
    if judge.accepts(line) {
        return Vec::new();
    }
    match serde_json::from_str::<Value>(line) {
        Ok(value) => {
            let faults = judge.faults(&value).into_iter();
            faults
                .map(|fault| format!("{} {}", fault.place, fault.says))
                .collect()
        }
        Err(error) => vec![format!("it is not JSON: {error}")],
    }
}

/// Why the strict schema or the strict reader refuses a line.
pub(super) fn strict_faults(line: &str, writer: &Judge) -> Vec<String> {
    let mut faults = faults(line, writer);
    if let Err(error) = rra_schema::read_strict(line) {
        faults.push(format!("the strict reader says: {error}"));
    }
    faults
}

/// Reads a line of another writer and writes it again.
///
/// # Errors
/// Why the line is not accepted, or what is wrong with what became of it.
pub(super) fn rewrite(line: &str, judges: &Judges) -> Result<String, String> {
    if let Some(fault) = faults(line, &judges.reader).first() {
        return Err(format!("the reader schema refuses it: {fault}"));
    }
    let event =
        rra_schema::read(line).map_err(|error| format!("the reader refuses it: {error}"))?;
    let origin = Origin::new("rra-module", "production", Instance::from_bits(1))
        .map_err(|error| error.to_string())?;
    let mut room = [0; LINE_BYTES];
    let mut written = LineBuffer::new(&mut room);
    event.write_line(&Seal::new(&origin, event.timestamp(), 0), &mut written);
    let written =
        String::from_utf8(written.as_bytes().into()).map_err(|error| error.to_string())?;
    let written = written.trim_end();
    match strict_faults(written, &judges.writer).first() {
        Some(fault) => Err(format!("it is written again as {written}, but {fault}")),
        None => Ok(written.to_owned()),
    }
}
