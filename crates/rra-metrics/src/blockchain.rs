//! Metrics of gas, transactions, chains and wallets.
//!
//! Licences and payments are counted from events, by
//! [`Metrics::record_event`](crate::Metrics::record_event) alone.

use std::sync::Arc;

use rra_schema::metrics::{OTHER, blockchain, labels};

use crate::assembly::Assembly;
use crate::carry::Carry;
use crate::family::Family;
use crate::handle::{Counter, Gauge, Histogram, MAX_EXACT};
use crate::labels::{RpcOutcome, TransactionOutcome};
use crate::sets::Words;

const WEI_PER_GWEI: u128 = 1_000_000_000;

/// A chain's place in the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain(usize);

/// An operation's place in the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation(usize);

/// A token's place in the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token(usize);

/// Metrics of gas, transactions, chains and wallets.
#[derive(Debug)]
pub struct Blockchain {
    chains: Arc<Words>,
    tokens: Arc<Words>,
    operations: Arc<Words>,
    wallets: Arc<Words>,
    gas_used: Arc<Family<Counter>>,
    gas_cost: Arc<Family<Counter>>,
    /// In wei.
    gas_carry: Carry,
    gas_price: Arc<Family<Gauge>>,
    payment_usd: Arc<Family<Counter>>,
    transactions: Arc<Family<Counter>>,
    pending: Arc<Family<Gauge>>,
    oldest_pending: Arc<Family<Gauge>>,
    confirmation: Arc<Family<Histogram>>,
    rpc_requests: Arc<Family<Counter>>,
    rpc_durations: Arc<Family<Histogram>>,
    head_block: Arc<Family<Gauge>>,
    balances: Arc<Family<Gauge>>,
}

impl Blockchain {
    pub(crate) fn new(assembly: &mut Assembly) -> Self {
        let gas_cost = assembly.counter(&blockchain::GAS_COST);
        Self {
            chains: assembly.sets.registered(&labels::CHAIN),
            tokens: assembly.sets.registered(&labels::TOKEN),
            operations: assembly.sets.registered(&labels::OPERATION),
            wallets: assembly.sets.registered(&labels::WALLET),
            gas_used: assembly.counter(&blockchain::GAS_USED),
            gas_carry: Carry::new(gas_cost.size(), 1_000_000_000),
            gas_cost,
            gas_price: assembly.gauge(&blockchain::GAS_PRICE),
            payment_usd: assembly.counter(&blockchain::PAYMENT_AMOUNT_USD),
            transactions: assembly.counter(&blockchain::TRANSACTIONS),
            pending: assembly.gauge(&blockchain::TRANSACTIONS_PENDING),
            oldest_pending: assembly.gauge(&blockchain::TRANSACTION_OLDEST_PENDING),
            confirmation: assembly.histogram(&blockchain::TRANSACTION_CONFIRMATION_DURATION),
            rpc_requests: assembly.counter(&blockchain::CHAIN_RPC_REQUESTS),
            rpc_durations: assembly.histogram(&blockchain::CHAIN_RPC_DURATION),
            head_block: assembly.gauge(&blockchain::CHAIN_HEAD_BLOCK),
            balances: assembly.gauge(&blockchain::WALLET_BALANCE),
        }
    }

    /// The place of a chain; that of `_other` unless it is registered.
    pub fn chain(&self, name: &str) -> Chain {
        Chain(place(&self.chains, name))
    }

    /// The place of an operation; that of `_other` unless it is registered.
    pub fn operation(&self, name: &str) -> Operation {
        Operation(place(&self.operations, name))
    }

    /// The place of a token; that of `_other` unless it is registered.
    pub fn token(&self, name: &str) -> Token {
        Token(place(&self.tokens, name))
    }

    /// `rra_gas_used_total`.
    pub fn gas_used(&self, chain: Chain, operation: Operation) -> &Counter {
        self.gas_used.at(&[chain.0, operation.0])
    }

    /// Adds what a transaction cost to `rra_gas_cost_gwei_total`: the gas it used times the price
    /// it paid, in wei. What is less than a gwei is carried over to the next transaction. A cost
    /// that a sample cannot hold exactly, nine million coins, is a mistake and not counted: then
    /// the answer is `false`.
    ///
    /// ```
    /// # use rra_metrics::{Metrics, MetricsConfig};
    /// # let metrics = Metrics::disabled(&MetricsConfig::default()).unwrap();
    /// let blockchain = metrics.blockchain();
    /// let (chain, mint) = (blockchain.chain("eip155:1"), blockchain.operation("mint"));
    /// let (gas_used, price_wei) = (84_211_u64, 12_500_000_001_u128);
    /// blockchain.gas_used(chain, mint).increment(gas_used);
    /// assert!(blockchain.add_gas_cost(chain, mint, u128::from(gas_used) * price_wei));
    /// ```
    pub fn add_gas_cost(&self, chain: Chain, operation: Operation, wei: u128) -> bool {
        let gwei = u64::try_from(wei / WEI_PER_GWEI).unwrap_or(u64::MAX);
        if gwei > MAX_EXACT {
            return false;
        }
        // A remainder is below its divisor, so the conversion cannot cut anything off.
        let wei = u64::try_from(wei % WEI_PER_GWEI).unwrap_or_default();
        let places = [chain.0, operation.0];
        let series = self.gas_cost.offset(&places);
        let now = self.gas_carry.add(series, gwei, wei);
        self.gas_cost.at(&places).increment(now);
        true
    }

    /// `rra_gas_price_gwei`.
    pub fn gas_price(&self, chain: Chain) -> &Gauge {
        self.gas_price.at(&[chain.0])
    }

    /// `rra_payment_amount_usd_cents_total`, for a service that knows the price of its tokens.
    pub fn payment_usd_cents(&self, chain: Chain, token: Token) -> &Counter {
        self.payment_usd.at(&[chain.0, token.0])
    }

    /// `rra_transactions_total`.
    pub fn transactions(
        &self,
        chain: Chain,
        operation: Operation,
        outcome: TransactionOutcome,
    ) -> &Counter {
        self.transactions
            .at(&[chain.0, operation.0, outcome.place()])
    }

    /// `rra_transactions_pending`.
    pub fn transactions_pending(&self, chain: Chain) -> &Gauge {
        self.pending.at(&[chain.0])
    }

    /// `rra_transaction_oldest_pending_timestamp_seconds`; 0 says that none is pending.
    pub fn oldest_pending(&self, chain: Chain) -> &Gauge {
        self.oldest_pending.at(&[chain.0])
    }

    /// `rra_transaction_confirmation_duration_seconds`.
    pub fn confirmation_duration(&self, chain: Chain, operation: Operation) -> &Histogram {
        self.confirmation.at(&[chain.0, operation.0])
    }

    /// `rra_chain_rpc_requests_total`.
    pub fn rpc_requests(&self, chain: Chain, outcome: RpcOutcome) -> &Counter {
        self.rpc_requests.at(&[chain.0, outcome.place()])
    }

    /// `rra_chain_rpc_duration_seconds`.
    pub fn rpc_duration(&self, chain: Chain, outcome: RpcOutcome) -> &Histogram {
        self.rpc_durations.at(&[chain.0, outcome.place()])
    }

    /// `rra_chain_head_block`.
    pub fn head_block(&self, chain: Chain) -> &Gauge {
        self.head_block.at(&[chain.0])
    }

    /// `rra_wallet_balance_gwei` of a wallet, if its role is registered.
    pub fn wallet_balance(&self, chain: Chain, wallet: &str) -> Option<&Gauge> {
        let wallet = self.wallets.place(wallet)?;
        Some(self.balances.at(&[chain.0, wallet]))
    }
}

fn place(words: &Words, name: &str) -> usize {
    words
        .place(name)
        .or_else(|| words.place(OTHER))
        .unwrap_or_default()
}
