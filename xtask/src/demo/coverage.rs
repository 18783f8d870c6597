//! Which of the guide's metrics no client has moved. An example that leaves one at zero would teach
//! nobody how it is used.

use rra_schema::metrics::security::TLS_CERTIFICATE_EXPIRY;
use rra_schema::metrics::{METRICS, MetricSpec, Stability};

use super::scrape::Samples;

/// One sentence for each metric of the guide that is still at zero.
pub(crate) fn unmoved(samples: &Samples) -> Vec<String> {
    METRICS
        .iter()
        .filter(|metric| is_expected(metric) && !samples.has_moved(metric))
        .map(|metric| format!("no client moved {}", metric.name))
        .collect()
}

/// All of the guide but the certificate's: the example is served without TLS.
fn is_expected(metric: &MetricSpec) -> bool {
    metric.stability == Stability::Seed && metric.name != TLS_CERTIFICATE_EXPIRY.name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_has_twelve_metrics() {
        assert_eq!(unmoved(&Samples::default()).len(), 12);
    }

    #[test]
    fn counters_and_histograms_move_above_zero() {
        let text = "rra_gas_used_total{chain=\"a\"} 1\n\
                    rra_active_agents 0\n\
                    rra_negotiation_duration_seconds_count{agent_id=\"a\"} 3\n";
        let unmoved = unmoved(&Samples::parse(text));
        assert_eq!(unmoved.len(), 10);
        assert!(unmoved.contains(&"no client moved rra_active_agents".to_owned()));
    }
}
