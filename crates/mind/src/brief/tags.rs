//! Tags, mentions and links of a caption, as its platform reads them.
//!
//! X follows its published rules (twitter-text); elsewhere a tag is a hash, then letters, marks, digits and `_` with one letter at
//! least, and anything else ends it. `docs/brief-check.md` says where the rules come from.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::platforms::Known;
use super::text::Part;

/// A place in a caption, in bytes.
pub(super) type Span = Range<usize>;

/// No more tags, mentions or links of a caption are kept.
const MOST: usize = 5_000;

/// What of a caption is a tag, a mention, a link: each with its sign.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    pub(super) tags: Vec<Span>,
    pub(super) mentions: Vec<Span>,
    pub(super) links: Vec<Span>,
}

impl Marks {
    /// All of them, as they follow each other.
    pub(super) fn in_order(&self) -> Vec<(Span, Part)> {
        let of = |spans: &[Span], part: Part| spans.iter().map(|span| (span.clone(), part)).collect::<Vec<_>>();
        let mut all = of(&self.tags, Part::Tag);
        all.extend(of(&self.mentions, Part::Mention));
        all.extend(of(&self.links, Part::Link));
        all.sort_by_key(|(span, _)| span.start);
        all
    }
}

/// Reads a caption.
pub(super) fn marks(caption: &str, platform: Known) -> Marks {
    let mut marks = Marks::default();
    let mut from = 0;
    for piece in caption.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let link = link_in(word);
        let signed = &word[..link.as_ref().map_or(word.len(), |link| link.start)];
        read_signs(signed, from, platform, &mut marks);
        if let Some(link) = link {
            keep(&mut marks.links, from + link.start..from + link.end);
        }
        from += piece.len();
    }
    marks
}

fn keep(spans: &mut Vec<Span>, span: Span) {
    if spans.len() < MOST {
        spans.push(span);
    }
}

/// Where a word without white space holds a link: with a scheme, `www.`, or a host and a path; or a host alone.
fn link_in(word: &str) -> Option<Span> {
    let word = &word[..word.floor_char_boundary(2_048)];
    let bare = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '"', '\'', '»', '”', '…']);
    let lower = bare.to_ascii_lowercase();
    let start = ["https://", "http://", "www."].iter().filter_map(|lead| lower.find(lead)).min();
    if let Some(start) = start.filter(|&start| !bare[..start].ends_with(|c: char| c.is_alphanumeric())) {
        return Some(start..bare.len());
    }
    let opening = bare.len() - bare.trim_start_matches(['(', '[', '"', '\'', '«', '“', '¡', '¿']).len();
    let host_end = bare[opening..].find(['/', '#', '?']).map_or(bare.len(), |at| opening + at);
    let host = bare.get(opening..host_end)?;
    let (name, top) = host.rsplit_once('.')?;
    let is_name = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_host = name.split('.').all(is_name)
        && name.bytes().any(|b| b.is_ascii_alphabetic())
        && (2..=12).contains(&top.len())
        && top.bytes().all(|b| b.is_ascii_alphabetic());
    // "suave.Ahora" is two sentences: a host alone has a top that is known as one.
    let known = TOPS.contains(&top.to_ascii_lowercase().as_str());
    (is_host && (known || bare[host_end..].starts_with('/'))).then_some(opening..bare.len())
}

const TOPS: &[&str] = &[
    "com", "net", "org", "es", "io", "co", "shop", "store", "me", "app", "eu", "uk", "de", "fr", "it", "pt", "br",
    "mx", "ar", "cl", "ly", "link", "site", "online", "dev", "tv", "info", "biz", "cat", "us", "ie", "pe",
];

/// Tags and mentions of a word without links.
fn read_signs(word: &str, from: usize, platform: Known, marks: &mut Marks) {
    let mut before: Option<char> = None;
    let mut after_tag = false;
    let mut skip = 0;
    for (at, c) in word.char_indices() {
        if at < skip {
            continue;
        }
        let mut end = at + c.len_utf8();
        let mut tagged = false;
        if matches!(c, '#' | '＃' | '﹟') && (may_begin_tag(before) || (after_tag && platform != Known::X)) {
            if let Some(length) = tag_length(&word[end..], platform) {
                end += length;
                keep(&mut marks.tags, from + at..from + end);
                tagged = true;
            }
        } else if matches!(c, '@' | '＠' | '﹫')
            && may_begin_mention(before, platform)
            && let Some(length) = mention_length(&word[end..], platform)
        {
            end += length;
            keep(&mut marks.mentions, from + at..from + end);
        }
        before = word[at..end].chars().next_back();
        after_tag = tagged;
        skip = end;
    }
}

fn may_begin_tag(before: Option<char>) -> bool {
    before.is_none_or(|c| !(c.is_alphanumeric() || is_combining(c) || matches!(c, '_' | '&')))
}

/// A mark that changes a letter; not the selector behind an emoji.
fn is_combining(c: char) -> bool {
    is_combining_mark(c) && !matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{20e3}')
}

/// How long the tag is that begins behind its sign.
fn tag_length(rest: &str, platform: Known) -> Option<usize> {
    if rest.starts_with(['\u{fe0f}', '\u{20e3}']) {
        return None;
    }
    let belongs = |c: char| {
        c.is_alphanumeric()
            || is_combining(c)
            || c == '_'
            || (platform == Known::X
                && matches!(
                    c,
                    '\u{200c}'
                        | '\u{200d}'
                        | '\u{a67e}'
                        | '\u{5be}'
                        | '\u{5f3}'
                        | '\u{5f4}'
                        | '\u{ff5e}'
                        | '\u{301c}'
                        | '\u{309b}'
                        | '\u{309c}'
                        | '\u{30a0}'
                        | '\u{30fb}'
                        | '\u{3003}'
                        | '\u{f0b}'
                        | '\u{f0c}'
                        | '\u{b7}'
                ))
    };
    let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    let letter = rest[..end].chars().any(char::is_alphabetic);
    let void = platform == Known::X && (rest[end..].starts_with(['#', '＃']) || rest[end..].starts_with("://"));
    (letter && !void).then_some(end)
}

fn may_begin_mention(before: Option<char>, platform: Known) -> bool {
    before.is_none_or(|c| {
        !(c.is_alphanumeric()
            || matches!(c, '_' | '@' | '＠')
            || (platform == Known::X && matches!(c, '!' | '#' | '$' | '%' | '&' | '*')))
    })
}

/// How long the handle is that begins behind its sign.
fn mention_length(rest: &str, platform: Known) -> Option<usize> {
    let wide = |c: char| matches!(c, 'ａ'..='ｚ' | 'Ａ'..='Ｚ' | '０'..='９' | '＿');
    let belongs = |c: char| {
        c.is_ascii_alphanumeric()
            || c == '_'
            || (platform != Known::X && (c == '.' || wide(c)))
            || (matches!(platform, Known::YouTube | Known::Other | Known::LinkedIn) && c == '-')
    };
    let mut end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    if platform == Known::X {
        end = end.min(20);
        let next = rest[end..].chars().next();
        let accented = next.is_some_and(|c| matches!(c, 'À'..='ÿ') && c != '×' && c != '÷');
        if accented || matches!(next, Some('@' | '＠')) || rest[end..].starts_with("://") {
            return None;
        }
    }
    end = rest[..end].trim_end_matches(['.', '-']).len();
    (end > 0).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(caption: &str, platform: Known) -> Vec<&str> {
        marks(caption, platform).tags.into_iter().map(|span| &caption[span]).collect()
    }

    fn mentions(caption: &str, platform: Known) -> Vec<&str> {
        marks(caption, platform).mentions.into_iter().map(|span| &caption[span]).collect()
    }

    #[test]
    fn tags_are_read_as_platforms_do() {
        for (caption, found) in [
            ("Hi #summer2026, #sustainable!", vec!["#summer2026", "#sustainable"]),
            ("foo#bar &#39; C#sharp", vec![]),
            ("(#a) \"#b\" ¡#c! #d-e #f's", vec!["#a", "#b", "#c", "#d", "#f"]),
            ("#2026 #️⃣ # space ##double", vec!["#double"]),
            ("https://brand.com/#anchor brand.com/x#y www.brand.com#z", vec![]),
            (
                "＃ｓｕｍｍｅｒ #niño #ni\u{303}o #夏 #лето",
                vec!["＃ｓｕｍｍｅｒ", "#niño", "#ni\u{303}o", "#夏", "#лето"],
            ),
            ("#sum\u{200b}mer #sun☀️", vec!["#sum", "#sun"]),
        ] {
            assert_eq!(tags(caption, Known::Instagram), found, "{caption}");
        }
        assert_eq!(tags("#a#b", Known::Instagram), ["#a", "#b"]);
        assert_eq!(tags("#a#b #c://x", Known::X), [""; 0]);
    }

    #[test]
    fn mentions_are_read_as_platforms_do() {
        assert_eq!(
            mentions("with @brand. and @my.brand.es, (@x_1)!", Known::Instagram),
            ["@brand", "@my.brand.es", "@x_1"]
        );
        assert_eq!(mentions("mail info@brand.com or https://tiktok.com/@brand", Known::Instagram), [""; 0]);
        assert_eq!(mentions("@brand-x @my.brand", Known::X), ["@brand", "@my"]);
        assert_eq!(mentions("@brand's ＠brand @@brand", Known::TikTok), ["@brand", "＠brand"]);
        assert_eq!(mentions("@brandé", Known::X), [""; 0]);
    }
}
