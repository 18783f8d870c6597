//! A million requests of a client that invents a path and an agent for each of them: what becomes of
//! the number of series, of the page of metrics, and of memory.

use std::fmt::Write as _;
use std::io::{self, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;

use crate::exact::read_answer;
use crate::service::{Mode, Service};

const REQUESTS: usize = 1_000_000;
const CLIENTS: usize = 8;
/// Requests that a client sends before it reads the answers.
const AT_ONCE: usize = 50;
/// The bound of the page of metrics, in bytes.
const MAX_PAGE: usize = 1 << 20;

/// Sends the requests and says what they left.
///
/// # Errors
/// When a series more is there than after a few of them, or the page is larger than its bound.
pub(crate) fn check(spans_to: SocketAddr) -> io::Result<String> {
    let service = Service::start(Mode::Untraced, spans_to)?;
    flood(service.api, 0..2_000)?;
    let (few, memory_after_few) = (series(&service.scrape()?), service.memory()?);
    flood(service.api, 2_000..REQUESTS)?;
    let page = service.scrape()?;
    let memory = service.memory()?;
    service.stop()?;
    let many = series(&page);
    if many > few || page.len() > MAX_PAGE {
        let bytes = page.len();
        return Err(io::Error::other(format!(
            "{many} series, {few} before, in {bytes} bytes"
        )));
    }
    Ok(format!(
        "Hostile: {REQUESTS} requests, each for a path and as an agent that nobody has heard of: \
         {many} series as after 2000 of them, a page of {} KiB, {memory} MiB of memory after \
         {memory_after_few} MiB.",
        page.len() / 1024
    ))
}

/// Sends the requests with these numbers.
fn flood(address: SocketAddr, numbers: std::ops::Range<usize>) -> io::Result<()> {
    let clients: Vec<_> = (0..CLIENTS)
        .map(|first| {
            let own = numbers.clone().skip(first).step_by(CLIENTS);
            thread::spawn(move || send(address, own))
        })
        .collect();
    for client in clients {
        client
            .join()
            .map_err(|_| io::Error::other("a client panicked"))??;
    }
    Ok(())
}

fn send(address: SocketAddr, numbers: impl Iterator<Item = usize>) -> io::Result<()> {
    let mut connection = TcpStream::connect(address)?;
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut numbers = numbers.peekable();
    while numbers.peek().is_some() {
        let (mut bytes, mut sent) = (String::new(), 0);
        for number in numbers.by_ref().take(AT_ONCE) {
            // Half of them match a route, half of them none.
            let path = if number % 2 == 0 {
                "api/v1/negotiations"
            } else {
                "invented"
            };
            let _ = write!(
                bytes,
                "POST /{path}/{number}/accept HTTP/1.1\r\nhost: x\r\nx-api-key: agent-{number}\r\n\r\n",
            );
            sent += 1;
        }
        connection.write_all(bytes.as_bytes())?;
        for _ in 0..sent {
            let status = read_answer(&mut reader)?;
            if status != "401" && status != "404" {
                return Err(io::Error::other(format!(
                    "{status} for an invented agent or path"
                )));
            }
        }
    }
    Ok(())
}

fn series(page: &str) -> usize {
    page.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .count()
}
