//! One variable at a time: found, checked, or refused with its name.

use std::str::FromStr;
use std::time::Duration;

use super::Lookup;
use crate::error::Error;

/// What a value should have been.
type Expected = &'static str;

/// The samplers of the specification that need nobody else to decide.
pub(super) const SAMPLERS: [&str; 6] = [
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

pub(super) struct Reader<'l>(pub(super) Lookup<'l>);

impl Reader<'_> {
    /// Sets `field` by the first variable that is set, the one that wins.
    pub(super) fn set<T, const N: usize>(
        &self,
        field: &mut T,
        names: [&'static str; N],
        parse: impl Fn(&str) -> Result<T, Expected>,
    ) -> Result<(), Error> {
        self.set_and_show(field, names, parse, str::to_owned)
    }

    /// Like [`set`](Self::set) for a value that may hold a key: an error does not repeat it.
    pub(super) fn set_secret<T, const N: usize>(
        &self,
        field: &mut T,
        names: [&'static str; N],
        parse: impl Fn(&str) -> Result<T, Expected>,
    ) -> Result<(), Error> {
        self.set_and_show(field, names, parse, |_| "(hidden)".to_owned())
    }

    /// The text of a variable; one that is set to nothing counts as unset.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<String>, Error> {
        let Some(value) = (self.0)(name).filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        let text = value.into_string().map_err(|_| Error::Variable {
            name,
            value: "(not text)".to_owned(),
            expected: "text in UTF-8",
        })?;
        Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
    }

    fn set_and_show<T, const N: usize>(
        &self,
        field: &mut T,
        names: [&'static str; N],
        parse: impl Fn(&str) -> Result<T, Expected>,
        show: impl Fn(&str) -> String,
    ) -> Result<(), Error> {
        let mut winner = None;
        // All are looked up, so that a loser that cannot be read is found too.
        for name in names {
            let text = self.text(name)?;
            winner = winner.or(text.map(|text| (name, text)));
        }
        if let Some((name, text)) = winner {
            *field = parse(&text).map_err(|expected| Error::Variable {
                name,
                value: show(&text),
                expected,
            })?;
        }
        Ok(())
    }
}

/// The meaning of a word in any case.
pub(super) fn word<T: Copy>(text: &str, words: &[(&str, T)]) -> Option<T> {
    let known = words
        .iter()
        .find(|(word, _)| text.eq_ignore_ascii_case(word));
    known.map(|(_, meaning)| *meaning)
}

pub(super) fn switch(text: &str) -> Result<bool, Expected> {
    word(text, &[("true", true), ("false", false)]).ok_or("true or false")
}

pub(super) fn whole<T: FromStr>(text: &str) -> Result<T, Expected> {
    text.parse().map_err(|_| "a whole number")
}

pub(super) fn above_zero(text: &str) -> Result<usize, Expected> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or("a whole number above 0")
}

pub(super) fn milliseconds(text: &str) -> Result<Duration, Expected> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number
        .map(Duration::from_millis)
        .ok_or("a whole number of milliseconds above 0")
}

/// The argument of a sampler that keeps a share; without one everything is kept.
pub(super) fn ratio(name: &'static str, argument: Option<String>) -> Result<f64, Error> {
    let Some(text) = argument else {
        return Ok(1.0);
    };
    let number = text
        .parse()
        .ok()
        .filter(|number| (0.0..=1.0).contains(number));
    number.ok_or(Error::Variable {
        name,
        value: text,
        expected: "a number from 0 to 1",
    })
}
