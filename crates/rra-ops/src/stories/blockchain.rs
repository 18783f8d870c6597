//! Stories of the alerts on licences, transactions and chains.

use rra_schema::metrics::blockchain;

use super::service::burst;
use super::{Series, Story};

pub(super) fn stories() -> Vec<Story> {
    vec![
        low_transaction_volume(),
        low_transaction_volume_without_series(),
        low_transaction_volume_per_chain(),
        transactions_failing(),
        transaction_stuck(),
        gas_price_spike(),
        chain_head_stalled(),
        wallet_balance_low(),
        chain_rpc_errors(),
    ]
}

fn low_transaction_volume() -> Story {
    let chains = ["base", "polygon"];
    let licences = |chain: &str| licences(chain, "perpetual").at(0.0);
    Story::of("RRALowTransactionVolume")
        .in_half_hours()
        .over(
            68,
            chains.map(|chain| licences(chain).rise(1.0, 20).flat(120).rise(1.0, 20)),
        )
        .under(chains.map(|chain| licences(chain).rise(0.75 / 48.0, 160)))
        .calm([
            licences("base").rise(10.0, 160),
            licences("polygon").flat(160),
        ])
}

/// The case the alert exists for: nobody ever bought anything. While the service is down it is
/// silent, since another alert tells of that.
fn low_transaction_volume_without_series() -> Story {
    Story::of("RRALowTransactionVolume")
        .titled("no series")
        .in_half_hours()
        .over(0, [Series::up("a").to(1.0, 60).to(0.0, 10)])
        .under([Series::up("a").to(1.0, 45).to(0.0, 40)])
        .calm([Series::up("a").to(0.0, 100)])
}

/// A busy chain, and one that went quiet after a day of 7.5 licences.
fn low_transaction_volume_per_chain() -> Story {
    let quiet = |kind: &str, each_step: f64| {
        let course = licences("polygon", kind)
            .at(0.0)
            .flat(10)
            .rise(each_step, 15);
        course.flat(60).rise(1.0, 10)
    };
    let busy = |steps| {
        licences("base", "perpetual")
            .at(0.0)
            .rise(1.5 / 48.0, steps)
    };
    let seldom = licences("gnosis", "perpetual")
        .at(0.0)
        .flat(10)
        .rise(6.5 / 15.0, 15)
        .flat(275);
    Story::of("RRALowTransactionVolumePerChain")
        .in_half_hours()
        .with(&[("chain", "polygon")])
        .over(72, [quiet("perpetual", 0.25), quiet("trial", 0.25)])
        .under([busy(300), seldom])
}

fn transactions_failing() -> Story {
    let ended = |outcome: &str, each_minute: f64| {
        let labels = format!("chain='base',operation='mint',outcome='{outcome}'");
        burst(
            Series::of(&blockchain::TRANSACTIONS, &labels),
            each_minute,
            30,
            60,
        )
    };
    Story::of("RRATransactionsFailing")
        .with(&[("chain", "base")])
        .over(
            11,
            [
                ended("reverted", 3.5),
                ended("dropped", 3.5),
                ended("timeout", 3.5),
                ended("confirmed", 89.5),
            ],
        )
        .under([
            ended("reverted", 3.25),
            ended("dropped", 3.25),
            ended("timeout", 3.0),
            ended("rejected", 40.0),
            ended("confirmed", 50.5),
        ])
}

/// At step 25 the oldest transaction of one instance is half a second older, or younger, than the
/// threshold; the other sent its own later.
fn transaction_stuck() -> Story {
    let oldest = |instance: &str, moment: f64| {
        let labels = format!("instance='{instance}',chain='base'");
        Series::of(&blockchain::TRANSACTION_OLDEST_PENDING, &labels).at(moment)
    };
    Story::of("RRATransactionStuck")
        .with(&[("chain", "base")])
        .over(
            25,
            [
                oldest("a", 599.5).flat(34).to(0.0, 10),
                oldest("b", 1500.0).flat(34).to(0.0, 10),
            ],
        )
        .under([oldest("a", 600.5).flat(30), oldest("b", 1500.0).flat(30)])
}

/// The nodes of two instances may name different prices.
fn gas_price_spike() -> Story {
    let price = |instance: &str, usual: f64, spike: f64| {
        let labels = format!("instance='{instance}',chain='base'");
        let series = Series::of(&blockchain::GAS_PRICE, &labels);
        series.to(usual, 151).to(spike, 9).to(usual, 5)
    };
    Story::of("RRAGasPriceSpike")
        .in_five_minutes()
        .with(&[("chain", "base")])
        .over(151, [price("a", 10.0, 36.0), price("b", 10.0, 10.0)])
        .under([price("a", 10.0, 28.0), price("b", 5.0, 5.0)])
}

fn chain_head_stalled() -> Story {
    let head = |instance: &str| {
        let labels = format!("instance='{instance}',chain='base'");
        Series::of(&blockchain::CHAIN_HEAD_BLOCK, &labels).at(100.0)
    };
    let slow = (1..6).fold(head("b"), |course, block| {
        course.to(100.0 + f64::from(block), 10)
    });
    Story::of("RRAChainHeadStalled")
        .with(&[("chain", "base")])
        .over(
            20,
            ["a", "b"].map(|instance| head(instance).rise(1.0, 10).flat(30).rise(1.0, 10)),
        )
        .under([head("a").flat(50), slow])
        .calm([head("a").rise(1.0, 50)])
}

fn wallet_balance_low() -> Story {
    let balance = |instance: &str, low: f64| {
        let labels = format!("instance='{instance}',chain='base',wallet='minter'");
        let series = Series::of(&blockchain::WALLET_BALANCE, &labels);
        series.to(1e9, 11).to(low, 30).to(1e9, 10)
    };
    Story::of("RRAWalletBalanceLow")
        .with(&[("chain", "base"), ("wallet", "minter")])
        .over(11, [balance("a", 49_999_999.5), balance("b", 1e9)])
        .under([balance("a", 50_000_000.0)])
        .calm([balance("a", 1e9)])
}

fn chain_rpc_errors() -> Story {
    let calls = |outcome: &str, each_minute: f64| {
        let labels = format!("chain='base',outcome='{outcome}'");
        burst(
            Series::of(&blockchain::CHAIN_RPC_REQUESTS, &labels),
            each_minute,
            30,
            40,
        )
    };
    Story::of("RRAChainRpcErrors")
        .with(&[("chain", "base")])
        .over(
            11,
            [
                calls("error", 2.75),
                calls("timeout", 2.5),
                calls("ok", 94.75),
            ],
        )
        .under([
            calls("error", 2.25),
            calls("timeout", 2.5),
            calls("ok", 95.25),
        ])
}

fn licences(chain: &str, kind: &str) -> Series {
    let labels = format!("chain='{chain}',license_type='{kind}'");
    Series::of(&blockchain::LICENSES_ISSUED, &labels)
}
