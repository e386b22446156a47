//! What a mail is.

use kernel::{MailId, WorkspaceId};
use uuid::Uuid;

/// A mail to be sent.
#[derive(Clone, Debug, Default)]
pub struct NewMail {
    /// Whose it is; none for the server's own mails (verification, reset).
    pub workspace: Option<WorkspaceId>,
    /// To whom: one address, already checked.
    pub to: String,
    /// Where answers go, if not to the sender that the settings name.
    pub reply_to: Option<String>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// More headers, such as `List-Unsubscribe`.
    pub headers: Vec<(String, String)>,
    /// The Message-ID of the mail that this one answers or follows.
    pub in_reply_to: Option<String>,
    /// What hears of its fate: a kind of job, which is enqueued with a [`Fate`] once the mail was sent, kept or given up.
    pub about: Option<About>,
}

/// What a mail belongs to.
#[derive(Clone, Debug)]
pub struct About {
    /// The kind of job that is enqueued when the fate of the mail is known: `outreach.mail`.
    pub job: &'static str,
    /// What it is about.
    pub id: Uuid,
}

/// What became of a mail: the payload of the job that [`About`] names.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Fate {
    /// The mail.
    pub mail_id: MailId,
    /// What it is about.
    pub about_id: Uuid,
    /// `sent`, `kept` (no mail server is set; it stands in the outbox), or `failed`.
    pub status: String,
    /// Why it failed.
    pub error: Option<String>,
}

/// A mail that was queued.
#[derive(Clone, Debug)]
pub struct Queued {
    /// Its id.
    pub id: MailId,
    /// Its Message-ID, with the angle brackets: answers name it.
    pub message_id: String,
}
