//! What the owner of a number wrote to a member by the app on their own phone: a person's message that has gone out already.

use db::Tx;
use kernel::{Result, Timestamp};
use ports::messaging::{Echo, Sender};

use super::handle::{LONGEST, read};
use crate::channels::Channel;
use crate::conversations::{Talk, taken_elsewhere};
use crate::gate::Purpose;
use crate::messages::{Author, Message, Status, media, outgoing};
use crate::{Channels, members, messages};

/// Takes it in once, and leaves the conversation to whoever writes it: the assistant does not speak in between.
pub(super) async fn written(
    channels: &Channels,
    tx: &mut Tx,
    channel: &Channel,
    echo: Echo,
    at: Timestamp,
) -> Result<()> {
    if messages::store::by_provider(tx, channel.id, &echo.id).await?.is_some() {
        return Ok(());
    }
    let sender = Sender { identities: echo.to, ..Sender::default() };
    let Some(member) = members::reached(tx, channel.workspace_id, channel.kind, &sender).await? else {
        return Ok(());
    };
    let now = channels.app().clock().now();
    let at = at.min(now);
    let mut talk = Talk::open(tx, channel.clone(), member, now).await?;
    let incoming = read(echo.content);
    let body: String = incoming.body.chars().filter(|letter| *letter != '\0').take(LONGEST).collect();
    let seq = talk.number(&body, now);
    let message = Message {
        id: tx.clock().new_id(),
        workspace_id: channel.workspace_id,
        channel_id: channel.id,
        conversation_id: talk.conversation.id,
        seq,
        author: Author::Human,
        account_id: None,
        purpose: Purpose::Human,
        kind: incoming.kind,
        body,
        detail: db::Json(incoming.detail),
        status: Status::Sent,
        error: None,
        provider_id: Some(echo.id),
        client_id: None,
        pricing: None,
        due_at: None,
        created_at: at,
        sent_at: Some(at),
        delivered_at: None,
        read_at: None,
        edited_at: None,
        deleted_at: None,
    };
    if !tx.insert_new(&message).await? {
        return Ok(());
    }
    talk.conversation.out_seq = seq;
    talk.conversation.answered_seq = talk.conversation.in_seq;
    talk.went_out(channels, tx, &message, at).await?;
    outgoing::told(tx, &talk, &message);
    if let Some(part) = &incoming.file {
        media::wanted(channels, tx, &message, part).await?;
    }
    taken_elsewhere(channels, tx, &mut talk)?;
    talk.save(tx).await
}
