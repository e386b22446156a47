//! What an application that was accepted has agreed on. The offer and the application are somebody else's; what counts of them is
//! frozen here, so that an offer which is changed later changes no collaboration.

use kernel::{AccountId, ApplicationId, Currency, Money, OfferId, Platform, Timestamp, WorkspaceId};

pub use mind::brief::Brief;

/// What an accepted application has agreed on.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// The application. It opens one collaboration at most.
    pub application_id: ApplicationId,
    /// The offer, as it stood when the creator applied.
    pub offer: OfferFacts,
    /// The business that accepted.
    pub business_id: AccountId,
    /// The workspace that the offer belongs to.
    pub workspace_id: WorkspaceId,
    /// The creator who applied.
    pub creator_id: AccountId,
    /// What is paid; nothing where the work is not paid in money.
    pub fee: Option<Money>,
    /// The currency of the offer, which is the fee's.
    pub currency: Currency,
}

/// An offer, as far as a collaboration must know it.
#[derive(Clone, Debug)]
pub struct OfferFacts {
    /// Its id.
    pub id: OfferId,
    /// Which of its versions the creator applied to.
    pub version: i64,
    /// What is asked for, in a line.
    pub title: String,
    /// The word of its category: `FASHION`.
    pub category: String,
    /// Where the content is published.
    pub platforms: Vec<Platform>,
    /// The words of the formats: `POST`, `REEL`.
    pub formats: Vec<String>,
    /// What the content has to meet.
    pub brief: Brief,
    /// Until when the content has to be handed in.
    pub content_deadline: Option<Timestamp>,
    /// How often the creator may hand in again after a rejection.
    pub max_revisions: u32,
    /// Whether a contract is wanted.
    pub contract: ContractWish,
    /// What the business may do with the content, in words.
    pub usage_rights: Option<String>,
}

/// Whether a collaboration has a contract.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
pub enum ContractWish {
    /// No contract. The two settle the fee between themselves.
    None,
    /// A contract is drafted. The business may send it for signing.
    Draft,
    /// A contract is drafted, and nothing is scheduled before both have signed it.
    Required,
}
