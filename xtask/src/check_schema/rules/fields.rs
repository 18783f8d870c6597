//! FLD: keys of the line and of `details` stay what they were.

use super::{EVENTS, LIMITS, Rule};
use crate::check_schema::evidence::Evidence;
use crate::check_schema::finding::Report;
use crate::registry::Field;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "FLD001",
        says: "no field is removed or renamed",
        look: presence,
    },
    Rule {
        id: "FLD002",
        says: "the JSON type of a field does not change",
        look: json_type,
    },
    Rule {
        id: "FLD003",
        says: "an existing event type gets no new duty",
        look: duties,
    },
    Rule {
        id: "FLD004",
        says: "a field that was always there stays always there",
        look: reliance,
    },
    Rule {
        id: "FLD005",
        says: "no limit becomes tighter",
        look: tighter,
    },
    Rule {
        id: "FLD006",
        says: "no limit becomes wider than readers were told",
        look: wider,
    },
    Rule {
        id: "FLD007",
        says: "the form of a field does not change",
        look: form,
    },
];

fn presence(evidence: &Evidence, report: &mut Report) {
    for place in evidence.places() {
        for gone in place
            .old
            .iter()
            .filter(|old| find(place.new, &old.name).is_none())
        {
            report.violation(
                EVENTS,
                format!("{} of {} is gone", gone.name, place.name),
                "put the field back; one that is no longer set stays in the catalogue as optional",
            );
        }
        for new in place
            .new
            .iter()
            .filter(|new| !new.required && find(place.old, &new.name).is_none())
        {
            report.information(EVENTS, format!("{} of {} is new", new.name, place.name));
        }
    }
}

fn json_type(evidence: &Evidence, report: &mut Report) {
    each_pair(evidence, |place, old, new| {
        if old.json_type() != new.json_type() {
            report.violation(
                EVENTS,
                format!(
                    "{} of {place} was a JSON {} and is a {}",
                    old.name,
                    old.json_type(),
                    new.json_type()
                ),
                format!(
                    "add a field of another name instead and keep {} as it was",
                    old.name
                ),
            );
        }
    });
}

fn duties(evidence: &Evidence, report: &mut Report) {
    for place in evidence.places() {
        for new in place.new.iter().filter(|new| new.required) {
            if !find(place.old, &new.name).is_some_and(|old| old.required) {
                report.violation(
                    EVENTS,
                    format!("{} of {} has become required", new.name, place.name),
                    "make it optional, or give the event a type of its own",
                );
            }
        }
    }
}

fn reliance(evidence: &Evidence, report: &mut Report) {
    each_pair(evidence, |place, old, new| {
        if old.required && !new.required {
            report.violation(
                EVENTS,
                format!("{} of {place} was required and is optional", old.name),
                "make it required again: consumers rely on it",
            );
        }
    });
}

fn tighter(evidence: &Evidence, report: &mut Report) {
    each_pair(evidence, |place, old, new| {
        if below(new.max_chars, old.max_chars) || below(old.minimum, new.minimum) {
            report.violation(
                EVENTS,
                format!("the limit of {} of {place} has become tighter", old.name),
                format!("put the limit back to {}", bounds(old)),
            );
        }
    });
    for (name, was, is) in evidence.changed_limits() {
        if is.is_none_or(|is| is < was) {
            report.violation(
                LIMITS,
                format!("{name} was {was} and has become tighter"),
                format!("put {was} back"),
            );
        }
    }
}

fn wider(evidence: &Evidence, report: &mut Report) {
    each_pair(evidence, |place, old, new| {
        if below(old.max_chars, new.max_chars) || below(new.minimum, old.minimum) {
            report.violation(
                EVENTS,
                format!("the limit of {} of {place} has become wider", old.name),
                format!(
                    "put the limit back to {}: columns are sized by it",
                    bounds(old)
                ),
            );
        }
    });
    for (name, was, is) in evidence.changed_limits() {
        if is.is_some_and(|is| is > was) {
            report.violation(
                LIMITS,
                format!("{name} was {was} and has become wider"),
                format!("put {was} back"),
            );
        }
    }
}

fn form(evidence: &Evidence, report: &mut Report) {
    each_pair(evidence, |place, old, new| {
        let changed = old.form != new.form || old.words != new.words;
        if changed && old.json_type() == new.json_type() {
            report.violation(
                EVENTS,
                format!(
                    "{} of {place} was {} and is {}",
                    old.name,
                    described(old),
                    described(new)
                ),
                format!(
                    "add a field of another name instead and keep {} as it was",
                    old.name
                ),
            );
        }
    });
}

fn each_pair(evidence: &Evidence, mut look: impl FnMut(&str, &Field, &Field)) {
    for place in evidence.places() {
        for old in place.old {
            if let Some(new) = find(place.new, &old.name) {
                look(&place.name, old, new);
            }
        }
    }
}

fn find<'a>(fields: &'a [Field], name: &str) -> Option<&'a Field> {
    fields.iter().find(|field| field.name == name)
}

fn below(one: Option<u64>, other: Option<u64>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one < other)
}

fn bounds(field: &Field) -> String {
    let longest = field
        .max_chars
        .map(|max| format!("at most {max} characters"));
    let least = field.minimum.map(|minimum| format!("at least {minimum}"));
    longest.or(least).unwrap_or_default()
}

fn described(field: &Field) -> String {
    match &field.words {
        Some(words) => format!("one of {words}"),
        None => field.form.clone(),
    }
}
