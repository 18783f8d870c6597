//! Attacks that were stopped at the door: forged requests (`ssrf.*`), hostile input
//! (`injection.*`, `path_traversal.*`, `command_injection.*`) and repeated messages (`replay.*`).

use std::net::IpAddr;

use super::declare::{events, words};
use crate::values::{CleanUrl, Name, Sha256, Text};

words! {
    /// What hostile input tried to reach.
    pub enum AttackType("attack_type", Open) {
        /// A database.
        Sql => "sql",
        /// A shell.
        Command => "command",
        /// A browser.
        Xss => "xss",
        /// The file system.
        PathTraversal => "path_traversal",
        /// A template engine.
        Template => "template",
        /// A directory server.
        Ldap => "ldap",
        /// The header part of a message.
        Header => "header",
        /// A log file.
        Log => "log",
        /// A language model.
        Prompt => "prompt",
        /// Anything else.
        Other => "other",
    }
}

events! {
    /// A request that would have made the service fetch a forbidden address was refused.
    "ssrf.blocked", Warning, Failure, Guide, "SSRF attempt blocked";
    pub struct SsrfBlocked<'a> {
        required {
            /// Why the address is forbidden.
            reason: Text<'a, 64>,
        }
        optional {
            /// The address asked for, without user information, query and fragment.
            blocked_url: CleanUrl<'a>,
            /// The host asked for.
            target_host: Name<'a, 255>,
            /// The address the host resolved to.
            target_ip: IpAddr,
            /// The request parameter that carried it.
            parameter: Name<'a, 128>,
        }
    }

    /// A request for an address of a private network was refused.
    "ssrf.private_ip", Warning, Failure, Module, "SSRF to a private address blocked";
    pub struct SsrfPrivateIp<'a> {
        required {
            /// The private address.
            target_ip: IpAddr,
        }
        optional {
            /// The address asked for, without user information, query and fragment.
            blocked_url: CleanUrl<'a>,
            /// The host asked for.
            target_host: Name<'a, 255>,
            /// The request parameter that carried it.
            parameter: Name<'a, 128>,
        }
    }

    /// A request for the service's own host was refused.
    "ssrf.localhost", Warning, Failure, Module, "SSRF to the local host blocked";
    pub struct SsrfLocalhost<'a> {
        required {
            /// The host asked for.
            target_host: Name<'a, 255>,
        }
        optional {
            /// The address asked for, without user information, query and fragment.
            blocked_url: CleanUrl<'a>,
            /// The address the host resolved to.
            target_ip: IpAddr,
            /// The request parameter that carried it.
            parameter: Name<'a, 128>,
        }
    }

    /// Hostile input was refused.
    "injection.blocked", Warning, Failure, Guide, "Injection attempt blocked";
    pub struct InjectionBlocked<'a> {
        required {
            /// What the input tried to reach.
            attack_type: AttackType,
        }
        optional {
            /// The request parameter that carried it.
            parameter: Name<'a, 128>,
            /// The rule that found it.
            rule: Name<'a, 64>,
            /// The digest of the whole input.
            payload_sha256: Sha256,
            /// The start of the input.
            input_preview: Text<'a, 128>,
        }
    }

    /// A path that leads out of its folder was refused.
    "path_traversal.blocked", Warning, Failure, Module, "Path traversal blocked";
    pub struct PathTraversalBlocked<'a> {
        required {
            /// The start of the path.
            input_preview: Text<'a, 128>,
        }
        optional {
            /// The request parameter that carried it.
            parameter: Name<'a, 128>,
            /// The rule that found it.
            rule: Name<'a, 64>,
            /// The digest of the whole path.
            payload_sha256: Sha256,
        }
    }

    /// Input that would have run a command was refused.
    "command_injection.blocked", Error, Failure, Module, "Command injection blocked";
    pub struct CommandInjectionBlocked<'a> {
        required {
            /// The start of the input.
            input_preview: Text<'a, 128>,
        }
        optional {
            /// The request parameter that carried it.
            parameter: Name<'a, 128>,
            /// The rule that found it.
            rule: Name<'a, 64>,
            /// The digest of the whole input.
            payload_sha256: Sha256,
        }
    }

    /// A message arrived a second time.
    "replay.detected", Warning, Failure, Module, "Replay detected";
    pub struct ReplayDetected<'a> {
        required {
            /// What was replayed: a webhook, a transaction, a signed request.
            subject: Name<'a, 128>,
        }
        optional {
            /// Seconds between the two arrivals.
            age_seconds: u64,
        }
    }

    /// A number that may be used once was used again.
    "replay.nonce_reused", Warning, Failure, Module, "Nonce reused";
    pub struct NonceReused<'a> {
        required {
            /// Whose nonces they are: a wallet, a webhook, a session.
            subject: Name<'a, 128>,
        }
        optional {
            /// The digest of the nonce.
            nonce_sha256: Sha256,
        }
    }
}
