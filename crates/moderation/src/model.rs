//! What a report is, and what may be done about it.

use input::Input;
use kernel::{AccountId, Error, Id, Result, Timestamp, Words};
use uuid::Uuid;

/// So many reports of one account are taken on a day.
pub const MOST_A_DAY: i64 = 20;

#[doc(hidden)]
#[derive(Debug)]
pub enum ReportMarker {}
/// A report.
pub type ReportId = Id<ReportMarker>;

/// What can be reported.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Words)]
#[words(name = "ReportSubject", no_display)]
pub enum Subject {
    /// An offer on the marketplace.
    Offer,
    /// A message that one was sent.
    Message,
    /// The profile of an account.
    Profile,
    /// A rating, with its feedback.
    Rating,
}

impl Subject {
    pub(crate) const fn display(self) -> &'static str {
        match self {
            Self::Offer => "Offer",
            Self::Message => "Message",
            Self::Profile => "Profile",
            Self::Rating => "Rating",
        }
    }
}

/// What is wrong with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Words)]
#[words(name = "ReportReason", no_display)]
pub enum Reason {
    /// Advertising that nobody asked for, or the same again and again.
    Spam,
    /// Fraud: fees in advance, stolen log-ins, false links.
    Scam,
    /// Payment or contact outside the platform, to get around it.
    OffPlatform,
    /// Insults, threats, unwanted advances.
    Harassment,
    /// Hate against groups of people.
    Hate,
    /// Nudity or sexual content.
    Sexual,
    /// Violence, or a call for it.
    Violence,
    /// Somebody pretends to be somebody else.
    Impersonation,
    /// Private data of somebody.
    Privacy,
    /// A copyright or a trademark is infringed.
    IntellectualProperty,
    /// Untrue, or misleading.
    False,
    /// Something else: `details` tells it.
    Other,
}

/// Where a report stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Words)]
#[words(name = "ReportStatus", no_display)]
pub enum Status {
    /// Nobody has decided it.
    Open,
    /// It was decided.
    Decided,
    /// What the decision did was undone.
    Restored,
}

/// What is done about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Words)]
#[words(name = "ModerationAction", no_display)]
pub enum Action {
    /// Nothing is wrong.
    Dismiss,
    /// The thing is hidden.
    Hide,
    /// Its owner is warned.
    Warn,
    /// Its owner's account is suspended.
    Suspend,
}

impl Action {
    /// Can it be undone?
    pub(crate) const fn is_lasting(self) -> bool {
        matches!(self, Self::Hide | Self::Suspend)
    }
}

/// A report, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(
    table = "moderation_reports",
    key(id),
    fixed(reporter_id, subject, subject_id, owner_id, reason, details, created_at)
)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// Who reported.
    pub reporter_id: AccountId,
    /// What kind of thing,
    pub subject: Subject,
    /// and which.
    pub subject_id: Uuid,
    /// Whose the thing is.
    pub owner_id: AccountId,
    /// What is wrong with it.
    pub reason: Reason,
    /// In the reporter's words.
    pub details: Option<String>,
    /// When it was reported.
    pub created_at: Timestamp,
    /// Where it stands.
    pub status: Status,
    /// What was done.
    pub action: Option<Action>,
    /// Why.
    pub decision: Option<String>,
    /// By whom; nobody where the demo's administrator did, who is no account.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// When it was undone.
    pub restored_at: Option<Timestamp>,
}

impl Report {
    /// As it is once decided.
    pub(crate) fn decided(&self, by: Option<AccountId>, decision: &Decision, now: Timestamp) -> Result<Self> {
        if self.status != Status::Open {
            return Err(Error::conflict("This report was decided already; its list tells how"));
        }
        Ok(Self {
            status: Status::Decided,
            action: Some(decision.action),
            decision: Some(decision.reason.clone()),
            decided_by: by,
            decided_at: Some(now),
            ..self.clone()
        })
    }

    /// As it is once what its decision did was undone.
    pub(crate) fn restored(&self, now: Timestamp) -> Result<Self> {
        match (self.status, self.action) {
            (Status::Decided, Some(action)) if action.is_lasting() => {
                Ok(Self { status: Status::Restored, restored_at: Some(now), ..self.clone() })
            }
            (Status::Restored, _) => Err(Error::conflict("It was undone already")),
            _ => Err(Error::conflict("There is nothing to undo: nothing was hidden and nobody suspended")),
        }
    }
}

/// Something to be reported.
#[derive(Clone, Debug, Input)]
#[input(check = says_enough)]
pub(crate) struct NewReport {
    /// What kind of thing.
    #[input(word)]
    pub(crate) subject: Subject,
    /// Which: the id of the offer or the message; of a profile the account's, of a rating that you were given the collaboration's.
    #[input(id)]
    pub(crate) subject_id: Uuid,
    /// What is wrong with it.
    #[input(word)]
    pub(crate) reason: Reason,
    /// In your own words; with the reason `other` they are needed.
    #[input(any_text(2_000), blank)]
    pub(crate) details: Option<String>,
}

fn says_enough(report: &NewReport, fields: &mut input::Fields) {
    if report.reason == Reason::Other && report.details.is_none() {
        fields.fault("details", "missing", "is missing: with the reason \"other\" say what is wrong");
    }
}

/// A decision.
#[derive(Clone, Debug, Input)]
#[input(name = "ModerationDecisionInput")]
pub(crate) struct Decision {
    /// What is done.
    #[input(word)]
    pub(crate) action: Action,
    /// Why, for whom it concerns: they read it.
    #[input(text(1_000), example = "Your message asked for a payment outside the platform")]
    pub(crate) reason: String,
}
