//! Which characters reach a line as they are, and how the others are written.

use super::buffer::LineBuffer;
use super::digits::HEXADECIMAL;

/// How many bytes at the start of `bytes` are printable ASCII that JSON does not escape.
///
/// Eight bytes at a time: in each lane a high bit is raised where the byte is below 0x20, above
/// 0x7E, a quote or a backslash.
pub(crate) fn plain_prefix(bytes: &[u8]) -> usize {
    let mut chunks = bytes.chunks_exact(8);
    let mut at = 0;
    for chunk in &mut chunks {
        let mut lanes = [0; 8];
        lanes.copy_from_slice(chunk);
        let found = special_lanes(u64::from_le_bytes(lanes));
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + chunks
        .remainder()
        .iter()
        .take_while(|byte| is_plain(**byte))
        .count()
}

/// Whether a reader could miss the character or be misled by it: control characters, zero-width
/// characters and those that change the direction of text.
pub(crate) const fn is_hidden(character: char) -> bool {
    matches!(character,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{AD}' | '\u{61C}' | '\u{180E}'
        | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}'
        | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Appends one character, escaped where it has to be.
pub(super) fn push_char(out: &mut LineBuffer<'_>, character: char) {
    out.put(spelling(character, &mut [0; CHAR_BYTES_MAX]));
}

/// How one character is written, escaped where it has to be.
pub(crate) fn spelling(character: char, room: &mut [u8; CHAR_BYTES_MAX]) -> &[u8] {
    match character {
        '"' => b"\\\"",
        '\\' => b"\\\\",
        '\n' => b"\\n",
        '\r' => b"\\r",
        '\t' => b"\\t",
        hidden if is_hidden(hidden) => {
            let mut units = [0; 2];
            let units = hidden.encode_utf16(&mut units);
            for (place, unit) in room.chunks_exact_mut(6).zip(units.iter()) {
                let [high, low] = unit
                    .to_be_bytes()
                    .map(|byte| HEXADECIMAL[usize::from(byte)]);
                place[..2].copy_from_slice(b"\\u");
                place[2..4].copy_from_slice(&high);
                place[4..].copy_from_slice(&low);
            }
            &room[..6 * units.len()]
        }
        shown => shown.encode_utf8(room).as_bytes(),
    }
}

/// The most bytes one character takes: a surrogate pair of two escapes.
pub(crate) const CHAR_BYTES_MAX: usize = 12;

/// Whether a byte is printable ASCII that JSON does not escape.
pub(crate) const fn is_plain(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E) && byte != b'"' && byte != b'\\'
}

const fn special_lanes(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xFF;
    const HIGH: u64 = ONES * 0x80;
    let below_space = word.wrapping_sub(ONES * 0x20);
    let quote = word ^ (ONES * 0x22);
    let backslash = word ^ (ONES * 0x5C);
    let delete = word ^ (ONES * 0x7F);
    (word
        | (below_space & !word)
        | (quote.wrapping_sub(ONES) & !quote)
        | (backslash.wrapping_sub(ONES) & !backslash)
        | (delete.wrapping_sub(ONES) & !delete))
        & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::LINE_BYTES;

    #[test]
    fn every_byte_is_judged_alike_in_every_lane() {
        for byte in 0..=u8::MAX {
            for lane in 0..8 {
                let mut bytes = [b'a'; 16];
                bytes[lane] = byte;
                let expected = if is_plain(byte) { 16 } else { lane };
                assert_eq!(plain_prefix(&bytes), expected, "{byte:#x} in lane {lane}");
                assert_eq!(plain_prefix(&bytes[..=lane]), expected.min(lane + 1));
            }
        }
    }

    #[test]
    fn every_hidden_character_is_escaped_and_reads_back() {
        let mut room = [0; LINE_BYTES];
        for character in (0..=0x0010_FFFF).filter_map(char::from_u32) {
            let mut out = LineBuffer::new(&mut room);
            out.put(b"\"");
            push_char(&mut out, character);
            out.put(b"\"");
            let out = out.as_bytes();
            assert!(out.len() <= CHAR_BYTES_MAX + 2);
            let text: String = serde_json::from_slice(out).expect("valid JSON");
            assert_eq!(text, character.to_string());
            if is_hidden(character) {
                assert!(out.is_ascii() && out.iter().all(|b| *b >= 0x20 && *b != 0x7F));
            }
        }
    }
}
