//! The phrases, names and places of `data/`, read once.

use std::sync::LazyLock;

use crate::draw::Weighted;

/// Everything a crowd is made of.
pub(super) struct Words {
    pub(super) niches: Vec<Niche>,
    pub(super) niche_weights: Weighted,
    pub(super) places: Vec<Place>,
    pub(super) place_weights: Weighted,
}

#[derive(Default)]
pub(super) struct Niche {
    pub(super) name: &'static str,
    /// Its name in a handle: `veganfood`.
    pub(super) handle: String,
    pub(super) english: Phrases,
    pub(super) spanish: Phrases,
    pub(super) audiences: Vec<&'static str>,
    pub(super) brands: Vec<&'static str>,
}

/// What people of a niche say of themselves in one language.
#[derive(Default)]
pub(super) struct Phrases {
    pub(super) who: Vec<&'static str>,
    pub(super) what: Vec<&'static str>,
    pub(super) whom: Vec<&'static str>,
}

pub(super) struct Place {
    pub(super) country: &'static str,
    pub(super) languages: Vec<&'static str>,
    pub(super) names: Names,
    pub(super) cities: Vec<&'static str>,
}

impl Place {
    pub(super) fn spanish(&self) -> bool {
        self.languages[0] == "Spanish"
    }
}

#[derive(Clone)]
pub(super) struct Names {
    pub(super) given: Vec<Name>,
    pub(super) family: Vec<Name>,
    /// Do people have their mother's name as well?
    pub(super) two_families: bool,
}

#[derive(Clone)]
pub(super) struct Name {
    pub(super) shown: &'static str,
    /// For handles: lower case, ASCII only.
    pub(super) folded: String,
}

/// The words; a fault in the files shows in the tests, which use all of them.
pub(super) fn words() -> &'static Words {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        let (niches, niche_weights) = niches();
        let (places, place_weights) = places();
        Words {
            niches,
            niche_weights: Weighted::new(&niche_weights),
            places,
            place_weights: Weighted::new(&place_weights),
        }
    });
    &WORDS
}

fn niches() -> (Vec<Niche>, Vec<f64>) {
    let (mut niches, mut weights) = (Vec::<Niche>::new(), Vec::new());
    for line in lines(include_str!("../../data/niches.txt")) {
        if let Some((name, weight)) =
            line.strip_prefix('[').and_then(|head| head.trim_end_matches(']').rsplit_once(' '))
        {
            niches.push(Niche { name, handle: folded(name), ..Niche::default() });
            weights.push(weight.parse().unwrap_or(0.0));
        } else if let (Some(niche), Some((key, phrases))) = (niches.last_mut(), line.split_once(": ")) {
            let phrases = phrases.split(" | ").collect();
            match key {
                "en who" => niche.english.who = phrases,
                "en what" => niche.english.what = phrases,
                "en for" => niche.english.whom = phrases,
                "es who" => niche.spanish.who = phrases,
                "es what" => niche.spanish.what = phrases,
                "es for" => niche.spanish.whom = phrases,
                "audience" => niche.audiences = phrases,
                _ => niche.brands = phrases,
            }
        }
    }
    (niches, weights)
}

fn places() -> (Vec<Place>, Vec<f64>) {
    let place = |line: &'static str| {
        let mut columns = line.split(" | ");
        let mut column = || columns.next().unwrap_or_default().trim();
        let weight = column().parse().unwrap_or(0.0);
        let (country, languages) = (column(), column().split("; ").collect());
        let names = names(column());
        (Place { country, languages, names, cities: column().split("; ").collect() }, weight)
    };
    lines(include_str!("../../data/places.txt")).map(place).unzip()
}

fn names(of: &str) -> Names {
    let list = |kind: &str| {
        lines(include_str!("../../data/names.txt"))
            .filter_map(|line| line.split_once(": "))
            .filter(|(head, _)| head.split_once(' ') == Some((of, kind)))
            .flat_map(|(_, names)| names.split(' '))
            .map(|shown| Name { shown, folded: folded(shown) })
            .collect()
    };
    Names { given: list("given"), family: list("family"), two_families: of == "es" }
}

/// Without comments and empty lines.
fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// `Lucía` as `lucia`; what is neither a letter nor a digit goes.
fn folded(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|letter| match letter {
            'á' | 'à' | 'ã' | 'â' => 'a',
            'é' | 'è' | 'ê' => 'e',
            'í' => 'i',
            'ó' | 'ö' | 'ô' | 'õ' => 'o',
            'ú' | 'ü' => 'u',
            'ñ' => 'n',
            'ç' => 'c',
            other => other,
        })
        .filter(char::is_ascii_alphanumeric)
        .collect()
}
