//! Connections that a network breaks, and those that it swallows: open for whoever asks the system, and
//! nothing passes any more.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rra_otel::{OtelGuard, Protocol};

use crate::receiver::Receiver;
use crate::{PATIENCE, config, one_span};

/// A network on loopback, between us and a receiver.
#[derive(Clone, Default)]
struct Network {
    /// The receiver's ends of all connections there were.
    ends: Arc<Mutex<Vec<TcpStream>>>,
    /// Of how many of them nothing passes any more: as with a firewall that has forgotten them, later
    /// ones are as good as ever.
    swallowed: Arc<AtomicUsize>,
    /// Whether it tells whoever sends something by one of those that the connection is no more.
    tells: bool,
}

impl Network {
    /// Gives the address to use in place of the receiver's.
    fn before(receiver: String, tells: bool) -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let address = listener.local_addr().expect("an address").to_string();
        let network = Self {
            tells,
            ..Self::default()
        };
        let ours = network.clone();
        thread::spawn(move || {
            for here in listener.incoming().map_while(Result::ok) {
                let there = TcpStream::connect(&receiver)?;
                ours.join(&here, &there)?;
            }
            io::Result::Ok(())
        });
        (network, address)
    }

    fn join(&self, here: &TcpStream, there: &TcpStream) -> io::Result<()> {
        let mut ends = self.ends.lock().expect("no panic");
        let number = ends.len();
        ends.push(there.try_clone()?);
        for (from, to) in [(here, there), (there, here)] {
            let (network, from, to) = (self.clone(), from.try_clone()?, to.try_clone()?);
            thread::spawn(move || network.carry(number, from, to));
        }
        Ok(())
    }

    /// Carries what comes, and nothing more once it is swallowed: not even the end.
    fn carry(&self, number: usize, mut from: TcpStream, mut to: TcpStream) -> io::Result<()> {
        let mut bytes = [0; 16 * 1024];
        loop {
            let read = from.read(&mut bytes)?;
            if self.swallowed.load(Ordering::SeqCst) > number {
                if self.tells && read > 0 {
                    return from.shutdown(Shutdown::Both);
                }
                std::mem::forget((from, to));
                return Ok(());
            }
            if read == 0 {
                return to.shutdown(Shutdown::Write);
            }
            to.write_all(&bytes[..read])?;
        }
    }

    fn connections(&self) -> usize {
        self.ends.lock().expect("no panic").len()
    }

    fn swallow(&self) {
        let ends = self.ends.lock().expect("no panic");
        self.swallowed.store(ends.len(), Ordering::SeqCst);
        for end in &*ends {
            let _ = end.shutdown(Shutdown::Both);
        }
    }
}

/// Sends a span by a connection, and then one that meets its end.
#[track_caller]
fn check(receiver: &str, protocol: Protocol) {
    for tells in [false, true] {
        let receiver = receiver.trim_start_matches("http://").to_owned();
        let (network, address) = Network::before(receiver, tells);
        let mut config = config(&format!("http://{address}"));
        config.protocol = protocol;
        config.batch.request_timeout = Duration::from_millis(300);
        config.batch.export_timeout = Duration::from_secs(2);
        let guard = OtelGuard::start(&config).expect("a guard");
        for number in 1..=2 {
            tracing::subscriber::with_default(guard.subscriber(), one_span);
            let report = guard.flush(PATIENCE);
            assert_eq!(report.exported, number, "{tells}: {report:?}");
            network.swallow();
        }
        assert_eq!(network.connections(), 2);
    }
}

#[test]
fn a_span_goes_by_another_connection() {
    check(&Receiver::start().endpoint, Protocol::HttpProtobuf);
}

#[cfg(feature = "grpc")]
#[test]
fn a_span_goes_by_another_connection_over_grpc_too() {
    let server = tonic::transport::Server::builder();
    let (address, _received) = crate::grpc::serve(server, || Ok(<_>::default()));
    check(&address, Protocol::Grpc);
}
