//! What the chat's page is told.

use input::Input;
use kernel::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::channels::{Channel, ChannelId, Status};
use crate::conversations::{Conversation, Handler};
use crate::messages::{Author, Citation, LONGEST, Message, MessageId, Shape, Suggestion};

/// The colour where none is set.
const COLOUR: &str = "#2563eb";

/// How a chat looks and behaves.
#[derive(Serialize, ToSchema)]
#[schema(as = WidgetConfiguration)]
pub(super) struct ConfigurationBody {
    /// The channel.
    channel_id: ChannelId,
    /// The title of the panel.
    name: String,
    /// The colour of the chat.
    #[schema(example = "#2563eb")]
    color: String,
    /// What greets a visitor.
    welcome_message: Option<String>,
    /// `en` or `es`; null leaves it to the browser.
    language: Option<String>,
    /// `right` or `left`.
    position: String,
    /// Does a machine answer here? Then the page says so.
    automated: bool,
    /// What the assistant is called.
    assistant_name: Option<String>,
    /// Questions to begin with.
    starters: Vec<String>,
    /// Where the privacy notice stands.
    privacy_url: Option<String>,
    /// `optional` or `required`.
    identity: String,
    /// The longest message, in characters.
    max_length: usize,
    /// Whether the chat takes messages.
    active: bool,
}

impl From<&Channel> for ConfigurationBody {
    fn from(channel: &Channel) -> Self {
        let set = channel.set();
        Self {
            channel_id: channel.id,
            name: set.widget_title.clone().unwrap_or_else(|| channel.name.clone()),
            color: set.widget_color.clone().unwrap_or_else(|| COLOUR.to_owned()),
            welcome_message: set.welcome_message.clone(),
            language: set.language.clone(),
            position: set.widget_position.clone().unwrap_or_else(|| "right".to_owned()),
            automated: set.automated != Some(false),
            assistant_name: set.assistant_name.clone(),
            starters: set.starters.clone().unwrap_or_default(),
            privacy_url: set.privacy_url.clone(),
            identity: set.identity_mode.clone().unwrap_or_else(|| "optional".to_owned()),
            max_length: LONGEST,
            active: channel.status == Status::Active,
        }
    }
}

/// A chat is begun, or found again.
#[derive(Clone, Debug, Input)]
pub(super) struct WidgetSession {
    /// The token that the page has.
    #[input(any_text(200))]
    pub(super) visitor_token: Option<String>,
    /// The website's proof of who it is.
    #[input(nested())]
    pub(super) identity: Option<WidgetIdentity>,
    /// The browser's language.
    #[input(any_text(35), example = "es-MX")]
    pub(super) language: Option<String>,
    /// The browser's time zone.
    #[input(any_text(64), example = "Europe/Madrid")]
    pub(super) time_zone: Option<String>,
    /// Of an app: the registration token by which Firebase rings the phone. It is kept once there is a member: with an identity, or after the
    /// first message.
    #[input(any_text(4_096))]
    pub(super) device_token: Option<String>,
    /// The page that the chat is on; its query is cut off.
    #[input(any_text(2_048))]
    pub(super) page: Option<String>,
}

/// A website's proof of who its visitor is: a `jwt`, or `external_id` with `user_hash`.
#[derive(Clone, Debug, Input)]
pub(super) struct WidgetIdentity {
    /// HS256, signed with the channel's `identity_secret`; claims `user_id` (or `sub`) and `exp`, and `name`, `email`, `phone`.
    #[input(text(4_096))]
    pub(super) jwt: Option<String>,
    /// What the website calls them.
    #[input(reference(255))]
    pub(super) external_id: Option<String>,
    /// The HMAC-SHA256 of that by `identity_secret`, in hex.
    #[input(any_text(128))]
    pub(super) user_hash: Option<String>,
    /// What the website says of them: `name`, `email`.
    #[input(object(4 << 10))]
    pub(super) profile: Option<Map<String, Value>>,
}

/// A chat.
#[derive(Serialize, ToSchema)]
#[schema(as = WidgetSessionAnswer)]
pub(super) struct SessionBody {
    /// What all else is asked with: `Authorization: Bearer wv_…`.
    pub(super) token: String,
    /// Does the website know who it is?
    pub(super) identified: bool,
    /// Until when the session holds.
    pub(super) expires_at: Timestamp,
    /// The number of the last message.
    pub(super) latest_seq: i64,
    /// How many messages the visitor has not seen.
    pub(super) unread: u64,
    /// Who has the conversation.
    pub(super) handler: Handler,
    /// The person who has the conversation.
    pub(super) human_name: Option<String>,
    /// Does the visitor have to agree to anything first? Never, so far.
    pub(super) consent_needed: bool,
    /// How the chat looks and speaks.
    pub(super) configuration: ConfigurationBody,
}

/// A message, as the visitor sees it.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = WidgetMessage)]
pub(super) struct MessageBody {
    /// Its number in the conversation.
    pub(super) seq: i64,
    /// Its id.
    id: MessageId,
    /// The page's own name for it.
    client_id: Option<String>,
    /// `member`, `bot`, `coach` or `system`.
    author: &'static str,
    /// What a person who answers is called.
    author_name: Option<String>,
    /// `text`, `maybe`, `satisfaction` or `notice`.
    kind: &'static str,
    /// The words.
    text: String,
    /// When it was written.
    created_at: Timestamp,
    /// When it was last changed by who wrote it; null if it was not.
    edited_at: Option<Timestamp>,
    /// Was it taken back?
    deleted: bool,
    /// The passages that an answer rests on.
    citations: Vec<WidgetCitation>,
    /// What may help.
    suggestions: Vec<Suggestion>,
    /// The answer to how it was, where that is asked.
    satisfaction: Option<SatisfactionBody>,
}

/// A passage that an answer rests on, as the visitor sees it.
#[derive(Clone, Serialize, ToSchema)]
struct WidgetCitation {
    /// By what number the text refers to it.
    number: u32,
    /// Its title.
    title: String,
    /// The headings above the passage.
    heading: Option<String>,
    /// The passage in its own words.
    quote: String,
    /// Its page.
    page: Option<u32>,
    /// When it is said, in seconds from the beginning.
    seconds: Option<u32>,
    /// Where it can be read, if it is public.
    url: Option<String>,
}

impl From<Citation> for WidgetCitation {
    fn from(own: Citation) -> Self {
        let Citation { number, title, heading, quote, page, seconds, url, .. } = own;
        Self { number, title, heading, quote: quote.chars().take(500).collect(), page, seconds, url }
    }
}

/// What the visitor said of it.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = WidgetSatisfaction)]
struct SatisfactionBody {
    /// From 1 to 5; null until they have said it.
    score: Option<u8>,
}

impl MessageBody {
    /// The message; `name` is what the person or the assistant is called who wrote it.
    pub(super) fn of(message: Message, name: Option<String>) -> Self {
        let detail = message.detail.0;
        let deleted = message.deleted_at.is_some();
        Self {
            seq: message.seq,
            id: message.id,
            client_id: message.client_id.filter(|_| message.author == Author::Member),
            author: match message.author {
                Author::Member => "member",
                Author::Bot => "bot",
                Author::Human => "coach",
                Author::System => "system",
            },
            author_name: name,
            kind: match message.kind {
                Shape::Maybe => "maybe",
                Shape::Satisfaction => "satisfaction",
                Shape::Notice => "notice",
                _ if message.author == Author::System => "notice",
                _ => "text",
            },
            text: if deleted { String::new() } else { message.body },
            created_at: message.created_at,
            edited_at: message.edited_at.filter(|_| message.author == Author::Member),
            deleted,
            citations: detail.citations.into_iter().map(Into::into).collect(),
            suggestions: detail.suggestions,
            satisfaction: (message.kind == Shape::Satisfaction).then_some(SatisfactionBody { score: detail.score }),
        }
    }

    /// Messages with the names of who wrote them.
    pub(super) fn all(channel: &Channel, messages: Vec<Message>) -> Vec<Self> {
        let name_of = |one: &Message| match one.author {
            Author::Bot => channel.set().assistant_name.clone(),
            Author::Human => Some(channel.person_name().to_owned()),
            Author::Member | Author::System => None,
        };
        messages.into_iter().map(|one| (name_of(&one), one)).map(|(name, one)| Self::of(one, name)).collect()
    }
}

/// What the person who has a conversation is called.
pub(super) fn human_name(channel: &Channel, of: Option<&Conversation>) -> Option<String> {
    of.filter(|of| of.handler == Handler::Human).map(|_| channel.person_name().to_owned())
}

/// Messages of a chat.
#[derive(Serialize, ToSchema)]
#[schema(as = WidgetMessageList)]
pub(super) struct MessageList {
    pub(super) messages: Vec<MessageBody>,
    /// The number of the last message.
    pub(super) latest_seq: i64,
    /// Are there more in the direction that was asked for?
    pub(super) more: bool,
    /// Who has the conversation.
    pub(super) handler: Handler,
    /// What the person who has it is called.
    pub(super) human_name: Option<String>,
    /// Does somebody write just now? Only the stream knows.
    pub(super) typing: bool,
    /// Up to which message a person has read.
    pub(super) seen_by_coach: i64,
}

/// What a visitor writes.
#[derive(Clone, Debug, Input)]
pub(super) struct WidgetText {
    /// The page's own name for it, by which it is there once.
    #[input(id())]
    pub(super) client_id: Uuid,
    /// The words: 1 to 4,096 characters.
    #[input(super::routes::words())]
    pub(super) text: String,
}

/// Up to where a visitor has read.
#[derive(Clone, Copy, Debug, Input)]
pub(super) struct WidgetSeen {
    /// The number of the last message that they saw.
    #[input(whole(0, 1_000_000_000_000))]
    pub(super) up_to: i64,
}

/// A typing notice.
#[derive(Clone, Copy, Debug, Input)]
pub(super) struct WidgetTyping {
    /// `false` when the visitor stopped typing. A notice expires after eight seconds.
    #[input(flag(), default = true)]
    pub(super) on: bool,
}

/// How it was.
#[derive(Clone, Debug, Input)]
pub(super) struct WidgetScore {
    /// The message that asks.
    #[input(id())]
    pub(super) message_id: MessageId,
    /// From 1 (bad) to 5 (very good).
    #[input(whole(1, 5).map(|score| score as u8))]
    pub(super) score: u8,
    /// What they say to it.
    #[input(text(1_000))]
    pub(super) comment: Option<String>,
}
