//! Do licences, payments and transactions get through?

use rra_schema::metrics::blockchain;

use super::{Alert, Group};
use crate::promql::{BY, UP, max, rule, sum};

const CHAIN: &str = "job, environment, chain";

pub(super) fn group() -> Group {
    let alerts = vec![
        low_transaction_volume(),
        low_transaction_volume_per_chain(),
        transactions_failing(),
        transaction_stuck(),
        gas_price_spike(),
        chain_head_stalled(),
        wallet_balance_low(),
        chain_rpc_errors(),
    ];
    let alerts = alerts
        .into_iter()
        .map(|alert| alert.shown_on("rra-blockchain"))
        .collect();
    Group {
        category: "blockchain",
        alerts,
    }
}

/// A service that never issued a licence may have no series; it counts as 0 while it is up.
fn low_transaction_volume() -> Alert {
    let issued = sum(BY, rule(&blockchain::LICENSES_ISSUED).increase("24h"));
    let none = max(BY, format!("max_over_time({UP}[1h]) == 1"));
    Alert::info(
        "RRALowTransactionVolume",
        format!("({issued}\nor\n0 * {none}) < 1"),
    )
    .lasting(24 * 60)
    .says(
        "No licenses issued in 24 hours",
        "Consider investigating if this is unexpected",
    )
}

/// Only chains that issue a licence a day on average can be missed.
fn low_transaction_volume_per_chain() -> Alert {
    let issued = rule(&blockchain::LICENSES_ISSUED);
    let day = sum(CHAIN, issued.increase("24h"));
    let week = sum(CHAIN, issued.increase("7d"));
    let expression = format!("{day} < 1\nand on ({CHAIN})\n{week} >= 7");
    Alert::info("RRALowTransactionVolumePerChain", expression)
        .lasting(60)
        .says(
            "A chain that is usually busy issued no licence in 24 hours",
            "Chain {{ $labels.chain }} issued licences on other days of the week and none in the last 24 hours.",
        )
}

fn transactions_failing() -> Alert {
    let all = rule(&blockchain::TRANSACTIONS);
    let failed = all
        .clone()
        .with_any("outcome", &["reverted", "dropped", "timeout"]);
    let (failed, all) = (sum(CHAIN, failed.rate("30m")), sum(CHAIN, all.rate("30m")));
    Alert::warning(
        "RRATransactionsFailing",
        format!("{failed}\n/\n({all} > 0)\n> 0.1"),
    )
    .lasting(15)
    .says(
        "Transactions fail",
        "{{ $value | humanizePercentage }} of the transactions on {{ $labels.chain }} were reverted, dropped or timed out.",
    )
}

fn transaction_stuck() -> Alert {
    let sent = rule(&blockchain::TRANSACTION_OLDEST_PENDING).last();
    let expression = format!("time() - min by ({CHAIN}) ({sent} > 0) > 900");
    Alert::warning("RRATransactionStuck", expression)
        .lasting(5)
        .says(
            "A transaction is stuck",
            "The oldest unconfirmed transaction on {{ $labels.chain }} was sent {{ $value | humanizeDuration }} ago.",
        )
}

fn gas_price_spike() -> Alert {
    let price = rule(&blockchain::GAS_PRICE);
    let usual = max(CHAIN, price.over("avg_over_time", "7d"));
    let expression = format!("{}\n/\n{usual}\n> 3", max(CHAIN, price.last()));
    Alert::info("RRAGasPriceSpike", expression)
        .lasting(30)
        .says(
            "Gas is much dearer than usual",
            "The gas price on {{ $labels.chain }} is {{ $value | humanize }} times its mean of the last 7 days.",
        )
}

/// Every instance may follow its own node; the chain stalls for the service when none moves.
fn chain_head_stalled() -> Alert {
    let moves = max(
        CHAIN,
        rule(&blockchain::CHAIN_HEAD_BLOCK).over("changes", "10m"),
    );
    Alert::warning("RRAChainHeadStalled", format!("{moves} < 1"))
        .lasting(10)
        .says(
            "A chain brings no new blocks",
            "No instance has seen a new block on {{ $labels.chain }} in the last 10 minutes.",
        )
}

/// 0.05 of the native coin: on most chains still enough for a day of transactions.
fn wallet_balance_low() -> Alert {
    let by = "job, environment, chain, wallet";
    let balance = rule(&blockchain::WALLET_BALANCE).last();
    let expression = format!("min by ({by}) ({balance}) < 50000000");
    Alert::critical("RRAWalletBalanceLow", expression)
        .lasting(15)
        .says(
            "A wallet is running out of coin",
            "Wallet {{ $labels.wallet }} on {{ $labels.chain }} holds {{ $value | humanize }} gwei; transactions will soon fail.",
        )
}

fn chain_rpc_errors() -> Alert {
    let all = rule(&blockchain::CHAIN_RPC_REQUESTS);
    let failed = all.clone().with_any("outcome", &["error", "timeout"]);
    let (failed, all) = (sum(CHAIN, failed.rate("15m")), sum(CHAIN, all.rate("15m")));
    Alert::warning(
        "RRAChainRpcErrors",
        format!("{failed}\n/\n({all} > 0)\n> 0.05"),
    )
    .lasting(10)
    .says(
        "Calls to a chain's node fail",
        "{{ $value | humanizePercentage }} of the calls to the node of {{ $labels.chain }} fail or time out.",
    )
}
