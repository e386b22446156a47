//! A call as a calendar file (RFC 5545).

use http_base::calendar::{escaped, folded, moment};
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_organizer_is_the_brand_whatever_it_is_called() {
        let line = organizer("Tech\"Fit\r\nATTENDEE:x", "https://flow.example:8443/api");
        assert_eq!(line, "ORGANIZER;CN=\"TechFitATTENDEE:x\":mailto:no-reply@flow.example");
    }
}
