//! The feature table of the README, from the `[features]` of a crate's manifest.
//!
//! The comment above a feature is its description, so a reader of the manifest and a reader of
//! the README are told the same.

use toml::{Table, Value};

/// One feature, as its manifest describes it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Feature {
    /// The word after `--features`.
    pub(crate) name: String,
    /// The comment above it, on one line; empty when there is none.
    pub(crate) summary: String,
    /// What it switches on: `dep:` crates and other features.
    pub(crate) brings: Vec<String>,
    /// Whether it is on unless a user says otherwise.
    pub(crate) is_default: bool,
}

/// The features in the order of the manifest, without `default` itself.
///
/// # Errors
/// What the TOML parser says when the text is no manifest.
pub(crate) fn read(manifest: &str) -> Result<Vec<Feature>, toml::de::Error> {
    let table: Table = manifest.parse()?;
    let no_features = Table::new();
    let entries = table
        .get("features")
        .and_then(Value::as_table)
        .unwrap_or(&no_features);
    let defaults = words(entries.get("default"));
    let mut features: Vec<Feature> = entries
        .iter()
        .filter(|(name, _)| *name != "default")
        .map(|(name, brings)| Feature {
            name: name.clone(),
            summary: String::new(),
            brings: words(Some(brings)),
            is_default: defaults.contains(name),
        })
        .collect();
    let described = descriptions(manifest);
    for feature in &mut features {
        if let Some((_, summary)) = described.iter().find(|(name, _)| *name == feature.name) {
            feature.summary.clone_from(summary);
        }
    }
    features.sort_by_key(|feature| described.iter().position(|(name, _)| *name == feature.name));
    Ok(features)
}

/// The table, with a line end after its last row.
///
/// # Errors
/// What the TOML parser says when the text is no manifest.
pub(crate) fn render(manifest: &str) -> Result<String, toml::de::Error> {
    let rows: Vec<String> = read(manifest)?.iter().map(row).collect();
    Ok(format!(
        "| Feature | Default | What it adds | Brings |\n|---|---|---|---|\n{}",
        rows.concat()
    ))
}

fn row(feature: &Feature) -> String {
    let default = if feature.is_default { "yes" } else { "" };
    let brings: Vec<String> = feature
        .brings
        .iter()
        .filter(|entry| !entry.contains('/'))
        .map(|entry| format!("`{}`", entry.trim_start_matches("dep:")))
        .collect();
    format!(
        "| `{}` | {default} | {} | {} |\n",
        feature.name,
        feature.summary,
        brings.join(", ")
    )
}

/// The entries of `name = ["..", ".."]`.
fn words(list: Option<&Value>) -> Vec<String> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Each key below `[features]` with the comment lines right above it, joined.
fn descriptions(manifest: &str) -> Vec<(String, String)> {
    let mut described = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    let section = manifest
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != "[features]")
        .skip(1)
        .take_while(|line| !line.starts_with('['));
    for line in section {
        if line.starts_with('#') {
            comment.push(line.trim_start_matches('#').trim());
        } else if let Some((name, _)) = line.split_once('=') {
            let name = name.trim().trim_matches('"').to_owned();
            described.push((name, comment.join(" ")));
            comment.clear();
        } else if line.is_empty() {
            comment.clear();
        }
    }
    described
}

#[cfg(test)]
mod tests {
    use super::{read, render};

    const MANIFEST: &str = r#"
[package]
name = "a"

[features]
default = ["file"]

# The file sink: JSON lines
# that survive logrotate.
file = ["dep:rra-sink-file", "tokio/fs"]
## Everything.
full = [
  "file",
  "bare",
]

bare = []

[dependencies]
# Not a feature.
b = "1"
"#;

    #[test]
    fn features_are_rendered_in_the_order_of_the_manifest() {
        assert_eq!(
            render(MANIFEST).expect("the manifest is TOML"),
            "| Feature | Default | What it adds | Brings |\n\
             |---|---|---|---|\n\
             | `file` | yes | The file sink: JSON lines that survive logrotate. | `rra-sink-file` |\n\
             | `full` |  | Everything. | `file`, `bare` |\n\
             | `bare` |  |  |  |\n"
        );
    }

    #[test]
    fn a_feature_without_a_comment_has_no_summary() {
        let features = read(MANIFEST).expect("the manifest is TOML");
        assert_eq!(features[2].summary, "");
        assert!(!features[2].is_default);
    }

    #[test]
    fn a_manifest_without_features_has_no_rows() {
        assert_eq!(read("[package]\n").expect("the text is TOML"), []);
    }
}
