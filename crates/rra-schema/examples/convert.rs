//! Reads lines of any writer and writes them in our form: `convert < old.log > new.log`.

use std::io::{BufRead, Write};

use rra_schema::limits::LINE_BYTES;
use rra_schema::{Instance, LineBuffer, Origin, Seal, SecurityEvent};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    let mut room = [0; LINE_BYTES];
    let mut written = LineBuffer::new(&mut room);
    for (seq, line) in (1..).zip(std::io::stdin().lock().lines()) {
        let event = rra_schema::read(&line?)?;
        let origin = Origin::new(event.service(), event.environment(), Instance::from_bits(1))?;
        event.write_line(&Seal::new(&origin, event.timestamp(), seq), &mut written);
        out.write_all(written.as_bytes())?;
    }
    Ok(())
}
