//! The clocks, and the time as a text. It is formatted by hand, because a slow formatter would be
//! charged to the peers that are handed a text.

use std::fmt::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

/// Since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "what reading the clock costs is part of the figures"
)]
pub(crate) fn now() -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default()
}

/// The time as RFC 3339 with three digits.
pub(crate) fn text(since: Duration) -> String {
    let mut text = String::with_capacity(24);
    write_second(&mut text, since.as_secs());
    let _ = write!(text, ".{:03}Z", since.subsec_millis());
    text
}

/// Appends the second as RFC 3339, without a zone.
pub(crate) fn write_second(text: &mut String, second: u64) {
    let (year, month, day) = date(second / 86_400);
    let (hour, minute, second) = (second / 3600 % 24, second / 60 % 60, second % 60);
    let _ = write!(
        text,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
    );
}

/// CPU time of this thread in nanoseconds.
pub(crate) fn thread_nanos() -> u64 {
    nanos(ClockId::ThreadCPUTime)
}

/// CPU time of all threads in nanoseconds.
pub(crate) fn process_nanos() -> u64 {
    nanos(ClockId::ProcessCPUTime)
}

fn nanos(clock: ClockId) -> u64 {
    let time = clock_gettime(clock);
    time.tv_sec.cast_unsigned() * 1_000_000_000 + time.tv_nsec.cast_unsigned()
}

/// Year, month and day of a day since 1970, as Howard Hinnant's `civil_from_days` finds them: years
/// begin in March, so that the day that is sometimes missing is the last.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let leap_days = day_of_era / 1_460 + day_of_era / 146_096 - day_of_era / 36_524;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(millis: u64, expected: &str) {
        assert_eq!(text(Duration::from_millis(millis)), expected);
    }

    #[test]
    fn a_leap_day_is_a_day() {
        check(1_709_164_800_042, "2024-02-29T00:00:00.042Z");
        check(951_868_799_999, "2000-02-29T23:59:59.999Z");
    }

    #[test]
    fn a_year_begins_in_january() {
        check(1_798_761_599_000, "2026-12-31T23:59:59.000Z");
        check(1_798_761_600_000, "2027-01-01T00:00:00.000Z");
    }
}
