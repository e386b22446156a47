//! What introduces a quote.

use super::words::{FROM, HEADERS, LEADS, ORIGINAL, VERBS};
use super::{Mark, Raw};

/// What introduces a quote: from the line it was asked of to before `end`.
pub(super) struct Head {
    pub(super) end: usize,
    /// Where it begins within its line, after own words.
    pub(super) shared: Option<usize>,
}

/// Over so many lines `On … wrote:` is folded at most.
const FOLDED: usize = 6;
const LONGEST: usize = 600;

/// What introduces a quote at this line, if anything does.
pub(super) fn at(lines: &[Raw], at: usize) -> Option<Head> {
    let line = &lines[at];
    if line.is_blank() {
        return None;
    }
    if is_separator(&line.folded) {
        return Some(Head { end: at + 1, shared: None });
    }
    if let Some(end) = block(lines, at) {
        return Some(Head { end, shared: None });
    }
    if is_rule(&line.folded) {
        let next = at + 1 + lines[at + 1..].iter().take(2).take_while(|line| line.is_blank()).count();
        if let Some(end) = lines.get(next).and_then(|_| block(lines, next)) {
            return Some(Head { end, shared: None });
        }
    }
    if let Some(from) = shared(&line.text) {
        return Some(Head { end: at + 1, shared: Some(from) });
    }
    wrote(lines, at).map(|end| Head { end, shared: None })
}

/// `-----Original Message-----`, `Begin forwarded message:`.
fn is_separator(folded: &str) -> bool {
    let bare = folded.trim_matches(|letter: char| !letter.is_alphanumeric());
    if bare.len() > 60 || !ORIGINAL.contains(&bare) {
        return false;
    }
    let dashes = folded.chars().take_while(|letter| matches!(letter, '-' | '_' | '*' | '=' | ' ')).count();
    dashes > 0 || folded.ends_with(':') || folded.ends_with("--")
}

/// A rule of dashes or underscores.
pub(super) fn is_rule(folded: &str) -> bool {
    folded.len() >= 5 && folded.chars().all(|letter| matches!(letter, '-' | '_' | '=' | '*' | ' '))
}

/// The label of a header line: `*From:* Bob`, `Von : Bob`.
fn label(folded: &str) -> Option<(&str, &str)> {
    let line = folded.trim_start_matches(['*', ' ', '|', ':', '>']);
    let (name, value) = line.split_once(':')?;
    let name = name.trim_matches(['*', ' ', '\u{a0}']);
    (!name.is_empty() && name.len() <= 40).then(|| (name, value.trim_matches(['*', ' '])))
}

fn is_address(value: &str) -> bool {
    value.find(['<', '[']).is_some_and(|open| value[open..].contains('@')) || value.contains("mailto:")
}

/// The end of a block of header lines that begins here.
fn block(lines: &[Raw], at: usize) -> Option<usize> {
    let known = |line: &Raw| {
        label(&line.folded).and_then(|(name, value)| {
            if FROM.contains(&name) {
                Some((true, value.to_owned(), name.to_owned()))
            } else {
                HEADERS.contains(&name).then(|| (false, value.to_owned(), name.to_owned()))
            }
        })
    };
    known(&lines[at])?;
    let (mut end, mut names, mut from, mut rest) = (at, Vec::new(), false, String::new());
    let mut skipped = 0;
    for (number, line) in lines.iter().enumerate().skip(at).take(24) {
        if line.is_quoted() && line.mark != Mark::None {
            break;
        }
        if let Some((is_from, value, name)) = known(line) {
            // A second one of the same name begins another mail, or is a list of prices.
            if names.contains(&name) {
                break;
            }
            (end, skipped) = (number + 1, 0);
            from |= is_from;
            rest.push_str(&value);
            rest.push(' ');
            names.push(name);
            continue;
        }
        // A header may go on in the next line; one empty line may stand between.
        skipped += 1;
        if skipped > 2 {
            break;
        }
        if !line.is_blank() && names.len() < 2 {
            rest.push_str(&line.folded);
            rest.push(' ');
        }
    }
    let dated = names.iter().any(|name| {
        !matches!(name.as_str(), "to" | "a" | "an" | "para" | "cc" | "til" | "till" | "aan" | "do")
            && !FROM.contains(&name.as_str())
    });
    let is_head = match names.len() {
        0 => false,
        1 => {
            from && rest.contains('@')
                && [" date:", " sent:", " subject:", " to:"].iter().any(|name| rest.contains(name))
                || from && is_address(&rest) && !rest.trim_start().starts_with(|letter: char| letter.is_ascii_digit())
        }
        2 => (from && (dated || rest.contains('@'))) || (dated && rest.contains('@') && self::dated(&rest)),
        _ => (from || rest.contains('@')) && (dated || rest.contains('@')),
    };
    if !is_head {
        return None;
    }
    if names.len() == 1 && !is_address(label(&lines[at].folded).map_or("", |(_, value)| value)) {
        // The address of a lone `From:` stands in the next line.
        end = (at + 2).min(lines.len());
    }
    Some(end)
}

/// The end of `On … wrote:` that begins here and is folded over some lines.
fn wrote(lines: &[Raw], at: usize) -> Option<usize> {
    let mut joined = String::new();
    for end in at..(at + FOLDED).min(lines.len()) {
        let line = &lines[end];
        // `>:` closes an address that was broken.
        let closes = line.mark == Mark::None && joined.matches('<').count() > joined.matches('>').count();
        if end > at && ((line.is_quoted() && !closes) || is_separator(&line.folded) || shared(&line.text).is_some()) {
            break;
        }
        if line.is_blank() {
            // Only where an address is set apart.
            let next = lines.get(end + 1).map_or("", |line| line.folded.as_str());
            if next.starts_with('<') || next.starts_with("mailto:") {
                continue;
            }
            break;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(&line.folded);
        if joined.len() > LONGEST {
            break;
        }
        let next = lines[end + 1..].iter().find(|line| !line.is_blank());
        let quote_follows = next.is_none_or(Raw::is_quoted);
        if let Some(quality) = attribution(&joined, quote_follows) {
            // It may begin further down: `On your host run` is not its beginning.
            let later = (at + 1..=end).any(|from| {
                let part: Vec<&str> = lines[from..=end].iter().map(|line| line.folded.as_str()).collect();
                attribution(&part.join(" "), quote_follows) >= Some(quality)
            });
            return (!later).then_some(end + 1);
        }
    }
    None
}

/// Where own words end and `On … wrote:` begins within one line.
pub(super) fn shared(text: &str) -> Option<usize> {
    let tail = text.trim_end();
    if !tail.ends_with("wrote:") || tail.len() > 20 * LONGEST {
        return None;
    }
    let (at, _) = tail.rmatch_indices("On ").find(|(at, _)| {
        let before = tail[..*at].chars().next_back();
        let after = tail[at + 3..].chars().next();
        before.is_some_and(|letter| letter == ' ' || letter == '-')
            && after.is_some_and(|letter| letter.is_uppercase() || letter.is_ascii_digit())
    })?;
    let own = tail[..at].trim_end_matches(['-', ' ']);
    let head = &tail[at..];
    if own.trim_start_matches(['-', '>', ' ']).is_empty() || head.len() > LONGEST {
        return None;
    }
    let folded = crate::text::fold(head);
    (attribution(&folded, true) == Some(2) && dated(&folded)).then_some(own.len())
}

/// Does this introduce a quote? 2 if it begins as such lines do, 1 if it only ends so.
fn attribution(folded: &str, quote_follows: bool) -> Option<u8> {
    let dashed = folded.starts_with("--") && folded.ends_with("--");
    let text = folded.trim_matches(|letter: char| matches!(letter, '-' | '*' | '_' | ' '));
    let colon = text.ends_with(':');
    let bare = text.trim_end_matches([':', ' ', '*', '-']);
    let first = bare.split(' ').next().unwrap_or_default();
    let leads =
        LEADS.iter().any(|lead| bare.strip_prefix(lead).is_some_and(|rest| rest.starts_with(' ') || !lead.is_ascii()));
    // A date stands in the first words: `2014-10-17 11:28`, `16 марта 2017`, `tir. 18. apr.`, `pe 2. maali`.
    let mut words = bare.split(' ');
    let opening: Vec<&str> = words.by_ref().take(4).collect();
    let opening_dated = dated(&opening.join(" "))
        || (opening.len() > 2 && dated(bare) && opening[1].starts_with(|letter: char| letter.is_ascii_digit()));
    let begins_with_date = opening_dated
        && !first.contains('@')
        && (first.starts_with(|letter: char| letter.is_ascii_digit())
            || first.ends_with(['.', ','])
            || first.chars().count() <= 3);
    let begins = leads || begins_with_date;
    let evidence = dated(bare) || bare.contains('@');
    let ends_with_verb = VERBS.iter().any(|verb| {
        bare.strip_suffix(verb).is_some_and(|rest| rest.ends_with([' ', '.', ')', '>', '\u{5f35}']) || !verb.is_ascii())
    });
    if ends_with_verb {
        if dashed && bare.len() < 100 {
            return Some(2);
        }
        if begins && evidence && (colon || quote_follows || dated(bare)) {
            return Some(2);
        }
        let named = bare.contains('@') || (evidence && bare.contains(" on "));
        return (named && colon).then_some(1);
    }
    let verb_inside = VERBS.iter().any(|verb| {
        bare.find(verb).is_some_and(|at| bare[..at].ends_with(' ') && bare[at + verb.len()..].starts_with(' '))
    });
    if begins && verb_inside && colon && evidence {
        return Some(2);
    }
    // `2014-10-17 11:28 GMT+03:00 Bob <bob@example.com>:`
    let addressed = bare.ends_with('>') && bare.contains('@') && bare.len() < 220;
    if begins_with_date && addressed && dated(bare) && (colon || (quote_follows && bare.contains('<'))) {
        return Some(2);
    }
    None
}

/// Has it a year, a time or a date in figures?
fn dated(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    (0..bytes.len()).any(|at| {
        if !digit(at) || (at > 0 && digit(at - 1)) {
            return false;
        }
        let length = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let year = length == 4 && (bytes[at..].starts_with(b"19") || bytes[at..].starts_with(b"20"));
        let mark = bytes.get(at + length).copied().unwrap_or_default();
        let clock =
            length <= 2 && matches!(mark, b':' | b'.' | b'h') && digit(at + length + 1) && digit(at + length + 2);
        let date = length <= 2 && matches!(mark, b'/' | b'.' | b'-') && digit(at + length + 1);
        year || clock || date
    })
}
