//! The few forms of protobuf that traces take (protobuf.dev, "Encoding"): writes messages within
//! messages into one buffer, and reads the numbers of an answer. Knows no message by name.

/// How a value is written, from the low bits of its key.
const VARINT: u32 = 0;
const FIXED64: u32 = 1;
const BYTES: u32 = 2;
const FIXED32: u32 = 5;

/// Most memory that is kept for the next message.
const KEPT_BYTES: usize = 16 * 1024;

/// A message that is being written.
#[derive(Debug, Default)]
pub(crate) struct Message(Vec<u8>);

impl Message {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Begins again, in the memory that is there; what a message seldom needs is given back.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
        self.0.shrink_to(KEPT_BYTES);
    }

    /// Fields that are written already.
    pub(crate) fn fields(&mut self, fields: &[u8]) {
        self.0.extend_from_slice(fields);
    }

    pub(crate) fn number(&mut self, field: u32, number: u64) {
        self.key(field, VARINT);
        self.varint(number);
    }

    /// A number that a reader takes as 0 when it is not there.
    pub(crate) fn count(&mut self, field: u32, count: u32) {
        if count > 0 {
            self.number(field, count.into());
        }
    }

    pub(crate) fn fixed32(&mut self, field: u32, number: u32) {
        self.key(field, FIXED32);
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    pub(crate) fn fixed64(&mut self, field: u32, number: u64) {
        self.key(field, FIXED64);
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    /// A text or other bytes.
    pub(crate) fn bytes(&mut self, field: u32, bytes: &[u8]) {
        self.key(field, BYTES);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// A message in this one.
    pub(crate) fn message(&mut self, field: u32, write: impl FnOnce(&mut Self)) {
        self.key(field, BYTES);
        let start = self.0.len();
        // Room for the length of a short message, as most are.
        self.0.push(0);
        write(self);
        let length = self.0.len() - start - 1;
        match u8::try_from(length) {
            Ok(short @ ..0x80) => self.0[start] = short,
            _ => self.lengthen(start, length),
        }
    }

    /// Puts a length in place of the room for a short one, and moves the message on by what it takes.
    fn lengthen(&mut self, start: usize, length: usize) {
        let end = self.0.len();
        let mut digits = Self::default();
        digits.varint(length as u64);
        let digits = digits.0;
        self.0.resize(end + digits.len() - 1, 0);
        self.0.copy_within(start + 1..end, start + digits.len());
        self.0[start..start + digits.len()].copy_from_slice(&digits);
    }

    fn key(&mut self, field: u32, form: u32) {
        self.varint((field << 3 | form).into());
    }

    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push((number & 0x7f) as u8);
    }
}

/// A value of a message that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field<'m> {
    Number(u64),
    Bytes(&'m [u8]),
}

/// The fields of a message, by their numbers, up to what is malformed.
pub(crate) struct Fields<'m>(pub(crate) &'m [u8]);

impl<'m> Iterator for Fields<'m> {
    type Item = (u64, Field<'m>);

    fn next(&mut self) -> Option<Self::Item> {
        let key = self.varint()?;
        let value = match u32::try_from(key & 7).ok()? {
            VARINT => Field::Number(self.varint()?),
            FIXED64 => Field::Bytes(self.take(8)?),
            BYTES => {
                let length = self.varint()?;
                Field::Bytes(self.take(usize::try_from(length).ok()?)?)
            }
            FIXED32 => Field::Bytes(self.take(4)?),
            _ => return None,
        };
        Some((key >> 3, value))
    }
}

impl<'m> Fields<'m> {
    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for place in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            number |= u64::from(byte & 0x7f) << place;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn take(&mut self, bytes: usize) -> Option<&'m [u8]> {
        let (taken, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(write: impl FnOnce(&mut Message), expected: &[u8]) {
        let mut message = Message::default();
        write(&mut message);
        assert_eq!(message.into_bytes(), expected);
    }

    #[test]
    fn the_examples_of_the_documentation_are_written() {
        check(|m| m.number(1, 150), &[0x08, 0x96, 0x01]);
        check(|m| m.bytes(2, b"testing"), b"\x12\x07testing");
        check(
            |m| m.message(3, |m| m.number(1, 150)),
            &[0x1a, 0x03, 0x08, 0x96, 0x01],
        );
    }

    #[test]
    fn a_long_message_has_a_long_length() {
        let long = [7; 300];
        let mut expected = vec![0x0a, 0xaf, 0x02, 0x0a, 0xac, 0x02];
        expected.extend(long);
        check(|m| m.message(1, |m| m.bytes(1, &long)), &expected);
    }

    #[test]
    fn numbers_take_what_room_they_need() {
        check(
            |m| m.number(16, u64::MAX),
            b"\x80\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        );
        check(|m| m.count(1, 0), &[]);
        check(|m| m.fixed32(1, 258), &[0x0d, 2, 1, 0, 0]);
        check(|m| m.fixed64(1, 258), &[0x09, 2, 1, 0, 0, 0, 0, 0, 0]);
    }

    fn check_read(bytes: &[u8], expected: &[(u64, Field<'_>)]) {
        assert_eq!(Fields(bytes).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_written_is_read() {
        check_read(&[0x08, 0x96, 0x01], &[(1, Field::Number(150))]);
        check_read(
            b"\x12\x02hi\x08\x01",
            &[(2, Field::Bytes(b"hi")), (1, Field::Number(1))],
        );
        check_read(&[0x0d, 2, 1, 0, 0], &[(1, Field::Bytes(&[2, 1, 0, 0]))]);
    }

    #[test]
    fn what_is_malformed_ends_the_fields() {
        check_read(&[], &[]);
        check_read(&[0xff], &[]);
        check_read(b"\x12\x7fhi", &[]);
        check_read(&[0x08, 0x01, 0x0b], &[(1, Field::Number(1))]);
        check_read(&[0xff; 11], &[]);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>) {
            Fields(&bytes).for_each(drop);
        }
    }
}
