//! The keys below `log`.

use std::time::Duration;

use toml::de::DeValue;

use super::{Expected, boolean, text, whole};
use crate::config::{LogConfig, RotateEvery};

const EVERY: Expected = "\"hour\", \"day\" or \"never\"";
const BYTES: Expected = "a whole number of bytes, at least 1";
const FILES: Expected = "a whole number of files";
const DAYS: Expected = "a whole number of days from 1 to 36500";

/// The longest that a file can be kept, in days: a century.
const MAX_DAYS: u64 = 36_500;

pub(super) fn assign(log: &mut LogConfig, key: &str, value: &DeValue<'_>) -> Result<(), Expected> {
    match key {
        "log.rotate_bytes" => log.rotate_bytes = Some(bytes(value)?),
        "log.rotate_every" => log.rotate_every = every(text(value, EVERY)?)?,
        "log.compress" => log.compress = boolean(value)?,
        "log.keep_files" => log.keep_files = files(value)?,
        "log.keep_bytes" => log.keep_bytes = Some(bytes(value)?),
        "log.keep_days" => log.keep_age = Some(days(value)?),
        "log.chain" => log.chain = boolean(value)?,
        _ => unreachable!("{key} is in the table of settings and has no field"),
    }
    Ok(())
}

fn every(text: &str) -> Result<Option<RotateEvery>, Expected> {
    match text {
        "hour" => Ok(Some(RotateEvery::Hour)),
        "day" => Ok(Some(RotateEvery::Day)),
        "never" => Ok(None),
        _ => Err(EVERY),
    }
}

fn bytes(value: &DeValue<'_>) -> Result<u64, Expected> {
    whole(value).filter(|bytes| *bytes > 0).ok_or(BYTES)
}

fn files(value: &DeValue<'_>) -> Result<usize, Expected> {
    let files = whole(value).and_then(|files| usize::try_from(files).ok());
    files.ok_or(FILES)
}

fn days(value: &DeValue<'_>) -> Result<Duration, Expected> {
    let days = whole(value).filter(|days| (1..=MAX_DAYS).contains(days));
    days.map(|days| Duration::from_hours(24 * days)).ok_or(DAYS)
}
