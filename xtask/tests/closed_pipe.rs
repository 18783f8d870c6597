//! What becomes of a verb when nobody reads what it prints.

use std::io::pipe;
use std::process::Command;

#[test]
fn a_verb_whose_pipe_is_closed_ends_without_a_word() {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let mut verb = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let ended = verb.arg("help").stdout(writer).output().unwrap();
    assert!(!ended.status.success());
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}
