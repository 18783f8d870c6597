//! A progress bar at a terminal, four plain lines anywhere else.

use std::io::{self, IsTerminal, Write};

const BAR_CELLS: usize = 30;

/// How far a piece of work with a known size is.
pub(crate) struct Progress {
    what: &'static str,
    total: usize,
    done: usize,
    terminal: bool,
}

impl Progress {
    /// Nothing done yet of `total` pieces.
    pub(crate) fn new(what: &'static str, total: usize) -> Self {
        let terminal = io::stdout().is_terminal();
        Self {
            what,
            total: total.max(1),
            done: 0,
            terminal,
        }
    }

    /// Shows that `done` pieces are done.
    pub(crate) fn set(&mut self, done: usize) {
        let before = std::mem::replace(&mut self.done, done.min(self.total));
        if self.terminal {
            print!("\r{}", self.bar());
            // A bar that cannot be drawn is no reason to stop the work it shows.
            let _ = io::stdout().flush();
            if self.done == self.total && before < self.total {
                println!();
            }
        } else if quarter(before, self.total) < quarter(self.done, self.total) {
            println!("{}: {} of {}", self.what, self.done, self.total);
        }
    }

    fn bar(&self) -> String {
        let full = self.done * BAR_CELLS / self.total;
        format!(
            "{} [{}{}] {}/{}",
            self.what,
            "#".repeat(full),
            ".".repeat(BAR_CELLS - full),
            self.done,
            self.total
        )
    }
}

fn quarter(done: usize, total: usize) -> usize {
    done * 4 / total
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(done: usize, expected: &str) {
        let mut progress = Progress::new("work", 60);
        progress.done = done;
        assert_eq!(progress.bar(), expected);
    }

    #[test]
    fn a_bar_fills_from_left_to_right() {
        check(0, "work [..............................] 0/60");
        check(20, "work [##########....................] 20/60");
        check(60, "work [##############################] 60/60");
    }

    #[test]
    fn more_than_all_is_all() {
        let mut progress = Progress::new("work", 4);
        progress.set(9);
        assert_eq!(progress.done, 4);
    }
}
