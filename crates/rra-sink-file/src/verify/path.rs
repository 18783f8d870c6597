//! How files join: over all files together, the distinct lines must form one path. Reads nothing.

use std::collections::HashSet;
use std::path::Path;

use super::segment::Segment;
use super::{Alteration, AlterationKind, Missing};
use crate::chain::LineDigest;

/// The files and who follows whom.
pub(super) struct Links<'a> {
    segments: &'a [Segment],
}

impl<'a> Links<'a> {
    pub(super) fn new(segments: &'a [Segment]) -> Self {
        Self { segments }
    }

    /// The digests to look for inside files before anything can be judged: where a file ends
    /// matters once files share lines.
    pub(super) fn heads_to_find(&self) -> HashSet<LineDigest> {
        let shares = |(place, segment): (usize, &'a Segment)| {
            let unclear = segment.is_cut && !self.begins_after(segment.head);
            unclear
                || self
                    .others(place)
                    .any(|other| other.shares_lines_of(segment))
        };
        if self.segments.iter().enumerate().any(shares) {
            self.segments.iter().map(|segment| segment.head).collect()
        } else {
            HashSet::new()
        }
    }

    /// What the first line of the chain carries.
    pub(super) fn start(&self) -> Option<LineDigest> {
        let chained = |segment: &&Segment| segment.is_chained();
        let root = self.in_order().find(chained)?;
        // Where lines without a digest come first, nothing was before the chain.
        Some(root.first_prev.unwrap_or(LineDigest::START))
    }

    /// A file without any line of a chain, unless a chain begins after it.
    pub(super) fn without_chain(&self) -> Option<&'a Path> {
        let lonely = |segment: &&Segment| !segment.is_chained() && !self.begins_after(segment.head);
        let lonely = self.segments.iter().find(lonely)?;
        Some(&lonely.file)
    }

    /// The first line, along the chain, that does not follow the line before it.
    pub(super) fn alteration(&self) -> Option<Alteration> {
        let broken = self.in_order().find_map(Segment::alteration);
        broken.or_else(|| {
            let fork = self.in_order().find(|segment| self.is_fork(segment))?;
            Some(fork.altered_from_the_start(AlterationKind::Fork))
        })
    }

    /// What is missing from files in which nothing was altered.
    pub(super) fn missing(&self, anchors: &[LineDigest]) -> Option<Missing> {
        let mut firsts = HashSet::new();
        let mut roots = self.roots().filter(|root| firsts.insert(root.first));
        if let Some(second) = roots.nth(1) {
            return Some(Missing::Before(second.file.clone()));
        }
        let lacks_end = |segment: &&Segment| segment.is_cut && !self.goes_on_after(segment.head);
        if let Some(cut) = self.segments.iter().find(lacks_end) {
            return Some(Missing::End(cut.file.clone()));
        }
        let unknown = |anchor: &&LineDigest| !self.knows(**anchor);
        anchors.iter().find(unknown).copied().map(Missing::Anchor)
    }

    /// The files along the chain, as far as they follow each other; then the others.
    fn in_order(&self) -> impl Iterator<Item = &'a Segment> {
        let mut order: Vec<&Segment> = Vec::new();
        for start in self.roots().chain(self.segments) {
            let mut next = Some(start);
            while let Some(segment) =
                next.filter(|next| !order.iter().any(|seen| seen.file == next.file))
            {
                order.push(segment);
                let follows = |other: &&Segment| other.first_prev == Some(segment.head);
                next = self.segments.iter().find(follows);
            }
        }
        order.into_iter()
    }

    /// Files whose first line follows no line of another file, those first that begin a chain.
    fn roots(&self) -> impl Iterator<Item = &'a Segment> + use<'a> {
        let segments = self.segments;
        let is_root = move |segment: &&Segment| {
            let prev = segment.first_prev;
            prev.is_none_or(|prev| !segments.iter().any(|other| other.has(prev)))
        };
        let (begin, rest): (Vec<_>, Vec<_>) = segments
            .iter()
            .filter(is_root)
            .partition(|root| root.first_prev.is_none_or(|prev| prev == LineDigest::START));
        begin.into_iter().chain(rest)
    }

    fn begins_after(&self, head: LineDigest) -> bool {
        self.segments
            .iter()
            .any(|segment| segment.first_prev == Some(head))
    }

    fn goes_on_after(&self, head: LineDigest) -> bool {
        self.begins_after(head)
            || self
                .segments
                .iter()
                .any(|segment| segment.inside.contains(&head))
    }

    /// Whether another file has a different line in a place where this one has a line too.
    fn is_fork(&self, segment: &Segment) -> bool {
        let apart = |other: &Segment| {
            segment.shares_lines_of(other) && !segment.has(other.head) && !other.has(segment.head)
        };
        self.segments.iter().any(apart)
    }

    fn others(&self, place: usize) -> impl Iterator<Item = &'a Segment> {
        let apart = move |(other, segment)| (other != place).then_some(segment);
        self.segments.iter().enumerate().filter_map(apart)
    }

    fn knows(&self, digest: LineDigest) -> bool {
        let mut segments = self.segments.iter();
        segments.any(|segment| segment.has(digest) || segment.first_prev == Some(digest))
    }
}
