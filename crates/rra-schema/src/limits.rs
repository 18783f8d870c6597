//! How large a line and its parts may become. One place, so that the writer, the schemas and the
//! documentation cannot disagree.

/// Longest line in bytes, newline included, that the writer makes.
pub const LINE_BYTES: usize = 16 * 1024;
/// Longest line in bytes that a strict reader takes, so that the writer's bound can grow in a minor
/// version: CloudEvents asks intermediaries to carry 64 KiB
/// (CloudEvents 1.0.2, "Size limits").
pub const LINE_BYTES_MAX: usize = 64 * 1024;
/// Longest line in bytes that is read: far beyond what any writer of ours makes.
pub const READ_LINE_BYTES: usize = 1024 * 1024;
/// Deepest nesting that is read. Each level is looked at once more for each level around it, so a hostile
/// line costs as many times more than another.
pub const READ_DEPTH: usize = 32;
/// Longest message in characters: the summary limit of PagerDuty's Events API v2.
pub const MESSAGE_CHARS: usize = 1024;
/// Longest `service` and `environment` in characters.
pub const NAME_CHARS: usize = 64;
/// Longest user, agent and request id in characters.
pub const ID_CHARS: usize = 128;
/// Most keys in one object of `details`.
pub const DETAILS_KEYS: usize = 32;
/// Deepest nesting inside `details`, the object itself counted.
pub const DETAILS_DEPTH: usize = 4;
/// Longest text inside `details` in characters.
pub const DETAILS_TEXT_CHARS: usize = 2048;
/// Most elements of one list inside `details`.
pub const DETAILS_LIST_ITEMS: usize = 64;
/// Longest key inside `details` in characters.
pub const DETAILS_KEY_CHARS: usize = 64;
/// Longest tag of another writer that is kept, in characters; ours have at most 32.
pub const TAG_CHARS: usize = 64;
/// Most tags of one event.
pub const TAGS: usize = 16;
/// Most entries of `truncated`; further cuts are counted by the last entry being `*`.
pub const TRUNCATED_PATHS: usize = 16;
/// Largest whole number that every JSON reader keeps exact: 2^53 - 1 (RFC 8259, section 6).
pub const INTEGER_MAX: u64 = 9_007_199_254_740_991;
