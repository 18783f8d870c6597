//! A service that is made to die: the tests of this crate start it, kill it, take its disk away, and
//! look at what it leaves behind. It tells what it knows by datagrams, because those are no calls
//! that the tests make fail.
//!
//! `rra-sink-file-victim LOG SOCKET KEY=VALUE...` waits for a byte on its standard input, opens the log, waits for
//! another, and emits its events.

use std::error::Error;
use std::io::Read;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rra_schema::Severity;
use rra_sink::{Journal, Level, Overflow, Receipt};
use rra_sink_file::{FileConfig, FileSink, Note, Rotation};

const PATIENCE: Duration = Duration::from_secs(30);

struct Plan {
    log: PathBuf,
    socket: PathBuf,
    /// What tells this run from others in `event_id`, as 16 hexadecimal digits.
    instance: String,
    events: u64,
    /// So many are emitted, then their receipts are waited for.
    group: u64,
    level: Level,
    rotate_bytes: Option<u64>,
    chain: bool,
    journal: Option<PathBuf>,
    /// Bytes of filling in each line.
    filling: usize,
    /// Ends without waiting until old files are compressed.
    hurry: bool,
}

fn main() -> ExitCode {
    match Plan::read().and_then(|plan| plan.run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("victim: {error}");
            ExitCode::from(2)
        }
    }
}

impl Plan {
    fn read() -> Result<Self, Box<dyn Error>> {
        let mut arguments = std::env::args().skip(1);
        let mut next = || arguments.next().ok_or("two paths are needed");
        let mut plan = Self {
            log: next()?.into(),
            socket: next()?.into(),
            instance: "0".repeat(16),
            events: 0,
            group: 1,
            level: Level::Written,
            rotate_bytes: None,
            chain: false,
            journal: None,
            filling: 0,
            hurry: false,
        };
        for argument in arguments {
            let (key, value) = argument.split_once('=').ok_or("KEY=VALUE is needed")?;
            match key {
                "instance" => value.clone_into(&mut plan.instance),
                "events" => plan.events = value.parse()?,
                "group" => plan.group = value.parse()?,
                "durable" => plan.level = Level::Durable,
                "rotate" => plan.rotate_bytes = Some(value.parse()?),
                "chain" => plan.chain = true,
                "journal" => plan.journal = Some(value.into()),
                "filling" => plan.filling = value.parse()?,
                "hurry" => plan.hurry = true,
                _ => return Err(format!("there is no {key}").into()),
            }
        }
        Ok(plan)
    }

    fn run(&self) -> Result<(), Box<dyn Error>> {
        let teller = Teller::new(&self.socket)?;
        teller.tell("ready");
        wait_for_a_byte();
        let journal = self.open(&teller)?;
        teller.tell("opened");
        wait_for_a_byte();
        for first in (0..self.events).step_by(usize::try_from(self.group)?) {
            let count = self.group.min(self.events - first);
            let receipts: Vec<Receipt> = (0..count)
                .map(|_| self.emit(&journal, &teller))
                .collect::<Result<_, _>>()?;
            for receipt in receipts {
                let word = match receipt.wait(PATIENCE) {
                    Ok(()) => "reached",
                    Err(_) => "broken",
                };
                teller.tell(&format!("{word} {}-{}", self.instance, receipt.seq()));
            }
        }
        // On a thread of its own: how often it has to look is no matter of the main one's calls.
        thread::scope(|scope| {
            let other = thread::Builder::new().spawn_scoped(scope, || self.settle());
            other.map_or_else(|_| self.settle(), drop);
        });
        let report = journal.shutdown(PATIENCE);
        let balance = if report.is_balanced() {
            "balanced"
        } else {
            "unbalanced"
        };
        teller.tell(&format!("ended {balance} {}", report.lost()));
        Ok(())
    }

    fn open(&self, teller: &Teller) -> Result<Journal, Box<dyn Error>> {
        let mut config = FileConfig::new(&self.log);
        config.chain = self.chain;
        config.rotation = self.rotate_bytes.map(|bytes| {
            let mut rotation = Rotation::default();
            rotation.max_bytes = Some(bytes);
            rotation.every = None;
            rotation.keep_files = None;
            rotation
        });
        let notes = teller.clone();
        let sink = FileSink::open(config)?.on_note(move |note| match note {
            Note::Rewritten { count, is_exact } => {
                notes.tell(&format!("rewritten {count} {is_exact}"));
            }
            Note::Lost { count, .. } => notes.tell(&format!("lost {count}")),
            Note::Torn(torn) => notes.tell(&format!("torn {}", torn.bytes)),
            _ => {}
        });
        let mut builder = Journal::builder()
            .overflow(Overflow::Block)
            .patience(PATIENCE)
            .sink(sink);
        if let Some(journal) = &self.journal {
            builder = builder.directory(journal);
        }
        Ok(builder.start()?)
    }

    fn emit(&self, journal: &Journal, teller: &Teller) -> Result<Receipt, rra_sink::Error> {
        let filling = "x".repeat(self.filling);
        let instance = &self.instance;
        let receipt = journal.append_with_receipt(Severity::Error, self.level, |seq, line| {
            let text = format!("{{\"filling\":\"{filling}\",\"event_id\":\"{instance}-{seq}\"}}\n");
            line.extend_from_slice(text.as_bytes());
        })?;
        teller.tell(&format!("accepted {instance}-{}", receipt.seq()));
        Ok(receipt)
    }

    /// Waits until every old file is compressed.
    fn settle(&self) {
        let start = Instant::now();
        while self.rotate_bytes.is_some()
            && !self.hurry
            && has_plain_old_files(&self.log)
            && start.elapsed() < PATIENCE
        {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

fn has_plain_old_files(log: &Path) -> bool {
    let name = log.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!("{name}.2");
    let entries = log.parent().and_then(|directory| directory.read_dir().ok());
    entries.into_iter().flatten().flatten().any(|entry| {
        let entry = entry.file_name().to_string_lossy().into_owned();
        entry.starts_with(&prefix) && entry.ends_with('Z')
    })
}

fn wait_for_a_byte() {
    // An end of input is as good: somebody tries this by hand.
    let _ = std::io::stdin().read(&mut [0]);
}

/// Tells the test what happened.
#[derive(Clone)]
struct Teller {
    datagrams: Arc<UnixDatagram>,
    socket: PathBuf,
}

impl Teller {
    fn new(socket: &Path) -> std::io::Result<Self> {
        Ok(Self {
            datagrams: Arc::new(UnixDatagram::unbound()?),
            socket: socket.to_owned(),
        })
    }

    fn tell(&self, what: &str) {
        // The test may have gone: then nobody wants to know.
        let _ = self.datagrams.send_to(what.as_bytes(), &self.socket);
    }
}
