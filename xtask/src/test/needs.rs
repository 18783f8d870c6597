//! What a stage needs from the machine beyond Rust, how that is looked for, and how it is
//! installed.
//!
//! Debian packages go into the system, by way of `sudo` for anyone but root. Everything else goes
//! below `target/`. Nothing is installed that is already there.

use std::fs;
use std::path::PathBuf;

use crate::cargo_deny;
use crate::failure::Failure;
use crate::program::{answers, output, program, run};
use crate::workspace::root;

/// Something a stage cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// A program that comes in a Debian package.
    Debian {
        /// What is typed to start it.
        program: &'static str,
        package: &'static str,
    },
    /// The Python packages of `tests/python/requirements.txt`, in `target/venv`.
    Python,
    /// A part of the Rust toolchain that a minimal installation lacks.
    Component {
        /// What comes after `cargo`.
        verb: &'static str,
        component: &'static str,
    },
    /// cargo-deny, on the path or below `target/`.
    CargoDeny,
}

const fn debian(program: &'static str, package: &'static str) -> Need {
    Need::Debian { program, package }
}

const PROMTOOL: Need = debian("promtool", "prometheus");
const AMTOOL: Need = debian("amtool", "prometheus-alertmanager");
const ALERTMANAGER: Need = debian("prometheus-alertmanager", "prometheus-alertmanager");
const LOGROTATE: Need = debian("logrotate", "logrotate");

const PYTHON: Need = debian("python3", "python3");
const STRACE: Need = debian("strace", "strace");

/// What the tests of the rendered rules, routes and rotation start, and those of the log file.
pub(super) const OPERATOR_TOOLS: &[Need] =
    &[PROMTOOL, AMTOOL, ALERTMANAGER, LOGROTATE, PYTHON, STRACE];

/// What the end-to-end tests start.
pub(super) const END_TO_END: &[Need] = &[
    PROMTOOL,
    AMTOOL,
    ALERTMANAGER,
    LOGROTATE,
    PYTHON,
    debian("prometheus", "prometheus"),
    STRACE,
];

pub(super) const CLIPPY: Need = Need::Component {
    verb: "clippy",
    component: "clippy",
};
pub(super) const RUSTFMT: Need = Need::Component {
    verb: "fmt",
    component: "rustfmt",
};

/// Installs the packages in its arguments and leaves no service of theirs running or enabled.
/// `policy-rc.d` is how Debian lets an administrator forbid that a package starts its service.
const INSTALL: &str = r#"
set -eu
guard=/usr/sbin/policy-rc.d
if [ ! -e "$guard" ]; then
    trap 'rm -f "$guard"' EXIT
    printf '#!/bin/sh\nexit 101\n' > "$guard"
    chmod 755 "$guard"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq -y --no-install-recommends install "$@" > /dev/null
if command -v systemctl > /dev/null; then
    systemctl disable prometheus prometheus-alertmanager > /dev/null 2>&1 || true
fi
"#;

/// The names of the needs that are not met.
pub(super) fn missing(needs: &[Need]) -> Vec<&'static str> {
    needs
        .iter()
        .filter(|need| !need.is_met())
        .map(|need| need.name())
        .collect()
}

/// Installs whatever any stage needs and this machine lacks.
///
/// # Errors
/// When an installation fails, or nothing may be installed and something is missing.
pub(super) fn prepare(is_offline: bool) -> Result<(), Failure> {
    if is_offline {
        println!("nothing is installed, because of --offline");
        return Ok(());
    }
    let results = [
        install_components(),
        install_debian(),
        install_python(),
        cargo_deny::install(),
    ];
    results.into_iter().collect()
}

impl Need {
    fn name(self) -> &'static str {
        match self {
            Self::Debian { program, .. } => program,
            Self::Python => "the Python packages of tests/python/requirements.txt",
            Self::Component { component, .. } => component,
            Self::CargoDeny => "cargo-deny",
        }
    }

    fn is_met(self) -> bool {
        match self {
            Self::Debian { program, .. } => has_program(program),
            Self::Python => {
                let wanted = fs::read(wanted_packages()).ok();
                wanted.is_some() && fs::read(installed_packages()).ok() == wanted
            }
            Self::Component { verb, .. } => answers("cargo", &[verb, "--version"]),
            Self::CargoDeny => cargo_deny::is_installed(),
        }
    }
}

fn install_components() -> Result<(), Failure> {
    let lacking = missing(&[CLIPPY, RUSTFMT]);
    if lacking.is_empty() {
        return Ok(());
    }
    run(program("rustup").args(["component", "add"]).args(lacking))
}

fn install_debian() -> Result<(), Failure> {
    let mut packages: Vec<&str> = END_TO_END
        .iter()
        .filter_map(|need| match need {
            Need::Debian { program, package } if !has_program(program) => Some(*package),
            _ => None,
        })
        .collect();
    packages.sort_unstable();
    packages.dedup();
    if !Need::Python.is_met() && !answers("python3", &["-c", "import ensurepip, venv"]) {
        packages.push("python3-venv");
    }
    if packages.is_empty() {
        return Ok(());
    }
    println!("Debian packages: {}", packages.join(" "));
    let is_root = output(program("id").arg("-u"))?.trim() == "0";
    let mut shell = if is_root {
        program("sh")
    } else {
        let mut sudo = program("sudo");
        sudo.args(["-n", "sh"]);
        sudo
    };
    let status = shell.args(["-c", INSTALL, "sh"]).args(&packages).status();
    if status.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    Err(Failure::Broken(format!(
        "the Debian packages could not be installed; as root: apt-get install {}",
        packages.join(" ")
    )))
}

fn install_python() -> Result<(), Failure> {
    if Need::Python.is_met() {
        return Ok(());
    }
    let venv = root().join("target/venv");
    run(program("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&venv))?;
    run(program(venv.join("bin/python"))
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
        ])
        .arg(wanted_packages()))?;
    fs::copy(wanted_packages(), installed_packages())
        .map(drop)
        .map_err(|error| Failure::Broken(format!("target/venv cannot be written: {error}")))
}

/// Debian keeps some programs where only root's path leads.
fn has_program(name: &str) -> bool {
    answers(name, &["--version"]) || answers(format!("/usr/sbin/{name}"), &["--version"])
}

fn wanted_packages() -> PathBuf {
    root().join("tests/python/requirements.txt")
}

/// A copy of the list that the virtual environment was made from.
fn installed_packages() -> PathBuf {
    root().join("target/venv/requirements.txt")
}
