//! The configuration file: strict TOML, and where in it a mistake is.

use std::fs;
use std::ops::Range;
use std::path::Path;

use rra_schema::configuration::SETTINGS;
use toml::de::{DeTable, DeValue};

use super::Config;
use super::nearest::edits;
use super::setting;
use crate::error::Error;

/// Changes the configuration by what the file says.
pub(super) fn apply(config: &mut Config, path: &Path) -> Result<(), Error> {
    let text = fs::read_to_string(path).map_err(|source| Error::File {
        path: path.to_owned(),
        source,
    })?;
    apply_text(config, &text).map_err(|mistake| mistake.at(path, &text))
}

/// What is wrong and where, in bytes from the start.
pub(super) struct Mistake {
    what: String,
    span: Range<usize>,
}

pub(super) fn apply_text(config: &mut Config, text: &str) -> Result<(), Mistake> {
    let table = DeTable::parse(text).map_err(|error| Mistake {
        what: error.message().to_owned(),
        span: error.span().unwrap_or_default(),
    })?;
    apply_table(config, "", table.get_ref())
}

fn apply_table(config: &mut Config, prefix: &str, table: &DeTable<'_>) -> Result<(), Mistake> {
    for (name, value) in table {
        let key = format!("{prefix}{}", name.get_ref());
        let section = format!("{key}.");
        let is_section = SETTINGS.iter().any(|row| row.key.starts_with(&section));
        match value.get_ref() {
            DeValue::Table(inner) if is_section => apply_table(config, &section, inner)?,
            found if SETTINGS.iter().any(|row| row.key == key) => {
                setting::assign(config, &key, found).map_err(|expected| Mistake {
                    what: format!("{key} must be {expected}"),
                    span: value.span(),
                })?;
            }
            _ => {
                return Err(Mistake {
                    what: unknown(&key, is_section),
                    span: name.span(),
                });
            }
        }
    }
    Ok(())
}

fn unknown(key: &str, is_section: bool) -> String {
    if is_section {
        return format!("{key} is a section: write [{key}] and its keys below");
    }
    format!("there is no setting {key}: did you mean {}?", nearest(key))
}

/// The known key or section that needs the fewest changes; a right name in the wrong section wins.
fn nearest(key: &str) -> &'static str {
    let last = |key: &str| key.rsplit('.').next().map(str::to_owned);
    let sections = SETTINGS
        .iter()
        .filter_map(|row| Some(row.key.split_once('.')?.0));
    let known = SETTINGS.iter().map(|row| row.key).chain(sections);
    let distance = |known: &&str| {
        if last(known) == last(key) {
            0
        } else {
            edits(known, key)
        }
    };
    known.min_by_key(distance).unwrap_or_default()
}

impl Mistake {
    fn at(self, path: &Path, text: &str) -> Error {
        let before = text.get(..self.span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Error::Setting {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            what: self.what,
        }
    }
}
