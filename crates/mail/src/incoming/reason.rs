//! What a mail server meant when it said no.

use super::phrases::{Class, PHRASES};

/// What a server meant, if its words say so.
fn class(said: &str) -> Option<Class> {
    let fits = |words: &[&str]| words.iter().any(|word| said.contains(word));
    PHRASES.iter().find(|(_, words)| fits(words)).map(|(class, _)| *class)
}

/// Is there no such address, or no such domain? Only that is for good. The words go before the figures: servers say 5.1.1 of full
/// mailboxes and 5.7.1 of unknown users.
pub fn is_gone(status: Option<&str>, said: &str) -> bool {
    let said = without_names(&said.to_lowercase()).split_whitespace().collect::<Vec<_>>().join(" ");
    // Some quote what the other server said, below a status of their own.
    let quoted = said.split_once("unknown address error").map(|(_, quoted)| quoted).filter(|quoted| quoted.len() > 8);
    let inner = quoted.and_then(super::bounce::status_of);
    let (status, said) = (inner.as_deref().or(status), quoted.unwrap_or(&said));
    let is_temporary = status.is_some_and(|status| status.starts_with('4'));
    let status = status.unwrap_or_default();
    match class(said) {
        Some(Class::Full | Class::Size | Class::Shut | Class::Later | Class::Policy | Class::Refused) => false,
        Some(Class::Nowhere) => !is_temporary,
        // "User unknown" after the whole mail was read is what filters say, too: it counts beside a status that means it, or of `RCPT`.
        Some(Class::Nobody) => {
            let has = |signs: &[&str]| signs.iter().any(|sign| said.contains(sign));
            // Yahoo says so after the mail, and means the address.
            OF_ADDRESSES.contains(&status)
                || said.contains("delivery error: dd")
                || (!is_temporary
                    && !has(OF_DATA)
                    && (has(OF_RCPT)
                        || (!status.ends_with(".2.1") && names_receiver(said))
                        || !super::bounce::has_code(said)))
        }
        None => {
            is_unregistered(said)
                || matches!(status, "5.1.0" | "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.4.4")
        }
    }
}

/// A text with an `@` for each address: what somebody is called says nothing (`spam@filter.example`).
pub(super) fn without_names(said: &str) -> String {
    let mut text = String::with_capacity(said.len());
    let mut from = 0;
    for (at, address) in super::addresses::of_text(said) {
        let begins = said.get(at..).and_then(|rest| rest.find(&address)).map_or(at, |more| at + more);
        text.push_str(said.get(from..begins).unwrap_or_default());
        text.push('@');
        from = begins + address.len();
    }
    text.push_str(said.get(from..).unwrap_or_default());
    text
}

/// Does a refusal name the receiver (`550 Unknown user mia@example.com`)? Then it speaks of the receiver.
fn names_receiver(said: &str) -> bool {
    let reply =
        ["550 ", "553 ", "554 "].iter().filter_map(|code| said.find(code)).min().and_then(|at| said.get(at + 4..));
    let before = reply.map(|reply| &reply[..reply.floor_char_boundary(80)]).and_then(|reply| reply.split_once('@'));
    before.is_some_and(|(before, _)| !before.contains(':') && before.split(' ').count() < 5)
}

/// Symantec's way to say that nobody of that name is registered: `542 mia@example.com Rejected`.
fn is_unregistered(said: &str) -> bool {
    let mut words = said.split_once("542 ").map_or("", |(_, words)| words).split(' ');
    words.next().is_some_and(|word| word.contains('@')) && words.next() == Some("rejected")
}

/// Does the server go on trying?
pub(super) fn is_late(front: &str) -> bool {
    let front = front.to_ascii_lowercase();
    LATE.iter().any(|words| front.contains(words))
}

/// Statuses that speak of the address.
const OF_ADDRESSES: &[&str] =
    &["5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.1", "5.4.4", "5.1.351", "5.5.0"];

/// Signs that a server spoke of the receiver, and not of a mail that it had read.
const OF_RCPT: &[&str] = &["rcpt", "550 <", "553 <", "554 <", "550: <", "does not like recipient"];

/// Signs that a server had read the mail.
const OF_DATA: &[&str] = &["end of data", "reply to data", "command data", ">>> data", "after data"];

/// What reports say of mails that are still tried.
const LATE: &[&str] = &[
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
];
