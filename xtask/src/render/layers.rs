//! The layer picture of the architecture page, from `[workspace.metadata.layers]`.

use std::iter;

use crate::workspace::Layers;

/// From this layer on a crate stands beside the others: it is never published.
const BESIDE: u8 = 9;

/// The picture as a fenced block of text, highest layer first, with a line end after the fence.
pub(crate) fn render(layers: &Layers) -> String {
    let width = layers.keys().map(String::len).max().unwrap_or(0);
    let mut heights: Vec<u8> = layers.values().map(|row| row.layer).collect();
    heights.sort_unstable_by(|one, other| other.cmp(one));
    heights.dedup();

    let blocks: Vec<String> = heights
        .into_iter()
        .map(|height| render_layer(layers, height, width))
        .collect();
    let rule = format!("────────┼─{}\n", "─".repeat(width + 2));
    format!("```text\n{}```\n", blocks.join(&rule))
}

/// One line for each crate of the layer: its name, and what it uses.
fn render_layer(layers: &Layers, height: u8, width: usize) -> String {
    let first_label = if height >= BESIDE {
        " beside ".to_owned()
    } else {
        format!(" L{height}     ")
    };
    let labels = iter::once(first_label).chain(iter::repeat(" ".repeat(8)));
    let lines: Vec<String> = layers
        .iter()
        .filter(|(_, row)| row.layer == height)
        .zip(labels)
        .map(|((name, row), label)| match row.uses.join(" · ") {
            uses if uses.is_empty() => format!("{label}│ {name}\n"),
            uses => format!("{label}│ {name:width$}  ▸ {uses}\n"),
        })
        .collect();
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::{Layers, render};

    fn layers(rows: &str) -> Layers {
        toml::from_str(rows).expect("the test's rows have the form of the table")
    }

    #[test]
    fn the_highest_layer_comes_first() {
        let layers = layers(
            "words = { layer = 0, uses = [] }\n\
             b = { layer = 1, uses = [\"words\"] }\n\
             a = { layer = 1, uses = [\"words\"] }\n\
             tests = { layer = 9, uses = [\"a\", \"b\"] }\n",
        );
        assert_eq!(
            render(&layers),
            "```text\n\
             \x20beside │ tests  ▸ a · b\n\
             ────────┼────────\n\
             \x20L1     │ a      ▸ words\n\
             \x20       │ b      ▸ words\n\
             ────────┼────────\n\
             \x20L0     │ words\n\
             ```\n"
        );
    }

    #[test]
    fn an_empty_table_gives_an_empty_picture() {
        assert_eq!(render(&layers("")), "```text\n```\n");
    }
}
