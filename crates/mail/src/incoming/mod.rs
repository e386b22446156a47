//! Mail that comes in: what it is, before anybody asks whom it concerns. Pure.
//!
//! A mail is a person's answer only if nothing says that a machine wrote it: reports, receipts, automatic answers, lists and whatever
//! comes from a mail server itself are told apart by their headers and form, never by how friendly they sound.

mod addresses;
mod bounce;
mod kind;
#[cfg(test)]
mod kinds;
mod machine;
mod mime;
mod notice;
mod phrases;
mod prose;
mod reason;
#[cfg(test)]
mod tests;

pub use addresses::{key, spellings, to_ascii};
pub use bounce::status_of;
pub use machine::{Headers, is_nobody};
pub use mime::{of_parts, parse, thread_ids};
pub use reason::is_gone;

/// One receiver that a mail did not get to.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Failure {
    /// Who did not get it.
    pub address: Option<String>,
    /// RFC 3463: `5.1.1`.
    pub status: Option<String>,
    /// What the server said.
    pub diagnostic: Option<String>,
    /// Is there no such address or domain? Nothing else is for good: quotas, policies and full disks pass.
    pub gone: bool,
    /// Does the server go on trying?
    pub delayed: bool,
}

/// What a mail is.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A person's.
    #[default]
    Reply,
    /// A machine answered: out of office, a ticket, a list.
    AutoReply,
    /// It was delivered, relayed or read.
    Receipt,
    /// It did not get there, or not yet.
    Bounce(Vec<Failure>),
    /// Somebody pressed "spam"; who, if the report says so.
    Complaint(Option<String>),
    /// A report that asks for nothing: "not spam", a failed authentication, statistics.
    Report,
}

/// A mail that came in.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Incoming {
    /// Its own Message-ID, in angle brackets; made of its content where it has none.
    pub message_id: String,
    /// The Message-IDs that it answers or is about, the nearest first.
    pub answers: Vec<String>,
    /// From whom: the bare address.
    pub from: Option<String>,
    /// Every address that it was sent to.
    pub to: Vec<String>,
    /// The subject.
    pub subject: Option<String>,
    /// The plain text.
    pub text: Option<String>,
    /// The HTML.
    pub html: Option<String>,
    /// What it is.
    pub what: What,
}

/// The bare address of `Mia <mia@example.com>`; a text without one stays as it is.
pub fn bare(text: &str) -> String {
    let inner = text.rsplit_once('<').map_or(text, |(_, rest)| rest.split('>').next().unwrap_or_default());
    addresses(inner).into_iter().next().unwrap_or_else(|| text.trim().to_owned())
}

/// Every address in a text.
pub fn addresses(text: &str) -> Vec<String> {
    addresses::of_text(text).into_iter().map(|(_, address)| clean(&address)).collect()
}

/// A text that storage takes and that shows what it says: no NUL, nothing that turns the direction of what stands around it.
pub fn clean(text: &str) -> String {
    text.chars().filter(|letter| *letter != '\0' && !crate::model::turns(*letter)).collect()
}
