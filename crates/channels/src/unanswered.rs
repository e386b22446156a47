//! Questions of members that had no answer: who asked them, so that they can be told once there is one.

use db::{Sql, Tx, args};
use jobs::{Context, NewJob, Outcome, Payload};
use kernel::{Id, Result, Timestamp, WorkspaceId, time};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Channels;
use crate::conversations::{ConversationId, Talk};
use crate::gate::Purpose;
use crate::messages::outgoing::{self, NewOutgoing};
use crate::messages::{Author, LONGEST, store as messages};

/// The kind of job that tells somebody an answer.
pub(crate) const TELL: &str = "channels.tell_answer";
/// Whoever asked longer ago than this is not told any more.
const FRESH: i64 = 30 * time::DAY;
/// So much of a question is said again, in characters.
const REPEATED: usize = 200;

#[doc(hidden)]
#[derive(Debug)]
pub(crate) enum AskedMarker {}
/// A question, by the name under which whoever answers keeps it.
type AskedId = Id<AskedMarker>;

/// A question that had no answer, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "channel_questions")]
struct Unanswered {
    question_id: AskedId,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    words: String,
    asked_at: Timestamp,
}

/// An answer that somebody is to be told.
#[derive(Serialize, Deserialize)]
struct Late {
    question_id: AskedId,
    answer: String,
    key: String,
}

/// Writes down who asked, and in which words.
pub(crate) async fn note(tx: &mut Tx, talk: &Talk, question: Uuid, words: &str) -> Result<()> {
    let row = Unanswered {
        question_id: AskedId::from_uuid(question),
        workspace_id: talk.channel.workspace_id,
        conversation_id: talk.conversation.id,
        words: words.chars().take(REPEATED).collect(),
        asked_at: tx.clock().now(),
    };
    tx.insert_new(&row).await.map(drop)
}

/// Has everybody of a workspace be told an answer who asked one of these questions on a channel within the last 30 days: each once for each `key`, and
/// only as far as they may be written to unasked. Tells how many will be.
pub async fn tell_answer(
    channels: &Channels,
    tx: &mut Tx,
    workspace: WorkspaceId,
    questions: &[Uuid],
    answer: &str,
    key: &str,
) -> Result<usize> {
    if questions.is_empty() {
        return Ok(0);
    }
    let mut sql = Sql::new("SELECT question_id FROM channel_questions WHERE workspace_id = ");
    sql.bind(workspace).push(" AND question_id IN ");
    sql.bind_list(questions.iter().copied().map(AskedId::from_uuid));
    let known: Vec<AskedId> = sql.all(tx).await?;
    for question_id in &known {
        // One after the other: each has a conversation of their own.
        let late = Late { question_id: *question_id, answer: answer.to_owned(), key: key.to_owned() };
        let job = NewJob::new(TELL, &late)?.dedupe(question_id.to_string());
        jobs::enqueue(tx, channels.app().clock(), job).await?;
    }
    Ok(known.len())
}

/// Tells somebody an answer to what they had asked.
pub(crate) async fn tell_job(channels: Channels, _: Context, payload: Payload) -> Outcome {
    let late: Late = payload.read()?;
    let now = channels.app().clock().now();
    let mut tx = channels.app().write().await?;
    let found = Sql::of::<Unanswered>().and("question_id = ", late.question_id).optional(&mut tx).await?;
    let Some(asked): Option<Unanswered> = found else { return Ok(()) };
    tx.execute("DELETE FROM channel_questions WHERE question_id = $1", args![asked.question_id]).await?;
    if asked.asked_at.plus(FRESH) > now
        && let Some(mut talk) = Talk::load(&mut tx, asked.conversation_id).await?
        && messages::by_client(&mut tx, talk.conversation.id, &late.key).await?.is_none()
    {
        let words = talk.language(Some(&asked.words)).answered_later(&asked.words, &late.answer);
        let new = NewOutgoing {
            author: Author::Bot,
            purpose: Purpose::Proactive,
            client_id: Some(late.key),
            ..NewOutgoing::notice(words.chars().take(LONGEST).collect::<String>())
        };
        outgoing::queue(&channels, &mut tx, &mut talk, new).await?;
        talk.save(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Forgets who asked so long ago that they are not told any more, some at a time. Tells how many.
pub(crate) async fn forget(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let sql = "DELETE FROM channel_questions WHERE question_id IN \
               (SELECT question_id FROM channel_questions WHERE asked_at <= $1 ORDER BY asked_at LIMIT 1000)";
    tx.execute(sql, args![now.plus(-FRESH)]).await
}
