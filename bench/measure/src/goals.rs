//! Goals, and whether the figures of a run meet them.

use crate::Table;

/// One goal and how far it is reached.
#[derive(Clone, Debug)]
pub struct Goal {
    /// What is measured, with its unit.
    pub what: String,
    /// What it must keep within.
    pub limit: Limit,
    /// What this run says.
    pub figure: f64,
}

/// What a figure must keep within.
#[derive(Clone, Copy, Debug)]
pub enum Limit {
    /// It may not be larger.
    AtMost(f64),
    /// It may not be smaller.
    AtLeast(f64),
}

/// All goals as a table.
pub fn goals(goals: impl IntoIterator<Item = Goal>) -> Table {
    let mut table = Table::new(&["Goal", "Limit", "Measured", "Met"]);
    for Goal {
        what,
        limit,
        figure,
    } in goals
    {
        let met = if limit.is_met(figure) {
            "yes"
        } else {
            "**no**"
        };
        table.row(&[&what, &limit.words(), &short(figure), &met]);
    }
    table
}

impl Limit {
    fn is_met(self, figure: f64) -> bool {
        match self {
            Self::AtMost(most) => figure <= most,
            Self::AtLeast(least) => figure >= least,
        }
    }

    fn words(self) -> String {
        match self {
            Self::AtMost(most) => format!("at most {}", short(most)),
            Self::AtLeast(least) => format!("at least {}", short(least)),
        }
    }
}

fn short(figure: f64) -> String {
    match figure {
        ..0.1 => format!("{figure:.3}"),
        ..100.0 => format!("{figure:.2}"),
        _ => format!("{figure:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::Limit::{AtLeast, AtMost};

    #[test]
    fn a_goal_is_met_on_its_own_side() {
        assert!(AtMost(1.7).is_met(1.7) && !AtMost(1.7).is_met(1.71));
        assert!(AtLeast(4.5).is_met(4.5) && !AtLeast(4.5).is_met(4.49));
    }

    #[test]
    fn what_was_not_measured_meets_nothing() {
        assert!(!AtMost(1.7).is_met(f64::NAN) && !AtLeast(4.5).is_met(f64::NAN));
    }
}
