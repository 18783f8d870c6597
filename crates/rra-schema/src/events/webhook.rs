//! Messages other systems send us (`webhook.*`).

use std::net::IpAddr;

use super::declare::{events, words};
use crate::values::{Name, Text};

words! {
    /// Why a signature was not accepted.
    pub enum SignatureFault("signature_fault", Open) {
        /// There was none.
        Missing => "missing",
        /// It could not be read.
        Malformed => "malformed",
        /// It does not belong to the message.
        Mismatch => "mismatch",
        /// The signed time is too old or in the future.
        StaleTimestamp => "stale_timestamp",
        /// It was made with a key nobody registered.
        UnknownKey => "unknown_key",
    }
}

events! {
    /// A webhook arrived with a valid signature.
    "webhook.signature_valid", Info, Success, Module, "Webhook signature valid";
    pub struct SignatureValid<'a> {
        required {
            /// The webhook's name.
            webhook: Name<'a, 128>,
        }
        optional {}
    }

    /// A webhook arrived whose signature does not hold.
    "webhook.signature_invalid", Warning, Failure, Guide, "Invalid webhook signature";
    pub struct SignatureInvalid<'a> {
        required {
            /// The webhook's name.
            webhook: Name<'a, 128>,
            /// What was wrong with the signature.
            reason: SignatureFault,
        }
        optional {}
    }

    /// A webhook came from an address that is not allowed.
    "webhook.ip_blocked", Warning, Failure, Module, "Webhook address blocked";
    pub struct IpBlocked<'a> {
        required {
            /// The webhook's name.
            webhook: Name<'a, 128>,
        }
        optional {
            /// The refused address, where it is not the `source_ip`.
            blocked_ip: IpAddr,
        }
    }

    /// The credentials of a webhook were replaced.
    "webhook.credentials_rotated", Info, Success, Module, "Webhook credentials rotated";
    pub struct CredentialsRotated<'a> {
        required {
            /// The webhook's name.
            webhook: Name<'a, 128>,
        }
        optional {
            /// A fingerprint of the new credentials.
            key_id: Name<'a, 128>,
        }
    }

    /// The credentials of a webhook were withdrawn.
    "webhook.credentials_revoked", Warning, Success, Module, "Webhook credentials revoked";
    pub struct CredentialsRevoked<'a> {
        required {
            /// The webhook's name.
            webhook: Name<'a, 128>,
        }
        optional {
            /// A fingerprint of the withdrawn credentials.
            key_id: Name<'a, 128>,
            /// Why they were withdrawn.
            reason: Text<'a, 256>,
        }
    }
}
