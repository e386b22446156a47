//! What a notification is.

use std::fmt;
use std::sync::Arc;

use db::Json;
use kernel::{AccountId, Id, Timestamp, time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::preferences::{Channels, Language};

#[doc(hidden)]
#[derive(Debug)]
pub enum NotificationMarker {}
/// A notification.
pub type NotificationId = Id<NotificationMarker>;

/// Of what somebody is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, kernel::Words)]
pub enum NotificationType {
    /// A business invited one to apply to an offer.
    #[word("OFFER_INVITATION")]
    OfferInvitation,
    /// A new offer fits one well.
    #[word("OFFER_RECOMMENDED")]
    OfferRecommended,
    /// An offer is another one than one applied to.
    #[word("OFFER_CHANGED")]
    OfferChanged,
    /// Somebody applied to one's offer.
    #[word("APPLICATION_RECEIVED")]
    ApplicationReceived,
    /// Somebody took an application back.
    #[word("APPLICATION_WITHDRAWN")]
    ApplicationWithdrawn,
    /// One's application is on the short list.
    #[word("APPLICATION_SHORTLISTED")]
    ApplicationShortlisted,
    /// The business asks for another fee.
    #[word("APPLICATION_COUNTERED")]
    ApplicationCountered,
    /// The creator does not take the fee that one asked for, or did not answer.
    #[word("APPLICATION_COUNTER_DECLINED")]
    ApplicationCounterDeclined,
    /// The two agreed.
    #[word("APPLICATION_ACCEPTED")]
    ApplicationAccepted,
    /// One's application was rejected.
    #[word("APPLICATION_REJECTED")]
    ApplicationRejected,
    /// The day of a collaboration was agreed.
    #[word("COLLABORATION_SCHEDULED")]
    CollaborationScheduled,
    /// Another day was proposed.
    #[word("SCHEDULE_PROPOSED")]
    ScheduleProposed,
    /// A proposed day was declined.
    #[word("SCHEDULE_DECLINED")]
    ScheduleDeclined,
    /// Something is awaited of one, and soon.
    #[word("DEADLINE_NEAR")]
    DeadlineNear,
    /// Content was not handed in by its deadline.
    #[word("CONTENT_LATE")]
    ContentLate,
    /// Content was handed in.
    #[word("CONTENT_SUBMITTED")]
    ContentSubmitted,
    /// Content was approved.
    #[word("CONTENT_APPROVED")]
    ContentApproved,
    /// Content was rejected: another version is awaited.
    #[word("CONTENT_REJECTED")]
    ContentRejected,
    /// Nobody reviewed content in time.
    #[word("CONTENT_ESCALATED")]
    ContentEscalated,
    /// A collaboration was called off.
    #[word("COLLABORATION_CANCELLED")]
    CollaborationCancelled,
    /// A collaboration is over and was kept.
    #[word("COLLABORATION_COMPLETED")]
    CollaborationCompleted,
    /// The other side rated one.
    #[word("COLLABORATION_RATED")]
    CollaborationRated,
    /// Both ratings are shown.
    #[word("RATINGS_SHOWN")]
    RatingsShown,
    /// The one whom one rated has replied.
    #[word("RATING_REPLIED")]
    RatingReplied,
    /// The other side opened a dispute.
    #[word("DISPUTE_OPENED")]
    DisputeOpened,
    /// A dispute was decided.
    #[word("DISPUTE_DECIDED")]
    DisputeDecided,
    /// One has a higher tier.
    #[word("TIER_UPGRADED")]
    TierUpgraded,
    /// One has a lower tier.
    #[word("TIER_DOWNGRADED")]
    TierDowngraded,
    /// A contract waits for one's signature.
    #[word("CONTRACT_SENT")]
    ContractSent,
    /// Both sides have signed.
    #[word("CONTRACT_SIGNED")]
    ContractSigned,
    /// A contract ended before it was fulfilled.
    #[word("CONTRACT_ENDED")]
    ContractEnded,
    /// A contract was fulfilled.
    #[word("CONTRACT_COMPLETED")]
    ContractCompleted,
    /// Other terms were proposed, or have come into force.
    #[word("CONTRACT_AMENDMENT")]
    ContractAmendment,
    /// A deliverable was handed in, approved, sent back, or is late.
    #[word("DELIVERABLE_UPDATED")]
    DeliverableUpdated,
    /// A payment is due.
    #[word("PAYMENT_DUE")]
    PaymentDue,
    /// A payment was made.
    #[word("PAYMENT_COMPLETED")]
    PaymentCompleted,
    /// The money is on its way to one's account.
    #[word("PAYMENT_PAID_OUT")]
    PaymentPaidOut,
    /// A payment or its payout failed.
    #[word("PAYMENT_FAILED")]
    PaymentFailed,
    /// Money went back.
    #[word("PAYMENT_REFUNDED")]
    PaymentRefunded,
    /// The payer's bank disputes a payment, or has decided.
    #[word("PAYMENT_DISPUTED")]
    PaymentDisputed,
    /// A creator answered a mail.
    #[word("OUTREACH_REPLIED")]
    OutreachReplied,
    /// A mail could not be delivered.
    #[word("OUTREACH_BOUNCED")]
    OutreachBounced,
    /// Somebody wrote to one.
    #[word("MESSAGE_RECEIVED")]
    MessageReceived,
    /// A member of one's audience waits for a person.
    #[word("ESCALATION_CREATED")]
    EscalationCreated,
    /// A channel to one's audience does not work any more, or works again.
    #[word("CHANNEL_STATUS")]
    ChannelStatus,
    /// A document or an answer of one's knowledge bases wants to be looked at.
    #[word("KNOWLEDGE_NOTICE")]
    KnowledgeNotice,
    /// A proactive rule has noticed something about a member, and is to tell of it.
    #[word("RULE_NOTICE")]
    RuleNotice,
    /// The server itself has something to say: a warning, a suspension.
    #[word("ACCOUNT_NOTICE")]
    AccountNotice,
}

impl NotificationType {
    /// By which channels people are told of it who have said nothing. At once by mail is only what somebody waits for, or loses something by.
    pub const fn usual(self) -> Channels {
        let email = matches!(
            self,
            Self::OfferInvitation
                | Self::ApplicationAccepted
                | Self::DeadlineNear
                | Self::ContentEscalated
                | Self::CollaborationCancelled
                | Self::DisputeOpened
                | Self::DisputeDecided
                | Self::PaymentFailed
                | Self::PaymentDisputed
                | Self::EscalationCreated
                | Self::ChannelStatus
                | Self::RuleNotice
                | Self::AccountNotice
        );
        Channels { in_app: true, email, digest: true }
    }

    /// How much of it one person is shown in so long; what is more waits for the digest.
    pub(crate) const fn caps(self) -> &'static [(i64, u64)] {
        match self {
            Self::OfferRecommended => &[(time::DAY, 2), (7 * time::DAY, 6)],
            _ => &[],
        }
    }
}

/// What a notification is about: every id that is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Related {
    /// The offer.
    #[serde(rename = "related_offer_id")]
    pub offer: Option<Uuid>,
    /// The application.
    #[serde(rename = "related_application_id")]
    pub application: Option<Uuid>,
    /// The collaboration.
    #[serde(rename = "related_collaboration_id")]
    pub collaboration: Option<Uuid>,
    /// The submission.
    #[serde(rename = "related_submission_id")]
    pub submission: Option<Uuid>,
    /// The contract.
    #[serde(rename = "related_contract_id")]
    pub contract: Option<Uuid>,
    /// The payment.
    #[serde(rename = "related_payment_id")]
    pub payment: Option<Uuid>,
    /// The entry of the outreach log.
    #[serde(rename = "related_outreach_id")]
    pub outreach: Option<Uuid>,
    /// The account of the person by whom it came about.
    #[serde(rename = "related_user_id")]
    pub user: Option<Uuid>,
}

/// What is said, in one language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    /// In a few words.
    pub title: String,
    /// In a sentence.
    pub content: String,
}

/// What is said, in every language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Texts {
    /// In English,
    pub en: Text,
    /// and in Spanish.
    pub es: Text,
}

impl Texts {
    /// Title and content in English, then in Spanish.
    pub fn new(en: (&str, impl Into<String>), es: (&str, impl Into<String>)) -> Self {
        let text = |title: &str, content: String| Text { title: title.to_owned(), content };
        Self { en: text(en.0, en.1.into()), es: text(es.0, es.1.into()) }
    }

    /// In this language.
    pub fn in_language(&self, language: Language) -> &Text {
        match language {
            Language::English => &self.en,
            Language::Spanish => &self.es,
        }
    }
}

/// What is said of so many that are not shown by themselves.
pub type Rest = Arc<dyn Fn(u64) -> Texts + Send + Sync>;

/// Notifications that come in floods: some are shown by themselves, and the rest as one.
#[derive(Clone)]
pub struct Group {
    /// What belongs together: `application.received:0190…`.
    pub name: String,
    /// So many are shown by themselves
    pub first: u64,
    /// in so many microseconds.
    pub per: i64,
    /// What is said of the rest.
    pub rest: Rest,
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group").field("name", &self.name).field("first", &self.first).finish_non_exhaustive()
    }
}

/// Something that a person is to be told.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Who.
    pub to: AccountId,
    /// Of what.
    pub kind: NotificationType,
    /// What happened, as one name: a person is told of each only once.
    pub happening: String,
    /// What is said.
    pub texts: Texts,
    /// What it is about.
    pub related: Related,
    /// Whether others like it belong together.
    pub group: Option<Group>,
}

/// A notification, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "notifications")]
pub(crate) struct NotificationRow {
    pub(crate) id: NotificationId,
    pub(crate) account_id: AccountId,
    pub(crate) kind: NotificationType,
    pub(crate) happening: String,
    pub(crate) title: String,
    pub(crate) content: String,
    /// How many happenings it stands for.
    pub(crate) counted: u64,
    pub(crate) related: Json<Related>,
    /// Is it in the list? Others are folded into another one, or only for the digest.
    pub(crate) shown: bool,
    /// Is it to be mailed at once?
    pub(crate) email: bool,
    /// Does it wait for the digest?
    pub(crate) digest: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) read_at: Option<Timestamp>,
}

/// A notification.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Notification)]
pub(crate) struct NotificationBody {
    /// Its id.
    pub(crate) id: NotificationId,
    /// Of what one is told.
    #[serde(rename = "type")]
    pub(crate) kind: NotificationType,
    /// In a few words.
    #[schema(example = "New application")]
    pub(crate) title: String,
    /// In a sentence, in the language of the person.
    #[schema(example = "creator_name applied to your offer")]
    pub(crate) content: String,
    /// How many happenings it stands for.
    pub(crate) count: u64,
    #[serde(flatten)]
    pub(crate) related: Related,
    /// Was it read?
    pub(crate) is_read: bool,
    /// When it was read.
    pub(crate) read_at: Option<Timestamp>,
    /// When it happened.
    pub(crate) created_at: Timestamp,
}

impl From<NotificationRow> for NotificationBody {
    fn from(row: NotificationRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            title: row.title,
            content: row.content,
            count: row.counted,
            related: row.related.0,
            is_read: row.read_at.is_some(),
            read_at: row.read_at,
            created_at: row.created_at,
        }
    }
}
