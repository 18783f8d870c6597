//! How what the stages need is installed: the stage `prepare`.
//!
//! Debian packages go into the system, by way of `sudo` for anyone but root. Everything else goes
//! below `target/`. Nothing is installed that is already there.

use std::{fs, thread};

use super::needs::{List, NPM, Need, PYTHON_PACKAGES};
use super::stages::STAGES;
use super::suites;
use crate::cargo_deny;
use crate::failure::Failure;
use crate::program::{answers, output, program, run};
use crate::workspace::root;

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

/// Installs whatever any stage needs and this machine lacks. While packages arrive, the compiler
/// works on what the tests will start; whether that compiles is for the stage `tests` to say.
///
/// # Errors
/// When an installation fails.
pub(super) fn prepare(is_offline: bool) -> Result<(), Failure> {
    let lacking = lacking();
    if is_offline || lacking.is_empty() {
        println!("nothing is installed; lacking: {lacking:?}");
        return Ok(());
    }
    install_components(&lacking)?;
    thread::scope(|scope| {
        let installation = scope.spawn(|| {
            let results = [
                install_debian(&lacking),
                install_python(),
                install_npm(),
                cargo_deny::install(),
            ];
            results.into_iter().collect()
        });
        drop(suites::build());
        installation
            .join()
            .expect("an installation says what is wrong and does not panic")
    })
}

/// What any stage needs and this machine has not.
fn lacking() -> Vec<Need> {
    let mut lacking = Vec::new();
    for &need in STAGES.iter().flat_map(|stage| stage.needs) {
        if !lacking.contains(&need) && !need.is_met() {
            lacking.push(need);
        }
    }
    lacking
}

fn install_components(lacking: &[Need]) -> Result<(), Failure> {
    let components: Vec<&str> = lacking
        .iter()
        .filter_map(|need| match need {
            Need::Component { component, .. } => Some(*component),
            _ => None,
        })
        .collect();
    if components.is_empty() {
        return Ok(());
    }
    run(program("rustup")
        .args(["component", "add"])
        .args(components))
}

fn install_debian(lacking: &[Need]) -> Result<(), Failure> {
    let mut packages: Vec<&str> = lacking
        .iter()
        .filter_map(|need| match need {
            Need::Debian { package, .. } => Some(*package),
            _ => None,
        })
        .collect();
    packages.sort_unstable();
    packages.dedup();
    if lacking.contains(&Need::Python) && !answers("python3", &["-c", "import ensurepip, venv"]) {
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
    let (list, _) = PYTHON_PACKAGES;
    let venv = root().join("target/venv");
    run(program("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&venv))?;
    run(program(venv.join("bin/python"))
        .args(["-m", "pip", "install", "--quiet", "--no-compile"])
        .args(["--disable-pip-version-check", "--requirement", list]))?;
    copy(PYTHON_PACKAGES)
}

fn install_npm() -> Result<(), Failure> {
    if Need::Npm.is_met() {
        return Ok(());
    }
    let (source, folder) = (root().join("tests/typescript"), root().join("target/npm"));
    let copies = ["package.json", "package-lock.json"].map(|name| {
        fs::create_dir_all(&folder).and_then(|()| fs::copy(source.join(name), folder.join(name)))
    });
    for result in copies {
        result
            .map_err(|error| Failure::Broken(format!("target/npm cannot be written: {error}")))?;
    }
    run(program("npm").current_dir(&folder).args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
    ]))?;
    copy(NPM)
}

fn copy((list, copy): List) -> Result<(), Failure> {
    fs::copy(root().join(list), root().join(copy))
        .map(drop)
        .map_err(|error| Failure::Broken(format!("{copy} cannot be written: {error}")))
}
