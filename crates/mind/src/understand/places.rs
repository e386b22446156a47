//! Countries and languages: where creators are and what they speak, told from what they write about ("Mexican food",
//! "viajes a Japón").

use super::Lang;
use super::chunks::{Chunk, Fate};
use super::lexicon::{Form, role};
use super::parser::{Reading, add};
use crate::geo::{self, CountryCode};

/// Codes of two letters that are believed in capitals after "in" or "from": no other word looks like them there.
const CODES: [&str; 24] = [
    "GB", "ES", "MX", "FR", "DE", "BR", "CO", "CL", "PE", "NL", "PT", "JP", "KR", "AU", "NZ", "CN", "IN", "SE", "NO",
    "DK", "FI", "PL", "CH", "UY",
];

pub(super) fn read(reading: &mut Reading<'_>) {
    for at in 2..reading.chunks.len() {
        labelled(reading, at);
    }
    languages(reading);
    for at in 0..reading.chunks.len() {
        country_by_name(reading, at);
    }
    for at in 0..reading.chunks.len() {
        people_of_a_country(reading, at);
    }
}

/// "country: MX", "idioma: es".
fn labelled(reading: &mut Reading<'_>, at: usize) {
    if !reading.chunks[at - 1].is_sign(":=") || !reading.chunks[at].is_open() {
        return;
    }
    let value = reading.words(at);
    let field = match crate::text::folded(reading.words(at - 2)).as_ref() {
        "country" | "countries" | "location" | "pais" | "paises" => {
            let Some(country) = geo::country(value) else { return };
            add(&mut reading.found.countries, country);
            "countries"
        }
        "language" | "languages" | "idioma" | "idiomas" => {
            let Some(language) = geo::language(value) else { return };
            add(&mut reading.found.languages, language);
            "languages"
        }
        _ => return,
    };
    reading.note(field, at - 2, at);
    reading.take(at - 2, at);
}

/// "Spanish-speaking", "en español", "who speak English or German", "hispanohablantes", "Hindi YouTubers".
fn languages(reading: &mut Reading<'_>) {
    let mut at = 0;
    while at < reading.chunks.len() {
        let chunk = &reading.chunks[at];
        if let Some(language) = chunk.entry.speakers.filter(|_| chunk.is_open()) {
            add(&mut reading.found.languages, language);
            reading.note("languages", at, at);
            reading.take(at, at);
        } else if chunk.entry.language.is_some() && chunk.is_open() {
            let end = end_of_languages(reading, at);
            if let Some((from, to)) = spoken(reading, at, end) {
                for place in at..=end {
                    if let Some(language) = reading.chunks[place].entry.language {
                        add(&mut reading.found.languages, language);
                    }
                }
                reading.note("languages", from, to);
                reading.take(from, to);
            }
            at = end;
        }
        at += 1;
    }
}

/// The last of the languages that stand here with nothing but "and" and commas between.
fn end_of_languages(reading: &Reading<'_>, first: usize) -> usize {
    let mut last = first;
    for at in first + 1..reading.chunks.len() {
        let chunk = &reading.chunks[at];
        if chunk.entry.language.is_some() && chunk.is_open() {
            last = at;
        } else if !(chunk.is(role::AND) || chunk.is_sign(",")) {
            break;
        }
    }
    last
}

/// Whether these languages are spoken rather than an origin, and the chunks that say so.
fn spoken(reading: &Reading<'_>, first: usize, last: usize) -> Option<(usize, usize)> {
    let next = reading.near(last, 1);
    let before = reading.near(first, -1);
    if next.is_some_and(|next| next.is(role::SPEAK)) {
        return Some((first, last + 1));
    }
    if before.is_some_and(|before| before.is(role::SPEAK)) {
        return Some((first - 1, last));
    }
    let in_between = before.is_some_and(|before| before.is(role::IN) && !before.is(role::OF));
    if in_between && reading.near(first, -2).is_some_and(|verb| verb.is(role::SPEAK)) {
        return Some((first - 2, last));
    }
    let preposition = first.checked_sub(1).map(|before| crate::text::fold(reading.words(before)));
    let of_a_topic = next.is_some_and(|next| next.is(role::CUISINE));
    match preposition.as_deref() {
        Some("en") => return Some((first - 1, last)),
        Some("in") if !of_a_topic => return Some((first - 1, last)),
        _ => {}
    }
    if next.is_some_and(|next| next.is(role::TONGUE)) {
        return Some((first, last + 1));
    }
    // "headphones, 50K views, English"
    let item = |chunk: &Chunk| chunk.is_sign(",;");
    if before.is_some_and(item)
        && next.is_none_or(item)
        && reading.chunks[first].entry.country.is_none_or(|(_, form)| form == Form::Adjective)
    {
        return Some((first, last));
    }
    // No country's adjective ("Hindi", "Catalan"), or not of the country that is named already ("Spanish creators in Mexico").
    let plural = |form| form == Form::Plural;
    let origin = reading.chunks[first].entry.country;
    let elsewhere = || reading.chunks.iter().enumerate().any(|(at, chunk)| named(chunk) && introduced(reading, at));
    let tongue_only = origin.is_none() || (origin.is_some_and(|(_, form)| !plural(form)) && elsewhere());
    (tongue_only && !of_a_topic && creators_follow(reading, last)).then_some((first, last))
}

fn named(chunk: &Chunk) -> bool {
    chunk.entry.country.is_some_and(|(_, form)| form == Form::Name || form == Form::DoubtfulName)
}

fn introduced(reading: &Reading<'_>, at: usize) -> bool {
    reading.near(at, -1).is_some_and(|before| before.is(role::IN) && !before.is(role::ABOUT))
}

/// Whether the creators that are looked for come soon after this place: "German tech YouTubers".
pub(super) fn creators_follow(reading: &Reading<'_>, at: usize) -> bool {
    for chunk in reading.chunks.iter().skip(at + 1).take(4) {
        if chunk.is_creator() {
            return true;
        }
        let between = chunk.entry.niche.is_some()
            || chunk.entry.platform.is_some()
            || chunk.entry.country.is_some()
            || chunk.is(role::FILLER | role::SIZE | role::AND | role::BASED);
        if !between {
            return false;
        }
    }
    false
}

/// Countries and regions by name or code: "in Spain, Mexico and Peru", "US-based", "creadores de LATAM".
fn country_by_name(reading: &mut Reading<'_>, at: usize) {
    let chunk = &reading.chunks[at];
    if !chunk.is_open() {
        return;
    }
    let (countries, doubtful): (&[CountryCode], bool) = match (chunk.entry.country, chunk.entry.region) {
        (Some((country, form @ (Form::Name | Form::DoubtfulName))), _) => (&[country], form == Form::DoubtfulName),
        (_, Some(region)) => (&region.countries, false),
        _ if chunk.entry.city.is_some() => return city(reading, at),
        _ => match code(reading, at) {
            Some(country) => (&[country], true),
            None => return,
        },
    };
    let Some((from, to)) = where_creators_are(reading, at, doubtful) else { return };
    for country in countries {
        add(&mut reading.found.countries, *country);
    }
    let listed = reading.chunks[from].is(role::AND) || reading.chunks[from].is_sign(",");
    reading.note("countries", if listed { at } else { from }, to);
    reading.take(from, to);
}

/// "in Madrid", "Miami-based": the country is certain, and the city still worth a search by meaning.
fn city(reading: &mut Reading<'_>, at: usize) {
    let Some(country) = reading.chunks[at].entry.city else { return };
    let before = at.checked_sub(1).map(|before| &reading.chunks[before]);
    let after_in = before.is_some_and(|before| before.is(role::IN) || (before.is(role::OF) && !before.is(role::ABOUT)));
    let based = reading.near(at, 1).is_some_and(|next| next.is(role::BASED));
    // "fitness influencers Madrid"
    let ends = reading.near(at, 1).is_none_or(|next| next.is_sign(",.;!?"));
    let creators = (1..=2).any(|back| reading.near(at, -back).is_some_and(Chunk::is_creator));
    let bare = ends && creators && before.is_some_and(|before| before.is_creator() || before.entry.niche.is_some());
    if let Some((from, to)) = where_creators_are(reading, at, true).filter(|_| after_in || based) {
        add(&mut reading.found.countries, country);
        reading.note("countries", from, to);
        reading.take(from, to);
        reading.chunks[at].fate = Fate::Keep;
    } else if based || bare {
        add(&mut reading.found.countries, country);
        let to = if based { at + 1 } else { at };
        reading.note("countries", at, to);
        reading.take(at, to);
        reading.chunks[at].fate = Fate::Keep;
    }
}

fn code(reading: &Reading<'_>, at: usize) -> Option<CountryCode> {
    let word = reading.words(at);
    let shouted = || !reading.query.chars().any(char::is_lowercase);
    let three = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    (CODES.contains(&word) || three).then(|| geo::country(word)).flatten().filter(|_| !shouted())
}

/// The chunks that say that creators are in the country named here; `None` where it is a topic, or said of an audience.
fn where_creators_are(reading: &Reading<'_>, at: usize, doubtful: bool) -> Option<(usize, usize)> {
    let next = reading.near(at, 1);
    // "Chile, Perú y Bolivia": in such company there is no doubt.
    let listed = next.is_some_and(|link| link.is(role::AND) || link.is_sign(","))
        && reading.near(at, 2).is_some_and(|place| place.entry.country.is_some_and(|(_, form)| form == Form::Name));
    let doubtful = doubtful && !listed;
    let to = if next.is_some_and(|next| next.is(role::BASED) && next.is_open()) { at + 1 } else { at };
    let Some(mut before) = at.checked_sub(1) else {
        return (!doubtful && !topic_follows(reading, at)).then_some((at, to));
    };
    // A list: what holds for the one before holds for this.
    if let Some(listed) = list_before(reading, at) {
        return Some((listed, to));
    }
    while before > 0
        && reading.chunks[before].is(role::STOP)
        && !reading.chunks[before].is(role::IN | role::OF | role::ABOUT | role::CREATOR)
    {
        before -= 1;
    }
    let preposition = &reading.chunks[before];
    let ahead = reading.near(before, -1);
    if preposition.is(role::IN | role::OF) && preposition.is_open() {
        let of = preposition.is(role::OF) || preposition_is_from(reading, before);
        let topical = is_about(reading, before) && !preposition.is(role::IN);
        let told_of = ahead.is_some_and(|ahead| {
            ahead.is_open() && (ahead.is(role::TRAVELLING | role::AUDIENCE) || (of && ahead.is(role::CUISINE)))
        });
        return (!topical && !told_of).then_some((before, to));
    }
    if doubtful || is_about(reading, before) || preposition.is(role::FOR | role::TRAVELLING | role::AUDIENCE | role::NO)
    {
        return None;
    }
    let loose = preposition.is_unknown() && preposition.is_open() && to == at;
    (!loose && (to > at || !topic_follows(reading, at))).then_some((at, to))
}

/// "to Japan", "a Japón"; in English "a" is no preposition.
fn is_about(reading: &Reading<'_>, at: usize) -> bool {
    reading.chunks[at].is(role::ABOUT)
        && (reading.found.lang == Lang::Es || !reading.words(at).eq_ignore_ascii_case("a"))
}

fn preposition_is_from(reading: &Reading<'_>, at: usize) -> bool {
    matches!(crate::text::folded(reading.words(at)).as_ref(), "from" | "de" | "del" | "of" | "de la")
}

/// "Japan travel", "Peru recipes": what comes behind makes the country a topic, unless it is the usual short form of a
/// creator's home ("US travel bloggers").
fn topic_follows(reading: &Reading<'_>, at: usize) -> bool {
    let short = reading.words(at).len() <= 4;
    !short
        && reading.near(at, 1).is_some_and(|next| {
            next.is(role::CUISINE | role::TRAVELLING)
                || next.entry.niche.is_some_and(|niche| super::niches::name(niche) == "travel")
        })
}

/// The link to a country before this one that was taken ("Spain, |Mexico", "Spain and |Peru").
fn list_before(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let mut link = at;
    while let Some(before) = link.checked_sub(1) {
        let chunk = &reading.chunks[before];
        if chunk.is(role::AND)
            || chunk.is_sign(",")
            || (chunk.is(role::STOP | role::IN | role::OF) && !chunk.is(role::ABOUT))
        {
            link = before;
            continue;
        }
        let place = chunk.entry.country.is_some() || chunk.entry.region.is_some();
        let linked = reading.chunks[link..at].iter().any(|chunk| chunk.is(role::AND) || chunk.is_sign(","));
        return (place && !chunk.is_open() && linked && !excluded(reading, before)).then_some(link);
    }
    None
}

fn excluded(reading: &Reading<'_>, at: usize) -> bool {
    let entry = &reading.chunks[at].entry;
    let country = entry.country.map(|(country, _)| country).or_else(|| entry.region?.countries.first().copied());
    country.is_some_and(|country| reading.found.excluded_countries.contains(&country))
}

/// "Mexican food bloggers" are anywhere; "Mexican YouTubers" and "creadores mexicanos" are in Mexico.
fn people_of_a_country(reading: &mut Reading<'_>, at: usize) {
    let chunk = &reading.chunks[at];
    let Some((country, form @ (Form::Adjective | Form::Plural))) = chunk.entry.country.filter(|_| chunk.is_open())
    else {
        return;
    };
    let spanish = chunk.is(role::SPANISH) && !chunk.is(role::ENGLISH);
    let before = reading.near(at, -1);
    let next = reading.near(at, 1);
    let told_of = before.is_some_and(|before| before.is(role::FOR))
        || at.checked_sub(1).is_some_and(|before| is_about(reading, before) && !reading.chunks[before].is(role::OF))
        || next.is_some_and(|next| next.is(role::AUDIENCE) && next.is_open())
        || before.is_some_and(|before| before.is(role::AUDIENCE) && before.is_open());
    let creator_before = (1..=3).any(|back| {
        reading.near(at, -back).is_some_and(Chunk::is_creator)
            && (1..back).all(|between| {
                reading
                    .near(at, -between)
                    .is_some_and(|chunk| !chunk.is_sign(",.;") && !chunk.is(role::OF | role::CUISINE))
            })
    });
    let after_and = before.is_some_and(|before| before.is(role::AND | role::STOP) || before.is_sign(","))
        && list_before(reading, at).is_some();
    let from_there = if spanish {
        let topic = before.is_some_and(|before| {
            before.is(role::CUISINE) || (form == Form::Adjective && before.entry.niche.is_some())
        });
        // "comediantes mexicanos", not "marcas de ropa italianas"
        let of_people = form == Form::Plural
            && at.checked_sub(1).is_none_or(|at| {
                reading.chunks[at].entry.niche.is_some()
                    && reading.words(at).ends_with('s')
                    && !reading.chunks[at].is(role::PRODUCT)
            });
        let creators = creator_before || creators_follow(reading, at) || of_people;
        (!topic || before.is_some_and(Chunk::is_creator)) && creators
    } else {
        let topic = next.is_some_and(|next| next.is(role::CUISINE));
        let said_at_the_end = next.is_none_or(|next| next.is_sign(",.;!?") || next.is(role::LINK))
            && (creator_before || form == Form::Plural);
        !topic && (creators_follow(reading, at) || said_at_the_end)
    };
    if (from_there || after_and) && !told_of {
        add(&mut reading.found.countries, country);
        reading.note("countries", at, at);
        reading.take(at, at);
    }
}
