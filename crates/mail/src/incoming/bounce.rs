//! Delivery reports: those that RFC 3464 describes, and those that mail servers write as they please.

use super::Failure;
use super::addresses::of_text;
use super::prose::{about, head};
use super::reason::is_gone;

/// So many receivers of a report are read.
pub(super) const MOST_RECEIVERS: usize = 100;

/// No more of the human part is looked at for each of them, in bytes.
const MOST_HUMAN: usize = 1 << 15;

/// What a report in fields says of its receivers.
pub(super) struct Told {
    pub(super) failures: Vec<Failure>,
    /// It was delivered, relayed or expanded.
    pub(super) arrived: bool,
}

/// The fields of one receiver.
#[derive(Default)]
struct Group<'t>(Vec<(&'t str, &'t str)>);

impl<'t> Group<'t> {
    fn get(&self, name: &str) -> Option<&'t str> {
        let found = self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| *value).filter(|value| !value.is_empty())
    }
}

/// The groups of a report. An empty line ends one, or a field that the group has already: some servers leave the empty line out, and
/// the fields of a receiver come in any order.
fn groups(text: &str) -> Vec<Group<'_>> {
    const OF_RECEIVERS: [&str; 6] =
        ["final-recipient", "original-recipient", "x-actual-recipient", "action", "status", "diagnostic-code"];
    let mut groups = vec![Group::default()];
    let mut seen = [false; OF_RECEIVERS.len()];
    for line in text.lines() {
        let field = line.split_once(':').map(|(name, value)| (name.trim(), value.trim()));
        let known = field.and_then(|(name, _)| OF_RECEIVERS.iter().position(|of| of.eq_ignore_ascii_case(name)));
        let ends = line.trim().is_empty() || known.is_some_and(|known| seen.get(known) == Some(&true));
        if ends {
            groups.push(Group::default());
            seen = [false; OF_RECEIVERS.len()];
        }
        if let (Some(group), Some(field)) = (groups.last_mut(), field) {
            group.0.push(field);
            if let Some(seen) = known.and_then(|known| seen.get_mut(known)) {
                *seen = true;
            }
        }
    }
    groups
}

pub(super) fn unfolded(text: &str) -> String {
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

pub(super) fn statuses(text: &str) -> Vec<String> {
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
pub(super) fn code(text: &str) -> Option<u16> {
    // It stands alone: `a550b@example.com` and 192.0.2.55 have none.
    let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '.' | '@')));
    let mut codes = words
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| word.len() == 3)
        .filter_map(|word| word.parse().ok());
    codes.find(|code| CODES.iter().any(|known| known.contains(code)))
}

/// The codes by which servers refuse.
const CODES: &[std::ops::RangeInclusive<u16>] = &[
    421..=422,
    450..=455,
    471..=471,
    500..=504,
    510..=513,
    521..=523,
    530..=530,
    534..=535,
    541..=542,
    550..=557,
    571..=571,
];

/// Reads the blocks of a report (RFC 3464), whose human part may say more.
pub(super) fn of_fields(text: &str, human: &str) -> Option<Told> {
    let text = unfolded(text);
    let human = &human[..human.floor_char_boundary(MOST_HUMAN)];
    let mut told = Told { failures: Vec::new(), arrived: false };
    let groups: Vec<Group<'_>> = groups(&text).into_iter().take(2 * MOST_RECEIVERS).collect();
    // What is said to no address by name is about the only one.
    let is_only = groups.iter().filter(|group| group.get("Action").is_some()).count() < 2;
    let general = if is_only { head(human, 30) } else { String::new() };
    for group in groups {
        let final_one = group.get("Final-Recipient").and_then(address_of);
        let original = group.get("Original-Recipient").or_else(|| group.get("X-Actual-Recipient")).and_then(address_of);
        let status = group.get("Status").and_then(status_of);
        let action = group
            .get("Action")
            .map(|action| action.split([' ', '(', ';']).next().unwrap_or_default().to_ascii_lowercase());
        if status.is_none() && action.is_none() {
            continue;
        }
        let diagnostic = group
            .get("Diagnostic-Code")
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
            (Some(last), Some(first)) if is_of_the_house(&last) => Some(first),
            (last, first) => last.or(first),
        };
        let diagnostic = diagnostic.map(|said| &said[..said.floor_char_boundary(4_000)]);
        let said = match diagnostic {
            Some(said) if said.len() > 12 || statuses(said).iter().any(|status| !status.ends_with(".0.0")) => {
                format!("{said} {}", about(human, address.as_deref(), 8).unwrap_or_else(|| general.clone()))
            }
            _ => {
                let more = about(human, address.as_deref(), 12).unwrap_or_default();
                format!("{} {more} {general}", diagnostic.unwrap_or_default())
            }
        };
        let told_status = status.clone().filter(|status| !status.ends_with(".0.0"));
        let inner = diagnostic.and_then(|said| statuses(said).into_iter().find(|status| !status.ends_with(".0.0")));
        // What the other server said goes before what is said about it.
        let human_one = || {
            if diagnostic.is_some_and(|said| !statuses(said).is_empty()) {
                return None;
            }
            statuses(&said).into_iter().find(|status| !status.starts_with('2') && !status.ends_with(".0.0"))
        };
        let best = told_status.or(inner).or_else(human_one).or(status);
        let gone = !delayed && is_gone(best.as_deref(), &said);
        told.failures.push(Failure { address, status: best, diagnostic: diagnostic.map(clipped), gone, delayed });
    }
    (told.arrived || !told.failures.is_empty()).then_some(told)
}

/// Does an address name a machine or a mailbox inside of a house, and nobody outside?
fn is_of_the_house(address: &str) -> bool {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    !domain.contains('.') || domain.starts_with('[') || domain.to_ascii_lowercase().ends_with(".local")
}

pub(super) fn clipped(text: &str) -> String {
    text.chars().take(1_000).collect()
}
