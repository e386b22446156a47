//! What other slices have channels do, in their own transactions: write to a member, and call a person.

use db::Tx;
use kernel::{Error, Result, WorkspaceId};

use crate::Channels;
use crate::channels::ChannelId;
use crate::conversations::{self, ConversationId, Talk, Why, call};
use crate::gate::Purpose;
use crate::members::MemberId;
use crate::messages::outgoing::{self, NewOutgoing};
use crate::messages::{Author, Choice, Detail, LONGEST, Message, Shape, UsedTemplate, store as messages};

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

/// Says something to a member: on this channel, or where they wrote last. Nothing if they have no conversation there. Whether it goes now,
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
    let Some(mut talk) = talk(tx, workspace, member, channel).await? else { return Ok(None) };
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

/// Calls a person into a member's conversation. Tells which it is, and whether nobody had been called yet.
pub async fn call_person(
    channels: &Channels,
    tx: &mut Tx,
    workspace: WorkspaceId,
    member: MemberId,
    channel: Option<ChannelId>,
    question: &str,
) -> Result<Option<(ConversationId, bool)>> {
    let Some(mut talk) = talk(tx, workspace, member, channel).await? else { return Ok(None) };
    let is_new = call(channels, tx, &mut talk, Why::Flow, question).await?;
    talk.save(tx).await?;
    Ok(Some((talk.conversation.id, is_new)))
}

async fn talk(
    tx: &mut Tx,
    workspace: WorkspaceId,
    member: MemberId,
    channel: Option<ChannelId>,
) -> Result<Option<Talk>> {
    let all = conversations::store::of_member(workspace, tx, member).await?;
    let found = all.into_iter().find(|own| channel.is_none_or(|channel| own.channel_id == channel));
    match found {
        Some(found) => Talk::load(tx, found.id).await,
        None => Ok(None),
    }
}
