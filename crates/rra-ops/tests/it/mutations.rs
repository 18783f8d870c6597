//! A rule that is changed a little must break a test: each threshold one more and one less (a tenth
//! for a share), without `sum`, without `for`, with another label value.

use std::thread;

use rra_ops::alerts::{self, Alert};

use crate::isolated;

/// Words that stand between a value and the threshold it is compared with.
const COMPARISONS: [&str; 5] = [" > ", " < ", " >= ", " <= ", " == "];

/// Cases that notice no change which the others of the same story do not notice.
const SLOW: [&str; 2] = ["survives a failed scrape", "is silent without any series"];

#[test]
fn every_change_of_an_alert_breaks_one_of_its_tests() {
    let alerts: Vec<Alert> = alerts::groups()
        .into_iter()
        .flat_map(|group| group.alerts)
        .collect();
    let results: Vec<(usize, Vec<String>)> = thread::scope(|scope| {
        let threads: Vec<_> = alerts
            .chunks(alerts.len().div_ceil(4))
            .map(|some| scope.spawn(|| some.iter().map(try_changes).collect::<Vec<_>>()))
            .collect();
        let joined = threads
            .into_iter()
            .map(|thread| thread.join().expect("it ends"));
        joined.flatten().collect()
    });
    let tried: usize = results.iter().map(|(tried, _)| tried).sum();
    let survivors: Vec<&str> = results
        .iter()
        .flat_map(|(_, survivors)| survivors)
        .map(String::as_str)
        .collect();
    assert!(tried >= 200, "only {tried} changes were tried");
    assert!(
        survivors.is_empty(),
        "nothing noticed:\n{}",
        survivors.join("\n")
    );
}

/// How many changes were tried, and which of them no test noticed.
fn try_changes(alert: &Alert) -> (usize, Vec<String>) {
    let changes = changes(alert);
    let tried = changes.len();
    let unnoticed = changes
        .into_iter()
        .filter(|(_, mutant)| isolated::run("mutants", mutant, &SLOW).is_ok())
        .map(|(change, _)| format!("{}: {change}", alert.name));
    (tried, unnoticed.collect())
}

fn changes(alert: &Alert) -> Vec<(String, Alert)> {
    let with = |expression: String| Alert {
        expression,
        ..alert.clone()
    };
    let mut mutants: Vec<(String, Alert)> = thresholds(&alert.expression)
        .into_iter()
        .map(|(change, expression)| (change, with(expression)))
        .collect();
    mutants
        .extend(without_sums(&alert.expression).map(|text| ("without sum".to_owned(), with(text))));
    mutants.extend(
        other_label(&alert.expression).map(|text| ("another label value".to_owned(), with(text))),
    );
    if alert.for_minutes > 0 {
        let hasty = Alert {
            for_minutes: 0,
            ..alert.clone()
        };
        mutants.push(("without for".to_owned(), hasty));
    }
    mutants
}

/// Each number behind a comparison, moved both ways. A comparison that only keeps zeros out of a
/// division or off a join, as in `(x > 0)`, is no threshold.
fn thresholds(expression: &str) -> Vec<(String, String)> {
    let mut mutants = Vec::new();
    for comparison in COMPARISONS {
        for (index, _) in expression.match_indices(comparison) {
            let (before, after) = expression.split_at(index + comparison.len());
            let end = after
                .find(|sign: char| !sign.is_ascii_digit() && sign != '.')
                .unwrap_or(after.len());
            let (number, rest) = after.split_at(end);
            let is_guard = number == "0" && rest.starts_with(')');
            let Some(value) = number.parse::<f64>().ok().filter(|_| !is_guard) else {
                continue;
            };
            let margin = if number.contains('.') {
                value / 10.0
            } else {
                1.0
            };
            for moved in [value - margin, value + margin] {
                let change = format!("{}{moved} instead of {number}", comparison.trim_start());
                mutants.push((change, format!("{before}{moved}{rest}")));
            }
        }
    }
    mutants
}

/// Each `sum by (..) (x)` as `x`.
fn without_sums(expression: &str) -> impl Iterator<Item = String> {
    expression.match_indices("sum by (").map(|(start, word)| {
        let labels_end = start + closing(&expression[start + word.len() - 1..]) + word.len();
        let open = labels_end
            + expression[labels_end..]
                .find('(')
                .expect("sum by () has an operand");
        let end = open + closing(&expression[open..]);
        format!(
            "{}{}{}",
            &expression[..start],
            &expression[open + 1..end],
            &expression[end + 1..]
        )
    })
}

/// The first label matcher beside the job's, or that one, with another value.
fn other_label(expression: &str) -> Option<String> {
    let quoted = |text: &str| text.find('"').map(|open| open + 1);
    let other = expression
        .match_indices(", ")
        .map(|(index, _)| index)
        .find(|&index| {
            let word = expression[index + 2..]
                .trim_start_matches(|sign: char| sign.is_alphanumeric() || sign == '_');
            word.starts_with("=\"") || word.starts_with("=~\"")
        });
    let start = other.unwrap_or(0);
    let open = start + quoted(&expression[start..])?;
    Some(format!("{}no-{}", &expression[..open], &expression[open..]))
}

/// Where the bracket that opens the text is closed.
fn closing(text: &str) -> usize {
    let mut depth = 0;
    let closed = text.char_indices().find(|&(_, sign)| {
        depth += match sign {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth == 0
    });
    closed.expect("brackets are balanced").0
}
