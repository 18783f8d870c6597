//! The repository's verbs. Start with `cargo xtask help`.
//!
//! Owns the list of verbs and how the end of a verb becomes an exit code. What a verb does is in
//! the file of its name.
#![expect(
    clippy::print_stdout,
    reason = "a program for people at a terminal prints what it finds"
)]

mod bench;
mod cargo_deny;
mod check_schema;
mod demo;
mod failure;
mod generate;
mod pages;
mod program;
mod registry;
mod render;
mod test;
mod tidy;
mod workspace;

use std::panic;
use std::process::ExitCode;

use failure::Failure;

/// One thing a person can ask this program to do.
struct Verb {
    name: &'static str,
    summary: &'static str,
    run: fn(lexopt::Parser) -> Result<(), Failure>,
}

/// Every verb, in the order `help` lists them.
const VERBS: &[Verb] = &[
    Verb {
        name: "demo",
        summary: "a service under traffic until Ctrl-C or --for 20s; --input FILE replays a log; --stack adds alerts",
        run: demo::run,
    },
    Verb {
        name: "test",
        summary: "everything that must hold; --list names the stages, --only STAGE; --offline installs nothing",
        run: test::run,
    },
    Verb {
        name: "bench",
        summary: "every benchmark beside its peers, or those named; --write puts them on their page",
        run: bench::run,
    },
    Verb {
        name: "tidy",
        summary: "the rules of this repository that no compiler knows; never writes",
        run: tidy::run,
    },
    Verb {
        name: "advisories",
        summary: "known vulnerabilities among our dependencies; asks the network each time",
        run: cargo_deny::advisories,
    },
    Verb {
        name: "check-schema",
        summary: "tables against what was released and what is committed; --live FILE judges a log",
        run: check_schema::run,
    },
    Verb {
        name: "generate",
        summary: "writes what is rendered from the tables; --freeze VERSION freezes a release",
        run: generate::run,
    },
];

fn main() -> ExitCode {
    end_quietly_when_nobody_reads();
    match dispatch(lexopt::Parser::from_env()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            failure.exit_code()
        }
    }
}

/// Says nothing of the panic of a macro that prints, when `cargo xtask VERB | head` has read enough. It is
/// left a panic: its way out ends what the verb had started.
fn end_quietly_when_nobody_reads() {
    let say = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let what = panic.payload_as_str().unwrap_or_default();
        if !(what.starts_with("failed printing to") && what.contains("Broken pipe")) {
            say(panic);
        }
    }));
}

fn dispatch(mut arguments: lexopt::Parser) -> Result<(), Failure> {
    let word = match arguments.next()? {
        Some(lexopt::Arg::Value(word)) => word.to_string_lossy().into_owned(),
        Some(lexopt::Arg::Long("help") | lexopt::Arg::Short('h')) | None => "help".to_owned(),
        Some(other) => return Err(other.unexpected().into()),
    };
    let asks_for_help = arguments
        .try_raw_args()
        .is_some_and(|rest| rest.as_slice().iter().any(|argument| argument == "--help"));
    if word == "help" || asks_for_help {
        print_help();
        return Ok(());
    }
    let verb = VERBS
        .iter()
        .find(|verb| verb.name == word)
        .ok_or_else(|| Failure::Usage(format!("there is no verb \"{word}\"")))?;
    (verb.run)(arguments)
}

fn print_help() {
    println!("cargo xtask VERB\n");
    for verb in VERBS {
        println!("  {:<14}{}", verb.name, verb.summary);
    }
}
