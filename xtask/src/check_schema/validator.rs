//! A JSON Schema made ready to judge lines, with every `format` asserted.

use std::cell::RefCell;
use std::collections::HashMap;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, ValidationError, Validator};
use serde_json::Value;

use crate::failure::Failure;

/// A schema that is ready to judge.
#[derive(Debug)]
pub(crate) struct Judge {
    validator: Validator,
    /// The self-test shows the same lines to the same schema a hundred times over.
    verdicts: RefCell<HashMap<String, bool>>,
}

/// Why a line is not valid.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fault {
    /// What kind of mistake it is, such as `missing`.
    pub(crate) kind: &'static str,
    /// A JSON pointer to the place.
    pub(crate) place: String,
    /// The mistake in words, without the value: it may be a secret.
    pub(crate) says: String,
}

impl Judge {
    /// Takes a schema.
    ///
    /// # Errors
    /// When it is not valid by the meta-schema, or a pattern needs more than a regular language.
    pub(crate) fn new(schema: &Value) -> Result<Self, Failure> {
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            // This engine knows no look-ahead, so a pattern that needs it is refused here.
            .with_pattern_options(PatternOptions::regex())
            .build(schema)
            .map(|validator| Self {
                validator,
                verdicts: RefCell::default(),
            })
            .map_err(|error| Failure::Broken(format!("the schema is not valid: {error}")))
    }

    /// Whether the line is JSON with which nothing is wrong.
    pub(crate) fn accepts(&self, line: &str) -> bool {
        if let Some(verdict) = self.verdicts.borrow().get(line) {
            return *verdict;
        }
        let verdict = serde_json::from_str(line).is_ok_and(|value| self.validator.is_valid(&value));
        self.verdicts.borrow_mut().insert(line.to_owned(), verdict);
        verdict
    }

    /// Everything that is wrong with the line.
    pub(crate) fn faults(&self, line: &Value) -> Vec<Fault> {
        let mut faults: Vec<Fault> = self
            .validator
            .iter_errors(line)
            .map(|error| fault(&error))
            .collect();
        faults.sort();
        // A severity that is none is refused by the envelope and by the type: once is enough.
        faults.dedup_by(|one, other| {
            one.kind == "undefined_value" && (one.kind, &one.place) == (other.kind, &other.place)
        });
        faults
    }
}

fn fault(error: &ValidationError<'_>) -> Fault {
    Fault {
        kind: kind(error.kind()),
        place: error.instance_path().to_string(),
        says: error.masked_with("the value").to_string(),
    }
}

/// The kind in the words of a person who runs a log, not of a schema.
fn kind(kind: &ValidationErrorKind) -> &'static str {
    match kind.keyword() {
        "required" | "dependentRequired" => "missing",
        "type" => "type_mismatch",
        "enum" | "const" => "undefined_value",
        "additionalProperties" | "falseSchema" | "propertyNames" => "undefined_key",
        "maxLength" | "maxItems" | "maxProperties" | "maximum" => "above_limit",
        "minLength" | "minItems" | "minProperties" | "minimum" => "below_limit",
        "pattern" | "format" | "not" | "anyOf" => "malformed",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Judge;

    #[track_caller]
    fn check(schema: &serde_json::Value, line: &serde_json::Value, kind: &str) {
        let judge = Judge::new(schema).expect("the test's schema is valid");
        let kinds: Vec<&str> = judge.faults(line).iter().map(|fault| fault.kind).collect();
        assert_eq!(kinds, [kind]);
    }

    #[test]
    fn a_fault_is_named_for_people() {
        check(&json!({ "required": ["a"] }), &json!({}), "missing");
        check(
            &json!({ "properties": { "a": { "enum": ["b"] } } }),
            &json!({ "a": "c" }),
            "undefined_value",
        );
        check(
            &json!({ "properties": { "a": { "format": "date-time" } } }),
            &json!({ "a": "today" }),
            "malformed",
        );
    }

    #[test]
    fn a_fault_does_not_repeat_the_value() {
        let judge = Judge::new(&json!({ "type": "integer" })).expect("the schema is valid");
        let faults = judge.faults(&json!("hunter2"));
        assert!(!faults[0].says.contains("hunter2"), "{}", faults[0].says);
    }

    #[test]
    fn a_schema_that_looks_ahead_is_refused() {
        assert!(Judge::new(&json!({ "pattern": "^(?!a)" })).is_err());
        assert!(Judge::new(&json!({ "type": "text" })).is_err());
    }
}
