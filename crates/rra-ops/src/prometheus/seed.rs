//! The rules of the RRA Module's monitoring guide, kept for whoever has built on them.

/// The guide's eight alerts with every expression word for word.
pub const SEED_RULES: &str = include_str!("seed.rules.yml");
