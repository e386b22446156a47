//! What briefs often ask for by name, and the words by which captions say it (`data/brief_concepts.tsv`).

use std::sync::LazyLock;

/// How sure its words are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    /// There are few ways to say it.
    Hard,
    /// There are many.
    Soft,
    /// It is said by names that only the brief can give.
    Names,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Concept {
    pub(super) name: &'static str,
    pub(super) class: Class,
    pub(super) asked: Vec<&'static str>,
    pub(super) said: Vec<&'static str>,
    /// Words that come near it: with one of them nobody can be sure that it is not said.
    pub(super) cues: Vec<&'static str>,
}

static CONCEPTS: LazyLock<Vec<Concept>> = LazyLock::new(|| {
    let lines = include_str!("../../data/brief_concepts.tsv").lines().filter(|line| !line.starts_with('#'));
    let list = |cell: Option<&'static str>| cell.unwrap_or("").split('|').filter(|phrase| !phrase.is_empty()).collect();
    lines
        .map(|line| {
            let mut cells = line.split('\t');
            let name = cells.next().unwrap_or("");
            let class = match cells.next() {
                Some("hard") => Class::Hard,
                Some("names") => Class::Names,
                _ => Class::Soft,
            };
            let [asked, said, cues] = std::array::from_fn(|_| list(cells.next()));
            Concept { name, class, asked, said, cues }
        })
        .collect()
});

/// The words that say a concept.
pub(super) fn said(name: &str) -> &'static [&'static str] {
    CONCEPTS.iter().find(|concept| concept.name == name).map_or(&[], |concept| &concept.said)
}

/// The concepts that a clause of folded words names, each with the phrase that names it; of two that overlap the longer.
pub(super) fn named(words: &str) -> Vec<(&'static Concept, &'static str)> {
    let mut padded = format!(" {words} ");
    let mut phrases: Vec<_> =
        CONCEPTS.iter().flat_map(|concept| concept.asked.iter().map(move |phrase| (concept, *phrase))).collect();
    phrases.sort_by_key(|(_, phrase)| std::cmp::Reverse(phrase.len()));
    let mut found: Vec<(usize, &Concept, &str)> = Vec::new();
    for (concept, phrase) in phrases {
        let Some(at) = padded.find(&format!(" {phrase} ")) else { continue };
        padded.replace_range(at + 1..=at + phrase.len(), &"_".repeat(phrase.len()));
        if !found.iter().any(|(_, other, _)| std::ptr::eq(*other, concept)) {
            found.push((at, concept, phrase));
        }
    }
    found.sort_by_key(|found| found.0);
    found.into_iter().map(|(_, concept, phrase)| (concept, phrase)).collect()
}
