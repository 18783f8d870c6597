//! kill -9 at every call of every thread, and at any time: with a journal that outlives the process
//! nothing that was accepted is lost, and nothing is there twice.

use std::time::{Duration, Instant};

use crate::effort::{effort, say, some_of};
use crate::oracle::{Found, events, log_files};
use crate::runs::{RUN, places, run};
use crate::victim::{Stage, Target};

/// Takes over what the run left, and ends when every old file is compressed.
const RECOVERY: [&str; 2] = ["instance=00000000000000bb", "rotate=3000"];

/// Kills at one call, recovers, and looks.
fn check_kill(target: Target, call: &str, index: usize) -> bool {
    let what = format!("{target:?} killed at {call} {index}");
    let stage = Stage::new();
    let inject = format!("inject={call}:signal=KILL:when={index}");
    let (ended, _) = run(&stage, target, &["-e", &inject]);
    assert!(
        ended.was_killed || ended.code == Some(0),
        "{what}: {:?}",
        ended.code
    );
    let recovered = stage.recover(&RECOVERY);
    assert_eq!(recovered.code, Some(0), "{what}");
    Found::in_directory(&stage.logs()).check(&ended.told, 1, &what);
    ended.was_killed
}

#[track_caller]
fn check_kills_at_calls(target: Target, short: usize) {
    let places = places(target);
    let all = places.len();
    let places = some_of(places, short);
    let killed = places
        .iter()
        .filter(|(call, index)| check_kill(target, call, *index))
        .count();
    say(&format!(
        "{target:?}: killed at {killed} of {all} calls, tried {}",
        places.len()
    ));
    // Batches are cut by time, so a run may make a few calls less than the one that was counted.
    assert!(
        killed * 2 > places.len(),
        "only {killed} of {} were killed",
        places.len()
    );
}

#[test]
fn a_kill_at_any_call_of_the_open_loses_and_doubles_nothing() {
    check_kills_at_calls(Target::Main, 12);
}

#[test]
fn a_kill_at_any_call_of_writing_and_rotating_loses_and_doubles_nothing() {
    check_kills_at_calls(Target::Lane, 40);
}

#[test]
fn a_kill_at_any_call_of_compressing_loses_and_doubles_nothing() {
    check_kills_at_calls(Target::Archive, 30);
}

/// The end that is no kill: it interrupts a compression, and does not leave one half done.
#[test]
fn a_shutdown_while_an_old_file_is_exchanged_doubles_nothing() {
    let stage = Stage::new();
    let mut victim = stage.start(&[&RUN[..], &["hurry=1"]].concat());
    assert!(victim.open());
    // The first removal is of what an earlier attempt may have left, the second of the plain file.
    let slow = "inject=unlink:delay_enter=500000:when=2";
    let strace = victim.strace(Target::Archive, &["-e", slow]);
    victim.step();
    let ended = victim.wait();
    assert_eq!(events(&ended.told, "ended "), ["balanced 0"]);
    Found::in_directory(&stage.logs()).check(&ended.told, 0, "shut down");
    assert!(strace.output().contains("DELAYED"));
    // A compression that was left off is no trouble.
    assert_eq!(stage.stderr(), "");
}

#[test]
fn a_kill_at_any_time_loses_and_doubles_nothing() {
    let kills = effort(30, 10_000);
    let mut accepted = 0;
    for number in 0..kills {
        let stage = Stage::new();
        let endless = [
            "instance=00000000000000aa",
            "events=1000000",
            "group=20",
            "rotate=20000",
        ];
        let mut victim = stage.start(&endless);
        victim.open();
        victim.step();
        // Times that look random and come again: between 0 and 30 ms.
        let wait = Duration::from_micros(number as u64 * 7_919 % 30_000);
        let start = Instant::now();
        while start.elapsed() < wait {
            std::thread::yield_now();
        }
        victim.kill();
        let ended = victim.wait();
        let recovered = stage.recover(&RECOVERY);
        assert_eq!(recovered.code, Some(0));
        // One line may be in the ring whose number was not told.
        let what = format!("killed after {wait:?}");
        Found::in_directory(&stage.logs()).check(&ended.told, 1, &what);
        accepted += events(&ended.told, "accepted ").len();
    }
    say(&format!(
        "{kills} kills at any time, {accepted} accepted events"
    ));
    assert!(accepted > kills, "too little happened before the kills");
}

#[test]
fn a_kill_at_any_time_leaves_a_whole_chain() {
    for number in 0..effort(10, 1_000) {
        let stage = Stage::new();
        let endless = [
            "instance=00000000000000aa",
            "events=1000000",
            "group=20",
            "rotate=20000",
            "chain=1",
        ];
        let mut victim = stage.start(&endless);
        victim.open();
        victim.step();
        let enough = 20 + number * 37 % 400;
        victim.wait_for(|told| told.len() > enough);
        victim.kill();
        let ended = victim.wait();
        let recovered = stage.recover(&["instance=00000000000000bb", "rotate=20000", "chain=1"]);
        assert_eq!(recovered.code, Some(0));
        Found::in_directory(&stage.logs()).check(&ended.told, 1, "with a chain");
        let files = log_files(&stage.logs());
        let found = rra_sink_file::verify(&files, &[rra_sink_file::LineDigest::START]);
        assert_eq!(found.verdict.exit_code(), 0, "{found}");
    }
}
