//! What a query rules out: "no gaming", "not in Mexico", "excepto TikTok", "sin política ni apuestas".

use super::chunks::Fate;
use super::lexicon::{Form, role};
use super::niches;
use super::parser::{Reading, add};

/// At most so many helping words stand between "not" and what is ruled out ("who do not post about").
const HELPERS: usize = 6;

pub(super) fn read(reading: &mut Reading<'_>) {
    let mut at = 0;
    while at < reading.chunks.len() {
        let next = if reading.chunks[at].is(role::NO | role::EXCEPT) { exclude(reading, at) } else { None };
        at = next.unwrap_or(at + 1);
    }
}

/// Reads the list behind a word of denial; gives the place after it.
fn exclude(reading: &mut Reading<'_>, denial: usize) -> Option<usize> {
    let firm = reading.chunks[denial].is(role::EXCEPT);
    // "maquillaje natural, no política": a comma before makes a bare "no" firm as well.
    let firm = firm || denial.checked_sub(1).is_some_and(|before| reading.chunks[before].is_sign(",;("));
    let within = (denial + 2 + HELPERS).min(reading.chunks.len());
    let first = (denial + 1..within).find(|&at| !helps(reading, at))?;
    if reading.chunks[first].amount().is_some() {
        return None;
    }
    let mut last = rule_out(reading, first, firm)?;
    let mut members = vec![(first, last)];
    while let Some((next, by_comma)) = continues(reading, last) {
        if by_comma && !list_goes_on(reading, next) {
            break;
        }
        let Some(end) = rule_out(reading, next, false) else { break };
        members.push((next, end));
        last = end;
    }
    reading.take(denial, last);
    Some(last + 1)
}

fn helps(reading: &Reading<'_>, at: usize) -> bool {
    let chunk = &reading.chunks[at];
    let names_something =
        chunk.entry.niche.is_some() || chunk.entry.platform.is_some() || chunk.entry.country.is_some();
    !names_something && chunk.is(role::NO | role::NO_VERB | role::STOP | role::IN | role::OF | role::CREATOR)
}

/// Rules out what stands here, and notes it with its denial. `firm` denials also rule out words that are no niche.
fn rule_out(reading: &mut Reading<'_>, at: usize, firm: bool) -> Option<usize> {
    let entry = reading.chunks.get(at)?.entry;
    let (field, mut last) = if let Some(niche) = entry.niche {
        add(&mut reading.found.excluded_niches, niches::name(niche).to_owned());
        ("excluded_niches", at)
    } else if let Some(platform) = entry.platform {
        add(&mut reading.found.excluded_platforms, platform);
        ("excluded_platforms", at)
    } else if let Some(region) = entry.region {
        region.countries.iter().for_each(|country| add(&mut reading.found.excluded_countries, *country));
        ("excluded_countries", at)
    } else if let Some((country, _)) =
        entry.country.filter(|(_, form)| firm || *form != Form::DoubtfulName || after_in(reading, at))
    {
        add(&mut reading.found.excluded_countries, country);
        ("excluded_countries", at)
    } else if firm && is_topic(reading, at) {
        let end = (at..reading.chunks.len()).take(3).take_while(|&word| is_topic(reading, word)).last()?;
        let words = &reading.query[reading.chunks[at].start..reading.chunks[end].end];
        add(&mut reading.found.excluded_words, words.to_lowercase());
        ("excluded_words", end)
    } else {
        return None;
    };
    // "no gaming channels", "not Mexican creators"
    if reading.near(last, 1).is_some_and(|next| next.is(role::CREATOR) && next.entry.platform.is_none()) {
        last += 1;
    }
    let denial = (0..at).rev().find(|&before| {
        reading.chunks[before].is(role::NO | role::EXCEPT) && reading.chunks[before].fate == Fate::Open
    });
    let from = denial.filter(|&denial| (denial + 1..at).all(|between| helps(reading, between))).unwrap_or(at);
    reading.note(field, from, last);
    Some(last)
}

fn is_topic(reading: &Reading<'_>, at: usize) -> bool {
    let chunk = &reading.chunks[at];
    let a_thing = chunk.is(role::PRODUCT | role::CUISINE | role::NOT_FOLLOWERS | role::TRAVELLING | role::FOLLOWERS)
        && chunk.entry.niche.is_none();
    chunk.is_unknown() || a_thing
}

fn after_in(reading: &Reading<'_>, at: usize) -> bool {
    reading.near(at, -1).is_some_and(|before| before.is(role::IN | role::OF))
}

/// Where a list goes on after this place, and whether by a comma alone.
fn continues(reading: &Reading<'_>, last: usize) -> Option<(usize, bool)> {
    let mut at = last + 1;
    let (mut comma, mut and) = (false, false);
    loop {
        let chunk = reading.chunks.get(at)?;
        if chunk.is_sign(",") {
            comma = true;
        } else if chunk.is(role::AND) {
            and = true;
        } else if !((comma || and) && helps(reading, at) && !chunk.is(role::CREATOR)) {
            break;
        }
        at += 1;
    }
    (comma || and).then_some((at, !and))
}

/// After a comma the list goes on only if what stands there ends it ("…, crypto." or "…, crypto and politics"): in "no gaming,
/// fitness creators in Spain" it does not.
fn list_goes_on(reading: &Reading<'_>, at: usize) -> bool {
    let Some(next) = reading.near(at, 1) else { return true };
    next.is_sign(",.;)!?") || next.is(role::AND)
}
