//! A recording rule that is changed a little must break a test: without one of its aggregations, or
//! with another label value.

use std::fs;
use std::path::Path;

use rra_ops::prometheus::{render_rules, render_tests};
use rra_ops::recordings::{self, RecordingGroup};
use rra_ops::stories;

use crate::mutations::{other_label, without};
use crate::promtool::promtool;

#[test]
fn every_recording_rule_gives_what_it_should() {
    assert_eq!(run("as-they-are", &recordings::groups()), "");
}

#[test]
fn every_change_of_a_recording_rule_breaks_a_test() {
    let mut tried = 0;
    let mut survivors = Vec::new();
    for number in 0.. {
        let round = round(number);
        if round.is_empty() {
            break;
        }
        tried += round.len();
        survivors.extend(unnoticed(number, round));
    }
    assert!(tried >= 50, "only {tried} changes were tried");
    assert!(survivors.is_empty(), "nothing noticed: {survivors:#?}");
}

/// The change of this number of every rule that has so many: its name and its other expression.
fn round(number: usize) -> Vec<(String, String)> {
    let groups = recordings::groups();
    let rules = groups.iter().flat_map(|group| &group.recordings);
    let change = |expression: &str| {
        let sums = without("sum by (", expression).chain(without("max by (", expression));
        sums.chain(other_label(expression)).nth(number)
    };
    rules
        .filter_map(|rule| Some((rule.name.clone(), change(&rule.expression)?)))
        .collect()
}

/// Which of these changes no test noticed. One that makes a rule fail outright ends the case for the
/// others: who is left tries again.
fn unnoticed(number: usize, mut left: Vec<(String, String)>) -> Vec<(String, String)> {
    loop {
        let mut groups = recordings::groups();
        for rule in groups.iter_mut().flat_map(|group| &mut group.recordings) {
            if let Some((_, other)) = left.iter().find(|(name, _)| *name == rule.name) {
                rule.expression.clone_from(other);
            }
        }
        let failures = run(&format!("round-{number}"), &groups);
        let before = left.len();
        left.retain(|(name, _)| {
            let is_asked = failures.contains(&format!("count(({name} > "));
            !is_asked && !failures.contains(&format!("rule: {name}, "))
        });
        if left.is_empty() || left.len() == before {
            return left;
        }
    }
}

/// What does not hold of these rules; nothing when all does.
fn run(name: &str, groups: &[RecordingGroup]) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("recordings");
    fs::create_dir_all(&folder).expect("target can be written");
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::write(&path, text).expect("target can be written");
        path.to_string_lossy().into_owned()
    };
    let rules = format!("{name}.rules.yml");
    write(&rules, render_rules(groups, &[]));
    let order: Vec<String> = groups.iter().map(|group| group.name.to_owned()).collect();
    let cases = stories::of_recordings();
    let file = write(
        &format!("{name}.test.yml"),
        render_tests(&rules, &order, &cases),
    );
    promtool(&["test", "rules", &file])
        .err()
        .unwrap_or_default()
}
