//! `docs/reference/configuration.md`: every environment variable and every key of the file.

use rra_schema::configuration::SETTINGS;

use super::page::{RENDERED, code, table};
use crate::registry::{Registry, Setting, Variable};

/// The whole page.
pub(super) fn render(registry: &Registry) -> String {
    format!(
        "# Configuration\n\n{RENDERED}\n\
         What code sets wins over the environment, the environment over the file, the file over the defaults.\n\n\
         ## Environment variables\n\n\
         A name that is a slip away from one that begins with `RRA_` is an error, unless that one is set too.\n\n{}\n\
         ## Configuration file\n\n\
         TOML, at the path that `RRA_CONFIG_FILE` names. An unknown key is an error. What stands before the dot\n\
         is a section: `log.chain` is `chain` below `[log]`. [`rra.toml`](rra.toml) is a whole file to begin one's own\n\
         with: every key with its default and a comment; `Config::documented_default` gives it in Rust.\n\n{}",
        table(
            [
                "Variable",
                "Default",
                "Values",
                "Key of the file",
                "Meaning"
            ],
            registry.variables.iter().map(variable),
        ),
        table(
            ["Key", "Default", "Example", "Meaning"],
            registry.settings.iter().map(setting),
        ),
    )
}

fn variable(variable: &Variable) -> [String; 5] {
    [
        code(&variable.name),
        filled(&variable.default),
        variable.values.clone(),
        variable.setting.as_deref().map(code).unwrap_or_default(),
        variable.summary.clone(),
    ]
}

fn setting(setting: &Setting) -> [String; 4] {
    let row = SETTINGS.iter().find(|row| row.key == setting.name);
    [
        code(&setting.name),
        filled(setting.default.as_deref().unwrap_or_default()),
        filled(row.map_or("", |row| row.example)),
        setting.summary.clone(),
    ]
}

/// Nothing for nothing, else code.
fn filled(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    code(text)
}
