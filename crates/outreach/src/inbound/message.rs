//! What of a mail matters here.

use input::rule;
use input::{Fields, Input};
use serde::Deserialize;
use utoipa::ToSchema;

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

/// A mail as providers' adapters send it. Only for the documentation: what is read, and how, is in [`Incoming`].
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `Incoming` reads")]
pub(crate) struct InboundMail {
    /// Its own Message-ID: the same one twice changes nothing.
    #[schema(example = "<CAF1@mail.example.com>")]
    message_id: String,
    /// The Message-ID it answers.
    in_reply_to: Option<String>,
    /// The thread, the oldest first: a list, or one text as in the header.
    references: Option<Vec<String>>,
    /// The sender's address.
    from: Option<String>,
    /// The subject.
    subject: Option<String>,
    /// The text.
    text: Option<String>,
    /// The header of that name (RFC 3834): `auto-replied`, `auto-generated`, `no`.
    auto_submitted: Option<String>,
    /// Is it a complaint?
    complaint: Option<bool>,
    /// Of a delivery report the status (RFC 3463): `5.1.1`.
    bounce_status: Option<String>,
    /// Of a delivery report what the server said.
    bounce_diagnostic: Option<String>,
}

impl Input for Incoming {
    fn read(fields: &mut Fields) -> Option<Self> {
        let message_id = fields.required("message_id", rule::text(400));
        if let Some(id) = &message_id
            && thread_id(id).is_none()
        {
            fields.fault("message_id", "wrong_format", "must be a Message-ID such as <1@mail.example.com>");
        }
        let in_reply_to = fields.optional("in_reply_to", rule::any_text(2_000));
        let references = match fields.raw("references") {
            Some(serde_json::Value::String(_)) => fields
                .optional("references", rule::any_text(20_000))
                .map(|text| text.split_whitespace().map(str::to_owned).collect()),
            _ => fields.optional("references", rule::texts(200, 400)),
        };
        let status = fields.optional("bounce_status", rule::text(20));
        if let Some(status) = &status
            && !matches!(status.as_bytes(), [b'2' | b'4' | b'5', b'.', ..])
        {
            fields.fault("bounce_status", "wrong_format", "must be a status such as 5.1.1 or 4.2.2");
        }
        let diagnostic = fields.optional("bounce_diagnostic", rule::any_text(5_000));
        let automatic = fields.optional("auto_submitted", rule::any_text(200));
        let mut answers: Vec<String> =
            in_reply_to.iter().flat_map(|text| text.split_whitespace()).filter_map(thread_id).collect();
        answers.extend(references.unwrap_or_default().iter().rev().filter_map(|id| thread_id(id)));
        answers.truncate(200);
        Some(Self {
            message_id: thread_id(&message_id?)?,
            answers,
            from: fields.optional("from", rule::any_text(500)),
            subject: fields.optional("subject", rule::any_text(2_000)),
            text: fields.optional_as(&["text", "body"], rule::any_text(500_000)),
            automatic: automatic.is_some_and(|word| !word.trim().eq_ignore_ascii_case("no")),
            bounce: status.map(|status| Bounce { status, diagnostic }),
            complaint: fields.optional("complaint", rule::flag()).unwrap_or(false),
        })
    }
}
