//! What comes in, in one form whoever tells it.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Identity, MediaPart, SendFault};

/// One thing that a provider tells. A webhook's body may hold many.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Item {
    /// By this it is known when it is told again: the message's id, the update's number, the status with its message.
    pub key: String,
    /// Which sender of ours it is about: WhatsApp's `phone_number_id`. A webhook of one channel may carry another's.
    pub account: Option<String>,
    /// WhatsApp's business account.
    pub business: Option<String>,
    /// When it happened, by the provider's clock.
    pub at: Option<Timestamp>,
    /// What it is.
    pub what: Inbound,
}

/// What a provider tells.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", content = "is", rename_all = "snake_case")]
pub enum Inbound {
    /// Somebody wrote, sent or pressed something.
    Message(Box<ReceivedMessage>),
    /// Somebody changed what they had written.
    Edited(Box<Edited>),
    /// Somebody took back what they had written.
    Removed(Removed),
    /// The owner wrote to somebody by the app on their phone, beside this server (WhatsApp's coexistence).
    Echo(Box<Echo>),
    /// How a message of ours goes.
    Status(Box<Status>),
    /// Somebody is known by something else from now on.
    Moved(Moved),
    /// Somebody let us in, or shut us out.
    Reach(Reach),
    /// Somebody said whether they want marketing.
    Preference(Preference),
    /// How a template stands.
    Template(TemplateNews),
    /// Something about the account or its messages that is no message: an error, a violation, a change of quality.
    OutOfBand(OutOfBand),
    /// What we make nothing of: a group, a call, a field that we did not ask for.
    Other {
        /// What it is, in the provider's word.
        kind: String,
    },
}

/// Who wrote.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sender {
    /// Everything that they are known by.
    pub identities: Vec<Identity>,
    /// What they call themselves.
    pub name: Option<String>,
    /// Their name with the provider, without an @.
    pub username: Option<String>,
    /// The language of their app: `es`, `en-GB`.
    pub language: Option<String>,
}

/// A message that came in.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ReceivedMessage {
    /// The provider's id for it. Telegram counts messages in each chat for itself, so there it is `chat:number`.
    pub id: String,
    /// Who wrote it.
    pub from: Sender,
    /// What it holds.
    pub content: Received,
    /// The provider's id of the message that it answers.
    pub reply_to: Option<String>,
    /// Was it passed on from elsewhere?
    pub is_forwarded: bool,
    /// The advertisement that it came from: for 72 hours, answers to it cost nothing.
    pub referral: Option<Referral>,
}

/// What somebody sent.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "holds", rename_all = "snake_case")]
pub enum Received {
    /// Words.
    Text(String),
    /// A button that they pressed, or a choice of a list.
    Pressed {
        /// What we gave the button as its id.
        id: String,
        /// What stands on it.
        title: String,
        /// What is to be acknowledged ([`super::Messenger::acknowledge`]), where the provider waits for it.
        press: Option<String>,
    },
    /// They began to talk with the bot, with what the link said that led them there.
    Started {
        /// What followed `?start=` in the link.
        payload: Option<String>,
    },
    /// A file.
    Media(MediaPart),
    /// A place.
    Location(Place),
    /// Names and numbers of people.
    Contacts(Vec<ContactCard>),
    /// A sign under a message of ours; none if it was taken away.
    Reaction {
        /// The message that it stands under.
        to: String,
        /// The sign.
        emoji: Option<String>,
    },
    /// A form that they filled in (WhatsApp Flows), as JSON text.
    Form(String),
    /// Something that we cannot read, or that the provider does not hand on.
    Unsupported {
        /// What it is, in the provider's word: `poll`, `view_once`.
        kind: String,
        /// What the provider says of it.
        says: Option<String>,
    },
}

/// A place on the map.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Place {
    /// Degrees north of the equator.
    pub latitude: f64,
    /// Degrees east of Greenwich.
    pub longitude: f64,
    /// What it is called.
    pub name: Option<String>,
    /// Where it is.
    pub address: Option<String>,
}

/// Somebody's name and numbers, as they were sent on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ContactCard {
    /// The name.
    pub name: String,
    /// The numbers.
    pub phones: Vec<String>,
}

/// The advertisement or post that somebody came from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Referral {
    /// `ad` or `post`.
    pub kind: Option<String>,
    /// Its id.
    pub id: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// Its headline.
    pub headline: Option<String>,
}

/// A message that was changed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Edited {
    /// The provider's id of the message, as it came first.
    pub id: String,
    /// Who changed it.
    pub from: Sender,
    /// What it holds now.
    pub content: Received,
}

/// A message of the owner's own hand, sent by the app on their phone.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Echo {
    /// The provider's id of it.
    pub id: String,
    /// Whom it is for.
    pub to: Vec<Identity>,
    /// What it holds.
    pub content: Received,
}

/// A message that was taken back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Removed {
    /// The provider's id of the message, as it came first.
    pub id: String,
    /// Who took it back.
    pub from: Sender,
}

/// How far a message of ours came. Told in any order, and later ones may be missing: only ever move up, and nothing revives what failed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, kernel::Words)]
#[words(no_column, name = "StageOfMessage")]
pub enum Stage {
    /// The provider has taken it on.
    Sent,
    /// It is on the person's phone.
    Delivered,
    /// They saw it.
    Read,
    /// It will not arrive.
    Failed,
}

/// How a message of ours goes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Status {
    /// The provider's id of the message.
    pub id: String,
    /// Our own key of it ([`super::Outgoing::key`]).
    pub key: Option<String>,
    /// How far it came.
    pub stage: Stage,
    /// Who it is for, as the provider knows them.
    pub to: Vec<Identity>,
    /// What it costs.
    pub pricing: Option<Pricing>,
    /// Why it failed, and what is to be done.
    pub fault: Option<SendFault>,
}

/// What a message costs, as the provider tells it: no amount, but what its price list calls it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Pricing {
    /// Is it charged?
    pub is_billable: bool,
    /// `PMP`: by the message.
    pub model: Option<String>,
    /// `marketing`, `utility`, `authentication`, `service`, `referral_conversion`.
    pub category: Option<String>,
    /// `regular`, `free_customer_service`, `free_entry_point`.
    pub kind: Option<String>,
}

/// Somebody who is known by something else from now on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Moved {
    /// What they were known by.
    pub from: Vec<Identity>,
    /// What they are known by now.
    pub to: Vec<Identity>,
    /// What the provider says of it.
    pub says: Option<String>,
}

/// Somebody who let us in, or shut us out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reach {
    /// Who.
    pub who: Sender,
    /// Are they to be reached?
    pub is_open: bool,
}

/// What somebody said of marketing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Preference {
    /// Who.
    pub who: Vec<Identity>,
    /// Do they want it?
    pub wants_marketing: bool,
    /// What the provider says of it.
    pub says: Option<String>,
}

/// How a template stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TemplateNews {
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: String,
    /// `APPROVED`, `REJECTED`, `PAUSED`, `DISABLED`; of a change of quality or kind what it is now.
    pub event: String,
    /// Why, in the provider's words.
    pub reason: Option<String>,
}

/// Something about the account that is no message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OutOfBand {
    /// What it is, in the provider's word: `errors`, `account_update`, `phone_number_quality_update`.
    pub kind: String,
    /// What the provider says of it: `ACCOUNT_RESTRICTION RESTRICTED_BIZ_INITIATED_MESSAGING`.
    pub says: String,
    /// What is to be done, if it is an error that the table of errors knows.
    pub fault: Option<SendFault>,
}
