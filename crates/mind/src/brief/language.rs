//! The language of a caption, and whether it is the wanted one.

use whatlang::Lang;

use super::text::flat;
use crate::geo::{self, LanguageCode};

/// What a text says of its language.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Written {
    /// In this one.
    In(LanguageCode),
    /// Partly in one, partly in another: English and Spanish.
    Mixed,
    Unclear,
}

/// Short words that English has and the others have not, and the same of Spanish.
const ENGLISH: &[&str] = &[
    "the", "and", "is", "are", "was", "you", "your", "my", "with", "this", "that", "for", "it", "its", "of", "to", "i",
    "im", "ive", "we", "our", "just", "so", "have", "has", "been", "from", "but", "not", "at", "on", "in", "be", "if",
    "when", "how", "what", "out", "these", "all", "they", "will", "can", "love", "new", "check", "get", "here", "now",
    "up",
];
const SPANISH: &[&str] = &[
    "el", "los", "las", "y", "es", "son", "que", "con", "mi", "mis", "tu", "tus", "una", "un", "para", "por", "esta",
    "este", "estos", "estas", "muy", "pero", "como", "cuando", "del", "lo", "les", "os", "nos", "yo", "ya", "hoy",
    "mas", "sin", "sobre", "soy", "estoy", "hemos", "tengo", "puedes", "te", "se", "su", "todo", "toda", "aqui",
    "gracias", "al", "en", "la", "de", "nuevo", "nueva",
];

/// Words of languages that are near Spanish, which Spanish has not.
const NEAR: &[(&str, &[&str])] = &[
    (
        "pt",
        &[
            "voce", "nao", "uma", "com", "para", "meu", "minha", "muito", "mais", "isso", "esse", "essa", "voces",
            "foi", "tem", "seu", "sua", "os", "nos", "do", "da", "no", "na", "um", "e", "o",
        ],
    ),
    (
        "it",
        &[
            "che", "il", "gli", "con", "per", "sono", "questo", "questa", "anche", "molto", "della", "nel", "mio",
            "mia", "piu", "lo", "e", "di", "ho", "ti",
        ],
    ),
    (
        "fr",
        &[
            "le", "les", "des", "une", "est", "avec", "pour", "mon", "ma", "mes", "tres", "vous", "je", "et", "du",
            "dans", "cest", "jai", "nous", "sur",
        ],
    ),
    (
        "ca",
        &[
            "amb", "els", "meva", "meu", "aquest", "aquesta", "molt", "tambe", "perque", "i", "per", "es", "una", "el",
            "la",
        ],
    ),
];

/// The language of a prose: tags, mentions and links taken out before.
pub(super) fn of(prose: &str) -> Written {
    let start = &prose[..prose.floor_char_boundary(6_000)];
    let folded = flat(start);
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return Written::Unclear;
    }
    let share = |list: &[&str]| words.iter().filter(|word| list.contains(*word)).count() as f64 / words.len() as f64;
    let (english, spanish) = (share(ENGLISH), share(SPANISH));
    let counted = |share: f64| (share * words.len() as f64).round() as usize;
    if counted(english) >= 3
        && counted(spanish) >= 3
        && english.min(spanish) > 0.12
        && english.max(spanish) < 3.0 * english.min(spanish)
    {
        return Written::Mixed;
    }
    let near = NEAR.iter().map(|(_, list)| share(list)).fold(0.0, f64::max);
    let guess = whatlang::detect(start);
    let seen = guess.as_ref().and_then(|guess| code(guess.lang()));
    for (name, own, other) in [("en", english, spanish), ("es", spanish, english)] {
        let rivals = other.max(if name == "es" { near } else { 0.0 });
        if counted(own) >= 2 && own >= 0.15 && own > 1.5 * rivals && !told_otherwise(name, start) {
            return geo::language(name).map_or(Written::Unclear, Written::In);
        }
    }
    match (guess, seen) {
        (Some(guess), Some(seen)) if guess.is_reliable() && words.len() >= 4 => Written::In(seen),
        (Some(guess), Some(seen)) if guess.confidence() > 0.6 && words.len() >= 8 => Written::In(seen),
        _ => Written::Unclear,
    }
}

/// Letters that Spanish does not have tell that it is none.
fn told_otherwise(name: &str, text: &str) -> bool {
    name == "es" && text.contains(['ã', 'õ', 'ç', 'ê', 'è', 'ò', 'à', 'ù', 'ß', 'ä', 'ö'])
}

fn code(lang: Lang) -> Option<LanguageCode> {
    let code = match lang {
        Lang::Eng => "en",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Cat => "ca",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Tur => "tr",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Ron => "ro",
        Lang::Ara => "ar",
        Lang::Heb => "he",
        Lang::Ell => "el",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Hin => "hi",
        Lang::Fin => "fi",
        Lang::Ces => "cs",
        Lang::Hun => "hu",
        Lang::Bul => "bg",
        Lang::Vie => "vi",
        Lang::Tha => "th",
        Lang::Ind => "id",
        Lang::Pes => "fa",
        _ => return None,
    };
    geo::language(code)
}
