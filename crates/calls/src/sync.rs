//! Conversations of the agent, as its provider tells them: asked for, or sent by webhook.

use db::Tx;
use delivery::inbound;
use futures::StreamExt as _;
use kernel::{Result, Scope, Timestamp};
use ports::calls::{CallStatus, Conversation};

use crate::Calls;
use crate::model::{Call, CallId, State};
use crate::moves::{self, Change};
use crate::store::{self, Named};

/// How many conversations are asked for at once.
const AT_ONCE: usize = 4;

/// Writes a conversation into the call that it belongs to, if that is there and in this scope. `event` is by what a webhook is known
/// when it comes again. Tells whether anything was new.
pub(crate) async fn take_in(
    calls: &Calls,
    scope: Scope,
    conversation: Conversation,
    event: Option<&str>,
) -> Result<bool> {
    let mut tx = calls.app().write().await?;
    let mut call = store::take(scope, &mut tx, Named::Conversation(&conversation.id)).await?;
    // The webhook may come before the answer that names the conversation, and an answer may not name it at all.
    if call.is_none()
        && let Some(id) = conversation.reference.as_deref().and_then(|text| text.parse::<CallId>().ok())
    {
        call = store::take(scope, &mut tx, Named::Id(id)).await?;
    }
    if call.is_none()
        && let Some(sid) = &conversation.call_sid
    {
        call = store::take(scope, &mut tx, Named::Sid(sid)).await?;
    }
    let ours = |call: &Call| {
        call.kind == "agent" && call.conversation_id.as_ref().is_none_or(|known| *known == conversation.id)
    };
    let Some(mut call) = call.filter(ours) else { return Ok(false) };
    if !first_time(calls, &mut tx, event).await? {
        return Ok(false);
    }
    let new = moves::apply(calls, &mut tx, &mut call, Change::of(conversation)).await?;
    tx.commit().await?;
    Ok(new)
}

/// Has this event not been taken in yet? What names no event is always new.
async fn first_time(calls: &Calls, tx: &mut Tx, event: Option<&str>) -> Result<bool> {
    match event {
        Some(event) => inbound::first_time(tx, "elevenlabs", event, calls.app().clock().now()).await,
        None => Ok(true),
    }
}

/// A call did not come about.
pub(crate) async fn not_placed(calls: &Calls, conversation: &str, reason: &str, event: Option<&str>) -> Result<()> {
    let scope = Scope::system();
    let mut tx = calls.app().write().await?;
    let Some(mut call) = store::take(scope, &mut tx, Named::Conversation(conversation)).await? else { return Ok(()) };
    if !first_time(calls, &mut tx, event).await? {
        return Ok(());
    }
    let status = match reason {
        "busy" => CallStatus::Busy,
        "no-answer" | "no_answer" => CallStatus::NoAnswer,
        _ => CallStatus::Failed,
    };
    let error = Some(format!("The call did not come about: {reason}"));
    moves::apply(calls, &mut tx, &mut call, Change { error, ..Change::to(State::With(status)) }).await?;
    tx.commit().await
}

/// Goes through the provider's conversations, the newest first and up to so many, and takes in what is new. Tells how many were.
pub(crate) async fn run(calls: &Calls, scope: Scope, since: Option<Timestamp>, most: u32) -> Result<u64> {
    let (mut cursor, mut left, mut ids) = (None::<String>, most, Vec::new());
    while left > 0 {
        let page = calls.agent().conversations(since, cursor.as_deref(), left.min(100)).await?;
        left = left.saturating_sub(u32::try_from(page.conversations.len()).unwrap_or(u32::MAX));
        ids.extend(page.conversations.into_iter().map(|brief| brief.id));
        match page.next {
            Some(next) if cursor.as_ref() != Some(&next) => cursor = Some(next),
            _ => break,
        }
    }
    ids.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    let wanted = wanted(calls, scope, ids).await?;
    let told = futures::stream::iter(wanted).map(|id| async move { calls.agent().conversation(&id).await });
    let mut told = told.buffered(AT_ONCE);
    let mut updated = 0;
    while let Some(conversation) = told.next().await {
        if let Some(conversation) = conversation? {
            updated += u64::from(take_in(calls, scope, conversation, None).await?);
        }
    }
    Ok(updated)
}

/// Which of these conversations may tell something new: ours that are not done, and, while a call of ours has no name yet, those
/// that nobody knows.
async fn wanted(calls: &Calls, scope: Scope, ids: Vec<String>) -> Result<Vec<String>> {
    let mut tx = calls.app().read().await?;
    let nameless = store::nameless(scope, &mut tx).await?;
    let known = store::conversations(scope, &mut tx, &ids).await?;
    let is_wanted = |id: &String| match known.iter().find(|(known, _)| known == id) {
        Some((_, done)) => !done,
        None => nameless,
    };
    Ok(ids.into_iter().filter(is_wanted).collect())
}
