//! JSON as it is committed: indented, keys in alphabetical order whatever features the JSON library
//! was built with, a line break at the end.

use serde_json::Value;

/// The text of a value.
///
/// # Panics
/// Never: a [`Value`] has no key that JSON cannot write.
pub(crate) fn pretty(value: Value) -> String {
    let text = serde_json::to_string_pretty(&sorted(value)).expect("all keys are text");
    text + "\n"
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<(String, Value)> = map.into_iter().collect();
            pairs.sort_by(|(first, _), (second, _)| first.cmp(second));
            pairs
                .into_iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect()
        }
        Value::Array(values) => values.into_iter().map(sorted).collect(),
        other => other,
    }
}
