//! How providers of messages are asked, and their settings.

mod settings;
mod wire;

pub use settings::{FcmSettings, MessagingSettings, TelegramSettings, WhatsAppSettings};
pub(crate) use wire::{Told, Wire, of_file};
