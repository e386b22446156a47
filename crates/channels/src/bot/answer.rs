//! How the assistant answers: outside of every transaction, by compare-and-set afterwards.
//!
//! A job of a conversation reads what is not answered yet, asks for an answer, and writes it down only if the member has written nothing more
//! meanwhile: then the job runs once more, and answers all of it in one message. If a person has taken the conversation, the answer is a draft.

use db::Tx;
use events::TxExt as _;
use jobs::{Context, NewJob, Outcome as Ended, Payload};
use kernel::Result;
use serde::{Deserialize, Serialize};

use crate::Channels;
use crate::conversations::{ConversationId, Handler, Talk, Why, call, store as conversations};
use crate::events::MessageAnswered;
use crate::members::is_asked_for;
use crate::messages::outgoing::{self, NewOutgoing};
use crate::messages::{Author, Detail, LONGEST, Message, Shape, store as messages};
use crate::ports::{Answer, Outcome, Question};
use crate::texts::Language;
use crate::unanswered;

/// The kind of job that answers.
pub(crate) const ANSWER: &str = "channels.answer";
/// How much of what was said before an answer is made with.
const HISTORY: u32 = 12;
/// The longest question, in characters.
const LONGEST_QUESTION: usize = 4_000;
/// How many suggestions a message has.
const SUGGESTIONS: usize = 3;

#[derive(Serialize, Deserialize)]
struct Which {
    conversation_id: ConversationId,
}

/// Has what the member wrote be answered.
pub(crate) async fn want_answer(channels: &Channels, tx: &mut Tx, talk: &Talk) -> Result<()> {
    let which = Which { conversation_id: talk.conversation.id };
    let job = NewJob::new(ANSWER, &which)?.dedupe(talk.conversation.id.to_string()).max_attempts(5);
    jobs::enqueue(tx, channels.app().clock(), job).await.map(drop)
}

/// Says first that a machine answers, once in each conversation. A website says it by itself.
pub(super) fn labelled(talk: &mut Talk, language: Language, words: String) -> String {
    if std::mem::replace(&mut talk.conversation.labelled, true) || is_asked_for(talk.channel.kind) {
        return words;
    }
    let label = language.label(talk.channel.set().assistant_name.as_deref());
    cut(&format!("{label}\n\n{words}"), LONGEST)
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
    }
}

/// What is asked, and up to which message.
struct Asked {
    talk: Talk,
    question: Question,
    up_to: i64,
}

async fn read(tx: &mut Tx, id: ConversationId) -> Result<Option<Asked>> {
    let Some(conversation) = conversations::by_id(tx, id).await? else { return Ok(None) };
    let since = conversation.answered_seq.max(conversation.draft_seq.unwrap_or_default());
    let up_to = conversation.in_seq;
    let Some(talk) = Talk::of(tx, conversation).await? else { return Ok(None) };
    let open = messages::unanswered(tx, id, since).await?;
    let texts: Vec<&str> = open.iter().map(|one| one.body.trim()).filter(|text| !text.is_empty()).collect();
    if texts.is_empty() || !talk.channel.is_on() {
        return Ok(None);
    }
    // Of much that was written the last is what matters.
    let whole = texts.join("\n");
    let skip = whole.chars().count().saturating_sub(LONGEST_QUESTION);
    let text: String = whole.chars().skip(skip).collect();
    let first = open.first().map_or(up_to, |one| one.seq);
    let mut before = messages::before(tx, id, Some(first), HISTORY).await?;
    before.reverse();
    let said = |one: &Message| {
        let who = if one.author == Author::Member { "member" } else { "coach" };
        let counts = matches!(one.kind, Shape::Text | Shape::Maybe | Shape::Button) && one.author != Author::System;
        (counts && !one.body.is_empty()).then(|| (who.to_owned(), cut(&one.body, 1_000)))
    };
    let language = Some(talk.language(Some(&text)).tag().to_owned());
    let is_draft = talk.conversation.handler != Handler::Bot;
    let question = Question { history: before.iter().filter_map(said).collect(), language, text, is_draft };
    Ok(Some(Asked { talk, question, up_to }))
}

/// Answers the conversation that a job is about.
pub(crate) async fn answer_job(channels: Channels, _: Context, payload: Payload) -> Ended {
    let Which { conversation_id } = payload.read()?;
    let Some(asked) = read(&mut channels.app().read().await?, conversation_id).await? else { return Ok(()) };
    let bases = asked.talk.channel.set().knowledge_base_ids.clone().unwrap_or_default();
    let workspace = asked.talk.channel.workspace_id;
    let answering = channels.answerer().answer(workspace, &bases, &asked.question);
    let answer = match tokio::time::timeout(channels.settings().answer, answering).await {
        Ok(Ok(answer)) => answer,
        // Its failure is not the member's: it counts as no answer, and a person is called in the end.
        Ok(Err(error)) => {
            tracing::warn!(%error, conversation = %conversation_id, "there is no answer");
            Answer::unknown()
        }
        Err(_) => {
            tracing::warn!(conversation = %conversation_id, "an answer took too long");
            Answer::unknown()
        }
    };
    let mut tx = channels.app().write().await?;
    let Some(mut talk) = Talk::load(&mut tx, conversation_id).await? else { return Ok(()) };
    if talk.conversation.in_seq != asked.up_to {
        // The member has written more: that has queued this job once more, which answers all of it.
        return Ok(());
    }
    write(&channels, &mut tx, &mut talk, &asked, answer).await?;
    talk.save(&mut tx).await?;
    tx.commit().await?;
    if is_asked_for(talk.channel.kind) {
        channels.live().typing(conversation_id, "bot", false);
    }
    Ok(())
}

/// Writes an answer down: as a message, as a draft, or as a call for a person.
async fn write(channels: &Channels, tx: &mut Tx, talk: &mut Talk, asked: &Asked, answer: Answer) -> Result<()> {
    if talk.conversation.handler != Handler::Bot {
        if answer.outcome != Outcome::Unknown && !answer.text.is_empty() {
            talk.conversation.draft = Some(cut(&answer.text, LONGEST));
        }
        talk.conversation.draft_seq = Some(asked.up_to);
        return Ok(());
    }
    if talk.conversation.answered_seq >= asked.up_to {
        return Ok(());
    }
    if let Some(question) = answer.question {
        unanswered::note(tx, talk, question, &asked.question.text).await?;
    }
    let language = talk.language(Some(&asked.question.text));
    let outcome = answer.outcome;
    if outcome == Outcome::Unknown {
        talk.conversation.unknowns += 1;
        let most = u64::from(channels.settings().unknowns);
        if most > 0 && talk.conversation.unknowns >= most {
            call(channels, tx, talk, Why::UnknownTwice, &asked.question.text).await?;
            let words = talk.channel.set().handoff_message.clone().unwrap_or_else(|| language.handed_over().to_owned());
            outgoing::queue(channels, tx, talk, NewOutgoing::notice(words)).await?;
            talk.conversation.draft_seq = Some(asked.up_to);
            return Ok(());
        }
    } else {
        talk.conversation.unknowns = 0;
    }
    let new = message_of(talk, language, answer);
    let message = outgoing::queue_untold(channels, tx, talk, new).await?;
    talk.conversation.answered_seq = asked.up_to;
    tx.event(MessageAnswered {
        workspace_id: talk.channel.workspace_id,
        conversation_id: talk.conversation.id,
        message_id: message.id,
        user_id: talk.member.id,
        channel_id: talk.channel.id,
        channel: talk.channel.kind,
        outcome,
    });
    Ok(())
}

/// An answer as one message: what a messenger cannot show beside the words stands in them.
fn message_of(talk: &mut Talk, language: Language, answer: Answer) -> NewOutgoing {
    let is_shown = is_asked_for(talk.channel.kind);
    let mut suggestions = answer.suggestions;
    suggestions.truncate(SUGGESTIONS);
    let (kind, words) = match answer.outcome {
        Outcome::Answered => (Shape::Text, answer.text),
        Outcome::Maybe => {
            let mut words =
                if answer.text.trim().is_empty() { language.these_may_help().to_owned() } else { answer.text };
            if !is_shown {
                for (number, one) in suggestions.iter().enumerate() {
                    let excerpt = cut(&one.excerpt, 300);
                    words += &[&format!("\n\n{}. ", number + 1), one.title.as_str(), "\n", &excerpt].concat();
                }
            }
            (Shape::Maybe, words)
        }
        Outcome::Unknown => {
            let own = talk.channel.set().unknown_message.clone();
            (Shape::Text, own.unwrap_or_else(|| language.unknown().to_owned()))
        }
    };
    let body = labelled(talk, language, cut(&words, LONGEST));
    let known = answer.outcome != Outcome::Unknown;
    let detail = Detail {
        citations: if known { answer.citations } else { Vec::new() },
        suggestions: if answer.outcome == Outcome::Maybe { suggestions } else { Vec::new() },
        confidence: known.then_some(answer.confidence),
        provider: known.then_some(answer.provider),
        ..Detail::default()
    };
    NewOutgoing { kind, detail, ..NewOutgoing::answer(body) }
}
