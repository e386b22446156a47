//! The niches of the directory: an open list, of which these are the ones known by other words too.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::geo::{rows, words};
use crate::text::{fold, folded};

static TABLE: LazyLock<Vec<Niche>> = LazyLock::new(|| {
    rows(include_str!("../../data/niches.tsv"))
        .map(|mut cells| {
            let mut cell = || cells.next().unwrap_or_default();
            Niche {
                canonical: cell(),
                shown: [cell(), cell()],
                wider: Some(cell()).filter(|wider| !wider.is_empty()),
                english: words(Some(cell())).collect(),
                spanish: words(Some(cell())).collect(),
                whole: words(Some(cell())).collect(),
            }
        })
        .collect()
});

static BY_NAME: LazyLock<HashMap<String, NicheId>> = LazyLock::new(|| {
    let mut by_name = HashMap::new();
    for (id, niche) in all() {
        by_name.insert(fold(niche.canonical), id);
    }
    for (id, niche) in all() {
        for name in niche.shown.iter().chain(&niche.english).chain(&niche.spanish).chain(&niche.whole) {
            by_name.entry(fold(name)).or_insert(id);
        }
    }
    by_name
});

/// A row of niches.tsv.
pub(super) type NicheId = u16;

pub(super) struct Niche {
    canonical: &'static str,
    shown: [&'static str; 2],
    wider: Option<&'static str>,
    pub(super) english: Vec<&'static str>,
    pub(super) spanish: Vec<&'static str>,
    whole: Vec<&'static str>,
}

/// The directory's word for a niche, lower case: `"tech"` is `"technology"`, `"cocina"` is `"food"`, `"Moda"` is
/// `"fashion"`. `None` for what is in no list, which may be a niche all the same.
pub fn canonical(name: &str) -> Option<&'static str> {
    find(name).map(|niche| niche.canonical)
}

/// The niche that a known niche is part of: `"vegan food"` of `"food"`.
pub fn wider(name: &str) -> Option<&'static str> {
    find(name).and_then(|niche| niche.wider)
}

/// The name as one shows it in English: `"Vegan food"`, `"DIY"`.
pub fn english(name: &str) -> Option<&'static str> {
    find(name).map(|niche| niche.shown[0])
}

/// The name as one shows it in Spanish: `"Cocina vegana"`.
pub fn spanish(name: &str) -> Option<&'static str> {
    find(name).map(|niche| niche.shown[1])
}

/// The canonical names of all known niches.
pub fn known() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|niche| niche.canonical)
}

pub(super) fn all() -> impl Iterator<Item = (NicheId, &'static Niche)> {
    (0..).zip(TABLE.iter())
}

/// The canonical name of a row.
pub(super) fn name(id: NicheId) -> &'static str {
    TABLE.get(usize::from(id)).map_or("", |niche| niche.canonical)
}

fn find(name: &str) -> Option<&'static Niche> {
    let name = folded(name.trim());
    let plain = name.strip_prefix('#').unwrap_or(&name);
    BY_NAME.get(plain).and_then(|&id| TABLE.get(usize::from(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_niches_by_many_words() {
        for (name, niche) in [
            ("tech", "technology"),
            ("Technology", "technology"),
            ("Tecnología", "technology"),
            ("cocina", "food"),
            ("FOOD", "food"),
            ("moda", "fashion"),
            ("Belleza", "beauty"),
            ("viajes", "travel"),
            ("gimnasio", "fitness"),
            ("videojuegos", "gaming"),
            ("Vegan Food", "vegan food"),
            ("cocina vegana", "vegan food"),
            ("Home Décor", "home decor"),
            ("finanzas personales", "finance"),
            ("#sustainability", "sustainability"),
            ("AI", "technology"),
        ] {
            assert_eq!(canonical(name), Some(niche), "{name}");
        }
        assert_eq!(canonical("quantum basket weaving"), None);
        assert_eq!(canonical(""), None);
        assert_eq!(wider("vegan food"), Some("food"));
        assert_eq!(wider("food"), None);
        assert_eq!((english("moda"), spanish("fashion")), (Some("Fashion"), Some("Moda")));
    }

    #[test]
    fn the_table_agrees_with_itself() {
        assert!(known().count() >= 46);
        for (_, niche) in all() {
            assert_eq!(canonical(niche.canonical), Some(niche.canonical));
            assert_eq!(niche.canonical, niche.canonical.to_lowercase());
            assert!(niche.wider.is_none_or(|wider| known().any(|other| other == wider)), "{}", niche.canonical);
            for shown in niche.shown {
                assert_eq!(canonical(shown), Some(niche.canonical), "{shown}");
            }
        }
    }
}
