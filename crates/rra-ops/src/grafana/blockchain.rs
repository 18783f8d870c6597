//! RRA / Blockchain: do transactions get through, and what do they cost?

use rra_schema::metrics::blockchain;

use super::{Dashboard, Kind, Panel, Row};
use crate::promql::{R, max, panel, sum};

pub(super) fn dashboard() -> Dashboard {
    Dashboard {
        uid: "rra-blockchain",
        title: "RRA / Blockchain",
        description: "Transaction activity and contract health of the RRA Module.",
        rows: vec![activity(), health(), nodes()],
    }
}

fn activity() -> Row {
    let issued = panel(&blockchain::LICENSES_ISSUED).increase(R);
    let paid = panel(&blockchain::PAYMENT_AMOUNT).increase(R);
    let payments = panel(&blockchain::PAYMENTS_RECEIVED).increase(R);
    let cost = panel(&blockchain::GAS_COST).rate(R);
    let gas = panel(&blockchain::GAS_USED).rate(R);
    let panels = vec![
        Panel::new(
            Kind::Stack,
            "Licences issued by chain",
            "Licences in each interval.",
            "short",
        )
        .query(sum("chain", issued), "{{chain}}"),
        Panel::new(
            Kind::Stack,
            "Payment volume",
            "Payments received in each interval, in whole tokens.",
            "short",
        )
        .query(
            format!("{} / 1e6", sum("chain, token", paid)),
            "{{chain}} {{token}}",
        ),
        Panel::new(
            Kind::Stack,
            "Payments",
            "Number of payments in each interval.",
            "short",
        )
        .query(sum("chain, token", payments), "{{chain}} {{token}}"),
        Panel::new(
            Kind::Lines,
            "Gas cost",
            "Native coin spent on gas per hour, at the price of each transaction.",
            "short",
        )
        .query(
            format!("{} * 3600 / 1e9", sum("chain, operation", cost)),
            "{{chain}} {{operation}}",
        ),
        Panel::new(Kind::Lines, "Gas used", "Units of gas per second.", "short")
            .query(sum("chain, operation", gas), "{{chain}} {{operation}}")
            .wide(24),
    ];
    Row {
        title: "Transaction activity",
        panels,
    }
}

fn health() -> Row {
    let ended = panel(&blockchain::TRANSACTIONS);
    let failed = ended
        .clone()
        .with_any("outcome", &["reverted", "dropped", "timeout"]);
    let share = format!(
        "{} / ({} > 0)",
        sum("chain", failed.clone().rate(R)),
        sum("chain", ended.rate(R))
    );
    let oldest = panel(&blockchain::TRANSACTION_OLDEST_PENDING);
    let panels = vec![
        Panel::new(
            Kind::Stack,
            "Failed transactions",
            "Transactions in each interval that were reverted, dropped or timed out.",
            "short",
        )
        .query(
            sum("chain, outcome", failed.increase(R)),
            "{{chain}} {{outcome}}",
        ),
        Panel::new(
            Kind::Lines,
            "Share of transactions that fail",
            "The alert fires at 10 %.",
            "percentunit",
        )
        .query(share, "{{chain}}")
        .bad_above(0.1),
        Panel::new(
            Kind::Lines,
            "Pending transactions",
            "Transactions sent and not yet confirmed.",
            "short",
        )
        .query(
            sum("chain", panel(&blockchain::TRANSACTIONS_PENDING)),
            "{{chain}}",
        ),
        Panel::new(
            Kind::Lines,
            "Age of the oldest pending transaction",
            "The alert fires at 15 minutes.",
            "s",
        )
        .query(
            format!("time() - min by (chain) ({oldest} > 0)"),
            "{{chain}}",
        )
        .bad_above(900.0)
        .empty_is_good(),
        gas_price(),
    ];
    Row {
        title: "Contract health",
        panels,
    }
}

fn gas_price() -> Panel {
    let price = panel(&blockchain::GAS_PRICE);
    Panel::new(
        Kind::Lines,
        "Gas price",
        "Price of one unit of gas in gwei, and its mean of seven days.",
        "short",
    )
    .query(max("chain", &price), "{{chain}}")
    .query(
        max("chain", price.over("avg_over_time", "7d")),
        "{{chain}} 7 days",
    )
    .wide(24)
}

fn nodes() -> Row {
    let confirmation = panel(&blockchain::TRANSACTION_CONFIRMATION_DURATION)
        .buckets()
        .rate(R);
    let confirmation = sum("chain, le", confirmation);
    let calls = panel(&blockchain::CHAIN_RPC_REQUESTS).rate(R);
    let heads = panel(&blockchain::CHAIN_HEAD_BLOCK);
    let wallet = panel(&blockchain::WALLET_BALANCE);
    let panels = vec![
        Panel::new(
            Kind::Lines,
            "Time to confirmation",
            "Median and 95th percentile.",
            "s",
        )
        .query(
            format!("histogram_quantile(0.5, {confirmation})"),
            "{{chain}} p50",
        )
        .query(
            format!("histogram_quantile(0.95, {confirmation})"),
            "{{chain}} p95",
        ),
        Panel::new(
            Kind::Stack,
            "Calls to nodes",
            "Calls per second by outcome.",
            "reqps",
        )
        .query(sum("chain, outcome", calls), "{{chain}} {{outcome}}"),
        Panel::new(
            Kind::Lines,
            "New blocks, 10 minutes",
            "A line at 0 is a chain or a node that stands still. The alert fires when it stays there.",
            "short",
        )
        .query(max("chain", heads.over("delta", "10m")), "{{chain}}")
        .bad_below(1.0),
        Panel::new(
            Kind::Bars,
            "Wallets",
            "Native coin left. The alert fires below 0.05.",
            "short",
        )
        .query(
            format!("min by (chain, wallet) ({wallet}) / 1e9"),
            "{{chain}} {{wallet}}",
        )
        .bad_below(0.05),
    ];
    Row {
        title: "Nodes and wallets",
        panels,
    }
}
