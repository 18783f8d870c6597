//! Lines with one mistake each, made from valid lines: every one must be refused by the strict
//! schema and by the strict mode of the reader.

mod by_type;
mod details;
mod envelope;

use rra_schema::events;

use super::node::Node;
use super::samples::Sample;

/// A line with one mistake.
#[derive(Clone, Debug)]
pub(crate) struct Mutant {
    pub(crate) event_type: String,
    /// What is wrong with it.
    pub(crate) why: String,
    pub(crate) line: String,
}

/// Mistakes in the envelope are alike for all types, so they are made in every twelfth only.
const ENVELOPE_EVERY: usize = 12;

/// The mistakes that can be made in the samples. Give it samples that say as much as can be: a
/// mistake in a key needs the key.
pub(crate) fn of(samples: &[Sample]) -> Vec<Mutant> {
    let numbered = samples.iter().enumerate();
    numbered
        .flat_map(|(at, sample)| of_one(sample, at % ENVELOPE_EVERY == 0))
        .collect()
}

fn of_one(sample: &Sample, in_envelope: bool) -> Vec<Mutant> {
    let line = Node::parse(&sample.line).expect("a sample is JSON");
    let spec = events::find(&sample.event_type);
    let mut wrong = details::mistakes(&line, spec);
    wrong.extend(
        spec.into_iter()
            .flat_map(|spec| by_type::mistakes(&line, spec)),
    );
    if in_envelope {
        wrong.extend(envelope::mistakes(&line));
    }
    wrong
        .into_iter()
        .map(|(why, node)| Mutant {
            event_type: sample.event_type.clone(),
            why,
            line: node.to_string(),
        })
        .collect()
}

/// What is wrong, and the line that has it.
type Mistake = (String, Node);

#[cfg(test)]
mod tests {
    use super::of;
    use crate::check_schema::samples;

    #[test]
    fn there_are_hundreds_of_mistakes_and_some_of_every_type() {
        let samples = samples::fullest();
        let mutants = of(&samples);
        assert!(mutants.len() >= 374, "{}", mutants.len());
        for sample in &samples {
            let count = mutants
                .iter()
                .filter(|mutant| mutant.event_type == sample.event_type)
                .count();
            assert!(count >= 3, "{} of {}", count, sample.event_type);
        }
    }
}
