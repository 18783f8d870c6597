//! VER: what changed says so, and what was released stays as it was.

use super::Rule;
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;
use crate::generate::released::{self, DIGESTS};
use crate::registry::Registry;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "VER001",
        says: "a line whose possible content changed has another schema version",
        look: bump,
    },
    Rule {
        id: "VER002",
        says: "no released file is edited",
        look: frozen,
    },
];

fn bump(evidence: &Evidence, report: &mut Report) {
    let (old, new) = (&evidence.released, &evidence.current);
    if old.schema_version != new.schema_version {
        return;
    }
    if let Some(addition) = addition(old, new) {
        report.violation(
            "crates/rra-schema/src/lib.rs",
            format!(
                "{addition} is new and the schema version is still {}",
                new.schema_version
            ),
            "raise the minor part of SCHEMA_VERSION, then `cargo xtask generate`",
        );
    }
}

/// The first thing a line can have that it could not have before. What was taken away or changed
/// is a violation of its own, whatever the version.
fn addition(old: &Registry, new: &Registry) -> Option<String> {
    let event = new
        .events
        .iter()
        .find(|event| old.event(&event.name).is_none());
    let key = new
        .keys
        .iter()
        .find(|key| !old.keys.iter().any(|other| other.name == key.name));
    let field = new.events.iter().find_map(|event| {
        let before = old.event(&event.name)?;
        let field = event
            .fields
            .iter()
            .find(|field| before.field(&field.name).is_none())?;
        Some(format!("{} of {}", field.name, event.name))
    });
    let word = new.words.iter().find_map(|words| {
        let before = old.words(&words.name)?;
        let word = words
            .values
            .iter()
            .find(|word| before.open && !before.values.contains(word))?;
        Some(format!("{word} of {}", words.name))
    });
    event
        .map(|event| event.name.clone())
        .or_else(|| key.map(|key| key.name.clone()))
        .or(field)
        .or(word)
}

fn frozen(evidence: &Evidence, report: &mut Report) {
    // Without its digest a file could be edited, and a reader schema would be asked nothing.
    for path in released::files(&evidence.pages) {
        if !evidence.digests.contains_key(&path) {
            let what = format!("{path} was released and has no digest");
            report.violation(DIGESTS, what, format!("git checkout -- {DIGESTS}"));
        }
    }
    for (path, digest) in &evidence.digests {
        let problem = match evidence.digest_of(path) {
            None => "is gone",
            Some(found) if found != *digest => "was edited after its release",
            Some(_) => continue,
        };
        report.violation(
            path.as_str(),
            format!("{path} {problem}"),
            format!("git checkout -- {path}"),
        );
    }
}
