//! What of a clause has a form of its own: tags, quotes, codes, a language, a disclosure.

use super::super::clauses::quoted;
use super::super::platforms::Known;
use super::super::tags;
use super::super::text::{emojis, flat};
use super::Want;
use crate::geo;

pub(super) fn is_disclosure(padded: &str) -> bool {
    let advert = [
        "advertising",
        "ad",
        "advertisement",
        "publicidad",
        "sponsored",
        "sponsorship",
        "paid",
        "partnership",
        "anuncio",
        "publi",
        "patrocinado",
        "colaboracion pagada",
        "collaboration",
        "colaboracion",
        "commercial",
        "comercial",
    ];
    let verbs = [
        "disclose",
        "disclosed",
        "disclosing",
        "disclosure",
        "label",
        "labelled",
        "labeled",
        "mark",
        "marked",
        "identify",
        "identified",
        "indica",
        "indicar",
        "marca",
        "marcar",
        "identifica",
        "identificar",
        "senala",
        "senalar",
        "avisa",
        "deja claro",
        "make clear",
        "make it clear",
        "clear that",
        "aclara",
    ];
    let has = |word: &&str| padded.contains(&format!(" {word} "));
    (padded.contains(" disclos") && (advert.iter().any(&has) || padded.split_whitespace().count() <= 5))
        || (verbs.iter().any(&has) && advert.iter().any(&has))
}

pub(super) fn language(padded: &str) -> Option<Want> {
    if padded.contains(" bilingual ")
        || padded.contains(" bilingue ")
        || padded.contains(" english and spanish ")
        || padded.contains(" spanish and english ")
        || padded.contains(" ingles y espanol ")
        || padded.contains(" espanol e ingles ")
        || padded.contains(" espanol y ingles ")
    {
        return Some(Want::Bilingual);
    }
    let list: Vec<&str> = padded.split_whitespace().collect();
    let named = list.iter().enumerate().find_map(|(at, word)| {
        let lead = at.checked_sub(1).map_or("", |before| list[before]);
        let next = list.get(at + 1).copied().unwrap_or("");
        let asked = matches!(lead, "in" | "en" | "language" | "idioma" | "use" | "only" | "castellano")
            || matches!(next, "caption" | "only" | "language" | "text" | "copy");
        (asked && word.len() > 3).then(|| geo::language(word)).flatten()
    });
    named.map(Want::Language)
}

/// What of a clause has a form of its own.
pub(super) fn tokens(clause: &str) -> Vec<Want> {
    let mut found: Vec<(usize, Want)> = Vec::new();
    let marks = tags::marks(clause, Known::Other);
    found.extend(marks.tags.iter().map(|span| (span.start, Want::Tag(clause[span.clone()].to_owned()))));
    found.extend(marks.mentions.iter().map(|span| (span.start, Want::Mention(clause[span.clone()].to_owned()))));
    found.extend(marks.links.iter().map(|span| (span.start, Want::Link(clause[span.clone()].to_owned()))));
    let code_at = code(clause);
    let quotes = quoted(clause);
    for &(from, to) in &quotes {
        let quote = &clause[from..to];
        let inside = |at: usize| from <= at && at < to;
        if found.iter().any(|(at, _)| inside(*at))
            || code_at.as_ref().is_some_and(|(at, _)| inside(*at))
            || flat(quote).is_empty()
        {
            continue;
        }
        found.push((from, Want::Phrase(quote.trim().trim_end_matches([',', '.']).to_owned())));
    }
    let emoji =
        emojis(clause).filter(|at| !quotes.iter().any(|&(from, to)| from <= at.start && at.start < to)).take(10);
    found.extend(emoji.map(|at| (at.start, Want::Phrase(clause[at].to_owned()))));
    found.extend(code_at.map(|(at, code)| (at, Want::Code(code))));
    found.sort_by_key(|found| found.0);
    found.into_iter().map(|found| found.1).collect()
}

/// "use code SUN20", "el código «SUN20»": the word behind that has a capital or a digit.
fn code(clause: &str) -> Option<(usize, String)> {
    let mut after = false;
    let mut patience = 0;
    let mut next = 0;
    for piece in clause.split_inclusive(char::is_whitespace) {
        let at = next;
        next += piece.len();
        let word = piece.trim_end();
        let folded = flat(word);
        let is_lead = matches!(
            folded.as_str(),
            "code" | "codigo" | "cupon" | "coupon" | "promocode" | "codigos" | "codes" | "voucher"
        );
        if is_lead {
            after = true;
            patience = 4;
            continue;
        }
        if after && patience > 0 {
            patience -= 1;
            let bare = word.trim_matches(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'));
            let coded = bare.len() >= 3
                && !bare.starts_with('#')
                && (bare.chars().filter(|c| c.is_uppercase()).count() >= 2 || bare.chars().any(|c| c.is_ascii_digit()))
                && word
                    .trim_start_matches(|c: char| !c.is_alphanumeric() && c != '#' && c != '@')
                    .starts_with(char::is_alphanumeric);
            if coded {
                return Some((at, bare.to_owned()));
            }
        }
    }
    None
}
