//! Niches by their names: an open list in plain words, compared before any vector is asked.
//!
//! A name is a set of words, of which synonyms and languages are made one (`data/niche_names.tsv`): "Tech" is "tecnología". A
//! campaign may name several niches ("Fitness, Tech, Beauty"), and a creator is measured by the one it is nearest to.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::fold;

/// Which words mean the same, and the longest of those names in words.
static NAMES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let table = include_str!("../../data/niche_names.tsv").lines().filter(|line| !line.starts_with('#'));
    table
        .filter_map(|line| line.split_once('\t'))
        .flat_map(|(name, others)| others.split(',').chain([name]).map(move |other| (words_of(other).join(" "), name)))
        .collect()
});
const LONGEST_NAME: usize = 4;

/// Words that say nothing about a niche.
const FILLERS: [&str; 24] = [
    "and",
    "the",
    "of",
    "for",
    "in",
    "a",
    "y",
    "e",
    "de",
    "del",
    "la",
    "el",
    "los",
    "las",
    "para",
    "en",
    "content",
    "contenido",
    "creator",
    "influencer",
    "blogger",
    "vlogger",
    "niche",
    "product",
];

/// One niche.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Niche {
    /// As it was written, without surrounding space.
    pub text: String,
    /// Its words in one language, sorted.
    words: Vec<String>,
}

/// How the names of two niches are related: the campaign's and the creator's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kinship {
    /// By their meaning only, as the embedding sees it.
    Meaning,
    /// The creator's is the wider one: the campaign's "vegan food", the creator's "food".
    Wider,
    /// The creator's is the narrower one: the campaign's "food", the creator's "vegan food".
    Narrower,
    /// The same niche.
    Same,
}

impl Niche {
    /// Reads one niche; nothing of no words.
    pub fn new(text: &str) -> Option<Self> {
        let words = words_of(text);
        let mut own = Vec::new();
        let mut rest = words.as_slice();
        while !rest.is_empty() {
            let mut longest = (1..=rest.len().min(LONGEST_NAME)).rev();
            let named = longest.find_map(|length| Some((length, NAMES.get(&rest[..length].join(" "))?)));
            let length = if let Some((length, name)) = named {
                own.extend(name.split(' ').map(str::to_owned));
                length
            } else {
                own.push(rest[0].clone());
                1
            };
            rest = &rest[length..];
        }
        if own.iter().any(|word| !FILLERS.contains(&word.as_str())) {
            own.retain(|word| !FILLERS.contains(&word.as_str()));
        }
        own.sort_unstable();
        own.dedup();
        (!own.is_empty()).then(|| Self { text: text.trim().to_owned(), words: own })
    }

    /// Reads a list of niches: "Fitness, Tech & Beauty". Each once.
    pub fn list(text: &str) -> Vec<Self> {
        let mut niches: Vec<Self> = Vec::new();
        for niche in text.split([',', ';', '/', '|', '&', '+', '\n', '•', '·']).filter_map(Self::new) {
            if niches.iter().all(|other| other.words != niche.words) {
                niches.push(niche);
            }
        }
        niches
    }

    /// How a creator's niche is related to this one of a campaign.
    pub fn kinship(&self, creators: &Self) -> Kinship {
        let within =
            |inner: &Self, outer: &Self| inner.words.iter().all(|word| outer.words.binary_search(word).is_ok());
        match (within(self, creators), within(creators, self)) {
            (true, true) => Kinship::Same,
            (true, false) => Kinship::Narrower,
            (false, true) => Kinship::Wider,
            (false, false) => Kinship::Meaning,
        }
    }

    /// The niche in one language and spelling: `technology` for "Tecnología".
    pub fn canonical(&self) -> String {
        self.words.join(" ")
    }
}

/// The niche in one language and spelling, of a list its first: `technology` for "Tecnología", nothing for nothing.
pub fn canonical(text: &str) -> String {
    Niche::list(text).first().map(Niche::canonical).unwrap_or_default()
}

/// Folded words, without a plural s.
fn words_of(text: &str) -> Vec<String> {
    let folded = fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| singular(word).to_owned()).collect()
}

fn singular(word: &str) -> &str {
    let plural = word.len() > 3
        && word.ends_with('s')
        && !word.ends_with("ss")
        && !word.ends_with("us")
        && !word.ends_with("is");
    if plural { &word[..word.len() - 1] } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinship(campaigns: &str, creators: &str) -> Kinship {
        Niche::new(campaigns).unwrap().kinship(&Niche::new(creators).unwrap())
    }

    #[test]
    fn synonyms_and_languages_are_one() {
        for (one, other) in [
            ("Technology", "TECH"),
            ("tecnología", "technology"),
            ("food", "Cocina"),
            ("vegan food", "comida vegana"),
            ("Home Decor", "decoración del hogar"),
            ("fitness", "Fitness content creator"),
            ("sports", "deporte"),
            ("Estilo de vida", "lifestyle"),
            ("health and wellness", "salud y bienestar"),
        ] {
            assert_eq!(
                kinship(one, other),
                Kinship::Same,
                "{one:?} and {other:?}: {:?} {:?}",
                Niche::new(one),
                Niche::new(other)
            );
        }
    }

    #[test]
    fn a_part_of_a_niche_is_wider_and_more_is_narrower() {
        assert_eq!(kinship("Fitness Technology", "fitness"), Kinship::Wider);
        assert_eq!(kinship("Fitness Technology", "Tecnología"), Kinship::Wider);
        assert_eq!(kinship("food", "vegan food"), Kinship::Narrower);
        assert_eq!(kinship("vegan food", "bbq food"), Kinship::Meaning);
        assert_eq!(kinship("fitness", "food"), Kinship::Meaning);
        assert_eq!(kinship("fashion", "lifestyle"), Kinship::Meaning);
    }

    #[test]
    fn a_campaign_may_name_several() {
        let texts = |list| Niche::list(list).into_iter().map(|niche| niche.text).collect::<Vec<_>>();
        assert_eq!(texts("Fitness, Tech, Beauty, Lifestyle"), ["Fitness", "Tech", "Beauty", "Lifestyle"]);
        assert_eq!(texts("Tech / tecnología & gadgets;"), ["Tech", "gadgets"]);
        assert_eq!(texts(" , ;"), [""; 0]);
        assert_eq!((canonical("Tecnología, moda"), canonical("—")), ("technology".into(), String::new()));
        assert_eq!(canonical("日本の料理"), "日本の料理");
    }

    #[test]
    fn every_name_of_the_table_means_one_niche() {
        let mut seen: HashMap<String, &str> = HashMap::new();
        let table = include_str!("../../data/niche_names.tsv").lines().filter(|line| !line.starts_with('#'));
        for (name, others) in table.map(|line| line.split_once('\t').unwrap()) {
            for other in others.split(',').chain([name]) {
                let words = words_of(other);
                assert!((1..=LONGEST_NAME).contains(&words.len()), "{other}");
                let earlier = seen.insert(words.join(" "), name);
                assert!(earlier.is_none_or(|earlier| earlier == name), "{other} is both {earlier:?} and {name}");
            }
        }
    }
}
