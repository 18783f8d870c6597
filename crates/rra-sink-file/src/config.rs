//! Where the log goes, with which permissions, and what is done with it. Reads nothing and opens
//! nothing.

use std::path::PathBuf;

use crate::rotation::Rotation;

/// Owner writes, group reads, others nothing: the log names users and addresses.
pub(crate) const FILE_MODE: u32 = 0o640;
/// The same for directories made on the way to the file.
pub(crate) const DIRECTORY_MODE: u32 = 0o750;

/// Where the log goes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileConfig {
    /// The file. A relative path is taken from the working directory at the time of the open.
    pub path: PathBuf,
    /// How the sink rotates the file; `None`, the default, leaves that to logrotate.
    pub rotation: Option<Rotation>,
    /// Whether each line carries the digest of the line before it, so that [`verify`](crate::verify)
    /// can tell whether the log was changed. Then one process at a time may write it. Default false.
    pub chain: bool,
}

impl FileConfig {
    /// A log at this path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            rotation: None,
            chain: false,
        }
    }
}
