//! The repository's verbs. Start with `cargo xtask help`.

fn main() {}
