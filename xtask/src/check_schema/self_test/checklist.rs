//! Mistakes on the page that an operator starts from.

use super::files::add;
use super::{Mistake, mistake};
use crate::check_schema::evidence::Evidence;
use crate::check_schema::rules::PAGE;

pub(super) const MISTAKES: &[Mistake] = &[
    mistake("DOC005", "a box leads nowhere", |e| {
        edit(e, "[`logrotate/`](logrotate/README.md)", "see below")
    }),
    mistake("DOC005", "a box leads to a folder alone", |e| {
        edit(e, "](logrotate/README.md)", "](logrotate)")
    }),
    mistake("DOC005", "a box names a verb that is none", |e| {
        edit(e, "`cargo xtask demo --stack`", "`cargo xtask stack`")
    }),
    mistake("DOC005", "a box names an option that is none", |e| {
        edit(
            e,
            "`cargo xtask demo --stack`",
            "`cargo xtask demo --stacks`",
        )
    }),
    mistake("DOC005", "a box names a setting that is none", |e| {
        edit(e, "`RRA_SECURITY_LOG_FILE=true`", "`RRA_SECURITY_LOG=true`")
    }),
    mistake("DOC005", "a box is missing", |e| {
        edit(
            e,
            "- [ ] Configure log rotation",
            "- Configure log rotation",
        )
    }),
    mistake("DOC006", "a claim names a test that is none", |e| {
        edit(
            e,
            "`integrations::logrotate_reads",
            "`integrations::logrotate_rotates",
        )
    }),
    mistake("DOC006", "a claim names a stage that is none", |e| {
        edit(e, "`operators`", "`operator`")
    }),
    mistake("DOC006", "a claim names no test", |e| {
        edit(e, "`integrations::logrotate_reads_its_file`", "by hand")
    }),
    mistake("DOC006", "a folder has no row", |e| {
        edit(e, "| `sigma/` |", "| `sigmas/` |")
    }),
];

/// The page as it is rendered, with one mistake.
fn edit(evidence: &mut Evidence, from: &str, to: &str) {
    let files = rra_ops::files();
    let page = files.iter().find(|file| file.path == PAGE);
    let page = &page.expect("the page is rendered").contents;
    assert!(page.contains(from), "{PAGE} has {from}");
    add(evidence, PAGE, &page.replacen(from, to, 1));
}
