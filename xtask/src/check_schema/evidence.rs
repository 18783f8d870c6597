//! What the rules look at: the promises then and now, what the tables render, what is committed,
//! and lines to try the schemas with.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::finding::Report;
use super::mutants::{self, Mutant};
use super::operations::{Operations, Query};
use super::samples::{self, Sample};
use super::validator::Judge;
use crate::failure::Failure;
use crate::generate::{self, Rendered, Subject, released};
use crate::pages::Pages;
use crate::registry::{Event, Field, Registry};

/// Lines that each run tries; the test suite tries many more.
const SAMPLES: usize = 400;

/// Everything a rule may look at.
#[derive(Clone, Debug)]
pub(crate) struct Evidence {
    /// The promises of the last release.
    pub(crate) released: Registry,
    /// The promises that the tables make now.
    pub(crate) current: Registry,
    /// What the tables render now.
    pub(crate) rendered: Vec<Rendered>,
    /// What is committed.
    pub(crate) pages: Pages,
    /// The digest of every released file, by its path.
    pub(crate) digests: BTreeMap<String, String>,
    /// The current schemas, ready to judge.
    pub(crate) judges: Rc<Judges>,
    /// Valid lines.
    pub(crate) samples: Vec<Sample>,
    /// The longest line of every event type.
    pub(crate) longest: Vec<Sample>,
    /// Lines with one mistake each.
    pub(crate) mutants: Vec<Mutant>,
    /// What operators load.
    pub(crate) operations: Operations,
}

/// The schemas, ready to judge.
#[derive(Debug)]
pub(crate) struct Judges {
    pub(crate) writer: Judge,
    pub(crate) reader: Judge,
    /// The reader schema of every release, by its path.
    pub(crate) released_readers: Vec<(String, Judge)>,
    /// What was found in the text of a schema before.
    schema_faults: RefCell<HashMap<String, Option<String>>>,
}

/// Where fields stand: the line itself, or the details of an event type.
pub(crate) struct Place<'a> {
    pub(crate) name: String,
    pub(crate) old: &'a [Field],
    pub(crate) new: &'a [Field],
}

impl Evidence {
    /// Gathers everything from the tables and the working tree.
    pub(crate) fn gather() -> Result<Self, Failure> {
        let pages = Pages::load()?;
        let released = released::latest(&pages)?;
        let mut samples = samples::examples();
        let mutants = mutants::of(&samples::fullest());
        samples.extend(samples::random(SAMPLES, 1));
        Self::of(pages, released, samples, mutants)
    }

    /// The same with fewer lines, and with the current promises as the released ones.
    pub(crate) fn gather_few() -> Result<Self, Failure> {
        let samples = samples::examples();
        let mut of_one = samples::fullest();
        of_one.retain(|sample| sample.event_type == "auth.failure");
        let mutants = mutants::of(&of_one);
        Self::of(Pages::load()?, Registry::current(), samples, mutants)
    }

    fn of(
        pages: Pages,
        released: Registry,
        samples: Vec<Sample>,
        mutants: Vec<Mutant>,
    ) -> Result<Self, Failure> {
        let current = Registry::current();
        Ok(Self {
            released,
            rendered: generate::render(&current, &pages)?,
            digests: released::digests(&pages),
            judges: Rc::new(Judges::load(&pages)?),
            longest: samples::longest(),
            mutants,
            samples,
            current,
            pages,
            operations: Operations::gather(),
        })
    }

    /// Every query of rules, panels and runbooks.
    pub(super) fn queries(&self) -> &[Query] {
        self.operations.queries(&self.pages)
    }

    /// Event types of both versions.
    pub(crate) fn events_in_both(&self) -> impl Iterator<Item = (&Event, &Event)> {
        let old = self.released.events.iter();
        old.filter_map(|old| Some((old, self.current.event(&old.name)?)))
    }

    /// The line and the details of every event type of both versions.
    pub(crate) fn places(&self) -> Vec<Place<'_>> {
        let line = Place {
            name: "the line".to_owned(),
            old: &self.released.keys,
            new: &self.current.keys,
        };
        let details = self.events_in_both().map(|(old, new)| Place {
            name: old.name.clone(),
            old: &old.fields,
            new: &new.fields,
        });
        std::iter::once(line).chain(details).collect()
    }

    /// The bounds that are not what they were: name, before, now.
    pub(crate) fn changed_limits(&self) -> Vec<(&str, u64, Option<u64>)> {
        let old = self.released.limits.iter();
        old.map(|(name, was)| (name.as_str(), *was, self.current.limits.get(name).copied()))
            .filter(|(_, was, is)| *is != Some(*was))
            .collect()
    }

    /// The digest of a committed file, if it is there.
    pub(crate) fn digest_of(&self, path: &str) -> Option<String> {
        self.pages.get(path).map(digest)
    }

    /// Reports every file of the subject that is not committed as it is rendered.
    pub(crate) fn compare_rendered(&self, subject: Subject, report: &mut Report) {
        for rendered in self
            .rendered
            .iter()
            .filter(|rendered| rendered.subject == subject)
        {
            let problem = match self.pages.get(&rendered.path) {
                None => "is not there".to_owned(),
                Some(text) if text != rendered.text => {
                    format!(
                        "is not what the tables give, from line {}",
                        first_difference(text, &rendered.text)
                    )
                }
                Some(_) => continue,
            };
            report.violation(
                rendered.path.as_str(),
                format!("{} {problem}", rendered.path),
                "cargo xtask generate",
            );
        }
    }
}

impl Judges {
    /// Why the text is no JSON Schema, if it is none.
    pub(crate) fn schema_fault(&self, text: &str) -> Option<String> {
        let known = self.schema_faults.borrow().get(text).cloned();
        known.unwrap_or_else(|| {
            let fault = match serde_json::from_str(text) {
                Ok(schema) => Judge::new(&schema).err().map(|failure| failure.to_string()),
                Err(error) => Some(error.to_string()),
            };
            self.schema_faults
                .borrow_mut()
                .insert(text.to_owned(), fault.clone());
            fault
        })
    }

    fn load(pages: &Pages) -> Result<Self, Failure> {
        let (writer, reader) = generate::schemas();
        Self::new(&writer, &reader, pages)
    }

    pub(super) fn new(writer: &Value, reader: &Value, pages: &Pages) -> Result<Self, Failure> {
        let released_readers = released::reader_schemas(pages)?
            .into_iter()
            .map(|(path, schema)| Ok((path, Judge::new(&schema)?)))
            .collect::<Result<_, Failure>>()?;
        Ok(Self {
            writer: Judge::new(writer)?,
            reader: Judge::new(reader)?,
            released_readers,
            schema_faults: RefCell::default(),
        })
    }
}

/// The digest in the form of `sha256sum`.
pub(crate) fn digest(text: &str) -> String {
    use std::fmt::Write as _;

    let mut hex = String::new();
    for byte in Sha256::digest(text.as_bytes()) {
        // Writing into a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// The first line that differs, counted from 1.
fn first_difference(one: &str, other: &str) -> usize {
    let same = one
        .lines()
        .zip(other.lines())
        .take_while(|(one, other)| one == other);
    same.count() + 1
}
