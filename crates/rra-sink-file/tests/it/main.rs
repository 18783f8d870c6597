//! The file sink against what the world does to it: one program, so that everything links once.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod tampering;
