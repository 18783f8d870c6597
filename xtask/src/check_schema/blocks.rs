//! The fenced JSON and TOML blocks of a page.

use serde_json::Value;

use super::evidence::Judges;

/// One fenced block.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block<'t> {
    /// The word after the fence, such as `json`.
    language: &'t str,
    /// The line of the fence, counted from 1.
    pub(super) line: usize,
    lines: Vec<&'t str>,
}

/// Every fenced block.
pub(super) fn of(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for (at, line) in text.lines().enumerate() {
        match (line.trim_start().strip_prefix("```"), open.take()) {
            (Some(language), None) => {
                open = Some(Block {
                    language: language.trim(),
                    line: at + 1,
                    lines: Vec::new(),
                });
            }
            (Some(_), Some(block)) => blocks.push(block),
            (None, Some(mut block)) => {
                block.lines.push(line);
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    blocks
}

/// What is wrong with a block: it does not parse, or an event in it is not valid.
pub(super) fn faults(block: &Block<'_>, judges: &Judges) -> Vec<String> {
    match block.language {
        "json" => json_faults(block, judges),
        "toml" => toml_fault(block).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn toml_fault(block: &Block<'_>) -> Option<String> {
    let error = block.lines.join("\n").parse::<toml::Table>().err()?;
    Some(format!("the block is not TOML: {}", error.message()))
}

/// One value, or one value on each line.
fn json_faults(block: &Block<'_>, judges: &Judges) -> Vec<String> {
    if let Ok(value) = serde_json::from_str(&block.lines.join("\n")) {
        return event_faults(&value, judges);
    }
    let lines = block.lines.iter().filter(|line| !line.trim().is_empty());
    lines
        .flat_map(|line| match serde_json::from_str(line) {
            Ok(value) => event_faults(&value, judges),
            Err(error) => vec![format!("the block is not JSON: {error}")],
        })
        .collect()
}

/// Events with a schema version are ours and judged strictly, others leniently.
fn event_faults(value: &Value, judges: &Judges) -> Vec<String> {
    if value.get("event_type").is_none() || value.get("timestamp").is_none() {
        return Vec::new();
    }
    let judge = match value.get("schema_version") {
        Some(_) => &judges.writer,
        None => &judges.reader,
    };
    let faults = judge.faults(value).into_iter();
    faults
        .map(|fault| format!("the event is not valid: {} {}", fault.place, fault.says))
        .collect()
}
