//! Points in time as the log writes them: UTC, three fraction digits, `Z`.

use std::cell::Cell;
use std::fmt;
use std::time::SystemTime;

use super::{DetailValue, Scalar};
use crate::error::Error;
use crate::spec::FieldKind;
use crate::writer::{Member, pair};

/// A point in time to the millisecond, between the years 0000 and 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Length of the written form: `2025-12-20T10:30:00.000Z`.
pub(crate) const TEXT_BYTES: usize = 24;

/// As many fraction digits as the calendar's library reads.
const NANOSECOND_DIGITS: usize = 9;

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

    /// Reads RFC 3339 with any number of fraction digits and any offset, and a space in the place of the
    /// `T` (section 5.6); what is finer than a millisecond is cut.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the text is no RFC 3339 time.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::read(text).ok_or_else(|| {
            let expected = "RFC 3339, such as 2025-12-20T10:30:00.000Z";
            Error::invalid("timestamp", text, expected)
        })
    }

    fn read(text: &str) -> Option<Self> {
        let is_rfc_3339 = text.as_bytes().get(10).is_some_and(|b| b"Tt ".contains(b))
            && text.starts_with(|c: char| c.is_ascii_digit())
            && !text.contains('[');
        if !is_rfc_3339 {
            return None;
        }
        let (front, rest) = text.split_once('.').unwrap_or((text, ""));
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let time: jiff::Timestamp = if digits > NANOSECOND_DIGITS {
            let short = [front, ".", &rest[..NANOSECOND_DIGITS], &rest[digits..]].concat();
            short.parse().ok()?
        } else {
            text.parse().ok()?
        };
        let millis = time.as_nanosecond().div_euclid(1_000_000);
        millis.try_into().ok().map(Self::from_unix_millis)
    }

    /// The written form, made once while the millisecond stays.
    #[inline]
    pub(crate) fn write_cached(self, place: &mut [u8; TEXT_BYTES]) {
        let (latest, text) = WRITTEN.get();
        *place = if latest == self.0 { text } else { self.cache() };
    }

    #[inline(never)]
    fn cache(self) -> [u8; TEXT_BYTES] {
        let text = self.text();
        WRITTEN.set((self.0, text));
        text
    }

    /// The written form, made of the days by the shortest known arithmetic of the Gregorian
    /// calendar, in which a year begins in March and so ends with its leap day.
    fn text(self) -> [u8; TEXT_BYTES] {
        // Counted from an era before the calendar's first, so that nothing is negative.
        let millis = (self.0 - ERA_START_MILLIS).unsigned_abs();
        let (days, millis) = (small(millis / DAY_MILLIS), small(millis % DAY_MILLIS));
        let (era, day_of_era) = (days / ERA_DAYS, days % ERA_DAYS);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 {
            month_from_march + 3
        } else {
            month_from_march - 9
        };
        let year = year_of_era + era * 400 + u32::from(month <= 2) - 400;
        let seconds = millis / 1_000;
        let millis = millis % 1_000;
        let mut text = *b"0000-00-00T00:00:00.000Z";
        for (at, number) in [
            (0, year / 100),
            (2, year),
            (5, month),
            (8, day),
            (11, seconds / 3_600),
            (14, seconds / 60 % 60),
            (17, seconds % 60),
            (20, millis / 10),
        ] {
            text[at..at + 2].copy_from_slice(&pair(number));
        }
        text[22] = pair(millis)[1];
        text
    }
}

thread_local! {
    /// The point in time that this thread wrote last, and its text.
    static WRITTEN: Cell<(i64, [u8; TEXT_BYTES])> =
        const { Cell::new((i64::MIN, [0; TEXT_BYTES])) };
}

const DAY_MILLIS: u64 = 86_400_000;
/// Days of 400 years.
const ERA_DAYS: u32 = 146_097;
/// The year -400 from its March on, in milliseconds from 1970: 865,565 days before.
const ERA_START_MILLIS: i64 = -865_565 * 86_400_000;

/// A number that is known to fit: days of ten thousand years, or milliseconds of a day.
#[expect(clippy::cast_possible_truncation, reason = "known to fit")]
const fn small(number: u64) -> u32 {
    number as u32
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
        f.write_str(std::str::from_utf8(&self.text()).unwrap_or_default())
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
        check(
            "2015-05-17T10:05:03.1234567890123+02:00",
            "2015-05-17T08:05:03.123Z",
        );
        check("2015-05-17 10:05:03.5Z", "2015-05-17T10:05:03.500Z");
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
            "2015-05-17 10:05:03",
            "2015-05-17 10:05:03.Z",
            "2015-13-01T00:00:00Z",
            "2015-05-17T10:05:03",
            "+002015-05-17T10:05:03Z",
        ] {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn days_of_the_whole_calendar_are_the_ones_another_library_names() {
        const DAY: i64 = 86_400_000;
        for day in (EARLIEST / DAY..=LATEST / DAY).step_by(11) {
            let millis = (day * DAY + day.rem_euclid(86_399_999)).min(LATEST);
            let theirs = jiff::Timestamp::from_millisecond(millis).expect("in range");
            let mut cached = [0; TEXT_BYTES];
            Timestamp(millis).write_cached(&mut cached);
            assert_eq!(cached, Timestamp(millis).to_string().as_bytes());
            assert_eq!(
                Timestamp(millis).to_string(),
                theirs.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
            );
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
