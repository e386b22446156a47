//! A collaboration as it is stored, its deadline and what follows when that passes.

use db::Json;
use kernel::time::{DAY, HOUR};
use kernel::{
    AccountId, Amount, ApplicationId, CollaborationId, ContractId, Currency, Money, OfferId, Platform, Result, Scope,
    SubmissionId, Timestamp, WorkspaceId,
};

use super::{Agreement, Brief, By, ContractWish, Side, Status};

/// How long a collaboration may stay without a day, and a required contract without both signatures.
pub const TO_SCHEDULE: i64 = 7 * DAY;
/// How long a creator has for another version, where the deadline of the content is not later.
pub const TO_REVISE: i64 = 72 * HOUR;
/// How long after its deadline content is waited for before the collaboration ends by itself.
pub const NO_SHOW: i64 = 14 * DAY;
/// How long the two have to settle content that nobody reviewed before it becomes a dispute.
pub const TO_SETTLE: i64 = 7 * DAY;
/// How long both may rate after the approval.
pub const TO_RATE: i64 = 14 * DAY;
/// How long a dispute takes at most.
pub const TO_DECIDE: i64 = 14 * DAY;
/// How long both may write statements in a dispute.
pub const TO_STATE: i64 = 5 * DAY;
/// How long a business may take to pay what an approval made due, before that costs it.
pub const TO_PAY: i64 = 14 * DAY;
/// How long a proposed day may be answered.
pub const TO_ANSWER: i64 = 72 * HOUR;

/// What a collaboration waits for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(no_column)]
pub enum Waits {
    /// Both signatures under the contract.
    #[word("SIGNATURES")]
    Signatures,
    /// A day.
    #[word("SCHEDULE")]
    Schedule,
    /// Content.
    #[word("CONTENT")]
    Content,
    /// Another version of rejected content.
    #[word("REVISION")]
    Revision,
    /// The business's word on the content.
    #[word("REVIEW")]
    Review,
    /// The two settle content that was not reviewed in time.
    #[word("SETTLEMENT")]
    Settlement,
    /// Ratings.
    #[word("RATINGS")]
    Ratings,
    /// An administrator's decision.
    #[word("DECISION")]
    Decision,
}

/// A collaboration, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(
    table = "collaborations",
    key(id),
    fixed(
        application_id,
        offer_id,
        offer_version,
        offer_title,
        category,
        platforms,
        formats,
        brief,
        content_deadline,
        max_revisions,
        contract_wish,
        usage_rights,
        business_id,
        workspace_id,
        creator_id,
        fee,
        currency,
        is_own,
        created_at
    ),
    compare(revision)
)]
pub struct Collaboration {
    /// Its id.
    pub id: CollaborationId,
    /// The application that it came of.
    pub application_id: ApplicationId,
    /// The offer.
    pub offer_id: OfferId,
    /// Which version of it was agreed on.
    pub offer_version: i64,
    /// Its title then.
    pub offer_title: String,
    /// Its category.
    pub category: String,
    /// Where the content is published.
    pub platforms: Json<Vec<Platform>>,
    /// In which formats.
    pub formats: Json<Vec<String>>,
    /// What the content has to meet.
    pub brief: Json<Brief>,
    /// Until when content has to be handed in, as the offer says.
    pub content_deadline: Option<Timestamp>,
    /// How often the creator may hand in again.
    pub max_revisions: u32,
    /// Whether a contract was wanted.
    pub contract_wish: ContractWish,
    /// What the business may do with the content.
    pub usage_rights: Option<String>,
    /// The account of the business.
    pub business_id: AccountId,
    /// Its workspace.
    pub workspace_id: WorkspaceId,
    /// The account of the creator.
    pub creator_id: AccountId,
    /// What is paid.
    pub fee: Option<Amount>,
    /// In which currency.
    pub currency: Currency,
    /// Do both sides belong to the same people? Then it earns nothing, and its ratings count nowhere.
    pub is_own: bool,
    /// Where it stands.
    pub status: Status,
    /// Counts every change; whoever changes it names the one they read.
    pub revision: i64,
    /// The agreed day.
    pub scheduled_date: Option<Timestamp>,
    /// Another day, proposed by one side.
    pub proposed_date: Option<Timestamp>,
    /// Which side proposed it.
    pub proposed_by: Option<Side>,
    /// Until when the other one may answer.
    pub proposed_until: Option<Timestamp>,
    /// Until when something has to happen.
    pub deadline_at: Option<Timestamp>,
    /// When the next reminder or consequence is due; the job looks for this.
    pub wake_at: Option<Timestamp>,
    /// Until when content is awaited: the deadline of the content, or of a revision.
    pub content_due: Option<Timestamp>,
    /// When content was found to be late.
    pub late_at: Option<Timestamp>,
    /// When unreviewed content was brought before both.
    pub escalated_at: Option<Timestamp>,
    /// How many versions were handed in.
    pub submissions: i64,
    /// The last one.
    pub last_submission: Option<SubmissionId>,
    /// The contract, once it is drafted.
    pub contract_id: Option<ContractId>,
    /// When both had signed it.
    pub signed_at: Option<Timestamp>,
    /// When the contract's last payment had been made.
    pub paid_at: Option<Timestamp>,
    /// When what was due was found not to have been paid for too long.
    pub unpaid_at: Option<Timestamp>,
    /// When the content was approved.
    pub approved_at: Option<Timestamp>,
    /// Was it approved by silence?
    pub approved_by_silence: bool,
    /// When it was completed.
    pub completed_at: Option<Timestamp>,
    /// When it was called off,
    pub cancelled_at: Option<Timestamp>,
    /// by whom,
    pub cancelled_by: Option<By>,
    /// and why.
    pub cancel_reason: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Collaboration {
    /// A collaboration that begins.
    pub fn new(id: CollaborationId, of: &Agreement, is_own: bool, now: Timestamp) -> Self {
        let mut new = Self {
            id,
            application_id: of.application_id,
            offer_id: of.offer.id,
            offer_version: of.offer.version,
            offer_title: of.offer.title.clone(),
            category: of.offer.category.clone(),
            platforms: Json(of.offer.platforms.clone()),
            formats: Json(of.offer.formats.clone()),
            brief: Json(of.offer.brief.clone()),
            content_deadline: of.offer.content_deadline,
            max_revisions: of.offer.max_revisions,
            contract_wish: of.offer.contract,
            usage_rights: of.offer.usage_rights.clone(),
            business_id: of.business_id,
            workspace_id: of.workspace_id,
            creator_id: of.creator_id,
            fee: of.fee.map(Money::amount),
            currency: of.currency,
            is_own,
            status: Status::Accepted,
            revision: 1,
            scheduled_date: None,
            proposed_date: None,
            proposed_by: None,
            proposed_until: None,
            deadline_at: None,
            wake_at: None,
            content_due: None,
            late_at: None,
            escalated_at: None,
            submissions: 0,
            last_submission: None,
            contract_id: None,
            signed_at: None,
            paid_at: None,
            unpaid_at: None,
            approved_at: None,
            approved_by_silence: false,
            completed_at: None,
            cancelled_at: None,
            cancelled_by: None,
            cancel_reason: None,
            created_at: now,
            updated_at: now,
        };
        new.wait_until(Some(now.plus(TO_SCHEDULE)), now);
        new
    }

    /// What is paid, if it is money.
    pub fn fee(&self) -> Option<Money> {
        self.fee.map(|fee| Money::new(fee, self.currency))
    }

    /// The account of a side.
    pub const fn account_of(&self, side: Side) -> AccountId {
        match side {
            Side::Business => self.business_id,
            Side::Creator => self.creator_id,
        }
    }

    /// The side of a caller who was let to it; nothing for an administrator.
    pub fn side_of(&self, scope: Scope) -> Option<Side> {
        if scope.person() == Some(self.creator_id) {
            Some(Side::Creator)
        } else if scope.workspace() == Some(self.workspace_id) {
            Some(Side::Business)
        } else {
            None
        }
    }

    /// What it waits for, and of which side; nothing where it is over.
    pub fn waits(&self) -> Option<(Waits, Option<Side>)> {
        Some(match self.status {
            Status::Accepted if self.contract_wish == ContractWish::Required && self.signed_at.is_none() => {
                (Waits::Signatures, None)
            }
            Status::Accepted => (Waits::Schedule, None),
            Status::Scheduled if self.submissions > 0 => (Waits::Revision, Some(Side::Creator)),
            Status::Scheduled => (Waits::Content, Some(Side::Creator)),
            Status::ContentSubmitted if self.escalated_at.is_some() => (Waits::Settlement, None),
            Status::ContentSubmitted => (Waits::Review, Some(Side::Business)),
            Status::Approved => (Waits::Ratings, None),
            Status::Disputed => (Waits::Decision, None),
            Status::Completed | Status::Cancelled => return None,
        })
    }

    /// How long before a deadline one is reminded, the first time first.
    const fn reminders(&self) -> &'static [i64] {
        match self.status {
            // 24 and 60 hours into 72.
            Status::ContentSubmitted => &[48 * HOUR, 12 * HOUR],
            Status::Accepted | Status::Scheduled | Status::Approved => &[72 * HOUR, 24 * HOUR],
            Status::Disputed | Status::Completed | Status::Cancelled => &[],
        }
    }

    /// Sets until when something has to happen, and when one is woken for it: at the next reminder that lies ahead, or at the deadline.
    pub fn wait_until(&mut self, deadline: Option<Timestamp>, now: Timestamp) {
        self.deadline_at = deadline;
        self.wake_at = deadline.map(|deadline| self.next_wake(deadline, now));
    }

    /// The next moment to be woken at on the way to a deadline.
    pub fn next_wake(&self, deadline: Timestamp, now: Timestamp) -> Timestamp {
        let ahead = self.reminders().iter().map(|before| deadline.plus(-before)).find(|at| *at > now);
        ahead.unwrap_or(deadline)
    }

    /// Moves it, if it may move there.
    pub fn go(&mut self, to: Status, now: Timestamp) -> Result<()> {
        self.status = self.status.next(to)?;
        self.arrive(now);
        Ok(())
    }

    /// Moves it as its dispute was decided.
    pub fn decide(&mut self, to: Status, now: Timestamp) -> Result<()> {
        self.status = self.status.decided(to)?;
        self.arrive(now);
        Ok(())
    }

    fn arrive(&mut self, now: Timestamp) {
        match self.status {
            Status::Approved => self.approved_at = self.approved_at.or(Some(now)),
            Status::Completed => self.completed_at = Some(now),
            Status::Cancelled => self.cancelled_at = Some(now),
            _ => {}
        }
        if self.status.is_over() {
            self.wait_until(None, now);
            (self.proposed_date, self.proposed_by, self.proposed_until) = (None, None, None);
        }
        self.updated_at = now;
    }
}
