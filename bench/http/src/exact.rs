//! Whether every count is exact: a client that sends so many requests and reads every answer, against
//! what the service counted, wrote and says at its end.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;

use rra_schema::events::audit::{Started, Stopped};
use rra_schema::metrics::api::{ERRORS, REQUEST_DURATION, REQUESTS, REQUESTS_IN_FLIGHT};
use rra_schema::metrics::security::SECURITY_EVENTS;

use crate::service::{Mode, Service};
use crate::traffic;

/// Connections at once.
const CLIENTS: usize = 16;
/// Requests of each; a multiple of a cycle of traffic.
const REQUESTS_EACH: usize = 2_000;

/// Counts by name.
type Counts = BTreeMap<String, u64>;

/// Sends the requests, compares, and says what was compared.
///
/// # Errors
/// When anything is off, by however little.
pub(crate) fn check(spans_to: SocketAddr) -> io::Result<String> {
    let service = Service::start(Mode::Traced("1"), spans_to)?;
    let received = send_all(service.api)?;
    let page = service.scrape()?;
    let (words, log) = service.stop()?;
    let total: u64 = received.values().sum();
    let failed: u64 = received
        .iter()
        .filter(|(status, _)| is_error(status))
        .map(|(_, n)| n)
        .sum();
    let expected_events = expected_events();
    same(
        "answers by status",
        &counts_by(&page, REQUESTS.name, "status"),
        &received,
    )?;
    same_sum(
        "durations",
        &page,
        &format!("{}_count", REQUEST_DURATION.name),
        total,
    )?;
    same_sum("errors", &page, ERRORS.name, failed)?;
    same_sum("requests in flight", &page, REQUESTS_IN_FLIGHT.name, 0)?;
    let mut counted = counts_by(&page, SECURITY_EVENTS.name, "event_type");
    counted.remove(Started::SPEC.name);
    same("events counted", &counted, &expected_events)?;
    let mut logged = types_in(&log);
    logged.retain(|name, _| name != Started::SPEC.name && name != Stopped::SPEC.name);
    same("events in the log", &logged, &expected_events)?;
    let events: u64 = expected_events.values().sum();
    let account = format!("accepted={0} delivered={0} dropped=0 pending=0", events + 2);
    if !words.contains(&account) {
        return Err(io::Error::other(format!(
            "{account} is not what it says: {words}"
        )));
    }
    Ok(format!(
        "Exact: {total} answers received, as many counted under the same statuses, {failed} of them \
         errors; {events} events caused, counted and in the log, each of its type; none in flight, \
         dropped or pending at the end."
    ))
}

/// Sends all requests; how many answers came with each status.
fn send_all(address: SocketAddr) -> io::Result<Counts> {
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| thread::spawn(move || send(address)))
        .collect();
    let mut all = Counts::new();
    for client in clients {
        let counts = client
            .join()
            .map_err(|_| io::Error::other("a client panicked"))??;
        for (status, count) in counts {
            *all.entry(status).or_default() += count;
        }
    }
    Ok(all)
}

fn send(address: SocketAddr) -> io::Result<Counts> {
    let connection = TcpStream::connect(address)?;
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(&connection);
    let mut received = Counts::new();
    let requests: Vec<(Vec<u8>, u16)> = traffic::cycle()
        .map(|kind| (kind.bytes(), kind.status))
        .collect();
    for (request, expected) in requests.iter().cycle().take(REQUESTS_EACH) {
        (&connection).write_all(request)?;
        let status = read_answer(&mut reader)?;
        if status != expected.to_string() {
            let request = String::from_utf8_lossy(request);
            return Err(io::Error::other(format!(
                "{status} and not {expected} for {request}"
            )));
        }
        *received.entry(status).or_default() += 1;
    }
    Ok(received)
}

/// Reads one answer to its last byte; its status.
pub(crate) fn read_answer(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        line.clear();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    io::copy(&mut reader.take(length), &mut io::sink())?;
    Ok(status)
}

fn is_error(status: &str) -> bool {
    status.starts_with(['4', '5'])
}

/// The events that all requests cause, by type.
fn expected_events() -> Counts {
    let mut events = Counts::new();
    let cycles = u64::try_from(CLIENTS * REQUESTS_EACH / 100).unwrap_or_default();
    for name in traffic::cycle().flat_map(|kind| kind.events) {
        *events.entry((*name).to_owned()).or_default() += cycles;
    }
    events
}

/// The values of a metric that are not zero, by one label.
fn counts_by(page: &str, metric: &str, label: &str) -> Counts {
    let mut counts = Counts::new();
    let start = format!("{label}=\"");
    for (labels, value) in samples(page, metric) {
        let value_of = labels
            .split(&start)
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        if value > 0 {
            *counts
                .entry(value_of.unwrap_or_default().to_owned())
                .or_default() += value;
        }
    }
    counts
}

/// Labels and value of every series of a metric.
fn samples<'p>(page: &'p str, metric: &'p str) -> impl Iterator<Item = (&'p str, u64)> {
    page.lines().filter_map(move |line| {
        let rest = line
            .strip_prefix(metric)
            .filter(|rest| rest.starts_with(['{', ' ']))?;
        let (labels, value) = rest.rsplit_once(' ')?;
        Some((labels, value.parse().ok()?))
    })
}

fn types_in(log: &str) -> Counts {
    let mut types = Counts::new();
    for line in log.lines() {
        let name = line
            .split("\"event_type\":\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        *types
            .entry(name.unwrap_or_default().to_owned())
            .or_default() += 1;
    }
    types
}

fn same(what: &str, found: &Counts, expected: &Counts) -> io::Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "{what}: {found:?} and not {expected:?}"
    )))
}

fn same_sum(what: &str, page: &str, metric: &str, expected: u64) -> io::Result<()> {
    let found: u64 = samples(page, metric).map(|(_, value)| value).sum();
    if found == expected {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "{what}: {found} and not {expected}"
    )))
}
