//! `docs/reference/check-schema.md`: every rule of the command.

use super::page::{RENDERED, table};
use crate::check_schema::rules;

/// The whole page.
pub(super) fn render() -> String {
    let rows = rules::all().map(|rule| [rule.id.to_owned(), rule.says.to_owned()]);
    format!(
        "# cargo xtask check-schema\n\n{RENDERED}\n\
         Compares the tables with the last released catalogue and with everything that is rendered from them. It never\n\
         writes. A finding names its rule, the file and the mending command; the exit code is 1 when there is a\n\
         violation, 2 when the command could not run.\n\n\
         ```text\n\
         cargo xtask check-schema                            all rules\n\
         cargo xtask check-schema --format json              the findings for programs\n\
         cargo xtask check-schema --allow RULE:reason        a violation that is meant; it stays in the report\n\
         cargo xtask check-schema --live FILE                the lines of a running log, - for standard input\n\
         cargo xtask check-schema --self-test                shows every rule its seeded mistakes\n\
         cargo xtask generate                                renders what the tables give\n\
         cargo xtask generate --freeze VERSION               freezes the tables as a release\n\
         ```\n\n{}",
        table(["Rule", "It holds when"], rows)
    )
}
