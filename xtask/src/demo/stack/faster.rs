//! Time that runs faster: every duration in the shipped files is divided, thresholds stay.
//!
//! Minutes and hours pass 100 times faster, half days and days 8640 times. So five minutes are 3 s,
//! an hour is 36 s, and a day is 10 s: the alert on a day without licences would otherwise take an
//! hour of a test. Windows of days are therefore shorter than windows of hours here; the alerts that
//! read both, those on budgets, are for `promtool` to judge.

/// What a person is told.
pub(super) const SAYS: &str =
    "Time runs faster: minutes and hours 100 times, half days and days 8640 times. 5 min are 3 s.";

const MINUTES: u64 = 100;
const DAYS: u64 = 8640;
/// From here on a duration is one of days.
const HALF_A_DAY_MS: u64 = 12 * 3600 * 1000;

/// The text of a file with every duration divided: after a key such as `for:`, and in `[5m]`,
/// `offset 1w`.
pub(super) fn text(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let (key, value) = line.split_once(": ").unwrap_or((line, ""));
        if is_key_of_time(key.trim_start_matches([' ', '-'])) {
            let value = value.split(" #").next().unwrap_or_default();
            return format!("{key}: {}", shorter(value.trim()));
        }
        windows(&age(line))
    });
    lines.map(|line| line + "\n").collect()
}

fn is_key_of_time(key: &str) -> bool {
    key == "for"
        || key == "keep_firing_for"
        || key == "resolve_timeout"
        || key.ends_with("interval")
        || key == "group_wait"
}

/// The age of a process, the one threshold that is a window.
fn age(line: &str) -> String {
    const OF_A_PROCESS: &str = "process_start_time_seconds{job=\"rra-module\"} < ";
    let Some((before, after)) = line.split_once(OF_A_PROCESS) else {
        return line.to_owned();
    };
    let end = after.find(|sign: char| !sign.is_ascii_digit());
    let (seconds, rest) = after.split_at(end.unwrap_or(after.len()));
    let divided = seconds.parse::<u64>().unwrap_or(0) / MINUTES;
    format!("{before}{OF_A_PROCESS}{divided}{rest}")
}

/// Windows and offsets of a query.
fn windows(line: &str) -> String {
    let mut result = String::new();
    for (index, part) in line.split('[').enumerate() {
        result += if index > 0 { "[" } else { "" };
        match part.split_once(']').filter(|_| index > 0) {
            Some((window, rest)) => result.extend([&shorter(window), "]", rest]),
            None => result += part,
        }
    }
    let Some((before, after)) = result.split_once(" offset ") else {
        return result;
    };
    let end = after.find(|sign: char| !sign.is_ascii_alphanumeric());
    let (offset, rest) = after.split_at(end.unwrap_or(after.len()));
    format!("{before} offset {}{}", shorter(offset), windows(rest))
}

/// A duration divided; what is none stays as it is.
fn shorter(duration: &str) -> String {
    let Some(full) = milliseconds(duration).filter(|&full| full > 0) else {
        return duration.to_owned();
    };
    let factor = if full < HALF_A_DAY_MS { MINUTES } else { DAYS };
    format!("{}ms", full / factor)
}

fn milliseconds(duration: &str) -> Option<u64> {
    let (number, unit) = duration.split_at_checked(duration.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 604_800_000,
        _ => return None,
    };
    Some(number.parse::<u64>().ok()? * unit)
}

#[cfg(test)]
mod tests {
    use super::text;

    #[track_caller]
    fn check(shipped: &str, expected: &str) {
        assert_eq!(text(shipped).trim_end(), expected);
    }

    #[test]
    fn minutes_and_days_are_divided() {
        check("        for: 5m", "        for: 3000ms");
        check("        for: 24h", "        for: 10000ms");
        check("      group_wait: 0s", "      group_wait: 0s");
    }

    #[test]
    fn windows_and_offsets_are_divided_and_thresholds_are_not() {
        check(
            "expr: sum(increase(a[1h])) > 100",
            "expr: sum(increase(a[36000ms])) > 100",
        );
        check(
            "avg_over_time(a:rate5m[1h] offset 1w) > 1",
            "avg_over_time(a:rate5m[36000ms] offset 70000ms) > 1",
        );
    }

    #[test]
    fn the_age_of_a_process_is_divided() {
        check(
            "sum(a and on (job) time() - process_start_time_seconds{job=\"rra-module\"} < 3600) > 0",
            "sum(a and on (job) time() - process_start_time_seconds{job=\"rra-module\"} < 36) > 0",
        );
    }

    #[test]
    fn lists_are_left_alone() {
        check("group_by: [alertname, job]", "group_by: [alertname, job]");
        check(
            "    - matchers: [severity=\"info\"]",
            "    - matchers: [severity=\"info\"]",
        );
    }
}
