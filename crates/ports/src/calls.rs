//! Phone calls: a telephony provider that rings and asks us what to say, a provider whose agent leads the talk itself, and for
//! each a stand-in that rings nobody and says so.

mod agent;
mod mock;
mod telephony;

pub use agent::{
    Agent, AgentCall, AgentEvent, AgentNews, AgentPlaced, Analysis, Brief, Conversation, ConversationPage,
    ConversationStatus, Finding, Line,
};
pub use mock::{MOCK_SID, MockAgent, MockTelephony};
pub use telephony::{CallInfo, CallStatus, NewCall, Placed, Telephony};

use std::ops::Range;

use bytes::Bytes;
use futures::stream::BoxStream;
use kernel::{Error, Result};

/// Why a call was not placed: what is to be done next hangs on whether it may ring all the same.
#[derive(Debug)]
pub enum Unplaced {
    /// Nothing was begun: it may be asked for again.
    Refused(Error),
    /// Nobody knows: the request went out and no answer came. Asking again could ring twice; look in the provider's list instead.
    Unknown(Error),
}

impl Unplaced {
    /// What is told of it.
    pub fn error(self) -> Error {
        match self {
            Self::Refused(error) | Self::Unknown(error) => error,
        }
    }
}

/// Sound as it comes from the provider, piece by piece: a long call is never held whole.
pub struct Audio {
    /// `audio/mpeg`, `audio/wav`.
    pub media_type: String,
    /// How many bytes all of it has, if the provider tells.
    pub size: Option<u64>,
    /// Which bytes of it these are; all of it if nothing is said. A provider may tell all of it when a part was asked for.
    pub part: Option<Range<u64>>,
    /// The bytes.
    pub pieces: BoxStream<'static, Result<Bytes>>,
}

impl std::fmt::Debug for Audio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { media_type, size, part, .. } = self;
        write!(f, "Audio({media_type}, {part:?} of {size:?})")
    }
}
