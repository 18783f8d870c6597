//! What a service that uses this crate relies on: no allocation where it counts, and bounds that
//! no client can move.

mod allocations;
mod banned;
mod hostile;
mod upkeep;
