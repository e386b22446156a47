//! Whether a caption says that it is advertising, by the words of its market and language, and where it says so.

use std::sync::LazyLock;

use super::language::Written;
use super::model::{Brief, Check, Content, Kind, PostedBy, Quote, Verdict};
use super::platforms::Known;
use super::text::{Part, Run, Text, flat, length};
use super::words::AD_DENIALS;

/// A row of `data/disclosure.tsv`.
struct Row {
    market: &'static str,
    language: &'static str,
    phrase: &'static str,
    needs: &'static str,
    worth: Worth,
    source: &'static str,
    year: &'static str,
}

/// What a phrase is worth in a market.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Worth {
    Insufficient,
    NoBrand,
    Unclear,
    Accepted,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let lines = include_str!("../../data/disclosure.tsv").lines().filter(|line| !line.starts_with('#'));
    let row = |line: &'static str| {
        let mut cells = line.split('\t');
        let mut cell = || cells.next().unwrap_or("");
        let [market, language, phrase, needs, worth, source, year] = std::array::from_fn(|_| cell());
        let worth = match worth {
            "accepted" => Worth::Accepted,
            "unclear" => Worth::Unclear,
            _ => Worth::Insufficient,
        };
        Row { market, language, phrase, needs, worth, source, year }
    };
    let mut rows: Vec<Row> = lines.map(row).collect();
    // The longest phrase is looked for first: "paid partnership" is not "partnership".
    rows.sort_by_key(|row| std::cmp::Reverse(row.phrase.len()));
    rows
});

/// A phrase that stands in the caption.
struct Found {
    worth: Worth,
    row: &'static Row,
    run: Run,
    /// The tag's place among all tags, if it is one.
    tag: Option<usize>,
}

/// Judges the caption: that it discloses, and that it does so before the fold.
pub(super) fn checks(
    brief: &Brief,
    content: &Content,
    text: &Text<'_>,
    written: Written,
    platform: Known,
) -> Vec<Check> {
    let requirement = "Advertising is disclosed".to_owned();
    let place = "The disclosure stands where it is seen at once".to_owned();
    if brief.posted_by == PostedBy::Brand {
        let how = "Not applicable: the brand posts it itself";
        return vec![Check::rule(requirement, Kind::Disclosure, Verdict::Pass, None, how)];
    }
    let judged = judge(brief, text, written);
    let label = content.labelled && judged.verdict == Verdict::Fail;
    let (verdict, mut how) = if label {
        (
            Verdict::CannotTell,
            format!("The platform's label is said to be on, which the text cannot show. {}", judged.how),
        )
    } else {
        (judged.verdict, judged.how)
    };
    if text.cut && verdict == Verdict::Fail {
        how.push_str(". Only the beginning of the caption was read");
    }
    let quote = judged.found.as_ref().and_then(|found| text.quote(&found.run));
    let mut checks = vec![Check::rule(requirement, Kind::Disclosure, verdict, quote, how)];
    let (verdict, quote, how) = match judged.found.filter(|found| found.worth >= Worth::NoBrand) {
        Some(found) => placed(brief, text, &found, platform),
        None if label => (Verdict::CannotTell, None, "The platform shows its label where it wants".to_owned()),
        None => (Verdict::Fail, None, "There is no disclosure in the caption that could be seen".to_owned()),
    };
    checks.push(Check::rule(place, Kind::DisclosurePlace, verdict, quote, how));
    checks
}

struct Judged {
    verdict: Verdict,
    how: String,
    found: Option<Found>,
}

/// In every market; the strictest counts.
fn judge(brief: &Brief, text: &Text<'_>, written: Written) -> Judged {
    let language = language(brief, written);
    let mut scopes: Vec<Vec<&'static Row>> = Vec::new();
    let mut all_known = true;
    for market in brief.markets.iter().map(|market| market.trim().to_ascii_uppercase()) {
        let market = if market == "UK" { "GB".to_owned() } else { market };
        let rows: Vec<&Row> = ROWS.iter().filter(|row| row.market == market).collect();
        if rows.is_empty() {
            all_known = false;
            scopes.push(home(language));
        } else {
            // Written in another language than the market's: what is usual in that language counts as well.
            if language.is_some_and(|language| rows.iter().all(|row| row.language != language))
                && language != Some("en")
            {
                scopes.push(home(language));
            }
            scopes.push(rows);
        }
    }
    if scopes.is_empty() {
        scopes.push(home(language));
    }
    let judged = scopes.iter().map(|rows| in_scope(brief, text, rows, all_known));
    let strictest = |verdict: Verdict| match verdict {
        Verdict::Fail => 0,
        Verdict::CannotTell => 1,
        Verdict::Pass => 2,
    };
    judged.min_by_key(|judged| strictest(judged.verdict)).unwrap_or(Judged {
        verdict: Verdict::CannotTell,
        how: "No rule is known for this market".to_owned(),
        found: None,
    })
}

fn language(brief: &Brief, written: Written) -> Option<&'static str> {
    let asked = brief.language.as_deref().and_then(crate::geo::language);
    match (asked, written) {
        (Some(asked), _) => Some(asked.code()),
        (None, Written::In(seen)) => Some(seen.code()),
        _ => None,
    }
}

/// The rows that are asked where no market is named, or none that is known: the language's own; without a language, all.
fn home(language: Option<&str>) -> Vec<&'static Row> {
    let of = |market: &'static str| ROWS.iter().filter(move |row| row.market == market);
    match language {
        Some("en") => of("US").collect(),
        Some("pt") => of("BR").chain(of("PT")).collect(),
        Some("fr") => of("FR").collect(),
        Some(language) if ROWS.iter().any(|row| row.language == language) => {
            ROWS.iter().filter(|row| row.language == language).collect()
        }
        _ => ROWS.iter().collect(),
    }
}

fn in_scope(brief: &Brief, text: &Text<'_>, rows: &[&'static Row], known: bool) -> Judged {
    let mut found = phrases(brief, text, rows);
    // The best of them, and of equals the first.
    found.sort_by_key(|found| (std::cmp::Reverse(found.worth), found.run.start));
    let market = rows.first().map_or("", |row| row.market);
    let Some(best) = found.into_iter().next() else {
        // A phrase of another market is no disclosure that this market's rules name, and no silence either.
        let elsewhere = phrases(brief, text, &ROWS.iter().collect::<Vec<_>>());
        if let Some(other) =
            elsewhere.into_iter().filter(|other| other.worth == Worth::Accepted).min_by_key(|o| o.run.start)
        {
            let how = format!(
                "“{}” discloses in {}; what {market} says of it is not known",
                other.row.phrase, other.row.market
            );
            return Judged { verdict: Verdict::CannotTell, how, found: Some(Found { worth: Worth::Unclear, ..other }) };
        }
        let how = format!("No words that disclose advertising. Begin with {}", replacement(rows));
        return Judged { verdict: Verdict::Fail, how, found: None };
    };
    let named = format!("“{}” ({}, {} {})", best.row.phrase, best.row.market, best.row.source, best.row.year);
    let (verdict, how) = match best.worth {
        Worth::Accepted => (Verdict::Pass, format!("{named} discloses")),
        Worth::Unclear => (
            Verdict::CannotTell,
            format!("{named}: sources disagree about it or call it risky. Safer: {}", replacement(rows)),
        ),
        Worth::NoBrand => (Verdict::Fail, format!("{named} discloses only with the brand's name beside it")),
        Worth::Insufficient if !known => {
            (Verdict::CannotTell, format!("{named} does not disclose there; the market's own rules are not known"))
        }
        Worth::Insufficient => {
            (Verdict::Fail, format!("{named} does not disclose. Write {} instead", replacement(rows)))
        }
    };
    Judged { verdict, how, found: Some(best) }
}

/// The shortest accepted word that needs nothing beside it.
fn replacement(rows: &[&'static Row]) -> String {
    let plain = rows.iter().filter(|row| row.worth == Worth::Accepted && row.needs == "-");
    plain
        .min_by_key(|row| {
            (
                row.source == "ours",
                row.phrase.len() > 12,
                row.phrase.len() < 4 && row.language != "en",
                row.phrase.len(),
            )
        })
        .map_or_else(|| "#ad".to_owned(), |row| format!("#{}", row.phrase.replace(' ', "")))
}

/// Every phrase that stands in the caption, longest first, each word used once.
fn phrases(brief: &Brief, text: &Text<'_>, rows: &[&'static Row]) -> Vec<Found> {
    let mut used = vec![false; text.words.len()];
    let mut found = Vec::new();
    let tags = text.marks.tags.len();
    for row in rows {
        for run in runs(brief, text, row.phrase) {
            if run.is_empty() || used[run.clone()].iter().any(|&used| used) {
                continue;
            }
            let tag = text.words[run.start].part == Part::Tag;
            if !tag && is_denied(text, &run) {
                used[run].fill(true);
                continue;
            }
            let worth = match row.needs {
                "brand tag" if !has_brand(brief, text) => Worth::NoBrand,
                "brand" if !row.phrase.contains("<brand>") => Worth::NoBrand,
                _ => row.worth,
            };
            used[run.clone()].fill(true);
            let at = text.words[run.start].at.start;
            let tag = tag.then(|| text.marks.tags.partition_point(|span| span.end <= at)).filter(|&tag| tag < tags);
            found.push(Found { worth, row, run, tag });
        }
    }
    found
}

/// Where a phrase stands as whole words or as a whole tag. `<brand>` is any of the brand's names; if none is known, any mention.
fn runs(brief: &Brief, text: &Text<'_>, phrase: &str) -> Vec<Run> {
    let spelled = |phrase: &str| -> Vec<Run> {
        let words = text.find(phrase).take(100).filter(|run| {
            // All in prose; a tag is compared whole.
            run.clone().all(|word| text.words[word].part != Part::Tag && text.words[word].part != Part::Link)
                && text.words[run.start].sentence == text.words[run.end.max(1) - 1].sentence
                && !(run.len() == 1 && text.words[run.start].part == Part::Mention)
        });
        let mut runs: Vec<Run> = words.collect();
        let tag = phrase.replace(' ', "");
        runs.extend(text.find(&tag).take(100).filter(|run| {
            text.words.get(run.start).is_some_and(|word| word.part == Part::Tag) && whole_tag(text, run, &tag)
        }));
        runs
    };
    if !phrase.contains("<brand>") {
        return spelled(phrase);
    }
    let mut runs = Vec::new();
    for name in names(brief) {
        runs.extend(spelled(&phrase.replace("<brand>", &name)));
        let joined = name.replace(' ', "");
        if joined != name {
            runs.extend(spelled(&phrase.replace("<brand>", &joined)));
        }
    }
    runs
}

/// Is the word the whole of its tag, and not a part before `_`?
fn whole_tag(text: &Text<'_>, run: &Run, tag: &str) -> bool {
    let at = text.words[run.start].at.start;
    let span = text.marks.tags.get(text.marks.tags.partition_point(|span| span.end <= at));
    span.filter(|span| span.start <= at)
        .is_some_and(|span| super::compare::plain(&text.read[span.clone()]).trim_start_matches('#') == tag)
}

/// The brand's names, folded, without signs.
pub(super) fn names(brief: &Brief) -> Vec<String> {
    let all = brief.brand.iter().chain(&brief.required_mentions).take(50);
    let mut names: Vec<String> = all.map(|name| flat(name)).filter(|name| name.len() > 1).collect();
    names.dedup();
    names
}

fn has_brand(brief: &Brief, text: &Text<'_>) -> bool {
    let names = names(brief);
    if names.is_empty() {
        return !text.marks.mentions.is_empty();
    }
    names.iter().any(|name| {
        let joined = name.replace(' ', "");
        text.find(name).next().is_some() || text.find(&joined).next().is_some()
    })
}

/// "not sponsored", "no es publi", "unbezahlte Werbung", "ad-free".
fn is_denied(text: &Text<'_>, run: &Run) -> bool {
    let Some(word) = text.words.get(run.start) else { return false };
    let before = (run.start.saturating_sub(4)..run.start).any(|index| {
        text.words[index].sentence == word.sentence
            && text.words[index].clause == word.clause
            && AD_DENIALS.contains(&text.word(index))
    });
    before || matches!(text.word(run.end), "free" | "blocker" | "blockers")
}

/// Whether it is seen before "more", and not within a heap of tags.
fn placed(brief: &Brief, text: &Text<'_>, found: &Found, platform: Known) -> (Verdict, Option<Quote>, String) {
    let quote = text.quote(&found.run);
    let first = if brief.markets.iter().any(|market| market.eq_ignore_ascii_case("IT")) && brief.markets.len() == 1 {
        3
    } else {
        1
    };
    if let Some(tag) = found.tag {
        let (place, count) = heap(text, tag);
        if count >= 3 && place >= first {
            return (Verdict::Fail, quote, format!("It is tag {} of {count} in a row; put it before them", place + 1));
        }
    }
    let end = text.words[found.run.end - 1].at.end;
    let Some(fold) = platform.fold() else {
        return (Verdict::Pass, quote, "This platform shows the whole caption".to_owned());
    };
    let before = &text.read[..end];
    let at = length(before);
    if before.trim_start().matches('\n').count() >= 2 {
        return (Verdict::Fail, quote, "It stands behind the second line break, where captions fold".to_owned());
    }
    let how = format!("It ends at character {at}; the caption folds at about {fold}");
    let verdict = if at * 10 <= fold * 8 {
        Verdict::Pass
    } else if at * 10 > fold * 12 && platform != Known::Other {
        Verdict::Fail
    } else {
        Verdict::CannotTell
    };
    (verdict, quote, how)
}

/// The tag's place in its row of tags with nothing but space between, from 0, and how many they are.
fn heap(text: &Text<'_>, tag: usize) -> (usize, usize) {
    let tags = &text.marks.tags;
    let joined = |one: usize| text.read[tags[one].end..tags[one + 1].start].chars().all(|c| !c.is_alphanumeric());
    let mut first = tag;
    while first > 0 && joined(first - 1) {
        first -= 1;
    }
    let mut last = tag;
    while last + 1 < tags.len() && joined(last) {
        last += 1;
    }
    (tag - first, last - first + 1)
}
