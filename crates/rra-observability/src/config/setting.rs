//! One setting at a time: which field a key of the configuration file means and which values it
//! takes.

mod log;
mod traces;

use std::path::PathBuf;
use std::time::Duration;

use rra_metrics::CertificateFile;
use rra_schema::{ChainId, Instance, Origin};
use rra_sink::{Builder, Overflow};
use toml::de::DeValue;

use super::{Config, JournalDirectory, ProxyHeader, Secret};

/// What a value should have been.
pub(super) type Expected = &'static str;

const NAME: Expected = "a text of 1 to 64 visible characters";
const ADDRESS: Expected = "an IP address with a port such as \"127.0.0.1:8000\", or \"off\"";
const SWITCH: Expected = "true or false";
const TOKEN: Expected = "at least 16 visible ASCII characters";
const HEADER: Expected = "\"x-forwarded-for\" or \"forwarded\"";
const DIRECTORY: Expected = "a path, \"auto\" or \"off\"";
const CERTIFICATES: Expected =
    "names, each once, with the paths of PEM files, such as public=/etc/rra/public.pem";
const CHAINS: Expected = "a list of chains in CAIP-2 form such as [\"eip155:1\"]";
const PATH: Expected = "a path in quotes";
const MILLISECONDS: Expected = "a whole number of milliseconds up to 3600000";
const JOURNAL_BYTES: Expected = "a whole number of bytes, at least 131072";

/// The longest wait that can be set: an hour.
const MAX_MILLISECONDS: u64 = 3_600_000;

/// Sets the field that the key means, or says what its value should have been.
///
/// # Panics
/// When the key is not in [`SETTINGS`](rra_schema::configuration::SETTINGS): the caller looks.
pub(super) fn assign(config: &mut Config, key: &str, value: &DeValue<'_>) -> Result<(), Expected> {
    match key {
        "service_name" => config.service_name = name(text(value, NAME)?)?,
        "environment" => config.environment = name(text(value, NAME)?)?,
        "log_file" => config.log_file = Some(path(value)?),
        "shutdown_deadline_ms" => config.shutdown_deadline = milliseconds(value)?,
        "panic_hook" => config.panic_hook = boolean(value)?,
        "journal.directory" => {
            config.journal.directory = journal_directory(text(value, DIRECTORY)?)?;
        }
        "journal.max_bytes" => config.journal.max_bytes = Some(journal_bytes(value)?),
        "journal.overflow" => config.journal.overflow = overflow(value)?,
        "journal.patience_ms" => config.journal.patience = milliseconds(value)?,
        "metrics.address" => config.metrics_address = address(text(value, ADDRESS)?)?,
        "metrics.every_interface" => config.metrics_access.every_interface = boolean(value)?,
        "metrics.token" => config.metrics_access.token = Some(secret(text(value, TOKEN)?)?),
        "metrics.allowed" => config.metrics_access.allowed = texts(value)?,
        "metrics.tls_certificate" => config.metrics_access.tls_certificate = Some(path(value)?),
        "metrics.tls_key" => config.metrics_access.tls_key = Some(path(value)?),
        "metrics.chains" => config.metrics.chains = chains(value)?,
        "metrics.tokens" => config.metrics.tokens = texts(value)?,
        "metrics.license_types" => config.metrics.license_types = texts(value)?,
        "metrics.operations" => config.metrics.operations = texts(value)?,
        "metrics.certificates" => config.metrics.certificates = texts(value)?,
        "metrics.certificate_files" => {
            let files = texts(value).map_err(|_| CERTIFICATES)?;
            config.metrics.certificate_files = certificate_files(&files)?;
        }
        "metrics.by_source" => config.metrics.by_source = boolean(value)?,
        "metrics.wallets" => config.metrics.wallets = texts(value)?,
        "http.trusted_proxies" => config.http.trusted_proxies = texts(value)?,
        "http.proxy_header" => config.http.proxy_header = proxy_header(text(value, HEADER)?)?,
        "traces.service_version" => {
            traces::assign(&mut config.traces, key, value)?;
            let version = value.as_str().unwrap_or_default();
            version.clone_into(&mut config.metrics.build.version);
        }
        key if key.starts_with("log.") => log::assign(&mut config.log, key, value)?,
        key if key.starts_with("traces.") => traces::assign(&mut config.traces, key, value)?,
        _ => unreachable!("{key} is in the table of settings and has no field"),
    }
    Ok(())
}

/// A name that an event can carry.
pub(super) fn name(text: &str) -> Result<String, Expected> {
    // An event can carry blanks, and nobody would see them.
    let carried = Origin::new(text, text, Instance::from_bits(0)).is_ok();
    let is_fit = carried && !text.trim().is_empty();
    is_fit.then(|| text.to_owned()).ok_or(NAME)
}

/// Where to listen, if anywhere.
pub(super) fn address(text: &str) -> Result<Option<std::net::SocketAddr>, Expected> {
    if text == "off" {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| ADDRESS)
}

/// Where the journal is, if anywhere.
pub(super) fn journal_directory(text: &str) -> Result<JournalDirectory, Expected> {
    match non_empty(text, DIRECTORY)? {
        "auto" => Ok(JournalDirectory::Auto),
        "off" => Ok(JournalDirectory::Off),
        path => Ok(JournalDirectory::At(path.into())),
    }
}

/// A token that cannot be guessed.
pub(super) fn secret(text: &str) -> Result<Secret, Expected> {
    let is_fit = text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_fit.then(|| Secret::new(text)).ok_or(TOKEN)
}

/// A switch in the environment.
pub(super) fn switch(text: &str) -> Result<bool, Expected> {
    text.to_ascii_lowercase().parse().map_err(|_| SWITCH)
}

/// By its name in lower case.
pub(super) fn proxy_header(text: &str) -> Result<ProxyHeader, Expected> {
    match text {
        "x-forwarded-for" => Ok(ProxyHeader::XForwardedFor),
        "forwarded" => Ok(ProxyHeader::Forwarded),
        _ => Err(HEADER),
    }
}

/// Each a name and a path.
pub(super) fn certificate_files(texts: &[String]) -> Result<Vec<CertificateFile>, Expected> {
    let mut files: Vec<CertificateFile> = Vec::new();
    for text in texts {
        let (name, path) = text.split_once('=').ok_or(CERTIFICATES)?;
        let (name, path) = (name.trim(), path.trim());
        if name.is_empty() || path.is_empty() || files.iter().any(|file| file.name == name) {
            return Err(CERTIFICATES);
        }
        files.push(CertificateFile::new(name, path));
    }
    Ok(files)
}

/// The parts between commas.
pub(super) fn list(text: &str) -> Vec<String> {
    let parts = text.split(',').map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

fn overflow(value: &DeValue<'_>) -> Result<Overflow, Expected> {
    match value.as_str() {
        Some("shed") => Ok(Overflow::Shed),
        Some("block") => Ok(Overflow::Block),
        _ => Err("\"shed\" or \"block\""),
    }
}

fn journal_bytes(value: &DeValue<'_>) -> Result<usize, Expected> {
    let bytes = whole(value).and_then(|bytes| usize::try_from(bytes).ok());
    bytes
        .filter(|bytes| *bytes >= Builder::LEAST_BYTES)
        .ok_or(JOURNAL_BYTES)
}

fn milliseconds(value: &DeValue<'_>) -> Result<Duration, Expected> {
    let milliseconds = whole(value).filter(|count| *count <= MAX_MILLISECONDS);
    milliseconds.map(Duration::from_millis).ok_or(MILLISECONDS)
}

fn boolean(value: &DeValue<'_>) -> Result<bool, Expected> {
    value.as_bool().ok_or(SWITCH)
}

fn path(value: &DeValue<'_>) -> Result<PathBuf, Expected> {
    Ok(non_empty(text(value, PATH)?, PATH)?.into())
}

fn text<'v>(value: &'v DeValue<'_>, expected: Expected) -> Result<&'v str, Expected> {
    value.as_str().ok_or(expected)
}

fn non_empty(text: &str, expected: Expected) -> Result<&str, Expected> {
    Some(text)
        .filter(|text| !text.trim().is_empty())
        .ok_or(expected)
}

/// No event has a chain in another form, so that none would be counted there.
fn chains(value: &DeValue<'_>) -> Result<Vec<String>, Expected> {
    let chains = texts(value).map_err(|_| CHAINS)?;
    let are_fit = chains.iter().all(|chain| ChainId::new(chain).is_ok());
    are_fit.then_some(chains).ok_or(CHAINS)
}

fn texts(value: &DeValue<'_>) -> Result<Vec<String>, Expected> {
    const TEXTS: Expected = "a list of texts such as [\"a\", \"b\"]";
    let list = value.as_array().ok_or(TEXTS)?.iter();
    list.map(|item| item.get_ref().as_str().map(str::to_owned).ok_or(TEXTS))
        .collect()
}

fn whole(value: &DeValue<'_>) -> Option<u64> {
    let integer = value.as_integer()?;
    u64::from_str_radix(integer.as_str(), integer.radix()).ok()
}
