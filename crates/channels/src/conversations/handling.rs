//! How conversations change hands.

use audience::calendar;
use db::Tx;
use events::TxExt as _;
use jobs::{Context, Outcome};
use kernel::{AccountId, Result, Timestamp, time};

use super::model::{Escalation, Handler, Move, Status, Why};
use super::store;
use super::talk::Talk;
use crate::Channels;
use crate::days::store::{Move as Sums, shift};
use crate::events::{ConversationHandled, EscalationCreated, EscalationEnded};
use crate::members::{InteractionKind, Medium, is_asked_for};
use crate::messages::outgoing::{self, NewOutgoing};
use crate::messages::{Choice, Detail, Shape};

/// The kind of job that gives back what nobody looks after.
pub(crate) const HAND_BACK: &str = "channels.hand_back";
/// For so long the member may say how it was.
const SURVEY: i64 = 48 * time::HOUR;
/// How many are given back in one go.
const BITE: u32 = 100;
/// What the button of a score gives back.
pub(crate) const SCORE: &str = "score:";

/// Calls a person into a conversation. Tells whether nobody was called yet.
pub(crate) async fn call(channels: &Channels, tx: &mut Tx, talk: &mut Talk, why: Why, question: &str) -> Result<bool> {
    let now = channels.app().clock().now();
    let next = talk.conversation.handler.next(Move::Escalate)?;
    if next == talk.conversation.handler {
        return Ok(false);
    }
    let row = Escalation {
        id: tx.clock().new_id(),
        workspace_id: talk.channel.workspace_id,
        channel_id: talk.channel.id,
        conversation_id: talk.conversation.id,
        member_id: talk.member.id,
        reason: why,
        question: question.chars().take(2_000).collect(),
        created_at: now,
        taken_by: None,
        taken_at: None,
        ended_at: None,
        ended_by: None,
        satisfaction: None,
        comment: None,
        rated_at: None,
    };
    tx.insert(&row).await?;
    talk.conversation.escalation_id = Some(row.id);
    talk.conversation.unknowns = 0;
    hand(channels, tx, talk, next, None, now);
    let day = calendar::day(tx, row.workspace_id, now).await?;
    shift(tx, row.workspace_id, row.channel_id, day, &Sums { escalations: 1, ..Sums::default() }).await?;
    audience::members::interaction(tx, &talk.member, InteractionKind::EscalationCreated, talk.channel.kind, now)
        .await?;
    tx.event(EscalationCreated {
        workspace_id: row.workspace_id,
        conversation_id: row.conversation_id,
        escalation_id: row.id,
        user_id: talk.member.id,
        channel_id: row.channel_id,
        channel: talk.channel.kind,
        reason: why,
    });
    Ok(true)
}

/// Assigns a conversation in the queue to an account. Does nothing if a person has the conversation, if it is assigned already, or if the account no
/// longer works in the workspace.
pub(crate) async fn assign(channels: &Channels, tx: &mut Tx, talk: &mut Talk, to: AccountId) -> Result<()> {
    let own = &talk.conversation;
    let waits = own.handler == Handler::Queue && own.assignee.is_none();
    if waits && channels.colleagues().works_in(tx, own.workspace_id, to).await? {
        let now = channels.app().clock().now();
        hand(channels, tx, talk, Handler::Queue, Some(to), now);
    }
    Ok(())
}

/// Gives a conversation to somebody, and tells of it.
fn hand(channels: &Channels, tx: &mut Tx, talk: &mut Talk, to: Handler, account: Option<AccountId>, now: Timestamp) {
    let conversation = &mut talk.conversation;
    (conversation.handler, conversation.assignee, conversation.handler_at) = (to, account, now);
    conversation.deadline = to.waits().then(|| channels.settings().deadline(now));
    if to == Handler::Bot {
        (conversation.draft, conversation.draft_seq) = (None, None);
    }
    tx.event(ConversationHandled {
        workspace_id: conversation.workspace_id,
        conversation_id: conversation.id,
        user_id: conversation.member_id,
        handler: to,
        account_id: account,
    });
    channels.live().wake_after(tx, conversation.id);
}

/// A person takes a conversation, or goes on with it: its deadline begins anew.
pub(crate) async fn take_over(channels: &Channels, tx: &mut Tx, talk: &mut Talk, by: AccountId) -> Result<()> {
    let now = channels.app().clock().now();
    talk.conversation.status = Status::Open;
    if talk.conversation.handler == Handler::Human && talk.conversation.assignee == Some(by) {
        talk.conversation.deadline = Some(channels.settings().deadline(now));
        return Ok(());
    }
    let next = talk.conversation.handler.next(Move::TakeOver)?;
    hand(channels, tx, talk, next, Some(by), now);
    if let Some(id) = talk.conversation.escalation_id {
        store::taken(tx, id, by, now).await?;
    }
    // On a website it costs nothing to say who is here.
    if is_asked_for(talk.channel.kind) {
        let words = talk.language(None).joined(talk.channel.person_name());
        let joined = NewOutgoing { kind: Shape::Notice, ..NewOutgoing::notice(words) };
        outgoing::queue(channels, tx, talk, joined).await?;
    }
    Ok(())
}

/// The owner answers by an app of their own: a person has the conversation, and nobody of the workspace is known to.
pub(crate) fn taken_elsewhere(channels: &Channels, tx: &mut Tx, talk: &mut Talk) -> Result<()> {
    let now = channels.app().clock().now();
    talk.conversation.status = Status::Open;
    if talk.conversation.handler == Handler::Human {
        talk.conversation.deadline = Some(channels.settings().deadline(now));
        return Ok(());
    }
    let next = talk.conversation.handler.next(Move::TakeOver)?;
    hand(channels, tx, talk, next, None, now);
    Ok(())
}

/// Gives a conversation back to the assistant: because somebody said so, closed it, or because its time was over. What waited for that
/// goes on, and the member is asked how it was if a person had come.
pub(crate) async fn give_back(channels: &Channels, tx: &mut Tx, talk: &mut Talk, step: Move, by: &str) -> Result<()> {
    let now = channels.app().clock().now();
    let next = talk.conversation.handler.next(step)?;
    let was_queue = talk.conversation.handler == Handler::Queue;
    hand(channels, tx, talk, next, None, now);
    talk.conversation.answered_seq = talk.conversation.in_seq;
    // Nobody waits for an answer any more: the next one is to what they write next.
    talk.conversation.waiting_since = None;
    if let Some(id) = talk.conversation.escalation_id.take()
        && store::ended(tx, id, by, now).await?
    {
        tx.event(EscalationEnded {
            workspace_id: talk.conversation.workspace_id,
            conversation_id: talk.conversation.id,
            escalation_id: id,
            user_id: talk.member.id,
            by: by.to_owned(),
        });
        if was_queue && step == Move::TimeOut {
            let notice = NewOutgoing::notice(talk.language(None).nobody_came());
            outgoing::queue(channels, tx, talk, notice).await?;
        } else if channels.settings().survey && !was_queue {
            ask_how_it_was(channels, tx, talk, id, now).await?;
        }
    }
    outgoing::release(channels, tx, talk).await
}

async fn ask_how_it_was(
    channels: &Channels,
    tx: &mut Tx,
    talk: &mut Talk,
    id: super::EscalationId,
    now: Timestamp,
) -> Result<()> {
    talk.conversation.surveyed_id = Some(id);
    talk.conversation.survey_until = Some(now.plus(SURVEY));
    // The website shows buttons of its own.
    let buttons = match talk.channel.kind {
        Medium::Web | Medium::Mobile => Vec::new(),
        _ => (1..=5).rev().map(|score| Choice { id: format!("{SCORE}{score}"), title: score.to_string() }).collect(),
    };
    let detail = Detail { escalation: Some(id.uuid()), buttons, ..Detail::default() };
    let question =
        NewOutgoing { kind: Shape::Satisfaction, detail, ..NewOutgoing::notice(talk.language(None).how_was_it()) };
    outgoing::queue(channels, tx, talk, question).await.map(drop)
}

/// Writes down how it was, by the member's word; a later word holds.
pub(crate) async fn end_survey(
    channels: &Channels,
    tx: &mut Tx,
    talk: &mut Talk,
    escalation: super::EscalationId,
    score: u8,
    comment: Option<&str>,
) -> Result<()> {
    let now = channels.app().clock().now();
    let Some(before) =
        store::escalation(tx, escalation).await?.filter(|row| row.conversation_id == talk.conversation.id)
    else {
        return Ok(());
    };
    store::rated(tx, escalation, score, comment, now).await?;
    let (workspace, channel) = (talk.channel.workspace_id, talk.channel.id);
    let calendar = calendar::of(tx, workspace).await?;
    if let (Some(old), Some(at)) = (before.satisfaction, before.rated_at) {
        let back = Sums { ratings: -1, rating_sum: -i64::from(old), ..Sums::default() };
        shift(tx, workspace, channel, calendar.day(at), &back).await?;
    }
    let rated = Sums { ratings: 1, rating_sum: score.into(), ..Sums::default() };
    shift(tx, workspace, channel, calendar.day(now), &rated).await?;
    (talk.conversation.surveyed_id, talk.conversation.survey_until) = (None, None);
    Ok(())
}

/// Opens a conversation again whose member writes.
pub(crate) fn welcome_back(talk: &mut Talk) {
    talk.conversation.status = Status::Open;
}

/// Gives back everything that nobody has looked after in time.
pub(crate) async fn hand_back_due(channels: Channels, context: Context) -> Outcome {
    loop {
        let now = context.clock.now();
        let due = store::overdue(&mut context.db.read().await?, now, BITE).await?;
        for id in &due {
            let mut tx = context.db.write().await?;
            let Some(mut talk) = Talk::load(&mut tx, *id).await? else {
                store::no_deadline(&mut tx, *id).await?;
                tx.commit().await?;
                continue;
            };
            // Somebody may have written in the meantime.
            if talk.conversation.deadline.is_none_or(|deadline| deadline > now) {
                continue;
            }
            if talk.conversation.handler == Handler::Bot {
                talk.conversation.deadline = None;
            } else {
                give_back(&channels, &mut tx, &mut talk, Move::TimeOut, "timed_out").await?;
            }
            talk.save(&mut tx).await?;
            tx.commit().await?;
        }
        if due.len() < BITE as usize {
            return Ok(());
        }
    }
}
