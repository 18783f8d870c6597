//! DOC and LIC: pages say what the tables say, and their examples are true and harmless.

use super::Rule;
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;
use crate::check_schema::{addresses, blocks};
use crate::generate::Subject;
use crate::pages::has_ending;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "DOC001",
        says: "the page of event types is the one the table gives",
        look: events,
    },
    Rule {
        id: "DOC002",
        says: "the page of metrics is the one the table gives",
        look: metrics,
    },
    Rule {
        id: "DOC003",
        says: "every JSON or TOML block in a page parses, and every event in one is valid",
        look: json_blocks,
    },
    Rule {
        id: "LIC001",
        says: "examples use addresses that are reserved for documentation",
        look: example_addresses,
    },
];

fn events(evidence: &Evidence, report: &mut Report) {
    evidence.compare_rendered(Subject::Events, report);
}

fn metrics(evidence: &Evidence, report: &mut Report) {
    evidence.compare_rendered(Subject::Metrics, report);
}

fn json_blocks(evidence: &Evidence, report: &mut Report) {
    for (path, text) in evidence.pages.ending("md") {
        for block in blocks::of(text) {
            for fault in blocks::faults(&block, &evidence.judges) {
                report.violation(
                    format!("{path}:{}", block.line),
                    fault,
                    "mend the example, or mark the block as plain text if it is not meant to be JSON",
                );
            }
        }
    }
}

/// Pages and lines. What is rendered for programs only names things.
fn examples(evidence: &Evidence) -> impl Iterator<Item = (&str, &str)> {
    evidence
        .pages
        .below("")
        .filter(|(path, _)| !has_ending(path, "json"))
}

fn example_addresses(evidence: &Evidence, report: &mut Report) {
    for (path, text) in examples(evidence) {
        for (line, address) in addresses::foreign(text) {
            report.violation(
                format!("{path}:{line}"),
                format!("{address} may belong to somebody"),
                "use 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 or 2001:db8::/32",
            );
        }
    }
}
