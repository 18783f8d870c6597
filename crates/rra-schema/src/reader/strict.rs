//! The written format by the letter: what the writer schema says, and the key order, which a
//! schema cannot say.

mod bounds;
mod spelling;

use super::event::ReadEvent;
use super::members;
use crate::error::Error;
use crate::events;
use crate::events::custom::CustomName;
use crate::json::Json;
use crate::limits;
use crate::severity::Severity;
use crate::spec::{EventSpec, FieldKind, Outcome, Presence};
use crate::values::{
    EventId, SpanId, Timestamp, TraceId, is_chain_id, is_decimal, is_plain_id, is_sha256, is_tag,
    is_token_id, is_transaction_hash,
};
use crate::writer::{KEYS, is_hidden, is_origin_name};

/// Keys that every line has.
const REQUIRED: [&str; 8] = [
    "timestamp",
    "service",
    "environment",
    "event_type",
    "severity",
    "message",
    "schema_version",
    "event_id",
];

/// Reads one line and refuses it where the writer could not have made it.
///
/// # Errors
/// [`Error::NotAnEvent`] when it is no JSON object, [`Error::Missing`] and [`Error::Strict`] with
/// the field and the rule it breaks.
pub fn read_strict(line: &str) -> Result<ReadEvent, Error> {
    let line = line.strip_suffix('\n').unwrap_or(line);
    if line.len() >= limits::LINE_BYTES_MAX {
        return Err(broken("line", "a line has at most 64 KiB"));
    }
    if line.chars().any(is_hidden) {
        return Err(broken(
            "line",
            "control, zero-width and direction-changing characters are escaped",
        ));
    }
    let members = members(line)?;
    if !spelling::is_ours(line, &members) {
        let rule = "no spaces between values, and each character as the writer spells it";
        return Err(broken("line", rule));
    }
    check_keys(&members)?;
    let line = Checked { members: &members };
    line.check_envelope()?;
    line.check_additions()?;
    line.check_details()?;
    ReadEvent::from_members(members)
}

fn check_keys(members: &[(String, Json)]) -> Result<(), Error> {
    let mut last = None;
    for (key, _) in members {
        let Some(at) = KEYS.iter().position(|known| known == key) else {
            return Err(broken(key, "it is no key of the format"));
        };
        if last.is_some_and(|last| at <= last) {
            return Err(broken(
                key,
                "each key stands once, in the order of the format",
            ));
        }
        last = Some(at);
    }
    Ok(())
}

struct Checked<'m> {
    members: &'m [(String, Json)],
}

impl Checked<'_> {
    fn get(&self, key: &str) -> Option<&Json> {
        self.members
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    fn text(&self, key: &str) -> &str {
        self.get(key).and_then(Json::as_str).unwrap_or_default()
    }

    fn event_type(&self) -> &str {
        self.text("event_type")
    }

    fn spec(&self) -> Option<&'static EventSpec> {
        events::find(self.event_type())
    }

    fn is_imported(&self) -> bool {
        self.get("imported").is_some()
    }

    fn check_text(
        &self,
        key: &str,
        rule: &'static str,
        fits: impl Fn(&str) -> bool,
    ) -> Result<(), Error> {
        match self.get(key) {
            Some(value) if !value.as_str().is_some_and(fits) => Err(broken(key, rule)),
            _ => Ok(()),
        }
    }

    /// The keys of the contract, `details` apart.
    fn check_envelope(&self) -> Result<(), Error> {
        if let Some(key) = REQUIRED.iter().find(|key| self.get(key).is_none()) {
            return Err(Error::missing(self.event_type(), key));
        }
        self.check_text(
            "timestamp",
            "UTC with three fraction digits and Z",
            is_written_time,
        )?;
        self.check_text("service", "1 to 64 visible characters", is_origin_name)?;
        self.check_text("environment", "1 to 64 visible characters", is_origin_name)?;
        self.check_text(
            "event_type",
            "a type of the catalogue or x.<vendor>.<name>",
            |name| {
                self.spec().is_some()
                    || CustomName::fits(name)
                    || (self.is_imported() && is_plain_id(name))
            },
        )?;
        self.check_severity()?;
        self.check_text("message", "1 to 1024 characters", |text| {
            !text.is_empty() && text.chars().count() <= limits::MESSAGE_CHARS
        })?;
        self.check_text(
            "source_ip",
            "an IPv4 or IPv6 address in its shortest form",
            is_written_address,
        )?;
        for key in ["user_id", "agent_id", "request_id"] {
            self.check_text(key, "1 to 128 visible characters", is_plain_id)?;
        }
        self.check_tags()
    }

    fn check_severity(&self) -> Result<(), Error> {
        let severity: Option<Severity> = self.text("severity").parse().ok();
        let least = self
            .spec()
            .filter(|_| !self.is_imported())
            .map(|row| row.severity);
        match severity {
            None => Err(broken(
                "severity",
                "debug, info, warning, error or critical",
            )),
            Some(severity) if least.is_some_and(|least| severity < least) => Err(broken(
                "severity",
                "an event is never less severe than its type",
            )),
            Some(_) => Ok(()),
        }
    }

    fn check_tags(&self) -> Result<(), Error> {
        const RULE: &str = "1 to 16 different words";
        let Some(value) = self.get("tags") else {
            return Ok(());
        };
        let Json::List(tags) = value else {
            return Err(broken("tags", RULE));
        };
        let fits = |tag: &Json| {
            tag.as_str().is_some_and(|word| {
                if self.is_imported() {
                    is_plain_id(word)
                } else {
                    is_tag(word.as_bytes())
                }
            })
        };
        let is_unique = tags
            .iter()
            .enumerate()
            .all(|(at, tag)| !tags[..at].contains(tag));
        let fits = (1..=limits::TAGS).contains(&tags.len()) && is_unique && tags.iter().all(fits);
        if fits {
            Ok(())
        } else {
            Err(broken("tags", RULE))
        }
    }

    /// What we add after `tags`.
    fn check_additions(&self) -> Result<(), Error> {
        self.check_text(
            "schema_version",
            "1 and a minor number, such as 1.0",
            is_schema_version,
        )?;
        self.check_text(
            "event_id",
            "16 hexadecimal digits, a hyphen and a number",
            |id| id.parse::<EventId>().is_ok(),
        )?;
        self.check_text("trace_id", "32 hexadecimal digits, not all zero", |id| {
            id.parse::<TraceId>().is_ok()
        })?;
        self.check_text("span_id", "16 hexadecimal digits, not all zero", |id| {
            id.parse::<SpanId>().is_ok()
        })?;
        if self.get("trace_id").is_some() != self.get("span_id").is_some() {
            return Err(broken("span_id", "a span and its trace stand together"));
        }
        self.check_text("prev", "64 hexadecimal digits", is_sha256)?;
        self.check_outcome()?;
        self.check_truncated()?;
        match self.get("imported") {
            None if self.get("original_timestamp").is_some() => Err(broken(
                "original_timestamp",
                "only imported events have one",
            )),
            Some(value) if *value != Json::Boolean(true) => {
                Err(broken("imported", "true, or left out"))
            }
            _ => self.check_text(
                "original_timestamp",
                "1 to 64 visible characters",
                is_origin_name,
            ),
        }
    }

    fn check_outcome(&self) -> Result<(), Error> {
        let expected = self.spec().map_or(Outcome::Unknown, |row| row.outcome);
        let fits = match self.get("outcome") {
            None => expected == Outcome::Unknown,
            Some(value) => {
                expected != Outcome::Unknown && value.as_str() == Some(expected.as_str())
            }
        };
        if fits {
            Ok(())
        } else {
            Err(broken(
                "outcome",
                "the outcome of the event's type, left out where that is unknown",
            ))
        }
    }

    fn check_truncated(&self) -> Result<(), Error> {
        const RULE: &str =
            "1 to 16 different JSON pointers of one line each, or * for those beyond";
        let Some(value) = self.get("truncated") else {
            return Ok(());
        };
        let Json::List(paths) = value else {
            return Err(broken("truncated", RULE));
        };
        let fits = |path: &Json| {
            path.as_str()
                .is_some_and(|path| path == "*" || (path.starts_with('/') && !path.contains('\n')))
        };
        let is_unique = (paths.iter().enumerate()).all(|(at, path)| !paths[..at].contains(path));
        let is_in_bounds = (1..=limits::TRUNCATED_PATHS).contains(&paths.len());
        let fits = is_in_bounds && is_unique && paths.iter().all(fits);
        if fits {
            Ok(())
        } else {
            Err(broken("truncated", RULE))
        }
    }

    fn check_details(&self) -> Result<(), Error> {
        let details = match self.get("details") {
            None => &[],
            Some(Json::Map(details)) if !details.is_empty() => details.as_slice(),
            Some(_) => return Err(broken("details", "an object with at least one key")),
        };
        if details.len() > limits::DETAILS_KEYS {
            return Err(broken("details", "at most 32 keys"));
        }
        for (at, (key, value)) in details.iter().enumerate() {
            if details[..at].iter().any(|(earlier, _)| earlier == key) {
                return Err(broken(&format!("details.{key}"), "each key stands once"));
            }
            if !bounds::fits_member(key, value) {
                return Err(broken(
                    &format!("details.{key}"),
                    "within the bounds of details, and left out where there is nothing to say",
                ));
            }
        }
        match self.spec() {
            Some(spec) if !self.is_imported() => {
                check_fields(spec, details, self.get("truncated").is_some())
            }
            _ => Ok(()),
        }
    }
}

/// A line that had to be cut may lack what did not fit.
fn check_fields(spec: &EventSpec, details: &[(String, Json)], is_cut: bool) -> Result<(), Error> {
    for field in spec.fields {
        let value = details
            .iter()
            .find(|(key, _)| key == field.name)
            .map(|(_, value)| value);
        let path = || format!("details.{}", field.name);
        match value {
            Some(value) if !fits_kind(value, field.kind) => {
                return Err(broken(&path(), "a value of the field's kind"));
            }
            None if field.presence == Presence::Required && !is_cut => {
                return Err(Error::missing(spec.name, &path()));
            }
            _ => {}
        }
    }
    Ok(())
}

fn fits_kind(value: &Json, kind: FieldKind) -> bool {
    let text = |fits: &dyn Fn(&str) -> bool| value.as_str().is_some_and(fits);
    let chars = |text: &str, max: usize| (1..=max).contains(&text.chars().count());
    match kind {
        FieldKind::Text { max_chars } => text(&|t| chars(t, max_chars)),
        FieldKind::Identifier { max_chars } => {
            text(&|t| chars(t, max_chars) && !t.chars().any(is_hidden))
        }
        FieldKind::Url { max_chars } => text(&|t| {
            chars(t, max_chars) && !t.contains(['@', '?', '#']) && !t.chars().any(is_hidden)
        }),
        FieldKind::IpAddress => text(&is_written_address),
        FieldKind::Integer { minimum } => value
            .as_u64()
            .is_some_and(|n| (minimum..=limits::INTEGER_MAX).contains(&n)),
        FieldKind::Ratio => value.as_f64().is_some_and(|n| (0.0..=1.0).contains(&n)),
        FieldKind::Boolean => matches!(value, Json::Boolean(_)),
        FieldKind::Timestamp => text(&is_written_time),
        FieldKind::ChainId => text(&is_chain_id),
        FieldKind::Decimal => text(&is_decimal),
        FieldKind::TokenId => text(&is_token_id),
        FieldKind::TransactionHash => text(&is_transaction_hash),
        FieldKind::Sha256 => text(&is_sha256),
        FieldKind::Enum(words) => text(&|t| words.values.contains(&t)),
    }
}

fn is_written_time(text: &str) -> bool {
    Timestamp::parse(text).is_ok_and(|time| time.to_string() == text)
}

fn is_written_address(text: &str) -> bool {
    text.parse::<std::net::IpAddr>()
        .is_ok_and(|address| address.to_canonical().to_string() == text)
}

pub(super) fn is_schema_version(text: &str) -> bool {
    text.strip_prefix("1.").is_some_and(|minor| {
        (1..=4).contains(&minor.len()) && minor.bytes().all(|b| b.is_ascii_digit())
    })
}

fn broken(field: &str, rule: &str) -> Error {
    Error::strict(field, rule)
}
