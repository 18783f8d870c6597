//! Who may still enter a ring that fills. Pure arithmetic; knows no lock and no clock.

use rra_schema::Severity;

use crate::ring::Fill;
use crate::ring::shape::Shape;

/// What a producer meets when the journal has no room for its event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overflow {
    /// Debug, info and warning are refused at once; error and critical wait up to the patience.
    #[default]
    Shed,
    /// Every event waits up to the patience.
    Block,
}

impl Overflow {
    /// Whether an event of this severity may wait for room.
    pub(crate) fn waits(self, severity: Severity) -> bool {
        self == Self::Block || severity >= Severity::Error
    }
}

/// Whether an event of this severity may still enter a ring that is so full.
///
/// Info stops at three quarters and warning at seven eighths, so a flood of harmless events can
/// never take the room of the serious ones.
#[inline]
pub(crate) fn admits(severity: Severity, fill: Fill, shape: Shape) -> bool {
    let bytes_allow = fill.bytes <= mark(severity, shape.usable_bytes());
    let lines_allow = fill.lines < mark(severity, shape.lines);
    bytes_allow && lines_allow
}

/// How full a ring may be for an event of any severity to enter.
pub(crate) fn admits_all(shape: Shape) -> Fill {
    Fill {
        bytes: mark(Severity::Debug, shape.usable_bytes()),
        lines: mark(Severity::Debug, shape.lines).saturating_sub(1),
    }
}

#[inline]
fn mark(severity: Severity, whole: usize) -> usize {
    /// By the place of the severity, which costs less than to tell them apart.
    const EIGHTHS: [usize; Severity::ALL.len()] = [6, 6, 7, 8, 8];
    whole / 8 * EIGHTHS[severity as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(severity: Severity, expected: usize) {
        assert_eq!(mark(severity, 8_000), expected);
    }

    #[test]
    fn room_shrinks_with_severity() {
        check(Severity::Debug, 6_000);
        check(Severity::Info, 6_000);
        check(Severity::Warning, 7_000);
        check(Severity::Error, 8_000);
        check(Severity::Critical, 8_000);
    }

    #[test]
    fn a_ring_that_admits_all_admits_no_more_lines_or_bytes_of_debug() {
        let (shape, most) = (Shape::new(0), admits_all(Shape::new(0)));
        let check = |bytes, lines, expected| {
            let fill = Fill { bytes, lines };
            assert_eq!(admits(Severity::Debug, fill, shape), expected, "{fill:?}");
        };
        check(most.bytes, most.lines, true);
        check(most.bytes + 1, most.lines, false);
        check(most.bytes, most.lines + 1, false);
    }

    #[test]
    fn only_serious_events_wait_unless_told_to_block() {
        assert!(!Overflow::Shed.waits(Severity::Warning));
        assert!(Overflow::Shed.waits(Severity::Error));
        assert!(Overflow::Block.waits(Severity::Debug));
    }
}
