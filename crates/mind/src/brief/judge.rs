//! Judges of requirements in words: what [`super::asks`] read, against a caption.

use super::asks::{Ask, Place, Want};
use super::compare::Likeness;
use super::disclosure;
use super::facts;
use super::language::Written;
use super::meaning::Meaning;
use super::model::{Brief, Check, Content, Judge, Quote, Verdict};
use super::platforms::Known;
use super::text::{Part, Run, Text, flat};

mod denied;
mod look;
mod says;
mod size;

pub(super) use look::share_of_capitals;
use look::{capital, first_person, kind, marks_like, phrase_of, question, rank, same_word, stands, tags_together};

/// What judges need.
pub(super) struct Case<'a> {
    pub(super) brief: &'a Brief,
    pub(super) content: &'a Content,
    pub(super) texts: &'a [Text<'a>],
    /// The caption of the platform that it is posted on.
    pub(super) main: usize,
    pub(super) written: Written,
    pub(super) platform: Known,
    pub(super) meaning: &'a dyn Meaning,
}

/// What was found.
pub(super) struct Found {
    verdict: Verdict,
    run: Option<Run>,
    quote: Option<Quote>,
    how: String,
    by: Judge,
}

impl Found {
    fn new(verdict: Verdict, run: Option<Run>, how: impl Into<String>) -> Self {
        Self { verdict, run, quote: None, how: how.into(), by: Judge::Rules }
    }

    fn pass(run: Run, how: impl Into<String>) -> Self {
        Self::new(Verdict::Pass, Some(run), how)
    }

    fn fail(how: impl Into<String>) -> Self {
        Self::new(Verdict::Fail, None, how)
    }

    fn open(how: impl Into<String>) -> Self {
        Self::new(Verdict::CannotTell, None, how)
    }
}

impl Case<'_> {
    /// The check of one requirement in words.
    pub(super) fn judge(&self, ask: &Ask) -> Vec<Check> {
        let text = &self.texts[self.main];
        if matches!(ask.want, Want::Disclosure) {
            let mut checks = disclosure::checks(self.brief, self.content, text, self.written, self.platform);
            if let Some(check) = checks.first_mut() {
                check.requirement.clone_from(&ask.requirement);
            }
            return checks;
        }
        // Facts of links and codes are looked for beside the captions, too.
        if let (Want::Link(link), false) = (&ask.want, ask.denied) {
            let mut check = facts::link(link, self.content, self.texts);
            check.requirement.clone_from(&ask.requirement);
            return vec![check];
        }
        let kind = kind(&ask.want, ask.denied);
        let mut found = if ask.denied && !matches!(ask.want, Want::Size(_)) {
            self.denied(&ask.want)
        } else {
            self.wanted(&ask.want, text, ask.place)
        };
        if text.cut && found.verdict == Verdict::Fail && found.run.is_none() && !matches!(ask.want, Want::Size(_)) {
            found = Found::open("Only the beginning of the caption was read, and it is not there");
        }
        let quote = found.quote.or_else(|| found.run.as_ref().and_then(|run| text.quote(run)));
        vec![Check {
            requirement: ask.requirement.clone(),
            kind,
            verdict: found.verdict,
            quote,
            how: found.how,
            judged_by: found.by,
        }]
    }

    fn wanted(&self, want: &Want, text: &Text<'_>, place: Place) -> Found {
        let found = self.present(want, text);
        if place == Place::Anywhere || !matches!(found.verdict, Verdict::Pass) {
            return found;
        }
        let Some(run) = found.run.clone() else { return found };
        // Of several, the one that stands best.
        let runs = self.runs(want, text);
        let best = |wanted: Verdict| {
            runs.iter().take(50).chain([&run]).find(|run| stands(text, run, place, self.platform) == wanted).cloned()
        };
        if let Some(run) = best(Verdict::Pass) {
            return Found { how: format!("{}, where it should", found.how), run: Some(run), ..found };
        }
        if let Some(run) = best(Verdict::CannotTell) {
            return Found {
                verdict: Verdict::CannotTell,
                how: "It stands near where it should".into(),
                run: Some(run),
                ..found
            };
        }
        let line = text.words.get(run.start).map_or(0, |word| rank(text, word.line, |word| word.line)) + 1;
        Found { verdict: Verdict::Fail, how: format!("It stands in line {line}, not where it should"), ..found }
    }

    /// Every place where it stands.
    fn runs(&self, want: &Want, text: &Text<'_>) -> Vec<Run> {
        match want {
            Want::Phrase(phrase) => text.find(&flat(phrase)).take(50).collect(),
            Want::Concept(concept) => concept
                .said
                .iter()
                .flat_map(|phrase| text.find(phrase).take(20).collect::<Vec<_>>())
                .filter(|run| !text.is_denied(run))
                .collect(),
            Want::Tag(tag) | Want::Mention(tag) => marks_like(text, tag)
                .into_iter()
                .filter(|(_, like)| *like == Likeness::Same)
                .map(|(run, _)| run)
                .collect(),
            Want::Code(code) => text.find(&flat(code)).take(50).collect(),
            Want::Says(words) | Want::Topic(words) => words
                .split(' ')
                .flat_map(|word| {
                    (0..text.words.len())
                        .filter(|&at| same_word(text.word(at), word))
                        .map(|at| at..at + 1)
                        .collect::<Vec<_>>()
                })
                .collect(),
            Want::Brand => disclosure::names(self.brief)
                .iter()
                .flat_map(|name| text.find(name).take(20).collect::<Vec<_>>())
                .collect(),
            Want::AnyOf(wants) => wants.iter().flat_map(|want| self.runs(want, text)).collect(),
            _ => Vec::new(),
        }
    }

    fn present(&self, want: &Want, text: &Text<'_>) -> Found {
        match want {
            Want::Size(size) => self.size(size, text),
            Want::Phrase(phrase) => phrase_of(text, phrase),
            Want::Concept(concept) => self.concept(concept, text),
            Want::Says(words) => self.says(words, text, true),
            Want::Topic(words) => self.says(words, text, false),
            Want::AnyOf(wants) => {
                let mut all: Vec<Found> = wants.iter().map(|want| self.present(want, text)).collect();
                for wanted in [Verdict::Pass, Verdict::CannotTell] {
                    if let Some(at) = all.iter().position(|found| found.verdict == wanted) {
                        return all.swap_remove(at);
                    }
                }
                Found::fail("None of them stands in the caption")
            }
            Want::Tag(tag) | Want::Mention(tag) => {
                let check = facts::mark(tag, tag.starts_with(['@', '＠']), self.texts, self.platform);
                let run = check
                    .quote
                    .as_ref()
                    .filter(|quote| quote.caption == text.name)
                    .and_then(|_| marks_like(text, tag).into_iter().next())
                    .map(|(run, _)| run);
                Found { verdict: check.verdict, run, quote: check.quote, how: check.how, by: Judge::Rules }
            }
            Want::Link(_) => Found::open("It is judged beside the captions"),
            Want::Code(code) => {
                let check = facts::code(code, self.texts);
                let run = text.find(&flat(code)).next();
                Found { verdict: check.verdict, run, quote: check.quote, how: check.how, by: Judge::Rules }
            }
            Want::Language(wanted) => {
                let check = facts::language(*wanted, self.written, text);
                Found { verdict: check.verdict, run: None, quote: check.quote, how: check.how, by: Judge::Rules }
            }
            Want::Bilingual => match self.written {
                Written::Mixed => Found::new(Verdict::Pass, None, "It is in English and Spanish"),
                Written::In(_) => {
                    Found::open("One language was recognised; how much of the other there has to be is not said")
                }
                Written::Unclear => Found::open("There is too little text to tell its language"),
            },
            Want::Question => question(text),
            Want::Tags => match text.words.iter().position(|word| word.part == Part::Tag) {
                Some(_) => tags_together(text),
                None => Found::open("There are no tags"),
            },
            Want::Brand => {
                let names = disclosure::names(self.brief);
                let run = names
                    .iter()
                    .find_map(|name| text.find(name).next().or_else(|| text.find(&name.replace(' ', "")).next()));
                match run {
                    Some(run) => Found::pass(run, "The brand is named"),
                    None if names.is_empty() => Found::open("The brief does not say how the brand is called"),
                    None => Found::fail("None of the brand's names stands in the caption"),
                }
            }
            Want::Order(one, other) => self.order(one, other, text),
            Want::FirstPerson => first_person(text),
            Want::Capitals | Want::Profanity | Want::Disclosure => Found::open("No rule reads these words"),
            Want::Unseen(why) => Found::open(capital(why)),
        }
    }

    fn order(&self, one: &Want, other: &Want, text: &Text<'_>) -> Found {
        let (one, other) = (self.runs(one, text), self.runs(other, text));
        match (one.iter().min_by_key(|run| run.start), other.iter().min_by_key(|run| run.start)) {
            (Some(one), Some(other)) if one.start < other.start => {
                Found::pass(one.start..other.end, "They stand in this order")
            }
            (Some(one), Some(other)) => {
                Found { verdict: Verdict::Fail, ..Found::pass(other.start..one.end, "They stand the other way round") }
            }
            _ => Found::fail("They do not both stand in the caption"),
        }
    }
}
