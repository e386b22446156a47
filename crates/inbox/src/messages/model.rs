//! What a conversation and a message are.

use db::Json;
use kernel::{AccountId, Id, Timestamp};
use uuid::Uuid;

use crate::notifications::NotificationId;

#[doc(hidden)]
#[derive(Debug)]
pub enum ConversationMarker {}
/// The conversation of two people.
pub type ConversationId = Id<ConversationMarker>;

#[doc(hidden)]
#[derive(Debug)]
pub enum MessageMarker {}
/// A message.
pub type MessageId = Id<MessageMarker>;

#[doc(hidden)]
#[derive(Debug)]
pub enum AttachmentMarker {}
/// A file that was uploaded for a message.
pub type AttachmentId = Id<AttachmentMarker>;

/// The conversation of two people, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "conversations")]
pub(crate) struct Conversation {
    pub(crate) id: ConversationId,
    /// The two, the one with the lower id first.
    pub(crate) low: AccountId,
    pub(crate) high: AccountId,
    /// Who wrote first,
    pub(crate) opened_by: AccountId,
    /// and what, as texts are compared; nothing where the two had to do with each other.
    pub(crate) opening: Option<i64>,
    /// Has the other one written, too?
    pub(crate) answered: bool,
    /// How many messages there are.
    pub(crate) messages: i64,
    pub(crate) last_message_id: Option<MessageId>,
    pub(crate) created_at: Timestamp,
}

/// Two people, the one with the lower id first.
pub(crate) fn in_order(one: AccountId, other: AccountId) -> (AccountId, AccountId) {
    if one < other { (one, other) } else { (other, one) }
}

/// How one of the two stands with a conversation.
#[derive(Clone, Debug, db::Row)]
#[row(table = "conversation_members")]
pub(crate) struct Member {
    pub(crate) account_id: AccountId,
    pub(crate) other_id: AccountId,
    pub(crate) conversation_id: ConversationId,
    pub(crate) unread: i64,
    /// They have read the messages up to this number,
    pub(crate) read_seq: i64,
    /// and when that was.
    pub(crate) read_at: Option<Timestamp>,
    /// The notification that tells them of what is unread.
    pub(crate) notice_id: Option<NotificationId>,
    pub(crate) last_at: Timestamp,
}

/// A message, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "messages")]
pub(crate) struct Message {
    pub(crate) id: MessageId,
    pub(crate) conversation_id: ConversationId,
    /// Its number in the conversation, from 1.
    pub(crate) seq: i64,
    pub(crate) sender_id: AccountId,
    pub(crate) recipient_id: AccountId,
    pub(crate) content: String,
    /// The same as it is searched.
    pub(crate) content_key: String,
    pub(crate) attachments: Json<Vec<String>>,
    pub(crate) collaboration_id: Option<Uuid>,
    pub(crate) warnings: Json<Vec<Warning>>,
    pub(crate) created_at: Timestamp,
    /// When a moderator hid it.
    pub(crate) hidden_at: Option<Timestamp>,
}

impl Message {
    /// Is this one of the two?
    pub(crate) fn is_of(&self, account: AccountId) -> bool {
        self.sender_id == account || self.recipient_id == account
    }
}

/// What whoever reads a message should know before they do what it asks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, kernel::Words)]
#[words(name = "MessageWarning")]
pub(crate) enum Warning {
    /// It names a way to talk elsewhere, before anything is agreed.
    ContactDetails,
    /// It asks for money outside of the platform.
    OutsidePayment,
    /// It asks to go on outside of the platform.
    OutsidePlatform,
    /// It has a link.
    Link,
}
