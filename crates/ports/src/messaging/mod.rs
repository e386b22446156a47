//! Messages to and from people on WhatsApp, Telegram and phones with our app: what is sent, what came of it, what comes in, and how it is signed.
//!
//! One [`Messenger`] for each provider serves every channel: whose account is used comes with each question, for keys belong to channels. A
//! fault of sending says what is to be done next ([`Decision`]), in the provider's own words and without any key. The stand-ins
//! ([`standin`]) take what the providers take and refuse what they refuse, and reach nobody.

mod account;
mod fault;
mod inbound;
mod media;
mod outgoing;
mod signing;
mod split;
pub mod standin;
pub mod telegram;
pub mod whatsapp;

pub use account::{Account, Hook, HookStanding, Standing, State, Token};
pub use fault::{Decision, SendFault};
pub use inbound::{
    ContactCard, Echo, Edited, Inbound, Item, Moved, OutOfBand, Place, Preference, Pricing, Reach, Received,
    ReceivedMessage, Referral, Removed, Sender, Stage, Status, TemplateNews,
};
pub use media::{Media, MediaFault, MediaKind, MediaPart};
pub use outgoing::{
    Attachment, Bounds, Button, Content, Identity, IdentityKind, Outgoing, Parameter, Sent, Source, Template, To,
    Unsent,
};
pub use signing::{HubSignature, SecretToken};
pub use split::{split, units};

use std::sync::Arc;

use async_trait::async_trait;

/// A provider of messages.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Its name: `whatsapp`, `telegram`, `fcm`.
    fn name(&self) -> &'static str;

    /// Does it reach anybody? A stand-in does not.
    fn is_real(&self) -> bool;

    /// What one message may hold.
    fn bounds(&self) -> Bounds;

    /// Sends a message, within its time limits, and asks once: no provider of messages knows idempotency keys, so that asking again after
    /// [`Decision::Unknown`] may tell somebody the same thing twice.
    async fn send(&self, account: &Account, message: &Outgoing) -> Result<Sent, SendFault>;

    /// Asks the provider how the account stands. Never a fault: that it could not be asked is an answer, too.
    async fn check(&self, account: &Account) -> Standing;

    /// Has the provider tell us what comes in.
    async fn set_webhook(&self, account: &Account, hook: &Hook) -> Result<(), SendFault>;

    /// Has it no longer tell us.
    async fn remove_webhook(&self, account: &Account) -> Result<(), SendFault>;

    /// A file that somebody sent, by the provider's id, if it is not larger than that many bytes.
    async fn media(&self, account: &Account, id: &str, most_bytes: usize) -> Result<Media, MediaFault>;

    /// Shows the person that their message was read, and that an answer is being written if it is. A provider without that does nothing.
    async fn seen(&self, account: &Account, to: &To, message_id: &str, typing: bool) -> Result<(), SendFault>;

    /// Ends the waiting circle of a button that was pressed ([`Received::Pressed`]), where a provider has one.
    async fn acknowledge(&self, account: &Account, press: &str) -> Result<(), SendFault>;

    /// Takes a message back that we sent. [`Decision::Rejected`] where the provider cannot, or not any more.
    async fn delete(&self, account: &Account, message_id: &str) -> Result<(), SendFault>;
}

/// Who sends on which kind of channel.
#[derive(Clone)]
pub struct Messengers {
    /// WhatsApp.
    pub whatsapp: Arc<dyn Messenger>,
    /// Telegram.
    pub telegram: Arc<dyn Messenger>,
    /// Phones with our app (Firebase Cloud Messaging).
    pub mobile: Arc<dyn Messenger>,
}

impl std::fmt::Debug for Messengers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = [&self.whatsapp, &self.telegram, &self.mobile].map(|one| (one.name(), one.is_real()));
        f.debug_tuple("Messengers").field(&names).finish()
    }
}
