//! Numbers.

use super::{DetailValue, Scalar};
use crate::error::Error;
use crate::spec::FieldKind;
use crate::writer::Member;

/// A number from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio(f64);

impl Ratio {
    /// Checks the range.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the number is below 0, above 1, or no number.
    pub fn new(number: f64) -> Result<Self, Error> {
        if (0.0..=1.0).contains(&number) {
            // Adding zero turns -0.0, which is in the range, into 0.0.
            Ok(Self(number + 0.0))
        } else {
            Err(Error::invalid(
                "score",
                &number.to_string(),
                "a number from 0 to 1",
            ))
        }
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl DetailValue for Ratio {
    const KIND: FieldKind = FieldKind::Ratio;

    fn write(&self, member: &mut Member<'_, '_, '_>) {
        member.float(self.0);
    }

    fn scalar(&self) -> Scalar<'_> {
        Scalar::Float(self.0)
    }
}

impl DetailValue for u64 {
    const KIND: FieldKind = FieldKind::Integer { minimum: 0 };

    fn write(&self, member: &mut Member<'_, '_, '_>) {
        member.integer(*self);
    }

    fn scalar(&self) -> Scalar<'_> {
        Scalar::Integer(*self)
    }
}

impl DetailValue for bool {
    const KIND: FieldKind = FieldKind::Boolean;

    fn write(&self, member: &mut Member<'_, '_, '_>) {
        member.boolean(*self);
    }

    fn scalar(&self) -> Scalar<'_> {
        Scalar::Boolean(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_stays_between_zero_and_one() {
        assert!(Ratio::new(0.5).is_ok() && Ratio::new(1.0).is_ok());
        assert!(
            Ratio::new(1.01).is_err() && Ratio::new(-0.1).is_err() && Ratio::new(f64::NAN).is_err()
        );
    }
}
