//! What the service asks of the nodes of its chains, once a second: how far the chain is, what gas
//! costs, what is left in the wallet.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rra_observability::metrics::Metrics;
use rra_observability::metrics::labels::RpcOutcome;

use crate::chain::{CHAINS, WALLET};
use crate::service::Service;

const EACH: Duration = Duration::from_secs(1);

/// Asks until the program ends.
pub(crate) async fn watch(service: Arc<Service>) {
    let mut clock = tokio::time::interval(EACH);
    loop {
        clock.tick().await;
        service.chain.grow();
        service.count(|metrics| CHAINS.iter().for_each(|name| look(&service, metrics, name)));
    }
}

/// One call to the node of one chain. The stand-in answers at once, and never fails.
fn look(service: &Service, metrics: &Metrics, name: &str) {
    let asked = Instant::now();
    let state = service.chain.state();
    let blockchain = metrics.blockchain();
    let chain = blockchain.chain(name);
    let answered = RpcOutcome::Ok;
    blockchain.rpc_requests(chain, answered).increment(1);
    blockchain
        .rpc_duration(chain, answered)
        .record(asked.elapsed());
    blockchain.head_block(chain).set(state.head_block);
    blockchain.gas_price(chain).set(state.gas_price_gwei);
    // The stand-in confirms at once.
    blockchain.oldest_pending(chain).set(0.0);
    if let Some(balance) = blockchain.wallet_balance(chain, WALLET) {
        balance.set(state.balance_gwei);
    }
}
