//! Metrics of licences, payments, gas and transactions.
//!
//! Counters are whole numbers, so money is counted in small units: a millionth of a token, a gwei.

use crate::metrics::labels::{self, CHAIN, LICENSE_TYPE, OPERATION, TOKEN, WALLET};
use crate::metrics::spec::{Area, LabelSpec, MetricSpec, Unit, Zero};

const CONFIRMATION_SECONDS: &[f64] = &[
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0,
];
const RPC_SECONDS: &[f64] = &[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

const RPC_OUTCOME: LabelSpec = LabelSpec::closed("outcome", &labels::RPC_OUTCOME);

/// Licences; moved by `contract.license_issued` events only.
pub static LICENSES_ISSUED: MetricSpec = MetricSpec::counter(
    Area::Blockchain,
    "rra_licenses_issued_total",
    "Licences issued, by chain and kind.",
)
.labels(&[CHAIN, LICENSE_TYPE])
.zero(Zero::Every)
.seed();

/// Payments by number; moved by `contract.payment_received` events only.
pub static PAYMENTS_RECEIVED: MetricSpec = MetricSpec::counter(
    Area::Blockchain,
    "rra_payments_received_total",
    "Payments received, by chain and token.",
)
.labels(&[CHAIN, TOKEN])
.zero(Zero::Every)
.seed();

/// Gas units.
pub static GAS_USED: MetricSpec = MetricSpec::counter(
    Area::Blockchain,
    "rra_gas_used_total",
    "Gas units used by confirmed transactions.",
)
.labels(&[CHAIN, OPERATION])
.zero(Zero::Every)
.seed();

/// Payments by value; moved together with [`PAYMENTS_RECEIVED`].
pub static PAYMENT_AMOUNT: MetricSpec = MetricSpec::counter(
    Area::Blockchain,
    "rra_payment_amount_micros_total",
    "Value of payments received in millionths of a token; smaller parts are carried over.",
)
.labels(&[CHAIN, TOKEN])
.unit(Unit::Micros)
.zero(Zero::Every);

/// Payments by value in dollars, where the service knows prices.
pub static PAYMENT_AMOUNT_USD: MetricSpec = MetricSpec::counter(
    Area::Blockchain,
    "rra_payment_amount_usd_cents_total",
    "Value of payments received in US cents at the time of receipt; only with a price source.",
)
.labels(&[CHAIN, TOKEN])
.unit(Unit::UsdCents)
.experimental();

/// What gas cost when it was used.
pub static GAS_COST: MetricSpec = MetricSpec::counter(
    Area::Blockchain,
    "rra_gas_cost_gwei_total",
    "Gas used times the effective price of each transaction, in gwei.",
)
.labels(&[CHAIN, OPERATION])
.unit(Unit::Gwei)
.zero(Zero::Every);

/// The price of gas now.
pub static GAS_PRICE: MetricSpec = MetricSpec::gauge(
    Area::Blockchain,
    "rra_gas_price_gwei",
    "Price of one unit of gas as last seen.",
)
.labels(&[CHAIN])
.unit(Unit::Gwei);

/// Transactions by how they ended.
pub static TRANSACTIONS: MetricSpec = MetricSpec::counter(
    Area::Blockchain,
    "rra_transactions_total",
    "Transactions that ended, by outcome.",
)
.labels(&[
    CHAIN,
    OPERATION,
    LabelSpec::closed("outcome", &labels::TRANSACTION_OUTCOME),
])
.zero(Zero::Every);

/// Transactions waiting.
pub static TRANSACTIONS_PENDING: MetricSpec = MetricSpec::gauge(
    Area::Blockchain,
    "rra_transactions_pending",
    "Transactions sent and not yet confirmed.",
)
.labels(&[CHAIN])
.zero(Zero::Every);

/// Since when the oldest transaction waits.
pub static TRANSACTION_OLDEST_PENDING: MetricSpec = MetricSpec::gauge(
    Area::Blockchain,
    "rra_transaction_oldest_pending_timestamp_seconds",
    "Moment the oldest unconfirmed transaction was sent; 0 or absent when there is none.",
)
.labels(&[CHAIN])
.unit(Unit::UnixSeconds);

/// How long confirmation took.
pub static TRANSACTION_CONFIRMATION_DURATION: MetricSpec = MetricSpec::histogram(
    Area::Blockchain,
    "rra_transaction_confirmation_duration_seconds",
    "Time from sending a transaction to its confirmation.",
    CONFIRMATION_SECONDS,
)
.labels(&[CHAIN, OPERATION]);

/// Calls to nodes.
pub static CHAIN_RPC_REQUESTS: MetricSpec = MetricSpec::counter(
    Area::Blockchain,
    "rra_chain_rpc_requests_total",
    "Calls to a chain's node, by outcome.",
)
.labels(&[CHAIN, RPC_OUTCOME])
.zero(Zero::Every);

/// How long calls to nodes took.
pub static CHAIN_RPC_DURATION: MetricSpec = MetricSpec::histogram(
    Area::Blockchain,
    "rra_chain_rpc_duration_seconds",
    "Time a call to a chain's node took, by outcome.",
    RPC_SECONDS,
)
.labels(&[CHAIN, RPC_OUTCOME]);

/// How far a chain has come.
pub static CHAIN_HEAD_BLOCK: MetricSpec = MetricSpec::gauge(
    Area::Blockchain,
    "rra_chain_head_block",
    "Number of the newest block the service has seen.",
)
.labels(&[CHAIN]);

/// What is left in the service's wallets.
pub static WALLET_BALANCE: MetricSpec = MetricSpec::gauge(
    Area::Blockchain,
    "rra_wallet_balance_gwei",
    "Native coin left in a wallet of the service, by the wallet's role.",
)
.labels(&[CHAIN, WALLET])
.unit(Unit::Gwei);
