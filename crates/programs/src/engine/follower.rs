//! What members write while a program waits for it, and what becomes of what programs say.

use async_trait::async_trait;
use audience::Member;
use channels::conversations::Handler;
use channels::messages::{Message, Shape, Status};
use channels::ports::{Follower, Heard};
use db::Tx;
use kernel::{Result, Timestamp};

use super::plan::{Known, plan};
use crate::Programs;
use crate::model::{Effect, EnrolmentId, Event, Said, Waiting, automatic};
use crate::rows::Enrolment;
use crate::store::enrolments;
use crate::store::replies::{self, Reply};
use crate::store::sums::Moves;

/// A conversation keeps no more of what was written than this for a run.
const LONGEST: usize = 4_096;

/// Programs, as channels tell them what they hear.
pub struct Listening(pub Programs);

#[async_trait]
impl Follower for Listening {
    async fn listens(&self, tx: &mut Tx, member: &Member) -> Result<bool> {
        enrolments::listens(member.workspace_id, tx, member.id).await
    }

    /// First to the question that has waited longest; else to all waits that a message ends. The run itself is moved by the next tick, which
    /// the bell wakes: here its conversation is locked, and a tick locks the run first.
    async fn heard(&self, tx: &mut Tx, heard: &Heard) -> Result<bool> {
        if heard.handler != Handler::Bot || !is_reply(&heard.message) {
            return Ok(false);
        }
        let member = &heard.member;
        let now = self.0.app().clock().now();
        let all = enrolments::listening(member.workspace_id, tx, member.id).await?;
        if let Some(run) = all.iter().find(|run| run.waiting_for == Waiting::Answer) {
            keep(tx, run, &heard.message, now).await?;
            return Ok(true);
        }
        let mut is_answered = false;
        for run in all.iter().filter(|run| run.waiting_for == Waiting::TimeOrReply) {
            // Where the program says something about it, nobody else answers.
            let event = Event::Reply(said(&heard.message));
            let known = Known::of(tx, run.workspace_id, &[run.member_id]).await?;
            let planned = plan(&self.0, tx, run, &known, &event, now).await?;
            let speaks = |effect: &Effect| matches!(effect, Effect::Say(_) | Effect::Ask { .. } | Effect::Call { .. });
            is_answered |= planned.is_some_and(|planned| planned.moved.effects.iter().any(speaks));
            keep(tx, run, &heard.message, now).await?;
        }
        Ok(is_answered)
    }

    async fn became(&self, tx: &mut Tx, message: &Message, status: Status) -> Result<()> {
        if !matches!(status, Status::Failed | Status::Withheld) {
            return Ok(());
        }
        let Some((id, step)) = message.client_id.as_deref().and_then(key) else { return Ok(()) };
        let Some(run) = enrolments::find(message.workspace_id, tx, id).await? else { return Ok(()) };
        let node = run.memory.0.said.iter().find(|(said, _)| *said == step).map(|(_, node)| node.clone());
        let mut sums = Moves::default();
        sums.failed(&run, node.as_deref().unwrap_or(&run.node));
        sums.write(tx).await
    }
}

/// The run and the step of a key `program:<run>:<step>`.
fn key(key: &str) -> Option<(EnrolmentId, i64)> {
    let (id, step) = key.strip_prefix("program:")?.split_once(':')?;
    Some((id.parse().ok()?, step.parse().ok()?))
}

/// Did a person say something? What their machine says of them is no reply, and neither is a sign below a message.
fn is_reply(message: &Message) -> bool {
    let says = matches!(message.kind, Shape::Text | Shape::Button | Shape::Media | Shape::Location);
    says && !automatic::is_automatic(&message.body)
}

fn said(message: &Message) -> Said {
    Said { text: message.body.chars().take(LONGEST).collect(), pressed: message.detail.0.pressed.clone() }
}

async fn keep(tx: &mut Tx, run: &Enrolment, message: &Message, now: Timestamp) -> Result<()> {
    let Said { text, pressed } = said(message);
    let reply = Reply {
        id: tx.clock().new_id(),
        enrolment_id: run.id,
        workspace_id: run.workspace_id,
        said: db::Json(replies::Heard { text, pressed }),
        run_at: now,
        faults: 0,
    };
    tx.insert(&reply).await?;
    tx.ring(replies::BELL);
    Ok(())
}
