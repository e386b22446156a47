//! Sizes, platforms, niches and the order asked for.

use super::chunks::{Chunk, Fate, What};
use super::lexicon::{Roles, role};
use super::parser::{Reading, add};
use super::{Platform, Sort, Tier, niches};

pub(super) fn read(reading: &mut Reading<'_>) {
    sizes(reading);
    for at in 0..reading.chunks.len() {
        platform(reading, at);
    }
    niches(reading);
    sort(reading);
}

/// "microinfluencers", "nano and micro creators", "pequeños creadores": the tiers' bounds, within what numbers say.
fn sizes(reading: &mut Reading<'_>) {
    let mut bounds: Option<(u64, Option<u64>)> = None;
    for at in 0..reading.chunks.len() {
        let chunk = &reading.chunks[at];
        if !(chunk.is(role::SIZE) && chunk.is_open() && (chunk.is_creator() || says_size(reading, at))) {
            continue;
        }
        let (low, high) = bounds_of(chunk.entry.roles);
        bounds = Some(match bounds {
            None => (low, high),
            Some((least, most)) => (least.min(low), most.zip(high).map(|(most, high)| most.max(high))),
        });
        reading.note("followers", at, at);
        reading.take(at, at);
    }
    let Some((low, high)) = bounds else { return };
    let found = &mut reading.found;
    let min = found.followers_min.or(Some(low).filter(|&low| low > 0));
    let max = found.followers_max.or(high);
    // Where a number contradicts the word ("micro" with 2M followers), the number is meant.
    if min.zip(max).is_none_or(|(min, max)| min <= max) {
        (found.followers_min, found.followers_max) = (min, max);
    }
}

/// What one means by the word for a size: [`Tier::asked`].
pub(super) fn bounds_of(roles: Roles) -> (u64, Option<u64>) {
    let (first, last) = match roles {
        roles if roles & role::NANO != 0 => return Tier::Nano.asked(),
        roles if roles & role::MICRO != 0 => return Tier::Micro.asked(),
        roles if roles & role::MID != 0 => return Tier::Mid.asked(),
        roles if roles & role::MACRO != 0 => return Tier::Macro.asked(),
        roles if roles & role::MEGA != 0 => return Tier::Mega.asked(),
        roles if roles & role::SMALL != 0 => (Tier::Nano, Tier::Micro),
        _ => (Tier::Macro, Tier::Mega),
    };
    (first.bounds().0, last.bounds().1)
}

/// Whether a word that may be a size ("macro", "big") is said of creators.
pub(super) fn says_size(reading: &Reading<'_>, at: usize) -> bool {
    let words = reading.words(at);
    if words.contains([' ', '-']) && !reading.chunks[at].is(role::SMALL | role::LARGE) {
        return true;
    }
    let between = |chunk: &Chunk| {
        chunk.is(role::SIZE | role::AND | role::TO)
            || chunk.is_sign(",-")
            || chunk.entry.niche.is_some()
            || chunk.entry.platform.is_some()
    };
    let accounts = |chunk: &Chunk| {
        chunk.is_creator() || (chunk.is(role::FILLER) && is_account(&reading.query[chunk.start..chunk.end]))
    };
    let ahead = reading.chunks[at + 1..].iter().take(5).find(|chunk| accounts(chunk) || !between(chunk));
    let behind = || {
        reading.chunks[..at]
            .iter()
            .rev()
            .take(4)
            .find(|chunk| accounts(chunk) || !(chunk.is(role::SIZE | role::AND) || chunk.is_sign(",")))
    };
    ahead.is_some_and(accounts) || behind().is_some_and(accounts)
}

fn is_account(words: &str) -> bool {
    matches!(
        crate::text::folded(words).as_ref(),
        "account"
            | "accounts"
            | "channel"
            | "channels"
            | "profiles"
            | "profile"
            | "pages"
            | "cuenta"
            | "cuentas"
            | "canal"
            | "canales"
            | "perfiles"
    )
}

fn platform(reading: &mut Reading<'_>, at: usize) {
    let chunk = &reading.chunks[at];
    if !chunk.is_open() {
        return;
    }
    let Some(platform) = chunk.entry.platform.or_else(|| is_x(reading, at).then_some(Platform::Twitter)) else {
        return;
    };
    add(&mut reading.found.platforms, platform);
    reading.note("platforms", at, at);
    // BookTok is a platform's corner: a topic as well.
    if chunk_is_topical(reading, at) {
        reading.chunks[at].fate = Fate::Keep;
    } else {
        reading.take(at, at);
    }
}

fn chunk_is_topical(reading: &Reading<'_>, at: usize) -> bool {
    reading.chunks[at].entry.niche.is_some()
}

/// Whether an X is the platform: "on X", "X creators", "Twitter/X", and never an x between others.
fn is_x(reading: &Reading<'_>, at: usize) -> bool {
    let chunk = &reading.chunks[at];
    let word = reading.words(at);
    if !word.eq_ignore_ascii_case("x") || chunk.what != What::Words {
        return false;
    }
    let other_platform = |chunk: &Chunk| chunk.entry.platform.is_some();
    let list = |sign: isize| {
        reading.near(at, sign).is_some_and(|link| link.is(role::AND) || link.is_sign(",(/"))
            && reading.near(at, 2 * sign).is_some_and(other_platform)
    };
    let before = at.checked_sub(1).map(|before| crate::text::fold(reading.words(before)));
    let on = matches!(before.as_deref(), Some("on" | "en" | "via"));
    let next = reading.near(at, 1);
    let ends = next.is_none_or(|next| !next.is_unknown() && next.amount().is_none());
    let of_creators = word == "X" && next.is_some_and(|next| next.is_creator() || next.is(role::FOLLOWERS));
    list(-1) || list(1) || (on && ends) || of_creators
}

/// Every niche named, in the directory's words; a wider one only if nothing narrower in it is named.
fn niches(reading: &mut Reading<'_>) {
    let mut wider = Vec::new();
    for at in 0..reading.chunks.len() {
        let chunk = &reading.chunks[at];
        let Some(niche) = chunk.entry.niche.filter(|_| chunk.fate != Fate::Taken) else { continue };
        let name = niches::name(niche);
        // "skincare for dads": whom it is for.
        let for_whom = at.checked_sub(1).is_some_and(|before| reading.chunks[before].is(role::FOR));
        if for_whom && !reading.found.niches.is_empty() && !reading.found.niches.iter().any(|known| known == name) {
            continue;
        }
        let listed = [-1, 1]
            .into_iter()
            .any(|side| reading.near(at, side).is_some_and(|link| link.is(role::AND) || link.is_sign(",")));
        if !listed {
            wider.push(name);
        }
        add(&mut reading.found.niches, name.to_owned());
        reading.note("niches", at, at);
        reading.chunks[at].fate = Fate::Keep;
    }
    let named = reading.found.niches.clone();
    let narrower = |niche: &str| named.iter().any(|other| niches::wider(other) == Some(niche));
    reading.found.niches.retain(|niche| !(wider.contains(&niche.as_str()) && narrower(niche)));
}

fn sort(reading: &mut Reading<'_>) {
    for at in 0..reading.chunks.len() {
        let chunk = &reading.chunks[at];
        if !chunk.is(role::SORT) || !chunk.is_open() {
            continue;
        }
        let sort = match chunk.entry.roles {
            roles if roles & role::SORT_FOLLOWERS != 0 => Sort::Followers,
            roles if roles & role::SORT_ENGAGEMENT != 0 => Sort::Engagement,
            roles if roles & role::SORT_VIEWS != 0 => Sort::Views,
            _ => Sort::Price,
        };
        // "cheap flights", "affordable fashion": said of what creators write about.
        let of_a_topic = sort == Sort::Price
            && !super::places::creators_follow(reading, at)
            && reading
                .near(at, 1)
                .is_some_and(|next| next.is_unknown() || next.entry.niche.is_some() || next.is(role::PRODUCT));
        if of_a_topic {
            continue;
        }
        if reading.found.sort.is_none() {
            reading.found.sort = Some(sort);
            reading.note("sort", at, at);
        }
        reading.take(at, at);
    }
}
