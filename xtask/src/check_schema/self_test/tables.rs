//! Mistakes in the tables themselves, whatever was released.

use super::parts::{a_field, a_label, a_variable, event, metric, words};
use super::{Mistake, change_both, mistake};

pub(super) const MISTAKES: &[Mistake] = &[
    mistake("SEC001", "a field is named like a password", |e| {
        change_both(e, |r| {
            event(r, "auth.failure")
                .fields
                .push(a_field("password", false))
        })
    }),
    mistake(
        "SEC001",
        "a field is named like a key of an interface",
        |e| {
            change_both(e, |r| {
                event(r, "auth.success")
                    .fields
                    .push(a_field("api_key", false))
            })
        },
    ),
    mistake("SEC001", "a key of the line is named like a secret", |e| {
        change_both(e, |r| r.keys.push(a_field("client_secret", false)))
    }),
    mistake("SEC002", "a label has no bound", |e| {
        change_both(e, |r| {
            metric(r, "rra_rate_limit_hits_total").labels[0].max_values = None
        })
    }),
    mistake("SEC002", "a label has a bound that bounds nothing", |e| {
        change_both(e, |r| {
            metric(r, "rra_rate_limit_hits_total").labels[0].max_values = Some(1_000_000)
        })
    }),
    mistake("SEC002", "a closed label has no list", |e| {
        change_both(e, |r| {
            metric(r, "rra_auth_attempts_total").labels[0].words = None
        })
    }),
    mistake("SEC002", "a label takes any value", |e| {
        change_both(e, |r| {
            metric(r, "rra_active_agents")
                .labels
                .push(crate::registry::Label {
                    domain: "any".to_owned(),
                    words: None,
                    ..a_label("user")
                })
        })
    }),
    mistake("NAM001", "a field is in camel case", |e| {
        change_both(e, |r| {
            event(r, "auth.failure")
                .fields
                .push(a_field("userName", false))
        })
    }),
    mistake("NAM001", "a word has a hyphen", |e| {
        change_both(e, |r| {
            words(&mut r.words, "attack_type")
                .values
                .push("zip-bomb".to_owned())
        })
    }),
    mistake("NAM001", "a counter does not end in _total", |e| {
        change_both(e, |r| {
            metric(r, "rra_gas_used_total").name = "rra_gas_used".to_owned()
        })
    }),
    mistake("NAM001", "a gauge ends in _total", |e| {
        change_both(e, |r| {
            metric(r, "rra_active_agents").name = "rra_active_agents_total".to_owned()
        })
    }),
    mistake("NAM001", "a duration does not end in _seconds", |e| {
        change_both(e, |r| {
            metric(r, "rra_negotiation_duration_seconds").name = "rra_negotiation_time".to_owned()
        })
    }),
    mistake("NAM001", "a metric has no prefix", |e| {
        change_both(e, |r| {
            metric(r, "rra_active_agents").name = "active_agents".to_owned()
        })
    }),
    mistake("NAM001", "a label is in camel case", |e| {
        change_both(e, |r| {
            metric(r, "rra_auth_attempts_total")
                .labels
                .push(a_label("userName"))
        })
    }),
    mistake("NAM001", "a variable is in lower case", |e| {
        change_both(e, |r| r.variables.push(a_variable("rra_debug", "")))
    }),
];
