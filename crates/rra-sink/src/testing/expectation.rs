//! What a test says about captured events, in the types of the catalogue.

use rra_schema::limits::LINE_BYTES;
use rra_schema::{Instance, LineBuffer, Origin, ReadEvent, Seal, SecurityEvent, Timestamp, read};

use super::Captured;

impl Captured {
    /// Every captured line that is an event, read.
    pub fn events(&self) -> Vec<ReadEvent> {
        let lines = self.lines();
        let events = lines.iter().map(|line| read(line.text.trim_end()));
        events.filter_map(Result::ok).collect()
    }

    /// Asserts that an event like this arrived, and returns the first: one of the same type and
    /// severity, whose details have every value that those of `expected` have.
    ///
    /// ```
    /// use rra_schema::Event;
    /// use rra_schema::events::auth::{AuthFailureReason, Failure};
    /// # use rra_schema::{Instance, LineBuffer, Origin, Seal, SecurityEvent, Timestamp};
    /// # let (sink, captured) = rra_sink::testing::CapturingSink::new("memory");
    /// # let journal = rra_sink::Journal::builder().sink(sink).start()?;
    /// # let origin = Origin::new("shop", "test", Instance::from_bits(1))?;
    /// # let event = Event::new(Failure::new(AuthFailureReason::Locked).attempts(9_u64));
    /// # journal.append_event(event.severity(), |seq, line| {
    /// #     let seal = Seal::new(&origin, Timestamp::from_unix_millis(0), seq);
    /// #     event.write_line(&seal, line);
    /// # })?;
    /// # journal.shutdown(std::time::Duration::from_secs(5));
    ///
    /// captured.assert_event(&Event::new(Failure::new(AuthFailureReason::Locked)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    /// When none did.
    #[track_caller]
    pub fn assert_event(&self, expected: &dyn SecurityEvent) -> ReadEvent {
        let wanted = written_and_read(expected);
        let events = self.events();
        let found = events.iter().find(|event| is_like(event, &wanted));
        let has = || events.iter().map(describe).collect::<Vec<_>>();
        found
            .unwrap_or_else(|| panic!("no event is like {}: {:#?}", describe(&wanted), has()))
            .clone()
    }
}

/// The event as a reader of the log sees it.
fn written_and_read(event: &dyn SecurityEvent) -> ReadEvent {
    let origin = Origin::new("expected", "test", Instance::from_bits(0));
    let origin = origin.expect("these are names");
    let seal = Seal::new(&origin, Timestamp::from_unix_millis(0), 0);
    let mut room = [0; LINE_BYTES];
    let mut line = LineBuffer::new(&mut room);
    event.write_line(&seal, &mut line);
    let line = String::from_utf8_lossy(line.as_bytes());
    read(line.trim_end()).expect("the writer writes what the reader reads")
}

fn is_like(event: &ReadEvent, wanted: &ReadEvent) -> bool {
    event.event_name().as_str() == wanted.event_name().as_str()
        && event.severity() == wanted.severity()
        && wanted
            .details()
            .iter()
            .all(|detail| event.details().contains(detail))
}

fn describe(event: &ReadEvent) -> String {
    let name = event.event_name();
    format!(
        "{} {} {:?}",
        event.severity(),
        name.as_str(),
        event.details()
    )
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use rra_schema::events::auth::{AuthFailureReason, AuthMethod, Failure, Success};
    use rra_schema::{Event, Severity};

    use super::*;
    use crate::sink::{Batch, Earlier, Record, Span};

    fn captured(event: &dyn SecurityEvent) -> Captured {
        let origin = Origin::new("shop", "test", Instance::from_bits(1)).unwrap();
        let mut room = [0; LINE_BYTES];
        let mut line = LineBuffer::new(&mut room);
        event.write_line(
            &Seal::new(&origin, Timestamp::from_unix_millis(5), 7),
            &mut line,
        );
        let records = [Record {
            seq: 7,
            end: line.len().try_into().unwrap(),
            severity: event.severity(),
        }];
        let captured = Captured::default();
        captured.take(&Batch::new(
            line.as_bytes(),
            &records,
            Span::new(0, 0, 1),
            Earlier::new(&[]),
        ));
        captured
    }

    fn failure(attempts: u64) -> Event<'static, Failure<'static>> {
        Event::new(Failure::new(AuthFailureReason::Locked).attempts(attempts))
    }

    #[track_caller]
    fn check(expected: &dyn SecurityEvent, is_there: bool) {
        let captured = captured(&failure(3));
        let look = || drop(captured.assert_event(expected));
        assert_eq!(catch_unwind(AssertUnwindSafe(look)).is_ok(), is_there);
    }

    #[test]
    fn an_event_is_found_by_its_type_severity_and_the_details_that_are_named() {
        check(&failure(3), true);
        check(&Event::new(Failure::new(AuthFailureReason::Locked)), true);
        check(&failure(4), false);
        check(
            &Event::new(Failure::new(AuthFailureReason::InvalidKey)),
            false,
        );
        check(&failure(3).raise_to(Severity::Error), false);
        check(&Event::new(Success::new(AuthMethod::ApiKey)), false);
    }
}
