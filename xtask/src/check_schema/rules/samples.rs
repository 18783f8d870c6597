//! SCH003 to SCH005, RDR: the schemas, the writer and the readers agree on real lines.

use std::collections::BTreeMap;

use super::{EVENTS, Rule};
use crate::check_schema::corpus;
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;
use crate::check_schema::node::Node;
use crate::generate::Subject;

const SCHEMA: &str = "crates/rra-schema/src/json_schema.rs";
const STRICT: &str = "crates/rra-schema/src/reader/strict.rs";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "SCH003",
        says: "every event type has an example that is valid and three that are not",
        look: examples,
    },
    Rule {
        id: "SCH004",
        says: "no line with a mistake passes the strict schema or the strict reader",
        look: mistakes,
    },
    Rule {
        id: "SCH005",
        says: "every line of the writer passes the strict schema and the strict reader",
        look: written,
    },
    Rule {
        id: "RDR001",
        says: "every line of the writer passes every released reader schema",
        look: old_readers,
    },
    Rule {
        id: "RDR002",
        says: "every line of the old corpora is read, and written again as a valid line",
        look: old_corpora,
    },
];

fn examples(evidence: &Evidence, report: &mut Report) {
    evidence.compare_rendered(Subject::Examples, report);
    let judge = &evidence.judges.writer;
    let valid = count(evidence, "/valid.jsonl", |line| judge.accepts(line));
    let invalid = count(evidence, "/invalid.jsonl", |line| !judge.accepts(line));
    for event in &evidence.current.events {
        let counts = (
            valid.get(&event.name).copied(),
            invalid.get(&event.name).copied(),
        );
        if counts.0.is_none_or(|valid| valid < 1) || counts.1.is_none_or(|invalid| invalid < 3) {
            report.violation(
                EVENTS,
                format!(
                    "{} has {} valid and {} invalid examples",
                    event.name,
                    counts.0.unwrap_or(0),
                    counts.1.unwrap_or(0)
                ),
                "make the type in xtask/src/check_schema/samples.rs, then `cargo xtask generate`",
            );
        }
    }
}

/// How many lines of an example file are what they should be, by event type.
fn count(
    evidence: &Evidence,
    ending: &str,
    is_right: impl Fn(&str) -> bool,
) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let files = evidence
        .pages
        .below("docs/reference/schemas")
        .filter(|(path, _)| path.ends_with(ending));
    for line in files.flat_map(|(_, text)| text.lines()) {
        let Ok(example) = Node::parse(line) else {
            continue;
        };
        let event = example.get("event").unwrap_or(&example);
        let of = example
            .get("of")
            .or_else(|| event.get("event_type"))
            .and_then(Node::as_str);
        if let Some(of) = of.filter(|_| is_right(&event.to_string())) {
            *counts.entry(of.to_owned()).or_default() += 1;
        }
    }
    counts
}

fn mistakes(evidence: &Evidence, report: &mut Report) {
    let by_schema = |line: &str| evidence.judges.writer.accepts(line);
    let by_reader = |line: &str| rra_schema::read_strict(line).is_ok();
    for (why, types) in passed(evidence, by_schema) {
        report.violation(
            SCHEMA,
            format!("the strict schema accepts lines of {types} although {why}"),
            "make the schema tell the rule that the lines break",
        );
    }
    for (why, types) in passed(evidence, by_reader) {
        report.violation(
            STRICT,
            format!("the strict reader accepts lines of {types} although {why}"),
            "make the reader check the rule that the lines break",
        );
    }
}

/// The mistakes that somebody accepts, with the event types in question.
fn passed(evidence: &Evidence, accepts: impl Fn(&str) -> bool) -> BTreeMap<&str, String> {
    let mut passed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for mutant in evidence
        .mutants
        .iter()
        .filter(|mutant| accepts(&mutant.line))
    {
        passed
            .entry(&mutant.why)
            .or_default()
            .push(&mutant.event_type);
    }
    let summed = |types: Vec<&str>| match types.len() {
        0..=3 => types.join(", "),
        many => format!("{} and {} other types", types[0], many - 1),
    };
    passed
        .into_iter()
        .map(|(why, types)| (why, summed(types)))
        .collect()
}

fn written(evidence: &Evidence, report: &mut Report) {
    for sample in &evidence.samples {
        for problem in corpus::strict_faults(&sample.line, &evidence.judges.writer) {
            report.violation(
                SCHEMA,
                format!("a line of {} is refused: {problem}", sample.event_type),
                "make the schema, the strict reader and the writer agree",
            );
        }
    }
}

fn old_readers(evidence: &Evidence, report: &mut Report) {
    for (path, judge) in &evidence.judges.released_readers {
        for sample in &evidence.samples {
            for problem in corpus::faults(&sample.line, judge) {
                report.violation(
                    path.as_str(),
                    format!("a line of {} is refused by a released reader: {problem}", sample.event_type),
                    "write what the released readers accept, or raise the major part of SCHEMA_VERSION",
                );
            }
        }
    }
}

fn old_corpora(evidence: &Evidence, report: &mut Report) {
    let corpora = evidence.pages.ending("jsonl");
    for (path, text) in corpora.filter(|(path, _)| path.starts_with("tests/corpora/")) {
        for (at, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.is_empty())
        {
            if let Err(problem) = corpus::rewrite(line, &evidence.judges) {
                report.violation(
                    format!("{path}:{}", at + 1),
                    problem,
                    "teach crates/rra-schema/src/reader.rs to read the line; corpora are never changed",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check_schema::corpus;
    use crate::check_schema::evidence::Evidence;
    use crate::check_schema::samples;

    #[test]
    fn ten_thousand_lines_pass_every_released_reader() {
        let judges = Evidence::gather_few()
            .expect("the tables can be read")
            .judges;
        assert!(!judges.released_readers.is_empty());
        for sample in samples::random(10_000, 3) {
            for (path, judge) in &judges.released_readers {
                assert_eq!(
                    corpus::faults(&sample.line, judge),
                    [""; 0],
                    "{path}: {}",
                    sample.line
                );
            }
        }
    }
}
