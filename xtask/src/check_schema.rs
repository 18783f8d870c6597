//! `cargo xtask check-schema`: holds the tables to what was released, and the committed files to
//! what the tables render. Never writes.
//!
//! Each rule is a row of its family below `check_schema/rules/`. The self-test shows every rule
//! mistakes that it, and no other rule, must find.

mod addresses;
mod blocks;
mod corpus;
mod evidence;
mod finding;
mod live;
pub(crate) mod mutants;
mod node;
mod operations;
mod promql;
pub(crate) mod rules;
pub(crate) mod samples;
mod self_test;
mod validator;

use std::io::{self, Write};
use std::time::Instant;

use serde_json::{Value, json};

use crate::failure::Failure;
use evidence::Evidence;
pub(crate) use evidence::digest;
use finding::{Finding, Weight};

/// What the command line asks for.
#[derive(Debug, Default)]
struct Wishes {
    json: bool,
    /// Rules whose violations are meant, with the reason.
    allowed: Vec<(String, String)>,
    live: Option<String>,
    self_test: bool,
    emit: Option<usize>,
}

/// Runs the rules, or what else the command line asks for.
///
/// # Errors
/// [`Failure::Found`] when there is a violation that was not allowed.
pub(crate) fn run(arguments: lexopt::Parser) -> Result<(), Failure> {
    let wishes = read(arguments)?;
    if let Some(path) = &wishes.live {
        return live::run(path, wishes.json);
    }
    if wishes.self_test {
        return self_test::run();
    }
    if let Some(count) = wishes.emit {
        return emit(count, io::stdout().lock())
            .map_err(|error| Failure::Broken(format!("the lines cannot be written: {error}")));
    }
    check(&wishes)
}

fn read(mut arguments: lexopt::Parser) -> Result<Wishes, Failure> {
    use lexopt::Arg::Long;

    let mut wishes = Wishes::default();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("format") => wishes.json = is_json(&value(&mut arguments)?)?,
            Long("allow") => wishes.allowed.push(allowance(&value(&mut arguments)?)?),
            Long("live") => wishes.live = Some(value(&mut arguments)?),
            Long("self-test") => wishes.self_test = true,
            Long("emit") => wishes.emit = Some(number(&value(&mut arguments)?)?),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(wishes)
}

fn value(arguments: &mut lexopt::Parser) -> Result<String, Failure> {
    Ok(arguments.value()?.to_string_lossy().into_owned())
}

fn is_json(word: &str) -> Result<bool, Failure> {
    match word {
        "text" => Ok(false),
        "json" => Ok(true),
        other => Err(Failure::Usage(format!(
            "there is no format {other}; text and json are"
        ))),
    }
}

fn allowance(text: &str) -> Result<(String, String), Failure> {
    match text.split_once(':') {
        Some((rule, reason))
            if rules::all().any(|known| known.id == rule) && !reason.trim().is_empty() =>
        {
            Ok((rule.to_owned(), reason.trim().to_owned()))
        }
        _ => Err(Failure::Usage(format!(
            "--allow takes a rule and a reason, such as EVT001:never released, not {text}"
        ))),
    }
}

fn number(text: &str) -> Result<usize, Failure> {
    text.parse()
        .map_err(|_| Failure::Usage(format!("{text} is no number of lines")))
}

fn check(wishes: &Wishes) -> Result<(), Failure> {
    let began = Instant::now();
    let evidence = Evidence::gather()?;
    let mut findings = rules::judge(&evidence);
    for finding in &mut findings {
        allow(finding, &wishes.allowed);
    }
    findings.sort_by_key(|finding| finding.weight);
    let violations = findings
        .iter()
        .filter(|finding| finding.weight == Weight::Violation)
        .count();
    if wishes.json {
        print_json(&findings);
    } else {
        for finding in &findings {
            println!("{finding}");
        }
        println!(
            "check-schema: {} rules, {violations} violations, {} ms",
            rules::all().count(),
            began.elapsed().as_millis()
        );
    }
    if violations == 0 {
        return Ok(());
    }
    Err(Failure::Found(format!(
        "check-schema: {violations} to mend"
    )))
}

fn allow(finding: &mut Finding, allowed: &[(String, String)]) {
    let reason = allowed
        .iter()
        .find(|(rule, _)| rule == finding.rule)
        .map(|(_, reason)| reason);
    if let (Weight::Violation, Some(reason)) = (finding.weight, reason) {
        finding.weight = Weight::Allowed;
        finding.mend = format!("nothing, it is allowed: {reason}");
    }
}

fn print_json(findings: &[Finding]) {
    let text = serde_json::to_string_pretty(findings).expect("findings are plain text");
    println!("{text}");
}

/// Writes lines for validators in other languages: the text, what was read from it, and what is
/// wrong with it, if anything.
///
/// # Errors
/// When they cannot be written.
pub(crate) fn emit(count: usize, mut to: impl Write) -> io::Result<()> {
    let valid = samples::random(count, 2).into_iter();
    let valid = valid.map(|sample| (sample.event_type, None, sample.line));
    let mutants = mutants::of(&samples::fullest()).into_iter();
    let mutants = mutants.map(|mutant| (mutant.event_type, Some(mutant.why), mutant.line));
    for (of, why, line) in valid.chain(mutants) {
        let value: Value = serde_json::from_str(&line)?;
        writeln!(
            to,
            "{}",
            json!({ "of": of, "why": why, "line": line, "value": value })
        )?;
    }
    to.flush()
}
