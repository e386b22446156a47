//! A raw mail (RFC 5322) taken apart.

use kernel::{Error, Kind, Result};
use mail_parser::{Addr, Address, Message, MessageParser, MimeHeaders as _, PartType};

use super::addresses::of_text;
use super::bounce;
use super::machine::{Headers, is_automatic_subject, is_bounce_subject, is_daemon, is_nobody};
use super::{Failure, Incoming, What, clean};

/// No more of a body is kept, in bytes.
const MOST_TEXT: usize = 500_000;
/// How deep mails may stand within mails.
const DEEPEST: usize = 6;

/// Message-IDs of a header, as they are compared: in angle brackets, without what folding put into them.
pub fn thread_ids(text: &str) -> Vec<String> {
    let tidy = |id: &str| {
        let id: String = id.chars().filter(char::is_ascii_graphic).collect();
        (!id.is_empty() && id.len() <= 400).then(|| format!("<{id}>"))
    };
    if !text.contains('<') {
        return text
            .split([' ', '\t', '\r', '\n', ',', ';'])
            .map(|id| id.trim_matches(['<', '>']))
            .filter_map(tidy)
            .take(200)
            .collect();
    }
    let ids =
        text.split('<').skip(1).filter_map(|rest| rest.split_once('>').map_or_else(|| tidy(rest), |(id, _)| tidy(id)));
    ids.take(200).collect()
}

/// What a mail is that is no report in form: its headers, its sender and its subject say whether a machine wrote it.
pub fn classify(headers: &Headers, from: Option<&str>, subject: &str) -> What {
    let is_server = headers.get("from").is_some_and(|from| from.to_ascii_lowercase().contains("mailer-daemon"));
    let automatic =
        headers.sign().is_some() || is_server || from.is_some_and(is_nobody) || is_automatic_subject(subject);
    if automatic { What::AutoReply } else { What::Reply }
}

/// Reads a mail as it came over the wire.
pub fn parse(raw: &[u8]) -> Result<Incoming> {
    let unreadable = || Error::new(Kind::BadRequest, "The body is no mail that can be read (RFC 5322)");
    // What some programs put before the headers.
    let raw = raw
        .strip_prefix(b"From ")
        .and_then(|rest| rest.iter().position(|byte| *byte == b'\n').map(|at| &rest[at + 1..]))
        .unwrap_or(raw);
    let mail = MessageParser::default().parse(raw).ok_or_else(unreadable)?;
    let headers = headers_of(&mail);
    if headers.get("from").is_none()
        && headers.get("subject").is_none()
        && headers.get("date").is_none()
        && headers.get("message-id").is_none()
    {
        return Err(unreadable());
    }
    let own_id = headers.get("message-id").and_then(|id| thread_ids(id).into_iter().next());
    let from = mail
        .from()
        .and_then(first_of)
        .or_else(|| headers.get("from").and_then(|from| of_text(from).into_iter().map(|(_, address)| address).next()));
    let subject = mail.subject().map(clean).unwrap_or_default();
    let mut read = Read::default();
    read.walk(&mail, 0);
    let mut answers: Vec<String> = headers.all("in-reply-to").flat_map(thread_ids).collect();
    let mut thread: Vec<String> = headers.all("references").flat_map(thread_ids).collect();
    thread.reverse();
    answers.extend(thread);
    let what = read.what(&headers, from.as_deref(), &subject);
    if !matches!(what, What::Reply) {
        // What came back, or is complained about, stands in the report itself, whole or by its head.
        answers.append(&mut read.returned_ids);
    }
    answers.truncate(200);
    let mut to: Vec<String> = Vec::new();
    for name in [
        "to",
        "cc",
        "delivered-to",
        "x-original-to",
        "envelope-to",
        "x-envelope-to",
        "x-forwarded-to",
        "x-rcpt-to",
        "apparently-to",
    ] {
        for value in headers.all(name) {
            to.extend(of_text(value).into_iter().map(|(_, address)| clean(&address)));
        }
    }
    to.dedup();
    to.truncate(100);
    let kept = |text: String| (!text.trim().is_empty()).then(|| clean(&text[..text.floor_char_boundary(MOST_TEXT)]));
    Ok(Incoming {
        message_id: own_id.unwrap_or_else(|| made_id(raw)),
        answers,
        from: from.map(|from| clean(&from)),
        to,
        subject: (!subject.is_empty()).then_some(subject),
        text: kept(read.plain),
        html: kept(read.html),
        what,
    })
}

/// The Message-ID of a mail that has none: the same for the same mail.
pub(super) fn made_id(raw: &[u8]) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(raw);
    let number = digest.iter().take(16).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    format!("<{number:032x}@without-id.invalid>")
}

fn headers_of(mail: &Message<'_>) -> Headers {
    let raw = mail
        .headers_raw()
        .map(|(name, value)| (name.to_owned(), value.replace("\r\n", "\n").replace(['\n', '\r'], " ")));
    Headers::new(raw)
}

fn first_of(address: &Address<'_>) -> Option<String> {
    address.first().and_then(Addr::address).map(str::to_owned)
}

/// What the parts of a mail hold.
#[derive(Default)]
struct Read {
    plain: String,
    html: String,
    /// Every text, whatever its kind: what servers write, they write anyhow.
    all: String,
    status: String,
    disposition: bool,
    feedback: Option<String>,
    /// Of the mail that came back.
    returned_ids: Vec<String>,
    returned_to: Vec<String>,
    returned: bool,
}

impl Read {
    fn walk(&mut self, mail: &Message<'_>, depth: usize) {
        for (number, part) in mail.parts.iter().enumerate() {
            let kind = part
                .content_type()
                .map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase())
                .unwrap_or_default();
            let text = || String::from_utf8_lossy(part.contents()).into_owned();
            match &part.body {
                PartType::Message(inner) => self.returned_mail(inner, &kind, depth),
                _ if kind.ends_with("/delivery-status") || kind.ends_with("/global-delivery-status") => {
                    let raw = mail
                        .raw_message
                        .get(part.raw_body_offset() as usize..part.raw_end_offset() as usize)
                        .unwrap_or_default();
                    let told =
                        if part.is_encoding_problem || raw.is_empty() { text() } else { text_or(part.contents(), raw) };
                    self.status.push_str(&told.replace("\r\n", "\n"));
                    self.status.push_str("\n\n");
                }
                _ if kind.ends_with("/disposition-notification")
                    || kind.ends_with("/global-disposition-notification") =>
                {
                    self.disposition = true;
                }
                _ if kind.ends_with("/feedback-report") => self.feedback = Some(text()),
                _ if kind.ends_with("/rfc822-headers")
                    || kind.ends_with("/rfc822")
                    || kind.ends_with("/global-headers")
                    || kind.ends_with("/global") =>
                {
                    self.returned_text(&text());
                }
                PartType::Text(text) => {
                    if mail.text_body.contains(&(number as u32)) && depth == 0 {
                        self.plain.push_str(text);
                        self.plain.push('\n');
                    }
                    self.all.push_str(text);
                    self.all.push('\n');
                }
                PartType::Html(html) => {
                    if mail.html_body.contains(&(number as u32)) && depth == 0 {
                        self.html.push_str(html);
                    }
                    let read = mind::reply::Letter::of_html(html).text();
                    self.all.push_str(&read);
                    self.all.push('\n');
                }
                PartType::Binary(_) | PartType::InlineBinary(_) | PartType::Multipart(_) => {}
            }
        }
    }

    fn returned_mail(&mut self, inner: &Message<'_>, kind: &str, depth: usize) {
        if kind.ends_with("/delivery-status") || kind.ends_with("/feedback-report") {
            return;
        }
        let headers = headers_of(inner);
        self.returned = true;
        self.returned_ids.extend(headers.all("message-id").flat_map(thread_ids));
        for name in ["references", "in-reply-to"] {
            self.returned_ids.extend(headers.all(name).flat_map(thread_ids));
        }
        for name in ["to", "x-hmxmroriginalrecipient", "x-original-to", "cc"] {
            for value in headers.all(name) {
                self.returned_to.extend(of_text(value).into_iter().map(|(_, address)| address));
            }
        }
        if depth < DEEPEST {
            // A report within a report.
            let mut nested = Self::default();
            nested.walk(inner, depth + 1);
            self.returned_ids.append(&mut nested.returned_ids);
            self.returned_to.append(&mut nested.returned_to);
            self.status.push_str(&nested.status);
        }
    }

    fn returned_text(&mut self, text: &str) {
        self.returned = true;
        let text = text.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
        for (name, value) in text.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(':')) {
            match name.trim().to_ascii_lowercase().as_str() {
                "message-id" | "references" | "in-reply-to" => self.returned_ids.extend(thread_ids(value)),
                "to" | "x-original-to" => {
                    self.returned_to.extend(of_text(value).into_iter().map(|(_, address)| address));
                }
                _ => {}
            }
        }
    }

    fn what(&mut self, headers: &Headers, from: Option<&str>, subject: &str) -> What {
        if let Some(found) = self.complaint(headers, from, subject) {
            return found;
        }
        let kind = headers.get("content-type").unwrap_or_default().to_ascii_lowercase();
        if self.disposition || kind.contains("disposition-notification") {
            return What::Receipt;
        }
        let failed: Vec<String> = headers
            .all("x-failed-recipients")
            .flat_map(|value| of_text(value).into_iter().map(|(_, address)| address))
            .collect();
        let from_server = from.is_none_or(is_daemon) || !failed.is_empty();
        let has_status = !self.status.trim().is_empty();
        let status = if has_status || (from_server && self.all.contains("Final-Recipient:")) {
            format!("{}\n\n{}", self.status, if has_status { "" } else { self.all.as_str() })
        } else {
            String::new()
        };
        let told = (!status.is_empty()).then(|| bounce::of_fields(&status, &self.all)).flatten();
        if let Some(told) = told {
            if told.failures.iter().any(|failure| failure.address.is_some()) {
                return What::Bounce(told.failures);
            }
            if !told.failures.is_empty() {
                return What::Bounce(self.with_address(told.failures, headers, from, &failed));
            }
            return What::Receipt;
        }
        let is_empty_path = headers.has_empty_return_path();
        let is_bounce = !failed.is_empty()
            || (is_bounce_subject(subject)
                && (from_server
                    || is_empty_path
                    || self.returned
                    || kind.starts_with("multipart/report")
                    || from.is_some_and(is_nobody)
                    || self.says_bounce()))
            || (from_server && (self.returned || self.says_bounce()) && !is_automatic_subject(subject));
        if is_bounce {
            let found = self.told_in_text(headers, from, &failed);
            if found.iter().any(|failure| failure.address.is_some() || failure.status.is_some()) {
                return What::Bounce(found);
            }
        }
        classify(headers, from, subject)
    }

    fn told_in_text(&self, headers: &Headers, from: Option<&str>, failed: &[String]) -> Vec<Failure> {
        let mut ours: Vec<String> = from.map(str::to_owned).into_iter().collect();
        for name in ["to", "return-path"] {
            ours.extend(headers.all(name).flat_map(|value| of_text(value).into_iter().map(|(_, address)| address)));
        }
        bounce::of_text_report(&self.all, failed, &self.returned_to, &ours)
    }

    /// A report in fields that names nobody: the text may.
    fn with_address(
        &self,
        mut failures: Vec<Failure>,
        headers: &Headers,
        from: Option<&str>,
        failed: &[String],
    ) -> Vec<Failure> {
        let address = self.told_in_text(headers, from, failed).into_iter().find_map(|failure| failure.address);
        for failure in &mut failures {
            failure.address.clone_from(&address);
        }
        failures
    }

    fn says_bounce(&self) -> bool {
        const WORDS: &[&str] = &[
            "could not be delivered",
            "couldn't be delivered",
            "was not delivered",
            "not be delivered",
            "undeliverable",
            "delivery failed",
            "delivery has failed",
            "failed to deliver",
            "permanent error",
            "permanent failure",
            "fatal error",
            "unable to deliver",
            "user unknown",
            "mailbox",
            "returned to you",
            "delivery to the following",
            "had permanent fatal errors",
            "following address",
            "failed address",
            "did not reach",
            "nicht zugestellt",
            "no se pudo entregar",
            "n'a pas pu",
            "non e stato possibile",
            "550 ",
            "554 ",
            "552 ",
        ];
        let lower = self.all.get(..self.all.floor_char_boundary(6_000)).unwrap_or_default().to_lowercase();
        WORDS.iter().any(|word| lower.contains(word))
    }

    fn complaint(&self, headers: &Headers, from: Option<&str>, subject: &str) -> Option<What> {
        let report = match &self.feedback {
            Some(report) => report.clone(),
            None if self.returned && self.all.contains("Feedback-Type:") => self.all.clone(),
            // Hotmail's complaints have no report, only the mail itself.
            None if self.returned
                && from.is_some_and(|from| from.eq_ignore_ascii_case("staff@hotmail.com"))
                && subject.to_lowercase().contains("complaint") =>
            {
                return Some(What::Complaint(self.returned_to.first().cloned()));
            }
            None => {
                let is_statistics = subject.trim_start().to_ascii_lowercase().starts_with("report domain:");
                return (is_statistics && headers.get("content-type").is_some()).then_some(What::Report);
            }
        };
        let field = |name: &str| {
            let lines = report.lines().filter_map(|line| line.split_once(':'));
            lines
                .into_iter()
                .find(|(known, _)| known.trim().eq_ignore_ascii_case(name))
                .map(|(_, value)| value.trim().to_owned())
        };
        let kind = field("Feedback-Type").unwrap_or_default().to_ascii_lowercase();
        if !matches!(
            kind.as_str(),
            "abuse" | "fraud" | "opt-out" | "opt-out-list" | "complaint" | "unsubscribe" | "miscategorized"
        ) {
            return Some(What::Report);
        }
        let named = field("Original-Rcpt-To")
            .or_else(|| field("Removal-Recipient"))
            .and_then(|value| of_text(&value).into_iter().map(|(_, address)| address).next());
        Some(What::Complaint(named.or_else(|| self.returned_to.first().cloned())))
    }
}

/// The decoded text of a part, or its raw one where decoding left nothing.
fn text_or(contents: &[u8], raw: &[u8]) -> String {
    let chosen = if contents.is_empty() { raw } else { contents };
    String::from_utf8_lossy(chosen).into_owned()
}
