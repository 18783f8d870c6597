//! The run that is killed and starved again and again: 200 events, a few rotations.

use std::collections::BTreeMap;

use crate::victim::{Ended, Stage, Target};

pub(crate) const RUN: [&str; 4] = [
    "instance=00000000000000aa",
    "events=200",
    "group=10",
    "rotate=3000",
];

/// Runs a victim with strace on one thread; `arguments` come in with the open for the main thread,
/// and after it for the others.
pub(crate) fn run(stage: &Stage, target: Target, arguments: &[&str]) -> (Ended, String) {
    let mut victim = stage.start(&RUN);
    let is_open = target != Target::Main && victim.open();
    let strace = victim.strace(target, arguments);
    if !is_open {
        victim.step();
    }
    victim.step();
    let ended = victim.wait();
    (ended, strace.output())
}

/// Every call that a thread makes: its name, and a number from 1 for each time.
pub(crate) fn places(target: Target) -> Vec<(String, usize)> {
    let (ended, trace) = run(&Stage::new(), target, &["-e", "trace=%file,%desc"]);
    assert_eq!(ended.code, Some(0));
    let mut calls = BTreeMap::<String, usize>::new();
    for line in trace.lines() {
        let call = line.split_once('(').filter(|(name, _)| *name != "sendto");
        if let Some((name, _)) = call {
            *calls.entry(name.trim().to_owned()).or_default() += 1;
        }
    }
    let each = |(call, count): (String, usize)| (1..=count).map(move |index| (call.clone(), index));
    calls.into_iter().flat_map(each).collect()
}
