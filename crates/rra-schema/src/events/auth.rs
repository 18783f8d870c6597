//! Who someone is (`auth.*`) and what they may do (`authz.*`).

use super::declare::{events, words};
use crate::values::{Name, Text, Timestamp};

words! {
    /// How an identity was proved.
    pub enum AuthMethod("auth_method", Open) {
        /// A key sent with the request.
        ApiKey => "api_key",
        /// A signed JSON Web Token.
        Jwt => "jwt",
        /// An `OAuth` access token.
        Oauth => "oauth",
        /// A message signed by a wallet.
        WalletSignature => "wallet_signature",
        /// The signature of a webhook sender.
        Webhook => "webhook",
        /// A client certificate.
        Mtls => "mtls",
        /// A session cookie.
        Session => "session",
        /// Anything else.
        Other => "other",
    }
}

words! {
    /// Why an identity was not accepted.
    pub enum AuthFailureReason("auth_failure_reason", Open) {
        /// The key is not one we gave out.
        InvalidKey => "invalid_key",
        /// Nobody has that name.
        UnknownUser => "unknown_user",
        /// The signature does not match.
        BadSignature => "bad_signature",
        /// The key was valid once.
        ExpiredKey => "expired_key",
        /// The key was withdrawn.
        RevokedKey => "revoked_key",
        /// The second factor was wrong or missing.
        MfaFailed => "mfa_failed",
        /// The account is locked.
        Locked => "locked",
        /// The credentials could not be read.
        Malformed => "malformed",
        /// Anything else; say what in `reason_detail`.
        Other => "other",
    }
}

words! {
    /// What kind of token an event is about.
    pub enum TokenType("token_type", Open) {
        /// A short-lived token sent with requests.
        Access => "access",
        /// A long-lived token that buys access tokens.
        Refresh => "refresh",
        /// A key without a built-in end.
        ApiKey => "api_key",
    }
}

events! {
    /// An identity was proved.
    "auth.success", Info, Success, Guide, "Authentication succeeded";
    pub struct Success<'a> {
        required {
            /// How the identity was proved.
            method: AuthMethod,
        }
        optional {
            /// A fingerprint of the token or key, never the token.
            token_id: Name<'a, 128>,
        }
    }

    /// An identity was claimed and not proved.
    "auth.failure", Warning, Failure, Guide, "Authentication failed";
    pub struct Failure<'a> {
        required {
            /// Why the claim was refused.
            reason: AuthFailureReason,
        }
        optional {
            /// Failed attempts in a row, this one included.
            attempts: u64,
            /// How the identity was to be proved.
            method: AuthMethod,
            /// The reason in words, where no listed reason fits.
            reason_detail: Text<'a, 256>,
        }
    }

    /// A token was shown after its end.
    "auth.token_expired", Info, Failure, Guide, "Expired token used";
    pub struct TokenExpired<'a> {
        required {
            /// When the token ended.
            expired_at: Timestamp,
        }
        optional {
            /// How the identity was to be proved.
            method: AuthMethod,
            /// A fingerprint of the token, never the token.
            token_id: Name<'a, 128>,
            /// What kind of token it was.
            token_type: TokenType,
        }
    }

    /// A token was withdrawn before its end.
    "auth.token_revoked", Info, Success, Module, "Token revoked";
    pub struct TokenRevoked<'a> {
        required {
            /// A fingerprint of the token, never the token.
            token_id: Name<'a, 128>,
        }
        optional {
            /// What kind of token it was.
            token_type: TokenType,
            /// Why it was withdrawn.
            reason: Text<'a, 256>,
        }
    }

    /// Access to a resource was allowed.
    "authz.granted", Info, Success, Module, "Access granted";
    pub struct AccessGranted<'a> {
        required {
            /// What was asked for.
            resource: Name<'a, 256>,
        }
        optional {
            /// What was to be done with it.
            action: Name<'a, 64>,
        }
    }

    /// Access to a resource was refused.
    "authz.denied", Warning, Failure, Module, "Access denied";
    pub struct AccessDenied<'a> {
        required {
            /// What was asked for.
            resource: Name<'a, 256>,
        }
        optional {
            /// What was to be done with it.
            action: Name<'a, 64>,
            /// Why it was refused.
            reason: Text<'a, 256>,
        }
    }

    /// A valid token did not carry the scope that was needed.
    "authz.scope_insufficient", Warning, Failure, Module, "Scope insufficient";
    pub struct ScopeInsufficient<'a> {
        required {
            /// The scope that was needed.
            required_scope: Name<'a, 128>,
        }
        optional {
            /// The scopes that were there, separated by spaces.
            granted_scopes: Name<'a, 512>,
            /// What was asked for.
            resource: Name<'a, 256>,
        }
    }
}
