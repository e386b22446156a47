//! Stand-ins for the providers of messages: they take what the providers take, refuse what they refuse in their words, and reach nobody.
//!
//! Who is written to decides what happens, as the test numbers of the real ones do: a phone number that ends with six digits of the table
//! of errors is refused with that error (`+1555` `131026`: not on WhatsApp), a chat that begins with `403` has blocked the bot, one that begins with
//! `429` is limited, a device `unregistered…` has lost the app. A token that begins with `expired` is refused as such. Everybody else gets
//! everything.

pub mod bodies;
mod refusals;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};

use super::{
    Account, Bounds, Content, Decision, Hook, HookStanding, IdentityKind, Media, MediaFault, Messenger, Outgoing,
    SendFault, Sent, Standing, State, To, telegram, whatsapp,
};

/// Whom a stand-in stands in for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Provider {
    /// WhatsApp's Cloud API.
    WhatsApp,
    /// Telegram's Bot API.
    Telegram,
    /// Firebase Cloud Messaging.
    Firebase,
}

impl Provider {
    /// What one message of it may hold.
    pub const fn bounds(self) -> Bounds {
        match self {
            Self::WhatsApp => Bounds {
                text: whatsapp::TEXT,
                text_with_buttons: whatsapp::TEXT_WITH_BUTTONS,
                caption: whatsapp::CAPTION,
                buttons: whatsapp::BUTTONS,
                button_title: whatsapp::BUTTON_TITLE,
                rows: whatsapp::ROWS,
                file: 16 << 20,
                is_charged: true,
                splits: false,
                has_window: true,
            },
            Self::Telegram => Bounds {
                text: telegram::TEXT,
                text_with_buttons: telegram::TEXT,
                caption: telegram::CAPTION,
                buttons: 8,
                button_title: 64,
                rows: 20,
                file: 20 << 20,
                is_charged: false,
                splits: true,
                has_window: false,
            },
            Self::Firebase => Bounds {
                text: 1000,
                text_with_buttons: 0,
                caption: 0,
                buttons: 0,
                button_title: 0,
                rows: 0,
                file: 0,
                is_charged: false,
                splits: false,
                has_window: false,
            },
        }
    }
}

/// How many messages are remembered.
const REMEMBERED: usize = 1000;

/// A message that a stand-in was given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    /// Which sender.
    pub sender: String,
    /// The message.
    pub message: Outgoing,
    /// What was told of it.
    pub id: String,
}

/// A stand-in for one provider.
#[derive(Debug)]
pub struct StandIn {
    provider: Provider,
    count: AtomicI64,
    given: Mutex<VecDeque<Given>>,
    files: Mutex<Vec<(String, Media)>>,
    hooks: Mutex<Vec<(Account, Hook)>>,
}

impl StandIn {
    /// A stand-in.
    pub fn new(provider: Provider) -> Self {
        Self {
            provider,
            count: AtomicI64::new(0),
            given: Mutex::default(),
            files: Mutex::default(),
            hooks: Mutex::default(),
        }
    }

    /// The last messages that it was given, the oldest first.
    pub fn given(&self) -> Vec<Given> {
        self.given.lock().iter().cloned().collect()
    }

    /// Has a file that somebody sent, as [`Messenger::media`] finds it.
    pub fn put_file(&self, id: &str, file: Media) {
        self.files.lock().push((id.to_owned(), file));
    }

    /// Where the account's updates are told, if anywhere.
    pub fn hook(&self, account: &Account) -> Option<Hook> {
        self.hooks.lock().iter().rev().find(|(one, _)| one == account).map(|(_, hook)| hook.clone())
    }

    fn id(&self, message: &Outgoing) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        match self.provider {
            // Another one in another process has another number, and no two messages have one key.
            Provider::WhatsApp => format!("wamid.{}", hex::encode(&Sha256::digest(&message.key)[..16]).to_uppercase()),
            Provider::Telegram => {
                let chat = message.to.find(IdentityKind::ChatId).and_then(|chat| chat.parse().ok()).unwrap_or_default();
                let number = i64::from_be_bytes(Sha256::digest(&message.key)[..8].try_into().unwrap_or_default());
                telegram::message_id(chat, (number & 0x3fff_ffff) + count)
            }
            Provider::Firebase => {
                format!("projects/stand-in/messages/{}", hex::encode(&Sha256::digest(&message.key)[..8]))
            }
        }
    }
}

#[async_trait]
impl Messenger for StandIn {
    fn name(&self) -> &'static str {
        match self.provider {
            Provider::WhatsApp => "whatsapp",
            Provider::Telegram => "telegram",
            Provider::Firebase => "fcm",
        }
    }

    fn is_real(&self) -> bool {
        false
    }

    fn bounds(&self) -> Bounds {
        self.provider.bounds()
    }

    async fn send(&self, account: &Account, message: &Outgoing) -> Result<Sent, SendFault> {
        refusals::of_account(self.provider, account)?;
        refusals::of_message(self.provider, message)?;
        let (id, sender) = (self.id(message), account.sender.clone());
        let mut given = self.given.lock();
        if given.len() == REMEMBERED {
            given.pop_front();
        }
        given.push_back(Given { sender, message: message.clone(), id: id.clone() });
        Ok(Sent { id, ..Sent::default() })
    }

    async fn check(&self, account: &Account) -> Standing {
        if let Err(fault) = refusals::of_account(self.provider, account) {
            return Standing { code: fault.code, ..Standing::of(State::Faulty, fault.says) };
        }
        let works = |says: &str| Standing::of(State::Works, says);
        let webhook = || HookStanding { url: self.hook(account).map(|hook| hook.url), ..HookStanding::default() };
        match self.provider {
            Provider::WhatsApp => Standing {
                name: Some("Stand-in".into()),
                sender: Some(account.sender.clone()).filter(|sender| !sender.is_empty()),
                quality: Some("GREEN".into()),
                tier: Some("TIER_1K".into()),
                webhook: Some(webhook()),
                ..works("This is a stand-in for WhatsApp: nobody is written to")
            },
            Provider::Telegram => Standing {
                name: Some("@stand_in_bot".into()),
                sender: account.token.reveal().split_once(':').map(|(id, _)| id.to_owned()),
                webhook: Some(webhook()),
                ..works("This is a stand-in for Telegram: nobody is written to")
            },
            Provider::Firebase => {
                works("This is a stand-in for Firebase: no phone is rung; the app asks the server instead")
            }
        }
    }

    async fn set_webhook(&self, account: &Account, hook: &Hook) -> Result<(), SendFault> {
        refusals::of_account(self.provider, account)?;
        let mut hooks = self.hooks.lock();
        hooks.retain(|(one, _)| one != account);
        hooks.push((account.clone(), hook.clone()));
        Ok(())
    }

    async fn remove_webhook(&self, account: &Account) -> Result<(), SendFault> {
        self.hooks.lock().retain(|(one, _)| one != account);
        Ok(())
    }

    async fn media(&self, account: &Account, id: &str, most_bytes: usize) -> Result<Media, MediaFault> {
        refusals::of_account(self.provider, account).map_err(|fault| MediaFault::ChannelBroken(fault.says))?;
        let found = self.files.lock().iter().rev().find(|(one, _)| one == id).map(|(_, file)| file.clone());
        match found {
            Some(file) if file.bytes.len() > most_bytes => Err(MediaFault::TooLarge(Some(file.bytes.len() as u64))),
            Some(file) => Ok(file),
            None => Err(MediaFault::Gone("There is no file of this id, or not any more".into())),
        }
    }

    async fn seen(&self, account: &Account, _: &To, _: &str, _: bool) -> Result<(), SendFault> {
        refusals::of_account(self.provider, account)
    }

    async fn acknowledge(&self, account: &Account, _: &str) -> Result<(), SendFault> {
        refusals::of_account(self.provider, account)
    }

    async fn delete(&self, account: &Account, message_id: &str) -> Result<(), SendFault> {
        refusals::of_account(self.provider, account)?;
        if self.provider != Provider::Telegram {
            return Err(SendFault::ours(Decision::Rejected, "unsupported", "The provider takes no message back"));
        }
        self.given.lock().retain(|one| one.id != message_id);
        Ok(())
    }
}

/// Is it a notice, or does it hold what a chat shows?
pub(super) fn is_notice(content: &Content) -> bool {
    matches!(content, Content::Notice { .. })
}
