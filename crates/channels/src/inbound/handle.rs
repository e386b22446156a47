//! What is done with what a provider tells.

use audience::calendar;
use db::Tx;
use events::TxExt as _;
use kernel::{Result, Timestamp, time};
use ports::messaging::{
    Decision, Edited, Inbound, Item, Reach, Received, ReceivedMessage, Removed, Stage, Status as Told,
};

use super::echo;
use super::journal::Entry;
use crate::channels::Channel;
use crate::conversations::{Talk, welcome_back};
use crate::days::store::{Move, shift, wrote};
use crate::events::MessageReceived;
use crate::gate::Purpose;
use crate::members::{self, InteractionKind};
use crate::messages::outgoing;
use crate::messages::{Author, Detail, Message, MessageId, Shape, Status, media, priced};
use crate::{Channels, bot, messages};

/// For so long after the member wrote free text is taken, where that is bounded.
const WINDOW: i64 = 24 * time::HOUR;
/// The longest text of a member that is kept, in characters.
pub(super) const LONGEST: usize = 65_536;

/// A message of a member, whoever brings it.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) provider_id: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) kind: Shape,
    pub(crate) body: String,
    pub(crate) detail: Detail,
    /// When the member wrote it, by the provider's clock.
    pub(crate) at: Option<Timestamp>,
    /// A file that is to be fetched.
    pub(crate) file: Option<ports::messaging::MediaPart>,
}

impl Incoming {
    /// Words.
    pub(crate) fn text(body: impl Into<String>) -> Self {
        Self {
            provider_id: None,
            client_id: None,
            kind: Shape::Text,
            body: body.into(),
            detail: Detail::default(),
            at: None,
            file: None,
        }
    }
}

/// Does what one thing asks for that a provider told.
pub(super) async fn item(channels: &Channels, tx: &mut Tx, channel: &Channel, item: Item, entry: &Entry) -> Result<()> {
    // A webhook of one number may carry another's.
    if let (Some(told), Some(own)) = (&item.account, &channel.set().phone_number_id)
        && told != own
    {
        return Ok(());
    }
    let at = item.at;
    match item.what {
        Inbound::Message(message) => written(channels, tx, channel, *message, at.or(Some(entry.received_at))).await,
        Inbound::Edited(edited) => changed(channels, tx, channel, *edited, at.unwrap_or(entry.received_at)).await,
        Inbound::Removed(removed) => taken_back(channels, tx, channel, &removed, at.unwrap_or(entry.received_at)).await,
        Inbound::Echo(echo) => echo::written(channels, tx, channel, *echo, at.unwrap_or(entry.received_at)).await,
        Inbound::Status(status) => status_told(channels, tx, channel, *status, at).await,
        Inbound::Moved(moved) => {
            let all = moved.from.into_iter().chain(moved.to).collect();
            let sender = ports::messaging::Sender { identities: all, ..Default::default() };
            // Whoever is known by the old one is known by the new one as well from now on.
            members::reached(tx, channel.workspace_id, channel.kind, &sender).await.map(drop)
        }
        Inbound::Reach(reach) => let_in(tx, channel, &reach, at.unwrap_or(entry.received_at)).await,
        Inbound::Preference(preference) => {
            let sender = ports::messaging::Sender { identities: preference.who, ..Default::default() };
            let Some(member) = members::reached(tx, channel.workspace_id, channel.kind, &sender).await? else {
                return Ok(());
            };
            let (about, at) = ((Some(channel.kind), audience::Purpose::Marketing), at.unwrap_or(entry.received_at));
            let how = preference.says.unwrap_or_else(|| format!("said so to {}", channel.kind));
            if preference.wants_marketing {
                audience::members::opt_in(tx, &member, about, &how, at).await.map(drop)
            } else {
                audience::members::opt_out(tx, &member, about, &how, at).await.map(drop)
            }
        }
        Inbound::Template(news) => {
            let reason = news.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            let says = format!("The template {} ({}) is {}{reason}", news.name, news.language, news.event);
            crate::channels::store::noted(tx, channel.id, &says).await
        }
        Inbound::OutOfBand(news) => match news.fault {
            Some(fault) if fault.decision == Decision::ChannelBroken => {
                messages::broken(channels, tx, channel, &fault.to_string()).await
            }
            _ => crate::channels::store::noted(tx, channel.id, &format!("{}: {}", news.kind, news.says)).await,
        },
        Inbound::Other { kind } => {
            tracing::debug!(channel = %channel.id, kind, "nothing is made of this");
            Ok(())
        }
    }
}

/// What somebody sent, as a message of ours.
pub(super) fn read(content: Received) -> Incoming {
    let shaped = |kind, body: String| Incoming { kind, ..Incoming::text(body) };
    match content {
        Received::Text(text) => Incoming::text(text),
        Received::Pressed { id, title, .. } => {
            let detail = Detail { pressed: Some(id), ..Detail::default() };
            Incoming { detail, ..shaped(Shape::Button, title) }
        }
        Received::Started { payload } => {
            let detail = Detail { pressed: payload, ..Detail::default() };
            Incoming { detail, ..shaped(Shape::Text, "/start".to_owned()) }
        }
        Received::Media(part) => {
            Incoming { file: Some(part.clone()), ..shaped(Shape::Media, part.caption.unwrap_or_default()) }
        }
        Received::Location(place) => {
            let words: Vec<String> = [place.name, place.address].into_iter().flatten().collect();
            let detail = Detail { place: Some((place.latitude, place.longitude)), ..Detail::default() };
            Incoming { detail, ..shaped(Shape::Location, words.join(", ")) }
        }
        Received::Contacts(cards) => {
            let lines: Vec<String> =
                cards.into_iter().map(|card| format!("{}: {}", card.name, card.phones.join(", "))).collect();
            let detail = Detail { what: Some("contacts".to_owned()), ..Detail::default() };
            Incoming { detail, ..shaped(Shape::Unsupported, lines.join("\n")) }
        }
        Received::Reaction { to, emoji } => {
            let detail = Detail { what: Some("reaction".to_owned()), reply_to: Some(to), ..Detail::default() };
            Incoming { detail, ..shaped(Shape::Unsupported, emoji.unwrap_or_default()) }
        }
        Received::Form(json) => {
            let detail = Detail { what: Some("form".to_owned()), ..Detail::default() };
            Incoming { detail, ..shaped(Shape::Unsupported, json) }
        }
        Received::Unsupported { kind, says } => {
            let detail = Detail { what: Some(kind), ..Detail::default() };
            Incoming { detail, ..shaped(Shape::Unsupported, says.unwrap_or_default()) }
        }
    }
}

/// Somebody wrote.
async fn written(
    channels: &Channels,
    tx: &mut Tx,
    channel: &Channel,
    message: ReceivedMessage,
    at: Option<Timestamp>,
) -> Result<()> {
    if messages::store::by_provider(tx, channel.id, &message.id).await?.is_some() {
        // Told once more.
        return Ok(());
    }
    let Some(member) = members::reached(tx, channel.workspace_id, channel.kind, &message.from).await? else {
        return Ok(());
    };
    let mut talk = Talk::open(tx, channel.clone(), member, channels.app().clock().now()).await?;
    let mut incoming = read(message.content);
    incoming.provider_id = Some(message.id);
    incoming.at = at;
    incoming.detail.reply_to = incoming.detail.reply_to.or(message.reply_to);
    receive(channels, tx, &mut talk, incoming).await?;
    talk.save(tx).await
}

/// Takes a message of a member in, and does what it asks for. Nothing if it is there already. The conversation is to be saved afterwards.
pub(crate) async fn receive(
    channels: &Channels,
    tx: &mut Tx,
    talk: &mut Talk,
    incoming: Incoming,
) -> Result<Option<Message>> {
    let now = channels.app().clock().now();
    // Nobody writes in the future.
    let at = incoming.at.map_or(now, |at| at.min(now));
    let body: String = incoming.body.chars().filter(|letter| *letter != '\0').take(LONGEST).collect();
    let before = talk.conversation.clone();
    let message = Message {
        id: tx.clock().new_id(),
        workspace_id: talk.channel.workspace_id,
        channel_id: talk.channel.id,
        conversation_id: talk.conversation.id,
        seq: talk.number(&body, now),
        author: Author::Member,
        account_id: None,
        purpose: Purpose::Inbound,
        kind: incoming.kind,
        body,
        detail: db::Json(incoming.detail),
        status: Status::Received,
        error: None,
        provider_id: incoming.provider_id,
        client_id: incoming.client_id,
        pricing: None,
        due_at: None,
        created_at: at,
        sent_at: None,
        delivered_at: None,
        read_at: None,
        edited_at: None,
        deleted_at: None,
    };
    if !tx.insert_new(&message).await? {
        talk.conversation = before;
        return Ok(None);
    }
    let own = &mut talk.conversation;
    own.in_seq = message.seq;
    own.unread += 1;
    own.last_in_at = own.last_in_at.max(Some(at));
    own.window_until = own.window_until.max(Some(at.plus(WINDOW)));
    own.waiting_since.get_or_insert(at);
    let name = members::name_of(&talk.member);
    (talk.conversation.name_folded, talk.conversation.name) = (mind::text::fold(&name), name);
    welcome_back(talk);
    let (workspace, channel) = (talk.channel.workspace_id, talk.channel.id);
    let day = calendar::day(tx, workspace, now).await?;
    shift(tx, workspace, channel, day, &Move { messages_in: 1, ..Move::default() }).await?;
    wrote(tx, channel, day, talk.member.id).await?;
    let kind = match message.kind {
        Shape::Button => InteractionKind::ButtonTapped,
        _ => InteractionKind::MessageReceived,
    };
    audience::members::interaction(tx, &talk.member, kind, talk.channel.kind, at).await?;
    tx.event(MessageReceived {
        workspace_id: workspace,
        conversation_id: message.conversation_id,
        message_id: message.id,
        user_id: talk.member.id,
        channel_id: channel,
        channel: talk.channel.kind,
        kind: message.kind,
    });
    if let Some(part) = &incoming.file {
        media::wanted(channels, tx, &message, part).await?;
    }
    bot::react(channels, tx, talk, &message).await?;
    // What waited for the member to write.
    outgoing::release(channels, tx, talk).await?;
    channels.live().wake_after(tx, message.conversation_id);
    Ok(Some(message))
}

/// Somebody changed what they had written.
async fn changed(channels: &Channels, tx: &mut Tx, channel: &Channel, edited: Edited, at: Timestamp) -> Result<()> {
    let Some(message) = messages::store::by_provider(tx, channel.id, &edited.id).await? else { return Ok(()) };
    if message.author != Author::Member {
        return Ok(());
    }
    let body: String = read(edited.content).body.chars().take(LONGEST).collect();
    if messages::store::edit(tx, message.id, &body, at).await? {
        channels.live().wake_after(tx, message.conversation_id);
        // What is not answered yet is answered as it stands now.
        if let Some(mut talk) = Talk::load(tx, message.conversation_id).await? {
            if talk.conversation.seq == message.seq {
                talk.conversation.last_text = body.chars().take(140).collect();
            }
            if message.seq > talk.conversation.answered_seq {
                bot::want_answer(channels, tx, &talk).await?;
            }
            talk.save(tx).await?;
        }
    }
    Ok(())
}

/// Somebody took back what they had written.
async fn taken_back(
    channels: &Channels,
    tx: &mut Tx,
    channel: &Channel,
    removed: &Removed,
    at: Timestamp,
) -> Result<()> {
    let Some(message) = messages::store::by_provider(tx, channel.id, &removed.id).await? else { return Ok(()) };
    if message.author == Author::Member && messages::store::take_back(tx, message.id, at).await? {
        media::forget_of(tx, message.id, at).await?;
        if let Some(mut talk) = Talk::load(tx, message.conversation_id).await? {
            if talk.conversation.seq == message.seq {
                talk.conversation.last_text = String::new();
            }
            talk.save(tx).await?;
        }
        channels.live().wake_after(tx, message.conversation_id);
    }
    Ok(())
}

/// A message of ours has come further.
async fn status_told(
    channels: &Channels,
    tx: &mut Tx,
    channel: &Channel,
    told: Told,
    at: Option<Timestamp>,
) -> Result<()> {
    // By the provider's name for it; where its answer to the sending was lost, by ours.
    let found = match messages::store::by_provider(tx, channel.id, &told.id).await? {
        Some(found) => Some(found),
        None => match told.key.as_deref().and_then(|key| key.parse::<MessageId>().ok()) {
            Some(id) => messages::store::by_id(tx, id).await?.filter(|own| own.channel_id == channel.id),
            None => None,
        },
    };
    let Some(message) = found.filter(|message| message.author != Author::Member) else { return Ok(()) };
    let now = channels.app().clock().now();
    let at = at.map_or(now, |at| at.min(now));
    let Some(mut talk) = Talk::load(tx, message.conversation_id).await? else { return Ok(()) };
    messages::store::named(tx, message.id, &told.id).await?;
    if let Some(pricing) = told.pricing
        && messages::store::priced(tx, message.id, &priced(pricing)).await?
    {
        talk.conversation.billed += 1;
    }
    let news = match told.stage {
        Stage::Sent => Status::Sent,
        Stage::Delivered => Status::Delivered,
        Stage::Read => Status::Read,
        Stage::Failed => Status::Failed,
    };
    let why = told.fault.as_ref().map(ToString::to_string);
    let was_waiting = message.status.is_waiting();
    if messages::store::heard(tx, message.id, news, why.as_deref(), at).await? {
        if was_waiting && news != Status::Failed {
            talk.went_out(channels, tx, &message, at).await?;
        }
        if news == Status::Failed {
            outgoing::became(channels, tx, &message, news).await?;
        }
        if news == Status::Read {
            talk.conversation.seen_seq = talk.conversation.seen_seq.max(message.seq);
        }
        match told.fault.as_ref().map(|fault| fault.decision) {
            Some(Decision::Unreachable(kind)) => {
                members::reachable(tx, &talk.member, channel.kind, kind, Some(at)).await?;
            }
            Some(Decision::OptOutMarketing) => {
                let about = (Some(channel.kind), audience::Purpose::Marketing);
                audience::members::opt_out(
                    tx,
                    &talk.member,
                    about,
                    why.as_deref().unwrap_or("said so to WhatsApp"),
                    at,
                )
                .await?;
            }
            Some(Decision::WindowClosed) => talk.conversation.window_until = Some(at),
            Some(Decision::ChannelBroken) => {
                messages::broken(channels, tx, channel, why.as_deref().unwrap_or_default()).await?;
            }
            _ => {}
        }
        channels.live().wake_after(tx, message.conversation_id);
    }
    talk.save(tx).await
}

/// Somebody let us in, or shut us out.
async fn let_in(tx: &mut Tx, channel: &Channel, reach: &Reach, at: Timestamp) -> Result<()> {
    let Some(member) = members::reached(tx, channel.workspace_id, channel.kind, &reach.who).await? else {
        return Ok(());
    };
    let kinds: std::collections::BTreeSet<_> = reach.who.identities.iter().map(|one| one.kind).collect();
    for kind in kinds {
        members::reachable(tx, &member, channel.kind, kind, (!reach.is_open).then_some(at)).await?;
    }
    Ok(())
}
