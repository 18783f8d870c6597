//! Results as a Markdown table.

use std::fmt;

/// A table under construction; shown as Markdown.
pub struct Table {
    rows: Vec<Vec<String>>,
    columns: usize,
}

impl Table {
    /// An empty table with these columns.
    pub fn new(columns: &[&str]) -> Self {
        let titles = columns.iter().map(|title| (*title).to_owned()).collect();
        let rule = columns.iter().map(|_| "---".to_owned()).collect();
        Self {
            rows: vec![titles, rule],
            columns: columns.len(),
        }
    }

    /// Appends a row.
    ///
    /// # Panics
    /// When the row does not have as many cells as the table has columns.
    pub fn row(&mut self, cells: &[&dyn fmt::Display]) {
        assert_eq!(cells.len(), self.columns, "a row as wide as the table");
        self.rows
            .push(cells.iter().map(ToString::to_string).collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows
            .iter()
            .try_for_each(|cells| writeln!(f, "| {} |", cells.join(" | ")))
    }
}
