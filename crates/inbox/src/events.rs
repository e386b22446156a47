//! What happens in the inbox. Texts stay in their rows; events name them.

use events::{Kind, event};
use kernel::{AccountId, WorkspaceId};
use uuid::Uuid;

use crate::messages::{ConversationId, MessageId};
use crate::notifications::{NotificationId, NotificationType};

/// Everything that happens here.
pub const EVENTS: &[Kind] = &[
    Kind::of::<NotificationCreated>(),
    Kind::of::<NotificationsRead>(),
    Kind::of::<MessageSent>(),
    Kind::of::<MessagesRead>(),
];

/// Somebody was told of something.
#[event("notification.created", subject = account_id)]
pub struct NotificationCreated {
    /// Nobody's workspace: a notification belongs to the person.
    pub workspace_id: Option<WorkspaceId>,
    /// Who was told.
    pub account_id: AccountId,
    /// The notification.
    pub notification_id: NotificationId,
    /// Of what kind it is.
    #[serde(rename = "type")]
    pub kind: NotificationType,
}

/// Somebody read or deleted notifications.
#[event("notification.read", subject = account_id)]
pub struct NotificationsRead {
    /// Nobody's workspace.
    pub workspace_id: Option<WorkspaceId>,
    /// Who read.
    pub account_id: AccountId,
}

/// Somebody wrote to somebody.
#[event("message.sent", subject = conversation_id)]
pub struct MessageSent {
    /// Nobody's workspace: a conversation belongs to its two people.
    pub workspace_id: Option<WorkspaceId>,
    /// The conversation of the two.
    pub conversation_id: ConversationId,
    /// The message.
    pub message_id: MessageId,
    /// Who wrote.
    pub sender_id: AccountId,
    /// To whom.
    pub recipient_id: AccountId,
    /// The collaboration that it belongs to.
    pub collaboration_id: Option<Uuid>,
}

/// Somebody read what was written to them.
#[event("message.read", subject = conversation_id)]
pub struct MessagesRead {
    /// Nobody's workspace.
    pub workspace_id: Option<WorkspaceId>,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Who read.
    pub reader_id: AccountId,
    /// Whose messages.
    pub sender_id: AccountId,
}
