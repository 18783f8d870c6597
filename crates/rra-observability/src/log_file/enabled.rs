//! The log file through rra-sink-file.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rra_schema::Sha256;
use rra_sink::{Journal, Sink};
use rra_sink_file::{Every, FileConfig, FileSink, Note, Rotation};

use super::LogFile;
use crate::audit;
use crate::config::{LogConfig, RotateEvery};
use crate::error::Error;
use crate::stamp::Stamp;

/// Opens the file, if one is configured.
pub(crate) fn open(path: Option<&Path>, config: &LogConfig) -> Result<Option<LogFile>, Error> {
    let Some(path) = path else {
        return Ok(None);
    };
    let mut file = FileConfig::new(path);
    file.rotation = rotation(config)?;
    file.chain = config.chain;
    let sink = FileSink::open(file).map_err(Error::LogFile)?;
    let was_torn = sink.torn().is_some();
    let name = Sink::name(&sink).to_owned();
    let way = Arc::new(OnceLock::<(Arc<Stamp>, Journal)>::new());
    let sink = sink.on_note({
        let way = Arc::clone(&way);
        move |note| {
            if let Some((stamp, journal)) = way.get() {
                tell(stamp, journal, &name, &note);
            }
        }
    });
    Ok(Some(LogFile {
        sink: Box::new(sink),
        was_torn,
        tell: Box::new(move |stamp, journal| {
            // Set once: this is called once.
            let _ = way.set((stamp, journal));
        }),
    }))
}

/// How the sink rotates the file, if it is to.
fn rotation(config: &LogConfig) -> Result<Option<Rotation>, Error> {
    if config.rotate_bytes.is_none() && config.rotate_every.is_none() {
        return refuse_bounds(config).map(|()| None);
    }
    let mut rotation = Rotation::default();
    rotation.max_bytes = config.rotate_bytes;
    rotation.every = config.rotate_every.map(|every| match every {
        RotateEvery::Hour => Every::Hour,
        RotateEvery::Day => Every::Day,
    });
    rotation.compress = config.compress;
    rotation.keep_files = Some(config.keep_files);
    rotation.keep_bytes = config.keep_bytes;
    rotation.keep_age = config.keep_age;
    Ok(Some(rotation))
}

/// Refuses bounds of files that nobody makes: logrotate has its own, and whoever sets ours relies on them.
fn refuse_bounds(config: &LogConfig) -> Result<(), Error> {
    let bounds = [
        (
            "log.keep_files",
            config.keep_files != LogConfig::default().keep_files,
        ),
        ("log.keep_bytes", config.keep_bytes.is_some()),
        ("log.keep_days", config.keep_age.is_some()),
    ];
    match bounds.into_iter().find(|(_, is_set)| *is_set) {
        None => Ok(()),
        Some((set, _)) => Err(Error::SettingMissing {
            set,
            missing: "log.rotate_bytes or log.rotate_every",
        }),
    }
}

/// Puts what happened to the file into the log and the metrics. What the journal refuses is counted
/// there. A file that begins while the last lines of the service are written says so by its name
/// alone: nothing can be put behind them.
fn tell(stamp: &Stamp, journal: &Journal, sink: &str, note: &Note) {
    if journal.is_closed() && !matches!(note, Note::Lost { .. }) {
        return;
    }
    let _ = match note {
        Note::Segment {
            number,
            previous_head,
        } => {
            if let Some(handles) = stamp.metrics.pipeline().sink(sink) {
                handles.rotations().increment(1);
            }
            let head = previous_head.map(|head| Sha256::from(head.bytes()));
            audit::segment(stamp, journal, *number, head)
        }
        Note::Torn(_) => audit::torn_line(stamp, journal, sink),
        Note::Checkpoint { head, count } => {
            audit::checkpoint(stamp, journal, Sha256::from(head.bytes()), *count)
        }
        Note::Lost {
            count,
            first_seq,
            last_seq,
        } => audit::taken(stamp, journal, sink, *count, (*first_seq, *last_seq)),
        _ => Ok(()),
    };
}
