//! Every call of the sink fails once, with every error that a disk can give: the service goes on,
//! nothing is lost, and nothing is there twice unless a sync failed.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::effort::{effort, say, some_of};
use crate::oracle::{Found, events, log_files};
use crate::runs::{places, run};
use crate::victim::{Ended, Stage, Target};

const ERRORS: [&str; 6] = ["ENOSPC", "EIO", "EROFS", "EDQUOT", "EFBIG", "EACCES"];
/// How soon a sink works again after a fault is over.
const RECOVERY: Duration = Duration::from_secs(2);

/// Fails one call of a thread; whether there was such a call.
fn check_fault(target: Target, call: &str, error: &str, index: usize) -> bool {
    let what = format!("{target:?}: {error} at {call} {index}");
    let stage = Stage::new();
    let inject = format!("inject={call}:error={error}:when={index}");
    let (ended, trace) = run(&stage, target, &["-e", &inject]);
    assert_eq!(ended.code, Some(0), "{what}");
    assert_eq!(events(&ended.told, "ended "), ["balanced 0"], "{what}");
    assert_eq!(events(&ended.told, "broken "), Vec::<&str>::new(), "{what}");
    assert!(
        !stage.stderr().contains("panicked"),
        "{what}: {}",
        stage.stderr()
    );
    let pause = longest_pause(&ended);
    assert!(pause < RECOVERY, "{what}: {pause:?}");
    let found = Found::in_directory(&stage.logs());
    if events(&ended.told, "rewritten ").is_empty() {
        found.check(&ended.told, 0, &what);
    } else {
        assert_eq!(
            call, "fdatasync",
            "{what}: only a failed sync may double lines"
        );
        found.check_none_lost(&ended.told, &what);
    }
    trace.contains("INJECTED")
}

fn check_faults(target: Target, short: usize) {
    check_faults_by(target, short, |call, error, index| {
        check_fault(target, call, error, index)
    });
}

/// Fails some of a thread's calls with some of the errors, or all with all of them.
fn check_faults_by(target: Target, short: usize, check: impl Fn(&str, &str, usize) -> bool) {
    // A failed close closes all the same (close(2)), and nobody asks.
    let fails = |(call, _): &(String, usize)| call != "close";
    let places: Vec<_> = places(target)
        .into_iter()
        .filter(fails)
        .flat_map(|(call, index)| ERRORS.map(|error| (call.clone(), error, index)))
        .collect();
    let all = places.len();
    let places = some_of(places, short);
    let failed = places
        .iter()
        .filter(|(call, error, index)| check(call, error, *index))
        .count();
    say(&format!(
        "{target:?}: {failed} of {all} calls failed, tried {}",
        places.len()
    ));
    assert!(failed * 2 > places.len(), "only {failed} calls failed");
}

#[test]
fn a_call_of_writing_and_rotating_that_fails_loses_and_doubles_nothing() {
    check_faults(Target::Lane, 35);
}

#[test]
fn a_call_of_compressing_that_fails_loses_and_doubles_nothing() {
    check_faults(Target::Archive, 15);
}

/// For a moment nobody can tell whether it is in use, which is no reason to wait for the next
/// rotation: the last one of a run has none behind it.
#[test]
fn an_old_file_that_could_not_be_locked_is_compressed_soon() {
    let places = places(Target::Archive);
    let locks = places.iter().filter(|(call, _)| call == "flock");
    let failed = locks.filter(|(call, index)| check_fault(Target::Archive, call, "EIO", *index));
    assert!(failed.count() > 1);
}

/// Fails one call of the open; whether there was such a call. The next process finds the log whole.
fn check_open(call: &str, error: &str, index: usize) -> bool {
    let what = format!("open: {error} at {call} {index}");
    let stage = Stage::new();
    let inject = format!("inject={call}:error={error}:when={index}");
    let (ended, trace) = run(&stage, Target::Main, &["-e", &inject]);
    assert!(
        matches!(ended.code, Some(0 | 2)),
        "{what}: {:?}",
        ended.code
    );
    let said = stage.stderr();
    // What is wrong, and behind it how to mend it.
    let is_clear = said.starts_with("victim: ") && said.contains("; ");
    assert_eq!(is_clear, ended.code == Some(2), "{what}: {said}");
    assert!(!said.contains("panicked"), "{what}: {said}");
    let recovered = stage.recover(&["instance=00000000000000bb", "events=20"]);
    assert_eq!(recovered.code, Some(0), "{what}");
    let told = [ended.told, recovered.told].concat();
    Found::in_directory(&stage.logs()).check(&told, 0, &what);
    trace.contains("INJECTED")
}

#[test]
fn an_open_that_fails_says_so_and_leaves_the_log_alone() {
    check_faults_by(Target::Main, 15, check_open);
}

/// A start on a disk that has no room for what these calls make; everything is in the log when it has.
#[track_caller]
fn check_full_start(stage: &Stage, inject: &str) -> Vec<String> {
    let inject = format!("inject={inject}");
    let (ended, trace) = run(stage, Target::Main, &["-e", &inject]);
    assert!(trace.contains("INJECTED"));
    assert_eq!(ended.code, Some(0), "{inject}: {}", stage.stderr());
    Found::in_directory(&stage.logs()).check(&ended.told, 0, &inject);
    ended.told
}

/// A ring whose place is not kept for it would show a full disk as a signal at a store. Which of them finds
/// no room does not matter: none has a file then.
#[test]
fn a_service_starts_on_a_disk_too_full_for_its_journal() {
    check_full_start(&Stage::new(), "fallocate:error=ENOSPC:when=1");
    check_full_start(&Stage::new(), "fallocate:error=EDQUOT:when=3");
}

#[test]
fn a_service_starts_on_a_disk_too_full_for_its_directories() {
    check_full_start(&Stage::new(), "mkdir,mkdirat:error=ENOSPC");
}

/// The crash that a full disk leads to leaves a torn line, and the next start no room to put it aside.
#[test]
fn a_torn_line_on_a_full_disk_is_put_aside_when_there_is_room() {
    let stage = Stage::new();
    std::fs::create_dir(stage.logs()).unwrap();
    std::fs::write(stage.log(), "{\"torn").unwrap();
    let told = check_full_start(&stage, "copy_file_range,write:error=ENOSPC:when=1");
    assert_eq!(events(&told, "torn "), ["6"]);
    let entries = std::fs::read_dir(stage.logs()).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let torn = paths.filter(|path| path.to_string_lossy().contains(".torn-"));
    let torn: Vec<_> = torn.map(|path| std::fs::read(path).unwrap()).collect();
    assert_eq!(torn, [b"{\"torn"]);
}

/// fallocate(2) is not begun again by itself after a signal, such as that of a timer.
#[test]
fn a_signal_while_the_journal_is_made_is_no_error() {
    let stage = Stage::new();
    let inject = "inject=fallocate:error=EINTR:when=1";
    let (ended, trace) = run(&stage, Target::Main, &["-e", inject]);
    assert!(trace.contains("INJECTED"));
    assert_eq!(ended.code, Some(0), "{}", stage.stderr());
    Found::in_directory(&stage.logs()).check(&ended.told, 0, "a signal");
}

/// A disk that refuses everything for a while. What is wrong is said once, however often it is tried.
fn check_outage(error: &str, text: &str) {
    let stage = Stage::new();
    let mut victim = stage.start(&["instance=00000000000000aa", "events=40", "group=10"]);
    assert!(victim.open());
    let log = stage.log().display().to_string();
    let inject = format!("inject=write,openat,open,fdatasync:error={error}");
    // Calls that have to do with the log: standard error works.
    let strace = victim.strace(Target::Lane, &["-P", &log, "-e", &inject]);
    victim.step();
    strace.wait_for_injections(3);
    let reached = |told: &[String]| events(told, "reached ").len();
    assert_eq!(reached(&victim.told()), 0, "nothing can be written");
    drop(strace);
    let start = Instant::now();
    assert!(victim.wait_for(|told| reached(told) > 0), "the victim died");
    assert!(start.elapsed() < RECOVERY, "{error}: {:?}", start.elapsed());
    let ended = victim.wait();
    assert_eq!(events(&ended.told, "ended "), ["balanced 0"]);
    Found::in_directory(&stage.logs()).check(&ended.told, 0, error);
    let said = stage.stderr();
    assert_eq!(said.lines().count(), 1, "{error}: {said}");
    assert!(
        said.starts_with("rra-sink-file: ") && said.contains(&log),
        "{said}"
    );
    assert!(said.contains(text), "{error}: {said}");
}

#[test]
fn delivery_resumes_within_two_seconds_after_the_disk_is_back() {
    let texts = [
        "No space left",
        "Input/output",
        "Read-only",
        "quota",
        "too large",
        "denied",
    ];
    for (error, text) in ERRORS.into_iter().zip(texts) {
        check_outage(error, text);
    }
}

#[test]
fn after_a_failed_sync_everything_since_the_last_good_one_is_in_a_new_file() {
    for index in 1..=effort(4, 40) {
        let stage = Stage::new();
        let run = [
            "instance=00000000000000aa",
            "events=200",
            "group=5",
            "durable=1",
        ];
        let mut victim = stage.start(&run);
        assert!(victim.open());
        let inject = format!("inject=fdatasync:error=EIO:when={index}");
        let strace = victim.strace(Target::Lane, &["-e", &inject]);
        victim.step();
        let ended = victim.wait();
        let trace = strace.output();
        assert!(!is_synced_again(&trace), "{trace}");
        let is_injected = trace.contains("INJECTED");
        // The second file could be synced, so no promise was broken.
        assert_eq!(events(&ended.told, "reached ").len(), 200);
        assert_eq!(events(&ended.told, "ended "), ["balanced 0"]);
        let aside = log_files(&stage.logs());
        let aside = aside
            .iter()
            .filter(|path| path.to_str().unwrap().contains(".unsynced-"));
        assert_eq!(aside.count(), usize::from(is_injected));
        let rewritten = events(&ended.told, "rewritten ");
        assert_eq!(rewritten.len(), usize::from(is_injected), "{rewritten:?}");
        Found::in_directory(&stage.logs()).check_none_lost(&ended.told, "failed sync");
    }
}

/// The longest time between two words of a victim: it waits for receipts, and for old files.
fn longest_pause(ended: &Ended) -> Duration {
    let pauses = ended.times.windows(2);
    let pauses = pauses.map(|times| times[1].duration_since(times[0]).unwrap_or_default());
    pauses.max().unwrap_or_default()
}

/// Whether a descriptor whose sync had failed was synced once more before it was closed.
fn is_synced_again(trace: &str) -> bool {
    let mut failed = BTreeSet::new();
    for line in trace.lines() {
        let Some((call, rest)) = line.split_once('(') else {
            continue;
        };
        let descriptor = rest.split([',', ')']).next().unwrap();
        match call {
            "close" => {
                failed.remove(descriptor);
            }
            "fsync" | "fdatasync" if failed.contains(descriptor) => return true,
            "fsync" | "fdatasync" if line.contains("INJECTED") => {
                failed.insert(descriptor.to_owned());
            }
            _ => {}
        }
    }
    false
}

/// Lets so many durable events be written to a disk that syncs nothing until so many promises are broken,
/// and the rest to one that works.
fn run_on_a_disk_that_syncs_nothing(
    stage: &Stage,
    event_count: usize,
    broken_count: usize,
) -> Ended {
    let count = format!("events={event_count}");
    let run = ["instance=00000000000000aa", &count, "group=5", "durable=1"];
    let mut victim = stage.start(&run);
    assert!(victim.open());
    let strace = victim.strace(Target::Lane, &["-e", "inject=fdatasync:error=EIO"]);
    victim.step();
    victim.wait_for(|told| events(told, "broken ").len() >= broken_count);
    drop(strace);
    let ended = victim.wait();
    Found::in_directory(&stage.logs()).check_none_lost(&ended.told, "failed syncs");
    ended
}

#[test]
fn a_promise_is_broken_when_no_file_can_be_synced() {
    let stage = Stage::new();
    let ended = run_on_a_disk_that_syncs_nothing(&stage, 20, 1);
    let said = stage.stderr();
    assert!(said.contains("cannot be synced"), "{said}");
    assert!(
        events(&ended.told, "reached ").len() >= 10,
        "{:?}",
        ended.told
    );
}

#[test]
fn a_disk_that_syncs_nothing_is_not_filled_with_copies() {
    let stage = Stage::new();
    let ended = run_on_a_disk_that_syncs_nothing(&stage, 60, 25);
    assert_eq!(events(&ended.told, "ended "), ["balanced 0"]);
    let files = log_files(&stage.logs());
    // The first of them, the last of them, and the log.
    assert!(files.len() <= 3, "{files:?}");
}
