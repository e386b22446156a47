//! Every phrase the parser knows (constraints, niches, platforms, places, languages), in one tree over words, so that one
//! walk over a query finds the longest phrase at each place.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Platform;
use super::niches::{self, NicheId};
use super::platform;
use super::tokens::{Kind, Token, tokens};
use crate::geo::{self, CountryCode, LanguageCode, Region};

/// What a phrase does in a sentence: a set of the constants in [`role`].
pub(super) type Roles = u64;

/// One bit for each role named in data/grammar.tsv.
pub(super) mod role {
    use super::Roles;

    macro_rules! roles {
        ($($name:ident)*) => {
            const NAMES: &[&str] = &[$(stringify!($name)),*];
            $(pub(in super::super) const $name: Roles = bit(stringify!($name));)*
        };
    }

    /// The bit at a name's place in the list.
    const fn bit(name: &str) -> Roles {
        let mut at = 0;
        while !name.eq_ignore_ascii_case(NAMES[at]) {
            at += 1;
        }
        1 << at
    }

    /// The role of that name, in any case.
    pub(super) fn named(name: &str) -> Option<Roles> {
        NAMES.iter().any(|known| known.eq_ignore_ascii_case(name)).then(|| bit(name))
    }

    roles! {
        FILLER CREATOR STOP IN OF ABOUT FOR AND TO BETWEEN AT_LEAST AT_MOST AROUND OR_SO OR_MORE OR_LESS
        FOLLOWERS VIEWS ENGAGEMENT BUDGET PER_POST PERCENT THOUSAND MILLION
        NO EXCEPT NO_VERB SPEAK TONGUE AGE NOT_FOLLOWERS TRAVELLING CUISINE AUDIENCE PRODUCT BASED
        NANO MICRO MID MACRO MEGA SMALL LARGE
        SORT_FOLLOWERS SORT_ENGAGEMENT SORT_VIEWS SORT_PRICE PLAIN ENGLISH SPANISH
    }

    /// Words that only hold others together.
    pub(in super::super) const LINK: Roles = STOP | IN | OF | ABOUT | FOR | AND | TO | BETWEEN;
    /// The names of sizes.
    pub(in super::super) const SIZE: Roles = NANO | MICRO | MID | MACRO | MEGA | SMALL | LARGE;
    /// The orders one can ask for.
    pub(in super::super) const SORT: Roles = SORT_FOLLOWERS | SORT_ENGAGEMENT | SORT_VIEWS | SORT_PRICE;
    /// What is counted or paid.
    pub(in super::super) const UNIT: Roles = FOLLOWERS | VIEWS | ENGAGEMENT;
}

/// How a phrase names a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// "Spain".
    Name,
    /// A name that is another word as well ("turkey", "chile", "reunión"): believed after "in" only.
    DoubtfulName,
    /// "Mexican", "mexicana": who or what comes from there.
    Adjective,
    /// "mexicanos", "Spaniards": those who do, or things of which there are several.
    Plural,
}

/// What one phrase means. Most have one meaning; "Spanish" is a country's adjective and a language.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entry {
    pub(super) roles: Roles,
    pub(super) niche: Option<NicheId>,
    pub(super) platform: Option<Platform>,
    pub(super) country: Option<(CountryCode, Form)>,
    pub(super) region: Option<&'static Region>,
    /// The country of a city or province.
    pub(super) city: Option<CountryCode>,
    pub(super) language: Option<LanguageCode>,
    /// A noun for those who speak it.
    pub(super) speakers: Option<LanguageCode>,
    /// ISO 4217.
    pub(super) currency: Option<&'static str>,
}

/// The entry of words that mean nothing to the parser.
pub(super) static UNKNOWN: Entry = Entry {
    roles: 0,
    niche: None,
    platform: None,
    country: None,
    region: None,
    city: None,
    language: None,
    speakers: None,
    currency: None,
};

/// The one lexicon, built on first use.
pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::read);

/// A tree over words; node 0 is the root.
#[derive(Default)]
pub(super) struct Lexicon {
    words: HashMap<String, u32>,
    branches: HashMap<(u32, u32), u32>,
    entries: Vec<Option<Entry>>,
}

/// Names of countries that are other words too, folded.
const DOUBTFUL: [&str; 20] = [
    "turkey",
    "china",
    "chile",
    "chad",
    "jordan",
    "georgia",
    "jersey",
    "guinea",
    "reunion",
    "guadalupe",
    "bermuda",
    "mali",
    "togo",
    "malta",
    "niger",
    "cuba",
    "dominica",
    "santa lucia",
    "america",
    "salvador",
];
/// Names and demonyms that mean something else far more often: Granada is a city, polish is for nails.
const NOT_IN_A_SENTENCE: [&str; 16] = [
    "granada",
    "us",
    "polish",
    "pole",
    "poles",
    "english",
    "finn",
    "finns",
    "tico",
    "ticos",
    "kiwi",
    "kiwis",
    "turk",
    "indio",
    "indios",
    "the states",
];

const CURRENCIES: [(&str, &str); 16] = [
    ("EUR", "eur|euro|euros"),
    ("USD", "usd|dollar|dollars|us dollars|bucks|dólar|dólares|dólares americanos"),
    ("GBP", "gbp|pound|pounds|pounds sterling|quid|libra|libras|libras esterlinas"),
    ("MXN", "mxn|pesos mexicanos|mexican pesos"),
    ("COP", "pesos colombianos|colombian pesos"),
    ("ARS", "ars|pesos argentinos|argentine pesos"),
    ("CLP", "clp|pesos chilenos|chilean pesos"),
    ("PEN", "soles|soles peruanos|nuevos soles"),
    ("BRL", "brl|reais|reales brasileños"),
    ("INR", "inr|rupees|rupias"),
    ("CAD", "cad|canadian dollars|dólares canadienses"),
    ("AUD", "aud|australian dollars|dólares australianos"),
    ("CHF", "chf|swiss francs|francos suizos"),
    ("JPY", "jpy|yen|yenes"),
    ("SEK", "sek|kronor"),
    // Which peso the country of the query tells.
    (PESO, "peso|pesos"),
];

/// The currency of "pesos" before it is known whose.
pub(super) const PESO: &str = "peso";

/// Whether a word only holds others together, or compares.
pub(super) fn is_link(word: &str) -> bool {
    const LINKS: Roles = role::LINK | role::FILLER | role::AROUND | role::NO;
    let tokens = tokens(word);
    matches!(LEXICON.longest(&tokens), Some((length, entry)) if length == tokens.len() && entry.roles & LINKS != 0 && entry.niche.is_none())
}

impl Lexicon {
    /// The longest phrase that begins with the first of these tokens: how many tokens it has, and its meaning.
    pub(super) fn longest(&self, tokens: &[Token<'_>]) -> Option<(usize, &Entry)> {
        let (mut node, mut found) = (0, None);
        for (count, token) in (1..).zip(tokens) {
            if matches!(token.kind, Kind::Sign(_)) {
                break;
            }
            let Some(&word) = self.words.get(&*token.folded) else { break };
            let Some(&next) = self.branches.get(&(node, word)) else { break };
            node = next;
            if let Some(entry) = self.entries.get(node as usize).and_then(Option::as_ref) {
                found = Some((count, entry));
            }
        }
        found
    }

    fn read() -> Self {
        let mut lexicon = Self { entries: vec![None], ..Self::default() };
        lexicon.read_grammar();
        lexicon.read_niches();
        lexicon.read_places();
        lexicon.read_languages();
        for (code, names) in CURRENCIES {
            names.split('|').for_each(|name| lexicon.at(name, |entry| entry.currency = Some(code)));
        }
        lexicon
    }

    fn read_grammar(&mut self) {
        for mut cells in geo::rows(include_str!("../../data/grammar.tsv")) {
            let names = cells.next().unwrap_or_default();
            let (english, spanish) = (cells.next(), cells.next());
            let mut roles = 0;
            let mut platform = None;
            for name in names.split('+') {
                platform = platform.or(platform::named(name));
                roles |= role::named(name).unwrap_or(0);
            }
            for (phrases, language) in [(english, role::ENGLISH), (spanish, role::SPANISH)] {
                for phrase in geo::words(phrases) {
                    self.at(phrase, |entry| {
                        entry.roles |= roles | language;
                        entry.platform = entry.platform.or(platform);
                    });
                }
            }
        }
    }

    fn read_niches(&mut self) {
        for (id, niche) in niches::all() {
            for (phrases, language) in [(&niche.english, role::ENGLISH), (&niche.spanish, role::SPANISH)] {
                for phrase in phrases {
                    self.at(phrase, |entry| {
                        entry.roles |= language;
                        entry.niche = entry.niche.or(Some(id));
                    });
                }
            }
        }
    }

    fn read_places(&mut self) {
        for (code, country) in geo::countries() {
            let name = |entry: &mut Entry, form| entry.country = entry.country.or(Some((code, form)));
            for phrase in country.names() {
                let folded = crate::text::fold(phrase);
                if NOT_IN_A_SENTENCE.contains(&&*folded) {
                    continue;
                }
                let form = if DOUBTFUL.contains(&&*folded) { Form::DoubtfulName } else { Form::Name };
                self.at(phrase, |entry| name(entry, form));
            }
            let forms = [(&country.english_demonyms, role::ENGLISH), (&country.spanish_demonyms, role::SPANISH)];
            for (demonyms, language) in forms {
                for phrase in demonyms.iter().filter(|phrase| !NOT_IN_A_SENTENCE.contains(*phrase)) {
                    let form = if phrase.ends_with('s') { Form::Plural } else { Form::Adjective };
                    self.at(phrase, |entry| {
                        name(entry, form);
                        entry.roles |= language;
                    });
                }
            }
        }
        for (city, country) in geo::cities() {
            self.at(city, |entry| entry.city = Some(country));
        }
        for region in geo::regions() {
            for phrase in region.names() {
                self.at(phrase, |entry| entry.region = Some(region));
            }
        }
    }

    fn read_languages(&mut self) {
        for (code, language) in geo::languages() {
            for phrase in language.spoken_names() {
                self.at(phrase, |entry| entry.language = entry.language.or(Some(code)));
            }
            for phrase in &language.speakers {
                self.at(phrase, |entry| entry.speakers = Some(code));
            }
        }
    }

    /// Changes the entry of a phrase, made if it is new.
    fn at(&mut self, phrase: &str, change: impl FnOnce(&mut Entry)) {
        let mut node = 0;
        for token in tokens(phrase) {
            if matches!(token.kind, Kind::Sign(_)) {
                continue;
            }
            let new_word = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
            let word = *self.words.entry(token.folded.into_owned()).or_insert(new_word);
            let new_node = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
            node = *self.branches.entry((node, word)).or_insert(new_node);
            if node == new_node {
                self.entries.push(None);
            }
        }
        if node != 0 {
            change(self.entries[node as usize].get_or_insert_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_grammar_names_what_exists() {
        for mut cells in geo::rows(include_str!("../../data/grammar.tsv")) {
            let names = cells.next().unwrap();
            for name in names.split('+') {
                assert!(role::named(name).is_some() || platform::named(name).is_some(), "{name}");
            }
            assert_eq!(cells.count(), 2, "{names}");
        }
    }

    #[test]
    fn finds_the_longest_phrase() {
        let found = |text: &str| LEXICON.longest(&tokens(text)).map(|(count, entry)| (count, entry.roles));
        assert_eq!(found("more than 5").unwrap().0, 2);
        assert_eq!(found("no más de 5").unwrap().0, 3);
        assert_ne!(found("Al menos 5").unwrap().1 & role::AT_LEAST, 0);
        assert_eq!(found("eco-friendly home").unwrap().0, 2);
        assert!(found("xyzzy").is_none());
        assert!(found(", more").is_none());
    }
}
