//! Lines of every event type, made by the typed constructors and the writer that services use.
//!
//! Owns the list of types to be made; a test holds that it misses no type and no field.

mod pick;
mod pool;

use rra_schema::events::custom::{Custom, CustomName, Value};
use rra_schema::events::{
    attack, audit, auth, contract, rate_limit, settings, suspicious, webhook,
};
use rra_schema::limits::LINE_BYTES;
use rra_schema::{
    AgentId, Details, Event, Instance, LineBuffer, Origin, RequestId, Seal, SecurityEvent,
    Severity, SpanId, Tag, Timestamp, TraceContext, TraceId, UserId,
};

use pick::Source;

/// How much a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    /// What its type requires.
    Least,
    /// Everything its type knows.
    Most,
    /// What the dice say, hostile text included.
    Random,
    /// Everything, each text longer than allowed and of the characters that take most room.
    Longest,
}

/// One line.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) event_type: String,
    /// The line without its newline.
    pub(crate) line: String,
}

/// Two lines for each type: with as little and with as much as can be.
pub(crate) fn examples() -> Vec<Sample> {
    let mut samples = fixed(Fill::Least);
    samples.extend(fullest());
    samples
}

/// One line for each type, with as much as can be.
pub(crate) fn fullest() -> Vec<Sample> {
    fixed(Fill::Most)
}

fn fixed(fill: Fill) -> Vec<Sample> {
    let mut samples = Vec::new();
    each_type(&Source::of_examples(), fill, &mut samples);
    samples
}

/// One line for each type, as long as it can become.
pub(crate) fn longest() -> Vec<Sample> {
    let mut samples = Vec::new();
    each_type(&Source::of_longest(), Fill::Longest, &mut samples);
    samples
}

/// At least `count` lines with random content, all types in turn.
pub(crate) fn random(count: usize, seed: u64) -> Vec<Sample> {
    let source = Source::of_dice(seed);
    let mut samples = Vec::new();
    while samples.len() < count {
        each_type(&source, Fill::Random, &mut samples);
    }
    samples
}

/// Makes `new(required..)` and calls the setters that the fill asks for.
macro_rules! events {
    ($source:ident, $fill:ident, $samples:ident;
     $($family:ident :: $name:ident ($($required:ident),*) $($optional:ident),*;)+) => {
        $({
            #[allow(unused_mut, reason = "a type without optional fields is not changed")]
            let mut details = $family::$name::new($($source.pick(stringify!($required))),*);
            $(if $source.wants($fill) {
                details = details.$optional($source.pick(stringify!($optional)));
            })*
            $samples.push(write(details, $source, $fill));
        })+
    };
}

fn each_type(source: &Source, fill: Fill, samples: &mut Vec<Sample>) {
    events! { source, fill, samples;
        auth::Success(method) token_id;
        auth::Failure(reason) attempts, method, reason_detail;
        auth::TokenExpired(expired_at) method, token_id, token_type;
        auth::TokenRevoked(token_id) token_type, reason;
        auth::AccessGranted(resource) action;
        auth::AccessDenied(resource) action, reason;
        auth::ScopeInsufficient(required_scope) granted_scopes, resource;
        rate_limit::Exceeded(limit, window_seconds) observed, scope, endpoint;
        rate_limit::Approaching(limit, window_seconds, observed) scope, endpoint;
        webhook::SignatureValid(webhook);
        webhook::SignatureInvalid(webhook, reason);
        webhook::IpBlocked(webhook) blocked_ip;
        webhook::CredentialsRotated(webhook) key_id;
        webhook::CredentialsRevoked(webhook) key_id, reason;
        attack::SsrfBlocked(reason) blocked_url, target_host, target_ip, parameter;
        attack::SsrfPrivateIp(target_ip) blocked_url, target_host, parameter;
        attack::SsrfLocalhost(target_host) blocked_url, target_ip, parameter;
        attack::InjectionBlocked(attack_type) parameter, rule, payload_sha256, input_preview;
        attack::PathTraversalBlocked(input_preview) parameter, rule, payload_sha256;
        attack::CommandInjectionBlocked(input_preview) parameter, rule, payload_sha256;
        attack::ReplayDetected(subject) age_seconds;
        attack::NonceReused(subject) nonce_sha256;
        suspicious::Pattern(pattern) score;
        suspicious::BruteForce(attempts, window_seconds, target) distinct_targets;
        suspicious::Volume(subject, observed, window_seconds) expected;
        contract::LicenseIssued(chain, contract, token_id, license_type, tx_hash) confirmations;
        contract::LicenseRevoked(chain, contract, token_id, tx_hash) reason;
        contract::PaymentReceived(chain, token, amount, tx_hash) log_index, confirmations;
        settings::ConfigChanged(setting) old_value, new_value;
        settings::KeyRotated(key_id) purpose;
        audit::Started(version) recovered_events;
        audit::Stopped(reason, accepted_events, dropped_events);
        audit::Gap(count, reason) first_seq, last_seq, sink, info_events, warning_events, error_events;
        audit::Segment(segment) previous_head;
        audit::Checkpoint(head, count);
        audit::Suppressed(count, suppressed_type, window_seconds);
    }
    samples.push(custom(source, fill));
}

fn custom(source: &Source, fill: Fill) -> Sample {
    let floors = [Value::Integer(-3), Value::Text(source.text("note"))];
    let nested = [
        ("east", Value::Boolean(true)),
        ("ratio", Value::Float(0.25)),
    ];
    let members = [
        ("door", Value::Text(source.text("door"))),
        ("floors", Value::List(&floors)),
        ("sides", Value::Map(&nested)),
    ];
    let count = if source.wants(fill) { members.len() } else { 0 };
    let name = CustomName::new("x.acme.door_opened").expect("the name fits the grammar");
    let details = Custom::new(name, Severity::Warning, "Door opened").details(&members[..count]);
    write(details, source, fill)
}

fn write<D: Details>(details: D, source: &Source, fill: Fill) -> Sample {
    const TAGS: [Tag<'static>; 2] = [Tag::literal("security"), Tag::literal("audit-trail")];
    let mut event = Event::new(details);
    if source.wants(fill) {
        event = event.source_ip(source.address());
    }
    if source.wants(fill) {
        event = event.user_id(UserId::lossy(source.name("user_id")));
        event = event.agent_id(AgentId::lossy(source.name("agent_id")));
    }
    if source.wants(fill) {
        event = event
            .request_id(RequestId::lossy(source.name("request_id")))
            .tags(&TAGS);
    }
    if source.wants(fill) {
        event = event.trace(trace());
    }
    if matches!(fill, Fill::Random | Fill::Longest) && source.wants(fill) {
        event = event
            .message(source.text("message"))
            .raise_to(source.severity());
    }
    let mut room = [0; LINE_BYTES];
    let mut line = LineBuffer::new(&mut room);
    event.write_line(&seal(source), &mut line);
    Sample {
        event_type: event.event_name().as_str().to_owned(),
        line: String::from_utf8(line.as_bytes().into())
            .expect("the writer writes UTF-8")
            .trim_end()
            .to_owned(),
    }
}

fn seal(source: &Source) -> Seal<'_> {
    Seal::new(
        source.origin(),
        Timestamp::from_unix_millis(source.millis()),
        source.seq(),
    )
}

fn origin() -> Origin {
    let instance = Instance::from_bits(0x5eed_0000_0000_0001);
    Origin::new("rra-module", "production", instance).expect("both names are visible and short")
}

fn trace() -> Option<TraceContext> {
    Some(TraceContext {
        trace_id: TraceId::from_bytes(
            0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128.to_be_bytes(),
        )?,
        span_id: SpanId::from_bytes(0x00f0_67aa_0ba9_02b7_u64.to_be_bytes())?,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rra_schema::events::CATALOGUE;
    use serde_json::Value;

    use super::{examples, random};

    #[test]
    fn every_field_of_every_type_is_made() {
        let made: BTreeSet<String> = examples()
            .iter()
            .flat_map(|sample| {
                let line: Value = serde_json::from_str(&sample.line).expect("a line is JSON");
                let details = line["details"].as_object().cloned().unwrap_or_default();
                let keys: Vec<String> = details
                    .into_iter()
                    .map(|(key, _)| format!("{} {key}", sample.event_type))
                    .collect();
                keys
            })
            .collect();
        for event in CATALOGUE {
            for field in event.fields {
                let expected = format!("{} {}", event.name, field.name);
                assert!(made.contains(&expected), "no sample has {expected}");
            }
        }
    }

    #[test]
    fn the_same_dice_give_the_same_lines() {
        let lines = |seed| {
            random(100, seed)
                .into_iter()
                .map(|sample| sample.line)
                .collect::<Vec<_>>()
        };
        assert_eq!(lines(7), lines(7));
        assert_ne!(lines(7), lines(8));
    }
}
