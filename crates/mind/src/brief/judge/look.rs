//! What is looked for in a text, and where it stands there.

use unicode_segmentation::UnicodeSegmentation as _;

use super::super::asks::{Place, Want};
use super::super::compare::{self, Likeness};
use super::super::concepts::Class;
use super::super::model::{Kind, Verdict};
use super::super::platforms::Known;
use super::super::sizes::Unit;
use super::super::text::{Part, Run, Text, Word, flat, length};
use super::Found;

/// The kind of check that a want makes.
pub(super) const fn kind(want: &Want, denied: bool) -> Kind {
    match want {
        Want::Size(size) => match size.unit {
            Unit::Characters | Unit::Words | Unit::Lines | Unit::Sentences | Unit::Paragraphs => Kind::Length,
            _ => Kind::Count,
        },
        Want::Disclosure => Kind::Disclosure,
        Want::Unseen(_) => Kind::Other,
        Want::Language(_) | Want::Bilingual => Kind::Language,
        _ if denied => Kind::SaysNot,
        Want::Topic(_) => Kind::Topic,
        Want::Concept(concept) if matches!(concept.class, Class::Soft) => Kind::Topic,
        Want::Tag(_) => Kind::Hashtag,
        Want::Mention(_) => Kind::Mention,
        Want::Link(_) => Kind::Link,
        Want::Code(_) => Kind::Code,
        _ => Kind::Says,
    }
}

pub(super) const fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Characters => "characters",
        Unit::Words => "words",
        Unit::Lines => "lines",
        Unit::Sentences => "sentences",
        Unit::Paragraphs => "paragraphs",
        Unit::Emojis => "emojis",
        Unit::Hashtags => "hashtags",
        Unit::Mentions => "mentions",
        Unit::Friends => "other people mentioned",
        Unit::Links => "links",
        Unit::Questions => "questions",
        Unit::Exclamations => "exclamation marks",
    }
}

/// The same word but for its ending: "producto" and "productos", "hydrate" and "hydrates".
pub(super) fn same_word(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if short.len() < 4 || short.starts_with(|c: char| c.is_ascii_digit()) {
        return !short.is_empty()
            && short.len() >= 3
            && long.len() == short.len() + 1
            && long.ends_with('s')
            && long.starts_with(short)
            && !short.starts_with(|c: char| c.is_ascii_digit());
    }
    let common = short.bytes().zip(long.bytes()).take_while(|(a, b)| a == b).count();
    common >= 4.max(short.len() - 1) && long.len() - short.len() <= 4
}

pub(super) fn phrase_of(text: &Text<'_>, phrase: &str) -> Found {
    let folded = flat(phrase);
    let mut denied = None;
    for run in text.find(&folded).take(50) {
        if text.is_denied(&run) && !folded.starts_with("no ") {
            denied = Some(run);
        } else {
            return Found::pass(run, "These words stand in the caption");
        }
    }
    if let Some(run) = denied {
        return Found {
            verdict: Verdict::CannotTell,
            ..Found::pass(run, "The words stand there, with a denial before them")
        };
    }
    if folded.is_empty() {
        // Signs alone: an emoji.
        let bare: String = phrase.chars().filter(|c| !c.is_whitespace() && *c != '\u{fe0f}').collect();
        return match text.read.find(&bare) {
            Some(at) if !bare.is_empty() => Found {
                quote: Some(text.quote_bytes(at..at + bare.len())),
                ..Found::new(Verdict::Pass, None, "It stands in the caption")
            },
            _ => Found::fail("It does not stand in the caption"),
        };
    }
    // As one tag: "free shipping" in #FreeShipping.
    if let Some(run) = text.find(&folded.replace(' ', "")).find(|run| text.words[run.start].part == Part::Tag) {
        return Found { verdict: Verdict::CannotTell, ..Found::pass(run, "The words stand there as a tag only") };
    }
    let words: Vec<&str> = folded.split(' ').collect();
    let inflected = (0..text.words.len())
        .find(|&at| words.iter().enumerate().all(|(ahead, word)| same_word(text.word(at + ahead), word)));
    if let Some(at) = inflected {
        return Found {
            verdict: Verdict::CannotTell,
            ..Found::pass(
                at..(at + words.len()).min(text.words.len()),
                "Other forms of these words stand in the caption",
            )
        };
    }
    Found::fail("These words do not stand in the caption")
}

/// Tags or mentions of a caption that are, or look like, this one.
pub(super) fn marks_like(text: &Text<'_>, mark: &str) -> Vec<(Run, Likeness)> {
    let spans = if mark.starts_with(['@', '＠']) { &text.marks.mentions } else { &text.marks.tags };
    let alike = spans.iter().filter_map(|span| {
        let like = compare::compare(&text.read[span.clone()], mark);
        (like != Likeness::Other).then(|| (run_at(text, span.start), like))
    });
    alike.filter_map(|(run, like)| run.map(|run| (run, like))).take(50).collect()
}

/// The word that stands at, or first behind, a place.
pub(super) fn run_at(text: &Text<'_>, at: usize) -> Option<Run> {
    let word = text.words.partition_point(|word| word.at.end <= at);
    (word < text.words.len()).then(|| word..word + 1)
}

/// Which line or sentence with words it is, from 0.
pub(super) fn rank(text: &Text<'_>, number: usize, of: impl Fn(&Word) -> usize) -> usize {
    let mut numbers: Vec<usize> = text.words.iter().map(of).take_while(|&other| other < number).collect();
    numbers.dedup();
    numbers.len()
}

/// Whether a run of words stands where it should.
pub(super) fn stands(text: &Text<'_>, run: &Run, place: Place, platform: Known) -> Verdict {
    let Some(word) = text.words.get(run.start) else { return Verdict::CannotTell };
    let end = text.words[run.end.max(1) - 1].at.end;
    let yes = |holds: bool| if holds { Verdict::Pass } else { Verdict::Fail };
    let total = text.words.len();
    match place {
        Place::Anywhere => Verdict::Pass,
        Place::FirstLines(count) => yes(rank(text, word.line, |word| word.line) < count),
        Place::FirstSentences(count) => yes(rank(text, word.sentence, |word| word.sentence) < count),
        Place::FirstCharacters(count) => yes(length(&text.read[..end]) <= count),
        Place::FirstWords(count) => yes(run.start < count),
        Place::Opening => yes(run.start == 0),
        Place::Start
            if rank(text, word.line, |word| word.line) == 0 && rank(text, word.sentence, |word| word.sentence) == 0 =>
        {
            Verdict::Pass
        }
        Place::Start => {
            if run.start * 4 <= total {
                Verdict::CannotTell
            } else {
                Verdict::Fail
            }
        }
        Place::End => {
            let own = text.words.iter().rposition(|word| matches!(word.part, Part::Plain)).unwrap_or(0);
            let last = &text.words[own.max(run.start)];
            if run.end > own || last.sentence == word.sentence || last.line == word.line && last.line > 0 {
                Verdict::Pass
            } else if run.start * 3 >= total * 2 {
                Verdict::CannotTell
            } else {
                Verdict::Fail
            }
        }
        Place::Fold => {
            let Some(fold) = platform.fold() else { return Verdict::Pass };
            let at = length(&text.read[..end]);
            if at * 10 <= fold * 8 {
                Verdict::Pass
            } else if at * 10 > fold * 12 {
                Verdict::Fail
            } else {
                Verdict::CannotTell
            }
        }
    }
}

pub(super) fn question(text: &Text<'_>) -> Found {
    let in_link = |at: usize| text.marks.links.iter().any(|link| link.start <= at && at < link.end);
    let asked = text.read.char_indices().rfind(|(at, c)| matches!(c, '?' | '？' | '؟') && !in_link(*at));
    match asked {
        Some((at, _)) => {
            let word = text.words.partition_point(|word| word.at.start < at).saturating_sub(1);
            let first = text
                .words
                .iter()
                .position(|other| other.sentence == text.words.get(word).map_or(0, |word| word.sentence))
                .unwrap_or(word);
            Found { quote: text.quote(&(first..word + 1)), ..Found::pass(word..word + 1, "It asks a question") }
        }
        None => Found::fail("There is no question mark in the caption"),
    }
}

/// Do all tags stand together, behind or before the text?
pub(super) fn tags_together(text: &Text<'_>) -> Found {
    let tag = |word: &super::super::text::Word| word.part == Part::Tag;
    let (first, last) = (text.words.iter().position(tag).unwrap_or(0), text.words.iter().rposition(tag).unwrap_or(0));
    let mixed = text.words[first..=last].iter().any(|word| word.part == Part::Plain);
    if mixed {
        return Found { verdict: Verdict::Fail, ..Found::pass(first..first + 1, "Tags stand within the text") };
    }
    Found::pass(first..last + 1, "The tags stand together")
}

pub(super) fn capitals(text: &Text<'_>) -> Found {
    let shouted = |at: usize| {
        let word = &text.read[text.words[at].at.clone()];
        text.words[at].part == Part::Plain
            && word.chars().filter(|c| c.is_alphabetic()).count() >= 3
            && word.chars().any(char::is_uppercase)
            && !word.chars().any(char::is_lowercase)
    };
    let loud: Vec<usize> = (0..text.words.len()).filter(|&at| shouted(at)).collect();
    let long = text.words.iter().filter(|word| word.part == Part::Plain && word.at.len() >= 3).count();
    match loud.as_slice() {
        [] => Found::new(Verdict::Pass, None, "No word is in capitals"),
        [first, ..] if loud.len() * 2 > long || loud.windows(3).any(|three| three[2] == three[0] + 2) => {
            Found { verdict: Verdict::Fail, ..Found::pass(*first..first + 1, "Words are in capitals") }
        }
        [first, ..] => Found {
            verdict: Verdict::CannotTell,
            ..Found::pass(*first..first + 1, "Some words are in capitals, perhaps names")
        },
    }
}

pub(super) fn first_person(text: &Text<'_>) -> Found {
    let words = [
        "i", "im", "ive", "my", "me", "mine", "we", "our", "yo", "mi", "mis", "me", "conmigo", "nuestro", "nuestra",
        "nosotros", "nosotras", "soy", "estoy", "tengo", "he", "uso", "llevo",
    ];
    let person = (0..text.words.len()).find(|&at| text.words[at].part == Part::Plain && words.contains(&text.word(at)));
    match person {
        Some(at) => Found::pass(at..at + 1, "It speaks in the first person"),
        None => Found::open("No word shows who speaks"),
    }
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The share of a text's letters that are capitals.
pub(in super::super) fn share_of_capitals(text: &str) -> f64 {
    let letters = text.graphemes(true).filter_map(|g| g.chars().next()).filter(|c| c.is_alphabetic());
    let (mut upper, mut all) = (0_u32, 0_u32);
    for letter in letters {
        all += 1;
        upper += u32::from(letter.is_uppercase());
    }
    if all == 0 { 0.0 } else { f64::from(upper) / f64::from(all) }
}
