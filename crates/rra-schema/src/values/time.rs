//! Points in time as the log writes them: UTC, three fraction digits, `Z`.

use std::fmt;
use std::time::SystemTime;

use jiff::fmt::temporal::DateTimePrinter;

use super::{DetailValue, Scalar};
use crate::error::Error;
use crate::spec::FieldKind;
use crate::writer::Member;

/// A point in time to the millisecond, between the years 0000 and 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Length of the written form: `2025-12-20T10:30:00.000Z`.
pub(crate) const TEXT_BYTES: usize = 24;

const EARLIEST: i64 = -62_167_219_200_000;
const LATEST: i64 = 253_402_207_199_999;

impl Timestamp {
    /// A point in time by its distance from 1970-01-01 UTC. What lies outside the years that
    /// RFC 3339 can write becomes the nearest that it can.
    pub const fn from_unix_millis(millis: i64) -> Self {
        if millis < EARLIEST {
            Self(EARLIEST)
        } else if millis > LATEST {
            Self(LATEST)
        } else {
            Self(millis)
        }
    }

    /// Milliseconds since 1970-01-01 UTC.
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339 with any number of fraction digits and any offset; what is finer than a
    /// millisecond is cut.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the text is no RFC 3339 time.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refused = || {
            Error::invalid(
                "timestamp",
                text,
                "RFC 3339, such as 2025-12-20T10:30:00.000Z",
            )
        };
        let is_rfc_3339 = text
            .as_bytes()
            .get(10)
            .is_some_and(|b| b.eq_ignore_ascii_case(&b'T'))
            && text.as_bytes().first().is_some_and(u8::is_ascii_digit)
            && !text.contains('[');
        if !is_rfc_3339 {
            return Err(refused());
        }
        let time: jiff::Timestamp = text.parse().map_err(|_| refused())?;
        Ok(Self::from_unix_millis(
            time.as_nanosecond()
                .div_euclid(1_000_000)
                .try_into()
                .map_err(|_| refused())?,
        ))
    }

    pub(crate) fn write_text(self, out: &mut Vec<u8>) {
        const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));
        let time = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        let mut text = FixedText::default();
        // The buffer holds any time of the range, so writing into it cannot fail.
        let _ = PRINTER.print_timestamp(&time, &mut text);
        out.extend_from_slice(&text.bytes[..text.len]);
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let millis = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
            Err(before) => {
                i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |millis| -millis)
            }
        };
        Self::from_unix_millis(millis)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::with_capacity(TEXT_BYTES);
        self.write_text(&mut text);
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl DetailValue for Timestamp {
    const KIND: FieldKind = FieldKind::Timestamp;

    fn write(&self, member: &mut Member<'_, '_, '_>) {
        member.timestamp(*self);
    }

    fn scalar(&self) -> Scalar<'_> {
        Scalar::Integer(u64::try_from(self.0).unwrap_or(0))
    }
}

/// Where the printer writes: a line's worth of stack, so that a timestamp costs no allocation.
#[derive(Default)]
struct FixedText {
    bytes: [u8; 32],
    len: usize,
}

impl jiff::fmt::Write for FixedText {
    fn write_str(&mut self, text: &str) -> Result<(), jiff::Error> {
        let room = self.bytes.len() - self.len;
        let text = &text.as_bytes()[..text.len().min(room)];
        self.bytes[self.len..self.len + text.len()].copy_from_slice(text);
        self.len += text.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(read: &str, written: &str) {
        assert_eq!(Timestamp::parse(read).expect(read).to_string(), written);
    }

    #[test]
    fn any_fraction_reads_as_three_digits() {
        check("2025-12-20T10:30:00.000Z", "2025-12-20T10:30:00.000Z");
        check("2015-05-17T10:05:00.306999Z", "2015-05-17T10:05:00.306Z");
        check("2015-05-17T10:05:03Z", "2015-05-17T10:05:03.000Z");
        check("1969-12-31T23:59:59.9995Z", "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn any_offset_reads_as_utc() {
        check("2015-05-17T12:05:03+02:00", "2015-05-17T10:05:03.000Z");
        check("2015-05-17t10:05:03z", "2015-05-17T10:05:03.000Z");
    }

    #[test]
    fn text_that_is_no_time_is_refused() {
        for text in [
            "",
            "yesterday",
            "2015-05-17",
            "2015-05-17 10:05:03Z",
            "2015-13-01T00:00:00Z",
            "2015-05-17T10:05:03",
            "+002015-05-17T10:05:03Z",
        ] {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_beyond_the_calendar_become_its_ends() {
        assert_eq!(
            Timestamp::from_unix_millis(i64::MIN).to_string(),
            "0000-01-01T00:00:00.000Z"
        );
        assert_eq!(
            Timestamp::from_unix_millis(i64::MAX).to_string().len(),
            TEXT_BYTES
        );
    }
}
