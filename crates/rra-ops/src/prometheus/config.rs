//! The example configuration of Prometheus and the page that explains the folder.

use super::rules::{GRAFANA, RUNBOOKS};
use crate::promql::JOB;

/// The configuration: the guide's scrape job, with what the rules need beside it.
pub(crate) fn render() -> String {
    format!(
        "\
# Rendered by `cargo xtask generate`.
# Start Prometheus with --storage.tsdb.retention.time=45d: budgets and monthly figures look back
# 30 days, and the default keeps 15.
global:
  evaluation_interval: 30s

rule_files:
  - rra.rules.yml

alerting:
  alertmanagers:
    - static_configs:
        - targets: ['localhost:9093']

scrape_configs:
  - job_name: '{JOB}'
    metrics_path: '/metrics'
    scrape_interval: 15s
    # A scrape above a limit fails as a whole, so these lie far above what the service allows itself.
    sample_limit: 50000
    label_value_length_limit: 200
    static_configs:
      - targets: ['localhost:8000']
        labels:
          # A target label, since external labels are not part of local queries and rules.
          environment: production

  # The way of an alert, which the runbook of RRAWatchdog asks about.
  - job_name: 'prometheus'
    static_configs:
      - targets: ['localhost:9090']
  - job_name: 'alertmanager'
    static_configs:
      - targets: ['localhost:9093']

# For more than one Prometheus, or more than 45 days: send to Mimir or to Thanos Receive.
# Series by agent stay here; the recorded ones carry what a long view needs.
# external_labels {{cluster, replica}} under `global` let the receiver drop the copies of a pair.
#remote_write:
#  - url: https://mimir.example.org/api/v1/push
#    queue_config: {{max_samples_per_send: 2000, max_shards: 20}}
#    write_relabel_configs:
#      - source_labels: [__name__]
#        regex: 'rra_.*|job:rra_.*|job_chain:rra_.*|up|process_.*|ALERTS'
#        action: keep
#      - source_labels: [__name__, agent_id]
#        regex: 'rra_.*;.+'
#        action: drop
"
    )
}

pub(crate) fn readme() -> String {
    format!(
        "\
# Prometheus

- `prometheus.yml` scrapes the service on `localhost:8000` and loads `rra.rules.yml`.
- `rra.rules.yml` has all alerts and recording rules. `seed.rules.yml` has the monitoring guide's
  eight alerts word for word, for those who built on them. Load one of the two, never both.
- Put them into `/etc/prometheus/`, and your own addresses into the links:
  `sed -i 's|{RUNBOOKS}|https://YOURS|; s|{GRAFANA}|https://YOURS|' rra.rules.yml`
- To see it work: `promtool check config prometheus.yml`, then
  `promtool query instant http://localhost:9090 'ALERTS{{alertname=\"RRAWatchdog\"}}'` must answer.
- `tests/` are unit tests: `promtool test rules tests/*.yml`. They need Prometheus 2.42 or newer.
- `defects.seed.test.yml` shows what the guide's expressions miss.
"
    )
}
