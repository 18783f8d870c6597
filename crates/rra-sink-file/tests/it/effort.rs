//! How much the tests try: little in every run, everything before a release.
//!
//! `RRA_PROOF=long cargo test --release -p rra-sink-file --test it -- --nocapture --test-threads 1`

/// The first number in every run, the second when everything is to be tried.
#[expect(
    clippy::disallowed_methods,
    reason = "a switch for whoever runs the tests, not for the library"
)]
pub(crate) fn effort(short: usize, long: usize) -> usize {
    match std::env::var("RRA_PROOF").as_deref() {
        Ok("long") => long,
        _ => short,
    }
}

/// Some of these, spread evenly, or all when everything is to be tried.
pub(crate) fn some_of<T>(all: Vec<T>, short: usize) -> Vec<T> {
    let count = effort(short, all.len()).clamp(1, all.len().max(1));
    let step = all.len().div_ceil(count).max(1);
    all.into_iter().step_by(step).collect()
}

/// Says how much was tried, to whoever asked with `--nocapture`.
#[expect(clippy::print_stdout, reason = "the figures of the long form")]
pub(crate) fn say(what: &str) {
    println!("{what}");
}
