//! Pieces of Markdown that several pages use.

use crate::registry::Words;

/// The lines under the title of every rendered page.
pub(super) const RENDERED: &str =
    "<!-- Rendered from the tables by `cargo xtask generate`; edits are overwritten. -->\n";

/// A table with a line end after its last row.
pub(super) fn table<const N: usize>(
    heads: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut text = row(&heads.map(str::to_owned));
    text.push_str(&row(&[(); N].map(|()| "---".to_owned())));
    for cells in rows {
        text.push_str(&row(&cells));
    }
    text
}

fn row(cells: &[String]) -> String {
    let escaped: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", escaped.join(" | "))
}

/// The text as code.
pub(super) fn code(text: &str) -> String {
    format!("`{text}`")
}

/// Texts as code, with commas.
pub(super) fn codes(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| code(text)).collect();
    texts.join(", ")
}

/// One section for each list.
pub(super) fn word_lists(lists: &[Words]) -> String {
    let sections: Vec<String> = lists
        .iter()
        .map(|list| {
            let growth = if list.open { "open" } else { "closed" };
            format!("### {}\n\n{growth}: {}\n", list.name, codes(&list.values))
        })
        .collect();
    sections.join("\n")
}

/// `yes` or nothing.
pub(super) fn yes(flag: bool) -> String {
    if flag {
        "yes".to_owned()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn a_cell_cannot_break_the_table() {
        let text = table(["a", "b"], [["x|y".to_owned(), "z".to_owned()]]);
        assert_eq!(text, "| a | b |\n| --- | --- |\n| x\\|y | z |\n");
    }
}
