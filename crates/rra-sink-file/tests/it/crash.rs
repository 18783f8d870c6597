//! Power failures: what a run asked of its disk is recorded, and played to a model of a disk that
//! keeps nothing that it was not told to sync, or any sectors of 512 bytes or pages of 4 KiB of it, and
//! any changes of names.
//! In every state that a failure may leave, each event whose receipt said durable must be a whole
//! line of a file.

mod disk;
mod trace;

use std::time::SystemTime;

use crate::effort::{effort, say};
use crate::oracle::events;
use crate::victim::{Stage, Strace, Target};
use disk::Disk;
use trace::{Call, Operation};

const STATES: usize = 12;

/// What a run did, and when which receipts had arrived.
struct Run {
    calls: Vec<Call>,
    /// The time of each receipt, in seconds, and its event.
    durable: Vec<(f64, String)>,
}

/// Runs a victim with two threads traced.
fn record(group: usize, filling: usize, rotate: usize) -> Run {
    let stage = Stage::new();
    let arguments = [
        "instance=00000000000000aa".to_owned(),
        format!("events={}", group * 12),
        format!("group={group}"),
        format!("filling={filling}"),
        format!("rotate={rotate}"),
        "durable=1".to_owned(),
    ];
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut victim = stage.start(&arguments);
    assert!(victim.open());
    let how = ["-y", "-ttt", "-s", "100000", "-e", "trace=%file,%desc"];
    let traces = [Target::Lane, Target::Archive].map(|target| victim.strace(target, &how));
    victim.step();
    let ended = victim.wait();
    assert_eq!(events(&ended.told, "ended "), ["balanced 0"]);
    let text = traces.map(Strace::output).concat();
    let durable = ended
        .told
        .iter()
        .zip(&ended.times)
        .filter_map(|(word, time)| {
            let event = word.strip_prefix("reached ")?;
            let time = time.duration_since(SystemTime::UNIX_EPOCH).unwrap();
            Some((time.as_secs_f64(), event.to_owned()))
        });
    Run {
        calls: trace::parse(&text, &stage.logs()),
        durable: durable.collect(),
    }
}

impl Run {
    /// Lets the power fail before each call, in so many ways each; how many states that were, and
    /// the first event that was promised and is gone.
    fn fail_everywhere(&self, seed: u64, states: usize) -> (usize, Option<String>) {
        let mut disk = Disk::new("security.log");
        let mut random = Random(seed);
        let mut count = 0;
        for call in &self.calls {
            let promised = self.durable.iter().filter(|(time, _)| *time < call.time);
            let promised: Vec<&str> = promised.map(|(_, event)| event.as_str()).collect();
            for state in 0..states {
                let lines = disk.after_failure(state, |bound| random.below(bound));
                let gone = promised.iter().find(|event| !lines.contains(**event));
                if let Some(event) = gone {
                    return (count, Some(format!("{event} before {:?}", call.operation)));
                }
                count += 1;
            }
            disk.apply(&call.operation);
        }
        (count, None)
    }
}

#[test]
fn what_a_receipt_called_durable_survives_every_power_failure() {
    let runs = effort(6, 60);
    let mut count = 0;
    for number in 0..runs {
        let run = record(
            1 + number % 7,
            40 * (number % 11),
            2_000 + 700 * (number % 9),
        );
        assert!(
            !run.durable.is_empty() && run.calls.len() > 20,
            "too little was recorded"
        );
        for seed in 0..effort(5, 10) as u64 {
            let (states, gone) = run.fail_everywhere(seed, STATES * effort(1, 10));
            assert_eq!(gone, None, "run {number}, seed {seed}");
            count += states;
        }
    }
    say(&format!("{count} crash states of {runs} runs"));
    assert!(count > effort(10_000, 1_000_000), "only {count} states");
}

/// A run without some of its calls must lose something: otherwise the model sees nothing.
#[track_caller]
fn check_needed(is_left_out: impl Fn(&Operation) -> bool) {
    let mut run = record(3, 200, 3_000);
    run.calls.retain(|call| !is_left_out(&call.operation));
    let (_, gone) = run.fail_everywhere(1, STATES);
    assert!(gone.is_some(), "nothing was lost");
}

#[test]
fn without_its_syncs_a_run_loses_what_it_promised() {
    check_needed(|operation| matches!(operation, Operation::Sync(_)));
    check_needed(|operation| matches!(operation, Operation::SyncDirectory));
}

/// Numbers that look random and come again with the same seed (`SplitMix64`).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound.max(1) as u64).unwrap()
    }
}
