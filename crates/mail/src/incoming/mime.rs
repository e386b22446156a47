//! A raw mail (RFC 5322) taken apart.

use std::borrow::Cow;

use kernel::{Error, Kind, Result};
use mail_parser::{Addr, Address, Message, MessageParser, MimeHeaders as _, PartType};

use super::addresses::of_text;
use super::machine::{Headers, is_automatic_subject, is_nobody};
use super::{Incoming, What, clean};

/// No more of a body is kept, in bytes.
const MOST_TEXT: usize = 500_000;
/// No more than this is searched for what a server says, in bytes: it stands at the beginning.
const MOST_SAID: usize = 1 << 17;
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
pub(super) fn classify(headers: &Headers, from: Option<&str>, subject: &str) -> What {
    let is_server = headers.get("from").is_some_and(|from| from.to_ascii_lowercase().contains("mailer-daemon"));
    let automatic =
        headers.sign().is_some() || is_server || from.is_some_and(is_nobody) || is_automatic_subject(subject);
    if automatic { What::AutoReply } else { What::Reply }
}

/// What a mail is that comes in parts, and the Message-IDs of the mail that it reports on.
pub fn of_parts(
    headers: &Headers,
    from: Option<&str>,
    subject: &str,
    text: Option<&str>,
    html: Option<&str>,
) -> (What, Vec<String>) {
    let mut read = Read::default();
    match (text, html) {
        (Some(text), _) => read.say(text),
        (None, Some(html)) => read.say_html(html),
        (None, None) => {}
    }
    // An adapter may leave the sender out; only of a whole mail does that say that a server wrote it.
    let what = read.what(headers, Some(from.unwrap_or_default()), subject);
    let ids = if what == What::Reply { Vec::new() } else { read.returned_ids };
    (what, ids)
}

/// Reads a mail as it came over the wire.
pub fn parse(raw: &[u8]) -> Result<Incoming> {
    let unreadable = || Error::new(Kind::BadRequest, "The body is no mail that can be read (RFC 5322)");
    // What some programs put before the headers.
    let raw = raw
        .strip_prefix(b"From ")
        .and_then(|rest| rest.iter().position(|byte| *byte == b'\n').map(|at| &rest[at + 1..]))
        .unwrap_or(raw);
    let raw = &*repaired(raw);
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
    if read.all.trim().is_empty() && read.status.is_empty() && !read.returned {
        // What could not be taken apart is read as it stands.
        let body = raw
            .windows(2)
            .position(|pair| pair == b"\n\n")
            .or_else(|| raw.windows(4).position(|four| four == b"\r\n\r\n"));
        read.say(&String::from_utf8_lossy(raw.get(body.unwrap_or(0)..).unwrap_or_default()));
    }
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

/// Mends what some programs write: line ends that are CR alone, and a boundary that begins a line as if it were a header.
fn repaired(raw: &[u8]) -> Cow<'_, [u8]> {
    let mut raw = Cow::Borrowed(raw);
    if !raw.contains(&b'\n') {
        raw = raw.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect::<Vec<_>>().into();
    }
    let mut whole = Vec::new();
    let mut before: &[u8] = b"";
    let mut from = 0;
    let mut at = 0;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let is_loose = before.trim_ascii_end().ends_with(b";")
            && line.get(..9).is_some_and(|begin| begin.eq_ignore_ascii_case(b"boundary="));
        if is_loose {
            whole.extend_from_slice(&raw[from..at]);
            whole.push(b' ');
            from = at;
        }
        before = line;
        at += line.len();
    }
    if from == 0 {
        return raw;
    }
    whole.extend_from_slice(&raw[from..]);
    whole.into()
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
pub(super) struct Read {
    pub(super) plain: String,
    pub(super) html: String,
    /// Every text, whatever its kind: what servers write, they write anyhow.
    pub(super) all: String,
    pub(super) status: String,
    /// The fields of a report that the mail carries, which came back or was passed on.
    pub(super) inner_status: String,
    pub(super) disposition: bool,
    pub(super) feedback: Option<String>,
    /// Of the mail that came back.
    pub(super) returned_ids: Vec<String>,
    pub(super) returned_to: Vec<String>,
    pub(super) returned: bool,
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
                    self.say(text);
                }
                PartType::Html(html) => {
                    if mail.html_body.contains(&(number as u32)) && depth == 0 {
                        self.html.push_str(html);
                    }
                    self.say_html(html);
                }
                PartType::Binary(_) | PartType::InlineBinary(_) | PartType::Multipart(_) => {}
            }
        }
    }

    fn say(&mut self, text: &str) {
        let room = MOST_SAID.saturating_sub(self.all.len());
        self.all.push_str(&text[..text.floor_char_boundary(room)]);
        self.all.push('\n');
    }

    fn say_html(&mut self, html: &str) {
        if self.all.len() < MOST_SAID {
            let html = &html[..html.floor_char_boundary(MOST_TEXT)];
            self.say(&mind::reply::Letter::of_html(html).text());
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
            self.inner_status.push_str(&nested.status);
            self.inner_status.push_str(&nested.inner_status);
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
}

/// The decoded text of a part, or its raw one where decoding left nothing.
fn text_or(contents: &[u8], raw: &[u8]) -> String {
    let chosen = if contents.is_empty() { raw } else { contents };
    String::from_utf8_lossy(chosen).into_owned()
}
