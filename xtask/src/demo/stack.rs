//! `--stack`: the example service with a real Prometheus, a real Alertmanager and receivers on
//! loopback, on the shipped rules and routes. Each of the guide's eight alerts is given its cause,
//! must reach who it is meant for, and must resolve when the cause is gone.
//!
//! Owns the order of things. Time runs faster, see [`faster`]; nothing else of the rules is changed.

mod cause;
mod faster;
mod files;
mod programs;
mod receivers;
mod watch;

pub(super) use files::certificate;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rra_schema::events::auth::Failure as Failed;

use super::options::Options;
use super::service::{Plan, Service};
use super::traces::Traces;
use super::{clients, folder, go_on, log, stay, watch_signals};
use crate::failure::Failure;
use cause::Mood;
use files::Files;
use programs::Programs;
use receivers::Receivers;
use watch::Watch;

/// How often the servers are asked how things are.
const POLL: Duration = Duration::from_millis(200);
/// When an alert that has not come will not come any more, on a busy machine too.
const DEADLINE: Duration = Duration::from_mins(3);

/// Runs the stack through every cause and stays up as the options say.
///
/// # Errors
/// [`Failure::Found`] when an alert did not fire, did not arrive or did not resolve;
/// [`Failure::Broken`] when a program cannot be started.
pub(super) fn run(options: &Options) -> Result<(), Failure> {
    let interrupted = watch_signals()?;
    let folder = folder()?;
    let traces = Traces::start()?;
    let receivers = Receivers::start()?;
    let plan = |name: &'static str| Plan {
        folder: folder.join(name),
        trace_endpoint: traces.endpoint().to_owned(),
        has_own_receiver: !traces.is_ours(),
        ..Plan::default()
    };
    let service = Service::start(&plan("first"))?;
    let mut second = plan("second");
    second.certificate = Some(certificate(&folder, 6)?);
    let other = Service::start(&second)?;
    let files = Files::write(
        &folder.join("stack"),
        &receivers,
        &[&service.admin, &other.admin],
    )?;
    let programs = Programs::start(&files)?;
    println!("{}\n{}", programs.links(&service), faster::SAYS);

    let mut watch = Watch::new(&programs, &receivers, &interrupted);
    watch.until("both instances answer", Watch::all_are_up)?;
    fresh_start(&mut watch, &service)?;
    let (other, surprises) = rise_and_fall(&mut watch, &service, (second, other), &folder)?;
    println!("\n{}", watch.table());
    stay(options, &interrupted, || true);
    drop(programs);
    other.stop()?;
    service.stop()?;
    if surprises.is_empty() {
        return Ok(());
    }
    Err(Failure::Found(surprises.join("\n")))
}

/// One address guesses keys at a service that has counted nothing yet: the first failures must be
/// enough.
fn fresh_start(watch: &mut Watch, service: &Service) -> Result<(), Failure> {
    watch.until("both count failures from 0 on", Watch::nobody_has_failed)?;
    let mood = Arc::new(Mood::default());
    let guesser = cause::guess(&service.api, Arc::clone(&mood));
    watch.until("brute force from one address has arrived", |watch| {
        watch.have_arrived(&cause::OF_ONE_ADDRESS)
    })?;
    mood.end();
    let mut surprises = guesser.join().unwrap_or_default();
    let sources = log::sources(&service.log, Failed::SPEC.name)?;
    if sources.iter().ne([clients::GUESSER]) {
        surprises.push(format!("failures came from {sources:?}"));
    }
    if surprises.is_empty() {
        return Ok(());
    }
    Err(Failure::Found(surprises.join("\n")))
}

/// Every other alert gets its cause and loses it. Returns the second instance, which began anew meanwhile, and
/// what clients met that they should not have.
fn rise_and_fall(
    watch: &mut Watch,
    service: &Service,
    (mut second, other): (Plan, Service),
    folder: &Path,
) -> Result<(Service, Vec<String>), Failure> {
    let mood = Arc::new(Mood::default());
    let clients = cause::start(&service.api, Arc::clone(&mood));
    watch.until("the alerts on traffic have arrived", |watch| {
        watch.have_arrived(&cause::OF_TRAFFIC)
    })?;
    watch.until(
        "the alerts on silence and certificates have arrived",
        |watch| watch.have_arrived(&cause::OF_STATE),
    )?;
    watch.until("no instance is missed", |watch| {
        watch.are_off(&cause::OF_ABSENCE)
    })?;
    watch.forget(&cause::OF_ABSENCE);
    second.ports = Some(other.ports());
    other.stop()?;
    watch.until("the end of an instance has arrived", |watch| {
        watch.have_arrived(&cause::OF_ABSENCE)
    })?;
    second.certificate = Some(certificate(folder, 365)?);
    let other = Service::start(&second)?;
    mood.calm_down();
    watch.until("every alert has resolved", Watch::all_have_resolved)?;
    mood.end();
    Ok((other, clients.join().unwrap_or_default()))
}
