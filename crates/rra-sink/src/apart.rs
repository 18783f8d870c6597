//! Keeps what one processor writes away from what others read.

use std::ops::Deref;

/// A value in cache lines of its own: whoever reads its neighbours does not take it from the processor
/// that changes it. Two lines, because processors fetch them in pairs.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Apart<T>(pub(crate) T);

impl<T> Deref for Apart<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
