//! A mail as RFC 5322 and MIME write it: the same mail is the same bytes, whenever it is written.

use std::time::{Duration, UNIX_EPOCH};

use kernel::{Error, Result};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};

use crate::model::{mailbox, one_line, thread_ids};
use crate::store::Mail;

/// Writes the message. The rows were checked when they were queued, and are not trusted all the same: no line of theirs ends a header.
pub(crate) fn write(mail: &Mail, from: &Mailbox) -> Result<Vec<u8>> {
    let sent = UNIX_EPOCH + Duration::from_micros(u64::try_from(mail.created_at.micros()).unwrap_or_default());
    let mut message = Message::builder()
        .from(sender(mail, from)?)
        .to(ascii(mailbox("to", &mail.recipient)?)?)
        .subject(one_line(&mail.subject))
        .date(sent)
        .message_id(Some(mail.message_id.clone()));
    if let Some(reply_to) = &mail.reply_to {
        message = message.reply_to(ascii(mailbox("reply_to", reply_to)?)?);
    }
    let headers: Vec<(String, String)> = serde_json::from_str(&mail.headers).map_err(Error::internal)?;
    let answered = mail.in_reply_to.as_deref().and_then(thread_ids);
    let (threads, headers): (Vec<_>, Vec<_>) =
        headers.into_iter().partition(|(name, _)| name.eq_ignore_ascii_case("references"));
    let thread = threads.into_iter().find_map(|(_, ids)| thread_ids(&ids)).or_else(|| answered.clone());
    if let Some(answered) = answered {
        message = message.in_reply_to(answered);
    }
    if let Some(thread) = thread {
        message = message.references(thread);
    }
    // Automatic answers (out of office) are not wanted to what no person wrote.
    if mail.workspace_id.is_none() {
        message = message.raw_header(header("Auto-Submitted", "auto-generated")?);
    }
    for (name, value) in headers {
        message = message.raw_header(header(&name, &value)?);
    }
    let text = mail.body_text.clone().unwrap_or_default();
    let message = match &mail.body_html {
        None => message.singlepart(SinglePart::plain(text)),
        Some(html) => message.multipart(
            MultiPart::alternative()
                .boundary(format!("part-{}", mail.id))
                .singlepart(SinglePart::plain(text))
                .singlepart(SinglePart::html(html.clone())),
        ),
    };
    Ok(message.map_err(Error::internal)?.formatted())
}

/// The sender: the address of the settings, under the workspace's name if the mail is of one.
fn sender(mail: &Mail, from: &Mailbox) -> Result<Mailbox> {
    let name = mail.sender_name.as_deref().map(one_line).or_else(|| from.name.clone());
    ascii(Mailbox::new(name, from.email.clone()))
}

/// The same with its domain in ASCII (IDNA), which every mail server takes.
fn ascii(mailbox: Mailbox) -> Result<Mailbox> {
    let email = crate::incoming::to_ascii(mailbox.email.as_ref()).parse().map_err(Error::internal)?;
    Ok(Mailbox::new(mailbox.name, email))
}

fn header(name: &str, value: &str) -> Result<HeaderValue> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(Error::internal)?;
    Ok(HeaderValue::new(name, one_line(value)))
}
