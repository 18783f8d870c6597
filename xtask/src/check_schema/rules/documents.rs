//! DOC and LIC: pages say what the tables say, and their examples are true and harmless.

use super::Rule;
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;
use crate::check_schema::{addresses, blocks};
use crate::generate::Subject;
use crate::pages::has_ending;
use crate::workspace;

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
        id: "DOC004",
        says: "every link of a page within the repository leads to a file or a folder",
        look: links,
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

/// Links to other hosts are for a reader to try, and those of the page of events follow from the
/// version of the schema.
fn links(evidence: &Evidence, report: &mut Report) {
    let is_of_events = |path: &str| {
        let mut rendered = evidence.rendered.iter();
        rendered.any(|page| page.subject == Subject::Events && page.path == path)
    };
    let pages = evidence.pages.ending("md");
    for (path, page) in pages.filter(|(path, _)| !is_of_events(path)) {
        for link in page.split("](").skip(1) {
            let target = link.split([')', '#', ' ']).next().unwrap_or_default();
            let Some(target) = within(path, target) else {
                continue;
            };
            let is_page = evidence.pages.get(&target).is_some();
            if !is_page && !workspace::root().join(&target).exists() {
                let what = format!("a link leads to {target}, which is not there");
                report.violation(path, what, "name a file or a folder relative to the page");
            }
        }
    }
}

/// The place a relative link means, from the top folder.
fn within(page: &str, link: &str) -> Option<String> {
    if link.is_empty() || link.contains(':') || link.starts_with('/') {
        return None;
    }
    let mut place: Vec<&str> = page.split('/').collect();
    place.pop();
    for part in link.split('/') {
        match part {
            "." | "" => (),
            ".." => drop(place.pop()?),
            name => place.push(name),
        }
    }
    Some(place.join("/"))
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
