//! Judges of what a brief asks by name: tags, mentions, links, codes, words, platform, format, language, deadline.

use super::compare::{self, Likeness, compare, key};
use super::language::Written;
use super::model::{Brief, Check, Content, Kind, Verdict};
use super::platforms::Known;
use super::text::{Part, Run, Text, flat, is_invisible};
use crate::geo::LanguageCode;

/// A required tag or mention, in any of the captions.
pub(super) fn mark(asked: &str, mention: bool, texts: &[Text<'_>], platform: Known) -> Check {
    let (sign, kind) = if mention { ('@', Kind::Mention) } else { ('#', Kind::Hashtag) };
    let bare = asked.trim().trim_start_matches(['#', '＃', '@', '＠']);
    let wanted = format!("{sign}{bare}");
    let check = |verdict, quote, how: String| Check::rule(wanted.clone(), kind, verdict, quote, how);
    let spans = |text: &Text<'_>| if mention { text.marks.mentions.clone() } else { text.marks.tags.clone() };
    let wanted_key = key(bare);
    let mut near: Option<Check> = None;
    for text in texts {
        if !mention && platform == Known::YouTube && text.marks.tags.len() > 60 {
            near = Some(check(Verdict::Fail, None, "YouTube ignores all tags where there are more than 60".to_owned()));
            continue;
        }
        for span in spans(text) {
            let found = &text.read[span.clone()];
            let body = found.trim_start_matches(['#', '＃', '﹟', '@', '＠', '﹫']);
            // Most are others, which their first letters tell.
            if !may_match(body, &wanted_key) {
                continue;
            }
            let quote = || Some(text.quote_bytes(span.clone()));
            match compare(body, bare) {
                Likeness::Same => {
                    return check(
                        Verdict::Pass,
                        quote(),
                        format!("It stands in the caption “{}”{}", text.name, bidi(text)),
                    );
                }
                Likeness::Accents => {
                    return check(
                        Verdict::Pass,
                        quote(),
                        format!("It stands in the caption “{}”; accents differ", text.name),
                    );
                }
                Likeness::LooksAlike(other) if near.is_none() => {
                    near = Some(check(
                        Verdict::Fail,
                        quote(),
                        format!("look-alike {}: the platform links another one", code_point(other)),
                    ));
                }
                _ if near.is_some() => {}
                _ => {
                    // What cannot be seen ends it: "#sum<U+200B>mer".
                    let rest = &text.read[span.end..];
                    let hidden = rest.chars().next().filter(|&c| is_invisible(c));
                    if let Some(hidden) = hidden
                        && key(&format!("{body}{}", &rest[..rest.floor_char_boundary(200)])).starts_with(&wanted_key)
                    {
                        near = Some(check(
                            Verdict::Fail,
                            quote(),
                            format!("{} ends it: the platform links only “{found}”", code_point(hidden)),
                        ));
                    }
                }
            }
        }
    }
    if let Some(near) = near {
        return near;
    }
    if !mention
        && !bare.chars().all(|c| c.is_alphanumeric() || c == '_' || is_invisible(c) || super::compare::is_mark(c))
    {
        // The brief's own tag has signs that end it.
        for text in texts {
            if let Some(at) = text.read.to_lowercase().find(&wanted.to_lowercase()).filter(|&at| {
                text.read.is_char_boundary(at) && text.read.is_char_boundary((at + wanted.len()).min(text.read.len()))
            }) {
                let quote = Some(text.quote_bytes(at..(at + wanted.len()).min(text.read.len())));
                return check(
                    Verdict::CannotTell,
                    quote,
                    "It stands there, but platforms end a tag at its sign".to_owned(),
                );
            }
        }
    }
    let bare_flat = flat(bare);
    for text in texts {
        if let Some(run) = text.find(&bare_flat).next() {
            let how = match text.words[run.start].part {
                Part::Link => {
                    format!("It stands in a link only, which is no {}", if mention { "mention" } else { "tag" })
                }
                _ => format!("The word stands there without a “{sign}” that the platform would link"),
            };
            return check(Verdict::Fail, text.quote(&run), how);
        }
    }
    let cut = texts.iter().any(|text| text.cut);
    let verdict = if cut { Verdict::CannotTell } else { Verdict::Fail };
    check(
        verdict,
        None,
        if cut {
            "It does not stand in what was read of the captions".to_owned()
        } else {
            "It stands in no caption".to_owned()
        },
    )
}

fn may_match(body: &str, wanted: &str) -> bool {
    let first =
        |text: &str| text.bytes().next().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
    match (first(body), first(wanted)) {
        (Some(one), Some(other)) => {
            one == other
                || (one.is_ascii_digit() != other.is_ascii_digit())
                || matches!((one, other), (b'i' | b'l', b'i' | b'l'))
        }
        _ => true,
    }
}

fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// Controls of direction in a caption are told.
fn bidi(text: &Text<'_>) -> String {
    let control = text.read.chars().find(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
    control.map_or_else(String::new, |c| format!(". The caption has a control of direction, {}", code_point(c)))
}

/// A code, as a whole word.
pub(super) fn code(asked: &str, texts: &[Text<'_>]) -> Check {
    let requirement = format!("Code {}", asked.trim());
    let check = |verdict, quote, how: &str| Check::rule(requirement.clone(), Kind::Code, verdict, quote, how);
    let wanted = flat(asked);
    let mut alike = None;
    for text in texts {
        for run in text.find(&wanted).take(50) {
            let at = text.words[run.start].at.start..text.words[run.end - 1].at.end;
            let found = &text.read[at];
            // The fold made letters that only look alike the same; a shop does not.
            if key(found) == key(asked.trim()) || compare::plain(found) == compare::plain(asked.trim()) {
                let same = found.contains(asked.trim());
                return check(
                    Verdict::Pass,
                    text.quote(&run),
                    if same { "It stands in the caption" } else { "It stands in the caption; capitals differ" },
                );
            }
            alike = text.quote(&run);
        }
    }
    match alike {
        Some(quote) => check(Verdict::Fail, Some(quote), "It only looks like the code: a letter is of another script"),
        None if texts.iter().any(|text| text.cut) => {
            check(Verdict::CannotTell, None, "It does not stand in what was read of the captions")
        }
        None => check(Verdict::Fail, None, "It stands in no caption"),
    }
}

/// A link, in a caption or beside it.
pub(super) fn link(asked: &str, content: &Content, texts: &[Text<'_>]) -> Check {
    let requirement = format!("Link {}", asked.trim());
    let wanted = Address::of(asked);
    for text in texts {
        for span in &text.marks.links {
            if wanted.is_met_by(&Address::of(&text.read[span.clone()])) {
                return Check::rule(
                    requirement,
                    Kind::Link,
                    Verdict::Pass,
                    Some(text.quote_bytes(span.clone())),
                    "It stands in the caption",
                );
            }
        }
    }
    if content.links.iter().take(1_000).any(|link| wanted.is_met_by(&Address::of(link))) {
        return Check::rule(requirement, Kind::Link, Verdict::Pass, None, "It is among the links that were handed in");
    }
    let bio = texts.iter().find_map(|text| {
        super::concepts::said("link in bio")
            .iter()
            .find_map(|phrase| text.find(phrase).next())
            .and_then(|run| text.quote(&run))
    });
    if bio.is_some() {
        return Check::rule(
            requirement,
            Kind::Link,
            Verdict::CannotTell,
            bio,
            "The caption points to the profile, which cannot be seen from here",
        );
    }
    let cut = texts.iter().any(|text| text.cut);
    let verdict = if cut { Verdict::CannotTell } else { Verdict::Fail };
    Check::rule(requirement, Kind::Link, verdict, None, "It stands neither in a caption nor beside it")
}

/// An address, without what makes no difference.
struct Address {
    host: String,
    path: String,
    query: String,
}

impl Address {
    fn of(link: &str) -> Self {
        let link = link.trim();
        let lower = link.get(..8).unwrap_or(link).to_ascii_lowercase();
        let bare = if lower.starts_with("https://") {
            &link[8..]
        } else if lower.starts_with("http://") {
            &link[7..]
        } else {
            link
        };
        let bare = bare.split('#').next().unwrap_or("");
        let (place, query) = bare.split_once('?').unwrap_or((bare, ""));
        let (host, path) = place.split_once('/').unwrap_or((place, ""));
        let host = host.to_ascii_lowercase();
        Self {
            host: host.strip_prefix("www.").unwrap_or(&host).to_owned(),
            path: path.trim_end_matches('/').to_owned(),
            query: query.to_owned(),
        }
    }

    /// The same host and path, and every part of the query that is asked; a host alone is met by any of its pages.
    fn is_met_by(&self, other: &Self) -> bool {
        let path = self.path.is_empty() || self.path == other.path;
        let query = self
            .query
            .split('&')
            .filter(|part| !part.is_empty())
            .all(|part| other.query.split('&').any(|other| other == part));
        !self.host.is_empty() && self.host == other.host && path && query
    }
}

/// A forbidden word or phrase in a caption, and whether it surely is it: "cheap" is not surely in "#cheapdeals".
pub(super) fn forbidden_in(text: &Text<'_>, word: &str) -> Option<(Run, bool)> {
    let wanted = flat(word);
    if wanted.is_empty() {
        return None;
    }
    if let Some(run) = text.find(&wanted).next() {
        return Some((run, true));
    }
    let joined = wanted.replace(' ', "");
    // Spelled with signs between its letters: "c.h.e.a.p".
    let letters: String = joined.chars().flat_map(|c| [c, ' ']).collect();
    if joined.chars().count() >= 3
        && let Some(run) = text.find(letters.trim_end()).next()
    {
        return Some((run, true));
    }
    let in_tag = |at: &usize| text.words[*at].part == Part::Tag;
    let tags: Vec<usize> = (0..text.words.len()).filter(in_tag).collect();
    for at in tags {
        let tag = text.word(at);
        if tag == joined {
            return Some((at..at + 1, true));
        }
        if joined.len() >= 3 && tag.contains(&joined) {
            let original = &text.read[text.words[at].at.clone()];
            return Some((at..at + 1, humps(original).iter().any(|part| flat(part) == joined)));
        }
    }
    let mut inflected = (0..text.words.len())
        .filter(|&at| text.words[at].part == Part::Plain && !wanted.contains(' ') && wanted.len() >= 4);
    inflected.find(|&at| inflection(&wanted, text.word(at))).map(|at| (at..at + 1, false))
}

/// "barato" and "baratas": the same but for number and gender.
fn inflection(one: &str, other: &str) -> bool {
    let stem = |word: &str| {
        let word = word.strip_suffix('s').unwrap_or(word);
        let word = word.strip_suffix('e').unwrap_or(word);
        word.strip_suffix(['a', 'o']).unwrap_or(word).to_owned()
    };
    one != other && stem(one) == stem(other)
}

/// The words of a tag with humps: "CheapDeals".
fn humps(tag: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut small = true;
    for c in tag.chars().filter(|c| c.is_alphanumeric()) {
        if parts.is_empty() || (c.is_uppercase() && small) {
            parts.push(String::new());
        }
        small = !c.is_uppercase();
        if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts
}

/// A word that the brand forbids, in any caption.
pub(super) fn forbidden(word: &str, texts: &[Text<'_>]) -> Check {
    let requirement = format!("Without “{}”", word.trim());
    let mut doubt = None;
    for text in texts {
        match forbidden_in(text, word) {
            Some((run, true)) => {
                return Check::rule(
                    requirement,
                    Kind::SaysNot,
                    Verdict::Fail,
                    text.quote(&run),
                    "It stands in the caption",
                );
            }
            Some((run, false)) => doubt = text.quote(&run),
            None => {}
        }
    }
    match doubt {
        Some(quote) => Check::rule(
            requirement,
            Kind::SaysNot,
            Verdict::CannotTell,
            Some(quote),
            "A word that is near it stands in the caption",
        ),
        None if texts.iter().any(|text| text.cut) => Check::rule(
            requirement,
            Kind::SaysNot,
            Verdict::CannotTell,
            None,
            "Only the beginning of a caption was read",
        ),
        None => Check::rule(requirement, Kind::SaysNot, Verdict::Pass, None, "It stands in no caption"),
    }
}

/// The caption's language.
pub(super) fn language(wanted: LanguageCode, written: Written, text: &Text<'_>) -> Check {
    let requirement = format!("In {}", wanted.english());
    let quote = text.quote_all();
    match written {
        Written::In(seen) if seen == wanted => {
            Check::rule(requirement, Kind::Language, Verdict::Pass, quote, format!("It is in {}", seen.english()))
        }
        Written::In(seen) => {
            Check::rule(requirement, Kind::Language, Verdict::Fail, quote, format!("It is in {}", seen.english()))
        }
        Written::Mixed => Check::rule(
            requirement,
            Kind::Language,
            Verdict::CannotTell,
            quote,
            "It is partly in English, partly in Spanish",
        ),
        Written::Unclear => Check::rule(
            requirement,
            Kind::Language,
            Verdict::CannotTell,
            quote,
            "There is too little text to tell its language",
        ),
    }
}

/// Platform, format and deadline.
pub(super) fn of_content(brief: &Brief, content: &Content) -> Vec<Check> {
    let mut checks = Vec::new();
    if !brief.platforms.is_empty() {
        let posted = Known::named(&content.platform);
        let same = |name: &String| {
            name.trim().eq_ignore_ascii_case(content.platform.trim())
                || (posted != Known::Other && Known::named(name) == posted)
        };
        let requirement = format!("On {}", brief.platforms.join(" or "));
        let (verdict, how) = match content.platform.trim() {
            "" => (Verdict::CannotTell, "It was not said where it is posted".to_owned()),
            platform if brief.platforms.iter().any(same) => (Verdict::Pass, format!("It is for {platform}")),
            platform => (Verdict::Fail, format!("It is for {platform}")),
        };
        checks.push(Check::rule(requirement, Kind::Platform, verdict, None, how));
    }
    if !brief.formats.is_empty() {
        let (verdict, how) = format(brief, content);
        checks.push(Check::rule(format!("As {}", brief.formats.join(" or ")), Kind::Format, verdict, None, how));
    }
    if let Some(deadline) = brief.deadline {
        let (verdict, how) = match content.submitted_at {
            Some(at) if at <= deadline => (Verdict::Pass, format!("It was handed in at {at}")),
            Some(at) => (Verdict::Fail, format!("It was handed in at {at}")),
            None => (Verdict::CannotTell, "It is not known when it was handed in".to_owned()),
        };
        checks.push(Check::rule(format!("By {deadline}"), Kind::Deadline, verdict, None, how));
    }
    checks
}

/// What was said of it, then what its links show, then what its files can be.
fn format(brief: &Brief, content: &Content) -> (Verdict, String) {
    let wanted = |format: &str| brief.formats.iter().any(|wanted| wanted.trim().eq_ignore_ascii_case(format.trim()));
    if let Some(format) = content.formats.iter().find(|format| wanted(format)) {
        return (Verdict::Pass, format!("It is a {format}"));
    }
    if !content.formats.is_empty() {
        return (Verdict::Fail, format!("It is a {}", content.formats.join(", ")));
    }
    let shown: Vec<&str> = content.links.iter().take(1_000).filter_map(|link| shown_by(link)).collect();
    if let Some(format) = shown.iter().find(|format| wanted(format)) {
        return (Verdict::Pass, format!("A link to it is one to a {format}"));
    }
    let moving = ["REEL", "VIDEO", "SHORT", "SHORTS", "LIVE", "TIKTOK", "IGTV"];
    let only_moving =
        brief.formats.iter().all(|format| moving.iter().any(|one| format.trim().eq_ignore_ascii_case(one)));
    let still =
        !content.media.is_empty() && content.media.iter().all(|media| media.trim().eq_ignore_ascii_case("image"));
    if only_moving && still {
        return (Verdict::Fail, "There are only images, and it has to move".to_owned());
    }
    if let [format, ..] = shown.as_slice() {
        return (Verdict::CannotTell, format!("A link to it is one to a {format}"));
    }
    (Verdict::CannotTell, "It was not said what it is".to_owned())
}

fn shown_by(link: &str) -> Option<&'static str> {
    let link = link.get(..link.floor_char_boundary(500))?.to_ascii_lowercase();
    let on = |host: &str| link.contains(host);
    if on("instagram.com") && (link.contains("/reel/") || link.contains("/reels/")) {
        Some("REEL")
    } else if on("instagram.com") && link.contains("/stories/") {
        Some("STORY")
    } else if on("instagram.com") && link.contains("/p/") {
        Some("POST")
    } else if on("youtube.com") && link.contains("/shorts/") {
        Some("SHORT")
    } else if (on("youtube.com") && link.contains("watch?"))
        || on("youtu.be/")
        || (on("tiktok.com") && link.contains("/video/"))
    {
        Some("VIDEO")
    } else {
        None
    }
}
