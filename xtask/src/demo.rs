//! `cargo xtask demo`: runs the example service, sends clients to it or a log through it, and says
//! what happened and where to look.
//!
//! Owns the order of things and the verdict; each part is a file below `demo/`.

mod account;
mod alerts;
mod clients;
mod coverage;
mod last_words;
mod log;
mod options;
mod process;
mod progress;
mod replay;
mod scrape;
mod service;
mod stack;
mod summary;
mod traces;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

use crate::failure::Failure;
use crate::workspace;
use account::Account;
use alerts::Verdict;
use log::LogCounts;
use options::Options;
pub(crate) use process::{Process, free_address};
use scrape::Samples;
use service::{Plan, Service};
use traces::Traces;

/// How often the demo looks whether it should end.
const POLL: Duration = Duration::from_millis(100);

/// What the summary tells of.
struct Findings<'a> {
    log: &'a LogCounts,
    log_path: &'a Path,
    samples: &'a Samples,
    verdicts: &'a [Verdict],
    account: &'a Account,
    api: &'a str,
    admin: &'a str,
    traces: String,
}

/// Runs the demo.
///
/// # Errors
/// [`Failure::Found`] when a line or span is missing, a client met a surprise, or a metric of the
/// guide did not move; [`Failure::Broken`] when the service cannot be built or run.
pub(crate) fn run(arguments: lexopt::Parser) -> Result<(), Failure> {
    let options = Options::parse(arguments)?;
    if options.is_stack {
        return stack::run(&options);
    }
    let interrupted = watch_signals()?;
    let traces = Traces::start()?;
    let mut service = Service::start(&Plan {
        folder: folder()?,
        // Without openssl the demo shows everything else.
        certificate: stack::certificate(&folder()?.with_extension("certificate"), 90).ok(),
        trace_endpoint: traces.endpoint().to_owned(),
        has_own_receiver: !traces.is_ours(),
        input: options.input.clone(),
        ..Plan::default()
    })?;
    let surprises = exercise(&mut service, &options, &interrupted)?;
    let account = Account::settle(&service)?;
    print!("{}", describe(&service, &account, &traces)?);
    keep(&service.page()?)?;
    stay(&options, &interrupted, || service.is_running());
    let log = service.log.clone();
    let farewell = service.stop()?;
    print!("\nThe service has ended\n{farewell}");
    println!("{}", Account::close(&log, &farewell)?);
    println!("traces: {traces}");
    traces.close(&farewell)?;
    match surprises.as_slice() {
        [] => Ok(()),
        some => Err(Failure::Found(format!(
            "what was not expected:\n  {}",
            some.join("\n  ")
        ))),
    }
}

/// Where the demo leaves its log: below cargo's folder, so nothing of it is ever committed.
fn folder() -> Result<PathBuf, Failure> {
    let here = std::env::current_exe()
        .map_err(|error| Failure::Broken(format!("cargo's folder cannot be found: {error}")))?;
    let target = here.ancestors().nth(2).unwrap_or(workspace::root());
    Ok(target.join("demo"))
}

/// Where the demo leaves the page of metrics as it was after the clients had gone.
pub(crate) fn metrics_page() -> Result<PathBuf, Failure> {
    Ok(folder()?.join("metrics.txt"))
}

fn keep(page: &str) -> Result<(), Failure> {
    let path = metrics_page()?;
    std::fs::write(&path, page)
        .map_err(|error| Failure::Broken(format!("{} cannot be written: {error}", path.display())))
}

/// Says when the demo should end: at Ctrl-C, at SIGTERM, and when its terminal is closed. Each would end it
/// at once otherwise, and leave behind what it has started.
fn watch_signals() -> Result<Arc<AtomicBool>, Failure> {
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        flag::register(signal, Arc::clone(&interrupted))
            .map_err(|error| Failure::Broken(format!("Ctrl-C cannot be watched: {error}")))?;
    }
    Ok(interrupted)
}

/// What a part of the demo does at its next look when that has come.
///
/// # Errors
/// When the demo should end.
fn go_on(interrupted: &AtomicBool) -> Result<(), Failure> {
    if interrupted.load(Ordering::Relaxed) {
        return Err(Failure::Broken("the demo was ended early".to_owned()));
    }
    Ok(())
}

/// Sends clients, or follows the replay to its end. Returns what should not have happened.
fn exercise(
    service: &mut Service,
    options: &Options,
    interrupted: &AtomicBool,
) -> Result<Vec<String>, Failure> {
    let Some(input) = &options.input else {
        let tally = clients::visit(&service.api);
        println!("{} requests answered", tally.requests);
        let unmoved = coverage::unmoved(&service.scrape()?);
        return Ok([tally.surprises, unmoved].concat());
    };
    replay::follow(service, input, interrupted)?;
    Ok(Vec::new())
}

fn describe(service: &Service, account: &Account, traces: &Traces) -> Result<String, Failure> {
    let samples = service.scrape()?;
    let findings = Findings {
        log: &LogCounts::read(&service.log)?,
        log_path: service
            .log
            .strip_prefix(workspace::root())
            .unwrap_or(&service.log),
        samples: &samples,
        verdicts: &alerts::judge(&samples, service.age(), now()),
        account,
        api: &service.api,
        admin: &service.admin,
        traces: format!("{traces}{}", traces.hint()),
    };
    Ok(summary::render(&findings))
}

#[expect(clippy::disallowed_methods, reason = "the demo runs at the real time")]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

fn stay(options: &Options, interrupted: &AtomicBool, mut is_running: impl FnMut() -> bool) {
    match options.stay {
        Some(stay) => println!("\nThe service stays up for {stay:?}"),
        None => println!("\nThe service stays up until Ctrl-C"),
    }
    let end = options.stay.map(|stay| Instant::now() + stay);
    while is_running()
        && !interrupted.load(Ordering::Relaxed)
        && end.is_none_or(|end| Instant::now() < end)
    {
        thread::sleep(POLL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_is_told_to_end_and_does_not_leave_its_service_behind() {
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            let interrupted = watch_signals().unwrap();
            assert!(go_on(&interrupted).is_ok());
            signal_hook::low_level::raise(signal).unwrap();
            assert!(go_on(&interrupted).is_err(), "{signal}");
        }
    }
}
