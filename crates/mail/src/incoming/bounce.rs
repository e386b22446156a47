//! Delivery reports: those that RFC 3464 describes, and those that mail servers write as they please.

use super::Failure;
use super::addresses::of_text;
use super::reason::is_gone;

/// What a report in fields says of its receivers.
pub(super) struct Told {
    pub(super) failures: Vec<Failure>,
    /// It was delivered, relayed or expanded.
    pub(super) arrived: bool,
}

/// The fields of a block, unfolded.
fn field<'b>(block: &'b str, name: &str) -> Option<&'b str> {
    let line = block.lines().filter_map(|line| line.split_once(':'));
    line.into_iter()
        .find(|(known, _)| known.trim().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
        .filter(|value| !value.is_empty())
}

fn unfolded(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace("\n ", " ").replace("\n\t", " ")
}

/// `rfc822; <mia@example.com>` is `mia@example.com`.
fn address_of(value: &str) -> Option<String> {
    let value = value.split_once(';').map_or(value, |(_, value)| value);
    of_text(value).into_iter().map(|(_, address)| address).next()
}

/// A status at the beginning of a text: `5.1.1 (bad mailbox)`.
pub fn status_of(value: &str) -> Option<String> {
    statuses(value).into_iter().next()
}

fn statuses(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at + 4 < bytes.len() {
        let begins = matches!(bytes[at], b'2' | b'4' | b'5')
            && bytes[at + 1] == b'.'
            && (at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'.'));
        if !begins {
            at += 1;
            continue;
        }
        let rest = &bytes[at + 2..];
        let subject = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let detail =
            rest.get(subject + 1..).map_or(0, |rest| rest.iter().take_while(|byte| byte.is_ascii_digit()).count());
        let end = at + 2 + subject + 1 + detail;
        if (1..=3).contains(&subject)
            && rest.get(subject) == Some(&b'.')
            && (1..=3).contains(&detail)
            && !matches!(bytes.get(end), Some(b'.'))
        {
            found.push(text[at..end].to_owned());
            at = end;
        } else {
            at += 2;
        }
    }
    found
}

/// Has a server said a reply code of SMTP that is for good?
pub(super) fn has_code(text: &str) -> bool {
    code(text).is_some_and(|code| code >= 500)
}

/// The reply code of SMTP in what a server said.
fn code(text: &str) -> Option<u16> {
    text.split(|letter: char| !letter.is_ascii_digit()).filter(|word| word.len() == 3).filter_map(|word| word.parse().ok()).find(|code| matches!(code, 421 | 422 | 450..=455 | 471 | 500..=504 | 510..=513 | 521 | 523 | 530 | 534 | 535 | 541 | 550..=557 | 571))
}

/// Reads the blocks of a report (RFC 3464), whose human part may say more.
pub(super) fn of_fields(text: &str, human: &str) -> Option<Told> {
    // Some servers leave no empty line between receivers.
    let text = unfolded(text).replace("\nFinal-Recipient:", "\n\nFinal-Recipient:");
    let mut told = Told { failures: Vec::new(), arrived: false };
    for block in text.split("\n\n") {
        let final_one = field(block, "Final-Recipient").and_then(address_of);
        let original =
            field(block, "Original-Recipient").or_else(|| field(block, "X-Actual-Recipient")).and_then(address_of);
        let status = field(block, "Status").and_then(status_of);
        let action = field(block, "Action")
            .map(|action| action.split([' ', '(', ';']).next().unwrap_or_default().to_ascii_lowercase());
        if status.is_none() && action.is_none() {
            continue;
        }
        let diagnostic = field(block, "Diagnostic-Code")
            .map(|said| said.split_once(';').filter(|(kind, _)| kind.len() < 12).map_or(said, |(_, said)| said).trim());
        if matches!(action.as_deref(), Some("delivered" | "relayed" | "expanded" | "deliverable"))
            || status.as_deref().is_some_and(|status| status.starts_with('2'))
        {
            told.arrived = true;
            continue;
        }
        let delayed = matches!(action.as_deref(), Some("delayed" | "deferred"));
        // Receivers that were rewritten in the house are worth less than who was written to.
        let address = match (final_one, original) {
            (Some(last), Some(first))
                if last.rsplit_once('.').is_some_and(|(_, top)| top.eq_ignore_ascii_case("local"))
                    || last.contains("@[") =>
            {
                Some(first)
            }
            (last, first) => last.or(first),
        };
        let said = match diagnostic {
            Some(said) if said.len() > 12 || statuses(said).iter().any(|status| !status.ends_with(".0.0")) => {
                format!("{said} {}", about(human, address.as_deref(), 8))
            }
            _ => format!("{} {}", diagnostic.unwrap_or_default(), about(human, address.as_deref(), 12)),
        };
        let told_status = status.clone().filter(|status| !status.ends_with(".0.0"));
        let inner = diagnostic.and_then(|said| statuses(said).into_iter().find(|status| !status.ends_with(".0.0")));
        let human_one =
            || statuses(&said).into_iter().find(|status| !status.starts_with('2') && !status.ends_with(".0.0"));
        let best = told_status.or(inner).or_else(human_one).or(status);
        let gone = !delayed && is_gone(best.as_deref(), &said);
        told.failures.push(Failure { address, status: best, diagnostic: diagnostic.map(clipped), gone, delayed });
    }
    (told.arrived || !told.failures.is_empty()).then_some(told)
}

/// What a text says of an address: the lines after it, up to those of the next one.
fn about(text: &str, address: Option<&str>, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    let wanted = address.map(str::to_lowercase);
    let is_wanted = |line: &str| wanted.as_deref().is_some_and(|wanted| line.to_lowercase().contains(wanted));
    let Some(from) = all.iter().position(|line| is_wanted(line)) else {
        return all.iter().take(lines.max(30)).copied().collect::<Vec<_>>().join(" ");
    };
    let is_next = |line: &str| {
        let begins = line.trim_start().trim_start_matches(['<', '"', '(']);
        let word = begins.split([' ', ':', '>', '"', ')']).next().unwrap_or_default();
        word.contains('@') && !is_wanted(line)
    };
    let said = all[from..].iter().enumerate().take(lines).take_while(|(at, line)| *at == 0 || !is_next(line));
    said.map(|(_, line)| *line).collect::<Vec<_>>().join(" ")
}

fn clipped(text: &str) -> String {
    text.chars().take(1_000).collect()
}

/// Where the mail that came back begins within the text of a report.
fn returned_at(text: &str) -> usize {
    const MARKS: &[&str] = &[
        "below this line is",
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
        "received-from-mta",
        "the text of your message",
        "content-type: message/rfc822",
        "content-type: text/rfc822-headers",
    ];
    let lower = text.to_lowercase();
    let mut at = 0;
    let mut seen = false;
    for line in lower.split_inclusive('\n') {
        let bare = line.trim();
        let is_header = ["received: ", "return-path: ", "received:from", "message-id: <", "x-mailer: "]
            .iter()
            .any(|head| line.starts_with(head));
        if seen && (is_header || (bare.len() < 100 && MARKS.iter().any(|mark| bare.contains(mark)))) {
            return at.min(text.len());
        }
        seen |= !bare.is_empty();
        at += line.len();
    }
    text.len()
}

/// Reads a report that is a text. `known` is who it says did not get it, if a header or the mail that came back tells.
pub(super) fn of_text_report(text: &str, known: &[String], returned_to: &[String], ours: &[String]) -> Vec<Failure> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let end = returned_at(&text);
    let front = text.get(..end).unwrap_or(&text);
    let back = text.get(end..).unwrap_or_default();
    let is_ours = |address: &str| ours.iter().any(|known| known.eq_ignore_ascii_case(address));
    let mut failures: Vec<Failure> = Vec::new();
    let mut add = |address: Option<String>, said: &str| {
        if failures.iter().any(|known| match (&known.address, &address) {
            (Some(known), Some(new)) => known.eq_ignore_ascii_case(new),
            _ => false,
        }) {
            return;
        }
        let whole = format!("{said} ");
        let status = statuses(said)
            .into_iter()
            .find(|status| !status.starts_with('2'))
            .or_else(|| code(said).map(|code| format!("{}.0.0", code / 100)));
        let delayed = [
            "will continue",
            "still being tried",
            "not yet been delivered",
            "has been delayed",
            "no action is required",
            "will keep trying",
            "delivery delayed",
            "warning message only",
            "will retry",
            "will be retried",
            "temporarily delayed",
            "not need to resend",
        ]
        .iter()
        .any(|words| front.to_lowercase().contains(words));
        let gone = !delayed && is_gone(status.as_deref(), &whole);
        failures.push(Failure {
            address,
            status,
            diagnostic: Some(clipped(said.trim())).filter(|said| !said.is_empty()),
            gone,
            delayed,
        });
    };
    for address in known {
        add(Some(address.clone()), &said_of(front, address));
    }
    if known.is_empty() {
        // Who stands in the report and is also whom the returned mail was to, else the first who stands there.
        let named: Vec<String> = of_text(below_heading(front))
            .into_iter()
            .map(|(_, address)| address)
            .filter(|address| !is_ours(address) && !looks_like_id(front, address))
            .collect();
        let both: Vec<&String> =
            named.iter().filter(|address| returned_to.iter().any(|to| to.eq_ignore_ascii_case(address))).collect();
        let found: Vec<String> =
            if both.is_empty() { named.into_iter().take(1).collect() } else { both.into_iter().cloned().collect() };
        for address in found {
            add(Some(address.clone()), &said_of(front, &address));
        }
    }
    if failures.is_empty() {
        let to =
            returned_to.first().cloned().or_else(|| header_address(back, "to")).filter(|address| !is_ours(address));
        let said: String = front.chars().take(3_000).collect();
        add_last(&mut failures, to, &said);
    }
    failures
}

fn add_last(failures: &mut Vec<Failure>, address: Option<String>, said: &str) {
    let status = statuses(said)
        .into_iter()
        .find(|status| !status.starts_with('2'))
        .or_else(|| code(said).map(|code| format!("{}.0.0", code / 100)));
    let gone = is_gone(status.as_deref(), said);
    failures.push(Failure {
        address,
        status,
        diagnostic: Some(clipped(said.trim())).filter(|said| !said.is_empty()),
        gone,
        delayed: false,
    });
}

/// What a report says of one address: the lines with it and after it, or all of it.
fn said_of(front: &str, address: &str) -> String {
    let said = about(front, Some(address), 8);
    let tells = !statuses(&said).is_empty() || code(&said).is_some() || super::reason::is_gone(Some("4.0.0"), &said);
    if tells { said } else { front.chars().take(4_000).collect() }
}

/// What stands below the line that announces who did not get it, if somebody is named there.
fn below_heading(front: &str) -> &str {
    let lower = front.to_ascii_lowercase();
    let heading = ["following recipient", "following address", "following destination"]
        .iter()
        .filter_map(|words| lower.find(words))
        .min();
    let below = heading.and_then(|at| front.get(at..)).unwrap_or(front);
    if of_text(below).is_empty() { front } else { below }
}

/// Is it the left part of a Message-ID or the name of a server in angle brackets?
fn looks_like_id(text: &str, address: &str) -> bool {
    text.lines().filter(|line| line.contains(address)).all(|line| {
        let lower = line.trim_start().to_ascii_lowercase();
        lower.starts_with("message-id")
            || lower.starts_with("from:")
            || lower.contains("message id")
            || lower.starts_with("reply-to:")
            || lower.starts_with("sender:")
    })
}

/// The address of a header in a text.
pub(super) fn header_address(text: &str, name: &str) -> Option<String> {
    let text = unfolded(text);
    let value = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(known, _)| known.trim().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.to_owned())?;
    of_text(&value).into_iter().map(|(_, address)| address).next()
}
