//! The untyped macros of `metrics` are banned in the whole repository. Each is expected to be refused
//! here: if clippy let one through, its expectation would not be met, and the stage `lints` fails.

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

#[test]
fn every_untyped_macro_is_refused() {
    for untyped in [
        count,
        level,
        observe,
        describe_count,
        describe_level,
        describe_observation,
    ] {
        untyped();
    }
}

#[expect(clippy::disallowed_macros, reason = "the ban is what this is about")]
fn count() {
    counter!("a").increment(1);
}

#[expect(clippy::disallowed_macros, reason = "the ban is what this is about")]
fn level() {
    gauge!("a").set(1.0);
}

#[expect(clippy::disallowed_macros, reason = "the ban is what this is about")]
fn observe() {
    histogram!("a").record(1.0);
}

#[expect(clippy::disallowed_macros, reason = "the ban is what this is about")]
fn describe_count() {
    describe_counter!("a", "text");
}

#[expect(clippy::disallowed_macros, reason = "the ban is what this is about")]
fn describe_level() {
    describe_gauge!("a", "text");
}

#[expect(clippy::disallowed_macros, reason = "the ban is what this is about")]
fn describe_observation() {
    describe_histogram!("a", "text");
}
