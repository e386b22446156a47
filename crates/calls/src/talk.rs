//! Our own conversation: every turn is answered once, and a request that comes again gets the same answer.

use std::time::Duration;

use db::{Json, Tx};
use kernel::{Result, Scope, time};
use mind::dialogue::{Lang, Next, Outcome, Reply, Talk, rules};
use ports::calls::CallStatus;

use crate::model::{Call, CallId, Session, State};
use crate::moves::{self, Change};
use crate::placing::{brief, lang_of_number, new_session};
use crate::store::{self, Named, Turn};
use crate::twiml::{self, Then};
use crate::{Calls, phone};

/// How long a language model may think: whoever waits on the phone longer than this hangs up.
const THINKING: Duration = Duration::from_secs(2);
/// What stands in a call that no person answered.
const MACHINE: &str = "An answering machine answered: nobody was spoken to";
/// Whoever rings us within this time after we called them is called back about the same.
const REMEMBERED: i64 = 30 * time::DAY;

/// A call as the telephony's webhooks name it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ringing {
    /// Its name there.
    pub(crate) sid: String,
    /// Our name for it, if it is one of ours.
    pub(crate) ours: Option<CallId>,
    /// Who rang.
    pub(crate) from: Option<String>,
    /// Who was rung.
    pub(crate) to: Option<String>,
    /// Did they ring us?
    pub(crate) inbound: bool,
    /// Did a machine answer, as far as the telephony can tell?
    pub(crate) machine: bool,
}

/// The first words, however often they are asked for.
pub(crate) async fn open(calls: &Calls, ringing: &Ringing) -> Result<String> {
    let scope = Scope::system();
    let known = store::session(scope, &mut calls.app().read().await?, &ringing.sid).await?;
    if let Some(answer) = known.as_ref().and_then(|session| session.answer.clone()) {
        return Ok(answer);
    }
    let mut tx = calls.app().write().await?;
    let Some(mut call) = call_of(calls, &mut tx, ringing).await? else { return Ok(over(Lang::En)) };
    if ringing.machine {
        let change = Change { error: Some(MACHINE.into()), ..Change::to(State::With(CallStatus::NoAnswer)) };
        moves::apply(calls, &mut tx, &mut call, change).await?;
        tx.commit().await?;
        return Ok(twiml::hang_up());
    }
    let session = if let Some(session) = known {
        session
    } else {
        let about = about(&mut tx, &call).await?;
        let lang = about.as_ref().and_then(|(_, creator)| creator.language.as_deref()).map(Lang::of);
        let lang = lang.unwrap_or_else(|| lang_of_number(&call.to_number));
        let mut brief = brief(calls, about.as_ref(), ringing.inbound);
        // A call that comes in is recorded by nobody: Twilio is asked for it where a call is placed.
        brief.recorded = !ringing.inbound && calls.settings().records(&call.to_number);
        let session = new_session(calls, &call, &ringing.sid, brief, lang);
        store::insert_session(scope, &mut tx, &session).await?;
        session
    };
    let lang = if session.lang == "es" { Lang::Es } else { Lang::En };
    let (talk, reply) = Talk::open(&session.brief.0, lang);
    let answer = spoken(calls, &talk, &reply, 1);
    let turn = Turn { talk: &talk, answer: &answer, token: None, over: false };
    if !store::turn(scope, &mut tx, &session, &turn, calls.app().clock().now()).await? {
        return again(&mut tx, &ringing.sid, lang).await;
    }
    if call.rings || ringing.inbound {
        moves::apply(calls, &mut tx, &mut call, Change::to(State::With(CallStatus::InProgress))).await?;
    }
    tx.commit().await?;
    Ok(answer)
}

/// The next words after what was heard. `turn` is which of ours they answer, `token` how the request calls itself.
pub(crate) async fn hear(
    calls: &Calls,
    ringing: &Ringing,
    said: &str,
    turn: Option<u32>,
    token: Option<&str>,
) -> Result<String> {
    let scope = Scope::system();
    let known = store::session(scope, &mut calls.app().read().await?, &ringing.sid).await?;
    let Some(session) = known else { return open(calls, ringing).await };
    let Some(Json(talk)) = &session.talk else { return open(calls, ringing).await };
    let is_repeat =
        turn.is_some_and(|turn| turn < session.turn) || token.is_some() && token == session.token.as_deref();
    if is_repeat && let Some(answer) = &session.answer {
        return Ok(answer.clone());
    }
    if session.ended_at.is_some() {
        return Ok(over(talk.lang));
    }
    let brief = &session.brief.0;
    let mut next = talk.clone();
    let mut reply = next.hear(brief, said);
    if reply.may_be_worded
        && let Some(line) = worded(calls, &session, &mut next, &reply).await
    {
        reply.say = line;
    }
    let answer = spoken(calls, &next, &reply, session.turn + 1);
    let is_over = reply.next != Next::Listen;
    let mut tx = calls.app().write().await?;
    // Always in this order: the call, the session, the entry.
    let call = if is_over { store::take(scope, &mut tx, Named::Id(session.call_id)).await? } else { None };
    let written = Turn { talk: &next, answer: &answer, token, over: is_over };
    if !store::turn(scope, &mut tx, &session, &written, calls.app().clock().now()).await? {
        return again(&mut tx, &ringing.sid, talk.lang).await;
    }
    if let Some(mut call) = call {
        finish(calls, &mut tx, &mut call, &session, &next).await?;
    }
    tx.commit().await?;
    Ok(answer)
}

/// A talk is over: what it came to goes into the entry, and what the law asks for is done.
async fn finish(calls: &Calls, tx: &mut Tx, call: &mut Call, session: &Session, talk: &Talk) -> Result<()> {
    if talk.outcome == Some(Outcome::StopCalling) {
        moves::stop_calling(tx, calls.app().clock(), &call.to_number).await?;
    }
    let mut change = moves::ended(talk, &session.brief.0);
    if talk.outcome == Some(Outcome::Voicemail) {
        change.state = Some(State::With(CallStatus::NoAnswer));
        change.error = Some(MACHINE.into());
    } else if !calls.telephony().is_real() {
        // No telephony tells us of the end of a call that it does not make.
        change.state = Some(State::With(CallStatus::Completed));
    }
    moves::apply(calls, tx, call, change).await.map(drop)
}

/// The call is over, or somebody ends it: a talk that had begun is kept as far as it came. False if the session was over.
pub(crate) async fn end(calls: &Calls, tx: &mut Tx, call: &mut Call, sid: &str) -> Result<bool> {
    let scope = Scope::system();
    let session = store::session(scope, tx, sid).await?;
    if !store::end(scope, tx, sid, calls.app().clock().now()).await? {
        return Ok(false);
    }
    if let Some(session) = &session
        && let Some(Json(talk)) = &session.talk
    {
        moves::apply(calls, tx, call, moves::ended(talk, &session.brief.0)).await?;
    }
    Ok(true)
}

/// What was answered by whoever was quicker: asked in the transaction that lost, which sees what won.
async fn again(tx: &mut Tx, sid: &str, lang: Lang) -> Result<String> {
    let session = store::session(Scope::system(), tx, sid).await?;
    Ok(session.and_then(|session| session.answer).unwrap_or_else(|| over(lang)))
}

fn over(lang: Lang) -> String {
    let line = match lang {
        Lang::En => "Thank you, and goodbye.",
        Lang::Es => "Gracias, y adiós.",
    };
    twiml::say(line, lang, &Then::HangUp)
}

fn spoken(calls: &Calls, talk: &Talk, reply: &Reply, turn: u32) -> String {
    let (gather, partial) = (calls.hook(&format!("gather?turn={turn}")), calls.hook("partial"));
    let handover = calls.settings().handover.as_deref();
    let then = match (reply.next, handover) {
        (Next::Listen, _) => Then::Listen { gather: &gather, partial: &partial, model: &calls.settings().speech_model },
        (Next::HandOver, Some(number)) => Then::Dial(number),
        (Next::HandOver | Next::End, _) => Then::HangUp,
    };
    twiml::say(&reply.say, talk.lang, &then)
}

/// The line in a language model's words, if it is quick and keeps every rule.
async fn worded(calls: &Calls, session: &Session, talk: &mut Talk, reply: &Reply) -> Option<String> {
    let llm = calls.llm()?;
    let brief = &session.brief.0;
    let (instructions, prompt) = (rules::instructions(brief, talk.lang), rules::prompt(brief, talk, reply));
    let answer = match tokio::time::timeout(THINKING, llm.answer_json(&instructions, &prompt)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            tracing::warn!(model = llm.name(), %error, "the local dialogue goes on");
            return None;
        }
        Err(_) => {
            tracing::warn!(model = llm.name(), "took too long; the local dialogue goes on");
            return None;
        }
    };
    match rules::judge(&answer, brief, talk, reply) {
        Ok(worded) => {
            talk.take_over(worded.timeline.as_deref(), &worded.content_types);
            talk.reword(&worded.say, llm.name());
            Some(worded.say)
        }
        Err(rule) => {
            tracing::warn!(model = llm.name(), rule, "a line was not said; the local dialogue goes on");
            None
        }
    }
}

/// The call of a webhook, taken for a change; a call that came in is written down.
pub(crate) async fn call_of(calls: &Calls, tx: &mut Tx, ringing: &Ringing) -> Result<Option<Call>> {
    let scope = Scope::system();
    if let Some(mut call) = store::take_by_sid(scope, tx, &ringing.sid, ringing.ours).await? {
        // The webhook may come before the answer that names the call.
        let sid = Some(ringing.sid.clone()).filter(|_| call.call_sid.is_none());
        moves::apply(calls, tx, &mut call, Change { sid, ..Change::default() }).await?;
        return Ok(Some(call));
    }
    let number = ringing.from.as_deref().and_then(phone::parse);
    let (true, Some(number)) = (ringing.inbound, number) else { return Ok(None) };
    let clock = calls.app().clock();
    let now = clock.now();
    let earlier = store::by_number(scope, tx, &number, now.plus(-REMEMBERED)).await?;
    let mut call = Call {
        id: clock.new_id(),
        workspace_id: earlier.as_ref().and_then(|call| call.workspace_id),
        outreach_id: earlier.as_ref().and_then(|call| call.outreach_id),
        campaign_id: earlier.as_ref().and_then(|call| call.campaign_id),
        creator_id: earlier.as_ref().and_then(|call| call.creator_id),
        kind: "talk".into(),
        provider: calls.telephony().name().into(),
        rings: calls.telephony().is_real(),
        direction: "inbound".into(),
        conversation_id: None,
        call_sid: Some(ringing.sid.clone()),
        to_number: number,
        from_number: ringing.to.clone(),
        status: State::With(CallStatus::Ringing),
        asked_once: None,
        requested_by: None,
        would_be_refused: None,
        error: None,
        duration_seconds: None,
        recording_sid: None,
        conversation: None,
        look_at: calls.telephony().is_real().then(|| now.plus(moves::LOOK)),
        created_at: now,
        updated_at: now,
        ended_at: None,
    };
    if let Some((campaign, creator)) = about(tx, &call).await? {
        call.outreach_id = Some(outreach::store::for_call(scope, tx, clock, &campaign, creator.id).await?.id);
    }
    store::insert(scope, tx, &call).await?;
    Ok(Some(call))
}

/// The campaign and the creator of a call, if they are still there.
async fn about(tx: &mut Tx, call: &Call) -> Result<Option<(campaigns::Campaign, creators::Creator)>> {
    let scope = Scope::system();
    let (Some(campaign), Some(creator)) = (call.campaign_id, call.creator_id) else { return Ok(None) };
    let campaign = match campaigns::find(scope, tx, &campaign.to_string()).await {
        Ok(campaign) => campaign,
        Err(error) if error.kind() == kernel::Kind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(creators::store::by_id(scope, tx, creator).await?.map(|creator| (campaign, creator)))
}
