//! Messages as those who work here read them.

use input::{Fields, Input};
use kernel::{AccountId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::media::MediaBody;
use super::model::{Author, Choice, Citation, Message, MessageId, Shape, Status, Suggestion, UsedTemplate};
use crate::gate::Purpose;

/// A message of a conversation.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelMessage)]
pub(crate) struct MessageBody {
    /// Its id.
    id: MessageId,
    /// Its number in the conversation.
    seq: i64,
    /// Who says it.
    author: Author,
    /// The person of the workspace who wrote it, if one did.
    account_id: Option<AccountId>,
    /// What it is for.
    purpose: Purpose,
    /// What it is.
    kind: Shape,
    /// Its words; empty once it was taken back.
    text: String,
    status: Status,
    /// Why it waits, was held back, or did not arrive; a sentence.
    error: Option<String>,
    /// What an answer rests on.
    citations: Vec<Citation>,
    /// What may help, where the assistant was not sure.
    suggestions: Vec<Suggestion>,
    /// The buttons below it.
    buttons: Vec<Choice>,
    /// The template that it is sent by.
    template: Option<UsedTemplate>,
    /// Latitude and longitude, of a place.
    place: Option<Place>,
    /// The score that the member gave, of a question how it was.
    score: Option<u8>,
    /// Files that the member sent.
    media: Vec<MediaBody>,
    /// What the provider charges for it, as it says; null while it has said nothing.
    pricing: Option<PriceBody>,
    /// Not before this moment, if it waits for one.
    due_at: Option<Timestamp>,
    /// When it was written.
    created_at: Timestamp,
    sent_at: Option<Timestamp>,
    /// When it was on the member's device; null if that is not known.
    delivered_at: Option<Timestamp>,
    /// When it was read; null if that is not known.
    read_at: Option<Timestamp>,
    /// When it was last changed by who wrote it; null if it was not.
    edited_at: Option<Timestamp>,
    /// When it was taken back; null if it was not.
    deleted_at: Option<Timestamp>,
}

/// A place on the map.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelMessagePlace)]
struct Place {
    /// In degrees, north.
    latitude: f64,
    /// In degrees, east.
    longitude: f64,
}

/// What a provider charges for a message.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelMessagePricing)]
struct PriceBody {
    /// Is it charged?
    billable: bool,
    /// In which category of its price list: `service`, `utility`, `marketing`.
    category: Option<String>,
    /// By which rule: `regular`, `free_customer_service`, `free_entry_point`.
    rule: Option<String>,
}

impl MessageBody {
    pub(crate) fn of(message: Message, media: Vec<MediaBody>) -> Self {
        let detail = message.detail.0;
        Self {
            id: message.id,
            seq: message.seq,
            author: message.author,
            account_id: message.account_id,
            purpose: message.purpose,
            kind: message.kind,
            text: message.body,
            status: message.status,
            error: message.error,
            citations: detail.citations,
            suggestions: detail.suggestions,
            buttons: detail.buttons,
            template: detail.template,
            place: detail.place.map(|(latitude, longitude)| Place { latitude, longitude }),
            score: detail.score,
            media,
            pricing: message.pricing.map(|own| {
                let own = own.0;
                PriceBody { billable: own.billable, category: own.category, rule: own.rule }
            }),
            due_at: message.due_at,
            created_at: message.created_at,
            sent_at: message.sent_at,
            delivered_at: message.delivered_at,
            read_at: message.read_at,
            edited_at: message.edited_at,
            deleted_at: message.deleted_at,
        }
    }
}

/// Which messages are wanted.
#[derive(Input)]
#[input(check = MessagesQuery::check)]
pub(crate) struct MessagesQuery {
    /// Those behind this number, the oldest first.
    #[input(whole(0, i64::MAX))]
    pub(crate) after: Option<i64>,
    /// Those before this number; without either, the newest.
    #[input(whole(0, i64::MAX))]
    pub(crate) before: Option<i64>,
    /// How many at most.
    #[input(whole(1, 100).map(|limit| limit as u32), default = 50)]
    pub(crate) limit: u32,
}

impl MessagesQuery {
    fn check(&self, fields: &mut Fields) {
        if self.after.is_some() && self.before.is_some() {
            fields.fault("after", "conflict", "must not be given together with before");
        }
    }
}
