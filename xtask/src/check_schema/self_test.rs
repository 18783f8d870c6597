//! `--self-test`: every rule must find the mistakes that are made for it, and no other rule may.
//!
//! A mistake changes a copy of the evidence: the tables as a developer would change them, with
//! everything rendered again, or what was released, or one committed page. The evidence it starts
//! from has no findings, so whatever a rule reports was caused by the mistake.

#![expect(
    clippy::assigning_clones,
    clippy::semicolon_if_nothing_returned,
    reason = "a mistake is one short expression"
)]

mod checklist;
mod files;
mod lines;
mod mapping;
mod operations;
mod parts;
mod promises;
mod queries;
mod seed;
mod tables;

use std::collections::BTreeSet;

use super::evidence::{Evidence, digest};
use super::finding::Weight;
use super::operations::Operations;
use super::rules;
use crate::failure::Failure;
use crate::generate;
use crate::generate::released;
use crate::registry::Registry;

/// A mistake and the one rule that must find it.
pub(super) struct Mistake {
    rule: &'static str,
    says: &'static str,
    make: fn(&mut Evidence),
}

const fn mistake(rule: &'static str, says: &'static str, make: fn(&mut Evidence)) -> Mistake {
    Mistake { rule, says, make }
}

const FAMILIES: &[&[Mistake]] = &[
    promises::MISTAKES,
    tables::MISTAKES,
    files::MISTAKES,
    lines::MISTAKES,
    mapping::MISTAKES,
    queries::MISTAKES,
    operations::MISTAKES,
    checklist::MISTAKES,
];

/// Makes every mistake and says which rules found it.
///
/// # Errors
/// [`Failure::Found`] when a mistake was missed, or found by another rule, or a rule has none.
pub(super) fn run() -> Result<(), Failure> {
    let flawless = flawless()?;
    let mut wrong = 0;
    let mistakes: Vec<&Mistake> = FAMILIES.iter().copied().flatten().collect();
    for mistake in &mistakes {
        let found = rules_that_find(&flawless, mistake);
        if found != [mistake.rule] {
            wrong += 1;
            println!(
                "{} should have found alone that {}, but found by {found:?}",
                mistake.rule, mistake.says
            );
        }
    }
    for rule in rules::all().filter(|rule| !mistakes.iter().any(|mistake| mistake.rule == rule.id))
    {
        wrong += 1;
        println!("{} has no mistake to find", rule.id);
    }
    println!(
        "self-test: {} mistakes, {} rules",
        mistakes.len(),
        rules::all().count()
    );
    if wrong == 0 {
        return Ok(());
    }
    Err(Failure::Found(format!("self-test: {wrong} to mend")))
}

fn rules_that_find(flawless: &Evidence, mistake: &Mistake) -> Vec<&'static str> {
    let mut evidence = flawless.clone();
    (mistake.make)(&mut evidence);
    let violations = rules::judge(&evidence)
        .into_iter()
        .filter(|finding| finding.weight == Weight::Violation);
    let found: BTreeSet<&'static str> = violations.map(|finding| finding.rule).collect();
    found.into_iter().collect()
}

/// Evidence without findings: everything rendered is committed, and the tables say what the release
/// does, but for their version, so that additions are allowed.
fn flawless() -> Result<Evidence, Failure> {
    let mut evidence = Evidence::gather_few()?;
    narrow(&mut evidence);
    evidence.released = evidence.current.clone();
    change(&mut evidence, |registry| {
        "1.1".clone_into(&mut registry.schema_version);
    });
    for (path, text) in [
        (files::FROZEN, "{}\n"),
        (files::FROZEN_TOO, "{ \"released\": true }\n"),
    ] {
        evidence.pages.0.insert(path.to_owned(), text.to_owned());
    }
    evidence.digests.clear();
    let released: Vec<String> = released::files(&evidence.pages).collect();
    for path in released {
        let page = evidence.pages.0.entry(path.clone());
        let digest = digest(page.or_insert_with(|| "{}\n".to_owned()));
        evidence.digests.insert(path, digest);
    }
    Ok(evidence)
}

/// Leaves out the pages that are not rendered from the tables and the event types that no mistake is about, because
/// everything is looked at a hundred times.
fn narrow(evidence: &mut Evidence) {
    const TYPES: [&str; 11] = [
        "auth.success",
        "auth.failure",
        "authz.granted",
        "authz.denied",
        "ssrf.blocked",
        "suspicious.brute_force",
        "contract.payment_received",
        "audit.gap",
        "audit.checkpoint",
        "rate_limit.exceeded",
        "config.changed",
    ];
    evidence.pages.0.clear();
    evidence.operations = Operations::default();
    evidence
        .rendered
        .retain(|rendered| rendered.subject != generate::Subject::Operations);
    let is_kept = |line: &str| {
        TYPES
            .iter()
            .any(|name| line.contains(&format!("\"{name}\"")))
    };
    evidence
        .current
        .events
        .retain(|event| TYPES.contains(&event.name.as_str()));
    for samples in [&mut evidence.samples, &mut evidence.longest] {
        samples.retain(|sample| TYPES.contains(&sample.event_type.as_str()));
    }
    evidence.longest.truncate(1);
    render_again(evidence);
    for rendered in &mut evidence.rendered {
        if rendered.subject == generate::Subject::Examples {
            let kept = rendered
                .text
                .split_inclusive('\n')
                .filter(|line| is_kept(line));
            rendered.text = kept.collect();
        }
    }
}

/// Commits what is rendered.
fn commit(evidence: &mut Evidence) {
    for rendered in &evidence.rendered {
        evidence
            .pages
            .0
            .insert(rendered.path.clone(), rendered.text.clone());
    }
}

/// Changes the tables and runs `generate`, as a developer would.
fn change(evidence: &mut Evidence, change: impl FnOnce(&mut Registry)) {
    change(&mut evidence.current);
    render_again(evidence);
    commit(evidence);
}

/// Renders what depends on the tables.
fn render_again(evidence: &mut Evidence) {
    let again = generate::of_tables(&evidence.current);
    evidence
        .rendered
        .retain(|old| !again.iter().any(|new| new.path == old.path));
    evidence.rendered.extend(again);
}

/// Changes what the tables say and what was released alike, so that nothing differs.
fn change_both(evidence: &mut Evidence, both: impl Fn(&mut Registry)) {
    both(&mut evidence.released);
    change(evidence, both);
}

#[cfg(test)]
mod tests {
    use super::{BTreeSet, FAMILIES, Weight, change, flawless, rules, run};

    #[test]
    fn every_mistake_is_found_by_exactly_its_rule() {
        assert!(FAMILIES.iter().map(|family| family.len()).sum::<usize>() >= 60);
        run().expect("every rule finds its mistakes and no other");
    }

    /// What the checker of rules and dashboards is worth; `run` shows that each is found.
    #[test]
    fn seventy_mistakes_are_about_rules_and_dashboards() {
        let mistakes = FAMILIES.iter().copied().flatten();
        let of_operators =
            mistakes.filter(|one| one.rule.starts_with("RUL") || one.rule.starts_with("DSH"));
        let says: BTreeSet<&str> = of_operators.map(|one| one.says).collect();
        assert!(says.len() >= 70, "only {} mistakes", says.len());
    }

    #[test]
    fn a_new_major_version_may_break_the_line_and_nothing_else() {
        let mut evidence = flawless().expect("the tables can be read");
        change(&mut evidence, |registry| {
            "2.0".clone_into(&mut registry.schema_version);
            registry.events.remove(0);
            registry.metrics.remove(0);
        });
        let violations = rules::judge(&evidence)
            .into_iter()
            .filter(|finding| finding.weight == Weight::Violation);
        let rules: Vec<&str> = violations.map(|finding| finding.rule).collect();
        assert_eq!(rules, ["MET001"]);
    }

    #[test]
    fn the_evidence_to_start_from_has_no_findings() {
        let findings = rules::judge(&flawless().expect("the tables can be read"));
        assert!(findings.is_empty(), "{findings:#?}");
    }
}
