//! A mail as providers and their adapters send it: JSON, beside the raw message.

use input::Input;
use input::rule::{self, Problem, Rule};
use mail::incoming::{Failure, Headers, Incoming, What, clean, is_gone, of_parts, thread_ids};
use serde_json::{Map, Value, json};

/// An email, as email providers and their adapters send it.
#[derive(Input)]
#[input(name = "InboundEmail")]
pub(crate) struct InboundMail {
    /// Its own Message-ID: the same one twice changes nothing.
    #[input(message_id(), example = "<CAF1@mail.example.com>")]
    message_id: String,
    /// The Message-ID of the email that it answers.
    #[input(any_text(2_000), example = "<1@influencerflow.example>")]
    in_reply_to: Option<String>,
    /// The Message-IDs of its thread, the oldest first: a list, or one text as in the header.
    #[input(message_ids())]
    references: Option<Vec<String>>,
    /// The sender's address.
    #[input(any_text(500), example = "mia@example.com")]
    from: Option<String>,
    /// The addresses that it was sent to, with what stands after a `+`: a list, or one text as in the header.
    #[input(message_ids(), example = "replies+k3jq@in.example.com")]
    to: Option<Vec<String>>,
    /// The subject.
    #[input(any_text(2_000))]
    subject: Option<String>,
    /// The text.
    #[input(any_text(500_000), alias = "body")]
    text: Option<String>,
    /// The same as HTML; it is read where there is no text, or where it alone tells what is quoted.
    #[input(any_text(500_000), alias = "body_html")]
    html: Option<String>,
    /// Further headers, by name, each a text or a list of texts: `Return-Path`, `Precedence`, `X-Autoreply` and `List-Id` tell that a machine wrote it.
    #[input(object(100_000))]
    headers: Option<Map<String, Value>>,
    /// The header `Auto-Submitted` (RFC 3834): `auto-replied`, `auto-generated` or `no`.
    #[input(any_text(200), example = "no")]
    auto_submitted: Option<String>,
    /// Is it a complaint (a press on "spam") that the provider passes on?
    #[input(flag, default = false)]
    complaint: bool,
    /// The status of a delivery report (RFC 3463): `5.1.1` is permanent, `4.2.2` temporary.
    #[input(report_status(), example = "5.1.1")]
    bounce_status: Option<String>,
    /// What the mail server said, of a delivery report.
    #[input(any_text(5_000))]
    bounce_diagnostic: Option<String>,
    /// Whom a delivery report or a complaint is about.
    #[input(any_text(500), example = "mia@example.com")]
    bounce_recipient: Option<String>,
}

/// The rule of a Message-ID.
fn message_id() -> impl Rule<Output = String> {
    rule::text(400).and_then(|text| {
        let wrong = || Problem::new("wrong_format", "must be a Message-ID such as <1@mail.example.com>");
        thread_ids(&text).into_iter().next().ok_or_else(wrong)
    })
}

/// The rule of a thread: a list of Message-IDs, or one text as in the header.
fn message_ids() -> impl Rule<Output = Vec<String>> {
    let text = || rule::any_text(20_000);
    rule::rule(
        || json!({"anyOf": [{"type": "string", "maxLength": 20_000}, {"type": "array", "items": {"type": "string"}, "maxItems": 200}]}),
        move |value, from_text| match value {
            Value::String(_) => Ok(vec![text().read(value, from_text)?]),
            _ => rule::texts(200, 400).read(value, from_text),
        },
    )
}

/// The rule of a delivery report's status.
fn report_status() -> impl Rule<Output = String> {
    rule::text(20).and_then(|status| {
        let fits = matches!(status.as_bytes(), [b'2' | b'4' | b'5', b'.', ..]);
        fits.then_some(status).ok_or_else(|| Problem::new("wrong_format", "must be a status such as 5.1.1 or 4.2.2"))
    })
}

impl From<InboundMail> for Incoming {
    fn from(mail: InboundMail) -> Self {
        let mut answers: Vec<String> = mail.in_reply_to.iter().flat_map(|text| thread_ids(text)).collect();
        let thread: Vec<String> =
            mail.references.unwrap_or_default().iter().flat_map(|text| thread_ids(text)).collect();
        answers.extend(thread.into_iter().rev());
        let mut headers: Vec<(String, String)> = Vec::new();
        for (name, value) in mail.headers.unwrap_or_default() {
            match value {
                Value::Array(all) => headers
                    .extend(all.into_iter().filter_map(|one| one.as_str().map(|one| (name.clone(), one.to_owned())))),
                Value::String(one) => headers.push((name, one)),
                _ => {}
            }
        }
        headers.extend(mail.auto_submitted.map(|word| ("Auto-Submitted".to_owned(), word)));
        let subject = mail.subject.map(|subject| clean(&subject));
        let what = match mail.bounce_status {
            _ if mail.complaint => What::Complaint(mail.bounce_recipient),
            Some(status) if status.starts_with('2') => What::Receipt,
            Some(status) => What::Bounce(vec![Failure {
                gone: is_gone(Some(&status), mail.bounce_diagnostic.as_deref().unwrap_or_default()),
                address: mail.bounce_recipient,
                status: Some(status),
                diagnostic: mail.bounce_diagnostic,
                delayed: false,
            }]),
            None => {
                // Whom it was sent to is not who did not get a mail.
                headers.extend(mail.to.iter().flatten().map(|to| ("To".to_owned(), to.clone())));
                let from = mail.from.as_deref().map(mail::incoming::bare);
                let (subject, text, html) =
                    (subject.as_deref().unwrap_or_default(), mail.text.as_deref(), mail.html.as_deref());
                let (what, ids) = of_parts(&Headers::new(headers), from.as_deref(), subject, text, html);
                answers.extend(ids);
                what
            }
        };
        answers.truncate(200);
        Self {
            message_id: mail.message_id,
            answers,
            from: mail.from.map(|from| mail::incoming::bare(&clean(&from))),
            to: mail.to.unwrap_or_default().iter().flat_map(|text| mail::incoming::addresses(text)).collect(),
            subject,
            text: mail.text,
            html: mail.html,
            what,
        }
    }
}
