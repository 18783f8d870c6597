//! Every query of every panel, asked of a real Prometheus: it must answer, with the labels that the
//! legend shows.
//!
//! The server scrapes the page that the demo's service left, as it is, and has a history of it: 35
//! days of growth in back-filled blocks, so that panels over a week or a month have something to show.

mod history;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rra_ops::grafana::{self, Panel, Target};
use serde_json::Value;

use crate::demo::{self, Process, free_address};
use crate::failure::Failure;
use crate::program::{program, run};
use crate::workspace::root;

/// How long recorded series may take to appear on a busy machine.
const DEADLINE: Duration = Duration::from_secs(30);
/// Panels that the demo leaves empty, each with the reason. One that it fills must leave this list.
const EMPTY: [(&str, &str); 1] = [(
    "Spools of rra-pipeline",
    "the demo has no destination over a network",
)];
/// How long the server is left alone between two questions.
const POLL: Duration = Duration::from_millis(200);

/// Asks every query until it answers.
///
/// # Errors
/// [`Failure::Found`] with the panels that stay empty or lack a label of their legend.
pub(super) fn check() -> Result<(), Failure> {
    let page = demo::metrics_page()?;
    let page = fs::read_to_string(&page).map_err(|error| broken(&page, &error))?;
    let folder = root().join("target/panels");
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).map_err(|error| broken(&folder, &error))?;
    let target = serve(page.clone())?;
    back_fill(&folder, &history::of(&page, &target, demo::now()))?;
    configure(&folder, &target)?;
    let address = free_address()?;
    let server = Process::start(
        &folder,
        "prometheus",
        &address,
        &[
            "--config.file=prometheus.yml",
            "--storage.tsdb.path=data",
            "--storage.tsdb.retention.time=45d",
        ],
    )?;
    let queries = queries();
    let (empty, filled): (Vec<&Query>, Vec<&Query>) =
        queries.iter().partition(|query| query.is_empty());
    println!(
        "{} queries of {} dashboards; left empty: {EMPTY:?}",
        queries.len(),
        grafana::dashboards().len(),
    );
    let mut faults: Vec<String> = filled
        .iter()
        .filter_map(|query| query.wait(&server).err())
        .collect();
    // When all others have answered, these would have, too.
    let answered = empty.iter().filter(|query| query.ask(&server).is_ok());
    faults.extend(answered.map(|query| format!("{}: is not empty any more", query.panel)));
    if empty.len() != EMPTY.len() {
        faults.push(format!("{EMPTY:?} names a panel that is not there"));
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Failure::Found(format!(
        "panels:\n  {}",
        faults.join("\n  ")
    )))
}

/// One query of one panel.
struct Query {
    panel: String,
    text: String,
    legend: Vec<String>,
}

fn queries() -> Vec<Query> {
    let mut queries = Vec::new();
    for dashboard in grafana::dashboards() {
        for panel in dashboard.rows.iter().flat_map(|row| &row.panels) {
            let of = |target: &Target| Query::of(dashboard.uid, panel, target);
            queries.extend(panel.targets.iter().map(of));
        }
    }
    queries
}

impl Query {
    fn of(uid: &str, panel: &Panel, target: &Target) -> Self {
        let variables = ["job", "environment", "instance"];
        let text = variables
            .iter()
            .fold(target.expression.clone(), |text, name| {
                text.replace(&format!("${name}\""), ".+\"")
            });
        let labels = target.legend.split("{{").skip(1);
        let labels = labels.filter_map(|rest| rest.split("}}").next());
        Self {
            panel: format!("{} of {uid}", panel.title),
            text: without_threshold(panel, text.replace("$__rate_interval", "5m")),
            legend: labels.map(str::to_owned).collect(),
        }
    }

    fn is_empty(&self) -> bool {
        EMPTY.iter().any(|(panel, _)| *panel == self.panel)
    }

    fn wait(&self, server: &Process) -> Result<(), String> {
        let start = Instant::now();
        loop {
            match self.ask(server) {
                Err(_) if start.elapsed() < DEADLINE => thread::sleep(POLL),
                answer => {
                    return answer.map_err(|why| format!("{}: {why}: {}", self.panel, self.text));
                }
            }
        }
    }

    fn ask(&self, server: &Process) -> Result<(), String> {
        let answer = server.query(&self.text);
        if answer["status"] != "success" {
            return Err(format!("refused: {}", answer["error"]));
        }
        let series = answer["data"]["result"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let is_number = |series: &Value| {
            let value = series["value"][1].as_str().unwrap_or("NaN");
            value != "NaN"
        };
        if !series.iter().any(is_number) {
            return Err("gives nothing".to_owned());
        }
        let lacks = |label: &&String| {
            series
                .iter()
                .any(|series| series["metric"].get(label.as_str()).is_none())
        };
        match self.legend.iter().find(lacks) {
            Some(label) => Err(format!("lacks {label} of its legend")),
            None => Ok(()),
        }
    }
}

/// A panel that is empty on a good day shows what is above a threshold; on this day we want to see
/// that there is something to compare with it.
fn without_threshold(panel: &Panel, query: String) -> String {
    if panel.no_value != "none" {
        return query;
    }
    query.replace(" > 0.9", "").replace(" > 0)", ")")
}

/// Serves the page on loopback until the program ends.
fn serve(page: String) -> Result<String, Failure> {
    let failed = |error: std::io::Error| Failure::Broken(format!("the page of metrics: {error}"));
    let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // A scraper that hangs up comes again.
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\n\
                 content-length: {}\r\nconnection: close\r\n\r\n{page}",
                page.len()
            );
        }
    });
    Ok(address.to_string())
}

fn back_fill(folder: &Path, history: &str) -> Result<(), Failure> {
    let path = folder.join("history.txt");
    fs::write(&path, history).map_err(|error| broken(&path, &error))?;
    run(program("promtool")
        .args(["tsdb", "create-blocks-from", "openmetrics", "--quiet"])
        .arg("--max-block-duration=960h")
        .arg(&path)
        .arg(folder.join("data")))
}

/// The shipped files; recorded series are wanted at once and not in half a minute.
fn configure(folder: &Path, target: &str) -> Result<(), Failure> {
    for name in ["prometheus.yml", "rra.rules.yml"] {
        let path = root().join("docs/ops/prometheus").join(name);
        let shipped = fs::read_to_string(&path).map_err(|error| broken(&path, &error))?;
        let lines = shipped
            .lines()
            .map(|line| match line.split_once("interval: ") {
                Some((key, _)) => format!("{key}interval: 1s\n"),
                None => format!("{line}\n"),
            });
        let text: String = lines.collect();
        let path = folder.join(name);
        fs::write(&path, text.replace("localhost:8000", target))
            .map_err(|error| broken(&path, &error))?;
    }
    Ok(())
}

fn broken(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Broken(format!("{}: {error}", path.display()))
}
