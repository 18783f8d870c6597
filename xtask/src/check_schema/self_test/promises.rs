//! Mistakes against what was released: the tables take back or change a promise.

use super::parts::{
    a_field, a_label, a_variable, add_word, event, field, field_of, key, metric, set_form,
    take_word, words,
};
use super::{Mistake, change, mistake};
use crate::check_schema::evidence::Evidence;
use crate::registry::{Event, Metric, Registry};

pub(super) const MISTAKES: &[Mistake] = &[
    mistake("EVT001", "an event type is removed", |e| {
        change(e, |r| r.events.retain(|event| event.name != "auth.failure"))
    }),
    mistake(
        "EVT001",
        "an event type of the log itself is removed",
        |e| change(e, |r| r.events.retain(|event| event.name != "audit.gap")),
    ),
    mistake(
        "EVT001",
        "an event type has another name than in the release",
        |e| released_event(e, "auth.success").name = "auth.login".to_owned(),
    ),
    mistake("EVT002", "a severity is raised", |e| {
        change(e, |r| {
            event(r, "auth.failure").severity = "error".to_owned()
        })
    }),
    mistake("EVT002", "a severity is lowered", |e| {
        change(e, |r| {
            event(r, "suspicious.brute_force").severity = "warning".to_owned()
        })
    }),
    mistake("EVT002", "an outcome changes", |e| {
        change(e, |r| {
            event(r, "authz.granted").outcome = "unknown".to_owned()
        })
    }),
    mistake("FLD001", "an optional field is removed", |e| {
        change(e, |r| {
            event(r, "auth.failure")
                .fields
                .retain(|field| field.name != "attempts")
        })
    }),
    mistake("FLD001", "a required field is removed", |e| {
        change(e, |r| {
            event(r, "contract.payment_received")
                .fields
                .retain(|field| field.name != "amount")
        })
    }),
    mistake("FLD001", "a key of the line is removed", |e| {
        change(e, |r| r.keys.retain(|key| key.name != "request_id"))
    }),
    mistake(
        "FLD001",
        "a field has another name than in the release",
        |e| field_of(released_event(e, "ssrf.blocked"), "target_ip").name = "address".to_owned(),
    ),
    mistake("FLD002", "a number becomes text", |e| {
        change(e, |r| {
            set_form(field(r, "auth.failure", "attempts"), "text")
        })
    }),
    mistake("FLD002", "text becomes a number", |e| {
        change(e, |r| {
            set_form(field(r, "contract.payment_received", "amount"), "integer")
        })
    }),
    mistake("FLD002", "a list becomes text", |e| {
        change(e, |r| set_form(key(r, "tags"), "text"))
    }),
    mistake("FLD003", "an optional field becomes required", |e| {
        change(e, |r| field(r, "auth.failure", "attempts").required = true)
    }),
    mistake("FLD003", "a type gets a new required field", |e| {
        change(e, |r| {
            event(r, "auth.success").fields.push(a_field("realm", true))
        })
    }),
    mistake("FLD003", "a key of the line becomes required", |e| {
        change(e, |r| key(r, "user_id").required = true)
    }),
    mistake("FLD004", "a required field becomes optional", |e| {
        change(e, |r| field(r, "auth.failure", "reason").required = false)
    }),
    mistake(
        "FLD004",
        "a required key of the line becomes optional",
        |e| change(e, |r| key(r, "message").required = false),
    ),
    mistake("FLD005", "a text may be shorter than before only", |e| {
        change(e, |r| {
            field(r, "authz.denied", "reason").max_chars = Some(100)
        })
    }),
    mistake("FLD005", "an id may be shorter than before only", |e| {
        change(e, |r| key(r, "user_id").max_chars = Some(64))
    }),
    mistake("FLD005", "a number must be larger than before", |e| {
        change(e, |r| {
            field(r, "auth.failure", "attempts").minimum = Some(2)
        })
    }),
    mistake("FLD005", "a line may be shorter than before only", |e| {
        change(e, |r| {
            *r.limits.get_mut("line_bytes").expect("a known bound") = 8192
        })
    }),
    mistake(
        "FLD006",
        "a text may be longer than readers were told",
        |e| {
            change(e, |r| {
                field(r, "authz.denied", "reason").max_chars = Some(300)
            })
        },
    ),
    mistake(
        "FLD006",
        "an id may be longer than readers were told",
        |e| change(e, |r| key(r, "user_id").max_chars = Some(256)),
    ),
    mistake(
        "FLD006",
        "a number may be smaller than readers were told",
        |e| field_of(released_event(e, "auth.failure"), "attempts").minimum = Some(1),
    ),
    mistake(
        "FLD006",
        "more tags are allowed than readers were told",
        |e| {
            change(e, |r| {
                *r.limits.get_mut("tags").expect("a known bound") = 17
            })
        },
    ),
    mistake("FLD007", "a name becomes text for people", |e| {
        change(e, |r| {
            field(r, "authz.denied", "resource").form = "text".to_owned()
        })
    }),
    mistake("FLD007", "a digest becomes a name", |e| {
        change(e, |r| {
            field(r, "audit.checkpoint", "head").form = "identifier".to_owned()
        })
    }),
    mistake("FLD007", "a field takes the words of another list", |e| {
        change(e, |r| {
            field(r, "auth.failure", "method").words = Some("token_type".to_owned())
        })
    }),
    mistake("ENM001", "a word of an open list is removed", |e| {
        change(e, |r| {
            take_word(&mut r.words, "auth_failure_reason", "locked")
        })
    }),
    mistake("ENM001", "a word of a closed list is removed", |e| {
        change(e, |r| take_word(&mut r.words, "severity", "debug"))
    }),
    mistake("ENM001", "a word of a label is removed", |e| {
        change(e, |r| {
            take_word(&mut r.label_words, "auth_result", "expired")
        })
    }),
    mistake("ENM002", "a severity is added", |e| {
        change(e, |r| add_word(&mut r.words, "severity", "fatal"))
    }),
    mistake("ENM002", "an outcome is added", |e| {
        change(e, |r| add_word(&mut r.words, "outcome", "partial"))
    }),
    mistake("ENM002", "a closed list of a field grows", |e| {
        change(e, |r| add_word(&mut r.words, "rate_limit_scope", "tenant"))
    }),
    mistake("ENM002", "a closed list of a label grows", |e| {
        change(e, |r| add_word(&mut r.label_words, "auth_result", "locked"))
    }),
    mistake("ENM002", "a closed list is opened", |e| {
        change(e, |r| words(&mut r.words, "brute_force_target").open = true)
    }),
    mistake("KEY001", "two keys change places", |e| {
        change(e, |r| r.keys.swap(2, 3))
    }),
    mistake("KEY001", "a new key is written before old ones", |e| {
        change(e, |r| r.keys.insert(6, a_field("host", false)))
    }),
    mistake("KEY001", "a key moves to the end", |e| {
        change(e, |r| r.keys.rotate_left(1))
    }),
    mistake("VER001", "a field is added and the version stays", |e| {
        same_version(e, |r| {
            event(r, "auth.success")
                .fields
                .push(a_field("realm", false))
        })
    }),
    mistake(
        "VER001",
        "an event type is added and the version stays",
        |e| {
            same_version(e, |_| ());
            e.released.events.pop();
        },
    ),
    mistake("VER001", "a key is added and the version stays", |e| {
        same_version(e, |r| r.keys.push(a_field("host", false)))
    }),
    mistake(
        "VER001",
        "a word is added to an open list and the version stays",
        |e| same_version(e, |r| add_word(&mut r.words, "attack_type", "xml")),
    ),
    mistake("MET001", "a metric is removed", |e| {
        change(e, |r| {
            r.metrics
                .retain(|metric| metric.name != "rra_auth_attempts_total")
        })
    }),
    mistake(
        "MET001",
        "a metric has another name than in the release",
        |e| released_metric(e, "rra_active_agents").name = "rra_agents".to_owned(),
    ),
    mistake("MET002", "a gauge becomes a histogram", |e| {
        change(e, |r| {
            metric(r, "rra_active_agents").kind = "histogram".to_owned()
        })
    }),
    mistake("MET002", "a unit changes", |e| {
        change(e, |r| {
            metric(r, "rra_gas_cost_gwei_total").unit = "micros".to_owned()
        })
    }),
    mistake("MET003", "a label is added", |e| {
        change(e, |r| {
            metric(r, "rra_auth_attempts_total")
                .labels
                .push(a_label("severity"))
        })
    }),
    mistake("MET003", "a label is removed", |e| {
        change(e, |r| {
            metric(r, "rra_auth_attempts_total").labels.truncate(1)
        })
    }),
    mistake("MET003", "a label is renamed", |e| {
        change(e, |r| {
            metric(r, "rra_auth_attempts_total").labels[0].name = "outcome".to_owned()
        })
    }),
    mistake("MET003", "a reserved value changes", |e| {
        change(e, |r| {
            metric(r, "rra_rate_limit_hits_total").labels[0].reserved[0] = "__other".to_owned()
        })
    }),
    mistake("MET004", "a bucket is added", |e| {
        change(e, |r| {
            metric(r, "rra_api_request_duration_seconds")
                .buckets
                .push(60.0)
        })
    }),
    mistake("MET004", "a bucket is moved", |e| {
        change(e, |r| {
            metric(r, "rra_negotiation_duration_seconds").buckets[0] = 2.0
        })
    }),
    mistake("CFG001", "a key of the file is removed", |e| {
        change(e, |r| r.settings.truncate(1))
    }),
    mistake("CFG001", "the default of a key of the file changes", |e| {
        change(e, |r| r.settings[0].default = None)
    }),
    mistake("CFG001", "a variable is removed", |e| {
        e.released.variables.push(a_variable("RRA_OLD", ""))
    }),
    mistake("CFG001", "a default changes", |e| {
        e.released.variables.push(a_variable("RRA_OLD", "a"));
        change(e, |r| r.variables.push(a_variable("RRA_OLD", "b")));
    }),
];

/// Changes the tables while the version is the released one.
fn same_version(evidence: &mut Evidence, table: fn(&mut Registry)) {
    evidence
        .released
        .schema_version
        .clone_from(&evidence.current.schema_version);
    change(evidence, table);
}

fn released_event<'a>(evidence: &'a mut Evidence, name: &str) -> &'a mut Event {
    event(&mut evidence.released, name)
}

fn released_metric<'a>(evidence: &'a mut Evidence, name: &str) -> &'a mut Metric {
    metric(&mut evidence.released, name)
}
