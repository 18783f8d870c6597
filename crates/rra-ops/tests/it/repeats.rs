//! What a repetition does: a page that is open is not opened again, and a chat gets another message.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::alertmanager::Alertmanager;
use crate::committed::root;

const DEADLINE: Duration = Duration::from_mins(1);
const ALERT: &str =
    "RRAHighErrorRate severity=critical category=service job=a environment=production";

/// Why pages may be repeated every hour and messages may not: PagerDuty joins what has the key of an
/// open incident, and Slack shows whatever it is sent.
#[test]
fn a_repetition_joins_the_open_page_and_is_another_message_in_the_chat() {
    let receiver = Receiver::start();
    let alertmanager = Alertmanager::start("repeats", &receiver.configuration());
    alertmanager.add(ALERT);
    let is_repeated = || receiver.pages("trigger").len() >= 3 && receiver.chats().len() >= 3;
    receiver.wait(is_repeated, "three pages and three messages");
    alertmanager.add(&format!("{ALERT} --end=2026-01-01T00:00:00Z"));
    receiver.wait(
        || !receiver.pages("resolve").is_empty(),
        "the end of the page",
    );
    let keys: BTreeSet<String> = ["trigger", "resolve"]
        .iter()
        .flat_map(|action| receiver.pages(action))
        .collect();
    assert_eq!(keys.len(), 1, "{keys:?}");
}

#[test]
fn a_chat_is_not_told_again_within_four_hours() {
    let text = shipped();
    let (_, routes) = text.split_once("\nroute:\n").expect("there are routes");
    let (routes, _) = routes.split_once("\ninhibit_rules:").expect("rules follow");
    let mut routes = routes.split("- matchers: ");
    let default = hours(routes.next().unwrap_or_default()).expect("the root has its own");
    let chats: Vec<&str> = routes
        .filter(|route| route.contains("receiver: slack"))
        .collect();
    assert_eq!(chats.len(), 2);
    for route in chats {
        assert!(hours(route).unwrap_or(default) >= 4, "{route}");
    }
    assert!(default >= 4, "what no route knows goes to a chat");
}

fn hours(route: &str) -> Option<u32> {
    let (_, rest) = route.split_once("repeat_interval: ")?;
    let value = rest.lines().next()?;
    Some(
        value
            .strip_suffix('h')?
            .parse()
            .expect("a whole number of hours"),
    )
}

fn shipped() -> String {
    let path = root().join("docs/ops/alertmanager/alertmanager.yml");
    fs::read_to_string(path).expect("it is there")
}

/// Stands for PagerDuty and Slack, and keeps what it is sent.
struct Receiver {
    url: String,
    told: Arc<Mutex<Vec<(String, String)>>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let told = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&told);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let request = take(&stream);
                keep.lock()
                    .expect("nobody panics with the lock")
                    .extend(request);
            }
        });
        Self { url, told }
    }

    /// The shipped one, with other addresses and secrets, and with every time a fraction of a second.
    fn configuration(&self) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("repeats");
        fs::create_dir_all(&folder).expect("target can be written");
        let secret = |name: &str, text: &str| {
            fs::write(folder.join(name), text).expect("target can be written");
        };
        secret("slack-webhook", &format!("{}/slack", self.url));
        secret("pagerduty-oncall", "0123456789abcdef0123456789abcdef");
        let template = root().join("docs/ops/alertmanager/templates/*.tmpl");
        let lines = shipped()
            .replace(
                "https://events.pagerduty.com/v2/enqueue",
                &format!("{}/page", self.url),
            )
            .replace("/etc/alertmanager/secrets", &folder.to_string_lossy())
            .replace("templates/*.tmpl", &template.to_string_lossy());
        let lines = lines.lines().map(|line| match line.split_once(": ") {
            Some((key, _)) if key.ends_with("group_wait") || key.ends_with("_interval") => {
                format!("{key}: 200ms\n")
            }
            _ => format!("{line}\n"),
        });
        let file = folder.join("alertmanager.yml");
        fs::write(&file, lines.collect::<String>()).expect("target can be written");
        file
    }

    /// The keys of the events of this kind that PagerDuty got.
    fn pages(&self, action: &str) -> Vec<String> {
        let events = self.sent("/page");
        let of_kind = events
            .iter()
            .filter(|event| event["event_action"] == action);
        of_kind
            .map(|event| event["dedup_key"].to_string())
            .collect()
    }

    fn chats(&self) -> Vec<Value> {
        self.sent("/slack")
    }

    fn sent(&self, to: &str) -> Vec<Value> {
        let told = self.told.lock().expect("nobody panics with the lock");
        let bodies = told.iter().filter(|(path, _)| path == to);
        bodies
            .map(|(_, body)| serde_json::from_str(body).expect("it is JSON"))
            .collect()
    }

    fn wait(&self, holds: impl Fn() -> bool, what: &str) {
        let start = Instant::now();
        while !holds() {
            let told = self.told.lock().expect("nobody panics with the lock").len();
            assert!(
                start.elapsed() < DEADLINE,
                "{what} did not come, {told} requests did"
            );
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Path and body of one request, which is answered as both services would.
fn take(mut stream: &TcpStream) -> Option<(String, String)> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while reader.read_line(&mut head).ok()? > 2 {}
    let lower = head.to_ascii_lowercase();
    let length = lower.split("content-length: ").nth(1)?.lines().next()?;
    let mut body = String::new();
    reader
        .take(length.parse().ok()?)
        .read_to_string(&mut body)
        .ok()?;
    let path = head.split(' ').nth(1)?.to_owned();
    let status = if path == "/page" {
        "202 Accepted"
    } else {
        "200 OK"
    };
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}");
    stream.write_all(answer.as_bytes()).ok()?;
    Some((path, body))
}
