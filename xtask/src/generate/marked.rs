//! Rendered parts of pages that are written by hand: the feature table and the layer picture.

use std::fs;

use serde::Deserialize;

use super::page::RENDERED;
use super::{Rendered, Subject};
use crate::failure::Failure;
use crate::pages::Pages;
use crate::render::{features, layers};
use crate::workspace::{self, Layers};

/// The page, the word of its marks, and what stands between them.
type Part = (
    &'static str,
    &'static str,
    fn() -> Result<Option<String>, Failure>,
);

const PARTS: &[Part] = &[
    ("README.md", "features", feature_table),
    ("docs/architecture.md", "layers", layer_picture),
];

/// Every page that has marks, with what should stand between them.
///
/// # Errors
/// When a manifest cannot be read, or a mark is opened and not closed.
pub(super) fn render(pages: &Pages) -> Result<Vec<Rendered>, Failure> {
    let mut rendered = Vec::new();
    for (path, word, part) in PARTS {
        let Some(page) = pages.get(path) else {
            continue;
        };
        let Some(part) = part()? else { continue };
        if let Some(text) = fill(page, word, &part)
            .map_err(|reason| Failure::Broken(format!("{path}: {reason}")))?
        {
            rendered.push(Rendered {
                subject: Subject::Marked,
                path: (*path).to_owned(),
                text,
            });
        }
    }
    Ok(rendered)
}

/// The page with `part` between the marks of this word; nothing when it has no such marks.
pub(crate) fn fill(page: &str, word: &str, part: &str) -> Result<Option<String>, String> {
    let open = format!("<!-- rendered: {word} -->\n");
    let close = "<!-- end -->";
    let Some((before, rest)) = page.split_once(&open) else {
        return Ok(None);
    };
    let (_, after) = rest
        .split_once(close)
        .ok_or_else(|| format!("the mark of {word} is not closed by {close}"))?;
    Ok(Some(format!("{before}{open}{part}{close}{after}")))
}

/// `docs/reference/features.md`, once there is a crate with features.
///
/// # Errors
/// When the manifest cannot be read.
pub(super) fn features_page() -> Result<Option<Rendered>, Failure> {
    let page = feature_table()?.map(|table| Rendered {
        subject: Subject::Marked,
        path: "docs/reference/features.md".to_owned(),
        text: format!("# Features of rra-observability\n\n{RENDERED}\n{table}"),
    });
    Ok(page)
}

fn feature_table() -> Result<Option<String>, Failure> {
    let Some(manifest) = manifest("crates/rra-observability/Cargo.toml") else {
        return Ok(None);
    };
    features::render(&manifest)
        .map(Some)
        .map_err(|error| broken(&error))
}

fn layer_picture() -> Result<Option<String>, Failure> {
    #[derive(Deserialize)]
    struct Manifest {
        workspace: Workspace,
    }
    #[derive(Deserialize)]
    struct Workspace {
        metadata: Metadata,
    }
    #[derive(Deserialize)]
    struct Metadata {
        layers: Layers,
    }
    let Some(text) = manifest("Cargo.toml") else {
        return Ok(None);
    };
    let manifest: Manifest = toml::from_str(&text).map_err(|error| broken(&error))?;
    Ok(Some(layers::render(&manifest.workspace.metadata.layers)))
}

fn manifest(path: &str) -> Option<String> {
    fs::read_to_string(workspace::root().join(path)).ok()
}

fn broken(error: &toml::de::Error) -> Failure {
    Failure::Broken(format!("a manifest cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::fill;

    const PAGE: &str = "a\n<!-- rendered: x -->\nold\n<!-- end -->\nb\n";

    #[test]
    fn what_stands_between_the_marks_is_replaced() {
        let filled = fill(PAGE, "x", "new\n")
            .expect("the marks are whole")
            .expect("the page has marks");
        assert_eq!(filled, "a\n<!-- rendered: x -->\nnew\n<!-- end -->\nb\n");
        assert_eq!(fill(&filled, "x", "new\n"), Ok(Some(filled.clone())));
    }

    #[test]
    fn a_page_without_marks_is_left_alone() {
        assert_eq!(fill(PAGE, "y", "new\n"), Ok(None));
        assert!(fill("<!-- rendered: x -->\n", "x", "new").is_err());
    }
}
