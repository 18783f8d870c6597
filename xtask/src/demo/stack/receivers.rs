//! Those who are told: stand-ins for PagerDuty, OpsGenie, Slack and the heartbeat, which keep what
//! Alertmanager sends them, and a mailbox of aiosmtpd.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::demo::folder;
use crate::demo::process::free_address;
use crate::failure::Failure;
use crate::workspace;

/// Far above the largest message of the demo.
const MAX_BODY_BYTES: u64 = 1024 * 1024;

/// What stands in for the services that people are told by.
pub(super) struct Receivers {
    url: String,
    told: Arc<Mutex<Vec<Message>>>,
    mailbox: Mailbox,
}

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) path: String,
    pub(super) body: String,
}

struct Mailbox {
    server: Child,
    address: String,
    mails: PathBuf,
}

impl Receivers {
    /// Listens on loopback and starts the mailbox.
    ///
    /// # Errors
    /// When there is no port, or aiosmtpd cannot be started.
    pub(super) fn start() -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::Broken(format!("the receivers: {error}"));
        let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
        let url = format!("http://{}", listener.local_addr().map_err(failed)?);
        let told = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&told);
        // It ends with the program: there is nothing to wait for.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let keep = Arc::clone(&keep);
                thread::spawn(move || serve(&stream, &keep));
            }
        });
        Ok(Self {
            url,
            told,
            mailbox: Mailbox::start()?,
        })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn mailbox(&self) -> &str {
        &self.mailbox.address
    }

    /// Everything so far.
    pub(super) fn told(&self) -> Vec<Message> {
        self.told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Every mail so far, as it was received.
    pub(super) fn mails(&self) -> String {
        fs::read_to_string(&self.mailbox.mails).unwrap_or_default()
    }
}

impl Mailbox {
    fn start() -> Result<Self, Failure> {
        let address = free_address()?;
        let mails = folder()?.join("mails.txt");
        let failed = |error: std::io::Error| {
            Failure::Broken(format!(
                "the mailbox: {error}; `cargo xtask test --only prepare` installs aiosmtpd"
            ))
        };
        fs::create_dir_all(folder()?).map_err(failed)?;
        let server = Command::new(workspace::root().join("target/venv/bin/python"))
            .args(["-u", "-m", "aiosmtpd", "--nosetuid", "--listen", &address])
            .args(["--class", "aiosmtpd.handlers.Debugging", "stdout"])
            .stdin(Stdio::null())
            .stdout(File::create(&mails).map_err(failed)?)
            .spawn()
            .map_err(failed)?;
        Ok(Self {
            server,
            address,
            mails,
        })
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        // It keeps nothing, and one that has ended is gone already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Takes one request and answers as the service it stands for. A client that hangs up in between is
/// as good as one that never came.
fn serve(stream: &TcpStream, keep: &Mutex<Vec<Message>>) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    let mut length = 0;
    while reader.read_line(&mut head).is_ok_and(|read| read > 2) {
        let last = head.lines().last().unwrap_or_default().to_ascii_lowercase();
        if let Some(value) = last.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = String::new();
    let read = reader
        .take(length)
        .take(MAX_BODY_BYTES)
        .read_to_string(&mut body);
    let Some(path) = head.split(' ').nth(1).filter(|_| read.is_ok()) else {
        return;
    };
    let path = path.to_owned();
    let accepted = if path.starts_with("/slack") {
        "200 OK"
    } else {
        "202 Accepted"
    };
    let mut messages = keep.lock().unwrap_or_else(PoisonError::into_inner);
    messages.push(Message { path, body });
    drop(messages);
    let mut stream = stream;
    let _ = write!(
        stream,
        "HTTP/1.1 {accepted}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}"
    );
}
