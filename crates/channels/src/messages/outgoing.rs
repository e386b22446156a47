//! What goes out: a row first, then a delivery, unless the gate says otherwise.

use db::Tx;
use delivery::NewDelivery;
use events::TxExt as _;
use kernel::{AccountId, Result, Timestamp};

use super::model::{Author, Detail, Message, MessageId, Shape, Status, UsedTemplate};
use super::store;
use crate::Channels;
use crate::conversations::Talk;
use crate::events::MessageWritten;
use crate::gate::{Purpose, Verdict};
use crate::members::{Medium, is_asked_for};

/// A message to a member.
#[derive(Clone, Debug)]
pub(crate) struct NewOutgoing {
    pub(crate) author: Author,
    pub(crate) account: Option<AccountId>,
    pub(crate) purpose: Purpose,
    pub(crate) kind: Shape,
    pub(crate) body: String,
    pub(crate) detail: Detail,
    pub(crate) client_id: Option<String>,
}

impl NewOutgoing {
    /// Words of the server itself, about the conversation.
    pub(crate) fn notice(body: impl Into<String>) -> Self {
        Self {
            author: Author::System,
            account: None,
            purpose: Purpose::Notice,
            kind: Shape::Text,
            body: body.into(),
            detail: Detail::default(),
            client_id: None,
        }
    }

    /// Words of the assistant.
    pub(crate) fn answer(body: impl Into<String>) -> Self {
        Self { author: Author::Bot, purpose: Purpose::Answer, ..Self::notice(body) }
    }
}

/// Why a message waits for the member to write.
pub(super) const CLOSED: &str = "24 hours have passed since the member wrote: WhatsApp takes only a template now. It goes out when they write again";
/// Why a message waits for its channel.
pub(super) const BROKEN: &str = "The provider refuses the channel; it goes out when the channel works again";

/// The kind of delivery of a channel of this type.
pub(crate) const fn kind_of(medium: Medium) -> &'static str {
    match medium {
        Medium::Web => "channel.web",
        Medium::Whatsapp => "channel.whatsapp",
        Medium::Telegram => "channel.telegram",
        Medium::Mobile => "channel.mobile",
    }
}

/// Has a message go out: now, later, once the member writes, or never, as the gate says. The conversation is to be saved afterwards.
pub(crate) async fn queue(channels: &Channels, tx: &mut Tx, talk: &mut Talk, new: NewOutgoing) -> Result<Message> {
    let message = queue_untold(channels, tx, talk, new).await?;
    told(tx, talk, &message);
    Ok(message)
}

/// Adds the event that something was written to a member.
pub(crate) fn told(tx: &mut Tx, talk: &Talk, message: &Message) {
    tx.event(MessageWritten {
        workspace_id: message.workspace_id,
        conversation_id: message.conversation_id,
        message_id: message.id,
        user_id: talk.member.id,
        channel_id: message.channel_id,
        channel: talk.channel.kind,
        author: message.author,
        purpose: message.purpose,
    });
}

/// Queues a message without an event, for callers that add a more specific one.
pub(crate) async fn queue_untold(
    channels: &Channels,
    tx: &mut Tx,
    talk: &mut Talk,
    new: NewOutgoing,
) -> Result<Message> {
    let now = channels.app().clock().now();
    let verdict = talk.weigh(channels, tx, new.purpose).await?;
    let seq = talk.number(&new.body, now);
    talk.conversation.out_seq = seq;
    let mut message = Message {
        id: tx.clock().new_id(),
        workspace_id: talk.channel.workspace_id,
        channel_id: talk.channel.id,
        conversation_id: talk.conversation.id,
        seq,
        author: new.author,
        account_id: new.account,
        purpose: new.purpose,
        kind: new.kind,
        body: new.body,
        detail: db::Json(new.detail),
        status: Status::Queued,
        error: None,
        provider_id: None,
        client_id: new.client_id,
        pricing: None,
        due_at: None,
        created_at: now,
        sent_at: None,
        delivered_at: None,
        read_at: None,
        edited_at: None,
        deleted_at: None,
    };
    let (mut at, mut reopening) = (None, None);
    match verdict {
        Verdict::Now if is_asked_for(talk.channel.kind) => {
            (message.status, message.sent_at) = (Status::Sent, Some(now));
            // The app can fetch the message immediately. The push notification is a separate delivery.
            at = Some(now).filter(|_| talk.channel.kind == Medium::Mobile);
        }
        Verdict::Now => at = Some(now),
        Verdict::Template if has_template(&message) => at = Some(now),
        Verdict::Template => {
            (message.status, message.error) = (Status::Held, Some(CLOSED.to_owned()));
            reopening = template_of(talk).filter(|_| message.purpose == Purpose::Human);
        }
        Verdict::Later(until) => {
            (message.status, message.due_at) = (Status::Held, Some(until));
            at = Some(until);
        }
        Verdict::Never(reason) => {
            (message.status, message.error) = (Status::Withheld, Some(reason.sentence().to_owned()));
        }
    }
    tx.insert(&message).await?;
    if message.status == Status::Sent {
        talk.went_out(channels, tx, &message, now).await?;
    }
    if message.status == Status::Withheld {
        became(channels, tx, &message, Status::Withheld).await?;
    }
    if let Some(at) = at {
        dispatch(channels, tx, &message, at).await?;
    }
    if let Some(template) = reopening
        && !reopened(tx, talk).await?
    {
        let detail = Detail { template: Some(template), ..Detail::default() };
        let asks = NewOutgoing { kind: Shape::Template, detail, ..NewOutgoing::notice("") };
        Box::pin(queue(channels, tx, talk, asks)).await?;
    }
    Ok(message)
}

/// Tells whoever wrote it unasked what became of a message.
pub(crate) async fn became(channels: &Channels, tx: &mut Tx, message: &Message, status: Status) -> Result<()> {
    if message.client_id.is_some() && matches!(message.purpose, Purpose::Program | Purpose::Proactive) {
        for follower in channels.followers() {
            follower.became(tx, message, status).await?;
        }
    }
    Ok(())
}

/// Has a message that has not gone out never go. Tells whether it was in time.
pub(crate) async fn withhold(channels: &Channels, tx: &mut Tx, message: &Message, why: &str) -> Result<bool> {
    let now = channels.app().clock().now();
    let is_new = store::heard(tx, message.id, Status::Withheld, Some(why), now).await?;
    if is_new {
        became(channels, tx, message, Status::Withheld).await?;
        channels.live().wake_after(tx, message.conversation_id);
    }
    Ok(is_new)
}

/// May it be sent by a template once the 24 hours are over?
pub(super) fn has_template(message: &Message) -> bool {
    message.detail.0.template.is_some()
}

/// The template by which the channel asks somebody to write again.
fn template_of(talk: &Talk) -> Option<UsedTemplate> {
    let (name, language) = talk.channel.set().reopening_template.as_deref()?.split_once(':')?;
    Some(UsedTemplate { name: name.to_owned(), language: language.to_owned(), parameters: Vec::new() })
}

/// Was the member asked to write again since they wrote last? Once is enough.
async fn reopened(tx: &mut Tx, talk: &Talk) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM channel_messages WHERE conversation_id = $1 AND seq > $2 AND kind = 'template' \
               AND purpose = 'notice' AND status IN ('held', 'queued', 'sent', 'delivered', 'read'))";
    tx.fetch_value(sql, db::args![talk.conversation.id, talk.conversation.in_seq]).await
}

/// Has a courier take a message at a moment.
pub(super) async fn dispatch(channels: &Channels, tx: &mut Tx, message: &Message, at: Timestamp) -> Result<()> {
    let kind = medium_of(tx, message).await?.map_or("channel.web", kind_of);
    let new = NewDelivery {
        workspace: Some(message.workspace_id),
        // A message that waited is another wish than the one before; whoever has it go out has changed its row first.
        key: format!("{}:{}", message.id, tx.clock().new_id::<()>()),
        at: Some(at),
        ..NewDelivery::new(kind, message.id.uuid())
    };
    delivery::enqueue(tx, channels.app().clock(), new).await.map(drop)
}

async fn medium_of(tx: &mut Tx, message: &Message) -> Result<Option<Medium>> {
    let sql = "SELECT channel FROM channel_conversations WHERE id = $1";
    tx.fetch_optional(sql, db::args![message.conversation_id]).await
}

/// Has what waited for the member to write, or for a person to hand the conversation back, go out now; what waits for a moment still does.
pub(crate) async fn release(channels: &Channels, tx: &mut Tx, talk: &Talk) -> Result<()> {
    let now = channels.app().clock().now();
    for (message, place) in store::held(tx, talk.conversation.id).await?.into_iter().zip(0..) {
        if message.due_at.is_none() && store::release(tx, message.id).await? {
            dispatch(channels, tx, &message, now.plus(place)).await?;
        }
    }
    Ok(())
}

/// The same of everything that waited for its channel to work again. Some at a time; true if there may be more.
pub(crate) async fn release_channel(
    channels: &Channels,
    tx: &mut Tx,
    channel: crate::channels::ChannelId,
) -> Result<bool> {
    const BITE: u32 = 200;
    let now = channels.app().clock().now();
    let sql = "SELECT id FROM channel_messages WHERE channel_id = $1 AND status = 'held' AND error = $2 ORDER BY conversation_id, seq LIMIT $3";
    let ids: Vec<MessageId> = tx.fetch_all(sql, db::args![channel, BROKEN, BITE]).await?;
    for id in &ids {
        if let Some(message) = store::by_id(tx, *id).await?
            && store::release(tx, *id).await?
        {
            dispatch(channels, tx, &message, now).await?;
        }
    }
    Ok(ids.len() == BITE as usize)
}
