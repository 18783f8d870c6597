//! How one event stands in a file of the spool. Pure; believes nothing it reads.
//!
//! ```text
//! 0  crc       CRC32C of everything that follows
//! 4  length    bytes of the line
//! 8  index     the place in the order of this spool
//! 16 millis    when it came here, in milliseconds since 1970
//! 24 seq       the number of the event
//! 32 severity
//! 33 the line
//! ```
//!
//! Numbers are little-endian.

use rra_schema::Severity;
use rra_schema::limits::LINE_BYTES;

use crate::sink::Line;

/// What a file of the spool begins with.
pub(super) const MAGIC: [u8; 8] = *b"RRASPL01";
/// Bytes before the line.
pub(super) const HEAD_BYTES: usize = 33;
/// The longest record.
pub(super) const RECORD_BYTES: usize = HEAD_BYTES + LINE_BYTES;

/// What stands before a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    crc: u32,
    /// Bytes of the line.
    pub(super) length: usize,
    /// The place in the order of the spool.
    pub(super) index: u64,
    /// When it came here.
    pub(super) millis: u64,
    /// The number of the event.
    pub(super) seq: u64,
    pub(super) severity: Severity,
}

/// What lies at the beginning of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found<'b> {
    /// A whole record and its line.
    Whole(Head, &'b [u8]),
    /// A record so long that is not what was written.
    Damaged(usize),
    /// The beginning of a record whose end was not written.
    Torn,
    /// No record begins here.
    Nonsense,
}

/// Appends a record to `out`.
pub(super) fn encode(index: u64, millis: u64, line: &Line<'_>, out: &mut Vec<u8>) {
    let start = out.len();
    // A line is at most `LINE_BYTES`.
    let length = u32::try_from(line.bytes.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&index.to_le_bytes());
    out.extend_from_slice(&millis.to_le_bytes());
    out.extend_from_slice(&line.seq.to_le_bytes());
    out.push(line.severity as u8);
    out.extend_from_slice(line.bytes);
    let crc = crc32c::crc32c(&out[start + 4..]);
    out[start..start + 4].copy_from_slice(&crc.to_le_bytes());
}

impl Head {
    /// Reads a head; `None` when it cannot be one.
    pub(super) fn decode(bytes: &[u8; HEAD_BYTES]) -> Option<Self> {
        let word = |at: usize| {
            bytes[at..]
                .first_chunk()
                .map(|word| u32::from_le_bytes(*word))
        };
        let long = |at: usize| {
            bytes[at..]
                .first_chunk()
                .map(|long| u64::from_le_bytes(*long))
        };
        let length = usize::try_from(word(4)?).ok()?;
        let head = Self {
            crc: word(0)?,
            length,
            index: long(8)?,
            millis: long(16)?,
            seq: long(24)?,
            severity: *Severity::ALL.get(usize::from(bytes[32]))?,
        };
        (1..=LINE_BYTES).contains(&length).then_some(head)
    }

    /// Bytes of the whole record.
    pub(super) fn record_bytes(&self) -> usize {
        HEAD_BYTES + self.length
    }
}

/// Looks at what begins with the first of these bytes, which are all there are.
pub(super) fn examine(bytes: &[u8]) -> Found<'_> {
    let Some(head_bytes) = bytes.first_chunk::<HEAD_BYTES>() else {
        return Found::Torn;
    };
    let Some(head) = Head::decode(head_bytes) else {
        return Found::Nonsense;
    };
    let whole = HEAD_BYTES + head.length;
    let Some(record) = bytes.get(..whole) else {
        return Found::Torn;
    };
    if crc32c::crc32c(&record[4..]) == head.crc {
        Found::Whole(head, &record[HEAD_BYTES..])
    } else {
        Found::Damaged(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: Line<'_> = Line {
        seq: 7,
        severity: Severity::Error,
        bytes: b"{}\n",
    };

    fn record() -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(3, 1_000, &LINE, &mut bytes);
        bytes
    }

    #[test]
    fn a_record_is_these_bytes() {
        let golden = [
            &b"\x1f\xf6\x49\xfd\x03\0\0\0\x03\0\0\0\0\0\0\0"[..],
            b"\xe8\x03\0\0\0\0\0\0\x07\0\0\0\0\0\0\0\x03{}\n",
        ];
        assert_eq!(record(), golden.concat());
    }

    #[test]
    fn a_record_is_read_back() {
        let bytes = record();
        let Found::Whole(head, line) = examine(&bytes) else {
            panic!("{:?}", examine(&bytes));
        };
        assert_eq!((head.index, head.millis, head.seq), (3, 1_000, 7));
        assert_eq!((head.severity, line), (LINE.severity, LINE.bytes));
        assert_eq!(head.record_bytes(), bytes.len());
    }

    #[test]
    fn a_record_cut_anywhere_is_torn() {
        let bytes = record();
        for length in 0..bytes.len() {
            assert_eq!(examine(&bytes[..length]), Found::Torn, "{length}");
        }
    }

    #[test]
    fn no_changed_bit_goes_unnoticed() {
        let bytes = record();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!matches!(examine(&changed), Found::Whole(..)), "{bit}");
        }
    }
}
