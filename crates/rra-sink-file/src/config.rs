//! Where the log goes and with which permissions. Reads nothing and opens nothing.

use std::path::PathBuf;

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
}

impl FileConfig {
    /// A log at this path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}
