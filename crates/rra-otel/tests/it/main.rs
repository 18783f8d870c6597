//! Traces against receivers on loopback: one that answers, one that never does, one that is gone.

mod delivery;
#[cfg(feature = "grpc")]
mod grpc;
mod receiver;
mod shutdown;
