//! `logforth` with its file and async appenders: a record is sent to a thread that makes the line.

use std::path::Path;

use logforth::append::asynchronous::AsyncBuilder;
use logforth::append::file::FileBuilder;
use logforth::core::Logger;
use logforth::kv::{Key, Value};
use logforth::layout::JsonLayout;
use logforth::record::{Level, Record};

use super::{Entry, Peer, Promise, QUEUE, Syncs};
use crate::rows::{ENVIRONMENT, EVENT_TYPE, REASONS, Row, SERVICE, SEVERITY, TAGS};

pub(super) const ENTRY: Entry = Entry {
    name: "logforth, async file",
    crates: &["logforth"],
    promise: Promise::Lossless,
    syncs: Syncs::Never,
    events: 200_000,
    line: "all but time and message below `kvs`; adds level, target, source file and line",
    start: |directory| Box::new(Logforth::start(directory)),
};

/// Waits for the writing thread when it is dropped.
struct Logforth(Logger);

impl Logforth {
    fn start(directory: &Path) -> Self {
        let file = FileBuilder::new(directory, "log").layout(JsonLayout::default());
        let appender = AsyncBuilder::new("log")
            .buffered_lines_limit(Some(QUEUE))
            .overflow_block()
            .append(file.build().expect("the directory is ours"))
            .build();
        let logger = logforth::core::builder().dispatch(|dispatch| dispatch.append(appender));
        Self(logger.build())
    }
}

impl Peer for Logforth {
    fn emit(&self, row: &Row) {
        let details = [
            (Key::new("reason"), Value::static_str(REASONS[row.reason])),
            (Key::new("attempts"), Value::u64(row.attempts.into())),
        ];
        let tags = TAGS.map(Value::static_str);
        let members = [
            (Key::new("service"), Value::static_str(SERVICE)),
            (Key::new("environment"), Value::static_str(ENVIRONMENT)),
            (Key::new("event_type"), Value::static_str(EVENT_TYPE)),
            (Key::new("severity"), Value::static_str(SEVERITY)),
            (Key::new("source_ip"), Value::str(&row.source_text)),
            (Key::new("user_id"), Value::str(&row.user_id)),
            (Key::new("agent_id"), Value::str(&row.agent_id)),
            (Key::new("request_id"), Value::str(&row.request_id)),
            (Key::new("details"), Value::map(&details)),
            (Key::new("tags"), Value::list(&tags)),
        ];
        self.0.log(
            &Record::builder()
                .level(Level::Warn)
                .payload(format_args!("{}", row.message))
                .key_values(members.as_slice())
                .build(),
        );
    }

    fn finish(self: Box<Self>) {
        drop(self.0);
    }
}
