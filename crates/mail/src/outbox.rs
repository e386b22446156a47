//! The outbox: what was mailed, and what became of it.

use axum::Json;
use axum::extract::State;
use http_base::Routes;
use http_base::routes;
use http_base::{Answer, App, Caller, Offsets, Page, Params};
use input::Input;
use kernel::{Error, Kind, MailId, Timestamp, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Post;
use crate::store::{self, Mail};

/// Every route of the post office.
pub fn router(post: Post) -> Routes {
    Routes::new().with(routes!(outbox)).with_state(post)
}

/// What stands where a text is not shown,
const HIDDEN: &str = "(not shown: a mail server is set, and what is mailed is its receiver's alone)";
/// and where it was deleted.
const DELETED: &str = "(deleted: texts of mails are kept for MAIL_KEEP_DAYS)";

kernel::word_schema!(
    MailStatus,
    "How a mail stands; `kept`: no mail server is set, and nobody got it.",
    "queued" | "sending" | "sent" | "kept" | "failed" | "withheld"
);

/// A mail of the outbox.
#[derive(Serialize, ToSchema)]
struct Message {
    /// Its id.
    id: MailId,
    /// The address that it goes to.
    #[schema(example = "anna@example.com")]
    to: String,
    /// The subject.
    subject: String,
    /// The text. Once a mail server is set, a note in brackets stands in its place.
    text: String,
    /// The same as HTML, where it may be shown.
    html: Option<String>,
    /// Whether the text is hidden or was deleted.
    redacted: bool,
    /// `queued`, `sending`, `sent`, `kept` (no mail server is set: nobody got it), `failed` or `withheld`.
    #[schema(value_type = MailStatus, example = "kept")]
    status: String,
    /// How often it was tried to send it.
    attempts: u32,
    /// Why it was not sent, or may have arrived twice.
    error: Option<String>,
    /// The address that answers go to, if it is not the sender.
    reply_to: Option<String>,
    /// Its Message-ID header.
    message_id: String,
    /// The Message-ID of the mail that it answers or follows.
    in_reply_to: Option<String>,
    /// The workspace that it belongs to; null for mails of the server itself.
    workspace_id: Option<WorkspaceId>,
    /// When it was queued.
    created_at: Timestamp,
    /// When it was sent or kept.
    sent_at: Option<Timestamp>,
}

impl Message {
    fn of(mail: Mail, shown: bool) -> Self {
        let redacted = !shown || mail.body_text.is_none();
        let (text, html) = match mail.body_text {
            _ if !shown => (HIDDEN.to_owned(), None),
            None => (DELETED.to_owned(), None),
            Some(text) => (text, mail.body_html),
        };
        Self {
            id: mail.id,
            to: mail.recipient,
            subject: mail.subject,
            text,
            html,
            redacted,
            status: mail.status,
            attempts: mail.attempts,
            error: mail.error,
            reply_to: mail.reply_to,
            message_id: mail.message_id,
            in_reply_to: mail.in_reply_to,
            workspace_id: mail.workspace_id,
            created_at: mail.created_at,
            sent_at: mail.sent_at,
        }
    }
}

/// A page of mails.
#[derive(Serialize, ToSchema)]
struct MessageList {
    /// The mails, newest first.
    messages: Vec<Message>,
    #[serde(flatten)]
    page: Page,
}

/// Which mails are wanted.
#[derive(Input)]
struct OutboxQuery {
    /// Only mails to this address, without regard to case.
    #[input(text(320), example = "anna@example.com")]
    to: Option<String>,
    #[input(flatten)]
    offsets: Offsets,
}

/// List the mails of the outbox
///
/// Newest first; for administrators only. Without a mail server every mail is kept and can be read here. With one, the texts are
/// not shown, because mails hold tokens that only their recipients may see.
#[utoipa::path(get, path = "/api/v1/outbox", tag = "Mail", params(OutboxQuery), responses(
    (status = 200, description = "A page of mails", body = MessageList),
    (status = 403, description = "Only an administrator reads the outbox", body = http_base::ErrorBody),
))]
async fn outbox(
    State(post): State<Post>,
    caller: Caller,
    Params(query): Params<OutboxQuery>,
) -> Answer<Json<MessageList>> {
    if !caller.is_admin() {
        return Err(Error::new(Kind::Forbidden, "Only an administrator reads the outbox").into());
    }
    let app = <App as axum::extract::FromRef<Post>>::from_ref(&post);
    let mut tx = app.read().await?;
    let (mails, total) = store::list(caller.scope(), &mut tx, query.to.as_deref(), query.offsets).await?;
    let messages = mails.into_iter().map(|mail| Message::of(mail, post.keeps())).collect();
    Ok(Json(MessageList { messages, page: query.offsets.page(total) }))
}
