//! What happens on a blockchain (`contract.*`).

use super::declare::events;
use crate::values::{ChainId, Decimal, Name, Text, TokenId, TransactionHash};

events! {
    /// A licence was minted.
    "contract.license_issued", Info, Success, Guide, "License NFT minted";
    pub struct LicenseIssued<'a> {
        required {
            /// The chain it was minted on.
            chain: ChainId<'a>,
            /// The contract's address.
            contract: Name<'a, 128>,
            /// The licence's number in the contract.
            token_id: TokenId<'a>,
            /// What the licence allows.
            license_type: Name<'a, 64>,
            /// The transaction that minted it.
            tx_hash: TransactionHash<'a>,
        }
        optional {
            /// Confirmations when it was reported.
            confirmations: u64,
        }
    }

    /// A licence was withdrawn.
    "contract.license_revoked", Info, Success, Module, "License revoked";
    pub struct LicenseRevoked<'a> {
        required {
            /// The chain it was minted on.
            chain: ChainId<'a>,
            /// The contract's address.
            contract: Name<'a, 128>,
            /// The licence's number in the contract.
            token_id: TokenId<'a>,
            /// The transaction that withdrew it.
            tx_hash: TransactionHash<'a>,
        }
        optional {
            /// Why it was withdrawn.
            reason: Text<'a, 256>,
        }
    }

    /// A payment arrived; `chain`, `tx_hash` and `log_index` together name it once.
    "contract.payment_received", Info, Success, Guide, "Payment received";
    pub struct PaymentReceived<'a> {
        required {
            /// The chain it was made on.
            chain: ChainId<'a>,
            /// The currency.
            token: Name<'a, 64>,
            /// How much, in whole units of the currency.
            amount: Decimal<'a>,
            /// The transaction that carried it.
            tx_hash: TransactionHash<'a>,
        }
        optional {
            /// Its place among the transaction's logs.
            log_index: u64,
            /// Confirmations when it was reported.
            confirmations: u64,
        }
    }
}
