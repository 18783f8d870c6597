//! A forked child has the journal and none of its threads.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::Mutex;

use super::*;

/// Does it in a forked child that has called no `exec` yet; whether it was true there.
fn in_child(work: impl Fn() -> bool + Send + Sync + 'static) -> bool {
    let mut command = Command::new("true");
    #[expect(unsafe_code, reason = "the one way to a fork in the standard library")]
    // SAFETY: the C library that we test with keeps its allocator usable in a forked child.
    unsafe {
        command.pre_exec(move || work().then_some(()).ok_or(io::ErrorKind::Other.into()));
    }
    command.status().is_ok_and(|status| status.success())
}

#[test]
fn a_forked_child_is_refused_and_waits_for_nothing() {
    let (journal, mut lane, captured) = by_hand(Journal::builder(), &[]);
    journal.append(Severity::Info, line).unwrap();
    let child = journal.clone();
    // At the fork a lane is at its account and another thread appends.
    let locks = (
        journal.shared.lane(0).account(),
        journal.shared.rings[0].lock(),
    );
    let is_quick = in_child(move || {
        let refused = child.append(Severity::Critical, line).unwrap_err();
        child.report_gaps();
        let is_late = child.flush(LONG).is_err();
        let report = child.shutdown(LONG);
        let is_empty = report.accepted == 0 && report.sinks.is_empty() && child.health().is_empty();
        refused.reason == Reason::Forked && is_late && is_empty
    });
    drop(locks);
    assert!(is_quick);
    drain(&mut lane);
    captured.assert_unbroken(1);
    assert_eq!(journal.report().refused.total(), 0);
}

#[test]
fn a_child_that_drops_the_journal_takes_no_file_from_its_parent() {
    let directory = private_directory();
    let path = directory.path().to_owned();
    let builder = Journal::builder().directory(&path).max_bytes(SMALL);
    let (journal, lane, _) = by_hand(builder, &[]);
    let inherited = Mutex::new(Some((journal, lane)));
    let files = move || std::fs::read_dir(&path).unwrap().count();
    let before = files();
    assert!(before > 1);
    assert!(in_child(move || {
        drop(inherited.lock().unwrap().take());
        files() == before
    }));
}
