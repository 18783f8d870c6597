//! The fuzz targets on a stable toolchain: random bytes, and lines of old logs with random changes.

#[expect(
    unreachable_pub,
    reason = "for the fuzz targets this file is a library"
)]
#[path = "../../../fuzz/src/targets.rs"]
mod targets;

use proptest::collection::vec;
use proptest::prelude::*;

const TYPES: &str = include_str!("../../../tests/corpora/rra-module-types.jsonl");
const ODDITIES: &str = include_str!("../../../tests/corpora/rra-module-oddities.jsonl");

/// A line of an old log with some bytes replaced.
fn damaged_line() -> impl Strategy<Value = Vec<u8>> {
    let lines: Vec<&str> = TYPES.lines().chain(ODDITIES.lines()).collect();
    (
        prop::sample::select(lines),
        vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    )
        .prop_map(|(line, changes)| {
            let mut bytes = line.as_bytes().to_vec();
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes
        })
}

/// Bytes that are often text: characters that matter to JSON, to terminals and to the targets.
fn telling_bytes() -> impl Strategy<Value = Vec<u8>> {
    let telling =
        prop::sample::select(b"\xff\"\\\n\x1b\x7f{}[]:,@=/ \x00\xe2\x80\xae\xc2\x85aZ09".to_vec());
    vec(prop_oneof![telling, any::<u8>()], 0..2000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_line_is_refused_or_written_again(data in prop_oneof![damaged_line(), telling_bytes()]) {
        targets::read_lenient(&data);
    }

    #[test]
    fn any_custom_event_becomes_one_valid_line(data in telling_bytes()) {
        targets::write_custom(&data);
    }

    #[test]
    fn a_secret_never_reaches_the_line(data in telling_bytes()) {
        targets::redact(&data);
    }
}
