//! What a price is for.

use serde::{Deserialize, Serialize};

use super::amounts::Amount;
use super::words::{Kind, Word, stands};

/// What a price is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A reel.
    Reel,
    /// A post, a photo, a publication.
    Post,
    /// A carousel.
    Carousel,
    /// A story.
    Story,
    /// A video.
    Video,
    /// A short.
    Short,
    /// A live stream.
    Live,
    /// Everything that is asked for: a pack, both, the campaign.
    Pack,
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A week.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
    /// Whatever one piece is.
    Piece,
}

/// The words of each, the most telling first.
#[rustfmt::skip]
const WORDS: &[(Unit, &[&str])] = &[
    (Unit::Reel, &["reel", "reels", "ril"]),
    (Unit::Post, &["post", "posts", "photo", "photos", "publicacion", "publicaciones", "publi", "foto", "fotos"]),
    (Unit::Carousel, &["carousel", "carousels", "carrusel", "carrossel", "karussell", "carosello"]),
    (Unit::Story, &["story", "stories", "storys", "historia", "historias", "storie", "storia"]),
    (Unit::Video, &["video", "videos", "tiktok", "tiktoks", "vlog", "clip", "vid", "vids"]),
    (Unit::Short, &["short", "shorts"]),
    (Unit::Live, &["livestream", "stream", "directo", "diretta"]),
    (Unit::Pack, &[
        "pack", "package", "packages", "bundle", "paquete", "pacote", "paket", "pacchetto", "campaign", "campana", "campanha", "campagne",
        "kampagne", "campagna", "both", "everything", "ambos", "ambas", "entrambi", "beide", "beiden", "combo", "project", "proyecto",
        "dispositif", "ensemble", "conjunto", "insieme", "zusammen", "insgesamt", "tudo", "tutto", "alles", "tout", "todo", "total",
    ]),
    (Unit::Hour, &["hour", "hora", "heure", "stunde", "ora"]),
    (Unit::Day, &["day", "dia", "jour", "tag", "giorno"]),
    (Unit::Week, &["week", "semana", "semaine", "woche", "settimana"]),
    (Unit::Month, &["month", "mes", "mois", "monat", "mese", "monthly", "mensual", "mensuales", "mensuels"]),
    (Unit::Year, &["year", "ano", "annee", "jahr", "anno"]),
    (Unit::Piece, &["piece", "pieza", "each", "cada", "deliverable", "unidad", "contenido"]),
];
/// These alone say that all of it is meant.
const WHOLE: &[&str] = &[
    "all in",
    "all told",
    "in total",
    "en total",
    "in tutto",
    "for all",
    "the whole thing|lot",
    "whole thing|lot|package",
    "for the two|three|four|lot|deal|set",
    "for two|three|four reels|posts|videos|stories",
    "los dos|tres|cuatro",
    "las dos|tres|cuatro",
    "les deux|trois",
    "todo incluido",
    "por todo",
    "por tudo",
    "pour tout",
    "per tutto",
    "fur alles",
    "pour le tout",
    "for everything",
    "full package",
];
/// What may stand between a sum and its piece.
#[rustfmt::skip]
const LEADS: &[&str] = &[
    "per", "a", "an", "for", "por", "par", "pro", "the", "el", "la", "le", "al", "il", "lo", "los", "las", "un", "una", "one", "fur", "furs", "ein",
    "eine", "einen", "pour", "les", "in", "en", "im", "o", "os", "as", "my", "instagram", "youtube", "full", "single", "every", "/", "ig", "mi",
    "sponsored", "dedicated", "de", "entire", "um", "uma", "die", "das", "den", "chaque", "jedes", "unico", "feed", "net", "netos", "plus", "vat", "+",
    "iva", "mas", "flat", "around", "or", "so", "euros", "dollars", "usd", "eur", "completo", "of", "e", "du", "zu", "uno", "toda", "este", "and", "y", "et", "und", "two", "dos", "deux", "zwei", "three", "tres", "that", "this", "its",
];
/// Behind these a piece is one more of several: "700 with the two stories".
const WITH: &[&str] = &["with", "avec", "con", "mit", "com", "including", "incluyendo", "plus"];
/// So many words around a sum are looked at.
const REACH: usize = 8;

impl Unit {
    /// As it is written: `reel`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reel => "reel",
            Self::Post => "post",
            Self::Carousel => "carousel",
            Self::Story => "story",
            Self::Video => "video",
            Self::Short => "short",
            Self::Live => "live",
            Self::Pack => "pack",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
            Self::Piece => "piece",
        }
    }

    fn of(word: &str) -> Option<Self> {
        WORDS.iter().find(|(_, words)| words.contains(&word)).map(|(unit, _)| *unit)
    }

    /// Is it something that is made?
    const fn is_made(self) -> bool {
        matches!(self, Self::Reel | Self::Post | Self::Carousel | Self::Story | Self::Video | Self::Short | Self::Live)
    }
}

/// Tells of each sum what it is for: the piece named right behind it, or else before it.
pub(super) fn assign(words: &[Word<'_>], amounts: &mut [Amount]) {
    let limits: Vec<(usize, usize)> = (0..amounts.len())
        .map(|at| {
            let from = if at == 0 { 0 } else { amounts[at - 1].words.end };
            let to = amounts.get(at + 1).map_or(words.len(), |next| next.words.start);
            (from, to)
        })
        .collect();
    for (amount, (from, to)) in amounts.iter_mut().zip(limits) {
        amount.unit = behind(&words[amount.words.end..to]).or_else(|| ahead(&words[from..amount.words.start]));
    }
}

fn behind(words: &[Word<'_>]) -> Option<Unit> {
    let end = words.iter().position(|word| word.ends() || word.is(",") || word.is("(")).unwrap_or(words.len());
    let words = &words[..end.min(REACH)];
    if (0..words.len().min(4)).any(|at| WHOLE.iter().any(|phrase| stands(words, at, phrase).is_some())) {
        return Some(Unit::Pack);
    }
    let (mut found, mut with) = (None, false);
    for word in words {
        match Unit::of(&word.text) {
            // "With the two stories", "a reel and two stories": several.
            Some(unit)
                if unit.is_made() && (with || found.is_some_and(|known: Unit| known.is_made() && known != unit)) =>
            {
                return Some(Unit::Pack);
            }
            Some(Unit::Piece) => found = found.or(Some(Unit::Piece)),
            Some(unit) if found.is_none_or(|known| known == Unit::Piece) => found = Some(unit),
            None if WITH.contains(&&*word.text) => with = true,
            None if LEADS.contains(&&*word.text) || word.kind == Kind::Figures => {}
            Some(_) | None => return found,
        }
    }
    found
}

fn ahead(words: &[Word<'_>]) -> Option<Unit> {
    let begin = words.iter().rposition(Word::ends).map_or(0, |at| at + 1);
    let words = &words[begin..];
    let words = &words[words.len().saturating_sub(REACH)..];
    let mut found: Option<Unit> = None;
    for word in words.iter().rev() {
        let Some(unit) = Unit::of(&word.text).filter(|unit| unit.is_made() || *unit == Unit::Pack) else { continue };
        match found {
            None => found = Some(unit),
            Some(known) if known != unit && known.is_made() => return Some(Unit::Pack),
            Some(_) => {}
        }
    }
    found
}
