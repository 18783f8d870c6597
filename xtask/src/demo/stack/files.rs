//! The shipped files, as they are but for time, addresses and secrets, written where the programs
//! read them.

use std::fs;
use std::path::{Path, PathBuf};

use super::faster;
use super::receivers::Receivers;
use crate::demo::process::free_address;
use crate::demo::service::prepare;
use crate::failure::Failure;
use crate::program::{program, run};
use crate::workspace;

/// Where everything for the programs lies.
pub(super) struct Files {
    pub(super) folder: PathBuf,
    /// Where Prometheus will be.
    pub(super) prometheus: String,
    /// Where Prometheus will find Alertmanager.
    pub(super) alertmanager: String,
}

/// What an account at each of these would be known by.
const SECRETS: [&str; 5] = [
    "slack-webhook",
    "opsgenie",
    "smtp",
    "pagerduty-oncall",
    "pagerduty-security",
];

impl Files {
    /// Writes the configuration of both programs, with `targets` to scrape.
    ///
    /// # Errors
    /// When a shipped file is not there or the folder cannot be written.
    pub(super) fn write(
        folder: &Path,
        receivers: &Receivers,
        targets: &[&str],
    ) -> Result<Self, Failure> {
        let files = Self {
            folder: folder.to_owned(),
            prometheus: free_address()?,
            alertmanager: free_address()?,
        };
        // Prometheus and Alertmanager would go on with the series and alerts of an earlier demo.
        prepare(folder).map_err(|error| broken(folder, &error))?;
        let secrets = folder.join("secrets");
        fs::create_dir_all(&secrets).map_err(|error| broken(folder, &error))?;
        for name in SECRETS {
            let secret = match name {
                "slack-webhook" => format!("{}/slack", receivers.url()),
                name => format!("{name:x<32}"),
            };
            put(&secrets.join(name), &secret)?;
        }
        put(
            &folder.join("rra.rules.yml"),
            &faster::text(&shipped("prometheus/rra.rules.yml")?),
        )?;
        let template = shipped("alertmanager/templates/rra.tmpl")?;
        fs::create_dir_all(folder.join("templates")).map_err(|error| broken(folder, &error))?;
        put(&folder.join("templates/rra.tmpl"), &template)?;
        files.write_prometheus(targets)?;
        files.write_alertmanager(receivers, &secrets)?;
        Ok(files)
    }

    fn write_prometheus(&self, targets: &[&str]) -> Result<(), Failure> {
        let names: Vec<String> = targets
            .iter()
            .map(|target| format!("'{}'", target.trim_start_matches("http://")))
            .collect();
        let text = faster::text(&shipped("prometheus/prometheus.yml")?)
            .replace("'localhost:8000'", &names.join(", "))
            .replace("localhost:9090", &self.prometheus)
            .replace("localhost:9093", &self.alertmanager);
        put(&self.folder.join("prometheus.yml"), &text)
    }

    /// Loopback has neither TLS nor accounts, so what would log in is left out.
    fn write_alertmanager(&self, receivers: &Receivers, secrets: &Path) -> Result<(), Failure> {
        let url = receivers.url();
        let text = faster::text(&shipped("alertmanager/alertmanager.yml")?)
            .replace(
                "https://events.pagerduty.com/v2/enqueue",
                &format!("{url}/pagerduty"),
            )
            .replace(
                "https://heartbeat.example.org/rra",
                &format!("{url}/heartbeat"),
            )
            .replace("smtp.example.org:587", receivers.mailbox())
            .replace("smtp_require_tls: true", "smtp_require_tls: false")
            .replace("/etc/alertmanager/secrets", &secrets.display().to_string())
            .replace(
                "global:\n",
                &format!("global:\n  opsgenie_api_url: {url}/opsgenie/\n"),
            );
        let is_kept = |line: &&str| !line.contains("smtp_auth_");
        let text: Vec<&str> = text.lines().filter(is_kept).collect();
        put(&self.folder.join("alertmanager.yml"), &text.join("\n"))
    }
}

/// A certificate that ends in so many days.
///
/// # Errors
/// When `openssl` cannot make one.
pub(crate) fn certificate(folder: &Path, days: u32) -> Result<PathBuf, Failure> {
    fs::create_dir_all(folder).map_err(|error| broken(folder, &error))?;
    let path = folder.join("public.pem");
    run(program("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
        ])
        .args([
            "-noenc",
            "-subj",
            "/CN=localhost",
            "-days",
            &days.to_string(),
        ])
        .arg("-keyout")
        .arg(folder.join("public.key"))
        .arg("-out")
        .arg(&path)
        .stderr(std::process::Stdio::null()))?;
    Ok(path)
}

fn shipped(name: &str) -> Result<String, Failure> {
    let path = workspace::root().join("docs/ops").join(name);
    fs::read_to_string(&path).map_err(|error| broken(&path, &error))
}

fn put(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| broken(path, &error))
}

fn broken(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Broken(format!("{}: {error}", path.display()))
}
