//! What a message is, and how far it has come.

use kernel::{AccountId, Id, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::channels::ChannelId;
use crate::conversations::ConversationId;
use crate::gate::Purpose;

#[doc(hidden)]
#[derive(Debug)]
pub enum ChannelMessageMarker {}
/// A message of a conversation.
pub type MessageId = Id<ChannelMessageMarker>;

#[doc(hidden)]
#[derive(Debug)]
pub enum ChannelMediaMarker {}
/// A file that a member sent.
pub type MediaId = Id<ChannelMediaMarker>;

/// The longest text of a message, in characters.
pub const LONGEST: usize = 4_096;

/// Who says something.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "ChannelMessageAuthor")]
pub enum Author {
    /// The member.
    Member,
    /// A machine.
    Bot,
    /// A person of the workspace.
    Human,
    /// The server, about the conversation itself.
    System,
}

/// What a message is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "ChannelMessageKind")]
pub enum Shape {
    /// Words.
    Text,
    /// An answer that the machine is not sure of: what may help.
    Maybe,
    /// The question how it was.
    Satisfaction,
    /// What happened with the conversation.
    Notice,
    /// A template.
    Template,
    /// A picture, a video, a sound or a file.
    Media,
    /// A place.
    Location,
    /// A button that was pressed.
    Button,
    /// What this server cannot show.
    Unsupported,
}

/// How far a message has come. The order is that of the ranks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, kernel::Words)]
#[words(name = "ChannelMessageStatus")]
pub enum Status {
    /// It waits: for the morning, for the member to write, for a person to hand the conversation back.
    Held,
    /// It is on its way out.
    Queued,
    /// The provider has it.
    Sent,
    /// It is on the member's device.
    Delivered,
    /// The member has read it.
    Read,
    /// The member sent it.
    Received,
    /// It was held back for good.
    Withheld,
    /// It did not arrive, and will not.
    Failed,
}

impl Status {
    /// What it is after this was heard of it; nothing if that says nothing new. Ranks only rise, and what is over stays over.
    pub fn heard(self, news: Self) -> Option<Self> {
        let takes = match (self, news) {
            (Self::Received | Self::Withheld | Self::Failed, _) | (_, Self::Received | Self::Held | Self::Queued) => {
                false
            }
            // A provider's no comes late, but not after it has told that the message arrived.
            (held, Self::Failed) => held < Self::Delivered,
            (held, Self::Withheld) => held < Self::Sent,
            (held, next) => next > held,
        };
        takes.then_some(news)
    }

    /// The statuses that this one may follow.
    pub fn follows(self) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |held| held.heard(self).is_some())
    }

    /// May a message still go out?
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::Held | Self::Queued)
    }
}

/// A message, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "channel_messages")]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The channel,
    pub channel_id: ChannelId,
    /// and the conversation.
    pub conversation_id: ConversationId,
    /// Its number there.
    pub seq: i64,
    /// Who says it.
    pub author: Author,
    /// Which person of the workspace.
    pub account_id: Option<AccountId>,
    /// What it is for.
    pub purpose: Purpose,
    /// What it is.
    pub kind: Shape,
    /// Its words.
    pub body: String,
    /// What else there is to it.
    pub detail: db::Json<Detail>,
    /// How far it has come.
    pub status: Status,
    /// Why it did not arrive.
    pub error: Option<String>,
    /// The provider's name for it.
    pub provider_id: Option<String>,
    /// The sender's name for it, by which it is sent once.
    pub client_id: Option<String>,
    /// What the provider charges for it, as it says.
    pub pricing: Option<db::Json<Price>>,
    /// Not before this moment.
    pub due_at: Option<Timestamp>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When the provider had it.
    pub sent_at: Option<Timestamp>,
    /// When it was on the member's device.
    pub delivered_at: Option<Timestamp>,
    /// When it was read.
    pub read_at: Option<Timestamp>,
    /// When it was last changed by who wrote it.
    pub edited_at: Option<Timestamp>,
    /// When it was taken back.
    pub deleted_at: Option<Timestamp>,
}

/// What a provider charges for a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Is it charged?
    pub billable: bool,
    /// In which category: `service`, `utility`, `marketing`.
    pub category: Option<String>,
    /// By which rule: `regular`, `free_customer_service`, `free_entry_point`.
    pub rule: Option<String>,
    /// By which model: `PMP`.
    pub model: Option<String>,
}

/// A passage that an answer rests on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MessageCitation)]
pub struct Citation {
    /// By what number the text refers to it: `[1]`.
    pub number: u32,
    /// The document.
    pub document_id: Option<Uuid>,
    /// Its title.
    pub title: String,
    /// The headings above the passage.
    pub heading: Option<String>,
    /// The passage in its own words, 500 characters at most.
    pub quote: String,
    /// Its page.
    pub page: Option<u32>,
    /// Its second, in what was said aloud.
    pub seconds: Option<u32>,
    /// Where it can be read, if it is public.
    pub url: Option<String>,
}

/// What may help where there is no sure answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MessageSuggestion)]
pub struct Suggestion {
    /// What it is called.
    pub title: String,
    /// A piece of it.
    pub excerpt: String,
    /// What to ask to hear more of it.
    pub question: Option<String>,
}

/// What else there is to a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// What an answer rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<Citation>,
    /// What may help.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<Suggestion>,
    /// The message that it answers, by the provider's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The buttons below it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Choice>,
    /// The button that was pressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pressed: Option<String>,
    /// The template, and what fills its gaps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<UsedTemplate>,
    /// A place: latitude and longitude in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<(f64, f64)>,
    /// The score of a question how it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
    /// Which call for a person it asks about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Uuid>,
    /// How sure the machine was, from 0 to 1 and beyond.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// Who made the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Whatever a program wants to find again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// What the provider sent that this server cannot show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
}

/// A button below a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MessageButton)]
pub struct Choice {
    /// What comes back when it is pressed.
    pub id: String,
    /// What stands on it.
    pub title: String,
}

/// A template that a message is sent by outside of WhatsApp's 24 hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MessageTemplate)]
pub struct UsedTemplate {
    /// Its name, as Meta approved it.
    pub name: String,
    /// Its language: `en_US`, `es`.
    pub language: String,
    /// What fills the gaps of its body, in order.
    #[serde(default)]
    pub parameters: Vec<String>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_status() -> impl Strategy<Value = Status> {
        prop::sample::select(Status::ALL.to_vec())
    }

    fn news() -> impl Strategy<Value = Vec<Status>> {
        let told = [Status::Sent, Status::Delivered, Status::Read, Status::Failed];
        prop::collection::vec(prop::sample::select(told.to_vec()), 0..12)
    }

    proptest! {
        /// Whatever order a provider tells in, and however often, the rank never falls, and what failed stays failed.
        #[test]
        fn ranks_only_rise(told in news()) {
            let mut held = Status::Queued;
            for one in &told {
                if let Some(next) = held.heard(*one) {
                    prop_assert!(next > held);
                    prop_assert!(held != Status::Failed);
                    held = next;
                }
            }
            if told.contains(&Status::Read) && !told.contains(&Status::Failed) {
                prop_assert_eq!(held, Status::Read);
            }
        }

        /// Those that only rise come to the same, in whatever order they are told.
        #[test]
        fn the_order_does_not_matter(told in news()) {
            let good: Vec<_> = told.into_iter().filter(|one| *one != Status::Failed).collect();
            let hear = |told: &[Status]| told.iter().fold(Status::Queued, |held, one| held.heard(*one).unwrap_or(held));
            let mut turned = good.clone();
            turned.reverse();
            prop_assert_eq!(hear(&good), hear(&turned));
        }

        #[test]
        fn what_may_be_followed_is_what_is_heard(held in any_status(), next in any_status()) {
            prop_assert_eq!(next.follows().any(|one| one == held), held.heard(next).is_some());
        }
    }

    #[test]
    fn delivered_may_never_come_and_no_comes_not_after_it() {
        assert_eq!(Status::Sent.heard(Status::Read), Some(Status::Read));
        assert_eq!(Status::Read.heard(Status::Delivered), None);
        assert_eq!(Status::Delivered.heard(Status::Failed), None);
        assert_eq!(Status::Sent.heard(Status::Failed), Some(Status::Failed));
        assert_eq!(Status::Failed.heard(Status::Delivered), None);
    }
}
