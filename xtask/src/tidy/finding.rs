//! What a rule says when it is broken: where, what is wrong, and how to mend it.

use std::fmt;

/// One breach of one rule.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// The name of the rule, as the file that holds it is called.
    pub(super) rule: &'static str,
    /// The file, from the top folder of the repository.
    pub(super) file: String,
    /// The line, counted from 1.
    pub(super) line: usize,
    /// What is wrong.
    pub(super) wrong: String,
    /// What to do about it.
    pub(super) mend: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}:{}  {}", self.file, self.line, self.rule)?;
        writeln!(f, "    wrong  {}", self.wrong)?;
        writeln!(f, "    mend   {}", self.mend)
    }
}

/// The line, counted from 1, of the first line that contains `needle`; 1 when none does.
pub(super) fn line_of(text: &str, needle: &str) -> usize {
    text.lines()
        .position(|line| line.contains(needle))
        .map_or(1, |index| index + 1)
}
