//! SCH001, SCH002: the committed schemas are the rendered ones, and they are schemas.

use super::Rule;
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;
use crate::generate::Subject;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "SCH001",
        says: "every rendered file is committed as it is rendered",
        look: committed,
    },
    Rule {
        id: "SCH002",
        says: "every committed schema is valid by the meta-schema",
        look: valid,
    },
];

fn committed(evidence: &Evidence, report: &mut Report) {
    for subject in [
        Subject::Schemas,
        Subject::Marked,
        Subject::Operations,
        Subject::Rules,
    ] {
        evidence.compare_rendered(subject, report);
    }
}

fn valid(evidence: &Evidence, report: &mut Report) {
    let schemas = evidence
        .pages
        .below("docs/")
        .filter(|(path, _)| path.ends_with(".schema.json"));
    for (path, text) in schemas {
        if let Some(reason) = evidence.judges.schema_fault(text) {
            report.violation(path, reason, "cargo xtask generate");
        }
    }
}
