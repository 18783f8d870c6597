//! `--live`: the lines of a running log, judged by the strict schema and the strict reader.
//!
//! Like a linter it groups what it finds by kind, with the lines; it never shows a value, because
//! a value may be a secret. Keys and types are shown without secrets and escaped: a log holds what
//! clients sent, and this goes to a terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, stdin};

use rra_schema::limits::READ_LINE_BYTES;
use serde_json::{Value, json};

use super::validator::{Fault, Judge};
use crate::failure::Failure;
use crate::generate;

/// Line numbers shown for each kind of finding.
const LINES_SHOWN: usize = 5;

/// Most characters that are shown of what a line says.
const CHARS_SHOWN: usize = 160;

/// Event types that the catalogue does not have, as many as are kept.
const OTHERS_KEPT: usize = 100;

/// What was seen so far.
#[derive(Debug, Default)]
struct Tally {
    lines: usize,
    valid: usize,
    findings: BTreeMap<Fault, Occurrences>,
    event_types: BTreeSet<String>,
}

/// Where one kind of finding was seen.
#[derive(Debug, Default)]
struct Occurrences {
    count: usize,
    first_lines: Vec<usize>,
}

/// Judges every line of a file, or of standard input for `-`.
///
/// # Errors
/// [`Failure::Found`] when a line is not valid.
pub(super) fn run(path: &str, as_json: bool) -> Result<(), Failure> {
    let (schema, _) = generate::schemas();
    let tally = Tally::of(open(path)?, &Judge::new(&schema)?, path)?;
    if as_json {
        tally.print_json();
    } else {
        tally.print();
    }
    match tally.lines - tally.valid {
        0 => Ok(()),
        invalid => Err(Failure::Found(format!(
            "check-schema: {invalid} of {} lines are not valid",
            tally.lines
        ))),
    }
}

fn open(path: &str) -> Result<Box<dyn BufRead>, Failure> {
    if path == "-" {
        return Ok(Box::new(BufReader::new(stdin())));
    }
    let file = File::open(path)
        .map_err(|error| Failure::Broken(format!("{path} cannot be opened: {error}")))?;
    Ok(Box::new(BufReader::new(file)))
}

impl Tally {
    fn of(mut log: impl BufRead, judge: &Judge, path: &str) -> Result<Self, Failure> {
        let mut tally = Self::default();
        let mut line = Vec::new();
        while next_line(&mut log, &mut line)
            .map_err(|error| Failure::Broken(format!("{path} cannot be read: {error}")))?
        {
            tally.add(&line, judge);
        }
        Ok(tally)
    }

    fn add(&mut self, line: &[u8], judge: &Judge) {
        self.lines += 1;
        let faults = match text_of(line).map(|line| (line, serde_json::from_str::<Value>(line))) {
            Ok((line, Ok(value))) => {
                self.note_type(value["event_type"].as_str());
                faults(line, &value, judge)
            }
            Ok((_, Err(error))) if error.is_eof() => vec![fault(
                "not_json",
                "",
                "the line ends too early: it was cut, or is being written",
            )],
            Ok((_, Err(_))) => vec![fault("not_json", "", "the line is not JSON")],
            Err(says) => vec![fault("not_json", "", says)],
        };
        self.valid += usize::from(faults.is_empty());
        // A line without a type breaks a duty of every type in the same words.
        for fault in BTreeSet::from_iter(faults) {
            let seen = self.findings.entry(fault).or_default();
            seen.count += 1;
            if seen.first_lines.len() < LINES_SHOWN {
                seen.first_lines.push(self.lines);
            }
        }
    }

    fn note_type(&mut self, event_type: Option<&str>) {
        let known = rra_schema::events::CATALOGUE.len();
        if let Some(name) = event_type
            && (self.event_types.len() < known + OTHERS_KEPT
                || rra_schema::events::find(name).is_some())
        {
            self.event_types.insert(shown(name));
        }
    }

    /// The types of the catalogue that were seen, those that were not, and others.
    fn coverage(&self) -> (Vec<&str>, Vec<&str>, Vec<&str>) {
        let known = rra_schema::events::CATALOGUE.iter().map(|event| event.name);
        let (seen, unseen) = known.partition(|name| self.event_types.contains(*name));
        let others = self
            .event_types
            .iter()
            .map(String::as_str)
            .filter(|name| rra_schema::events::find(name).is_none());
        (seen, unseen, others.collect())
    }

    fn print(&self) {
        for (fault, seen) in &self.findings {
            let lines: Vec<String> = seen.first_lines.iter().map(usize::to_string).collect();
            let more = if seen.count > lines.len() {
                ", …"
            } else {
                ""
            };
            println!(
                "{:<18} {:>7} ×  {} {}  (line {}{more})",
                fault.kind,
                seen.count,
                fault.place,
                fault.says,
                lines.join(", ")
            );
        }
        let (seen, unseen, others) = self.coverage();
        println!("{} lines, {} valid", self.lines, self.valid);
        println!(
            "{} of {} event types of the catalogue seen",
            seen.len(),
            seen.len() + unseen.len()
        );
        if !unseen.is_empty() {
            println!("not seen: {}", unseen.join(", "));
        }
        if !others.is_empty() {
            println!("others: {}", others.join(", "));
        }
    }

    fn print_json(&self) {
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(|(fault, seen)| json!({ "kind": fault.kind, "place": fault.place, "says": fault.says, "count": seen.count, "first_lines": seen.first_lines }))
            .collect();
        let (seen, unseen, others) = self.coverage();
        println!(
            "{}",
            json!({ "lines": self.lines, "valid": self.valid, "findings": findings, "seen": seen, "unseen": unseen, "others": others })
        );
    }
}

/// The next line without its end, and whether there is one. Of a line that no reader takes only the start
/// is kept.
fn next_line(log: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let most = READ_LINE_BYTES as u64 + 1;
    log.by_ref().take(most).read_until(b'\n', line)?;
    let is_line = !line.is_empty();
    if line.ends_with(b"\n") {
        line.pop();
    } else if line.len() as u64 == most {
        log.skip_until(b'\n')?;
    }
    Ok(is_line)
}

/// The text of a line, or what it is where it cannot be one.
fn text_of(line: &[u8]) -> Result<&str, &'static str> {
    match line {
        [] => Err("the line is empty"),
        [0, ..] => {
            Err("the line begins with zeros, as a file does that was cut while it was written")
        }
        [0xEF, 0xBB, 0xBF, ..] => Err("the line begins with a byte order mark"),
        _ if line.len() > READ_LINE_BYTES => Err("the line is too long for any reader"),
        _ => std::str::from_utf8(line).map_err(|_| "the line is not UTF-8"),
    }
}

/// A text of the log, fit for a terminal.
fn shown(text: &str) -> String {
    let clean = rra_schema::redact(text);
    let text = clean.as_deref().unwrap_or(text);
    let is_plain = |c: char| c.is_ascii_graphic() || c == ' ' || c.is_alphanumeric();
    let mut shown = String::new();
    for character in text.chars().take(CHARS_SHOWN) {
        if is_plain(character) {
            shown.push(character);
        } else {
            shown.extend(character.escape_unicode());
        }
    }
    if text.chars().nth(CHARS_SHOWN).is_some() {
        shown.push_str("...");
    }
    shown
}

/// What the schema says; where it has nothing to say, what the strict reader does, because it
/// knows the order of keys and the escapes, too.
fn faults(line: &str, value: &Value, judge: &Judge) -> Vec<Fault> {
    let by_schema = judge.faults(value);
    if !by_schema.is_empty() {
        return by_schema.iter().map(named).collect();
    }
    match rra_schema::read_strict(line) {
        Ok(_) => Vec::new(),
        Err(error) => vec![fault("not_as_written", "", &error.to_string())],
    }
}

/// An event type that is none deserves a name of its own.
fn named(fault: &Fault) -> Fault {
    let fault = Fault {
        place: shown(&fault.place),
        says: shown(&fault.says),
        ..*fault
    };
    if fault.place == "/event_type" && fault.kind == "malformed" {
        return Fault {
            kind: "unknown_type",
            ..fault
        };
    }
    fault
}

fn fault(kind: &'static str, place: &str, says: &str) -> Fault {
    Fault {
        kind,
        place: place.to_owned(),
        says: says.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;
    use crate::check_schema::samples;
    use crate::check_schema::validator::Judge;
    use crate::generate;

    fn tally(log: &str) -> Tally {
        let judge = Judge::new(&generate::schemas().0).expect("the schema is valid");
        Tally::of(log.as_bytes(), &judge, "a test").expect("a slice can be read")
    }

    #[track_caller]
    fn check(change: fn(&str) -> String, kind: &str) {
        let line = samples::examples().remove(0).line;
        let tally = tally(&change(&line));
        let kinds: Vec<&str> = tally.findings.keys().map(|fault| fault.kind).collect();
        assert_eq!(kinds, [kind]);
    }

    fn other_order(line: &str) -> String {
        let (service, environment) = (r#""service":"rra-module""#, r#""environment":"production""#);
        let (before, after) = (
            format!("{service},{environment}"),
            format!("{environment},{service}"),
        );
        line.replace(&before, &after)
    }

    #[test]
    fn our_own_log_has_no_findings_and_covers_the_catalogue() {
        let log: String = samples::examples()
            .into_iter()
            .map(|sample| sample.line + "\n")
            .collect();
        let tally = tally(&log);
        assert_eq!(tally.valid, tally.lines);
        assert!(tally.coverage().1.is_empty());
    }

    #[test]
    fn what_a_log_says_does_no_harm_to_a_terminal() {
        let key = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
        let line = samples::examples().remove(0).line;
        let hostile = [
            line.replace(
                "\"details\":{",
                &format!("\"details\":{{\"\\u001b[2J{key}\":\"\","),
            ),
            line.replace("\"details\":{", "\"\\u001b[2J\":1,\"details\":{"),
            line.replace("auth.success", "\\u001b[2J"),
            line.replace("auth.success", &"x".repeat(1000)),
        ];
        let tally = tally(&hostile.join("\n"));
        assert_eq!((tally.lines, tally.valid), (4, 0));
        let findings = tally.findings.keys();
        let all: String = findings
            .flat_map(|fault| [fault.place.as_str(), &fault.says])
            .collect();
        let all = all + &tally.coverage().2.concat();
        assert!(!all.contains(key) && !all.contains('\u{1b}'), "{all}");
        assert!(!all.contains(&"x".repeat(200)), "{all}");
    }

    #[test]
    fn one_bad_line_is_one_finding_and_the_others_are_judged() {
        let line = samples::examples().remove(0).line.into_bytes();
        let endless = vec![b'a'; super::READ_LINE_BYTES + 9];
        let bad: [&[u8]; 6] = [
            b"",
            b"\xFF\xFE",
            b"\0\0{}",
            b"\xEF\xBB\xBF{}",
            &line[..99],
            &endless,
        ];
        let log = bad
            .map(|bad| [bad, b"\n", &line[..], b"\n"].concat())
            .concat();
        let judge = Judge::new(&generate::schemas().0).expect("the schema is valid");
        let tally = Tally::of(&*log, &judge, "a test").expect("a slice can be read");
        assert_eq!((tally.lines, tally.valid, tally.findings.len()), (12, 6, 6));
    }

    #[test]
    fn a_line_counts_once_for_each_of_its_mistakes() {
        let tally = tally("{}\n{}");
        assert_eq!((tally.lines, tally.valid), (2, 0));
        for (fault, seen) in &tally.findings {
            assert_eq!(
                (seen.count, &seen.first_lines[..]),
                (2, &[1, 2][..]),
                "{fault:?}"
            );
        }
    }

    #[test]
    fn a_finding_says_what_kind_of_mistake_it_is() {
        check(
            |line| line.replace("auth.success", "auth.unheard_of"),
            "unknown_type",
        );
        check(
            |line| line.replace("\"info\"", "\"fatal\""),
            "undefined_value",
        );
        check(
            |line| line.replace("api_key", "gut_feeling"),
            "undefined_value",
        );
        check(|line| line.replace(".000Z", "Z"), "malformed");
        check(
            |line| line.replace("\"details\":{\"method\":\"api_key\"},", ""),
            "missing",
        );
        check(other_order, "not_as_written");
        check(|line| format!("{line}}}"), "not_json");
    }
}
