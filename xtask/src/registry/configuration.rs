//! Environment variables and keys of the configuration file, copied out of the compiled tables.

use rra_schema::configuration::{SETTINGS, VARIABLES};

use super::{Setting, Variable};

pub(super) fn variables() -> Vec<Variable> {
    VARIABLES
        .iter()
        .map(|row| Variable {
            name: row.name.to_owned(),
            default: row.default.to_owned(),
            values: row.values.to_owned(),
            setting: row.setting.map(str::to_owned),
            since: row.since.to_owned(),
            summary: row.meaning.to_owned(),
        })
        .collect()
}

pub(super) fn settings() -> Vec<Setting> {
    SETTINGS
        .iter()
        .map(|row| Setting {
            name: row.key.to_owned(),
            default: row.default.map(str::to_owned),
            since: row.since.to_owned(),
            summary: row.meaning.to_owned(),
        })
        .collect()
}
