//! Text that is rendered from manifests and put between markers into hand-written pages.
//!
//! Everything here is pure: manifest in, text out. `cargo xtask generate` writes it,
//! `cargo xtask check-schema` compares it.

pub(crate) mod features;
pub(crate) mod layers;
