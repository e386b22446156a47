//! What streams are shown, as server-sent events write it.

use bytes::Bytes;
use kernel::{AccountId, Error, Result, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use super::seen::Seen;
use crate::feed::Numbers;

/// How long a client waits before it comes back, in milliseconds.
const RETRY: u32 = 3_000;

/// A comment, by which a silent stream is known to be alive.
pub(super) const HEARTBEAT: Bytes = Bytes::from_static(b":\n\n");

/// What is unread.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Unread {
    unread_notifications: u64,
    unread_messages: u64,
}

impl From<Numbers> for Unread {
    fn from(numbers: Numbers) -> Self {
        Self { unread_notifications: numbers.unread_notifications, unread_messages: numbers.unread_messages }
    }
}

/// The first of a stream.
#[derive(Serialize)]
struct Hello {
    #[serde(flatten)]
    unread: Unread,
    /// Does it go on where another one has ended?
    resumed: bool,
}

/// Somebody has read what one wrote.
#[derive(Serialize)]
pub(super) struct Receipt {
    /// Who.
    pub(super) user_id: AccountId,
    /// When.
    pub(super) read_at: Option<Timestamp>,
    /// Up to which of the conversation's messages.
    pub(super) read_up_to: i64,
}

/// Something of one's workspace is another than before.
#[derive(Serialize)]
pub(super) struct Changed<'a> {
    /// What happened: `contract.signed`.
    pub(super) event: &'a str,
    /// What it happened to.
    pub(super) subject_id: Uuid,
    /// When.
    pub(super) at: Timestamp,
}

/// A member started or stopped typing.
#[derive(Serialize)]
pub(super) struct Writes {
    /// The conversation.
    pub(super) conversation_id: Uuid,
    /// Always `member`.
    pub(super) author: &'static str,
    /// `false` when the member stopped.
    pub(super) on: bool,
}

/// An event.
pub(super) fn event(name: &str, data: &impl Serialize) -> Result<Bytes> {
    // JSON of serde has no line break in it.
    let data = serde_json::to_string(data).map_err(Error::internal)?;
    Ok(format!("event: {name}\ndata: {data}\n\n").into())
}

/// Appends an event with the position that a client resumes after.
pub(super) fn place(seen: Seen, event: &[u8], into: &mut Vec<u8>) {
    into.extend_from_slice(format!("id: {seen}\n").as_bytes());
    into.extend_from_slice(event);
}

/// The first event of a stream that starts after this position.
pub(super) fn hello(seen: Seen, numbers: Numbers, resumed: bool) -> Result<Vec<u8>> {
    let mut first = format!("retry: {RETRY}\n").into_bytes();
    place(seen, &event("hello", &Hello { unread: numbers.into(), resumed })?, &mut first);
    Ok(first)
}

/// What was missed is not kept: everything is to be fetched anew.
pub(super) const RESET: &[u8] = b"event: reset\ndata: {}\n\n";

/// The last of a stream that the server ends.
pub(super) fn closed(why: &str) -> Bytes {
    format!("event: closed\ndata: {{\"reason\":\"{why}\"}}\n\n").into()
}
