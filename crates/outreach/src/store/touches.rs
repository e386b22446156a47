//! The history of an entry: everything that went out or came in.

use db::{Listing, Sql, Tx};
use http_base::Offsets;
use kernel::{AccountId, OutreachId, Result, Scope, Timestamp, WorkspaceId};

/// A touch of the history.
pub type TouchId = kernel::Id<TouchMarker>;

#[doc(hidden)]
#[derive(Debug)]
pub enum TouchMarker {}

/// One touch: a mail, a call, a message, out or in.
#[derive(Clone, Debug, db::Row)]
#[row(table = "outreach_touches", key(id), fixed(outreach_id, workspace_id, kind, direction, by_account))]
pub struct Touch {
    /// Its id.
    pub id: TouchId,
    /// Of which entry.
    pub outreach_id: OutreachId,
    /// Whose.
    pub workspace_id: WorkspaceId,
    /// `call`, `email` or `message`.
    pub kind: String,
    /// `out` or `in`.
    pub direction: String,
    /// Where it stands: of a mail `draft`, `queued`, `sent`, `kept`, `failed`, `withheld`, `bounced`, `soft_bounce`,
    /// `received`, `auto_reply`, `receipt`, `complaint`, `report`; of a call the words of [`crate::CallStatus`].
    pub status: String,
    /// When.
    pub at: Timestamp,
    /// Who did it, if it was a person with an account.
    pub by_account: Option<AccountId>,
    /// Who carried it: `twilio`, `elevenlabs`, `mock`, `mail`, `manual`.
    pub provider: Option<String>,
    /// Its id there; once for each provider.
    pub provider_id: Option<String>,
    /// The Message-ID of a mail, with its angle brackets.
    pub message_id: Option<String>,
    /// To or from which address or number.
    pub address: Option<String>,
    /// The subject of a mail.
    pub subject: Option<String>,
    /// The text, or what was said in short.
    pub summary: Option<String>,
    /// More, as a JSON object.
    pub detail: String,
}

impl Touch {
    /// A touch of an entry, from nobody to nobody.
    pub fn new(
        id: TouchId,
        entry: &crate::Entry,
        kind: crate::Channel,
        direction: &str,
        status: &str,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            outreach_id: entry.id,
            workspace_id: entry.workspace_id,
            kind: kind.word().into(),
            direction: direction.into(),
            status: status.into(),
            at,
            by_account: None,
            provider: None,
            provider_id: None,
            message_id: None,
            address: None,
            subject: None,
            summary: None,
            detail: "{}".into(),
        }
    }
}

/// Writes a touch; false if its provider's id, or its Message-ID in its direction, is there already.
pub async fn insert(scope: Scope, tx: &mut Tx, touch: &Touch) -> Result<bool> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(touch.workspace_id));
    tx.insert_new(touch).await
}

/// Writes a touch as it is now over what was, if its status is still `was`.
pub async fn update(scope: Scope, tx: &mut Tx, touch: &Touch, was: &str) -> Result<bool> {
    tx.save(touch).was("status", was).within(scope, "workspace_id").done().await
}

async fn one(scope: Scope, tx: &mut Tx, condition: impl FnOnce(&mut Sql)) -> Result<Option<Touch>> {
    let mut sql = Sql::of::<Touch>();
    condition(&mut sql);
    sql.within(scope, "workspace_id").push(" ORDER BY at DESC, id DESC LIMIT 1").optional(tx).await
}

/// One touch.
pub async fn by_id(scope: Scope, tx: &mut Tx, id: TouchId) -> Result<Option<Touch>> {
    one(scope, tx, |sql| _ = sql.and("id = ", id)).await
}

/// The touch that a provider knows by this id.
pub async fn by_provider(scope: Scope, tx: &mut Tx, provider: &str, id: &str) -> Result<Option<Touch>> {
    one(scope, tx, |sql| _ = sql.and("provider = ", provider).and("provider_id = ", id)).await
}

/// The newest of our own mails among these Message-IDs.
pub async fn sent_as(scope: Scope, tx: &mut Tx, message_ids: &[String]) -> Result<Option<Touch>> {
    if message_ids.is_empty() {
        return Ok(None);
    }
    one(scope, tx, |sql| {
        sql.and("direction = ", "out").and_in("message_id", message_ids);
    })
    .await
}

/// The mails that went to one of these spellings of an address since then: at most two, which is enough to know that there is not
/// only one.
pub async fn sent_to(scope: Scope, tx: &mut Tx, addresses: &[String], since: Timestamp) -> Result<Vec<Touch>> {
    let mut sql = Sql::of::<Touch>();
    sql.push(" AND kind = 'email' AND direction = 'out'").and_in("lower(address)", addresses).and("at >= ", since);
    sql.within(scope, "workspace_id").push(" ORDER BY at DESC, id DESC LIMIT 2").all(tx).await
}

/// The workspaces that have written to one of these spellings of an address: at most two.
pub async fn workspaces_that_wrote_to(scope: Scope, tx: &mut Tx, addresses: &[String]) -> Result<Vec<WorkspaceId>> {
    let mut sql =
        Sql::new("SELECT DISTINCT workspace_id FROM outreach_touches WHERE kind = 'email' AND direction = 'out'");
    sql.and_in("lower(address)", addresses).within(scope, "workspace_id");
    sql.push(" ORDER BY workspace_id LIMIT 2").all(tx).await
}

/// The texts of the newest mails that went out about an entry, with their subjects.
pub async fn texts_sent(scope: Scope, tx: &mut Tx, entry: OutreachId, most: u32) -> Result<Vec<String>> {
    let mut sql = Sql::new(
        "SELECT COALESCE(subject, ''), COALESCE(summary, '') FROM outreach_touches WHERE kind = 'email' AND direction = 'out'",
    );
    sql.and("outreach_id = ", entry).within(scope, "workspace_id");
    let found: Vec<(String, String)> = sql.push(" ORDER BY at DESC, id DESC LIMIT ").bind(most).all(tx).await?;
    Ok(found.into_iter().map(|(subject, text)| format!("{subject}\n{text}")).collect())
}

/// The last mail of an entry that left or is about to.
pub async fn last_mail(scope: Scope, tx: &mut Tx, entry: OutreachId) -> Result<Option<Touch>> {
    one(scope, tx, |sql| {
        sql.and("outreach_id = ", entry).push(
            " AND kind = 'email' AND direction = 'out' AND status IN ('queued', 'sent', 'kept') AND message_id IS NOT NULL",
        );
    })
    .await
}

/// The history of an entry, oldest first, and how long it is.
pub async fn of_entry(scope: Scope, tx: &mut Tx, entry: OutreachId, offsets: Offsets) -> Result<(Vec<Touch>, u64)> {
    let mut filter = Sql::filter();
    filter.and("outreach_id = ", entry).within(scope, "workspace_id");
    Listing::of::<Touch>(filter).order("at, id").page(tx, offsets.limit, offsets.offset).await
}
