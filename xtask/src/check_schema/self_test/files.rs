//! Mistakes in committed files: a page edited by hand, a file forgotten, an example that is false.

use super::{Mistake, mistake};
use crate::check_schema::evidence::Evidence;

/// Stands for a file of an earlier release.
pub(super) const FROZEN: &str = "docs/reference/schemas/released/0.9.json";
/// Stands for another.
pub(super) const FROZEN_TOO: &str = "docs/reference/schemas/security-event/0.9/reader.schema.json";

const WRITER: &str = "docs/reference/schemas/security-event/1.0/writer.schema.json";
const CATALOGUE: &str = "docs/reference/schemas/catalogue.json";
const VALID: &str = "docs/reference/schemas/examples/valid.jsonl";
const INVALID: &str = "docs/reference/schemas/examples/invalid.jsonl";

pub(super) const MISTAKES: &[Mistake] = &[
    mistake("SCH001", "the committed schema is edited", |e| {
        edit(
            e,
            WRITER,
            "\"title\": \"A security event",
            "\"title\": \"Any security event",
        )
    }),
    mistake("SCH001", "the committed schema is missing", |e| {
        remove(e, WRITER)
    }),
    mistake("SCH001", "the committed catalogue is stale", |e| {
        edit(e, CATALOGUE, "\"auth.failure\"", "\"auth.failed\"")
    }),
    mistake("SCH001", "the page of rules is edited", |e| {
        append(e, "docs/reference/check-schema.md", "more\n")
    }),
    mistake("SCH002", "a schema has a type that is none", |e| {
        add(
            e,
            "docs/reference/schemas/extra.schema.json",
            "{ \"type\": \"text\" }",
        )
    }),
    mistake("SCH002", "a pattern looks ahead", |e| {
        add(
            e,
            "docs/reference/schemas/extra.schema.json",
            "{ \"pattern\": \"^(?!a)\" }",
        )
    }),
    mistake("SCH002", "a schema is no JSON", |e| {
        add(e, "docs/reference/schemas/extra.schema.json", "{")
    }),
    mistake("SCH003", "a type has no valid example", |e| {
        drop_lines(e, VALID, "\"event_type\":\"ssrf.blocked\"")
    }),
    mistake("SCH003", "a type has no invalid examples", |e| {
        drop_lines(e, INVALID, "\"of\":\"ssrf.blocked\"")
    }),
    mistake("SCH003", "the valid examples are missing", |e| {
        remove(e, VALID)
    }),
    mistake("VER002", "a released schema is edited", |e| {
        append(e, FROZEN_TOO, "\n")
    }),
    mistake("VER002", "a released catalogue is edited", |e| {
        append(e, FROZEN, "\n")
    }),
    mistake("VER002", "a released catalogue is removed", |e| {
        remove(e, FROZEN)
    }),
    mistake("VER002", "the digest of a released schema is gone", |e| {
        let _ = e.digests.remove(FROZEN_TOO);
    }),
    mistake("CFG002", "the page of variables is edited", |e| {
        append(e, "docs/reference/configuration.md", "more\n")
    }),
    mistake("CFG002", "the page of variables is missing", |e| {
        remove(e, "docs/reference/configuration.md")
    }),
    mistake("DOC001", "the page of events is edited", |e| {
        append(e, "docs/reference/events.md", "more\n")
    }),
    mistake("DOC001", "the page of events is stale", |e| {
        edit(
            e,
            "docs/reference/events.md",
            "An identity was proved.",
            "Somebody logged in.",
        )
    }),
    mistake("DOC002", "the page of metrics is edited", |e| {
        append(e, "docs/reference/metrics.md", "more\n")
    }),
    mistake("DOC002", "the page of metrics is missing", |e| {
        remove(e, "docs/reference/metrics.md")
    }),
    mistake("DOC003", "a JSON block does not parse", |e| {
        add(e, "docs/extra.md", "```json\n{\"a\":}\n```\n")
    }),
    mistake("DOC003", "a TOML block does not parse", |e| {
        add(e, "docs/extra.md", "```toml\na = = 1\n```\n")
    }),
    mistake("DOC003", "an event of ours in a page is not valid", |e| {
        add_event(e, "\"warning\"", "\"fatal\"")
    }),
    mistake(
        "DOC003",
        "an event of another writer in a page has no time",
        |e| {
            add(
                e,
                "docs/extra.md",
                "```json\n{\"timestamp\":\"today\",\"event_type\":\"auth.success\"}\n```\n",
            )
        },
    ),
    mistake("DOC004", "a link leads nowhere", |e| {
        add(e, "docs/extra.md", "See [there](reference/nothing.md).\n")
    }),
    mistake("DOC004", "a link climbs out of the wrong folder", |e| {
        add(
            e,
            "docs/reference/extra.md",
            "See [there](../metrics.md).\n",
        )
    }),
    mistake("LIC001", "a page shows somebody's IPv4 address", |e| {
        add(e, "docs/extra.md", "Ask 8.8.8.8 about it.\n")
    }),
    mistake("LIC001", "a page shows somebody's IPv6 address", |e| {
        add(e, "docs/extra.md", "Ask 2606:4700:4700::1111 about it.\n")
    }),
];

pub(super) fn add(evidence: &mut Evidence, path: &str, text: &str) {
    evidence.pages.0.insert(path.to_owned(), text.to_owned());
}

fn remove(evidence: &mut Evidence, path: &str) {
    evidence
        .pages
        .0
        .remove(path)
        .expect("the page is committed");
}

fn append(evidence: &mut Evidence, path: &str, text: &str) {
    page(evidence, path).push_str(text);
}

fn edit(evidence: &mut Evidence, path: &str, from: &str, to: &str) {
    let page = page(evidence, path);
    assert!(page.contains(from), "{path} has {from}");
    *page = page.replacen(from, to, 1);
}

fn drop_lines(evidence: &mut Evidence, path: &str, with: &str) {
    let page = page(evidence, path);
    let kept: Vec<&str> = page.lines().filter(|line| !line.contains(with)).collect();
    *page = kept.join("\n");
}

fn page<'a>(evidence: &'a mut Evidence, path: &str) -> &'a mut String {
    evidence
        .pages
        .0
        .get_mut(path)
        .expect("the page is committed")
}

/// A page with an event of ours in which one word is another.
fn add_event(evidence: &mut Evidence, from: &str, to: &str) {
    let line = evidence
        .samples
        .iter()
        .map(|sample| &sample.line)
        .find(|line| line.contains(from));
    let line = line.expect("a sample has the word").replacen(from, to, 1);
    add(
        evidence,
        "docs/extra.md",
        &format!("```json\n{line}\n```\n"),
    );
}
