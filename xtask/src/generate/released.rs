//! What was released and never changes: one catalogue and one pair of schemas for each version.

use std::collections::BTreeMap;

use serde_json::Value;

use super::write;
use crate::check_schema::digest;
use crate::failure::Failure;
use crate::pages::Pages;
use crate::registry::Registry;

const FOLDER: &str = "docs/reference/schemas/released/";
/// The digests of the released files, in the form of `sha256sum`.
pub(crate) const DIGESTS: &str = "docs/reference/schemas/released/sha256.sums";

/// The promises of the highest version.
///
/// # Errors
/// When nothing was ever frozen, or the file is no catalogue.
pub(crate) fn latest(pages: &Pages) -> Result<Registry, Failure> {
    let catalogues = pages
        .below(FOLDER)
        .filter(|(path, _)| version(path).is_some());
    let (path, text) = catalogues
        .max_by_key(|(path, _)| version(path))
        .ok_or_else(|| {
            Failure::Broken(format!(
                "{FOLDER} has no catalogue: run `cargo xtask generate --freeze VERSION`"
            ))
        })?;
    Registry::parse(path, text)
}

/// The digest of every released file, by its path.
pub(crate) fn digests(pages: &Pages) -> BTreeMap<String, String> {
    let lines = pages.get(DIGESTS).unwrap_or_default().lines();
    lines
        .filter_map(|line| line.split_once("  "))
        .map(|(digest, path)| (path.to_owned(), digest.to_owned()))
        .collect()
}

/// What every release consists of, whether or not its digest is known.
pub(crate) fn files(pages: &Pages) -> impl Iterator<Item = String> {
    let catalogues = pages.below(FOLDER).map(|(path, _)| path.to_owned());
    let versions = catalogues.filter_map(|path| {
        let (major, minor) = version(&path)?;
        Some((format!("{major}.{minor}"), path))
    });
    versions
        .flat_map(|(version, path)| [path, schema(&version, "writer"), schema(&version, "reader")])
}

/// The reader schema of every release, by its path.
///
/// # Errors
/// When one is not JSON.
pub(crate) fn reader_schemas(pages: &Pages) -> Result<Vec<(String, Value)>, Failure> {
    digests(pages)
        .into_keys()
        .filter(|path| path.ends_with("/reader.schema.json"))
        .filter_map(|path| pages.get(&path).map(|text| (path.clone(), text)))
        .map(|(path, text)| {
            let schema = serde_json::from_str(text)
                .map_err(|error| Failure::Broken(format!("{path} is not JSON: {error}")))?;
            Ok((path, schema))
        })
        .collect()
}

/// Freezes the current promises as a release.
///
/// # Errors
/// When the version is not the current one, or is frozen already.
pub(super) fn freeze(registry: &Registry, version: &str) -> Result<(), Failure> {
    if version != registry.schema_version {
        let current = &registry.schema_version;
        return Err(Failure::Usage(format!(
            "the tables are version {current}, so {version} cannot be frozen"
        )));
    }
    let pages = Pages::load()?;
    let catalogue = format!("{FOLDER}{version}.json");
    if pages.get(&catalogue).is_some() {
        return Err(Failure::Usage(format!(
            "{version} is frozen already and never changes; raise SCHEMA_VERSION instead"
        )));
    }
    write(&catalogue, &registry.render())?;
    let pages = Pages::load()?;
    let mut digests = digests(&pages);
    for path in [
        catalogue,
        schema(version, "writer"),
        schema(version, "reader"),
    ] {
        let text = pages
            .get(&path)
            .ok_or_else(|| Failure::Broken(format!("{path} was not written")))?;
        digests.insert(path.clone(), digest(text));
    }
    let lines: Vec<String> = digests
        .iter()
        .map(|(path, digest)| format!("{digest}  {path}\n"))
        .collect();
    write(DIGESTS, &lines.concat())
}

fn schema(version: &str, role: &str) -> String {
    format!("docs/reference/schemas/security-event/{version}/{role}.schema.json")
}

/// The two numbers of `…/1.10.json`.
fn version(path: &str) -> Option<(u32, u32)> {
    let name = path.strip_prefix(FOLDER)?.strip_suffix(".json")?;
    let (major, minor) = name.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_are_compared_as_numbers() {
        let path = |name| format!("docs/reference/schemas/released/{name}.json");
        assert!(version(&path("1.10")) > version(&path("1.9")));
        assert!(version(&path("2.0")) > version(&path("1.10")));
    }
}
