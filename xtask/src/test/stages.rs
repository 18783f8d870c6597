//! The stages, in the order they run: cheap ones first, so that a slip is told early.

use std::iter;

use super::needs::{self, CLIPPY, Need, RUSTFMT};
use super::{end_to_end, features, install, operators, suites, validator, weight};
use crate::bench;
use crate::cargo_deny;
use crate::check_schema;
use crate::failure::Failure;
use crate::program::{program, run};
use crate::tidy;

/// One step that can hold or fail by itself.
pub(super) struct Stage {
    /// The word for `--only`.
    pub(super) name: &'static str,
    /// What holds when it passes, for `--list`.
    pub(super) proves: &'static str,
    /// What must be installed for it.
    pub(super) needs: &'static [Need],
    /// Does it; the flag is `--offline`.
    pub(super) run: fn(bool) -> Result<(), Failure>,
}

/// All stages.
pub(super) const STAGES: &[Stage] = &[
    Stage {
        name: "prepare",
        proves: "what the other stages need is installed; installs what is missing",
        needs: &[],
        run: install::prepare,
    },
    Stage {
        name: "format",
        proves: "the code is formatted",
        needs: &[RUSTFMT],
        run: |_| cargo(&["fmt", "--all", "--check"]),
    },
    Stage {
        name: "tidy",
        proves: "the rules of `cargo xtask tidy` hold: layers, sizes, names, manifests",
        needs: &[],
        run: |_| tidy::check(),
    },
    Stage {
        name: "check-schema",
        proves: "tables, pages and schemas agree, with each other and with what was released",
        needs: &[],
        run: |_| check_schema::run(lexopt::Parser::from_args(iter::empty::<&str>())),
    },
    Stage {
        name: "deny",
        proves: "licences, sources and dependencies are the allowed ones",
        needs: &[Need::CargoDeny],
        run: |_| run(cargo_deny::command().args(["check", "bans", "licenses", "sources"])),
    },
    Stage {
        name: "weight",
        proves: "few crates below rra-schema; no TLS stack or gRPC where no feature asks for a network",
        needs: &[],
        run: |_| weight::check(),
    },
    Stage {
        name: "lints",
        proves: "the compiler and clippy have nothing to say",
        needs: &[CLIPPY],
        run: |_| clippy(&["--workspace", "--all-features"]),
    },
    Stage {
        name: "benchmarks",
        proves: "the benchmarks build beside their peers, and clippy has nothing to say of them",
        needs: &[CLIPPY],
        // Their workspace is another one, and takes what was built for ours.
        run: |_| clippy(&["--manifest-path", bench::MANIFEST, "--target-dir", "target"]),
    },
    Stage {
        name: "features",
        proves: "every feature of every crate builds alone, and what lacks one says so",
        needs: &[CLIPPY],
        run: |_| features::check(),
    },
    Stage {
        name: "docs",
        proves: "the documentation builds, with few features too, and no link in it is dead",
        needs: &[],
        run: |_| document(&["--all-features"]).and_then(|()| document(&[])),
    },
    Stage {
        name: "tests",
        proves: "unit, property and integration tests pass",
        needs: needs::OPERATOR_TOOLS,
        run: |_| suites::own(),
    },
    Stage {
        name: "validator",
        proves: "Python judges ten thousand events and every mistake as we do",
        needs: &[Need::Python],
        run: |_| validator::check(),
    },
    Stage {
        name: "operators",
        proves: "Grafana's types accept the dashboards, the Operator's schemas the Kubernetes objects",
        needs: &[needs::NODE, Need::Npm, Need::Python],
        run: |_| operators::check(),
    },
    Stage {
        name: "end-to-end",
        proves: "the example service loses nothing; logrotate and Prometheus find what they expect",
        needs: needs::END_TO_END,
        run: |_| {
            suites::end_to_end()?;
            end_to_end::check()
        },
    },
    Stage {
        name: "examples",
        proves: "the examples in the documentation run",
        needs: &[],
        run: |_| suites::documentation(),
    },
];

fn clippy(of: &[&str]) -> Result<(), Failure> {
    let (first, last) = (
        ["clippy", "--locked", "--all-targets"],
        ["--", "--deny", "warnings"],
    );
    cargo(&[&first, of, &last].concat())
}

fn document(features: &[&str]) -> Result<(), Failure> {
    let of_all = ["doc", "--workspace", "--no-deps"];
    run(program("cargo")
        .args(of_all)
        .args(features)
        .env("RUSTDOCFLAGS", "--deny warnings"))
}

fn cargo(arguments: &[&str]) -> Result<(), Failure> {
    run(program("cargo").args(arguments))
}

#[cfg(test)]
mod tests {
    use super::STAGES;

    #[test]
    fn contributing_describes_every_stage() {
        let page = include_str!("../../../CONTRIBUTING.md");
        for stage in STAGES {
            let row = format!("| `{}` |", stage.name);
            assert!(page.contains(&row), "CONTRIBUTING.md lacks {row}");
        }
    }
}
