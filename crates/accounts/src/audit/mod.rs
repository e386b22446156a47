//! The audit log: what matters, written in the transaction that it tells of.

pub(crate) mod routes;
mod store;

use db::{Tx, args};
use http_base::Peer;
use kernel::{AccountId, Clock, Id, Result, WorkspaceId};
use serde_json::Value;

#[doc(hidden)]
#[derive(Debug)]
pub enum AuditMarker {}
/// An entry of the audit log.
pub type AuditId = Id<AuditMarker>;

/// Something that matters.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// What: `login`, `login.failed`, `password.changed`, `role.changed`, `key.created`, …
    pub kind: &'static str,
    /// Who did it, or to whom it was done; nobody where that is not known.
    pub account: Option<AccountId>,
    /// In which workspace: its owner may read the entry.
    pub workspace: Option<WorkspaceId>,
    /// What it was done to: an id, or an e-mail address.
    pub subject: Option<String>,
    /// From where.
    pub peer: Peer,
    /// What else is to be known: never a password, a token or a key.
    pub detail: Value,
}

impl Entry {
    /// Of this kind, by this account.
    pub fn of(kind: &'static str, account: AccountId, peer: &Peer) -> Self {
        Self { kind, account: Some(account), peer: peer.clone(), ..Self::default() }
    }

    /// In this workspace.
    #[must_use]
    pub fn within(mut self, workspace: Option<WorkspaceId>) -> Self {
        self.workspace = workspace;
        self
    }

    /// Done to this.
    #[must_use]
    pub fn to(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// And this is to be known.
    #[must_use]
    pub fn with(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}

/// Writes an entry, if the transaction is committed.
pub async fn record(tx: &mut Tx, clock: &Clock, entry: Entry) -> Result<AuditId> {
    let id: AuditId = clock.new_id();
    let sql = "INSERT INTO audit_log (id, kind, account_id, workspace_id, subject, address, agent, detail, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let detail = if entry.detail.is_null() { "{}".to_owned() } else { entry.detail.to_string() };
    let arguments = args![
        id,
        entry.kind,
        entry.account,
        entry.workspace,
        entry.subject,
        entry.peer.address.map(|address| address.to_string()),
        entry.peer.agent,
        detail,
        clock.now(),
    ];
    tx.execute(sql, arguments).await?;
    Ok(id)
}
