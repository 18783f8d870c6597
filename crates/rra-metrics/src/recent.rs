//! What was noted lately, each thing until its own moment, in a table that cannot grow beyond its
//! bound.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::sets::WordMap;

/// Most things told apart, which bounds the memory to about a MiB; what comes beyond is not noted.
const MAX_ENTRIES: usize = 16_384;
/// How often a full table is searched for what has passed.
const SEARCH_PAUSE: Duration = Duration::from_secs(1);

/// What was noted lately, by a keyed hash of its name.
#[derive(Debug)]
pub(crate) struct Recent<V> {
    noted: Mutex<Noted<V>>,
    hasher: RandomState,
}

#[derive(Debug)]
struct Noted<V> {
    // By keyed hashes, so that nobody can choose ones that collide.
    entries: WordMap<u64, Entry<V>>,
    searched: Option<Instant>,
}

#[derive(Debug)]
struct Entry<V> {
    until: Instant,
    value: V,
}

impl<V> Recent<V> {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        let noted = Noted {
            entries: WordMap::default(),
            searched: None,
        };
        Self {
            noted: Mutex::new(noted),
            hasher: RandomState::new(),
        }
    }

    /// Notes something until `now` and `lasts`, in place of what was noted under the name.
    pub(crate) fn note(&self, name: &str, value: V, lasts: Duration, now: Instant) {
        let name = self.hasher.hash_one(name);
        // A time beyond what the clock can say is as good as an hour.
        let until = now.checked_add(lasts).unwrap_or(now + SEARCH_PAUSE * 3_600);
        let mut noted = self.noted();
        let has_room = noted.entries.len() < MAX_ENTRIES
            || noted.entries.contains_key(&name)
            || noted.make_room(now);
        if has_room {
            noted.entries.insert(name, Entry { until, value });
        }
    }

    /// How much is noted at `now`.
    pub(crate) fn count(&self, now: Instant) -> usize {
        let mut noted = self.noted();
        noted.forget(now);
        noted.entries.len()
    }

    /// Gives each value that is noted at `now` to `look`.
    pub(crate) fn for_each(&self, now: Instant, look: impl FnMut(&V)) {
        let mut noted = self.noted();
        noted.forget(now);
        noted
            .entries
            .values()
            .map(|entry| &entry.value)
            .for_each(look);
    }

    // A panic inside this lock leaves the table whole, so a poisoned lock is usable.
    fn noted(&self) -> MutexGuard<'_, Noted<V>> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V> Noted<V> {
    /// Whether there is room after what has passed is forgotten.
    fn make_room(&mut self, now: Instant) -> bool {
        let may_search = self
            .searched
            .is_none_or(|last| now.saturating_duration_since(last) >= SEARCH_PAUSE);
        if may_search {
            self.searched = Some(now);
            self.forget(now);
        }
        self.entries.len() < MAX_ENTRIES
    }

    fn forget(&mut self, now: Instant) {
        self.entries.retain(|_, entry| entry.until > now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LASTS: Duration = Duration::from_mins(5);

    /// Notes each name at its second and compares the count at the last second.
    fn check(notes: &[(&str, u64)], at: u64, expected: usize) {
        let recent = Recent::new();
        let start = Instant::now();
        for (name, second) in notes {
            recent.note(name, (), LASTS, start + Duration::from_secs(*second));
        }
        assert_eq!(recent.count(start + Duration::from_secs(at)), expected);
    }

    #[test]
    fn a_name_counts_once_however_often_it_is_noted() {
        check(&[("a", 0), ("a", 1), ("b", 2)], 2, 2);
    }

    #[test]
    fn a_name_passes_when_its_time_is_over() {
        check(&[("a", 0), ("b", 100)], 299, 2);
        check(&[("a", 0), ("b", 100)], 300, 1);
        check(&[("a", 0), ("a", 200)], 499, 1);
    }

    #[test]
    fn the_table_stops_growing_at_its_bound() {
        let recent = Recent::new();
        let start = Instant::now();
        for n in 0..2 * MAX_ENTRIES {
            recent.note(&n.to_string(), (), LASTS, start);
        }
        assert_eq!(recent.count(start), MAX_ENTRIES);
    }

    #[test]
    fn a_full_table_has_room_again_when_names_have_passed() {
        let recent = Recent::new();
        let start = Instant::now();
        for n in 0..MAX_ENTRIES {
            recent.note(&n.to_string(), (), LASTS, start);
        }
        let later = start + LASTS;
        recent.note("new", (), LASTS, later);
        assert_eq!(recent.count(later), 1);
    }

    #[test]
    fn a_full_table_still_renews_what_it_knows() {
        let recent = Recent::new();
        let start = Instant::now();
        for n in 0..MAX_ENTRIES {
            recent.note(&n.to_string(), (), LASTS, start);
        }
        recent.note("0", (), LASTS, start + LASTS / 2);
        assert_eq!(recent.count(start + LASTS), 1);
    }

    #[test]
    fn the_newest_value_holds() {
        let recent = Recent::new();
        let start = Instant::now();
        recent.note("a", 1, LASTS, start);
        recent.note("a", 2, LASTS, start);
        let mut seen = Vec::new();
        recent.for_each(start, |value| seen.push(*value));
        assert_eq!(seen, [2]);
    }
}
