//! Logs with a hash chain, tampered with in every way we could think of, judged by the verifier
//! and by a second one in Python that shares no code with it.

mod log;
mod second;

use rra_sink_file::{AlterationKind, LineDigest, Missing, Uncheckable, Verdict, verify};

use crate::memory_directory;
use log::Log;
use second::{Case, agree};

/// What happens to a log. Every kind is done to many logs at random places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tampering {
    None,
    FlipBit,
    DeleteLine,
    InsertLine,
    SwapLines,
    ReorderFiles,
    RewriteToTheEnd,
    CutEnd,
    CutBeginning,
    RemoveFile,
    Splice,
    ReplayInside,
    ReplayInsteadOfTheNewest,
}

use Tampering::{
    CutBeginning, CutEnd, DeleteLine, FlipBit, InsertLine, None as Untouched, RemoveFile,
    ReorderFiles, ReplayInside, ReplayInsteadOfTheNewest, RewriteToTheEnd, Splice, SwapLines,
};

const ALL: [Tampering; 13] = [
    Untouched,
    FlipBit,
    DeleteLine,
    InsertLine,
    SwapLines,
    ReorderFiles,
    RewriteToTheEnd,
    CutEnd,
    CutBeginning,
    RemoveFile,
    Splice,
    ReplayInside,
    ReplayInsteadOfTheNewest,
];
const ROUNDS: u64 = 100;

#[test]
fn with_anchors_at_both_ends_every_tampering_is_found_and_two_verifiers_agree() {
    let directory = memory_directory();
    let mut cases = Vec::new();
    for (number, tampering) in (0..ROUNDS).flat_map(|round| ALL.map(|kind| (round, kind))) {
        let mut log = Log::random(number);
        let anchors = [LineDigest::START, log.head()];
        let is_changed = log.tamper(tampering);
        let files = log.write(&directory.path().join(format!("{tampering:?}-{number}")));
        let verdict = verify(&files, &anchors).verdict;
        let is_found = verdict.exit_code() != 0;
        assert_eq!(is_found, is_changed, "{tampering:?} {number}: {verdict}");
        cases.push(Case::new(&files, &[], &verify(&files, &[]).verdict));
        cases.push(Case::new(&files, &anchors, &verdict));
    }
    agree(&cases);
}

/// Without an anchor: what the documentation of `verify` says cannot be found is not found, and
/// everything else is.
#[track_caller]
fn check_without_anchor(tampering: Tampering, is_missed: impl Fn(&Log) -> bool) {
    let directory = memory_directory();
    let mut missed = 0;
    for number in 0..ROUNDS {
        let mut log = Log::random(number);
        let is_changed = log.tamper(tampering);
        let files = log.write(&directory.path().join(number.to_string()));
        let verdict = verify(&files, &[]).verdict;
        let expected = is_changed && !is_missed(&log);
        assert_eq!(verdict.exit_code() != 0, expected, "{number}: {verdict}");
        missed += u64::from(is_changed && !expected);
    }
    let may_miss = !matches!(
        tampering,
        Untouched | SwapLines | ReorderFiles | InsertLine | Splice | ReplayInside
    );
    assert_eq!(missed > 0, may_miss, "missed {missed}");
}

#[test]
fn an_untouched_log_is_intact_in_any_order_of_its_files() {
    check_without_anchor(Untouched, |_| false);
    check_without_anchor(ReorderFiles, |_| false);
}

#[test]
fn moved_and_inserted_lines_need_no_anchor_to_be_found() {
    check_without_anchor(SwapLines, |_| false);
    check_without_anchor(InsertLine, |_| false);
    check_without_anchor(Splice, |_| false);
    check_without_anchor(ReplayInside, |_| false);
}

#[test]
fn a_changed_line_is_missed_without_an_anchor_only_if_it_is_the_last() {
    check_without_anchor(FlipBit, Log::is_changed_only_in_its_last_line);
}

#[test]
fn a_deleted_line_is_missed_without_an_anchor_only_at_an_end() {
    check_without_anchor(DeleteLine, Log::is_a_run_of_the_original);
}

#[test]
fn a_removed_file_is_missed_without_an_anchor_only_at_an_end() {
    check_without_anchor(RemoveFile, Log::is_a_run_of_the_original);
}

#[test]
fn lines_cut_off_an_end_are_missed_without_an_anchor() {
    check_without_anchor(CutBeginning, Log::is_a_run_of_the_original);
    check_without_anchor(CutEnd, Log::is_a_run_of_the_original);
    check_without_anchor(ReplayInsteadOfTheNewest, Log::is_a_run_of_the_original);
}

#[test]
fn a_rewrite_to_the_end_is_missed_without_an_anchor() {
    check_without_anchor(RewriteToTheEnd, |_| true);
}

/// Small cases with names: what is said, and that Python says the same.
#[track_caller]
fn check(files: &[Option<&[u8]>], is_expected: impl Fn(&Verdict) -> bool) {
    let directory = memory_directory();
    let mut paths = Vec::new();
    for (number, content) in files.iter().enumerate() {
        let path = directory.path().join(format!("file-{number}"));
        if let Some(content) = content {
            std::fs::write(&path, content).unwrap();
        }
        paths.push(path);
    }
    let verdict = verify(&paths, &[]).verdict;
    assert!(is_expected(&verdict), "{verdict}");
    agree(&[Case::new(&paths, &[], &verdict)]);
}

fn lines(range: std::ops::Range<usize>) -> Vec<u8> {
    log::chain(20)[range].concat()
}

#[test]
fn files_that_share_lines_are_fine_when_the_lines_are_the_same() {
    let intact = |verdict: &Verdict| matches!(verdict, Verdict::Intact);
    // A crash between the rename of a compressed file and the removal of the plain one.
    check(
        &[Some(&lines(0..9)), Some(&log::gzip(&lines(0..9)))],
        intact,
    );
    // copytruncate whose copy could not be found: lines were written again.
    check(&[Some(&lines(0..9)), Some(&lines(5..20))], intact);
    check(&[Some(&lines(0..9)), Some(&lines(0..20))], intact);
    check(
        &[Some(&lines(0..9)), Some(&lines(5..7)), Some(&lines(7..20))],
        intact,
    );
}

#[test]
fn two_files_that_go_on_differently_are_a_fork() {
    let forked = |verdict: &Verdict| matches!(verdict, Verdict::Altered(found) if found.kind == AlterationKind::Fork);
    let other = log::rewritten(&log::chain(20), 10).concat();
    check(&[Some(&lines(0..20)), Some(&other)], forked);
    let later = log::rewritten(&log::chain(20), 10)[10..].concat();
    check(
        &[Some(&lines(0..10)), Some(&lines(10..20)), Some(&later)],
        forked,
    );
    check(&[Some(&lines(0..20)), Some(&later)], forked);
}

#[test]
fn a_cut_last_line_is_fine_only_where_the_chain_goes_on() {
    let cut = |range, rest: &[u8]| [lines(range), rest.to_vec()].concat();
    check(
        &[Some(&cut(0..9, b"{\"torn")), Some(&lines(9..20))],
        |verdict| matches!(verdict, Verdict::Intact),
    );
    check(
        &[Some(&cut(0..9, b"{\"torn")), Some(&lines(4..20))],
        |verdict| matches!(verdict, Verdict::Intact),
    );
    check(&[Some(&lines(0..9)), Some(&cut(9..20, b"{"))], |verdict| {
        matches!(verdict, Verdict::Incomplete(Missing::End(_)))
    });
    let gzip = log::gzip(&lines(0..20));
    check(&[Some(&gzip[..gzip.len() - 9])], |verdict| {
        matches!(verdict, Verdict::Incomplete(Missing::End(_)))
    });
}

#[test]
fn a_damaged_compressed_file_is_altered() {
    let mut gzip = log::gzip(&lines(0..20));
    let last = gzip.len() - 6;
    gzip[last] ^= 1;
    check(
        &[Some(&gzip)],
        |verdict| matches!(verdict, Verdict::Altered(found) if found.kind == AlterationKind::Compression),
    );
}

#[test]
fn what_another_program_compressed_is_unchecked_and_not_passed_over() {
    let packed = |verdict: &Verdict| {
        let Verdict::Unchecked { cause, .. } = verdict else {
            return false;
        };
        matches!(cause, Uncheckable::Packed)
    };
    // The first bytes of zstd, xz and bzip2; no newline follows, so there is no line to miss.
    for magic in [&b"\x28\xb5\x2f\xfd"[..], b"\xfd7zXZ\0", b"BZh9"] {
        let file = [magic, &[0xaa; 100]].concat();
        check(&[Some(&lines(0..9)), Some(&file)], packed);
        check(&[Some(&file)], packed);
    }
}

#[test]
fn lines_before_the_chain_began_are_allowed_in_front_only() {
    let old = b"{\"old\":1}\n{\"old\":2}\n";
    let after = log::chain_after(LineDigest::of(b"{\"old\":2}"), 3).concat();
    let intact = |verdict: &Verdict| matches!(verdict, Verdict::Intact);
    check(&[Some(&[&old[..], &after].concat())], intact);
    check(&[Some(&after), Some(&old[..])], intact);
    check(
        &[Some(&[&after, &old[..]].concat())],
        |verdict| matches!(verdict, Verdict::Altered(found) if found.kind == AlterationKind::Unlinked),
    );
    let no_chain = |verdict: &Verdict| {
        let Verdict::Unchecked { cause, .. } = verdict else {
            return false;
        };
        matches!(cause, Uncheckable::NoChain)
    };
    check(&[Some(&lines(0..3)), Some(&old[..])], no_chain);
    check(&[Some(&old[..])], no_chain);
}

#[test]
fn what_cannot_be_read_is_unchecked_unless_something_is_altered() {
    check(&[Some(&lines(0..3)), None], |verdict| {
        verdict.exit_code() == 3
    });
    let altered = [lines(0..2), lines(3..5)].concat();
    check(&[Some(&altered), None], |verdict| verdict.exit_code() == 1);
    check(&[Some(&lines(0..2)), Some(&lines(3..5)), None], |verdict| {
        verdict.exit_code() == 3
    });
}

#[test]
fn the_first_altered_place_has_file_line_offset_and_event() {
    let directory = memory_directory();
    let path = directory.path().join("security.log");
    std::fs::write(&path, [lines(0..2), lines(3..5)].concat()).unwrap();
    let offset = lines(0..2).len();
    let said = verify(&[&path], &[]).to_string();
    let expected = format!(
        "altered: line 3 of {}, at byte {offset}, does not follow the line before it (event 00000000000000aa-4); 4 lines in the chain, from its beginning",
        path.display()
    );
    assert_eq!(said, expected);
}
