//! Conversations as they are sent and told.

use http_base::Pagination;
use input::Input;
use kernel::{AccountId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Conversation, ConversationId, Escalation, EscalationId, Handler, Note, NoteId, Status, Why};
use super::summary::Summary;
use crate::channels::ChannelId;
use crate::members::{Medium, MemberId};
use crate::messages::{MessageBody, UsedTemplate};

/// A conversation in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelConversation)]
pub(crate) struct ConversationBody {
    /// Its id.
    pub(super) id: ConversationId,
    /// The channel.
    channel_id: ChannelId,
    /// Of what type the channel is.
    channel: Medium,
    /// The member.
    user_id: MemberId,
    /// What the member is called.
    user_name: String,
    status: Status,
    /// Who has it.
    handler: Handler,
    /// The person who has the conversation, or to whom it is assigned while it is in the queue.
    assignee: Option<AccountId>,
    /// Since when they have it.
    handler_since: Timestamp,
    /// When it goes back to the assistant, unless a person writes.
    hands_back_at: Option<Timestamp>,
    /// How many messages of the member nobody here has read.
    unread: u64,
    /// The beginning of what was said last.
    last_message: String,
    /// When the last message was written.
    last_message_at: Timestamp,
    /// When the member wrote last.
    last_user_message_at: Option<Timestamp>,
    /// Since when the member waits for an answer.
    waiting_since: Option<Timestamp>,
    /// WhatsApp: until when free text is taken; later only a template.
    window_until: Option<Timestamp>,
    /// How many messages the provider charges for.
    billed_messages: u64,
    /// When it was written.
    created_at: Timestamp,
}

impl From<Conversation> for ConversationBody {
    fn from(own: Conversation) -> Self {
        Self {
            id: own.id,
            channel_id: own.channel_id,
            channel: own.channel,
            user_id: own.member_id,
            user_name: own.name,
            status: own.status,
            handler: own.handler,
            assignee: own.assignee,
            handler_since: own.handler_at,
            hands_back_at: own.deadline,
            unread: own.unread,
            last_message: own.last_text,
            last_message_at: own.last_message_at,
            last_user_message_at: own.last_in_at,
            waiting_since: own.waiting_since,
            window_until: own.window_until,
            billed_messages: own.billed,
            created_at: own.created_at,
        }
    }
}

/// A page of conversations.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelConversationList)]
pub(super) struct ConversationList {
    /// The conversations of this page.
    pub(super) conversations: Vec<ConversationBody>,
    /// Where this page stands among all of them.
    pub(super) pagination: Pagination,
}

/// A call for a person.
#[derive(Serialize, ToSchema)]
#[schema(as = ConversationEscalation)]
pub(crate) struct EscalationBody {
    /// Its id.
    id: EscalationId,
    /// Why a person was called.
    reason: Why,
    /// What the member had written.
    question: String,
    /// When it was written.
    created_at: Timestamp,
    /// Who came,
    taken_by: Option<AccountId>,
    /// and when.
    taken_at: Option<Timestamp>,
    /// When it was over,
    ended_at: Option<Timestamp>,
    /// and by what: `handed_back`, `closed`, `timed_out`.
    ended_by: Option<String>,
    /// How it was, from 1 to 5, by the member's own word.
    satisfaction: Option<u8>,
    /// What they said to it.
    comment: Option<String>,
}

impl From<Escalation> for EscalationBody {
    fn from(own: Escalation) -> Self {
        Self {
            id: own.id,
            reason: own.reason,
            question: own.question,
            created_at: own.created_at,
            taken_by: own.taken_by,
            taken_at: own.taken_at,
            ended_at: own.ended_at,
            ended_by: own.ended_by,
            satisfaction: own.satisfaction,
            comment: own.comment,
        }
    }
}

/// What the assistant would have said.
#[derive(Serialize, ToSchema)]
#[schema(as = ConversationDraft)]
pub(super) struct DraftBody {
    /// The words.
    pub(super) text: String,
    /// To which message.
    pub(super) seq: i64,
}

/// How many messages the provider charges for in a category.
#[derive(Serialize, ToSchema)]
#[schema(as = ConversationCost)]
pub(super) struct CostBody {
    /// The category of the provider's price list: `service`, `utility`, `marketing`.
    pub(super) category: String,
    /// By which rule: `regular`, `free_customer_service`, `free_entry_point`.
    pub(super) rule: Option<String>,
    /// How many messages.
    pub(super) messages: u64,
    /// Are they charged?
    pub(super) billable: bool,
}

/// A conversation with what a person needs who answers.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelConversationDetails)]
pub(super) struct DetailsBody {
    #[serde(flatten)]
    pub(super) conversation: ConversationBody,
    /// In short, in the member's own words.
    pub(super) summary: Summary,
    /// What the assistant would have said to the newest message, while a person has the conversation.
    pub(super) draft: Option<DraftBody>,
    /// Calls for a person, the newest first; ten at most.
    pub(super) escalations: Vec<EscalationBody>,
    /// What the provider says it charges for, by category; it tells no amounts.
    pub(super) costs: Vec<CostBody>,
    /// The last twenty messages, the oldest first.
    pub(super) messages: Vec<MessageBody>,
}

/// Messages of a conversation.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelMessageList)]
pub(super) struct MessageList {
    pub(super) messages: Vec<MessageBody>,
    /// The number of the newest message.
    pub(super) latest_seq: i64,
    /// Are there more in the direction that was asked for?
    pub(super) more: bool,
}

/// A person's answer.
#[derive(Clone, Debug, Input)]
pub(super) struct NewReply {
    /// The words.
    #[input(text(4_096), example = "Hi! Yes, there is a place left on Thursday.")]
    pub(super) text: String,
    /// WhatsApp: the template that it is sent by once 24 hours have passed since the member wrote.
    #[input(nested())]
    pub(super) template: Option<ReplyTemplate>,
}

/// A template, as a person names it.
#[derive(Clone, Debug, Input)]
pub(super) struct ReplyTemplate {
    /// Its name, as Meta approved it.
    #[input(text(512), example = "we_have_an_answer")]
    pub(super) name: String,
    /// Its language.
    #[input(text(15), example = "en_US")]
    pub(super) language: String,
    /// What fills the gaps of its body, in order.
    #[input(list(20, text(1_024)), default)]
    pub(super) parameters: Vec<String>,
}

impl From<ReplyTemplate> for UsedTemplate {
    fn from(sent: ReplyTemplate) -> Self {
        Self { name: sent.name, language: sent.language, parameters: sent.parameters }
    }
}

/// What is said when a conversation is handed back.
#[derive(Clone, Debug, Input)]
pub(super) struct HandBack {
    /// A note for whoever comes next; members do not see it.
    #[input(text(4_000), example = "Has paid in cash, wants to begin in May.")]
    pub(super) note: Option<String>,
}

/// A new note.
#[derive(Clone, Debug, Input)]
pub(super) struct NewConversationNote {
    /// What it says; members do not see it.
    #[input(text(4_000), example = "Prefers to be called in the morning.")]
    pub(super) text: String,
}

/// A note.
#[derive(Serialize, ToSchema)]
#[schema(as = ConversationNote)]
pub(super) struct NoteBody {
    /// Its id.
    id: NoteId,
    /// Who wrote it.
    account_id: Option<AccountId>,
    /// The words.
    text: String,
    /// When it was written.
    created_at: Timestamp,
}

impl From<Note> for NoteBody {
    fn from(own: Note) -> Self {
        Self { id: own.id, account_id: own.account_id, text: own.text, created_at: own.created_at }
    }
}

/// A page of notes.
#[derive(Serialize, ToSchema)]
#[schema(as = ConversationNoteList)]
pub(super) struct NoteList {
    pub(super) notes: Vec<NoteBody>,
    /// Where this page stands among all of them.
    pub(super) pagination: Pagination,
}
