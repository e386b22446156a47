//! A contract as it is stored.

use db::Json;
use kernel::{CampaignId, ContractId, CreatorId, Currency, Error, Money, Result, Timestamp, WorkspaceId};
use serde_json::Map;

use super::{Line, SigningOrder, Status, Text, Wanted, deliverables, schedule};

/// A contract, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(
    table = "contracts",
    key(id),
    fixed(workspace_id, campaign_id, creator_id, by_own_hand, created_at),
    compare(revision)
)]
pub struct Contract {
    /// Its id.
    pub id: ContractId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// For which campaign.
    pub campaign_id: CampaignId,
    /// With whom.
    pub creator_id: CreatorId,
    /// Where it stands.
    pub status: Status,
    /// Which of its texts counts, from 1: amendments, and being taken back to draft, count it up.
    pub version: i64,
    /// Counts every change; whoever changes it names the one they read.
    pub revision: i64,
    /// In which currency it pays.
    pub currency: Currency,
    /// What it pays in all.
    #[row(of = currency)]
    pub total_amount: Money,
    /// Its terms, as they were sent.
    pub terms: Json<Map<String, serde_json::Value>>,
    /// Its deliverables, as they were sent, where they are not in the terms.
    pub deliverables: Option<Json<serde_json::Value>>,
    /// Its schedule, as it was sent, with an amount in each line.
    pub payment_schedule: Json<Vec<serde_json::Value>>,
    /// Who signs before whom.
    pub signing_order: SigningOrder,
    /// Does each side sign it itself? Then no side states that the other one agreed elsewhere.
    pub by_own_hand: bool,
    /// When it was offered for signing.
    pub sent_at: Option<Timestamp>,
    /// When the last side signed.
    pub signed_at: Option<Timestamp>,
    /// When it was completed.
    pub completed_at: Option<Timestamp>,
    /// When it was cancelled or expired.
    pub ended_at: Option<Timestamp>,
    /// Until when it may be signed.
    pub expires_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Contract {
    /// Moves it, if it may move there.
    pub fn go(&mut self, to: Status, now: Timestamp) -> Result<()> {
        self.status = self.status.next(to)?;
        match to {
            Status::Draft => (self.sent_at, self.ended_at) = (None, None),
            Status::Sent => self.sent_at = Some(now),
            Status::Signed => self.signed_at = Some(now),
            Status::Completed => self.completed_at = Some(now),
            Status::Cancelled | Status::Expired => self.ended_at = Some(now),
        }
        self.updated_at = now;
        Ok(())
    }

    /// May it still be signed? Expiry counts from its moment, whether or not the job has come by.
    pub fn must_be_signable(&self, now: Timestamp) -> Result<()> {
        self.status.next(Status::Signed)?;
        if self.expires_at.is_some_and(|expires| expires <= now) {
            return Err(Error::conflict("The contract has expired; take it back to draft and send it again"));
        }
        Ok(())
    }

    /// What it says.
    pub fn text(&self) -> Text {
        Text {
            terms: self.terms.0.clone(),
            deliverables: self.deliverables.as_ref().map(|json| json.0.clone()),
            amount: self.total_amount,
            schedule: self.payment_schedule.0.clone(),
        }
    }

    /// Makes it say this.
    pub fn say(&mut self, text: Text) {
        self.terms = Json(text.terms);
        self.deliverables = text.deliverables.map(Json);
        self.total_amount = text.amount;
        self.currency = text.amount.currency();
        self.payment_schedule = Json(text.schedule);
    }

    /// The lines of its schedule.
    pub fn lines(&self) -> Vec<Line> {
        schedule::lines(&self.payment_schedule.0, &self.wanted())
    }

    /// What it asks for.
    pub fn wanted(&self) -> Vec<Wanted> {
        deliverables::wanted(&self.terms.0, self.deliverables.as_ref().map(|json| &json.0))
    }
}
