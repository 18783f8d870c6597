//! All series of one metric: a table with one dimension per label, filled as series appear.
//!
//! A lookup is an index into the table. Nothing a caller or a client does can make the table
//! longer, and the number of entries in use has a limit of its own. A table takes memory block by
//! block: few services have as many agents as there are places for.

use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use metrics::{Key, Label};
use rra_schema::metrics::{Kind, MetricSpec, Zero, process};

use crate::handle::{Counter, Instrument};
use crate::sets::Axis;
use crate::target::Target;

/// Most dimensions a metric has; a test compares it with the catalogue.
pub(crate) const MAX_DIMENSIONS: usize = 3;

/// The place of a value that has none: its series is that of other values.
pub(crate) const NO_PLACE: usize = usize::MAX;

/// So many entries in a row take memory together; as many are there from the start, which is all of
/// them in most tables.
const BLOCK: usize = 32;

type Block<H> = [OnceLock<H>; BLOCK];

/// All series of one metric.
pub(crate) struct Family<H> {
    spec: &'static MetricSpec,
    target: Target,
    dimensions: Box<[Dimension]>,
    /// The numbers of the dimensions, close together: all that a lookup reads.
    shapes: [Shape; MAX_DIMENSIONS],
    first: Box<[OnceLock<H>]>,
    /// All entries but the first, by their place in the table.
    blocks: Box<[OnceLock<Box<Block<H>>>]>,
    in_use: AtomicUsize,
    max_in_use: usize,
    nowhere: H,
}

struct Dimension {
    axis: Axis,
    /// Counts the values that found no place; only open labels have it.
    overflow: Option<Counter>,
}

#[derive(Clone, Copy)]
struct Shape {
    len: usize,
    /// The place that stands in for one beyond the end.
    fallback: usize,
    /// The places of values without a place of their own.
    others: Places,
    /// The places after those, which most lookups are for.
    own: Places,
}

/// Places from the first on.
#[derive(Clone, Copy)]
struct Places {
    first: usize,
    len: usize,
}

impl<H: Instrument> Family<H> {
    /// The table of a metric, with the series that exist from the start.
    pub(crate) fn new(
        spec: &'static MetricSpec,
        axes: Vec<Axis>,
        target: &Target,
        max_in_use: usize,
    ) -> Self {
        let dimensions: Box<[Dimension]> = axes
            .into_iter()
            .map(|axis| Dimension::new(spec, axis, target))
            .collect();
        let mut shapes = [Shape::SINGLE; MAX_DIMENSIONS];
        for (shape, dimension) in shapes.iter_mut().zip(&dimensions) {
            *shape = Shape::of(&dimension.axis);
        }
        let size = size(&shapes);
        let family = Self {
            spec,
            target: target.clone(),
            dimensions,
            shapes,
            first: empty(size.min(BLOCK)),
            blocks: empty(size.div_ceil(BLOCK)),
            in_use: AtomicUsize::new(0),
            max_in_use,
            nowhere: H::nowhere(),
        };
        family.initialise();
        family
    }

    /// The series at these places, one for each dimension; beyond the last dimension they are zero.
    ///
    /// A place beyond its dimension, such as [`NO_PLACE`] or that of an agent in a metric with a
    /// lower cap, is taken as that of other values.
    #[inline]
    pub(crate) fn at<const N: usize>(&self, places: &[usize; N]) -> &H {
        // Both numbers are known to the compiler, so it needs no loop.
        let mut offset = 0;
        for (shape, place) in self.shapes.iter().zip(places) {
            if !shape.is_own(*place) {
                return self.elsewhere(places);
            }
            offset = offset * shape.len + place;
        }
        let series = match self.first.get(offset) {
            Some(entry) => entry.get(),
            None => self.further(offset),
        };
        series.unwrap_or_else(|| self.series(places))
    }

    /// Makes a series appear at zero.
    pub(crate) fn appear(&self, places: &[usize]) {
        self.series(places);
    }

    /// How many lines of an exposition the series take.
    pub(crate) fn lines(&self) -> usize {
        let per_series = match self.spec.kind {
            // One for each bucket, +Inf, the sum and the count.
            Kind::Histogram => self.spec.buckets.len() + 3,
            Kind::Counter | Kind::Gauge => 1,
        };
        self.in_use.load(Ordering::Relaxed) * per_series
    }

    /// The place of a value in one dimension.
    pub(crate) fn place(&self, dimension: usize, value: &str) -> Option<usize> {
        self.dimensions[dimension].axis.place(value)
    }

    /// Where in the table the places meet, if the table has any entry.
    pub(crate) fn offset(&self, places: &[usize]) -> usize {
        let shaped = self.shapes.iter().zip(places);
        shaped.fold(0, |offset, (shape, place)| {
            offset * shape.len + shape.clamp(*place)
        })
    }

    /// How many entries the table has.
    pub(crate) fn size(&self) -> usize {
        size(&self.shapes)
    }

    /// The series of a value that is none of its own in some dimension.
    #[inline(never)]
    fn elsewhere(&self, places: &[usize]) -> &H {
        self.count_overflow(places);
        self.series(places)
    }

    fn count_overflow(&self, places: &[usize]) {
        let dimensions = self.dimensions.iter().zip(&self.shapes).zip(places);
        for ((dimension, shape), place) in dimensions {
            if let Some(overflow) = &dimension.overflow
                && shape.is_other(*place)
            {
                overflow.increment(1);
            }
        }
    }

    #[cold]
    fn series(&self, places: &[usize]) -> &H {
        let offset = self.offset(places);
        if let Some(entry) = self.first.get(offset) {
            return entry.get_or_init(|| self.create(places));
        }
        let Some(block) = self.blocks.get(offset / BLOCK) else {
            // A dimension without values: nothing was registered for it, so nothing is counted.
            return &self.nowhere;
        };
        let block = block.get_or_init(|| Box::new([const { OnceLock::new() }; BLOCK]));
        block[offset % BLOCK].get_or_init(|| self.create(places))
    }

    /// The series of an entry that is none of the first, if it is there.
    fn further(&self, offset: usize) -> Option<&H> {
        let block = self.blocks.get(offset / BLOCK)?.get()?;
        block[offset % BLOCK].get()
    }

    fn create(&self, places: &[usize]) -> H {
        let own = self.clamp(places);
        let folded = self.fold(&own);
        if own == folded {
            // What others are folded into must always be there, so it is beyond the limit.
            self.in_use.fetch_add(1, Ordering::Relaxed);
            return self.register(&own);
        }
        if self.claim() {
            return self.register(&own);
        }
        for overflow in self
            .dimensions
            .iter()
            .filter_map(|dimension| dimension.overflow.as_ref())
        {
            overflow.increment(1);
        }
        self.series(&folded).clone()
    }

    /// Takes one of the entries that may still be used.
    fn claim(&self) -> bool {
        let taken = self
            .in_use
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |in_use| {
                (in_use < self.max_in_use).then_some(in_use + 1)
            });
        taken.is_ok()
    }

    fn register(&self, places: &[usize]) -> H {
        let mut labels: Vec<Label> = Vec::with_capacity(places.len() + 1);
        for (dimension, place) in self.dimensions.iter().zip(places) {
            dimension.axis.push_labels(*place, &mut labels);
        }
        let key = Key::from_parts(self.spec.name, labels);
        H::register(&self.target, &key)
    }

    fn clamp(&self, places: &[usize]) -> Vec<usize> {
        let shaped = self.shapes.iter().zip(places);
        let clamped = shaped.map(|(shape, place)| shape.clamp(*place));
        clamped.take(self.dimensions.len()).collect()
    }

    /// The same places, within their dimensions, with every open label at its other values.
    fn fold(&self, places: &[usize]) -> Vec<usize> {
        let dimensions = self.dimensions.iter().zip(places);
        dimensions
            .map(|(dimension, place)| dimension.axis.other().unwrap_or(*place))
            .collect()
    }

    fn initialise(&self) {
        let limits: &[(&str, &[&str])] = match self.spec.zero {
            Zero::Every => &[],
            Zero::Only(limits) => limits,
            _ => return,
        };
        let choices = self.dimensions.iter().map(|dimension| {
            let limit = limits
                .iter()
                .find(|(label, _)| *label == dimension.axis.label());
            match limit {
                Some((_, values)) => {
                    let places = values
                        .iter()
                        .filter_map(|value| dimension.axis.place(value));
                    places.collect()
                }
                None => dimension.axis.initial(self.spec.kind == Kind::Counter),
            }
        });
        for places in combinations(choices) {
            self.appear(&places);
        }
    }
}

impl<H> fmt::Debug for Family<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.spec.name)
    }
}

impl Dimension {
    fn new(spec: &MetricSpec, axis: Axis, target: &Target) -> Self {
        let overflow = spec
            .labels
            .iter()
            .find(|label| label.name == axis.label() && label.domain.can_overflow())
            .map(|label| overflow(spec.name, label.name, target));
        Self { axis, overflow }
    }
}

impl Shape {
    /// Of no dimension: one place, which is nobody's other.
    const SINGLE: Self = Self {
        len: 1,
        fallback: 0,
        others: Places { first: 0, len: 0 },
        own: Places { first: 0, len: 1 },
    };

    fn of(axis: &Axis) -> Self {
        let (len, others) = (axis.len(), axis.others());
        Self {
            len,
            fallback: axis.other().unwrap_or(len.saturating_sub(1)),
            own: Places::of(others.end..len),
            others: Places::of(others),
        }
    }

    fn clamp(self, place: usize) -> usize {
        if place < self.len {
            place
        } else {
            self.fallback
        }
    }

    fn is_other(self, place: usize) -> bool {
        place >= self.len || self.others.contain(place)
    }

    #[inline]
    fn is_own(self, place: usize) -> bool {
        self.own.contain(place)
    }
}

impl Places {
    fn of(range: Range<usize>) -> Self {
        Self {
            first: range.start,
            len: range.len(),
        }
    }

    /// One comparison, where a range takes two.
    #[inline]
    fn contain(self, place: usize) -> bool {
        place.wrapping_sub(self.first) < self.len
    }
}

fn empty<T>(count: usize) -> Box<[OnceLock<T>]> {
    std::iter::repeat_with(OnceLock::new).take(count).collect()
}

/// How many entries a table of these shapes has.
fn size(shapes: &[Shape]) -> usize {
    shapes.iter().map(|shape| shape.len).product()
}

/// Counts the values of one label that found no place.
fn overflow(metric: &'static str, label: &'static str, target: &Target) -> Counter {
    let names = process::LABEL_OVERFLOW.labels.iter();
    let labels = names.zip([metric, label]);
    let labels: Vec<Label> = labels
        .map(|(name, value)| Label::new(name.name, value))
        .collect();
    let key = Key::from_parts(process::LABEL_OVERFLOW.name, labels);
    Counter::register(target, &key)
}

/// Every way to take one of each list of choices.
fn combinations(choices: impl Iterator<Item = Vec<usize>>) -> Vec<Vec<usize>> {
    choices.fold(vec![Vec::new()], |starts, choice| {
        starts
            .iter()
            .flat_map(|start| {
                choice.iter().map(move |place| {
                    let mut longer = start.clone();
                    longer.push(*place);
                    longer
                })
            })
            .collect()
    })
}
