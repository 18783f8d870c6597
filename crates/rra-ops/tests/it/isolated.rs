//! The stories of one alert against a rule file that has this alert alone, which `promtool` judges
//! fifty times faster than the whole file.

use std::path::Path;
use std::sync::Mutex;
use std::{fs, iter, thread};

use rra_ops::alerts::{self, Alert, Group};
use rra_ops::prometheus::{render_rules, render_tests};
use rra_ops::recordings::{self, RecordingGroup};
use rra_ops::stories::{self, Case, Story};

use crate::promtool::promtool;

/// The lengths of a step, in minutes.
const STEPS: [u32; 3] = [1, 5, 30];

/// The cases of the stories told of an alert, but for those that end in one of `without`.
pub(crate) fn cases_of(alert: &Alert, without: &[&str]) -> Vec<Case> {
    let stories = stories::all();
    let told = stories.iter().filter(|story| story.alert == alert.name);
    let mut cases: Vec<Case> = told.flat_map(Story::cases).collect();
    cases.retain(|case| without.iter().all(|end| !case.name.ends_with(end)));
    cases
}

/// Runs these cases of one alert, in files of one step length each, against `rules`: the alert, or
/// what was made of it. Says what did not hold.
pub(crate) fn run(folder: &str, name: &str, rules: &[Alert], cases: &[Case]) -> Result<(), String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    fs::create_dir_all(&folder).expect("target can be written");
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::write(&path, text).expect("target can be written");
        path.to_string_lossy().into_owned()
    };
    let read: String = rules.iter().map(|rule| rule.expression.as_str()).collect();
    let recordings = read_by(&read);
    let mut order: Vec<String> = recordings
        .iter()
        .map(|group| group.name.to_owned())
        .collect();
    order.push("rra.alone".to_owned());
    let group = Group {
        category: "alone",
        alerts: rules.to_vec(),
    };
    let rules = format!("{name}.rules.yml");
    write(&rules, render_rules(&recordings, &[group]));
    let mut failures = String::new();
    for minutes in STEPS {
        let cases: Vec<Case> = cases
            .iter()
            .filter(|case| case.minutes_per_step == minutes)
            .cloned()
            .collect();
        if !cases.is_empty() {
            let test = format!("{name}.{minutes}.test.yml");
            let file = write(&test, render_tests(&rules, &order, &cases));
            failures += &promtool(&["test", "rules", &file])
                .err()
                .unwrap_or_default();
        }
    }
    if failures.is_empty() {
        return Ok(());
    }
    Err(failures)
}

/// What `work` says of every alert.
pub(crate) fn for_every_alert<T: Send>(work: impl Fn(Alert) -> T + Sync) -> Vec<T> {
    let alerts = alerts::groups().into_iter().flat_map(|group| group.alerts);
    at_both_cores(alerts.collect(), work)
}

/// What `work` says of every item, in any order, with both cores at it.
pub(crate) fn at_both_cores<I: Send, T: Send>(
    items: Vec<I>,
    work: impl Fn(I) -> T + Sync,
) -> Vec<T> {
    let open = Mutex::new(items.into_iter());
    let next = || open.lock().expect("nobody panics with the lock").next();
    let some = || iter::from_fn(next).map(&work).collect::<Vec<T>>();
    thread::scope(|scope| {
        let threads = [scope.spawn(some), scope.spawn(some)];
        let done = threads.map(|thread| thread.join().expect("it ends"));
        done.into_iter().flatten().collect()
    })
}

/// The recording rules that an expression reads, and those that these read.
fn read_by(expression: &str) -> Vec<RecordingGroup> {
    let mut groups = recordings::groups();
    let is_read = |text: &str, name: &str| {
        let ends = |(index, _): (usize, _)| {
            !text[index + name.len()..].starts_with(|sign: char| sign.is_alphanumeric())
        };
        text.match_indices(name).any(ends)
    };
    let mut text = expression.to_owned();
    for rule in groups.iter().flat_map(|group| &group.recordings) {
        if is_read(expression, &rule.name) {
            text += &rule.expression;
        }
    }
    for group in &mut groups {
        group.recordings.retain(|rule| is_read(&text, &rule.name));
    }
    groups.retain(|group| !group.recordings.is_empty());
    groups
}
