//! What is done about a member's message before any answer is looked for, in the transaction that takes it in.

use db::Tx;
use kernel::{Error, Result};

use super::answer::want_answer;
use super::words::{self, Asks};
use crate::Channels;
use crate::conversations::{Handler, SCORE, Talk, Why, call, end_survey};
use crate::members::is_asked_for;
use crate::messages::outgoing::{self, NewOutgoing};
use crate::messages::{Message, Shape};
use crate::ports::Heard;

/// Stop words first, whoever has the conversation; then how it was; then who answers.
pub(crate) async fn react(channels: &Channels, tx: &mut Tx, talk: &mut Talk, message: &Message) -> Result<()> {
    let asks = match message.kind {
        Shape::Text | Shape::Button => words::asks(&message.body),
        _ => Asks::Other,
    };
    let about = (Some(talk.channel.kind), audience::Purpose::Any);
    let language = talk.language(Some(&message.body));
    let at = message.created_at;
    if asks == Asks::Stop {
        let how = format!("{} on {}", message.body.trim().chars().take(80).collect::<String>(), talk.channel.kind);
        let is_new = audience::members::opt_out(tx, &talk.member, about, &how, at).await?;
        talk.withhold_automatic(channels, tx).await?;
        settled(talk);
        if is_new {
            outgoing::queue(channels, tx, talk, NewOutgoing::notice(language.stopped())).await?;
        }
        return Ok(());
    }
    if asks == Asks::Start {
        let has_stopped =
            !audience::members::may(tx, &talk.member, talk.channel.kind, audience::Purpose::Any).await?.may_answer();
        settled(talk);
        if has_stopped {
            let how = format!("{} on {}", message.body.trim().chars().take(80).collect::<String>(), talk.channel.kind);
            audience::members::opt_in(tx, &talk.member, about, &how, at).await?;
            outgoing::queue(channels, tx, talk, NewOutgoing::notice(language.started())).await?;
        } else if talk.conversation.handler == Handler::Bot {
            greet(channels, tx, talk, message).await?;
        }
        return Ok(());
    }
    if let Some(score) = score_of(talk, message)
        && let Some(id) = talk.conversation.surveyed_id
    {
        settled(talk);
        return end_survey(channels, tx, talk, id, score, None).await;
    }
    if is_taken(channels, tx, talk, message).await? {
        settled(talk);
        return Ok(());
    }
    match talk.conversation.handler {
        Handler::Bot => by_bot(channels, tx, talk, message, asks).await,
        // The machine drafts what it would have said.
        Handler::Queue | Handler::Human => want_answer(channels, tx, talk).await,
    }
}

/// Does a program, or whoever else writes unasked, take the message for an answer to what they said?
async fn is_taken(channels: &Channels, tx: &mut Tx, talk: &mut Talk, message: &Message) -> Result<bool> {
    for follower in channels.followers() {
        if !follower.listens(tx, &talk.member).await? {
            continue;
        }
        // They may write into the conversation themselves.
        talk.save(tx).await?;
        let heard = Heard {
            member: talk.member.clone(),
            channel_id: talk.channel.id,
            conversation_id: talk.conversation.id,
            message: message.clone(),
            handler: talk.conversation.handler,
        };
        let is_taken = follower.heard(tx, &heard).await?;
        let reread = Talk::load(tx, talk.conversation.id).await?;
        *talk = reread.ok_or_else(|| Error::conflict("The conversation was erased meanwhile"))?;
        if is_taken {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Nobody has to answer it.
fn settled(talk: &mut Talk) {
    talk.conversation.answered_seq = talk.conversation.in_seq;
    talk.conversation.waiting_since = None;
}

/// The score that a message is, where the member was asked how it was.
fn score_of(talk: &Talk, message: &Message) -> Option<u8> {
    let asked = talk.conversation.survey_until.is_some_and(|until| until > message.created_at);
    if !asked || talk.conversation.surveyed_id.is_none() {
        return None;
    }
    let pressed = message.detail.0.pressed.as_deref().and_then(|id| id.strip_prefix(SCORE)).and_then(words::score);
    pressed.or_else(|| words::score(&message.body))
}

async fn greet(channels: &Channels, tx: &mut Tx, talk: &mut Talk, message: &Message) -> Result<()> {
    let language = talk.language(Some(&message.body));
    let welcome = talk.channel.set().welcome_message.clone().unwrap_or_else(|| language.hello().to_owned());
    let words = super::answer::labelled(talk, language, welcome);
    outgoing::queue(channels, tx, talk, NewOutgoing::answer(words)).await?;
    settled(talk);
    Ok(())
}

async fn by_bot(channels: &Channels, tx: &mut Tx, talk: &mut Talk, message: &Message, asks: Asks) -> Result<()> {
    let language = talk.language(Some(&message.body));
    let why = match asks {
        _ if talk.channel.set().automated == Some(false) => Some(Why::Owner),
        Asks::Person => Some(Why::Asked),
        Asks::Upset => Some(Why::Negative),
        _ => None,
    };
    if let Some(why) = why {
        let called = call(channels, tx, talk, why, &message.body).await?;
        if called && why != Why::Owner {
            let words = talk.channel.set().handoff_message.clone().unwrap_or_else(|| language.handed_over().to_owned());
            outgoing::queue(channels, tx, talk, NewOutgoing::notice(words)).await?;
        }
        return want_answer(channels, tx, talk).await;
    }
    if message.kind == Shape::Unsupported {
        // A sign below a message, a contact: nothing that wants an answer.
        if matches!(message.detail.0.what.as_deref(), Some("reaction" | "contacts" | "form")) {
            settled(talk);
            return Ok(());
        }
    }
    match asks {
        Asks::Greeting => greet(channels, tx, talk, message).await,
        Asks::Thanks => {
            // Each message costs on WhatsApp, and thanks want no answer.
            settled(talk);
            Ok(())
        }
        _ if message.body.trim().is_empty() => {
            let words = super::answer::labelled(talk, language, language.words_only().to_owned());
            outgoing::queue(channels, tx, talk, NewOutgoing::answer(words)).await?;
            settled(talk);
            Ok(())
        }
        _ => {
            if is_asked_for(talk.channel.kind) {
                channels.live().typing(talk.conversation.id, "bot", true);
            }
            want_answer(channels, tx, talk).await
        }
    }
}
