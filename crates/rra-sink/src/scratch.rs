//! Directories for tests of what lies on the disk.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use tempfile::{Builder, TempDir};

/// A new directory that nobody else may enter, as a journal asks for; gone with the value.
pub(crate) fn private_directory() -> TempDir {
    let private = Permissions::from_mode(0o700);
    Builder::new()
        .permissions(private)
        .tempdir()
        .expect("a writable disk")
}
