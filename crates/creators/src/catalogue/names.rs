//! Names and handles, folded, one after the other in one text: a part of a name is found by one fast scan.

use memchr::memmem::Finder;
use mind::text::fold;

/// Between entries; no folded name has one.
const END: u8 = b'\n';

/// The names of every slot. A name that changed is written anew; what was is dropped when half of the text is such.
#[derive(Default)]
pub(super) struct Names {
    text: Vec<u8>,
    /// Where each entry begins, and whose it is; in the order of the text.
    entries: Vec<(u32, u32)>,
    /// The entry of each slot, or none.
    own: Vec<u32>,
    dropped: usize,
}

const NONE: u32 = u32::MAX;

/// How well a name fits what was searched, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Fit {
    Whole,
    Beginning,
    Word,
    Part,
}

impl Names {
    pub(super) fn set(&mut self, slot: u32, name: &str, handle: Option<&str>) {
        let mut entry = fold(name).replace('\n', " ").into_bytes();
        if let Some(handle) = handle {
            entry.push(b'\t');
            entry.extend_from_slice(fold(handle).replace('\n', " ").as_bytes());
        }
        let at = slot as usize;
        if self.own.len() <= at {
            self.own.resize(at + 1, NONE);
        }
        if self.own[at] != NONE {
            if self.entry(self.own[at]) == entry {
                return;
            }
            self.dropped += 1;
        }
        self.own[at] = u32::try_from(self.entries.len()).unwrap_or(NONE);
        self.entries.push((u32::try_from(self.text.len()).unwrap_or(u32::MAX), slot));
        self.text.extend_from_slice(&entry);
        self.text.push(END);
        self.tidy();
    }

    pub(super) fn remove(&mut self, slot: u32) {
        if let Some(own) = self.own.get_mut(slot as usize)
            && std::mem::replace(own, NONE) != NONE
        {
            self.dropped += 1;
            self.tidy();
        }
    }

    /// Every slot whose name or handle has this folded text in it, with what tells how well it fits.
    pub(super) fn find(&self, wanted: &str, mut found: impl FnMut(u32, &dyn Fn() -> Fit)) {
        let finder = Finder::new(wanted.as_bytes());
        let (mut from, mut index) = (0, 0);
        while let Some(at) = finder.find(&self.text[from..]).map(|at| from + at) {
            // Places come in the order of the text: the entry is this one, or a little further on.
            index += self.ahead(index, at);
            let (start, slot) = self.entries[index];
            let end = self.entries.get(index + 1).map_or(self.text.len(), |(next, _)| *next as usize) - 1;
            if self.own[slot as usize] as usize == index {
                found(slot, &|| self.fit(start as usize, end, wanted.as_bytes()));
            }
            from = end + 1;
        }
    }

    /// Every slot in whose name or handle this folded text stands as whole words, with how well it fits.
    pub(super) fn find_words(&self, wanted: &str, mut found: impl FnMut(u32, Fit)) {
        self.find(wanted, |slot, fit| {
            let entry = self.entry(self.own[slot as usize]);
            if has_words(entry, wanted.as_bytes()) {
                found(slot, fit());
            }
        });
    }

    /// How many entries after this one the entry is that has the place `at`.
    fn ahead(&self, index: usize, at: usize) -> usize {
        let rest = &self.entries[index..];
        let begins = |entry: &(u32, u32)| entry.0 as usize <= at;
        let mut step = 1;
        while rest.get(step).is_some_and(begins) {
            step *= 2;
        }
        let near = &rest[step / 2..rest.len().min(step + 1)];
        step / 2 + near.partition_point(begins) - 1
    }

    /// The best fit of all the places where the entry has the text.
    fn fit(&self, start: usize, end: usize, wanted: &[u8]) -> Fit {
        let entry = &self.text[start..end];
        let parts = entry.split(|byte| *byte == b'\t').map(|part| part.strip_prefix(b"@").unwrap_or(part));
        let fits = parts.map(|part| {
            if part == wanted {
                Fit::Whole
            } else if part.starts_with(wanted) {
                Fit::Beginning
            } else if part
                .windows(wanted.len() + 1)
                .any(|window| !window[0].is_ascii_alphanumeric() && window[1..] == *wanted)
            {
                Fit::Word
            } else {
                Fit::Part
            }
        });
        fits.min().unwrap_or(Fit::Part)
    }

    fn entry(&self, index: u32) -> &[u8] {
        let index = index as usize;
        let start = self.entries[index].0 as usize;
        let end = self.entries.get(index + 1).map_or(self.text.len(), |(next, _)| *next as usize) - 1;
        &self.text[start..end]
    }

    fn tidy(&mut self) {
        const FEW: usize = 1000;
        if self.dropped < FEW || self.dropped * 2 < self.entries.len() {
            return;
        }
        let mut tidied = Self { own: vec![NONE; self.own.len()], ..Self::default() };
        for (slot, own) in self.own.iter().enumerate().filter(|(_, own)| **own != NONE) {
            tidied.own[slot] = u32::try_from(tidied.entries.len()).unwrap_or(NONE);
            tidied.entries.push((u32::try_from(tidied.text.len()).unwrap_or(u32::MAX), slot as u32));
            tidied.text.extend_from_slice(self.entry(*own));
            tidied.text.push(END);
        }
        *self = tidied;
    }
}

/// Whether a text has another one between what are no letters.
fn has_words(text: &[u8], wanted: &[u8]) -> bool {
    let letter = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
    Finder::new(wanted).find_iter(text).any(|at| {
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        !letter(before) && !letter(text.get(at + wanted.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &Names, wanted: &str) -> Vec<(u32, Fit)> {
        let mut slots = Vec::new();
        names.find(&fold(wanted), |slot, fit| slots.push((slot, fit())));
        slots
    }

    #[test]
    fn finds_parts_without_regard_to_case_and_accents() {
        let mut names = Names::default();
        names.set(0, "José Núñez", Some("@pepe"));
        names.set(1, "Ana Josefa", None);
        names.set(2, "Majose", None);
        assert_eq!(found(&names, "JOSE"), [(0, Fit::Beginning), (1, Fit::Word), (2, Fit::Part)]);
        assert_eq!(found(&names, "núñez"), [(0, Fit::Word)]);
        assert_eq!(found(&names, "pepe"), [(0, Fit::Whole)]);
        assert_eq!(found(&names, "nobody"), []);
    }

    #[test]
    fn whole_words_are_told_from_parts() {
        let mut names = Names::default();
        names.set(0, "Ana Torres", Some("@anita"));
        names.set(1, "Susana Torres", None);
        names.set(2, "Ana Torres Peña", None);
        names.set(3, "Ana Torreslópez", Some("@ana.torres"));
        let words = |wanted: &str| {
            let mut found = Vec::new();
            names.find_words(&fold(wanted), |slot, fit| found.push((slot, fit)));
            found
        };
        assert_eq!(words("ana TORRES"), [(0, Fit::Whole), (2, Fit::Beginning)]);
        assert_eq!(words("anita"), [(0, Fit::Whole)]);
        assert_eq!(words("ana.torres"), [(3, Fit::Whole)]);
        assert_eq!(words("torres peña"), [(2, Fit::Word)]);
        assert_eq!(words("peñ"), []);
    }

    #[test]
    fn changes_and_removals_hold() {
        let mut names = Names::default();
        for round in 0..3 {
            for slot in 0..1500 {
                names.set(slot, &format!("Name {slot} of {round}"), None);
            }
        }
        names.remove(7);
        assert_eq!(found(&names, "of 1"), []);
        assert_eq!(found(&names, "name 8 of 2"), [(8, Fit::Whole)]);
        assert_eq!(found(&names, "name 7 of"), []);
        assert!(names.entries.len() < 3000, "what was is dropped in the end");
    }
}
