//! What a rule found, and how it is printed.

use std::fmt;

use serde::Serialize;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Weight {
    /// Breaks something that others rely on, or a rule of this repository.
    Violation,
    /// A violation that the caller allowed, with a reason.
    Allowed,
    /// A change that no consumer has to care about.
    Information,
}

/// One thing a rule found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    pub(crate) rule: &'static str,
    pub(crate) weight: Weight,
    /// The file to look at, from the top folder of the repository.
    pub(crate) file: String,
    pub(crate) what: String,
    /// What to do about it, a command where one does it.
    pub(crate) mend: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weight = match self.weight {
            Weight::Violation => "violation",
            Weight::Allowed => "allowed",
            Weight::Information => "information",
        };
        write!(
            f,
            "{} {weight}: {}\n    in   {}",
            self.rule, self.what, self.file
        )?;
        if !self.mend.is_empty() {
            write!(f, "\n    mend {}", self.mend)?;
        }
        Ok(())
    }
}

/// Where rules put what they find.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rule: &'static str,
    findings: Vec<Finding>,
}

impl Report {
    /// Names the rule that speaks from now on.
    pub(crate) fn enter(&mut self, rule: &'static str) {
        self.rule = rule;
    }

    /// Something that must not be.
    pub(crate) fn violation(
        &mut self,
        file: impl Into<String>,
        what: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.add(Weight::Violation, file.into(), what.into(), mend.into());
    }

    /// Something that is good to know.
    pub(crate) fn information(&mut self, file: impl Into<String>, what: impl Into<String>) {
        let mend = "nothing: it is compatible with what was released".to_owned();
        self.add(Weight::Information, file.into(), what.into(), mend);
    }

    /// Everything found so far.
    pub(crate) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    fn add(&mut self, weight: Weight, file: String, what: String, mend: String) {
        self.findings.push(Finding {
            rule: self.rule,
            weight,
            file,
            what,
            mend,
        });
    }
}
