//! The log file through rra-sink-file.

use std::path::Path;

use rra_sink_file::{FileConfig, FileSink};

use super::LogFile;
use crate::error::Error;

/// Opens the file, if one is configured.
pub(crate) fn open(path: Option<&Path>) -> Result<Option<LogFile>, Error> {
    let Some(path) = path else {
        return Ok(None);
    };
    let sink = FileSink::open(FileConfig::new(path)).map_err(Error::LogFile)?;
    Ok(Some(LogFile {
        was_torn: sink.torn().is_some(),
        sink: Box::new(sink),
    }))
}
