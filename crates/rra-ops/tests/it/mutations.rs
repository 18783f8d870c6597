//! A rule that is changed a little must break a test: each threshold one more and one less (a tenth
//! for a share), without `sum`, without `for`, with another label value or one value less, with the
//! other extreme or another quantile.

use std::collections::BTreeSet;
use std::iter;

use rra_ops::alerts::Alert;
use rra_ops::stories::Case;

use crate::isolated;

/// Words that stand between a value and the threshold it is compared with.
const COMPARISONS: [&str; 5] = [" > ", " < ", " >= ", " <= ", " == "];

/// Cases that notice no change which the others of the same story do not notice.
const SLOW: [&str; 2] = ["survives a failed scrape", "is silent without any series"];

#[test]
fn every_change_of_an_alert_breaks_one_of_its_tests() {
    let results = isolated::for_every_alert(|alert| try_changes(&alert));
    let tried: usize = results.iter().map(|(tried, _)| tried).sum();
    let survivors: Vec<String> = results
        .into_iter()
        .flat_map(|(_, survivors)| survivors)
        .collect();
    assert!(tried >= 200, "only {tried} changes were tried");
    assert!(
        survivors.is_empty(),
        "nothing noticed:\n{}",
        survivors.join("\n")
    );
}

/// How many changes were tried, and which of them no test noticed.
///
/// All of them are rules of one file, so that series are loaded and recording rules evaluated once,
/// and the rule as it is stands first: no test may find fault with it. A change that makes a rule fail
/// outright ends the case for the others: who is left tries again.
fn try_changes(alert: &Alert) -> (usize, Vec<String>) {
    let unchanged = ("nothing".to_owned(), alert.clone());
    let (changes, mut left): (Vec<String>, Vec<Alert>) = iter::once(unchanged)
        .chain(changes(alert))
        .enumerate()
        .map(|(index, (change, mutant))| (change, numbered(mutant, index)))
        .unzip();
    let cases = isolated::cases_of(alert, &SLOW);
    while !left.is_empty() {
        let cases: Vec<Case> = cases
            .iter()
            .map(|case| of_all(case, alert, &left))
            .collect();
        let Err(failures) = isolated::run("mutants", alert.name, &left, &cases) else {
            break;
        };
        let before = left.len();
        left.retain(|mutant| !is_noticed(mutant, &failures));
        assert!(left.len() < before, "{}: {failures}", alert.name);
    }
    let unnoticed = left.iter().map(|mutant| {
        let index = mutant.name.rsplit('_').next().unwrap_or_default();
        index.parse().expect("it was numbered above")
    });
    let unnoticed: BTreeSet<usize> = unnoticed.collect();
    assert!(unnoticed.contains(&0), "{}: fails as it is", alert.name);
    let described = unnoticed
        .iter()
        .skip(1)
        .map(|&index| format!("{}: {}", alert.name, changes[index]));
    (changes.len() - 1, described.collect())
}

/// Under a name of its own, since one file holds them all.
fn numbered(mutant: Alert, index: usize) -> Alert {
    let name = String::leak(format!("{}_{index}", mutant.name));
    Alert { name, ..mutant }
}

/// The case of one alert, asked of each of these.
fn of_all(case: &Case, alert: &Alert, mutants: &[Alert]) -> Case {
    let of = |mutant: &Alert| {
        let (before, after) = (named(alert), named(mutant));
        let mut checks = case.checks.clone();
        for check in &mut checks {
            check.query = check.query.replace(&before, &after);
        }
        checks
    };
    let mut all = case.clone();
    all.checks = mutants.iter().flat_map(of).collect();
    all
}

/// A query about it did not give what was expected, or it could not be evaluated.
fn is_noticed(mutant: &Alert, failures: &str) -> bool {
    let asked = named(mutant).replace('"', "\\\"");
    failures.contains(&asked) || failures.contains(&format!("rule: {}, ", mutant.name))
}

fn named(alert: &Alert) -> String {
    format!("alertname=\"{}\"", alert.name)
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
    mutants.extend(
        without("sum by (", &alert.expression).map(|text| ("without sum".to_owned(), with(text))),
    );
    mutants.extend(
        other_label(&alert.expression).map(|text| ("another label value".to_owned(), with(text))),
    );
    mutants.extend(
        without_a_word(&alert.expression)
            .map(|text| ("one label value less".to_owned(), with(text))),
    );
    mutants.extend(
        other_extreme(&alert.expression).map(|text| ("the other extreme".to_owned(), with(text))),
    );
    if alert.expression.contains("quantile(0.95, ") {
        let quantile = alert
            .expression
            .replace("quantile(0.95, ", "quantile(0.99, ");
        mutants.push(("another quantile".to_owned(), with(quantile)));
    }
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

/// Each `sum by (..) (x)`, or what the word is, as `x`.
pub(crate) fn without(word: &str, expression: &str) -> impl Iterator<Item = String> {
    expression.match_indices(word).map(|(start, word)| {
        let labels_end = start + closing(&expression[start + word.len() - 1..]) + word.len();
        let open = labels_end
            + expression[labels_end..]
                .find('(')
                .expect("an aggregation has an operand");
        let end = open + closing(&expression[open..]);
        format!(
            "{}{}{}",
            &expression[..start],
            &expression[open + 1..end],
            &expression[end + 1..]
        )
    })
}

/// Each pattern such as `"a|b"` without one of its words, but for the first.
fn without_a_word(expression: &str) -> impl Iterator<Item = String> {
    expression.match_indices('|').map(|(start, _)| {
        let rest = &expression[start + 1..];
        let end = rest.find(['|', '"']).expect("a pattern ends");
        format!("{}{}", &expression[..start], &rest[end..])
    })
}

/// Each `max by` as `min by`, and the other way round. Of values that all are 1 both are the same.
fn other_extreme(expression: &str) -> impl Iterator<Item = String> {
    let places = ["max by (", "min by ("].map(|word| expression.match_indices(word));
    places.into_iter().flatten().filter_map(|(start, word)| {
        let labels = start + word.len() - 1;
        let open = labels + closing(&expression[labels..]) + 2;
        let operand = &expression[open..open + closing(&expression[open..])];
        let other = if word.starts_with("max") {
            "min"
        } else {
            "max"
        };
        let is_of_ones = operand.ends_with(" == 1");
        (!is_of_ones).then(|| {
            format!(
                "{}{other}{}",
                &expression[..start],
                &expression[start + 3..]
            )
        })
    })
}

/// The first label matcher beside the job's, or that one, with another value.
pub(crate) fn other_label(expression: &str) -> Option<String> {
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
