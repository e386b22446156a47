//! A call as a calendar file (RFC 5545).

use kernel::{Timestamp, time};

use crate::token::{Key, Purpose};
use crate::{CallStatus, Entry, Outreach};

/// How long a call is planned to be.
const PLANNED: i64 = 30 * time::MINUTE;

/// The address of the file, for whoever is given it.
pub(crate) fn link(outreach: &Outreach, key: &Key, entry: &Entry) -> String {
    let token = key.sign(Purpose::Calendar, entry.id.uuid());
    format!("{}/api/v1/outreach/call/{}/calendar.ics?token={token}", outreach.app().public_url(), entry.id)
}

/// What is done by the file, which also stands in its media type (RFC 5546).
pub(crate) fn method(entry: &Entry) -> &'static str {
    if entry.call() == CallStatus::Cancelled { "CANCEL" } else { "PUBLISH" }
}

/// Who asks for the meeting: the brand, at the address that this server's mails are from where nothing else is set.
fn organizer(brand: &str, public_url: &str) -> String {
    let host = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    let host = host.split(['/', ':', '?', '#']).next().filter(|host| !host.is_empty()).unwrap_or("localhost");
    let name: String = brand.chars().filter(|letter| !letter.is_control() && *letter != '"').take(100).collect();
    format!("ORGANIZER;CN=\"{name}\":mailto:no-reply@{host}")
}

/// The file. `title` and `notes` are what people wrote.
pub(crate) fn file(
    entry: &Entry,
    scheduled: Timestamp,
    (brand, public_url): (&str, &str),
    title: &str,
    notes: Option<&str>,
) -> String {
    let cancelled = entry.call() == CallStatus::Cancelled;
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//InfluencerFlow//Outreach//EN".to_owned(),
        format!("METHOD:{}", method(entry)),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@influencerflow", entry.id),
        format!("SEQUENCE:{}", entry.revision.max(0)),
        organizer(brand, public_url),
        format!("DTSTAMP:{}", moment(entry.updated_at)),
        format!("DTSTART:{}", moment(scheduled)),
        format!("DTEND:{}", moment(scheduled.plus(PLANNED))),
        format!("SUMMARY:{}", escaped(title)),
        format!("STATUS:{}", if cancelled { "CANCELLED" } else { "CONFIRMED" }),
    ];
    if let Some(notes) = notes.filter(|notes| !notes.trim().is_empty()) {
        lines.push(format!("DESCRIPTION:{}", escaped(notes)));
    }
    lines.extend(["END:VEVENT".to_owned(), "END:VCALENDAR".to_owned()]);
    lines.iter().map(|line| folded(line)).collect()
}

/// `20260115T103000Z`.
fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    let digits: String = text.chars().take(19).filter(|letter| !matches!(letter, '-' | ':')).collect();
    format!("{digits}Z")
}

fn escaped(text: &str) -> String {
    let plain: String =
        text.replace("\r\n", "\n").chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect();
    plain.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// A line of at most 75 bytes; what is longer goes on after a space in the next.
fn folded(line: &str) -> String {
    let (mut told, mut length) = (String::with_capacity(line.len() + 2), 0);
    for letter in line.chars() {
        if length + letter.len_utf8() > 75 {
            told.push_str("\r\n ");
            length = 1;
        }
        told.push(letter);
        length += letter.len_utf8();
    }
    told.push_str("\r\n");
    told
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn moments_are_utc() {
        assert_eq!(moment("2026-01-15T10:30:00.5Z".parse().unwrap()), "20260115T103000Z");
    }

    #[test]
    fn the_organizer_is_the_brand_whatever_it_is_called() {
        let line = organizer("Tech\"Fit\r\nATTENDEE:x", "https://flow.example:8443/api");
        assert_eq!(line, "ORGANIZER;CN=\"TechFitATTENDEE:x\":mailto:no-reply@flow.example");
    }

    proptest! {
        #[test]
        fn no_text_breaks_out_of_its_line(text in "[\\PC\n\r;,\\\\]{0,300}") {
            let told = folded(&format!("SUMMARY:{}", escaped(&text)));
            for line in told.trim_end_matches("\r\n").split("\r\n") {
                prop_assert!(line.len() <= 75);
                prop_assert!(!line.contains('\n'));
            }
            prop_assert!(told.split("\r\n").skip(1).all(|line| line.is_empty() || line.starts_with(' ')));
        }
    }
}
