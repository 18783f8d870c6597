//! ENM: word lists stay what they were, or grow where that was announced.

use super::{EVENTS, METRICS, Rule};
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;
use crate::registry::Words;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "ENM001",
        says: "no word of a list is removed or renamed",
        look: presence,
    },
    Rule {
        id: "ENM002",
        says: "a list that consumers may match word by word does not grow",
        look: growth,
    },
];

fn presence(evidence: &Evidence, report: &mut Report) {
    each_pair(evidence, |file, old, new| {
        for gone in old.values.iter().filter(|word| !new.values.contains(word)) {
            report.violation(
                file,
                format!("the word {gone} of {} is gone", old.name),
                "put the word back",
            );
        }
    });
}

fn growth(evidence: &Evidence, report: &mut Report) {
    each_pair(evidence, |file, old, new| {
        if !old.open && new.open {
            let what = format!("the list {} was closed and is open", old.name);
            report.violation(
                file,
                what,
                "close it again: consumers match every word of it",
            );
        }
        for word in new.values.iter().filter(|word| !old.values.contains(word)) {
            let what = format!("the word {word} of {} is new", old.name);
            if old.open {
                report.information(file, what);
            } else {
                report.violation(
                    file,
                    what,
                    "take the word out: the list is closed, consumers match every word of it",
                );
            }
        }
    });
}

/// Lists that both versions use. A list that is gone or new shows in the fields and labels.
fn each_pair(evidence: &Evidence, mut look: impl FnMut(&'static str, &Words, &Words)) {
    let (old, new) = (&evidence.released, &evidence.current);
    for (file, old, new) in [
        (EVENTS, &old.words, &new.words),
        (METRICS, &old.label_words, &new.label_words),
    ] {
        for old in old {
            if let Some(new) = new.iter().find(|new| new.name == old.name) {
                look(file, old, new);
            }
        }
    }
}
