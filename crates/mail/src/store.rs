//! All of the post office's SQL.

use db::{Listing, Sql, Tx};
use delivery::NewDelivery;
use http_base::data::without_secrets;
use http_base::{App, Offsets};
use jobs::NewJob;
use kernel::{Clock, Error, MailId, Result, Scope, Timestamp, WorkspaceId};
use uuid::Uuid;

use crate::model::{self, End, further, mailbox, one_line, storable, thread_ids};
use crate::{Fate, Leaving, NewMail, Queued};

/// The kind of delivery of the server's own mails,
pub const OWN: &str = "mail";

/// and of those of workspaces.
pub const OF_WORKSPACE: &str = "mail.of_workspace";

/// How many rows are changed at once where there may be many.
const BITE: u32 = 500;

/// A mail, as it stands.
#[derive(Clone, Debug, db::Row)]
#[row(table = "mails")]
pub struct Mail {
    /// Its id.
    pub id: MailId,
    /// Whose it is; none for the server's own.
    pub workspace_id: Option<WorkspaceId>,
    /// To whom, as it was given.
    pub recipient: String,
    /// The same as a bare address in lower case.
    pub recipient_key: String,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// What stands before the sender's address, if not what the settings say.
    pub sender_name: Option<String>,
    /// The subject.
    pub subject: String,
    /// The text; nothing once it was deleted.
    pub body_text: Option<String>,
    /// The same as HTML.
    pub body_html: Option<String>,
    /// More headers, as JSON: a list of names and values.
    pub headers: String,
    /// Its Message-ID, with the angle brackets.
    pub message_id: String,
    /// The Message-ID of the mail that it answers or follows.
    pub in_reply_to: Option<String>,
    /// `queued`, `sending`, `sent`, `kept`, `failed` or `withheld`.
    pub status: String,
    /// How often it was tried.
    pub attempts: u32,
    /// The kind of job that hears of its fate.
    pub about: Option<String>,
    /// What it is about.
    pub about_id: Option<Uuid>,
    /// Why it was last not sent, or may have been sent twice.
    pub error: Option<String>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it was sent, or kept.
    pub sent_at: Option<Timestamp>,
}

impl Mail {
    pub(crate) fn leaving(&self) -> Leaving {
        Leaving {
            id: self.id,
            workspace: self.workspace_id,
            to: self.recipient_key.clone(),
            about: self.about.clone(),
            about_id: self.about_id,
            queued_at: self.created_at,
        }
    }
}

/// Queues a mail in the transaction of what it tells of: it is sent if, and only if, that is committed.
///
/// [`kernel::Kind::Invalid`] if an address is none. What could end a header (a line break in a subject) becomes a space.
pub async fn queue(tx: &mut Tx, app: &App, mail: NewMail) -> Result<Queued> {
    let (id, now): (MailId, _) = (app.clock().new_id(), app.clock().now());
    // The same for ever, however often it is sent.
    let message_id = format!("<{id}@{}>", app.mail_domain());
    let recipient = mailbox("to", &mail.to)?;
    let reply_to = mail.reply_to.as_deref().map(|address| mailbox("reply_to", address)).transpose()?;
    let headers = serde_json::to_string(&further(mail.headers)?).map_err(Error::internal)?;
    let (about, about_id) = mail.about.map(|about| (about.job.to_owned(), about.id)).unzip();
    let row = Mail {
        id,
        workspace_id: mail.workspace,
        recipient: one_line(&mail.to),
        recipient_key: key(recipient.email.as_ref()),
        reply_to: reply_to.map(|address| address.to_string()),
        subject: one_line(&mail.subject),
        body_text: Some(storable(&mail.text)),
        body_html: Some(storable(&mail.html.unwrap_or_else(|| model::html_of(&mail.text)))),
        headers,
        message_id: message_id.clone(),
        in_reply_to: mail.in_reply_to.as_deref().and_then(thread_ids),
        status: "queued".to_owned(),
        attempts: 0,
        about,
        about_id,
        error: None,
        created_at: now,
        sent_at: None,
        sender_name: mail.from_name.as_deref().map(one_line).filter(|name| !name.is_empty()),
    };
    tx.insert(&row).await?;
    send(tx, app.clock(), id, mail.workspace).await?;
    Ok(Queued { id, message_id })
}

/// Has a mail that stands here sent.
pub(crate) async fn send(tx: &mut Tx, clock: &Clock, id: MailId, workspace: Option<WorkspaceId>) -> Result<()> {
    let kind = if workspace.is_some() { OF_WORKSPACE } else { OWN };
    delivery::enqueue(tx, clock, NewDelivery { workspace, ..NewDelivery::new(kind, id.uuid()) }).await.map(drop)
}

/// An address as it is compared.
fn key(address: &str) -> String {
    address.trim().to_lowercase()
}

/// How many mails of a workspace, or of all, were queued since then.
pub async fn queued_since(scope: Scope, tx: &mut Tx, workspace: Option<WorkspaceId>, since: Timestamp) -> Result<u64> {
    debug_assert!(scope.sees_everything());
    let mut sql = Sql::new("SELECT count(*) FROM mails WHERE created_at > ");
    sql.bind(since);
    match workspace {
        Some(workspace) => sql.push(" AND workspace_id = ").bind(workspace),
        None => sql.push(" AND workspace_id IS NOT NULL"),
    };
    tx.fetch_value(&sql.text, sql.args).await
}

/// A mail by its id. Whoever has no workspace has no mail here either.
pub async fn find(scope: Scope, tx: &mut Tx, id: MailId) -> Result<Option<Mail>> {
    Sql::of::<Mail>().and("id = ", id).within(scope, "workspace_id").optional(tx).await
}

/// A page of mails, the newest first, and how many there are; with `to` only those to this address, without regard to case.
pub async fn list(scope: Scope, tx: &mut Tx, to: Option<&str>, page: Offsets) -> Result<(Vec<Mail>, u64)> {
    let mut filter = Sql::filter();
    filter.and_if("recipient_key = ", to.map(key)).within(scope, "workspace_id");
    Listing::of::<Mail>(filter).order("created_at DESC, id DESC").page(tx, page.limit, page.offset).await
}

/// What is said of a mail that was sent after an attempt that nobody heard the end of.
const TWICE: &str =
    "It may have arrived twice, under the same Message-ID: the server was stopped while it was being sent";

/// Writes down that a mail is being sent; `again` if it may have been before.
pub(crate) async fn begin(scope: Scope, tx: &mut Tx, id: MailId, again: bool) -> Result<()> {
    let mut sql = Sql::new("UPDATE mails SET status = 'sending', attempts = attempts + 1, error = ");
    sql.bind(again.then_some(TWICE)).push(" WHERE id = ").bind(id);
    sql.within(scope, "workspace_id");
    sql.run(tx).await.map(drop)
}

/// Writes down that a mail is tried again later.
pub(crate) async fn put_back(scope: Scope, tx: &mut Tx, id: MailId, why: &str) -> Result<()> {
    let mut sql = Sql::new("UPDATE mails SET status = 'queued', error = ");
    sql.bind(storable(why)).push(" WHERE id = ").bind(id).push(" AND status = 'sending'");
    sql.within(scope, "workspace_id");
    sql.run(tx).await.map(drop)
}

/// Writes down what became of a mail, and tells whoever wants to hear of it: once, and what was sent or kept stays so.
pub(crate) async fn end(scope: Scope, tx: &mut Tx, clock: &Clock, id: MailId, end: &End) -> Result<()> {
    let Some(mail) = find(scope, tx, id).await? else { return Ok(()) };
    let sent_at = matches!(end, End::Sent | End::Kept).then(|| clock.now());
    let note = mail.error.as_deref().filter(|error| *error == TWICE);
    let error = end.reason().or(note).map(storable);
    let mut sql = Sql::new("UPDATE mails SET status = ");
    sql.bind(end.status()).push(", error = ").bind(error).push(", sent_at = ").bind(sent_at);
    if *end == End::Kept {
        sql.push(", attempts = attempts + 1");
    }
    // The tokens in them are their receiver's alone, and nothing is ever to be sent from this text again.
    if *end == End::Sent && mail.workspace_id.is_none() {
        sql.push(", body_text = NULL, body_html = NULL");
    }
    // Of those of workspaces the text stays, for the history; the links in it (for signing, for unsubscribing) let nobody in any more.
    if *end == End::Sent && mail.workspace_id.is_some() {
        sql.push(", body_text = ").bind(mail.body_text.as_deref().map(without_secrets));
        sql.push(", body_html = ").bind(mail.body_html.as_deref().map(without_secrets));
        sql.push(", headers = ").bind(without_secrets(&mail.headers));
    }
    sql.push(" WHERE id = ").bind(id).push(" AND status NOT IN ").bind_list(["sent", "kept", end.status()]);
    sql.within(scope, "workspace_id");
    if sql.run(tx).await? == 0 {
        return Ok(());
    }
    let status = end.status();
    tx.after_commit(move || metrics::counter!("mails_total", "status" => status).increment(1));
    if let (Some(about), Some(about_id)) = (mail.about, mail.about_id) {
        let no_such_address = end.reason().is_some_and(|reason| reason.starts_with(model::NO_SUCH_ADDRESS));
        let error = end.reason().map(storable);
        let fate = Fate { mail_id: id, about_id, status: status.to_owned(), error, no_such_address };
        jobs::enqueue(tx, clock, NewJob::new(about, &fate)?).await?;
    }
    Ok(())
}

/// Deletes the texts of mails that were queued before this moment and will not be sent any more. Tells how many.
pub(crate) async fn forget_texts(scope: Scope, tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let mut sql = Sql::new(
        "UPDATE mails SET body_text = NULL, body_html = NULL, headers = '[]' WHERE id IN \
         (SELECT id FROM mails WHERE body_text IS NOT NULL AND created_at < ",
    );
    sql.bind(before).push(" AND status NOT IN ('queued', 'sending')");
    sql.within(scope, "workspace_id");
    sql.push(" ORDER BY created_at LIMIT ").bind(BITE).push(")");
    sql.run(tx).await
}
