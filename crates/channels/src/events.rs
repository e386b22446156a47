//! What happens on channels. Texts stay in their rows; events name them.

use events::{Kind, event};
use kernel::{AccountId, WorkspaceId};

use crate::channels::{ChannelId, Status};
use crate::conversations::{ConversationId, EscalationId, Handler, Why};
use crate::gate::Purpose;
use crate::members::{Medium, MemberId};
use crate::messages::{Author, MessageId, Shape};
use crate::ports::Outcome;

/// Everything that happens here.
pub const EVENTS: &[Kind] = &[
    Kind::of::<ChannelCreated>(),
    Kind::of::<ChannelChanged>(),
    Kind::of::<ChannelStatusChanged>(),
    Kind::of::<ChannelDeleted>(),
    Kind::of::<MessageReceived>(),
    Kind::of::<MessageAnswered>(),
    Kind::of::<MessageWritten>(),
    Kind::of::<EscalationCreated>(),
    Kind::of::<EscalationEnded>(),
    Kind::of::<ConversationHandled>(),
];

/// A channel was made.
#[event("channel.created", subject = channel_id)]
pub struct ChannelCreated {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The channel.
    pub channel_id: ChannelId,
    /// Its type.
    pub channel: Medium,
}

/// What is set of a channel is another.
#[event("channel.changed", subject = channel_id)]
pub struct ChannelChanged {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The channel.
    pub channel_id: ChannelId,
    /// Its type.
    pub channel: Medium,
}

/// A channel stands otherwise than before, by its provider's word.
#[event("channel.status_changed", subject = channel_id)]
pub struct ChannelStatusChanged {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The channel.
    pub channel_id: ChannelId,
    /// Its type.
    pub channel: Medium,
    /// How it stands now.
    pub status: Status,
}

/// A channel was deleted.
#[event("channel.deleted", subject = channel_id)]
pub struct ChannelDeleted {
    /// Whose it was.
    pub workspace_id: WorkspaceId,
    /// The channel.
    pub channel_id: ChannelId,
    /// Its type.
    pub channel: Medium,
}

/// A member wrote.
#[event("message.received", subject = conversation_id)]
pub struct MessageReceived {
    /// Whose member it is.
    pub workspace_id: WorkspaceId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The message.
    pub message_id: MessageId,
    /// The member.
    pub user_id: MemberId,
    /// The channel,
    pub channel_id: ChannelId,
    /// and its type.
    pub channel: Medium,
    /// What the message is.
    pub kind: Shape,
}

/// The assistant answered a member.
#[event("message.answered", subject = conversation_id)]
pub struct MessageAnswered {
    /// Whose member it is.
    pub workspace_id: WorkspaceId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The answer.
    pub message_id: MessageId,
    /// The member.
    pub user_id: MemberId,
    /// The channel,
    pub channel_id: ChannelId,
    /// and its type.
    pub channel: Medium,
    /// How sure it is.
    pub outcome: Outcome,
}

/// A person, a program or the server wrote to a member. The assistant's answers are `message.answered`.
#[event("message.written", subject = conversation_id)]
pub struct MessageWritten {
    /// Whose member it is.
    pub workspace_id: WorkspaceId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The message.
    pub message_id: MessageId,
    /// The member.
    pub user_id: MemberId,
    /// The channel,
    pub channel_id: ChannelId,
    /// and its type.
    pub channel: Medium,
    /// Who wrote the message.
    pub author: Author,
    /// The purpose of the message.
    pub purpose: Purpose,
}

/// A person was called into a conversation.
#[event("escalation.created", subject = conversation_id)]
pub struct EscalationCreated {
    /// Whose member it is.
    pub workspace_id: WorkspaceId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The call.
    pub escalation_id: EscalationId,
    /// The member.
    pub user_id: MemberId,
    /// The channel,
    pub channel_id: ChannelId,
    /// and its type.
    pub channel: Medium,
    /// Why.
    pub reason: Why,
}

/// A call for a person is over.
#[event("escalation.ended", subject = conversation_id)]
pub struct EscalationEnded {
    /// Whose member it is.
    pub workspace_id: WorkspaceId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The call.
    pub escalation_id: EscalationId,
    /// The member.
    pub user_id: MemberId,
    /// By what: `handed_back`, `closed`, `timed_out`.
    pub by: String,
}

/// The handler or the assignee of a conversation changed.
#[event("conversation.handled", subject = conversation_id)]
pub struct ConversationHandled {
    /// Whose member it is.
    pub workspace_id: WorkspaceId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The member.
    pub user_id: MemberId,
    /// Who has it now.
    pub handler: Handler,
    /// The person who has the conversation, or to whom it is assigned.
    pub account_id: Option<AccountId>,
}
