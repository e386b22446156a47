//! What else belongs to a collaboration: ratings, the dispute, what happened, where the money stands.

use db::Tx;
use kernel::{AccountId, Amount, CollaborationId, Result, Scope, Timestamp};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::model::{By, Collaboration, Decision, Dispute, DisputeId, Rating, Side, Statement, Status};
use crate::store::Entry;

/// A rating, as far as whoever asks may see it.
#[derive(Serialize, ToSchema)]
#[schema(as = CollaborationRating)]
pub(in crate::routes) struct RatingBody {
    /// Which side gave it.
    by: Side,
    rating: i64,
    feedback: Option<String>,
    /// Did an administrator hide the feedback? Then only who gave it and administrators read it.
    feedback_hidden: bool,
    reply: Option<String>,
    replied_at: Option<Timestamp>,
    /// Since when it is shown to the other side; null while only you see it.
    shown_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl From<&Rating> for RatingBody {
    fn from(of: &Rating) -> Self {
        Self {
            by: of.side,
            rating: of.rating,
            feedback: of.feedback.clone(),
            feedback_hidden: of.feedback_hidden_at.is_some(),
            reply: of.reply.clone(),
            replied_at: of.replied_at,
            shown_at: of.shown_at,
            created_at: of.created_at,
        }
    }
}

/// The ratings that this scope may see: its own, and all that are shown, without feedback that an administrator hid from it.
pub(in crate::routes) fn seen_ratings(scope: Scope, of: &Collaboration, all: &[Rating]) -> Vec<Rating> {
    let own = of.side_of(scope);
    let seen = |one: &&Rating| one.shown_at.is_some() || own == Some(one.side);
    let readable = |one: &Rating| one.feedback_hidden_at.is_none() || own == Some(one.side) || scope.sees_everything();
    let told = |one: &Rating| Rating { feedback: one.feedback.clone().filter(|_| readable(one)), ..one.clone() };
    all.iter().filter(seen).map(told).collect()
}

/// A statement in a dispute.
#[derive(Serialize, ToSchema)]
#[schema(as = DisputeStatementBody)]
pub(in crate::routes) struct StatementBody {
    /// Of which side; null of an administrator.
    by: Option<Side>,
    /// What was said.
    text: String,
    created_at: Timestamp,
}

impl From<Statement> for StatementBody {
    fn from(of: Statement) -> Self {
        Self { by: of.side, text: of.text, created_at: of.created_at }
    }
}

/// A dispute.
#[derive(Serialize, ToSchema)]
#[schema(as = Dispute)]
pub(in crate::routes) struct DisputeBody {
    id: DisputeId,
    collaboration_id: CollaborationId,
    opened_by: By,
    /// Why it was opened.
    reason: String,
    /// Where the collaboration stood when it was opened.
    was: Status,
    opened_at: Timestamp,
    /// Until when both may write statements.
    statements_until: Timestamp,
    /// Until when it is decided at the latest: then by the record.
    decide_by: Timestamp,
    /// Null until it is decided.
    decision: Option<Decision>,
    /// With `split`: what of the fee the creator gets.
    creator_gets: Option<Amount>,
    decided_by: Option<By>,
    decided_at: Option<Timestamp>,
    /// Why it was decided so.
    note: Option<String>,
    statements: Vec<StatementBody>,
}

impl DisputeBody {
    pub(in crate::routes) fn new(of: Dispute, statements: Vec<Statement>) -> Self {
        Self {
            id: of.id,
            collaboration_id: of.collaboration_id,
            opened_by: of.opened_by,
            reason: of.reason,
            was: of.was,
            opened_at: of.opened_at,
            statements_until: of.statements_until,
            decide_by: of.decide_by,
            decision: of.decision,
            creator_gets: of.creator_gets,
            decided_by: of.decided_by,
            decided_at: of.decided_at,
            note: of.note,
            statements: statements.into_iter().map(Into::into).collect(),
        }
    }
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
#[schema(as = CollaborationHappening)]
pub(in crate::routes) struct EntryBody {
    /// What happened.
    #[schema(example = "scheduled")]
    kind: String,
    by: By,
    /// The account that did it; null where the server did.
    account_id: Option<AccountId>,
    /// What more is to be known.
    #[schema(value_type = Object, additional_properties)]
    detail: Value,
    at: Timestamp,
}

impl From<Entry> for EntryBody {
    fn from(of: Entry) -> Self {
        Self { kind: of.kind, by: of.actor, account_id: of.account_id, detail: of.detail.0, at: of.created_at }
    }
}

/// Where the money of a collaboration stands.
#[derive(Serialize, ToSchema)]
#[schema(as = CollaborationMoney)]
pub(in crate::routes) struct MoneyBody {
    /// Does this server move it? Only under a contract that both sides have signed.
    moved_by_us: bool,
    /// Where the contract stands; null where there is none.
    #[schema(example = "signed")]
    contract_status: Option<&'static str>,
    /// What of it was paid so far.
    paid: Amount,
    /// What went back, or is going back.
    refunded: Amount,
    /// What is due now.
    due: Amount,
    /// Does nothing of it move, because of a dispute?
    is_frozen: bool,
    /// When the last payment had gone through.
    paid_at: Option<Timestamp>,
    /// What is to be known of it, in words.
    message: &'static str,
}

impl MoneyBody {
    /// Does this server move it?
    pub(in crate::routes) fn is_ours(&self) -> bool {
        self.moved_by_us
    }

    pub(in crate::routes) async fn of(tx: &mut Tx, of: &Collaboration, now: Timestamp) -> Result<Self> {
        let nothing = Amount::default();
        let mut body = Self {
            moved_by_us: false,
            contract_status: None,
            paid: nothing,
            refunded: nothing,
            due: nothing,
            is_frozen: false,
            paid_at: of.paid_at,
            message: "There is no contract: the fee is settled between the two of you, and this server moves no money",
        };
        let Some(id) = of.contract_id else { return Ok(body) };
        let Some(contract) = deals::store::find(Scope::system(), tx, id).await? else { return Ok(body) };
        body.contract_status = Some(contract.status.word());
        body.message = "The contract is not signed by both sides: until then this server moves no money";
        if contract.signed_at.is_none() {
            return Ok(body);
        }
        body.moved_by_us = true;
        body.message = "The contract is signed: its payment becomes due when the content is approved";
        let (mut paid, mut refunded, mut due) = (0, 0, 0);
        for payment in payments::store::of_contract(Scope::system(), tx, id).await? {
            if payment.status == payments::Status::Completed {
                paid += payment.amount.minor();
            }
            refunded += payment.refunded.minor() + payment.refunding.minor();
            due += if payment.is_due(now) { payment.amount.minor() } else { 0 };
            body.is_frozen |= payment.frozen_at.is_some();
        }
        [body.paid, body.refunded, body.due] = [paid, refunded, due].map(Amount::from_minor);
        Ok(body)
    }
}
