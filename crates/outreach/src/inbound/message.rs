//! What of a mail matters here.

use input::Input;
use input::rule::{self, Problem, Rule};
use serde_json::{Value, json};

/// A delivery report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Bounce {
    /// RFC 3463: `5.1.1` is for good, `4.2.2` for now.
    pub(crate) status: String,
    /// What the server said.
    pub(crate) diagnostic: Option<String>,
}

impl Bounce {
    /// Will it never arrive?
    pub(crate) fn is_hard(&self) -> bool {
        self.status.starts_with('5')
    }
}

/// A mail that came in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Incoming {
    /// Its own Message-ID.
    pub(crate) message_id: String,
    /// The Message-IDs it answers, the nearest first.
    pub(crate) answers: Vec<String>,
    /// From whom.
    pub(crate) from: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) text: Option<String>,
    /// Did a machine write it (RFC 3834)?
    pub(crate) automatic: bool,
    /// Is it a delivery report?
    pub(crate) bounce: Option<Bounce>,
    /// Is it a complaint (a press on "spam") that the provider passes on?
    pub(crate) complaint: bool,
}

/// A Message-ID as it is compared: in angle brackets.
pub(crate) fn thread_id(text: &str) -> Option<String> {
    let id: String = text.trim().trim_matches(['<', '>']).chars().filter(char::is_ascii_graphic).collect();
    (!id.is_empty() && id.len() <= 300).then(|| format!("<{id}>"))
}

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
    /// The subject.
    #[input(any_text(2_000))]
    subject: Option<String>,
    /// The text.
    #[input(any_text(500_000), alias = "body")]
    text: Option<String>,
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
}

/// The rule of a Message-ID.
fn message_id() -> impl Rule<Output = String> {
    rule::text(400).and_then(|text| {
        let wrong = || Problem::new("wrong_format", "must be a Message-ID such as <1@mail.example.com>");
        thread_id(&text).ok_or_else(wrong)
    })
}

/// The rule of a thread: a list of Message-IDs, or one text as in the header.
fn message_ids() -> impl Rule<Output = Vec<String>> {
    let text = || rule::any_text(20_000);
    rule::rule(
        || json!({"anyOf": [{"type": "string", "maxLength": 20_000}, {"type": "array", "items": {"type": "string"}, "maxItems": 200}]}),
        move |value, from_text| match value {
            Value::String(_) => Ok(text().read(value, from_text)?.split_whitespace().map(str::to_owned).collect()),
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
        let InboundMail { message_id, from, subject, text, complaint, bounce_diagnostic: diagnostic, .. } = mail;
        let mut answers: Vec<String> =
            mail.in_reply_to.iter().flat_map(|text| text.split_whitespace()).filter_map(thread_id).collect();
        answers.extend(mail.references.unwrap_or_default().iter().rev().filter_map(|id| thread_id(id)));
        answers.truncate(200);
        let automatic = mail.auto_submitted.is_some_and(|word| !word.trim().eq_ignore_ascii_case("no"));
        let bounce = mail.bounce_status.map(|status| Bounce { status, diagnostic });
        Self { message_id, answers, from, subject, text, automatic, bounce, complaint }
    }
}
