//! The stories of one alert against a rule file that has this alert alone, which `promtool` judges
//! fifty times faster than the whole file.

use std::fs;
use std::path::Path;

use rra_ops::alerts::{self, Alert, Group};
use rra_ops::prometheus::{render_rules, render_tests};
use rra_ops::recordings::{self, RecordingGroup};
use rra_ops::stories::{self, Case};

use crate::promtool::promtool;

/// The lengths of a step, in minutes.
const STEPS: [u32; 3] = [1, 5, 30];

/// Runs the stories told of `alert.name`, but for the cases that end in one of `without`, and says
/// what did not hold.
pub(crate) fn run(folder: &str, alert: &Alert, without: &[&str]) -> Result<(), String> {
    let stories = stories::all();
    for story in stories.iter().filter(|story| story.alert == alert.name) {
        let mut cases = story.cases();
        cases.retain(|case| without.iter().all(|end| !case.name.ends_with(end)));
        run_cases(folder, alert, &cases)?;
    }
    Ok(())
}

/// Runs these cases, in files of one step length each.
pub(crate) fn run_cases(folder: &str, alert: &Alert, cases: &[Case]) -> Result<(), String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    fs::create_dir_all(&folder).expect("target can be written");
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::write(&path, text).expect("target can be written");
        path.to_string_lossy().into_owned()
    };
    let recordings = read_by(&alert.expression);
    let group = Group {
        category: "alone",
        alerts: vec![alert.clone()],
    };
    let rules = format!("{}.rules.yml", alert.name);
    write(&rules, render_rules(&recordings, &[group]));
    let mut order: Vec<String> = recordings
        .iter()
        .map(|group| group.name.to_owned())
        .collect();
    order.push("rra.alone".to_owned());
    for minutes in STEPS {
        let cases: Vec<Case> = cases
            .iter()
            .filter(|case| case.minutes_per_step == minutes)
            .cloned()
            .collect();
        if !cases.is_empty() {
            let name = format!("{}.{minutes}.test.yml", alert.name);
            let file = write(&name, render_tests(&rules, &order, &cases));
            promtool(&["test", "rules", &file])?;
        }
    }
    Ok(())
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

#[test]
fn every_story_holds() {
    let failures: Vec<String> = alerts::groups()
        .into_iter()
        .flat_map(|group| group.alerts)
        .filter_map(|alert| {
            run("stories", &alert, &[])
                .err()
                .map(|reason| format!("{}:\n{reason}", alert.name))
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_guides_eight_alerts_fire_at_the_same_step_in_our_form() {
    let alerts: Vec<Alert> = alerts::groups()
        .into_iter()
        .flat_map(|group| group.alerts)
        .collect();
    let twins = stories::twins();
    assert_eq!(twins.len(), 8);
    for twin in twins {
        let is_of = |alert: &&Alert| twin.name.starts_with(&format!("{}:", alert.name));
        let alert = alerts
            .iter()
            .find(is_of)
            .expect("each case names its alert");
        let result = run_cases("twins", alert, &[twin]);
        assert_eq!(result, Ok(()));
    }
}
