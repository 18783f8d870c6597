//! The events that everybody writes: one event type with all twelve keys of the contract, in 1,024
//! different rows, so that neither a branch predictor nor a cache learns them by heart.

use std::net::{IpAddr, Ipv4Addr};

/// How many different events there are.
pub(crate) const ROWS: usize = 1024;

pub(crate) const SERVICE: &str = "rra-module";
pub(crate) const ENVIRONMENT: &str = "production";
pub(crate) const EVENT_TYPE: &str = "auth.failure";
pub(crate) const SEVERITY: &str = "warning";
pub(crate) const TAGS: [&str; 2] = ["auth", "api"];
/// The tags for those who know no lists.
pub(crate) const TAGS_TEXT: &str = "auth,api";
pub(crate) const REASONS: [&str; 4] = [
    "invalid_key",
    "unknown_user",
    "bad_signature",
    "expired_key",
];

/// What differs from event to event.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) message: String,
    pub(crate) source_ip: IpAddr,
    pub(crate) source_text: String,
    pub(crate) user_id: String,
    pub(crate) agent_id: String,
    pub(crate) request_id: String,
    /// Which of [`REASONS`].
    pub(crate) reason: usize,
    pub(crate) attempts: u8,
}

/// All rows, the same in every process.
pub(crate) fn rows() -> Vec<Row> {
    (0..ROWS).map(row).collect()
}

fn row(number: usize) -> Row {
    // Knuth's multiplicative hash: neighbours differ in every digit.
    let mixed = (number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let bytes = mixed.to_le_bytes();
    let source_ip = IpAddr::V4(Ipv4Addr::new(203, 0, 113, bytes[1]));
    // One message in eight needs an escape, as a quoted name does.
    let message = if number.is_multiple_of(8) {
        format!(
            "Authentication failed for \"key {:04x}\": Invalid API key",
            mixed >> 48
        )
    } else {
        format!(
            "Authentication failed on attempt {}: Invalid API key",
            number % 7
        )
    };
    Row {
        message,
        source_ip,
        source_text: source_ip.to_string(),
        user_id: format!("user_{:08x}", mixed & 0xFFFF_FFFF),
        agent_id: format!("agent-{:04}", number % 200),
        request_id: format!("req-{:08x}-{:04x}", mixed >> 32, bytes[2]),
        reason: number % REASONS.len(),
        attempts: 1 + bytes[3] % 9,
    }
}
