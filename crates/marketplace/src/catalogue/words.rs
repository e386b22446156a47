//! Which offers have a word: an inverted index, kept as offers come, change and go.

use std::collections::BTreeMap;
use std::ops::Bound;

use mind::text::fold;

/// From so many letters on, the beginning of a word finds it.
const PREFIX: usize = 3;
/// More words of a search than this are not looked at.
const MOST_WORDS: usize = 16;

/// The index. Words are folded: without accents, in small letters.
#[derive(Default)]
pub(super) struct Words {
    numbers: BTreeMap<Box<str>, u32>,
    /// The slots that have each word, in no order.
    postings: Vec<Vec<u32>>,
    /// The words of each slot.
    own: Vec<Box<[u32]>>,
}

/// The words of a text, folded.
pub(super) fn words_of(text: &str) -> Vec<String> {
    let folded = fold(text);
    let words = folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

impl Words {
    /// Writes the words of a slot over what was.
    pub(super) fn set(&mut self, slot: u32, text: &str) {
        let mut words: Vec<u32> = words_of(text).into_iter().map(|word| self.number(word)).collect();
        words.sort_unstable();
        words.dedup();
        self.replace(slot, words.into());
    }

    /// Takes a slot out.
    pub(super) fn remove(&mut self, slot: u32) {
        self.replace(slot, Box::default());
    }

    fn replace(&mut self, slot: u32, words: Box<[u32]>) {
        let at = slot as usize;
        if self.own.len() <= at {
            self.own.resize(at + 1, Box::default());
        }
        let was = std::mem::replace(&mut self.own[at], words);
        let now = &self.own[at];
        for word in was.iter().filter(|word| now.binary_search(word).is_err()) {
            let posting = &mut self.postings[*word as usize];
            if let Some(place) = posting.iter().position(|one| *one == slot) {
                posting.swap_remove(place);
            }
        }
        for word in now.iter().filter(|word| was.binary_search(word).is_err()) {
            self.postings[*word as usize].push(slot);
        }
    }

    fn number(&mut self, word: String) -> u32 {
        if let Some(number) = self.numbers.get(word.as_str()) {
            return *number;
        }
        let number = u32::try_from(self.postings.len()).unwrap_or(u32::MAX);
        self.postings.push(Vec::new());
        self.numbers.insert(word.into(), number);
        number
    }

    /// The slots that have every word of a search, or words that begin with them; of nothing but signs there are none.
    pub(super) fn find(&self, search: &str) -> Vec<u32> {
        let mut words = words_of(search);
        words.truncate(MOST_WORDS);
        if words.is_empty() {
            return Vec::new();
        }
        // How many of the words each slot had so far, one after the other.
        let mut had = vec![0_u8; self.own.len()];
        for (place, word) in words.iter().enumerate() {
            let place = place as u8;
            for number in self.beginning_with(word) {
                for slot in &self.postings[number as usize] {
                    let had = &mut had[*slot as usize];
                    if *had == place {
                        *had += 1;
                    }
                }
            }
        }
        let all = words.len() as u8;
        had.iter().enumerate().filter(|(_, had)| **had == all).map(|(slot, _)| slot as u32).collect()
    }

    fn beginning_with<'w>(&'w self, word: &'w str) -> impl Iterator<Item = u32> + 'w {
        let prefix = word.chars().count() >= PREFIX;
        let from = (Bound::Included(word), Bound::Unbounded);
        let fits = move |known: &str| if prefix { known.starts_with(word) } else { known == word };
        self.numbers.range::<str, _>(from).take_while(move |(known, _)| fits(known)).map(|(_, number)| *number)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_found_without_regard_to_case_and_accents() {
        let mut words = Words::default();
        words.set(0, "Campaña de verano: FASHION");
        words.set(1, "Summer campaign, a post in winter");
        assert_eq!(words.find("campana"), [0]);
        assert_eq!(words.find("camp"), [0, 1]);
        assert_eq!(words.find("VERANO campaña"), [0]);
        assert_eq!(words.find("ve"), [0_u32; 0], "two letters are the beginning of too much");
        assert_eq!(words.find("a"), [1]);
        assert_eq!(words.find("nothing-like-it"), [0_u32; 0]);
        assert_eq!(words.find("?!"), [0_u32; 0]);
        words.set(1, "Autumn");
        assert_eq!((words.find("campaign"), words.find("autumn")), (vec![], vec![1]));
        words.remove(0);
        assert_eq!(words.find("camp"), [0_u32; 0]);
    }

    proptest! {
        /// After any changes the index finds what going through the texts finds.
        #[test]
        fn it_finds_what_is_there(changes in proptest::collection::vec((0_u32..6, "[abc]{1,4}( [abc]{1,4}){0,3}"), 0..40), search in "[abc]{1,4}( [abc]{1,4})?") {
            let (mut words, mut texts) = (Words::default(), vec![String::new(); 6]);
            for (slot, text) in changes {
                words.set(slot, &text);
                texts[slot as usize] = text;
            }
            let asked = words_of(&search);
            let fits = |text: &String| {
                let own = words_of(text);
                asked.iter().all(|word| own.iter().any(|one| if word.len() >= PREFIX { one.starts_with(word) } else { one == word }))
            };
            let expected: Vec<u32> = (0..6).filter(|slot| fits(&texts[*slot as usize])).collect();
            prop_assert_eq!(words.find(&search), expected);
        }
    }
}
