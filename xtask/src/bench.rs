//! `cargo xtask bench`: the benchmarks of `bench/`, each beside its peers in one run.
//!
//! A benchmark is a program that prints Markdown. This verb builds and runs it, shows what it
//! prints, and with `--write` puts it into its part of the page of benchmarks.

mod machine;

use std::fs;

use serde::Deserialize;

use crate::failure::Failure;
use crate::generate::marked;
use crate::program::{output, program};
use crate::workspace::root;

const PAGE: &str = "docs/reference/benchmarks.md";
pub(crate) const MANIFEST: &str = "bench/Cargo.toml";

/// Runs the named benchmarks, or all.
///
/// # Errors
/// When there is no benchmark of a name, one does not build or run, or the page has no place for it.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<(), Failure> {
    let known = benchmarks()?;
    let mut names = Vec::new();
    let mut writes = false;
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("write") => writes = true,
            lexopt::Arg::Value(name) => names.push(named(&name.to_string_lossy(), &known)?),
            other => return Err(other.unexpected().into()),
        }
    }
    for name in if names.is_empty() { known } else { names } {
        let result = measure(&name)?;
        println!("{result}");
        if writes {
            write(&name, &result)?;
        }
    }
    Ok(())
}

/// The programs of the workspace. One below another's folder is a peer that the other starts.
fn benchmarks() -> Result<Vec<String>, Failure> {
    #[derive(Deserialize)]
    struct Manifest {
        workspace: Members,
    }
    #[derive(Deserialize)]
    struct Members {
        members: Vec<String>,
    }
    let text = read(MANIFEST)?;
    let manifest: Manifest = toml::from_str(&text)
        .map_err(|error| Failure::Broken(format!("{MANIFEST} cannot be read: {error}")))?;
    let is_benchmark = |name: &String| {
        !name.contains('/') && root().join("bench").join(name).join("src/main.rs").exists()
    };
    let members = manifest.workspace.members.into_iter();
    Ok(members.filter(is_benchmark).collect())
}

fn named(name: &str, known: &[String]) -> Result<String, Failure> {
    let found = known.iter().find(|known| *known == name);
    found.cloned().ok_or_else(|| {
        Failure::Usage(format!(
            "there is no benchmark \"{name}\", there are: {}",
            known.join(" ")
        ))
    })
}

/// What the benchmark prints, below a line about the machine.
fn measure(name: &str) -> Result<String, Failure> {
    let package = format!("bench-{name}");
    let arguments = ["run", "--release", "--locked", "--manifest-path", MANIFEST];
    let printed = output(
        program("cargo")
            .args(arguments)
            .args(["--package", &package]),
    )?;
    Ok(format!("{}\n\n{}\n", machine::describe()?, printed.trim()))
}

/// Puts the result between the marks of its name.
fn write(name: &str, result: &str) -> Result<(), Failure> {
    let page = read(PAGE)?;
    let filled = marked::fill(&page, name, &format!("\n{result}\n"))
        .map_err(|reason| Failure::Broken(format!("{PAGE}: {reason}")))?
        .ok_or_else(|| Failure::Broken(format!("{PAGE} has no mark for {name}")))?;
    fs::write(root().join(PAGE), filled)
        .map_err(|error| Failure::Broken(format!("{PAGE} cannot be written: {error}")))
}

fn read(path: &str) -> Result<String, Failure> {
    fs::read_to_string(root().join(path))
        .map_err(|error| Failure::Broken(format!("{path} cannot be read: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_benchmark_has_a_place_on_the_page() {
        let page = read(PAGE).expect("the page is committed");
        for name in benchmarks().expect("the workspace is committed") {
            let filled = marked::fill(&page, &name, "").expect("whole marks");
            assert!(filled.is_some(), "{PAGE} has no mark for {name}");
        }
    }

    #[test]
    fn an_unknown_benchmark_is_refused() {
        let known = ["metrics".to_owned()];
        assert!(named("metric", &known).is_err());
        assert_eq!(named("metrics", &known).ok().as_deref(), Some("metrics"));
    }
}
