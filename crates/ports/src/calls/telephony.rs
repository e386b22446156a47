//! A provider that rings numbers, and asks us over webhooks what to say.

use async_trait::async_trait;
use kernel::{Result, Timestamp};

use super::{Audio, Unplaced};
use crate::webhook::Scheme;

/// A call to be placed.
#[derive(Clone, Debug)]
pub struct NewCall {
    /// Whom to ring, in E.164: `+1234567890`.
    pub to: String,
    /// Where the provider asks what to say.
    pub voice_url: String,
    /// Where it tells how the call stands.
    pub status_url: String,
    /// Where it tells of the recording; none if nothing is to be recorded.
    pub recording_url: Option<String>,
    /// The longest that the call may last, in seconds.
    pub most_seconds: u32,
}

/// A call that was placed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Placed {
    /// The provider's name for it.
    pub sid: String,
    /// How it stands.
    pub status: CallStatus,
}

/// How a call stands, in Twilio's words; a mock one never rang.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(no_column)]
pub enum CallStatus {
    /// Waiting to be dialled.
    Queued,
    /// Being dialled.
    Initiated,
    /// It rings.
    Ringing,
    /// They talk.
    #[word("in-progress")]
    InProgress,
    /// Over, after they talked.
    Completed,
    /// The line was busy.
    Busy,
    /// It could not be placed.
    Failed,
    /// Nobody answered.
    #[word("no-answer")]
    NoAnswer,
    /// Taken back before anybody answered.
    Canceled,
    /// Nobody was rung: it is the stand-in's.
    #[word("mock-completed")]
    MockCompleted,
}

impl CallStatus {
    /// Is it over?
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Queued | Self::Initiated | Self::Ringing | Self::InProgress)
    }
}

/// What the provider knows of a call.
#[derive(Clone, Debug)]
pub struct CallInfo {
    /// Its name for it.
    pub sid: String,
    /// How it stands.
    pub status: CallStatus,
    /// How long it lasted, in seconds.
    pub duration_seconds: Option<u64>,
    /// `outbound-api`, `inbound`.
    pub direction: Option<String>,
    /// Who rang.
    pub from: Option<String>,
    /// Who was rung.
    pub to: Option<String>,
    /// When it was asked for.
    pub created_at: Option<Timestamp>,
}

/// A telephony provider.
#[async_trait]
pub trait Telephony: Send + Sync {
    /// `twilio` or `mock`.
    fn name(&self) -> &'static str;
    /// Does it ring anybody?
    fn is_real(&self) -> bool;
    /// The number that rings.
    fn number(&self) -> Option<&str>;
    /// Places a call. It is asked for once, whatever happens.
    async fn place(&self, call: &NewCall) -> Result<Placed, Unplaced>;
    /// What is known of a call; nothing if there is none of that name.
    async fn look(&self, sid: &str) -> Result<Option<CallInfo>>;
    /// Ends a call that goes on; one that is over stays as it is.
    async fn end(&self, sid: &str) -> Result<()>;
    /// The calls to this number that were asked for on the day of this moment or later, newest first.
    async fn calls_to(&self, to: &str, since: Timestamp) -> Result<Vec<CallInfo>>;
    /// A recording, by the provider's name for it, or one part of it (`bytes=0-1023`, as RFC 9110 has it).
    async fn recording(&self, recording_sid: &str, range: Option<&str>) -> Result<Audio>;
    /// How the provider's requests are signed.
    fn scheme(&self) -> &dyn Scheme;
}
