//! The way money moves: charges, payouts and their way back, through a payment provider.

use async_trait::async_trait;
use kernel::{Money, Result, Timestamp};

use crate::webhook::Scheme;

/// Something to be done with money, once: whoever asks again with the same key gets what came of it the first time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// The idempotency key: the id of the attempt, which is also told to the provider as metadata.
    pub key: String,
    /// The payment that it is for, as metadata and as what ties a charge to its transfers.
    pub payment: String,
    /// What is to be done.
    pub what: What,
    /// How much; more than 0. How the provider counts the currency's smallest unit is the provider's own.
    pub amount: Money,
    /// The provider's name of what came of it, if that is known already.
    pub reference: Option<String>,
}

/// What is to be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// Take it from a payer.
    Charge {
        /// The provider's token of a card or account; without one, the payer is asked for it on a page.
        method: Option<String>,
        /// The provider's name of the payer that the token belongs to.
        customer: Option<String>,
    },
    /// Pass it on to somebody's account.
    Payout {
        /// The account, as the provider names it.
        account: String,
        /// The charge that the money comes from.
        charge: Option<String>,
    },
    /// Get it back from where it was passed on to.
    TakeBack {
        /// The transfer that passed it on.
        transfer: String,
    },
    /// Give it back to the payer.
    Refund {
        /// The charge that took it.
        charge: String,
    },
}

/// What came of an order, as far as it is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It was done.
    Done {
        /// The provider's name for it.
        reference: String,
    },
    /// It is under way; the provider will say what came of it.
    Underway {
        /// The provider's name for it.
        reference: String,
        /// What the payer must do before it goes on, if anything.
        wanted: Option<Wanted>,
    },
    /// It was refused, and nothing was moved.
    Refused {
        /// The provider's name for it, if it got one.
        reference: Option<String>,
        /// Why, in a word for programs: `card_declined`.
        code: String,
        /// Why, in a sentence for people.
        message: String,
    },
}

/// What a payer must do before a charge goes on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// With this the payer's page goes on. It is for the payer alone, and is not stored.
    pub client_secret: Option<String>,
    /// The page where the payer goes on, if it is the provider's.
    pub url: Option<String>,
}

/// Why a gateway gave no outcome.
#[derive(Debug)]
pub enum Fault {
    /// It was certainly not done: the provider could not be asked, or refused the question itself.
    NotDone(kernel::Error),
    /// Nobody knows whether it was done: the answer was lost. Ask again with the same key, or look for it.
    Unknown(kernel::Error),
}

/// What a provider tells by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// Its id: the same event may come more than once.
    pub id: String,
    /// What happened, in the provider's word.
    pub kind: String,
    /// What it says of our money, in the order in which it happened.
    pub news: Vec<News>,
}

/// What a provider says of our money.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum News {
    /// What came of an order.
    Order(Word),
    /// A refund that was made at the provider, not ordered by us.
    Refund(Back),
    /// A transfer was taken back at the provider, in whole or in part, not ordered by us.
    Reversal(Back),
    /// Something of this charge went back; [`Gateway::refunds`] says what.
    Refunds {
        /// The charge, as orders refer to it.
        charge: String,
    },
    /// A payer disputes a charge at their bank.
    Dispute(Dispute),
}

/// Money that went back without an order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Back {
    /// The provider's name for it.
    pub reference: String,
    /// Of which charge or transfer, as orders refer to it.
    pub of: String,
    /// How much.
    pub amount: Money,
    /// What came of it.
    pub outcome: Outcome,
}

/// A payer's dispute of a charge, as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dispute {
    /// The provider's name for it.
    pub reference: String,
    /// The charge, as orders refer to it.
    pub of: String,
    /// How much is disputed.
    pub amount: Money,
    /// Where it stands, in the provider's word.
    pub status: String,
    /// How far that is: a dispute never goes to a lower step, so that what says so is old.
    pub step: u8,
    /// Has the payer's bank taken the money?
    pub withdrawn: bool,
    /// Why, in the provider's word.
    pub reason: Option<String>,
    /// Until when it can be answered.
    pub respond_by: Option<Timestamp>,
}

impl Dispute {
    /// The step at which a dispute is over.
    pub const OVER: u8 = 4;
}

/// What is said of an order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    /// The order's key.
    pub key: String,
    /// How much it was about.
    pub amount: Money,
    /// What came of it.
    pub outcome: Outcome,
}

/// A payment provider.
#[async_trait]
pub trait Gateway: Send + Sync {
    /// Its name: `mock`, `stripe`.
    fn name(&self) -> &'static str;
    /// May money be moved by it at all? [`kernel::Kind::Unavailable`] says what to set.
    fn is_open(&self) -> Result<()> {
        Ok(())
    }
    /// Has this done, once for each key.
    async fn ask(&self, order: &Order) -> Result<Outcome, Fault>;
    /// What came of an order that was asked for before; nothing if the provider has never heard of it.
    async fn find(&self, order: &Order) -> Result<Option<Outcome>, Fault>;
    /// Takes a charge back whose payer does not go on with it, and tells how it stands then: it may have gone through meanwhile. Nothing
    /// where the provider cannot take one back.
    async fn cancel(&self, _order: &Order) -> Result<Option<Outcome>, Fault> {
        Ok(None)
    }
    /// How what the provider tells by itself is signed.
    fn scheme(&self) -> &dyn Scheme;
    /// Reads what the provider tells by itself, once its signature was checked.
    fn event(&self, body: &[u8]) -> Result<Event>;
    /// All that went back of a charge, ordered by us or not.
    async fn refunds(&self, _charge: &str) -> Result<Vec<News>, Fault> {
        Ok(Vec::new())
    }
    /// Where a payout to a creator whose account nobody knows goes, if there is such a place (the mock's).
    fn usual_account(&self) -> Option<String> {
        None
    }
}
