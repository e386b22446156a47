//! Files that people send.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// What a file is to whoever gets it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(no_column, name = "MediaOfMessage")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A video, also one without sound and one in a circle.
    Video,
    /// Sound: music, or what somebody said.
    Audio,
    /// Any other file.
    Document,
    /// A sticker.
    Sticker,
}

/// A file that somebody sent, before it is fetched.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MediaPart {
    /// What it is.
    pub kind: MediaKind,
    /// The provider's id, for [`super::Messenger::media`]. WhatsApp's are good for 7 days, Telegram's as long as the bot lives.
    pub id: String,
    /// Its media type, as the provider says: `image/jpeg`.
    pub mime: Option<String>,
    /// What it was called.
    pub file_name: Option<String>,
    /// What was written below it.
    pub caption: Option<String>,
    /// Its size in bytes, where it is told.
    pub bytes: Option<u64>,
    /// Its SHA-256 in base64, where it is told.
    pub sha256: Option<String>,
    /// Is it something that was said into the phone?
    pub is_voice: bool,
}

/// A file that was fetched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Media {
    /// What it holds.
    pub bytes: Bytes,
    /// Its media type, as the provider says.
    pub mime: Option<String>,
    /// What it was called, where that is told.
    pub file_name: Option<String>,
}

/// Why a file could not be fetched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MediaFault {
    /// It is not there, or not any more.
    Gone(String),
    /// It is larger than was asked for; its size where that is known.
    TooLarge(Option<u64>),
    /// It came, but it is not what the provider said it was.
    Spoilt(String),
    /// It may be fetched later.
    Later(Option<Duration>, String),
    /// The account does not work.
    ChannelBroken(String),
}
