//! The check of content against a brief: each requirement by itself, with the words that show it.
//!
//! Pure: the same brief and the same content give the same report. What cannot be decided is [`Verdict::CannotTell`], never a guess.
//! `docs/brief-check.md` has the rules and the formulas.

mod asks;
mod clauses;
mod compare;
mod concepts;
mod disclosure;
mod facts;
mod judge;
mod language;
mod meaning;
mod model;
mod numbers;
mod platforms;
mod score;
mod second;
mod sizes;
mod suggest;
mod tags;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub use meaning::{Embedded, Meaning, Unread};
pub use model::{Brief, Caption, Check, Content, Judge, Kind, PostedBy, Quote, Report, Verdict};
pub use second::{INSTRUCTIONS, hear, questions};

use asks::Want;
use judge::Case;
use language::Written;
use platforms::Known;
use text::Text;

/// Of lists in a brief and of captions no more are judged.
const MOST_ASKED: usize = 200;
const MOST_CAPTIONS: usize = 20;

/// Judges content against a brief. `meaning` compares texts where words alone do not decide: [`Embedded`], or [`Unread`] without.
pub fn check(brief: &Brief, content: &Content, meaning: &dyn Meaning) -> Report {
    let posted = Known::named(&content.platform);
    // A caption is read as the platform reads it that it is for.
    let platform_of = |caption: &Caption| match Known::named(&caption.name) {
        Known::Other => posted,
        named => named,
    };
    let texts: Vec<Text<'_>> = content
        .captions
        .iter()
        .take(MOST_CAPTIONS)
        .map(|caption| Text::new(&caption.name, &caption.text, platform_of(caption)))
        .collect();
    let mut checks = Vec::new();
    let required = |names: &[String], mention: bool| -> Vec<Check> {
        let mut seen = std::collections::HashSet::new();
        let named =
            names.iter().take(MOST_ASKED).filter(|name| !compare::key(name.trim_start_matches(['#', '@'])).is_empty());
        named
            .filter(|name| seen.insert(compare::key(name)))
            .map(|name| facts::mark(name, mention, &texts, posted))
            .collect()
    };
    let (hashtags, mentions) = (required(&brief.required_hashtags, false), required(&brief.required_mentions, true));
    let by_verdict = |checks: &[Check], met: bool| -> Vec<String> {
        let met = checks.iter().filter(|check| (check.verdict == Verdict::Pass) == met);
        met.map(|check| check.requirement.clone()).collect()
    };
    let (hashtags_found, hashtags_missing) = (by_verdict(&hashtags, true), by_verdict(&hashtags, false));
    let (mentions_found, mentions_missing) = (by_verdict(&mentions, true), by_verdict(&mentions, false));
    let (found, asked) = (hashtags_found.len() + mentions_found.len(), hashtags.len() + mentions.len());
    checks.extend(hashtags);
    checks.extend(mentions);
    checks.extend(facts::of_content(brief, content));
    checks.extend(
        brief
            .required_links
            .iter()
            .take(MOST_ASKED)
            .filter(|link| !link.trim().is_empty())
            .map(|link| facts::link(link, content, &texts)),
    );
    checks.extend(
        brief
            .required_codes
            .iter()
            .take(MOST_ASKED)
            .filter(|code| !text::flat(code).is_empty())
            .map(|code| facts::code(code, &texts)),
    );
    checks.extend(
        brief
            .forbidden_words
            .iter()
            .take(MOST_ASKED)
            .filter(|word| !text::flat(word).is_empty())
            .map(|word| facts::forbidden(word, &texts)),
    );
    let main = main_caption(content, posted, texts.len());
    let (mut quality_rating, mut relevance_rating) = (0.0, None);
    let asks = asks::asks(&brief.caption_requirements);
    if let Some(text) = texts.get(main) {
        let written = language::of(&text.prose());
        let platform = platform_of(&content.captions[main]);
        let case = Case { brief, content, texts: &texts, main, written, platform, meaning };
        checks.extend(asks.iter().flat_map(|ask| case.judge(ask)));
        checks.extend(beside(brief, content, text, written, platform, &checks));
        quality_rating = score::quality(text, platform);
        relevance_rating = score::relevance(brief, text, meaning);
    } else {
        let missing = |requirement: &str, kind| {
            Check::rule(requirement.to_owned(), kind, Verdict::Fail, None, "There is no caption")
        };
        checks.extend(
            asks.iter()
                .filter(|ask| !ask.denied && !matches!(ask.want, Want::Unseen(_)))
                .map(|ask| missing(&ask.requirement, Kind::Says)),
        );
        if brief.advertising && brief.posted_by == PostedBy::Creator {
            checks.push(missing("Advertising is disclosed", Kind::Disclosure));
        }
    }
    let share = if asked == 0 { 100.0 } else { 100.0 * found as f64 / asked as f64 };
    let mut report = Report {
        checks,
        passed_requirements: hashtags_missing.is_empty() && mentions_missing.is_empty(),
        hashtags_found,
        hashtags_missing,
        mentions_found,
        mentions_missing,
        quality_rating,
        relevance_rating,
        compliance_percentage: (share * 10.0).round() / 10.0,
        suggestions: Vec::new(),
        ai_score: 0.0,
    };
    report.add_up();
    report.suggest();
    report
}

/// What the brief asks beside its rules in words: language, disclosure, and that the platform takes the caption at all.
fn beside(
    brief: &Brief,
    content: &Content,
    text: &Text<'_>,
    written: Written,
    platform: Known,
    made: &[Check],
) -> Vec<Check> {
    let mut checks = Vec::new();
    let has = |kind: Kind| made.iter().any(|check| check.kind == kind);
    if let Some(wanted) = brief.language.as_deref().and_then(crate::geo::language)
        && !has(Kind::Language)
    {
        checks.push(facts::language(wanted, written, text));
    }
    if brief.advertising && !has(Kind::Disclosure) {
        checks.extend(disclosure::checks(brief, content, text, written, platform));
    }
    let whole =
        content.captions.iter().find(|caption| caption.name == text.name).map_or(text.read, |caption| &caption.text);
    let (taken, length) = platform.takes(whole);
    if taken != Some(true) {
        let verdict = if taken == Some(false) { Verdict::Fail } else { Verdict::CannotTell };
        let how = format!("{length} characters are more than {} takes from every account", content.platform.trim());
        checks.push(Check::rule("The platform takes the caption".to_owned(), Kind::Length, verdict, None, how));
    }
    checks
}

/// The caption of the platform that it is posted on; if none is named so, the longest.
fn main_caption(content: &Content, posted: Known, read: usize) -> usize {
    let captions = &content.captions[..read];
    let named = captions.iter().position(|caption| {
        caption.name.trim().eq_ignore_ascii_case(content.platform.trim())
            || (posted != Known::Other && Known::named(&caption.name) == posted)
    });
    let longest = || {
        captions
            .iter()
            .enumerate()
            .max_by_key(|(at, caption)| (caption.text.len(), std::cmp::Reverse(*at)))
            .map_or(0, |(at, _)| at)
    };
    named.unwrap_or_else(longest)
}
