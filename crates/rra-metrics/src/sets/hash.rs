//! A quick hash for words that the service chose when it started: nobody outside can add to such a
//! map, so nobody can fill it with words that collide.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map that is filled once, when the service starts.
pub(crate) type WordMap<K, V> = HashMap<K, V, BuildHasherDefault<WordHasher>>;

/// Eight bytes at a time, by one multiplication.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WordHasher(u64);

/// The fraction of the golden ratio in 64 bits, made odd: its multiples are spread evenly.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl WordHasher {
    fn add(&mut self, eight: u64) {
        self.0 = (self.0.rotate_left(5) ^ eight).wrapping_mul(SPREAD);
    }
}

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (eights, rest) = bytes.as_chunks::<8>();
        for eight in eights {
            self.add(u64::from_le_bytes(*eight));
        }
        let last = rest
            .iter()
            .fold(0, |last, byte| (last << 8) | u64::from(*byte));
        self.add(last);
    }

    fn write_u8(&mut self, byte: u8) {
        self.add(byte.into());
    }

    fn finish(&self) -> u64 {
        // A product is well mixed at its top, and a map looks at the bottom.
        self.0.rotate_left(26)
    }
}
