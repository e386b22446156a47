//! What a query rules out: "no gaming", "not in Mexico", "excepto TikTok", "sin política ni apuestas", "everyone but gamers".
//!
//! How far a denial reaches: over a list of things of its kind ("no crypto, gambling or politics"), to its last "and" or "or".
//! What comes behind a comma after that, or is of another kind, or has a preposition of its own after "and", is wanted ("sin
//! México ni Argentina, de comida", "not gaming and in Spain"). After a second denial a comma ends the list ("no gaming, no
//! fitness, food").

use super::chunks::{Chunk, What};
use super::lexicon::{Form, role};
use super::niches;
use super::parser::{Reading, add};
use super::topics::{bounds_of, says_size};

/// At most so many helping words stand between "not" and what is ruled out ("who do not post about").
const HELPERS: usize = 6;
/// At most so many words stand between "all" and its "but" ("all the countries but Spain").
const ALL: usize = 4;

pub(super) fn read(reading: &mut Reading<'_>) {
    let (mut at, mut last_end) = (0, None);
    while at < reading.chunks.len() {
        let denies = reading.chunks[at].is(role::NO | role::EXCEPT) || is_but_of_all(reading, at);
        match if denies { exclude(reading, at, last_end) } else { None } {
            Some(next) => (at, last_end) = (next, Some(next)),
            None => at += 1,
        }
    }
}

/// "everyone |but| gamers", "all countries |but| Spain".
fn is_but_of_all(reading: &Reading<'_>, at: usize) -> bool {
    let said = |at: usize| crate::text::folded(reading.words(at));
    if said(at) != "but" {
        return false;
    }
    let before = (at.saturating_sub(ALL)..at).rev();
    let words = before.take_while(|&at| !matches!(reading.chunks[at].what, What::Sign(_)));
    words.into_iter().any(|at| {
        let said = said(at);
        let first = said.split(' ').next().unwrap_or_default();
        matches!(
            first,
            "all"
                | "any"
                | "every"
                | "everyone"
                | "everybody"
                | "anyone"
                | "anybody"
                | "anything"
                | "everything"
                | "anywhere"
                | "everywhere"
        )
    })
}

/// What can be ruled out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Niche,
    Platform,
    Place,
    Language,
    Size,
    /// Of what no list knows.
    Words,
}

/// A member of a list that is ruled out: the chunks of its name, both included.
#[derive(Clone, Copy)]
struct Member {
    first: usize,
    last: usize,
    kind: Kind,
}

/// What stands between two members.
struct Link {
    /// Where the next one begins.
    at: usize,
    /// "and", "or", "nor", or only a comma.
    word: Option<Word>,
    /// "in", "de": said again before the next one.
    preposition: bool,
    /// "no", said again before the next one.
    denial: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    And,
    Or,
    Nor,
}

/// Reads the list behind a word of denial; gives the place after it.
fn exclude(reading: &mut Reading<'_>, denial: usize, last_end: Option<usize>) -> Option<usize> {
    let firm = !reading.chunks[denial].is(role::NO) || reading.chunks[denial].is(role::EXCEPT);
    // "maquillaje natural, no política": a comma before makes a bare "no" firm as well.
    let firm = firm || denial.checked_sub(1).is_some_and(|before| reading.chunks[before].is_sign(",;("));
    let repeated = last_end
        .is_some_and(|end| reading.chunks[end..denial].iter().all(|chunk| chunk.is(role::AND) || chunk.is_sign(",")));
    let within = (denial + 2 + HELPERS).min(reading.chunks.len());
    let first = (denial + 1..within).find(|&at| !helps(reading, at))?;
    let prepositions = introduced(reading, denial + 1, first);
    let mut member = named(reading, first, firm)?;
    rule_out(reading, member, denial);
    let (mut closed, mut sizes) = (false, Vec::new());
    sizes.extend(size(reading, member));
    while let Some(link) = link(reading, member.last) {
        let firm = firm && link.word.is_some() && member.kind == Kind::Words;
        let Some(next) = named(reading, link.at, firm).filter(|_| !link.denial) else { break };
        let alike = next.kind == member.kind;
        let goes_on = match link.word {
            Some(Word::Nor) => true,
            Some(Word::Or) => alike || !link.preposition || prepositions,
            Some(Word::And) if alike => !link.preposition || prepositions,
            Some(Word::And) => !link.preposition && ends_list(reading, next.last),
            None => !closed && !repeated && alike && !link.preposition && ends_list(reading, next.last),
        };
        if !goes_on {
            break;
        }
        closed |= link.word.is_some();
        rule_out(reading, next, next.first);
        sizes.extend(size(reading, next));
        member = next;
    }
    rule_out_sizes(reading, sizes, denial, member.last);
    reading.take(denial, member.last);
    Some(member.last + 1)
}

fn helps(reading: &Reading<'_>, at: usize) -> bool {
    const HELP: u64 =
        role::NO | role::NO_VERB | role::STOP | role::IN | role::OF | role::CREATOR | role::FILLER | role::SPEAK;
    let chunk = &reading.chunks[at];
    let entry = &chunk.entry;
    let names_something = entry.niche.is_some()
        || entry.platform.is_some()
        || entry.country.is_some()
        || entry.region.is_some()
        || entry.language.is_some()
        || chunk.is(role::SIZE);
    !names_something && chunk.is(HELP)
}

/// Whether a preposition stands among these helping words.
fn introduced(reading: &Reading<'_>, from: usize, to: usize) -> bool {
    reading.chunks[from..to].iter().any(|chunk| chunk.is(role::IN | role::OF))
}

/// What a chunk names that can be ruled out. `firm` denials also rule out words that are no niche.
fn named(reading: &Reading<'_>, at: usize, firm: bool) -> Option<Member> {
    let chunk = reading.chunks.get(at)?;
    let entry = &chunk.entry;
    let (kind, mut last) = if chunk.amount().is_some() {
        return None;
    } else if entry.niche.is_some() {
        (Kind::Niche, at)
    } else if entry.platform.is_some() {
        (Kind::Platform, at)
    } else if let Some(last) = language(reading, at) {
        (Kind::Language, last)
    } else if entry.region.is_some()
        || entry.country.is_some_and(|(_, form)| firm || form != Form::DoubtfulName || after_in(reading, at))
        || entry.city.is_some() && (firm || after_in(reading, at))
    {
        (Kind::Place, at)
    } else if chunk.is(role::SIZE) && (chunk.is_creator() || says_size(reading, at)) {
        (Kind::Size, at)
    } else if firm && is_topic(reading, at) {
        let last = (at..reading.chunks.len()).take(3).take_while(|&word| is_topic(reading, word)).last()?;
        (Kind::Words, last)
    } else {
        return None;
    };
    // "no gaming channels", "not Mexican creators"
    if reading.near(last, 1).is_some_and(|next| next.is(role::CREATOR) && next.entry.platform.is_none()) {
        last += 1;
    }
    Some(Member { first: at, last, kind })
}

/// The end of a language that is spoken ("not in English", "no Spanish speakers"), told from where people are ("not Spanish").
fn language(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let entry = &reading.chunks[at].entry;
    if entry.speakers.is_some() {
        return Some(at);
    }
    entry.language?;
    let speaks = |offset| reading.near(at, offset).is_some_and(|chunk| chunk.is(role::SPEAK));
    if speaks(1) {
        return Some(at + 1);
    }
    let inside = reading.near(at, -1).is_some_and(|before| before.is(role::IN) && !before.is(role::OF));
    let spoken = speaks(-1)
        || inside
        || reading.near(at, -1).is_some_and(|no| no.is(role::SPEAK | role::NO) && no_speaks(reading, at - 1));
    (spoken || entry.country.is_none()).then_some(at)
}

/// "que no hablen |inglés"
fn no_speaks(reading: &Reading<'_>, at: usize) -> bool {
    let said = crate::text::folded(reading.words(at));
    said.split(' ').any(|word| word.starts_with("habl"))
}

/// Rules a member out, and notes it with the words from `from` on.
fn rule_out(reading: &mut Reading<'_>, member: Member, from: usize) {
    let chunk = reading.chunks[member.first];
    let entry = chunk.entry;
    let found = &mut reading.found;
    let field = match member.kind {
        Kind::Niche => {
            entry.niche.into_iter().for_each(|niche| add(&mut found.excluded_niches, niches::name(niche).to_owned()));
            "excluded_niches"
        }
        Kind::Platform => {
            if let Some(platform) = entry.platform {
                add(&mut found.excluded_platforms, platform);
            }
            "excluded_platforms"
        }
        Kind::Language => {
            let language = entry.speakers.or(entry.language);
            if let Some(language) = language {
                add(&mut found.excluded_languages, language);
            }
            "excluded_languages"
        }
        Kind::Place => {
            let country = entry.country.map(|(country, _)| country);
            if entry.region.is_none() && country.is_none() {
                let words = &reading.query[chunk.start..chunk.end];
                add(&mut found.excluded_words, words.to_lowercase());
                "excluded_words"
            } else {
                let region = entry.region.map_or(&[][..], |region| &region.countries);
                region.iter().copied().chain(country.filter(|_| entry.region.is_none())).for_each(|country| {
                    add(&mut found.excluded_countries, country);
                });
                "excluded_countries"
            }
        }
        Kind::Words => {
            let words = &reading.query[chunk.start..reading.chunks[member.last].end];
            add(&mut found.excluded_words, words.to_lowercase());
            "excluded_words"
        }
        Kind::Size => "followers",
    };
    reading.note(field, from, member.last);
}

/// The bounds of a size that is ruled out.
fn size(reading: &Reading<'_>, member: Member) -> Option<(u64, Option<u64>)> {
    let roles = reading.chunks[member.first].entry.roles;
    (member.kind == Kind::Size).then(|| match bounds_of(roles) {
        // Who wants nobody so large wants nobody larger.
        (least, _) if roles & role::MACRO != 0 => (least, None),
        bounds => bounds,
    })
}

/// Without the smallest sizes or the largest a range is left. Without the middle there are two, which no filter is: that is told.
fn rule_out_sizes(reading: &mut Reading<'_>, mut sizes: Vec<(u64, Option<u64>)>, from: usize, to: usize) {
    if sizes.is_empty() {
        return;
    }
    sizes.sort_unstable();
    let (mut least, mut most) = (0, None);
    for (low, high) in &sizes {
        match high {
            Some(high) if *low <= least => least = least.max(high + 1),
            None => most = most.or(low.checked_sub(1)),
            Some(_) => return reading.not_understood(from, to),
        }
    }
    let found = &mut reading.found;
    found.followers_min = found.followers_min.or((least > 0).then_some(least));
    found.followers_max = found.followers_max.or(most);
}

fn is_topic(reading: &Reading<'_>, at: usize) -> bool {
    let chunk = &reading.chunks[at];
    let a_thing = chunk.is(role::PRODUCT | role::CUISINE | role::NOT_FOLLOWERS | role::TRAVELLING | role::FOLLOWERS)
        && chunk.entry.niche.is_none();
    chunk.is_unknown() || a_thing
}

fn after_in(reading: &Reading<'_>, at: usize) -> bool {
    let article = reading.near(at, -1).is_some_and(|before| before.is(role::STOP) && !before.is(role::IN | role::OF));
    let before = if article { -2 } else { -1 };
    reading.near(at, before).is_some_and(|before| before.is(role::IN | role::OF))
}

/// What stands behind a member, if a list may go on there.
fn link(reading: &Reading<'_>, last: usize) -> Option<Link> {
    let (mut comma, mut word, mut denial) = (false, None, false);
    let mut at = last + 1;
    let mut helpers = at;
    loop {
        let chunk = reading.chunks.get(at)?;
        if chunk.is_sign(",") {
            comma = true;
        } else if chunk.is(role::AND) {
            let said = crate::text::folded(reading.words(at));
            word = Some(match said.as_ref() {
                "ni" | "nor" => Word::Nor,
                "or" | "o" | "u" | "/" => Word::Or,
                _ => word.unwrap_or(Word::And),
            });
        } else if (comma || word.is_some()) && at - last <= HELPERS && may_follow(reading, chunk, at) {
            denial |= chunk.is(role::NO);
            at += 1;
            continue;
        } else {
            break;
        }
        at += 1;
        helpers = at;
    }
    let preposition = introduced(reading, helpers, at);
    (comma || word.is_some()).then_some(Link { at, word, preposition, denial })
}

/// A helping word within a list; not "creators", nor "find", with which another sentence begins.
fn may_follow(reading: &Reading<'_>, chunk: &Chunk, at: usize) -> bool {
    helps(reading, at) && !chunk.is(role::CREATOR) && (!chunk.is(role::FILLER) || chunk.is(role::NO_VERB))
}

/// After a comma the list goes on only if what stands there ends it ("…, crypto." or "…, crypto and politics"): in "no gaming,
/// fitness creators in Spain" it does not.
fn ends_list(reading: &Reading<'_>, last: usize) -> bool {
    let Some(next) = reading.near(last, 1) else { return !reading.chunks[last].is(role::CREATOR) };
    !reading.chunks[last].is(role::CREATOR) && (next.is_sign(",.;)!?") || next.is(role::AND))
}
