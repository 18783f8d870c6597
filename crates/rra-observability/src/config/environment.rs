//! The environment: the only reader of environment variables in the whole library.

use std::ffi::OsString;
use std::path::PathBuf;

use rra_schema::configuration::{SETTINGS, VARIABLES, Variable};

use super::nearest::edits;
use super::setting;
use super::{AccessConfig, Config};
use crate::error::Error;

/// Where `RRA_SECURITY_LOG_FILE=true` puts the log.
const DEFAULT_LOG_FILE: &str = "logs/security.log";

/// Words that look like a switch but are none of the two that are. As paths they would surprise.
const NOT_A_SWITCH: [&str; 6] = ["1", "0", "yes", "no", "on", "off"];

/// Of what is made where it is not there. `docker run --env-file` keeps quotes, and the log would be written
/// below a directory whose name is one.
const BARE: &str = "a path without blanks or quotes around it";

/// So many letters may differ in a name that was meant to be one of ours: two that changed places do.
const SLIP: usize = 2;

type Lookup<'l> = &'l dyn Fn(&str) -> Option<OsString>;

/// The environment of this process.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place of the library that reads the environment"
)]
pub(super) fn process(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The name of every variable of this process.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place of the library that reads the environment"
)]
pub(super) fn names() -> impl Iterator<Item = String> {
    let names = std::env::vars_os().map(|(name, _)| name);
    names.filter_map(|name| name.into_string().ok())
}

/// Refuses a variable whose name is a slip away from that of one of ours, which is not set, or is what one
/// would guess for a setting.
///
/// Others may have variables that begin as ours do: a name that is further away is theirs.
pub(super) fn refuse_misspelt(
    names: impl Iterator<Item = String>,
    lookup: Lookup<'_>,
) -> Result<(), Error> {
    for name in names {
        match meant(&name.to_ascii_uppercase()) {
            Some(Meant::Variable(nearest)) if nearest != name && lookup(nearest).is_none() => {
                return Err(Error::UnknownVariable { name, nearest });
            }
            // Whoever has a file may make it of such variables.
            Some(Meant::Setting(setting)) if config_file(lookup).is_none() => {
                return Err(Error::SettingAsVariable { name, setting });
            }
            _ => {}
        }
    }
    Ok(())
}

/// What somebody may have meant by a name.
enum Meant {
    Variable(&'static str),
    /// One that has no variable.
    Setting(&'static str),
}

fn meant(word: &str) -> Option<Meant> {
    // OpenTelemetry has variables that we do not read, as near to those that we do.
    let guess = word.strip_prefix("RRA_")?;
    let is_ours = |row: &&Variable| row.name.starts_with("RRA_");
    if let Some(row) = VARIABLES.iter().find(|row| row.name == word) {
        return Some(Meant::Variable(row.name));
    }
    let is_guess = |key: &str| key.replace('.', "_").eq_ignore_ascii_case(guess);
    if let Some(row) = SETTINGS.iter().find(|row| is_guess(row.key)) {
        let variable = VARIABLES.iter().find(|of| of.setting == Some(row.key));
        return Some(variable.map_or(Meant::Setting(row.key), |of| Meant::Variable(of.name)));
    }
    let mut ours = VARIABLES.iter().filter(is_ours);
    let near = ours.find(|row| edits(row.name, word) <= SLIP)?;
    Some(Meant::Variable(near.name))
}

/// The configuration file, if the environment names one.
pub(super) fn config_file(lookup: Lookup<'_>) -> Option<PathBuf> {
    path(lookup, "RRA_CONFIG_FILE")
}

/// Changes the configuration by every variable that is set.
pub(super) fn apply(config: &mut Config, lookup: Lookup<'_>) -> Result<(), Error> {
    if let Some(value) = lookup("RRA_SECURITY_LOG_FILE") {
        config.log_file = log_file(value)?;
    }
    if let Some(value) = text(lookup, "RRA_SERVICE_NAME")? {
        config.service_name = checked("RRA_SERVICE_NAME", &value, setting::name)?;
    }
    if let Some(value) = text(lookup, "RRA_ENVIRONMENT")? {
        config.environment = checked("RRA_ENVIRONMENT", &value, setting::name)?;
    }
    if let Some(value) = text(lookup, "RRA_JOURNAL_DIRECTORY")? {
        let name = "RRA_JOURNAL_DIRECTORY";
        let directory = |text: &str| bare(text).and_then(|()| setting::journal_directory(text));
        config.journal.directory = checked(name, &value, directory)?;
    }
    if let Some(value) = text(lookup, "RRA_METRICS_ADDRESS")? {
        config.metrics_address = checked("RRA_METRICS_ADDRESS", &value, setting::address)?;
    }
    apply_access(&mut config.metrics_access, lookup)?;
    if let Some(value) = text(lookup, "RRA_TLS_CERTIFICATES")? {
        let files = |value: &str| setting::certificate_files(&setting::list(value));
        config.metrics.certificate_files = checked("RRA_TLS_CERTIFICATES", &value, files)?;
    }
    if let Some(value) = text(lookup, "RRA_TRUSTED_PROXIES")? {
        config.http.trusted_proxies = setting::list(&value);
    }
    if let Some(value) = text(lookup, "RRA_PROXY_HEADER")? {
        config.http.proxy_header = checked("RRA_PROXY_HEADER", &value, setting::proxy_header)?;
    }
    config.traces.apply_environment(lookup)
}

fn apply_access(access: &mut AccessConfig, lookup: Lookup<'_>) -> Result<(), Error> {
    if let Some(value) = text(lookup, "RRA_METRICS_EVERY_INTERFACE")? {
        access.every_interface = checked("RRA_METRICS_EVERY_INTERFACE", &value, setting::switch)?;
    }
    if let Some(value) = text(lookup, "RRA_METRICS_TOKEN")? {
        let hidden = |expected| Error::Variable {
            name: "RRA_METRICS_TOKEN",
            value: "(hidden)".to_owned(),
            expected,
        };
        access.token = Some(setting::secret(&value).map_err(hidden)?);
    }
    if let Some(value) = text(lookup, "RRA_METRICS_ALLOWED")? {
        access.allowed = setting::list(&value);
    }
    if let Some(value) = path(lookup, "RRA_METRICS_TLS_CERTIFICATE") {
        access.tls_certificate = Some(value);
    }
    if let Some(value) = path(lookup, "RRA_METRICS_TLS_KEY") {
        access.tls_key = Some(value);
    }
    Ok(())
}

fn path(lookup: Lookup<'_>, name: &str) -> Option<PathBuf> {
    let value = lookup(name).filter(|path| !path.is_empty());
    value.map(PathBuf::from)
}

/// `true` in any case is the default path, `false` and nothing are no file, the rest is a path.
fn log_file(value: OsString) -> Result<Option<PathBuf>, Error> {
    let word = value.to_str().map(|text| text.trim().to_ascii_lowercase());
    match word.as_deref() {
        Some("true") => Ok(Some(DEFAULT_LOG_FILE.into())),
        Some("" | "false") => Ok(None),
        Some(word) if NOT_A_SWITCH.contains(&word) => Err(Error::Variable {
            name: "RRA_SECURITY_LOG_FILE",
            value: word.to_owned(),
            expected: "true, false or a path; a file of that name would be ./ and the name",
        }),
        _ => {
            if let Some(text) = value.to_str() {
                checked("RRA_SECURITY_LOG_FILE", text, bare)?;
            }
            Ok(Some(value.into()))
        }
    }
}

fn bare(path: &str) -> Result<(), &'static str> {
    let is_bare = path.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'') == path;
    is_bare.then_some(()).ok_or(BARE)
}

/// A variable that must be text; one that is set to nothing counts as unset.
fn text(lookup: Lookup<'_>, name: &'static str) -> Result<Option<String>, Error> {
    let Some(value) = lookup(name).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    // A token is not repeated, whole or broken.
    let text = value.into_string().map_err(|_| Error::Variable {
        name,
        value: "(not text)".to_owned(),
        expected: "text in UTF-8",
    })?;
    Ok(Some(text))
}

fn checked<T>(
    name: &'static str,
    value: &str,
    parse: impl Fn(&str) -> Result<T, &'static str>,
) -> Result<T, Error> {
    parse(value).map_err(|expected| Error::Variable {
        name,
        value: value.to_owned(),
        expected,
    })
}
