//! Callers that ask too often (`rate_limit.*`).

use super::declare::{events, words};
use crate::values::Name;

words! {
    /// What a limit is counted for.
    pub enum RateLimitScope("rate_limit_scope", Closed) {
        /// One client address.
        Ip => "ip",
        /// One user.
        User => "user",
        /// One agent.
        Agent => "agent",
        /// One route.
        Endpoint => "endpoint",
        /// The whole service.
        Global => "global",
    }
}

events! {
    /// A caller asked more often than allowed and was refused.
    "rate_limit.exceeded", Warning, Failure, Guide, "Rate limit exceeded";
    pub struct Exceeded<'a> {
        required {
            /// Requests allowed in one window.
            limit: u64,
            /// Length of the window in seconds.
            window_seconds: u64,
        }
        optional {
            /// Requests counted in the window.
            observed: u64,
            /// What the limit is counted for.
            scope: RateLimitScope,
            /// The route template, never the raw path.
            endpoint: Name<'a, 256>,
        }
    }

    /// A caller comes close to its limit.
    "rate_limit.warning", Warning, Unknown, Module, "Rate limit nearly reached";
    pub struct Approaching<'a> {
        required {
            /// Requests allowed in one window.
            limit: u64,
            /// Length of the window in seconds.
            window_seconds: u64,
            /// Requests counted in the window.
            observed: u64,
        }
        optional {
            /// What the limit is counted for.
            scope: RateLimitScope,
            /// The route template, never the raw path.
            endpoint: Name<'a, 256>,
        }
    }
}
