//! Every feature of every crate builds alone, and so does a crate without any; and who asks for what is not
//! there is told so.
//!
//! All features together are what the other stages build.

use crate::failure::Failure;
use crate::program::{program, run};
use crate::workspace::{Package, Workspace};

/// Package, features and test programs that hold every test of a feature that is not there.
const LACKING: [(&str, &str, &str); 4] = [
    ("rra-otel", "", "--lib"),
    ("rra-observability", "", "--lib"),
    ("rra-observability", "file", "--tests"),
    ("rra-observability", "file,http,otel", "--tests"),
];

/// Lets clippy look at each selection, and names those it refuses; then runs the tests of what lacks.
pub(super) fn check() -> Result<(), Failure> {
    let refused: Vec<String> = Workspace::load()?
        .packages
        .iter()
        .flat_map(selections)
        .filter(|selection| build(selection).is_err())
        .map(|selection| selection.to_string())
        .collect();
    if !refused.is_empty() {
        return Err(Failure::Found(refused.join(", ")));
    }
    LACKING.into_iter().try_for_each(test)
}

fn test((package, features, programs): (&str, &str, &str)) -> Result<(), Failure> {
    run(program("cargo")
        .args(["test", "--quiet", "--no-default-features", programs])
        .args(["--package", package, "--features", features]))
}

/// A crate with one feature, or none.
#[derive(Debug)]
struct Selection<'a> {
    package: &'a str,
    feature: Option<&'a str>,
}

impl std::fmt::Display for Selection<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let feature = self.feature.unwrap_or("no feature");
        write!(f, "{} with {feature}", self.package)
    }
}

/// Nothing to select in a crate without features.
fn selections(package: &Package) -> Vec<Selection<'_>> {
    let alone = package
        .features
        .keys()
        .filter(|name| *name != "default")
        .map(|name| Some(name.as_str()));
    let features: Vec<Option<&str>> = alone.collect();
    if features.is_empty() {
        return Vec::new();
    }
    std::iter::once(None)
        .chain(features)
        .map(|feature| Selection {
            package: &package.name,
            feature,
        })
        .collect()
}

fn build(selection: &Selection) -> Result<(), Failure> {
    let mut cargo = program("cargo");
    cargo
        .args(["clippy", "--quiet", "--no-deps", "--no-default-features"])
        .args(["--package", selection.package]);
    if let Some(feature) = selection.feature {
        cargo.args(["--features", feature]);
    }
    run(cargo.args(["--", "--deny", "warnings"]))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Package, selections};

    fn check(features: &Value, expected: &[&str]) {
        let package: Package = serde_json::from_value(json!({ "name": "a", "features": features }))
            .expect("the test's package has the form of cargo metadata");
        let names: Vec<String> = selections(&package)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn each_feature_is_selected_alone_and_none_first() {
        check(
            &json!({ "default": ["file"], "file": [], "otel": [] }),
            &["a with no feature", "a with file", "a with otel"],
        );
    }

    #[test]
    fn a_crate_without_features_is_left_to_the_other_stages() {
        check(&json!({}), &[]);
    }
}
