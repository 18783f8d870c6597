//! A stand-in for the blockchains: mints and takes payments at once, and says what it cost.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::signature::Signer;

/// The chains and tokens the service works with, in the order the metrics list them.
pub(crate) const CHAINS: [&str; 3] = ["eip155:1", "eip155:137", "eip155:8453"];
pub(crate) const TOKENS: [&str; 2] = ["ETH", "USDC"];
/// The kinds of licence it sells.
pub(crate) const LICENSE_TYPES: [&str; 2] = ["commercial", "personal"];
/// The contract that mints licences.
pub(crate) const CONTRACT: &str = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

/// What the wallet that pays for gas is for.
pub(crate) const WALLET: &str = "minter";
/// What a unit of gas costs.
pub(crate) const GAS_PRICE_WEI: u64 = 12_500_000_000;
const GAS_PRICE_GWEI: f64 = 12.5;
const FIRST_BLOCK: f64 = 21_000_000.0;
/// Half a coin.
const BALANCE_GWEI: f64 = 5e8;
/// Every so many transactions one is reverted, and sent again.
const REVERTED_EACH: u64 = 16;

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
    /// It was reverted at first and sent again.
    pub(crate) is_second_try: bool,
}

/// What a node says of its chain.
pub(crate) struct State {
    pub(crate) head_block: f64,
    pub(crate) gas_price_gwei: f64,
    pub(crate) balance_gwei: f64,
}

/// Numbers transactions and blocks.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    transactions: AtomicU64,
    blocks: AtomicU32,
}

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
        let number = self.transactions.fetch_add(1, Ordering::Relaxed) + 1;
        // Only the form of the hash matters here: 32 bytes that differ every time.
        let digest = Signer::new(b"block").sign(&number.to_be_bytes());
        Transaction {
            hash: format!("0x{digest}"),
            number,
            gas: operation.gas(),
            is_second_try: number.is_multiple_of(REVERTED_EACH),
        }
    }

    /// Another block.
    pub(crate) fn grow(&self) {
        self.blocks.fetch_add(1, Ordering::Relaxed);
    }

    /// How things stand.
    pub(crate) fn state(&self) -> State {
        let blocks = f64::from(self.blocks.load(Ordering::Relaxed));
        State {
            head_block: FIRST_BLOCK + blocks,
            gas_price_gwei: GAS_PRICE_GWEI,
            balance_gwei: BALANCE_GWEI - blocks,
        }
    }
}
