//! How far a spool has been delivered, kept so that no kill can spoil it. Pure but for the store.

use std::io;

use super::store::{CURSOR_BYTES, CURSOR_SLOTS, Store};

/// Everything before this place has been delivered or given up.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    place: u64,
    /// The slot to write next: never the one that holds the place.
    slot: usize,
}

impl Cursor {
    /// The furthest place that is whole; the beginning when none is.
    pub(super) fn read(store: &mut dyn Store) -> io::Result<Self> {
        let slots = store.read_cursor()?;
        let whole = slots
            .iter()
            .enumerate()
            .filter_map(|(slot, bytes)| Some((decode(bytes)?, slot)));
        Ok(whole
            .max()
            .map_or_else(Self::default, |(place, slot)| Self {
                place,
                slot: (slot + 1) % CURSOR_SLOTS,
            }))
    }

    pub(super) fn place(&self) -> u64 {
        self.place
    }

    /// Moves on to that place.
    pub(super) fn write(&mut self, store: &mut dyn Store, place: u64) -> io::Result<()> {
        self.place = place;
        store.write_cursor(self.slot, encode(place))?;
        self.slot = (self.slot + 1) % CURSOR_SLOTS;
        Ok(())
    }
}

fn encode(place: u64) -> [u8; CURSOR_BYTES] {
    let mut bytes = [0; CURSOR_BYTES];
    let (number, crc) = bytes.split_at_mut(8);
    number.copy_from_slice(&place.to_le_bytes());
    crc.copy_from_slice(&crc32c::crc32c(number).to_le_bytes());
    bytes
}

fn decode(bytes: &[u8; CURSOR_BYTES]) -> Option<u64> {
    let place = u64::from_le_bytes(*bytes.first_chunk()?);
    (encode(place) == *bytes).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_and_a_changed_bit_is_noticed() {
        let bytes = encode(77);
        assert_eq!(decode(&bytes), Some(77));
        for bit in 0..CURSOR_BYTES * 8 {
            let mut changed = bytes;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decode(&changed), None, "{bit}");
        }
        assert_eq!(decode(&[0; CURSOR_BYTES]), None);
    }
}
