//! All of the post office's SQL.

use db::{Tx, args};
use jobs::NewJob;
use kernel::{Clock, Error, MailId, Result};

use crate::{NewMail, Queued};

/// The kind of job that sends a mail.
pub const SEND: &str = "mail.send";

/// Queues a mail in the transaction of what it tells of: it is sent if, and only if, that is committed.
pub async fn queue(tx: &mut Tx, clock: &Clock, mail: NewMail) -> Result<Queued> {
    let (id, now): (MailId, _) = (clock.new_id(), clock.now());
    let message_id = format!("<{id}@influencerflow>");
    let headers = serde_json::to_string(&mail.headers).map_err(Error::internal)?;
    let sql = "INSERT INTO mails (id, workspace_id, recipient, recipient_key, reply_to, subject, body_text, body_html, headers, \
               message_id, in_reply_to, status, about, about_id, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', $12, $13, $14)";
    let (about, about_id) = mail.about.map(|about| (about.job, about.id)).unzip();
    let arguments = args![
        id,
        mail.workspace,
        &mail.to,
        mail.to.trim().to_lowercase(),
        mail.reply_to,
        mail.subject,
        mail.text,
        mail.html,
        headers,
        &message_id,
        mail.in_reply_to,
        about,
        about_id,
        now,
    ];
    tx.execute(sql, arguments).await?;
    jobs::enqueue(tx, clock, NewJob::new(SEND, &Payload { mail_id: id })?).await?;
    Ok(Queued { id, message_id })
}

/// What [`SEND`] is about.
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct Payload {
    pub(crate) mail_id: MailId,
}
