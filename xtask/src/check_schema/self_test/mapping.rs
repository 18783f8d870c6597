//! Mistakes in the table of which event moves which metric.

use rra_schema::metrics::mapping::{Amount, INCREMENTS, Increment, LabelSource};
use rra_schema::metrics::{agents, blockchain};

use super::{Mistake, mistake};
use crate::check_schema::evidence::Evidence;

pub(super) const MISTAKES: &[Mistake] = &[
    mistake("MAP001", "an event that moves a metric is misspelt", |e| {
        row(e, |row| row.event_type = "auth.failed");
    }),
    mistake(
        "MAP001",
        "a label is read from a detail that is not there",
        |e| {
            row(e, |row| {
                row.labels = &[
                    LabelSource::Word("failure"),
                    LabelSource::Detail {
                        key: "methods",
                        fallback: "other",
                    },
                ];
            });
        },
    ),
    mistake(
        "MAP001",
        "an amount is read from a detail that is not there",
        |e| {
            row(e, |row| row.amount = Amount::Micros("price"));
        },
    ),
    mistake("MAP002", "a label has no source", |e| {
        row(e, |row| row.labels = &[LabelSource::Word("failure")]);
    }),
    mistake("MAP002", "a word is misspelt", |e| {
        row(e, |row| {
            row.labels = &[
                LabelSource::Word("failed"),
                LabelSource::Detail {
                    key: "method",
                    fallback: "other",
                },
            ];
        });
    }),
    mistake(
        "MAP002",
        "what stands in for a missing detail is no word",
        |e| {
            row(e, |row| {
                row.labels = &[
                    LabelSource::Word("failure"),
                    LabelSource::Detail {
                        key: "method",
                        fallback: "none",
                    },
                ];
            });
        },
    ),
    mistake("MAP003", "an event moves a gauge", |e| {
        row(e, |row| {
            row.metric = &agents::ACTIVE_AGENTS;
            row.labels = &[];
        });
    }),
    mistake("MAP003", "an event is counted twice", |e| {
        row(e, |_| ());
        let twice = e.operations.mapping[0];
        e.operations.mapping.push(twice);
    }),
    mistake(
        "MAP003",
        "an event moves a counter that is not there at first",
        |e| {
            row(e, |row| {
                row.metric = &blockchain::PAYMENT_AMOUNT_USD;
                row.labels = &[LabelSource::AgentId, LabelSource::AgentId];
            });
        },
    ),
];

/// The row of a failed authentication, changed.
fn row(evidence: &mut Evidence, change: impl FnOnce(&mut Increment)) {
    let mut rows = INCREMENTS.iter();
    let row = rows.find(|row| row.event_type == "auth.failure");
    let mut row = *row.expect("a failure is counted");
    change(&mut row);
    evidence.operations.mapping = vec![row];
}
