//! Disputes: what the two could not settle, and how it was decided.

use kernel::{AccountId, Amount, CollaborationId, Error, Id, Result, Timestamp, WorkspaceId};

use super::{By, Side, Status};

#[doc(hidden)]
#[derive(Debug)]
pub enum DisputeMarker {}
/// A dispute.
pub type DisputeId = Id<DisputeMarker>;

/// How a dispute was decided.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "DisputeDecision")]
pub enum Decision {
    /// The content is accepted, and the fee is paid.
    Paid,
    /// The collaboration is called off, and what was paid goes back.
    Refunded,
    /// The creator gets a part, and the rest goes back.
    Split,
}

/// A dispute, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(
    table = "collaboration_disputes",
    key(id),
    fixed(
        collaboration_id,
        workspace_id,
        opened_by,
        opened_by_account,
        reason,
        was,
        statements_until,
        decide_by,
        opened_at
    )
)]
pub struct Dispute {
    /// Its id.
    pub id: DisputeId,
    /// Of which collaboration: each has one at most.
    pub collaboration_id: CollaborationId,
    /// The workspace of the business.
    pub workspace_id: WorkspaceId,
    /// Who opened it.
    pub opened_by: By,
    /// By which account.
    pub opened_by_account: Option<AccountId>,
    /// Why.
    pub reason: String,
    /// Where the collaboration stood then.
    pub was: Status,
    /// Until when both may write statements.
    pub statements_until: Timestamp,
    /// Until when it is decided at the latest: then by the record.
    pub decide_by: Timestamp,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// How it was decided.
    pub decision: Option<Decision>,
    /// What of the fee the creator gets.
    pub creator_gets: Option<Amount>,
    /// Why it was decided so.
    pub note: Option<String>,
    /// Who decided it.
    pub decided_by: Option<By>,
    /// When.
    pub decided_at: Option<Timestamp>,
}

impl Dispute {
    /// Decides it, once.
    pub fn decide(
        &mut self,
        decision: Decision,
        creator_gets: Option<Amount>,
        by: By,
        note: Option<String>,
        now: Timestamp,
    ) -> Result<()> {
        if let Some(decision) = self.decision {
            return Err(Error::conflict(format!("The dispute was decided already: {}", decision.word())));
        }
        (self.decision, self.creator_gets, self.decided_by, self.note) = (Some(decision), creator_gets, Some(by), note);
        self.decided_at = Some(now);
        Ok(())
    }

    /// Which side lost it; neither where the fee was split.
    pub fn loser(&self) -> Option<Side> {
        match self.decision? {
            Decision::Paid => Some(Side::Business),
            Decision::Refunded => Some(Side::Creator),
            Decision::Split => None,
        }
    }
}

/// A statement in a dispute.
#[derive(Clone, Debug, db::Row)]
#[row(table = "collaboration_statements", key(id))]
pub struct Statement {
    /// Its id.
    pub id: Id<Statement>,
    /// In which dispute.
    pub dispute_id: DisputeId,
    /// Of which side; nothing for an administrator.
    pub side: Option<Side>,
    /// By which account.
    pub account_id: Option<AccountId>,
    /// What it says.
    pub text: String,
    /// When it was written.
    pub created_at: Timestamp,
}
