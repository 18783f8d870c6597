//! A whole destination: every security event as a line on a TCP connection.

use std::error::Error;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use rra_schema::Severity;
use rra_sink::{Batch, DeliveryError, Journal, Sink};

struct TcpSink {
    address: String,
    connection: Option<TcpStream>,
}

impl Sink for TcpSink {
    fn name(&self) -> &'static str {
        "tcp"
    }

    fn deliver(&mut self, batch: &Batch<'_>) -> Result<(), DeliveryError> {
        let sent = self.peer().and_then(|peer| peer.write_all(batch.bytes()));
        sent.map_err(|error| {
            // Half a batch may have arrived. Retrying all of it delivers at least once, and the
            // reader finds doubles by event_id.
            self.connection = None;
            DeliveryError::retryable(error.to_string())
        })
    }
}

impl TcpSink {
    fn peer(&mut self) -> std::io::Result<&mut TcpStream> {
        match &mut self.connection {
            Some(peer) => Ok(peer),
            empty => Ok(empty.insert(TcpStream::connect(&self.address)?)),
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    let sink = TcpSink {
        address,
        connection: None,
    };
    let journal = Journal::builder().sink(sink).start()?;
    journal.append(Severity::Info, |_, line| line.extend_from_slice(b"{}\n"))?;
    assert!(journal.shutdown(Duration::from_secs(5)).is_complete());
    let mut received = String::new();
    listener.accept()?.0.read_to_string(&mut received)?;
    assert_eq!(received, "{}\n");
    Ok(())
}
