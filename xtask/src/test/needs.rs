//! What a stage needs from the machine beyond Rust, and how that is looked for.

use std::fs;

use crate::cargo_deny;
use crate::program::answers;
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
    /// The npm packages of `tests/typescript`, in `target/npm`.
    Npm,
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
const SYSTEMD: Need = debian("systemd-analyze", "systemd");

const PYTHON: Need = debian("python3", "python3");
const STRACE: Need = debian("strace", "strace");

/// What the tests of the rendered rules, routes and rotation start, and those of the log file.
pub(super) const OPERATOR_TOOLS: &[Need] = &[
    PROMTOOL,
    AMTOOL,
    ALERTMANAGER,
    LOGROTATE,
    SYSTEMD,
    PYTHON,
    STRACE,
];

/// What the end-to-end tests start.
pub(super) const END_TO_END: &[Need] = &[
    PROMTOOL,
    AMTOOL,
    ALERTMANAGER,
    LOGROTATE,
    PYTHON,
    Need::Python,
    debian("prometheus", "prometheus"),
    debian("openssl", "openssl"),
    STRACE,
];

/// Starts what npm brings.
pub(super) const NODE: Need = debian("npm", "npm");

pub(super) const CLIPPY: Need = Need::Component {
    verb: "clippy",
    component: "clippy",
};
pub(super) const RUSTFMT: Need = Need::Component {
    verb: "fmt",
    component: "rustfmt",
};

/// The names of the needs that are not met.
pub(super) fn missing(needs: &[Need]) -> Vec<&'static str> {
    needs
        .iter()
        .filter(|need| !need.is_met())
        .map(|need| need.name())
        .collect()
}

impl Need {
    fn name(self) -> &'static str {
        match self {
            Self::Debian { program, .. } => program,
            Self::Npm => "the npm packages of tests/typescript",
            Self::Python => "the Python packages of tests/python/requirements.txt",
            Self::Component { component, .. } => component,
            Self::CargoDeny => "cargo-deny",
        }
    }

    pub(super) fn is_met(self) -> bool {
        match self {
            Self::Debian { program, .. } => has_program(program),
            Self::Npm => is_copied(NPM),
            Self::Python => is_copied(PYTHON_PACKAGES),
            Self::Component { verb, .. } => answers("cargo", &[verb, "--version"]),
            Self::CargoDeny => cargo_deny::is_installed(),
        }
    }
}

/// Debian keeps some programs where only root's path leads, and openssl has its own way to be asked.
fn has_program(name: &str) -> bool {
    let has = |question: &str| {
        answers(name, &[question]) || answers(format!("/usr/sbin/{name}"), &[question])
    };
    has("--version") || has("version")
}

/// A list of packages, and the copy of it that is made once they are installed.
pub(super) type List = (&'static str, &'static str);

pub(super) const PYTHON_PACKAGES: List = (
    "tests/python/requirements.txt",
    "target/venv/requirements.txt",
);
pub(super) const NPM: List = (
    "tests/typescript/package-lock.json",
    "target/npm/installed.json",
);

/// Whether the packages of the list are installed, and no others.
fn is_copied((list, copy): List) -> bool {
    let wanted = fs::read(root().join(list)).ok();
    wanted.is_some() && fs::read(root().join(copy)).ok() == wanted
}
