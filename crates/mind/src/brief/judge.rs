//! Judges of requirements in words: what [`super::asks`] read, against a caption.

use super::asks::{Ask, Place, Want, content};
use super::compare::{self, Likeness};
use super::concepts::{self, Class, Concept};
use super::disclosure;
use super::facts;
use super::language::Written;
use super::meaning::Meaning;
use super::model::{Brief, Check, Content, Judge, Quote, Verdict};
use super::platforms::Known;
use super::sizes::{Size, Unit};
use super::text::{Part, Run, Text, emojis, flat, length};
use super::words::PROFANITY;

mod look;

pub(super) use look::share_of_capitals;
use look::{
    capital, capitals, first_person, kind, marks_like, phrase_of, question, rank, run_at, same_word, stands,
    tags_together, unit_name,
};

/// Sentences of a caption that are compared by meaning, at most.
const SENTENCES: usize = 60;
/// As near as this is the same subject, as far as this is another. Shares of 1; measured on `data/probes.tsv`.
const NEAR: f32 = 0.80;
const FAR: f32 = 0.12;

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

    fn denied(&self, want: &Want) -> Found {
        let mut worst = Found::new(Verdict::Pass, None, "It does not stand in any caption");
        for text in self.texts {
            let found = self.absent(want, text);
            let graver = found.verdict == Verdict::Fail
                || (found.verdict == Verdict::CannotTell && worst.verdict == Verdict::Pass);
            if graver {
                let quote = found.quote.or_else(|| found.run.as_ref().and_then(|run| text.quote(run)));
                worst = Found { quote, run: None, ..found };
            }
            if text.cut && worst.verdict == Verdict::Pass {
                worst = Found::open("Only the beginning of the caption was read");
            }
        }
        worst
    }

    fn absent(&self, want: &Want, text: &Text<'_>) -> Found {
        let hit = |run: Run| Found { verdict: Verdict::Fail, ..Found::pass(run, "It stands in the caption") };
        let clean = || Found::new(Verdict::Pass, None, "It does not stand in any caption");
        match want {
            Want::Phrase(phrase) => facts::forbidden_in(text, phrase).map_or_else(clean, |(run, sure)| {
                if sure {
                    hit(run)
                } else {
                    Found {
                        verdict: Verdict::CannotTell,
                        ..Found::pass(run, "A word that contains it stands in the caption")
                    }
                }
            }),
            Want::AnyOf(wants) => {
                let mut open = None;
                for want in wants {
                    let found = self.absent(want, text);
                    match found.verdict {
                        Verdict::Fail => return found,
                        Verdict::CannotTell => open = open.or(Some(found)),
                        Verdict::Pass => {}
                    }
                }
                open.unwrap_or_else(clean)
            }
            Want::Concept(concept) if concept.class == Class::Names => {
                Found::open("Which names these are, the brief does not say")
            }
            Want::Concept(concept) => match text.any(concept.said.iter().copied()) {
                (Some(run), _) if concept.class == Class::Hard => hit(run),
                (Some(run), _) => Found { verdict: Verdict::CannotTell, ..Found::pass(run, "These words may be it") },
                (None, _) => match text.any(concept.cues.iter().copied()) {
                    (Some(run), _) => {
                        Found { verdict: Verdict::CannotTell, ..Found::pass(run, "These words come near it") }
                    }
                    _ if concept.class == Class::Hard => clean(),
                    _ => Found::open("There are more ways to say it than any list has"),
                },
            },
            Want::Tag(tag) | Want::Mention(tag) => match marks_like(text, tag).into_iter().next() {
                Some((run, Likeness::Same)) => hit(run),
                Some((run, _)) => Found {
                    verdict: Verdict::CannotTell,
                    ..Found::pass(run, "One that looks like it stands in the caption")
                },
                None => clean(),
            },
            Want::Code(code) => text.find(&flat(code)).next().map_or_else(clean, hit),
            Want::Capitals => capitals(text),
            Want::Profanity => match text.any(PROFANITY.iter().copied().filter(|word| !word.contains(' '))) {
                (Some(run), _) | (None, Some(run)) => hit(run),
                _ if text.read.contains("**")
                    || text.read.contains("f*")
                    || text.read.contains("sh*")
                    || text.read.contains("#@") =>
                {
                    Found::open("Some words are masked")
                }
                _ => clean(),
            },
            Want::Says(words) | Want::Topic(words) => self.silent(words, text),
            Want::Language(language) => match self.written {
                Written::In(seen) if seen == *language => Found::fail("The caption is in that language"),
                Written::In(_) => clean(),
                _ => Found::open("The caption's language could not be told"),
            },
            Want::Brand => {
                disclosure::names(self.brief).iter().find_map(|name| text.find(name).next()).map_or_else(clean, hit)
            }
            Want::Unseen(why) => Found::open(capital(why)),
            _ => Found::open("No rule reads these words"),
        }
    }

    fn silent(&self, words: &str, text: &Text<'_>) -> Found {
        let wanted = content(words);
        let hits: Vec<Option<usize>> =
            wanted.iter().map(|word| (0..text.words.len()).find(|&at| same_word(text.word(at), word))).collect();
        let first = hits.iter().flatten().min().copied();
        match first {
            Some(at) if hits.iter().all(Option::is_some) => {
                Found { verdict: Verdict::Fail, ..Found::pass(at..at + 1, "It stands in the caption") }
            }
            Some(at) => {
                Found { verdict: Verdict::CannotTell, ..Found::pass(at..at + 1, "A word of it stands in the caption") }
            }
            None => match self.nearest(words, text) {
                Some((_, likeness)) if likeness <= FAR => Found {
                    by: Judge::Meaning,
                    ..Found::new(Verdict::Pass, None, "Nothing in the caption comes near it in meaning")
                },
                Some((sentence, _)) => Found {
                    by: Judge::Meaning,
                    quote: Some(text.quote_bytes(sentence)),
                    ..Found::open("This may come near it in meaning")
                },
                None if text.plain_words() == 0 => Found::new(Verdict::Pass, None, "There are no words"),
                None => Found::open("Without a model its meaning cannot be compared"),
            },
        }
    }

    fn concept(&self, concept: &Concept, text: &Text<'_>) -> Found {
        if concept.class == Class::Names {
            return Found::open("Which names these are, the brief does not say");
        }
        let prose = text.words.iter().any(|word| word.part == Part::Plain);
        let said = match text.any(concept.said.iter().copied()) {
            // A tag alone describes nothing.
            (Some(run), _) if concept.class == Class::Soft && text.words[run.start].part == Part::Tag => {
                let plain = concept
                    .said
                    .iter()
                    .flat_map(|phrase| text.find(phrase).take(50))
                    .find(|run| text.words[run.start].part != Part::Tag && !text.is_denied(run));
                (plain, None)
            }
            said => said,
        };
        match said {
            (Some(run), _) => Found::pass(run, format!("These words say “{}”", concept.name)),
            (None, Some(run)) => {
                Found { verdict: Verdict::CannotTell, ..Found::pass(run, "It is said with a denial before it") }
            }
            (None, None) if !prose => Found::fail("The caption has no words but tags, mentions and links"),
            (None, None) => match text.any(concept.cues.iter().copied()) {
                (Some(run), _) | (None, Some(run)) => {
                    Found { verdict: Verdict::CannotTell, ..Found::pass(run, "These words come near it") }
                }
                _ if concept.class == Class::Hard || concept.cues.len() > 2 => {
                    Found::fail("No words in the caption say it")
                }
                _ if text.plain_words() < 4 => Found::fail("The caption has hardly any words of its own"),
                _ => self.far(concept, text),
            },
        }
    }

    /// A soft concept without any of its words: only meaning is left.
    fn far(&self, concept: &Concept, text: &Text<'_>) -> Found {
        match self.nearest(concept.name, text) {
            Some((_, likeness)) if likeness <= 0.0 && text.plain_words() < 12 => Found {
                by: Judge::Meaning,
                ..Found::fail("No words in the caption say it, and none comes near it in meaning")
            },
            _ => Found::open("None of the usual words stands in the caption, and there are many ways to say it"),
        }
    }

    fn says(&self, words: &str, text: &Text<'_>, must_say: bool) -> Found {
        let wanted = content(words);
        let hit = |word: &str| (0..text.words.len()).find(|&at| same_word(text.word(at), word));
        let hits: Vec<Option<usize>> = wanted.iter().map(|word| hit(word)).collect();
        let found: Vec<usize> = hits.iter().flatten().copied().collect();
        if !wanted.is_empty() && found.len() == wanted.len() {
            let (first, last) = (found.iter().min().copied().unwrap_or(0), found.iter().max().copied().unwrap_or(0));
            let near = last - first <= 25;
            let run = if near { first..last + 1 } else { first..first + 1 };
            if found.iter().any(|&at| text.is_denied(&(at..at + 1))) {
                return Found {
                    verdict: Verdict::CannotTell,
                    ..Found::pass(run, "The words stand there, with a denial before them")
                };
            }
            return Found::pass(run, "Its words stand in the caption");
        }
        // "20% discount", said as "20% off".
        let figures: Vec<&&str> = wanted.iter().filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).collect();
        if must_say && figures.iter().any(|figure| hit(figure).is_none()) {
            return Found {
                run: found.first().map(|&at| at..at + 1),
                ..Found::fail("Its figure does not stand in the caption")
            };
        }
        if let (false, Some((concept, _))) = (figures.is_empty(), concepts::named(words).first())
            && let (Some(run), _) = text.any(concept.said.iter().copied())
        {
            return Found::pass(run, format!("Its figure stands there, and these words say “{}”", concept.name));
        }
        if text.plain_words() == 0 {
            return Found::fail("The caption has no words but tags, mentions and links");
        }
        match self.nearest(words, text) {
            Some((sentence, likeness)) if likeness >= NEAR => {
                let how = format!("This comes near it in meaning: {:.0} of 100", likeness * 100.0);
                let run = run_at(text, sentence.start);
                Found {
                    by: Judge::Meaning,
                    quote: Some(text.quote_bytes(sentence)),
                    run,
                    ..Found::new(Verdict::Pass, None, how)
                }
            }
            Some((_, likeness)) if likeness <= FAR && found.is_empty() => Found {
                by: Judge::Meaning,
                ..Found::fail("None of its words stands in the caption, and nothing comes near it in meaning")
            },
            Some((sentence, likeness)) => {
                let how =
                    format!("The nearest sentence is {:.0} of 100 in meaning, which shows neither", likeness * 100.0);
                Found { by: Judge::Meaning, quote: Some(text.quote_bytes(sentence)), ..Found::open(how) }
            }
            None => Found::open("Without a model its meaning cannot be compared"),
        }
    }

    /// The sentence of a caption that is nearest in meaning.
    fn nearest(&self, words: &str, text: &Text<'_>) -> Option<(std::ops::Range<usize>, f32)> {
        let mut sentences: Vec<std::ops::Range<usize>> = Vec::new();
        let mut last = usize::MAX;
        for word in text.words.iter().filter(|word| word.part == Part::Plain) {
            if word.sentence != last && sentences.len() == SENTENCES {
                break;
            }
            match sentences.last_mut().filter(|_| word.sentence == last) {
                Some(sentence) => sentence.end = word.at.end,
                None => sentences.push(word.at.clone()),
            }
            last = word.sentence;
        }
        let parts: Vec<&str> = sentences.iter().map(|at| &text.read[at.clone()]).collect();
        let likeness = self.meaning.likeness(words, &parts)?;
        let best = likeness.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
        Some((sentences.get(best.0)?.clone(), *best.1))
    }

    fn size(&self, size: &Size, text: &Text<'_>) -> Found {
        let (low, high) = self.count(size, text);
        let name = unit_name(size.unit);
        let counted =
            if low == high { format!("{low} {name}") } else { format!("{low} to {high} {name}, by how one counts") };
        let (least, most) = (size.least.unwrap_or(0), size.most.unwrap_or(u64::MAX));
        let within = |count: u64| least <= count && count <= most;
        let asked = match (size.least, size.most) {
            (Some(least), Some(most)) if least == most => format!("{least}"),
            (Some(least), Some(most)) => format!("{least} to {most}"),
            (Some(least), None) => format!("at least {least}"),
            (None, Some(most)) => format!("at most {most}"),
            (None, None) => "any".to_owned(),
        };
        let how = format!("{counted}; asked: {}{asked}", if size.about { "about " } else { "" });
        if text.cut && size.most.is_none_or(|most| low <= most) && size.unit != Unit::Characters {
            return Found::open("Only the beginning of the caption was read");
        }
        let verdict = if size.about {
            let far = |count: u64| count * 2 < least || count > most.saturating_mul(3) / 2;
            let near = |count: u64| count * 5 >= least * 4 && count * 5 <= most.saturating_mul(6);
            if near(low) && near(high) {
                Verdict::Pass
            } else if far(low) && far(high) {
                Verdict::Fail
            } else {
                Verdict::CannotTell
            }
        } else if within(low) && within(high) {
            Verdict::Pass
        } else if !within(low) && !within(high) && (low < least) == (high < least) {
            // A number alone: fewer is too few, more may be meant.
            if size.bare && low > most && size.unit != Unit::Characters { Verdict::CannotTell } else { Verdict::Fail }
        } else {
            Verdict::CannotTell
        };
        let verdict = if size.bare
            && matches!(size.unit, Unit::Characters | Unit::Words)
            && verdict == Verdict::Fail
            && low * 2 > least
            && low < most.saturating_mul(2)
        {
            Verdict::CannotTell
        } else {
            verdict
        };
        Found { quote: Self::evidence(size.unit, text), ..Found::new(verdict, None, how) }
    }

    /// The least and the most that one may count.
    fn count(&self, size: &Size, text: &Text<'_>) -> (u64, u64) {
        let one = |count: usize| (count as u64, count as u64);
        let whole = self.content.captions.get(self.main).map_or(text.read, |caption| caption.text.as_str());
        match size.unit {
            Unit::Characters if size.without_tags => one(length(&text.prose())),
            Unit::Characters => one(if text.cut { whole.chars().count() } else { length(whole) }),
            Unit::Words => {
                let parts: Vec<&str> =
                    text.read.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).collect();
                let marked = text.marks.tags.len() + text.marks.mentions.len() + text.marks.links.len();
                let low = parts.len().saturating_sub(marked);
                if size.without_tags { one(low) } else { (low as u64, parts.len() as u64) }
            }
            Unit::Lines => one(text.read.lines().filter(|line| !line.trim().is_empty()).count()),
            Unit::Sentences => {
                let mut sentences: Vec<usize> =
                    text.words.iter().filter(|word| word.part == Part::Plain).map(|word| word.sentence).collect();
                sentences.dedup();
                one(sentences.len())
            }
            Unit::Paragraphs => one(text.read.split("\n\n").filter(|part| !part.trim().is_empty()).count()),
            Unit::Emojis => one(emojis(text.read).count()),
            Unit::Hashtags => one(text.marks.tags.len()),
            Unit::Mentions => one(text.marks.mentions.len()),
            Unit::Friends => {
                let names = disclosure::names(self.brief);
                let others = text.marks.mentions.iter().filter(|span| {
                    let handle = flat(&text.read[(*span).clone()]);
                    !names.contains(&handle)
                });
                let mut handles: Vec<String> = others.map(|span| compare::key(&text.read[span.clone()])).collect();
                handles.sort();
                handles.dedup();
                let all = handles.len() as u64;
                (all, all)
            }
            Unit::Links => one(text.marks.links.len()),
            Unit::Questions => one(text.prose().matches('?').count()),
            Unit::Exclamations => one(text.prose().matches('!').count()),
        }
    }

    fn evidence(unit: Unit, text: &Text<'_>) -> Option<Quote> {
        match unit {
            Unit::Emojis => emojis(text.read).next().map(|at| text.quote_bytes(at)),
            Unit::Hashtags => text.marks.tags.first().map(|at| text.quote_bytes(at.clone())),
            Unit::Mentions | Unit::Friends => text.marks.mentions.last().map(|at| text.quote_bytes(at.clone())),
            Unit::Links => text.marks.links.first().map(|at| text.quote_bytes(at.clone())),
            Unit::Questions => text.read.find('?').map(|at| text.quote_bytes(at..at + 1)),
            Unit::Exclamations => text.read.find('!').map(|at| text.quote_bytes(at..at + 1)),
            _ => text.quote_all(),
        }
    }
}
