//! Words that are fixed when the service starts: closed lists and registered values.

use metrics::SharedString;
use rra_schema::events;
use rra_schema::metrics::{CUSTOM_EVENT, Domain, LabelSpec, OTHER_EVENT};
use rra_schema::spec::EnumSpec;

use crate::clean;
use crate::error::Error;
use crate::sets::WordMap;
use crate::sets::glance::Glance;

/// So many words are compared one by one in less time than one is hashed.
const FEW: usize = 12;

/// A fixed list of words, the reserved ones first.
#[derive(Debug)]
pub(crate) struct Words {
    texts: Vec<SharedString>,
    /// Of the words as they are asked for, in the same order.
    glances: Vec<Glance>,
    places: WordMap<SharedString, usize>,
    reserved: usize,
}

impl Words {
    /// No words at all.
    pub(crate) fn empty() -> Self {
        Self::new(&[], std::iter::empty())
    }

    /// The words of a list.
    pub(crate) fn closed(list: &EnumSpec) -> Self {
        let words = list.values.iter().map(|word| (*word).into());
        Self::new(&[], words)
    }

    /// The event types of the catalogue, then the words for custom and unknown ones.
    pub(crate) fn event_types() -> Self {
        let names = events::CATALOGUE.iter().map(|event| event.name);
        let words = names.chain([CUSTOM_EVENT, OTHER_EVENT]).map(Into::into);
        Self::new(&[], words)
    }

    /// The values a service registers for a label, after the label's reserved values.
    ///
    /// # Errors
    /// [`Error::TooManyValues`] when the label takes fewer.
    pub(crate) fn registered(label: &LabelSpec, given: &[String]) -> Result<Self, Error> {
        if let Domain::Registered { max_values, .. } = label.domain
            && given.len() > max_values
        {
            return Err(Error::TooManyValues {
                label: label.name,
                given: given.len(),
                max: max_values,
            });
        }
        let words = given.iter().map(|raw| raw.clone().into());
        Ok(Self::new(label.domain.reserved(), words))
    }

    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The place of a word.
    #[inline]
    pub(crate) fn place(&self, word: &str) -> Option<usize> {
        let glance = Glance::of(word);
        if self.glances.len() > FEW || !glance.is_whole() {
            return self.look_up(word);
        }
        self.glances.iter().position(|known| *known == glance)
    }

    fn look_up(&self, word: &str) -> Option<usize> {
        self.places.get(word).copied()
    }

    /// The label value at a place.
    pub(crate) fn text(&self, place: usize) -> SharedString {
        self.texts[place].clone()
    }

    /// All places, or all but those of reserved words.
    pub(crate) fn initial(&self, with_reserved: bool) -> std::ops::Range<usize> {
        let first = if with_reserved { 0 } else { self.reserved };
        first..self.len()
    }

    fn new(reserved: &[&'static str], words: impl Iterator<Item = SharedString>) -> Self {
        let mut set = Self {
            texts: Vec::new(),
            glances: Vec::new(),
            places: WordMap::default(),
            reserved: reserved.len(),
        };
        for word in reserved {
            set.add((*word).into(), (*word).into());
        }
        for word in words {
            let text = clean::label_value(&word).into_owned().into();
            set.add(word, text);
        }
        set
    }

    /// Appends a word; one that is there already keeps its place.
    fn add(&mut self, word: SharedString, text: SharedString) {
        if self.places.contains_key(&*word) {
            return;
        }
        self.texts.push(text);
        self.glances.push(Glance::of(&word));
        self.places.insert(word, self.texts.len() - 1);
    }
}
