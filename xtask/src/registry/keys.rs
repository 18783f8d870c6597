//! The keys of the line: their order is the writer's, what they mean to a reader is written here.

use rra_schema::limits;

use super::Field;

/// What a key may hold and what it says.
struct Row {
    name: &'static str,
    required: bool,
    form: &'static str,
    max_chars: Option<usize>,
    words: Option<&'static str>,
    summary: &'static str,
}

const ROWS: &[Row] = &[
    plain(
        "timestamp",
        true,
        "timestamp",
        "When it happened, in UTC with three fraction digits.",
    ),
    text(
        "service",
        true,
        limits::NAME_CHARS,
        "The service that writes the log.",
    ),
    text(
        "environment",
        true,
        limits::NAME_CHARS,
        "Where the service runs, such as `production`.",
    ),
    text(
        "event_type",
        true,
        limits::ID_CHARS,
        "A type of this page, or `x.<vendor>.<name>` for an event of a service's own.",
    ),
    word(
        "severity",
        true,
        "severity",
        "How serious it is; never below the type's own.",
    ),
    Row {
        form: "text",
        ..text(
            "message",
            true,
            limits::MESSAGE_CHARS,
            "One sentence for people; no program should read it.",
        )
    },
    plain(
        "source_ip",
        false,
        "ip_address",
        "The client's address, without a port.",
    ),
    text("user_id", false, limits::ID_CHARS, "The user it is about."),
    text(
        "agent_id",
        false,
        limits::ID_CHARS,
        "The agent it is about: a repository's negotiator, not the log shipper.",
    ),
    text(
        "request_id",
        false,
        limits::ID_CHARS,
        "The request it belongs to.",
    ),
    plain(
        "details",
        false,
        "details",
        "What else is known, by event type; keys of a service's own may stand beside.",
    ),
    plain("tags", false, "tags", "Words to filter by, each once."),
    plain(
        "schema_version",
        true,
        "version",
        "The version of this format.",
    ),
    plain(
        "event_id",
        true,
        "event_id",
        "`<instance>-<number>`: 16 hexadecimal digits of the process start, and a number that grows by one with every event.",
    ),
    word(
        "outcome",
        false,
        "outcome",
        "Whether what was asked for happened; left out where the type does not say.",
    ),
    plain(
        "trace_id",
        false,
        "trace_id",
        "The trace it happened in (W3C Trace Context).",
    ),
    plain("span_id", false, "span_id", "The span it happened in."),
    plain(
        "truncated",
        false,
        "pointers",
        "JSON pointers of what had to be cut; `*` stands for more.",
    ),
    plain(
        "imported",
        false,
        "flag",
        "`true` on a line that was converted from another writer's; its type may lack what ours require.",
    ),
    text(
        "original_timestamp",
        false,
        limits::NAME_CHARS,
        "The time as the other writer gave it.",
    ),
    plain(
        "prev",
        false,
        "sha256",
        "The digest of the line before, in a log with a hash chain.",
    ),
];

/// The keys in writing order.
pub(super) fn read() -> Vec<Field> {
    rra_schema::KEYS
        .iter()
        .filter_map(|key| ROWS.iter().find(|row| row.name == *key))
        .map(field)
        .collect()
}

fn field(row: &Row) -> Field {
    Field {
        name: row.name.to_owned(),
        required: row.required,
        form: row.form.to_owned(),
        max_chars: row.max_chars.map(|max| max as u64),
        minimum: None,
        words: row.words.map(str::to_owned),
        since: "1.0".to_owned(),
        summary: row.summary.to_owned(),
    }
}

const fn plain(
    name: &'static str,
    required: bool,
    form: &'static str,
    summary: &'static str,
) -> Row {
    Row {
        name,
        required,
        form,
        max_chars: None,
        words: None,
        summary,
    }
}

const fn text(name: &'static str, required: bool, max_chars: usize, summary: &'static str) -> Row {
    Row {
        max_chars: Some(max_chars),
        ..plain(name, required, "identifier", summary)
    }
}

const fn word(
    name: &'static str,
    required: bool,
    words: &'static str,
    summary: &'static str,
) -> Row {
    Row {
        words: Some(words),
        ..plain(name, required, "word", summary)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_key_of_the_line_is_described() {
        let described: Vec<String> = super::read().into_iter().map(|key| key.name).collect();
        assert_eq!(described, rra_schema::KEYS);
    }
}
