//! Conclusions drawn from many events (`suspicious.*`).

use super::declare::{events, words};
use crate::values::{Name, Ratio};

words! {
    /// Whose failures were counted.
    pub enum BruteForceTarget("brute_force_target", Closed) {
        /// Failures from one client address.
        Ip => "ip",
        /// Failures against one user.
        User => "user",
        /// Failures of one agent.
        Agent => "agent",
        /// Failures against one key.
        Key => "key",
    }
}

events! {
    /// Behaviour that fits a known attack pattern.
    "suspicious.pattern", Warning, Unknown, Guide, "Suspicious activity detected";
    pub struct Pattern<'a> {
        required {
            /// The pattern's name.
            pattern: Name<'a, 64>,
        }
        optional {
            /// How sure the detector is, from 0 to 1.
            score: Ratio,
        }
    }

    /// So many failed attempts in so short a time that someone is guessing.
    "suspicious.brute_force", Error, Failure, Guide, "Brute force attack detected";
    pub struct BruteForce {
        required {
            /// Failed attempts in the window.
            attempts: u64,
            /// Length of the window in seconds.
            window_seconds: u64,
            /// Whose failures were counted.
            target: BruteForceTarget,
        }
        optional {
            /// Different users, keys or addresses among the attempts.
            distinct_targets: u64,
        }
    }

    /// Far more of something than usual.
    "suspicious.volume", Warning, Unknown, Module, "Unusual volume detected";
    pub struct Volume<'a> {
        required {
            /// What there is too much of.
            subject: Name<'a, 128>,
            /// How much was seen in the window.
            observed: u64,
            /// Length of the window in seconds.
            window_seconds: u64,
        }
        optional {
            /// How much is usual in such a window.
            expected: u64,
        }
    }
}
