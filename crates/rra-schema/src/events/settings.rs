//! Changes to the service itself (`config.*`, `encryption.*`).

use super::declare::events;
use crate::values::{Name, Text};

events! {
    /// A security setting was changed.
    "config.changed", Info, Success, Module, "Security configuration changed";
    pub struct ConfigChanged<'a> {
        required {
            /// The setting's name.
            setting: Name<'a, 128>,
        }
        optional {
            /// Its value before; never give a secret.
            old_value: Text<'a, 256>,
            /// Its value now; never give a secret.
            new_value: Text<'a, 256>,
        }
    }

    /// An encryption key was replaced.
    "encryption.key_rotated", Info, Success, Module, "Encryption key rotated";
    pub struct KeyRotated<'a> {
        required {
            /// A fingerprint of the new key, never the key.
            key_id: Name<'a, 128>,
        }
        optional {
            /// What the key protects.
            purpose: Name<'a, 128>,
        }
    }
}
