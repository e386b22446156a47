//! Delivery reports that are a text, as mail servers write them when they please.

use super::Failure;
use super::addresses::of_text;
use super::bounce::{MOST_RECEIVERS, clipped, code, statuses, unfolded};
use super::machine::is_daemon;
use super::reason::{is_gone, is_late, without_names};

/// Where the mail that came back begins within the text of a report.
const RETURNED: &[&str] = &[
    "below this line is",
    "below is a copy of",
    "original message follows",
    "this is a copy of",
    "copy of your message",
    "original message headers",
    "undelivered message follows",
    "unsent message",
    "the header of the original",
    "message header",
    "returned message",
    "start of returned",
    "----- original message",
    "-----original message",
    "--- original message",
    "headers of the original",
    "the following is a copy",
    "included is the original",
    "your message follows",
    "message follows",
    "message contents follow",
    "here is your returned mail",
    "- these recipients of your message have been processed",
    "your original message",
    "original mail as follows",
    "received-from-mta",
    "the text of your message",
    "content-type: message/rfc822",
    "content-type: text/rfc822-headers",
];

/// What announces who did not get a mail.
const HEADINGS: [&str; 3] = ["following recipient", "following address", "following destination"];

/// What stands before a receiver in a line that begins what is said of him.
const LABELS: [&str; 6] =
    ["rcpt to:", "recipient address:", "recipient:", "failed recipient:", "could not be delivered to:", "to address:"];

fn returned_at(text: &str) -> usize {
    let lower = text.to_ascii_lowercase();
    let mut at = 0;
    let mut seen = false;
    for line in lower.split_inclusive('\n') {
        let bare = line.trim();
        let is_header = ["received: ", "return-path: ", "received:from", "message-id: <", "x-mailer: "]
            .iter()
            .any(|head| line.starts_with(head));
        if seen && (is_header || (bare.len() < 100 && RETURNED.iter().any(|mark| bare.contains(mark)))) {
            return at;
        }
        seen |= !bare.is_empty();
        at += line.len();
    }
    text.len()
}

/// The receiver whom a line begins to speak of: `<mia@example.com>:`, `554 <mia@example.com>... User unknown`, `>>> RCPT To:<…>`; and
/// whether the line says that he is one.
fn opens(line: &str) -> Option<(String, bool)> {
    let line = &line[..line.floor_char_boundary(400)];
    let line = line.trim_start_matches([' ', '\t', '>', '*', '-', '\u{2022}']);
    let line = line.strip_prefix("In:").map_or(line, str::trim_start);
    let labelled = LABELS.iter().find_map(|label| {
        let begins = line.get(..label.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(label));
        begins.then(|| &line[label.len()..])
    });
    let coded = || {
        let (code, rest) = line.split_once([' ', '-'])?;
        (code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit()) && rest.starts_with('<')).then_some(rest)
    };
    let labelled = labelled.or_else(coded);
    let rest = labelled.unwrap_or(line).trim_start_matches([' ', '<', '\'', '[']);
    // A local part may be quoted, and so may the whole address.
    let first = |text| of_text(text).into_iter().next().filter(|(at, _)| *at == 0);
    let found = first(rest).or_else(|| first(rest.trim_start_matches('"')));
    found.map(|(_, address)| (address, labelled.is_some()))
}

/// A receiver that a report lists.
struct Listed {
    address: String,
    said: String,
    /// Does the report say that it is a receiver?
    labelled: bool,
}

/// The receivers that a report lists, each with what it says of them.
fn listed(front: &str) -> Vec<Listed> {
    let mut found: Vec<Listed> = Vec::new();
    let mut current: Option<usize> = None;
    let mut left = 0;
    for line in front.lines() {
        if is_of_host(line) {
            current = None;
        }
        if let Some((address, labelled)) = opens(line) {
            let known = found.iter().position(|known| known.address.eq_ignore_ascii_case(&address));
            current = known.or_else(|| {
                (found.len() < MOST_RECEIVERS).then(|| {
                    found.push(Listed { address, said: String::new(), labelled });
                    found.len() - 1
                })
            });
            left = 12;
        }
        if let Some(listed) = current.filter(|_| left > 0).and_then(|at| found.get_mut(at)) {
            if listed.said.len() < 4_000 {
                listed.said.push_str(&line[..line.floor_char_boundary(1_000)]);
                listed.said.push('\n');
            }
            left -= 1;
        }
    }
    found
}

/// Does a line of a transcript speak of a server? It belongs to the receivers below it.
fn is_of_host(line: &str) -> bool {
    line.contains(" (smtp)...")
}

/// What a text says of an address: the lines with it and after it, up to those of the next one.
pub(super) fn about(text: &str, address: Option<&str>, lines: usize) -> Option<String> {
    let wanted = address?.to_ascii_lowercase();
    let is_wanted = |line: &str| line.to_ascii_lowercase().contains(&wanted);
    let is_next = |line: &str| {
        let begins = line.trim_start().trim_start_matches(['<', '"', '(']);
        let word = begins.split([' ', ':', '>', '"', ')']).next().unwrap_or_default();
        (word.contains('@') && !is_wanted(line)) || is_of_host(line)
    };
    let said: Vec<&str> = text
        .lines()
        .skip_while(|line| !is_wanted(line))
        .take(lines)
        .enumerate()
        .take_while(|(at, line)| *at == 0 || !is_next(line))
        .map(|(_, line)| line)
        .collect();
    (!said.is_empty()).then(|| cut(&said.join(" ")))
}

/// The first lines of a text.
pub(super) fn head(text: &str, lines: usize) -> String {
    cut(&text.lines().take(lines).collect::<Vec<_>>().join(" "))
}

/// No more is said of one receiver.
fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(4_000)].to_owned()
}

/// Reads a report that is a text. `known` is who it says did not get it, if a header tells; `returned_to` whom the mail was to that came
/// back; `ours` who gets the report.
pub(super) fn of_text_report(text: &str, known: &[String], returned_to: &[String], ours: &[String]) -> Vec<Failure> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let end = returned_at(&text);
    let (front, back) = text.split_at(end);
    // Whoever names thousands of them gets no more of our time.
    let (ours, returned_to) =
        (&ours[..ours.len().min(MOST_RECEIVERS)], &returned_to[..returned_to.len().min(MOST_RECEIVERS)]);
    let is_ours = |address: &str| ours.iter().any(|known| known.eq_ignore_ascii_case(address));
    let is_late = is_late(front);
    let list = listed(front);
    let said_by_list = |listed: &Listed| (Some(listed.address.clone()), listed.said.clone());
    let mut told: Vec<(Option<String>, String)> = if known.is_empty() {
        let others: Vec<_> =
            list.iter().filter(|listed| !is_ours(&listed.address) && !is_daemon(&listed.address)).collect();
        if others.len() > 1 {
            others.into_iter().map(said_by_list).collect()
        } else {
            let named = named(
                front,
                returned_to,
                others.first().filter(|listed| listed.labelled).map(|listed| &listed.address),
                is_ours,
            );
            named.into_iter().map(|address| (Some(address.clone()), said_of(front, &address))).collect()
        }
    } else {
        let mut once: Vec<&String> = known.iter().take(MOST_RECEIVERS).collect();
        once.dedup_by_key(|address| address.to_ascii_lowercase());
        once.into_iter().map(|address| (Some(address.clone()), said_of(front, address))).collect()
    };
    if told.is_empty() {
        // Somebody wrote to himself, or the report names nobody.
        let to_oneself = list.iter().find(|listed| {
            listed.said.lines().next().is_some_and(|line| line.trim_end().ends_with(':')) && !is_daemon(&listed.address)
        });
        let to =
            || returned_to.first().cloned().or_else(|| header_address(back, "to")).filter(|address| !is_ours(address));
        told.push(to_oneself.map_or_else(|| (to(), cut(front)), said_by_list));
    }
    let mut failures: Vec<Failure> = Vec::new();
    for (address, said) in told {
        let is_double = address.is_some()
            && failures.iter().any(|failure| match (&failure.address, &address) {
                (Some(known), Some(new)) => known.eq_ignore_ascii_case(new),
                _ => false,
            });
        if is_double {
            continue;
        }
        let plain = without_names(&said);
        let status = statuses(&plain)
            .into_iter()
            .find(|status| !status.starts_with('2'))
            .or_else(|| code(&plain).map(|code| format!("{}.0.0", code / 100)));
        let gone = !is_late && is_gone(status.as_deref(), &said);
        let diagnostic = Some(clipped(said.trim())).filter(|said| !said.is_empty());
        failures.push(Failure { address, status, diagnostic, gone, delayed: is_late });
    }
    failures
}

/// Who stands in a report and is also whom the returned mail was to, else who begins a line, else the first who stands there.
fn named(front: &str, returned_to: &[String], listed: Option<&String>, is_ours: impl Fn(&str) -> bool) -> Vec<String> {
    let ids = only_in_headers(front);
    let named: Vec<String> = of_text(below_heading(front))
        .into_iter()
        .map(|(_, address)| address)
        .filter(|address| !is_ours(address) && ids.binary_search(&address.as_str()).is_err())
        .collect();
    let is_returned = |address: &&String| returned_to.iter().any(|to| to.eq_ignore_ascii_case(address));
    let both: Vec<String> = named.iter().filter(is_returned).take(MOST_RECEIVERS).cloned().collect();
    if both.is_empty() { listed.cloned().or_else(|| named.into_iter().next()).into_iter().collect() } else { both }
}

/// What a report says of one address: the lines with it and after it, or all of it.
fn said_of(front: &str, address: &str) -> String {
    let said = about(front, Some(address), 8).unwrap_or_else(|| head(front, 30));
    let tells = !statuses(&said).is_empty() || code(&said).is_some() || is_gone(Some("4.0.0"), &said);
    if tells { said } else { cut(front) }
}

/// What stands below the line that announces who did not get it, if somebody is named there.
fn below_heading(front: &str) -> &str {
    let lower = front.to_ascii_lowercase();
    let heading = HEADINGS.iter().filter_map(|words| lower.find(words)).min();
    let below = heading.and_then(|at| front.get(at..)).unwrap_or(front);
    if of_text(below).is_empty() { front } else { below }
}

/// The addresses that stand in nothing but headers of senders, and the left parts of Message-IDs; sorted.
fn only_in_headers(text: &str) -> Vec<&str> {
    let is_header = |line: &str| {
        let lower = line.trim_start().to_ascii_lowercase();
        ["message-id", "from:", "mail from:", "reply-to:", "sender:"].iter().any(|head| lower.starts_with(head))
            || lower.contains("message id")
    };
    let words = |line| {
        of_text(line).into_iter().filter_map(move |(at, address)| {
            let from = line.get(at..).and_then(|rest| rest.find(&address)).map(|more| at + more)?;
            line.get(from..from + address.len())
        })
    };
    let mut inside: Vec<&str> = Vec::new();
    let mut outside: Vec<&str> = Vec::new();
    for line in text.lines() {
        if is_header(line) { inside.extend(words(line)) } else { outside.extend(words(line)) }
    }
    outside.sort_unstable();
    inside.retain(|address| outside.binary_search(address).is_err());
    inside.sort_unstable();
    inside
}

/// The address of a header in a text.
fn header_address(text: &str, name: &str) -> Option<String> {
    let text = unfolded(text);
    let value = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(known, _)| known.trim().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.to_owned())?;
    of_text(&value).into_iter().map(|(_, address)| address).next()
}
