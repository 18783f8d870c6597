//! What cargo knows about this repository: its crates, their edges and features, the layer table.
//!
//! Asks `cargo metadata` once and keeps what it says. Judges nothing.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::failure::Failure;

/// The crates of this repository and the layers they are declared to be in.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    /// Our crates, in cargo's order.
    pub(crate) packages: Vec<Package>,
    /// The tables of the root manifest that are ours.
    pub(crate) metadata: Tables,
}

/// `[workspace.metadata]` of the root manifest.
#[derive(Debug, Deserialize)]
pub(crate) struct Tables {
    /// One row for each crate.
    pub(crate) layers: Layers,
}

/// The layer table, by the name of the crate.
pub(crate) type Layers = BTreeMap<String, Layer>;

/// Where a crate stands and which of our crates it may use.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Layer {
    /// 0 is the lowest; a crate uses only crates of lower layers.
    pub(crate) layer: u8,
    /// The crates it uses.
    pub(crate) uses: Vec<String>,
}

/// One of our crates.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) dependencies: Vec<Dependency>,
    #[serde(default)]
    pub(crate) features: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) targets: Vec<Target>,
}

/// Something cargo can build from a crate.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    /// Such as `lib`, `bin`, `test`.
    pub(crate) kind: Vec<String>,
}

/// One line of a dependency table.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `None` is an ordinary dependency; else `dev` or `build`.
    pub(crate) kind: Option<String>,
}

impl Workspace {
    /// Asks cargo.
    ///
    /// # Errors
    /// When cargo refuses a manifest, or the root manifest lacks the layer table.
    pub(crate) fn load() -> Result<Self, Failure> {
        let answer = Command::new("cargo")
            .args(["metadata", "--format-version", "1", "--no-deps"])
            .current_dir(root())
            .output()
            .map_err(|error| Failure::Broken(format!("cargo cannot be started: {error}")))?;
        if !answer.status.success() {
            let reason = String::from_utf8_lossy(&answer.stderr);
            return Err(Failure::Broken(format!("cargo metadata failed: {reason}")));
        }
        serde_json::from_slice(&answer.stdout).map_err(|error| {
            Failure::Broken(format!(
                "cargo metadata is not what was expected: {error}; does Cargo.toml have [workspace.metadata.layers]?"
            ))
        })
    }

    /// The crate of that name.
    pub(crate) fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }
}

/// The top folder of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a folder below the root")
}
