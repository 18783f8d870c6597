//! Which events are attempts of which attack. The guide knows one type of each; the RRA Module writes
//! several, and an attack told under the others alone must not go unheard.

/// Attempts to make the service call into its own network.
pub(crate) const SSRF: [&str; 3] = ["ssrf.blocked", "ssrf.private_ip", "ssrf.localhost"];

/// Input with code, or with a path that leads out.
pub(crate) const INJECTION: [&str; 3] = [
    "injection.blocked",
    "command_injection.blocked",
    "path_traversal.blocked",
];

/// Every attack that was refused.
pub(crate) const BLOCKED: [&str; 7] = {
    let ([a, b, c], [d, e, f]) = (SSRF, INJECTION);
    [a, b, c, d, e, f, "webhook.signature_invalid"]
};

#[cfg(test)]
mod tests {
    use super::{BLOCKED, INJECTION, SSRF};

    #[test]
    fn every_attack_is_of_the_catalogue_and_among_all() {
        for event_type in SSRF.iter().chain(&INJECTION) {
            assert!(BLOCKED.contains(event_type), "{event_type}");
        }
        for event_type in BLOCKED {
            assert!(
                rra_schema::events::find(event_type).is_some(),
                "{event_type}"
            );
        }
    }
}
