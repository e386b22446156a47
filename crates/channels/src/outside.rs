//! What other slices have channels do, in their own transactions: write to a member, and call a person.

use db::Tx;
use kernel::{AccountId, Error, Result, Timestamp, WorkspaceId};

use crate::Channels;
use crate::channels::ChannelId;
use crate::conversations::{self, ConversationId, Handler, Talk, Why, assign, call};
use crate::gate::Purpose;
use crate::members::{Medium, MemberId};
use crate::messages::outgoing::{self, NewOutgoing};
use crate::messages::{Author, Choice, Detail, LONGEST, Message, MessageId, Shape, UsedTemplate, store as messages};

/// Something to be said to a member.
#[derive(Clone, Debug)]
pub struct Words {
    /// What it is for: [`Purpose::Program`] or [`Purpose::Proactive`].
    pub purpose: Purpose,
    /// What is said: 1 to 4,096 characters.
    pub text: String,
    /// Buttons below it.
    pub buttons: Vec<Choice>,
    /// By what template it goes once WhatsApp's 24 hours are over; without one it waits until the member writes.
    pub template: Option<UsedTemplate>,
    /// By what it is known to be said once: the second time answers the first message.
    pub key: String,
}

/// Says something to a member: on this channel, or where they wrote last. A conversation is begun where there is none;
/// nothing if the workspace has no such channel. Whether it goes now,
/// later or never stands in the message's status: the gate is asked here, and once more when it is sent.
pub async fn say(
    channels: &Channels,
    tx: &mut Tx,
    workspace: WorkspaceId,
    member: MemberId,
    channel: Option<ChannelId>,
    words: Words,
) -> Result<Option<Message>> {
    let length = words.text.chars().count();
    if length == 0 || length > LONGEST {
        return Err(Error::invalid_field("text", format!("must have 1 to {LONGEST} characters")));
    }
    let Some(mut talk) = talk(channels, tx, workspace, member, channel).await? else { return Ok(None) };
    if let Some(said) = messages::by_client(tx, talk.conversation.id, &words.key).await? {
        return Ok(Some(said));
    }
    let new = NewOutgoing {
        author: Author::Bot,
        purpose: words.purpose,
        kind: Shape::Text,
        detail: Detail { buttons: words.buttons, template: words.template, ..Detail::default() },
        client_id: Some(words.key),
        ..NewOutgoing::notice(words.text)
    };
    let message = outgoing::queue(channels, tx, &mut talk, new).await?;
    talk.save(tx).await?;
    Ok(Some(message))
}

/// A request for a person.
#[derive(Clone, Copy, Debug, Default)]
pub struct PersonCalled<'a> {
    /// The channel; without one, the channel on which the member wrote last.
    pub channel: Option<ChannelId>,
    /// The question or the reason.
    pub question: &'a str,
    /// The account to which the conversation is assigned. Ignored if the account no longer works in the workspace.
    pub assignee: Option<AccountId>,
}

/// Calls a person into a member's conversation. Tells which it is, and whether nobody had been called yet.
pub async fn call_person(
    channels: &Channels,
    tx: &mut Tx,
    workspace: WorkspaceId,
    member: MemberId,
    called: PersonCalled<'_>,
) -> Result<Option<(ConversationId, bool)>> {
    let Some(mut talk) = talk(channels, tx, workspace, member, called.channel).await? else { return Ok(None) };
    let is_new = call(channels, tx, &mut talk, Why::Flow, called.question).await?;
    if let Some(account) = called.assignee {
        assign(channels, tx, &mut talk, account).await?;
    }
    talk.save(tx).await?;
    Ok(Some((talk.conversation.id, is_new)))
}

/// Tells whether a conversation of this workspace can be assigned to this account.
pub async fn works_in(channels: &Channels, tx: &mut Tx, workspace: WorkspaceId, account: AccountId) -> Result<bool> {
    channels.colleagues().works_in(tx, workspace, account).await
}

/// Has a message never go out that waits still; [`crate::ports::Follower::became`] is told. Tells whether it was in time.
pub async fn withdraw(
    channels: &Channels,
    tx: &mut Tx,
    workspace: WorkspaceId,
    message: MessageId,
    why: &str,
) -> Result<bool> {
    match messages::find(workspace, tx, message).await? {
        Some(message) => outgoing::withhold(channels, tx, &message, why).await,
        None => Ok(false),
    }
}

/// Who has the member's conversations: a person, if one of them is a person's.
pub async fn handler_of(tx: &mut Tx, workspace: WorkspaceId, member: MemberId) -> Result<Handler> {
    let all = conversations::store::of_member(workspace, tx, member).await?;
    let held = all.into_iter().map(|own| own.handler).find(|handler| *handler != Handler::Bot);
    Ok(held.unwrap_or(Handler::Bot))
}

/// Those of these members who have a conversation that a person has: one statement for many.
pub async fn held(tx: &mut Tx, workspace: WorkspaceId, members: &[MemberId]) -> Result<Vec<MemberId>> {
    conversations::store::held(workspace, tx, members).await
}

/// Those of these members who have a conversation on a channel that works: one statement for many.
pub async fn reached(tx: &mut Tx, workspace: WorkspaceId, members: &[MemberId]) -> Result<Vec<MemberId>> {
    conversations::store::reached(workspace, tx, members).await
}

/// Whose last word from us has had no answer: said behind this place and not after `until`, in the order of (moment, member), with when the member
/// wrote last (or the conversation began, where they never did).
pub async fn unanswered(
    tx: &mut Tx,
    workspace: WorkspaceId,
    after: (Timestamp, MemberId),
    until: Timestamp,
    most: u32,
) -> Result<Vec<(Timestamp, MemberId, Timestamp)>> {
    conversations::store::unanswered(workspace, tx, after, until, most).await
}

/// The time zones of a workspace's channels that name one, with their types, the oldest channel first: for members whose own is not known.
pub async fn zones(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<(Medium, String)>> {
    let (all, _) = crate::channels::store::list(workspace, tx, None, 100, 0).await?;
    let zoned = all.into_iter().filter_map(|(channel, _)| Some((channel.kind, channel.set().time_zone.clone()?)));
    Ok(zoned.collect())
}

/// The types of channels that a workspace has and that work.
pub async fn active(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<Medium>> {
    let (all, _) = crate::channels::store::list(workspace, tx, None, 100, 0).await?;
    let on = all.into_iter().filter(|(channel, _)| channel.status == crate::channels::Status::Active);
    Ok(on.map(|(channel, _)| channel.kind).collect())
}

/// The conversation on this channel, or the one that the member wrote in last; if there is none, one is begun where the member can be reached.
async fn talk(
    channels: &Channels,
    tx: &mut Tx,
    workspace: WorkspaceId,
    member: MemberId,
    channel: Option<ChannelId>,
) -> Result<Option<Talk>> {
    let all = conversations::store::of_member(workspace, tx, member).await?;
    let found = all.into_iter().find(|own| channel.is_none_or(|channel| own.channel_id == channel));
    if let Some(found) = found {
        return Talk::load(tx, found.id).await;
    }
    let Some(member) = audience::members::get(tx, workspace, member).await? else { return Ok(None) };
    let Some(channel) = crate::channels::store::to_write_on(tx, &member, channel).await? else { return Ok(None) };
    let now = channels.app().clock().now();
    Talk::open(tx, channel, member, now).await.map(Some)
}
