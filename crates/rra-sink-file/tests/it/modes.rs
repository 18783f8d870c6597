//! Who may read what the sink makes, whatever the umask, and by which calls that is said.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::oracle::log_files;
use crate::runs::{RUN, places};
use crate::victim::{Stage, Target};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// A run with rotation and compression under an umask.
#[track_caller]
fn check(umask: &str, directory_mode: u32) {
    let stage = Stage::new();
    let mut victim = stage.start_masked(umask, &RUN);
    victim.step();
    victim.step();
    assert_eq!(victim.wait().code, Some(0));
    let files = log_files(&stage.logs());
    assert!(files.len() > 2, "nothing was rotated");
    for file in files {
        assert_eq!(mode(&file), 0o640, "umask {umask}: {}", file.display());
    }
    assert_eq!(mode(&stage.logs()), directory_mode, "umask {umask}");
}

#[test]
fn the_files_of_a_log_have_one_mode_whatever_the_umask() {
    check("000", 0o750);
    check("022", 0o750);
    check("077", 0o700);
}

#[test]
fn a_mode_is_set_by_descriptor_and_never_by_path() {
    for target in [Target::Main, Target::Lane, Target::Archive] {
        let calls = places(target);
        let is_made = |name: &str| calls.iter().any(|(call, _)| call == name);
        assert!(is_made("fchmod"), "{target:?}");
        assert!(!is_made("chmod") && !is_made("fchmodat") && !is_made("fchmodat2"));
    }
}
