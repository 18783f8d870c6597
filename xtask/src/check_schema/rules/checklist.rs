//! DOC, from 5 on: the page that an operator starts from leads to what does the work, and claims
//! nothing that no test holds.

use std::collections::BTreeSet;
use std::fs;

use rra_schema::configuration::VARIABLES;

use super::Rule;
use crate::VERBS;
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;
use crate::test;
use crate::workspace::root;

/// The page.
pub(in crate::check_schema) const PAGE: &str = "docs/ops/README.md";
/// What a folder and its row say when no program has judged it.
const NOT_EXECUTED: &str = "eviewed, not executed";
/// The boxes of the guide's checklist.
const BOXES: usize = 10;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "DOC005",
        says: "each of the ten boxes of the operators' checklist leads to a file or a command of ours",
        look: boxes,
    },
    Rule {
        id: "DOC006",
        says: "each folder for operators names the test that proves it, or says that none does",
        look: proofs,
    },
];

fn boxes(evidence: &Evidence, report: &mut Report) {
    let Some(page) = evidence.pages.get(PAGE) else {
        return;
    };
    let list = page.split("\n| ").next().unwrap_or_default();
    let boxes: Vec<&str> = list.split("\n- [ ] ").skip(1).collect();
    if boxes.len() != BOXES {
        let what = format!("{} boxes, and the guide has {BOXES}", boxes.len());
        report.violation(PAGE, what, "one box for each of the guide");
    }
    for entry in boxes {
        let title = entry.split(':').next().unwrap_or_default();
        let mut leads = entry.split("](").skip(1).any(is_to_a_file);
        for span in spans(entry) {
            match judge(span) {
                Ok(is_command) => leads |= is_command,
                Err(why) => {
                    let what = format!("{title}: `{span}`: {why}");
                    report.violation(PAGE, what, "name what is there");
                }
            }
        }
        if !leads {
            let what = format!("{title}: leads nowhere");
            report.violation(
                PAGE,
                what,
                "link a file, or name a command of `cargo xtask`",
            );
        }
    }
}

/// Whether the rest of a link begins with the way to a file; a folder is not yet what does the work.
fn is_to_a_file(rest: &str) -> bool {
    let target = rest.split(')').next().unwrap_or_default();
    root().join("docs/ops").join(target).is_file()
}

/// The words in code that are not the text of a link.
fn spans(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split('`').collect::<Vec<_>>();
    let words = parts.iter().enumerate().skip(1).step_by(2);
    let is_alone = |(index, _): &(usize, &&str)| !parts[index + 1].starts_with("](");
    words
        .filter(is_alone)
        .map(|(_, word)| *word)
        .collect::<Vec<_>>()
        .into_iter()
}

/// Whether it is a command; a setting and an alert are known, and lead nowhere.
fn judge(span: &str) -> Result<bool, &'static str> {
    if let Some(command) = span.strip_prefix("cargo xtask ") {
        let mut words = command.split(' ');
        let verb = words.next().unwrap_or_default();
        let verb = VERBS.iter().find(|known| known.name == verb);
        let verb = verb.ok_or("there is no such verb")?;
        return match words.find(|word| !verb.summary.contains(*word)) {
            Some(_) => Err("the verb has no such option"),
            None => Ok(true),
        };
    }
    let name = span.split('=').next().unwrap_or_default();
    let is_setting = VARIABLES.iter().any(|variable| variable.name == name);
    let alerts = rra_ops::alerts::groups();
    let mut alerts = alerts.iter().flat_map(|group| &group.alerts);
    if is_setting || alerts.any(|alert| alert.name == span) {
        return Ok(false);
    }
    Err("is no command, setting or alert of ours")
}

/// A row is `| folders | what was done | tests |`.
fn proofs(evidence: &Evidence, report: &mut Report) {
    let Some(page) = evidence.pages.get(PAGE) else {
        return;
    };
    let mut told = BTreeSet::new();
    for row in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [folders, claim, tests] = cells.as_slice() else {
            report.violation(PAGE, format!("{row} has not three cells"), "add the tests");
            continue;
        };
        let tests: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        for folder in folders.split('`').skip(1).step_by(2) {
            told.insert(folder.trim_end_matches('/').to_owned());
            let readme = format!("docs/ops/{folder}README.md");
            let readme = fs::read_to_string(root().join(readme)).unwrap_or_default();
            let is_admitted = claim.contains(NOT_EXECUTED) && readme.contains(NOT_EXECUTED);
            if tests.is_empty() && !is_admitted {
                let what = format!("nothing proves {folder}");
                let mend = "name its test, or say here and in its README: reviewed, not executed";
                report.violation(PAGE, what, mend);
            }
        }
        for test in tests.iter().filter(|test| !is_there(test)) {
            let what = format!("there is no test {test}");
            report.violation(PAGE, what, "write FILE::FUNCTION, or the name of a stage");
        }
    }
    for folder in folders().difference(&told) {
        let what = format!("nothing is said of {folder}/");
        report.violation(PAGE, what, "give it a row");
    }
}

/// A stage of `cargo xtask test`, or a test function in a file below one of the two folders.
fn is_there(test: &str) -> bool {
    let Some((file, function)) = test.split_once("::") else {
        return test::has_stage(test);
    };
    let folders = ["crates/rra-ops/tests/it", "tests/end_to_end"];
    folders.iter().any(|folder| {
        let path = root().join(folder).join(file).with_extension("rs");
        let source = fs::read_to_string(path).unwrap_or_default();
        source.contains(&format!("#[test]\nfn {function}()"))
    })
}

fn folders() -> BTreeSet<String> {
    let files = rra_ops::files();
    let below = files
        .iter()
        .filter_map(|file| file.path.strip_prefix("docs/ops/"));
    let folders = below.filter_map(|path| path.split_once('/'));
    folders.map(|(folder, _)| folder.to_owned()).collect()
}
