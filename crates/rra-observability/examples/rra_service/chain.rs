//! A stand-in for the blockchains: mints and takes payments at once, and says what it cost.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::signature::Signer;

/// The chains and tokens the service works with, in the order the metrics list them.
pub(crate) const CHAINS: [&str; 3] = ["eip155:1", "eip155:137", "eip155:8453"];
pub(crate) const TOKENS: [&str; 2] = ["ETH", "USDC"];
/// The kinds of licence it sells.
pub(crate) const LICENSE_TYPES: [&str; 2] = ["commercial", "personal"];
/// The contract that mints licences.
pub(crate) const CONTRACT: &str = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

/// What a transaction does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    Mint,
    Payment,
}

/// A transaction that went through.
pub(crate) struct Transaction {
    pub(crate) hash: String,
    pub(crate) number: u64,
    pub(crate) gas: u64,
}

/// Numbers transactions.
#[derive(Debug, Default)]
pub(crate) struct Chain(AtomicU64);

impl Operation {
    /// Every operation.
    pub(crate) const ALL: [Self; 2] = [Self::Mint, Self::Payment];

    /// The label of its gas.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Mint => "mint",
            Self::Payment => "payment",
        }
    }

    /// What such a transaction costs on a common contract.
    fn gas(self) -> u64 {
        match self {
            Self::Mint => 146_000,
            Self::Payment => 65_000,
        }
    }
}

impl Chain {
    /// Sends a transaction and waits for it.
    pub(crate) fn send(&self, operation: Operation) -> Transaction {
        let number = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        // Only the form of the hash matters here: 32 bytes that differ every time.
        let digest = Signer::new(b"block").sign(&number.to_be_bytes());
        Transaction {
            hash: format!("0x{digest}"),
            number,
            gas: operation.gas(),
        }
    }
}
