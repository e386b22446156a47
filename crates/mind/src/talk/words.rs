//! Words as the rules see them.

use crate::text::fold;

/// The words of a text, folded, with a space before, between and after: so that `" no "` is found as a word alone.
pub(super) fn padded(text: &str) -> String {
    let folded = fold(&text.replace(['\u{2019}', '\u{2018}'], "'"));
    let mut words = String::with_capacity(folded.len() + 2);
    words.push(' ');
    for word in folded.split(|letter: char| !(letter.is_alphanumeric() || letter == '\'')) {
        let word = word.trim_matches('\'');
        if !word.is_empty() {
            words.push_str(word);
            words.push(' ');
        }
    }
    words
}

/// Does any of these phrases stand in the words? Each phrase is words with one space between.
pub(super) fn has(padded: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| place(padded, phrase).is_some())
}

/// Where a phrase begins in the words.
pub(super) fn place(padded: &str, phrase: &str) -> Option<usize> {
    let bytes = padded.as_bytes();
    padded.match_indices(phrase).map(|(at, _)| at).find(|at| {
        let end = at + phrase.len();
        *at > 0 && bytes[at - 1] == b' ' && bytes.get(end) == Some(&b' ')
    })
}

/// Words that say nothing of the matter.
pub(super) const STOP: &[&str] = &[
    "a", "about", "all", "also", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "could", "did",
    "do", "does", "for", "from", "had", "has", "have", "he", "her", "his", "how", "i", "i'd", "i'll", "i'm", "i've",
    "if", "in", "is", "it", "it's", "just", "like", "me", "my", "no", "not", "of", "oh", "ok", "okay", "on", "or",
    "our", "right", "she", "so", "some", "that", "that's", "the", "their", "them", "then", "there", "they", "this",
    "to", "um", "up", "us", "very", "was", "we", "we'd", "we'll", "we're", "well", "were", "what", "when", "which",
    "who", "will", "with", "would", "yeah", "yes", "you", "you're", "your", "al", "aqui", "asi", "bien", "bueno",
    "como", "con", "cuando", "de", "del", "donde", "e", "el", "ella", "en", "entonces", "era", "es", "esa", "ese",
    "eso", "esta", "este", "esto", "fue", "ha", "hay", "he", "la", "las", "le", "les", "lo", "los", "mas", "mi", "mis",
    "muy", "nos", "nuestra", "nuestro", "o", "para", "pero", "por", "porque", "pues", "que", "se", "ser", "si", "sin",
    "sobre", "son", "soy", "su", "sus", "te", "tengo", "tiene", "tu", "tus", "un", "una", "uno", "vale", "y", "ya",
    "yo",
];
