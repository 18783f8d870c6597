//! The example service as a process that exports traces.

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use rra_observability::otel::Protocol;
use rra_observability::schema::configuration::VARIABLES;
use ureq::http::HeaderMap;

use super::super::output;

/// What the service is told beside its environment.
const SETTINGS: &str = "traces.sampling_routes = ['/webhooks/{name}=0']\n";

/// The service, until it is ended.
pub(super) struct Service {
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
    address: String,
}

impl Service {
    /// Builds the example, as the demo does, and starts it on a free port.
    pub(super) fn start(log: &Path, protocol: Protocol, endpoint: &str) -> Self {
        output(
            Command::new(env!("CARGO"))
                .args(["build", "--quiet", "--workspace", "--all-features"])
                .args(["--example", "rra_service"]),
        );
        let protocol = match protocol {
            Protocol::Grpc => "grpc",
            _ => "http/protobuf",
        };
        let settings = log.with_extension("toml");
        std::fs::write(&settings, SETTINGS).unwrap();
        let mut command = Command::new(example());
        for variable in VARIABLES {
            command.env_remove(variable.name);
        }
        let mut child = command
            .args(["--listen", "127.0.0.1:0"])
            .env("RRA_CONFIG_FILE", &settings)
            .env("RRA_SECURITY_LOG_FILE", log)
            .env("RRA_SERVICE_NAME", "licensing")
            .env("RRA_ENVIRONMENT", "test")
            .env("RRA_METRICS_ADDRESS", "off")
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
            .env("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
            .env("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")
            .env("OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=service%2Dkey")
            .env("OTEL_RESOURCE_ATTRIBUTES", "service.version=1.2.3")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let greeting = output.next().unwrap().unwrap();
        let (_, address) = greeting.split_once("http://").unwrap();
        Self {
            child,
            output,
            address: address.to_owned(),
        }
    }

    pub(super) fn port(&self) -> u16 {
        let (_, port) = self.address.rsplit_once(':').unwrap();
        port.parse().unwrap()
    }

    /// The status that a request gets.
    pub(super) fn get(&self, path: &str, key: &str, headers: &HeaderMap) -> u16 {
        let path = path.replace(' ', "%20").replace('\'', "%27");
        let mut request =
            ureq::get(format!("http://{}{path}", self.address)).header("x-api-key", key);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.config().http_status_as_error(false).build();
        request.call().unwrap().status().as_u16()
    }

    /// Ends it as Ctrl-C does; gives its process id and how many spans it says it exported.
    pub(super) fn end(mut self) -> (u32, u64) {
        let pid = self.child.id();
        output(Command::new("kill").args(["-s", "INT", &pid.to_string()]));
        let words: Vec<String> = self.output.by_ref().map(Result::unwrap).collect();
        assert!(self.child.wait().unwrap().success(), "{words:?}");
        let words = words.iter().flat_map(|line| line.split_whitespace());
        let mut exported = words.filter_map(|word| word.strip_prefix("exported="));
        (pid, exported.next_back().unwrap().parse().unwrap())
    }
}

/// Cargo puts examples beside the folder of the tests, this one among them.
fn example() -> std::path::PathBuf {
    let here = std::env::current_exe().unwrap();
    here.parent()
        .unwrap()
        .with_file_name("examples")
        .join("rra_service")
}
