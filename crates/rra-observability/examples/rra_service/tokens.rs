//! Tokens that carry their own proof: kind, agent, end and a keyed digest over the three. Nothing
//! is stored, so a flood of log-ins costs no memory.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::signature::Signer;

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Sent with requests.
    Access,
    /// Buys access tokens.
    Refresh,
}

/// What a valid signature says about a token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Claim<'a> {
    pub(crate) agent: &'a str,
    pub(crate) ends: SystemTime,
}

/// A token of `kind` for `agent` that ends at `ends`.
pub(crate) fn issue(signer: &Signer, kind: Kind, agent: &str, ends: SystemTime) -> String {
    let millis = ends
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_millis();
    let claim = format!("{}.{agent}.{millis}", kind.letter());
    let digest = signer.sign(claim.as_bytes());
    format!("{claim}.{digest}")
}

/// Reads a token; `None` when it is not one of `kind` that this service signed.
pub(crate) fn read<'a>(signer: &Signer, kind: Kind, token: &'a str) -> Option<Claim<'a>> {
    let (claim, digest) = token.rsplit_once('.')?;
    signer.verify(claim.as_bytes(), digest).ok()?;
    let rest = claim.strip_prefix(kind.letter())?.strip_prefix('.')?;
    let (agent, millis) = rest.rsplit_once('.')?;
    let ends = UNIX_EPOCH + Duration::from_millis(millis.parse().ok()?);
    Some(Claim { agent, ends })
}

/// The time that tokens end by.
#[expect(clippy::disallowed_methods, reason = "a program runs at the real time")]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

impl Kind {
    fn letter(self) -> &'static str {
        match self {
            Self::Access => "a",
            Self::Refresh => "r",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> Signer {
        Signer::new(b"secret")
    }

    #[test]
    fn a_token_says_whose_it_is_and_when_it_ends() {
        let ends = UNIX_EPOCH + Duration::from_secs(1_000);
        let token = issue(&signer(), Kind::Access, "agent-01", ends);
        let claim = read(&signer(), Kind::Access, &token);
        let agent = "agent-01";
        assert_eq!(claim, Some(Claim { agent, ends }));
    }

    #[test]
    fn a_refresh_token_is_no_access_token() {
        let token = issue(&signer(), Kind::Refresh, "agent-01", UNIX_EPOCH);
        assert_eq!(read(&signer(), Kind::Access, &token), None);
    }

    #[test]
    fn a_changed_token_is_refused() {
        let token = issue(&signer(), Kind::Access, "agent-01", UNIX_EPOCH);
        let forged = token.replace("agent-01", "agent-02");
        assert_eq!(read(&signer(), Kind::Access, &forged), None);
        assert_eq!(read(&signer(), Kind::Access, "nonsense"), None);
    }
}
