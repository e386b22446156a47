//! What happens to offers and applications.

use events::{Kind, event};
use kernel::{AccountId, ApplicationId, CreatorId, OfferId, WorkspaceId};

use crate::model::{Application, Offer};

/// Everything that happens here.
pub const EVENTS: &[Kind] = &[
    Kind::of::<OfferPublished>(),
    Kind::of::<OfferChanged>(),
    Kind::of::<OfferArchived>(),
    Kind::of::<OfferPaused>(),
    Kind::of::<OfferResumed>(),
    Kind::of::<OfferInvited>(),
    Kind::of::<OfferRecommended>(),
    Kind::of::<ApplicationReceived>(),
    Kind::of::<ApplicationWithdrawn>(),
    Kind::of::<ApplicationShortlisted>(),
    Kind::of::<ApplicationCountered>(),
    Kind::of::<ApplicationCounterDeclined>(),
    Kind::of::<ApplicationCounterLapsed>(),
    Kind::of::<ApplicationAccepted>(),
    Kind::of::<ApplicationRejected>(),
    Kind::of::<ApplicationOutdated>(),
];

/// An offer.
#[event(subject = offer_id)]
pub struct OfferFacts {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The account that made it.
    pub business_id: AccountId,
    /// The offer.
    pub offer_id: OfferId,
}

impl From<&Offer> for OfferFacts {
    fn from(offer: &Offer) -> Self {
        Self { workspace_id: offer.workspace_id, business_id: offer.business_id, offer_id: offer.id }
    }
}

/// An offer was published: it takes applications.
#[event("offer.published")]
pub struct OfferPublished(pub OfferFacts);

/// A published offer was changed. Those who have applied are told one by one, by `application.outdated`.
#[event("offer.changed", of = offer)]
pub struct OfferChanged {
    /// The offer.
    #[serde(flatten)]
    pub offer: OfferFacts,
    /// Its version now.
    pub version: i64,
}

/// An offer was archived: it takes no applications any more.
#[event("offer.archived")]
pub struct OfferArchived(pub OfferFacts);

/// An offer takes no applications for a while.
#[event("offer.paused")]
pub struct OfferPaused(pub OfferFacts);

/// An offer that was paused takes applications again.
#[event("offer.resumed")]
pub struct OfferResumed(pub OfferFacts);

/// A business invited somebody of the directory to apply.
#[event("offer.invited", of = offer)]
pub struct OfferInvited {
    /// The offer.
    #[serde(flatten)]
    pub offer: OfferFacts,
    /// The entry of the directory.
    pub influencer_id: CreatorId,
    /// The account of the person it is about, who is told by this; null if they have none, and get a mail.
    pub creator_id: Option<AccountId>,
}

/// A new offer fits this creator well.
#[event("offer.recommended", of = offer)]
pub struct OfferRecommended {
    /// The offer.
    #[serde(flatten)]
    pub offer: OfferFacts,
    /// The creator's account.
    pub creator_id: AccountId,
}

/// An application, and between whom it is.
#[event(subject = application_id)]
pub struct ApplicationFacts {
    /// The workspace of the offer.
    pub workspace_id: WorkspaceId,
    /// The account that made the offer.
    pub business_id: AccountId,
    /// The account that applied.
    pub creator_id: AccountId,
    /// The offer.
    pub offer_id: OfferId,
    /// The application.
    pub application_id: ApplicationId,
}

impl From<&Application> for ApplicationFacts {
    fn from(of: &Application) -> Self {
        Self {
            workspace_id: of.workspace_id,
            business_id: of.business_id,
            creator_id: of.creator_id,
            offer_id: of.offer_id,
            application_id: of.id,
        }
    }
}

/// A creator applied. The business is told.
#[event("application.received")]
pub struct ApplicationReceived(pub ApplicationFacts);

/// The creator took the application back. The business is told.
#[event("application.withdrawn")]
pub struct ApplicationWithdrawn(pub ApplicationFacts);

/// The business put the application on its short list, or took it off. The creator may be told of the first.
#[event("application.shortlisted", of = application)]
pub struct ApplicationShortlisted {
    /// The application.
    #[serde(flatten)]
    pub application: ApplicationFacts,
    /// Is it on the list now?
    pub shortlisted: bool,
}

/// The business asked for another fee. The creator is told, and has until the deadline.
#[event("application.countered")]
pub struct ApplicationCountered(pub ApplicationFacts);

/// The creator does not take the fee that the business asked for. The business is told.
#[event("application.counter_declined")]
pub struct ApplicationCounterDeclined(pub ApplicationFacts);

/// The creator did not answer in time to the fee that the business asked for. Both are told.
#[event("application.counter_lapsed")]
pub struct ApplicationCounterLapsed(pub ApplicationFacts);

/// The two agreed, and work together from now on. The other side is told: see `by`.
#[event("application.accepted", of = application)]
pub struct ApplicationAccepted {
    /// The application.
    #[serde(flatten)]
    pub application: ApplicationFacts,
    /// Who accepted: the business the application, or the creator the fee of the business.
    pub by: AccountId,
}

/// The application was rejected. The creator is told.
#[event("application.rejected", of = application)]
pub struct ApplicationRejected {
    /// The application.
    #[serde(flatten)]
    pub application: ApplicationFacts,
    /// Who rejected it; null if the offer ended, and its open applications with it.
    pub by: Option<AccountId>,
}

/// The offer is another one than the creator applied to. The creator is told, and may take the application back.
#[event("application.outdated", of = application)]
pub struct ApplicationOutdated {
    /// The application.
    #[serde(flatten)]
    pub application: ApplicationFacts,
    /// The version of the offer now.
    pub version: i64,
}
