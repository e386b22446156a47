//! Placing a call: written down, then asked for once, then its answer written down.

use axum::http::StatusCode;
use axum::response::Response;
use campaigns::Campaign;
use db::{Json, Tx};
use http_base::idempotency::{Begun, Once, Ticket};
use kernel::{AccountId, CreatorId, Error, Kind, Result, Scope, WorkspaceId};
use mind::dialogue::{Brief, Lang};
use outreach::{CallStatus as EntryStatus, Entry};
use ports::calls::{AgentCall, CallStatus, NewCall, Unplaced};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::gate::Refusals;
use crate::model::{Call, CallId, Session, State};
use crate::moves::{self, Change, LOOK};
use crate::store::{self, Named};
use crate::{Calls, phone};

/// What puts those in order who want to ring somebody, so that each counts the calls before its own.
const TOPIC: &str = "calls";

/// A call that is wanted.
pub(crate) struct Wanted {
    /// Does the provider's agent lead it?
    pub(crate) by_agent: bool,
    /// Whom to ring.
    pub(crate) number: String,
    /// For which campaign, with whom.
    pub(crate) about: Option<(Campaign, creators::Creator)>,
    /// Whose it is.
    pub(crate) workspace: Option<WorkspaceId>,
    /// Who asked for it.
    pub(crate) by: Option<AccountId>,
}

/// A request for a call, as it came: sent again with the same key, it is one request.
pub(crate) struct Asked<'a> {
    pub(crate) caller: &'a kernel::Caller,
    pub(crate) once: &'a Once,
    pub(crate) sent: &'a Map<String, Value>,
}

/// What became of a request for a call.
pub(crate) enum Placed {
    /// It was answered before.
    Answered(Response),
    /// The call, and the right to [answer](answer) the request.
    Call(Box<Call>, Ticket),
}

/// Places a call, unless one was asked for by the same request.
pub(crate) async fn place(calls: &Calls, asked: Asked<'_>, wanted: Wanted) -> Result<Placed> {
    if !wanted.by_agent && calls.telephony().is_real() {
        calls.reachable_base()?;
    }
    let (call, ticket) = match begin(calls, &asked, &wanted).await? {
        Begin::New(call, ticket) => (call, ticket),
        Begin::Known(placed) => return Ok(placed),
    };
    let mut brief = brief(calls, wanted.about.as_ref(), false);
    brief.recorded = calls.settings().records(&wanted.number);
    let lang = language(&wanted);
    let asked =
        if wanted.by_agent { ask_agent(calls, &call, &brief, lang).await } else { ask_telephony(calls, &call).await };
    match settle(calls, call.id, asked, &brief, lang).await {
        Ok(call) => Ok(Placed::Call(Box::new(call), ticket)),
        Err(error) => {
            release(calls, ticket).await?;
            Err(error)
        }
    }
}

/// Answers a request, and any other with its key.
pub(crate) async fn answer(calls: &Calls, ticket: Ticket, body: &(impl Serialize + Sync)) -> Result<Response> {
    let mut tx = calls.app().write().await?;
    let answer = ticket.keep(&mut tx, StatusCode::OK, body).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Leaves a request without an answer: when it comes again, it is told what became of its call by then.
pub(crate) async fn release(calls: &Calls, ticket: Ticket) -> Result<()> {
    let mut tx = calls.app().write().await?;
    ticket.release(&mut tx).await?;
    tx.commit().await
}

enum Begin {
    New(Box<Call>, Ticket),
    Known(Placed),
}

/// Writes the call down, if the gate lets it through.
async fn begin(calls: &Calls, asked: &Asked<'_>, wanted: &Wanted) -> Result<Begin> {
    let (clock, scope) = (calls.app().clock(), asked.caller.scope());
    let (provider, rings) = if wanted.by_agent {
        (calls.agent().name(), calls.agent().is_real())
    } else {
        (calls.telephony().name(), calls.telephony().is_real())
    };
    let now = clock.now();
    let mut tx = calls.app().write().await?;
    let ticket = match asked.once.begin(&mut tx, asked.caller, asked.sent, now).await? {
        Begun::Answered(answer) => return Ok(Begin::Known(Placed::Answered(answer))),
        Begun::Go(ticket) => ticket,
    };
    let key = ticket.name();
    if let (true, Some(key)) = (ticket.resumed(), &key)
        && let Some(known) = store::asked_once(scope, &mut tx, key).await?
    {
        tx.commit().await?;
        return Ok(Begin::Known(Placed::Call(Box::new(known), ticket)));
    }
    let creator = wanted.about.as_ref().map(|(_, creator)| creator.id);
    let whom = (wanted.number.as_str(), creator);
    if rings {
        // Whoever asks at the same time waits here, and counts this call.
        tx.next_version(TOPIC).await?;
    }
    let refusals = Refusals::find(scope, &mut tx, calls.settings(), wanted.workspace, whom, now).await?;
    if rings {
        refusals.refuse()?;
    }
    let id: CallId = clock.new_id();
    let entry = match &wanted.about {
        Some((campaign, creator)) => Some(entry(calls, scope, &mut tx, campaign, creator.id).await?),
        None => None,
    };
    let mut call = Call {
        id,
        workspace_id: wanted.workspace,
        outreach_id: entry.as_ref().map(|entry| entry.id),
        campaign_id: wanted.about.as_ref().map(|(campaign, _)| campaign.id),
        creator_id: creator,
        kind: if wanted.by_agent { "agent" } else { "talk" }.into(),
        provider: provider.into(),
        rings,
        direction: "outbound-api".into(),
        conversation_id: None,
        call_sid: None,
        to_number: wanted.number.clone(),
        from_number: (!wanted.by_agent).then(|| calls.telephony().number().map(str::to_owned)).flatten(),
        status: State::Asked,
        asked_once: key,
        requested_by: wanted.by,
        would_be_refused: (!rings).then(|| Json(refusals.reasons())),
        error: None,
        duration_seconds: None,
        recording_sid: None,
        conversation: None,
        look_at: rings.then(|| now.plus(LOOK)),
        created_at: now,
        updated_at: now,
        ended_at: None,
    };
    store::insert(scope, &mut tx, &call).await?;
    if let Some(mut entry) = entry {
        if wanted.by_agent {
            entry.conversation_id = Some(id.to_string());
        }
        entry.message_type.get_or_insert(outreach::MessageType::Outreach);
        let event = outreach::store::CallEvent {
            provider: moves::provider(provider),
            provider_id: Some(id.to_string()),
            status: EntryStatus::Pending,
            by: wanted.by,
            address: Some(wanted.number.clone()),
            summary: None,
            detail: json!({"would_be_refused": call.would_be_refused.as_ref().map(|reasons| &reasons.0)}),
        };
        outreach::store::record_call(scope, &mut tx, clock, &mut entry, event).await?;
        call.outreach_id = Some(entry.id);
    }
    tx.commit().await?;
    Ok(Begin::New(Box::new(call), ticket))
}

/// The entry that a call belongs to. One whose last call was a mock one, which nobody heard, is used again.
async fn entry(calls: &Calls, scope: Scope, tx: &mut Tx, campaign: &Campaign, creator: CreatorId) -> Result<Entry> {
    let last = store::last_mock_of(scope, tx, campaign.id, creator).await?;
    if let Some(id) = last.and_then(|call| call.outreach_id)
        && let Some(entry) = outreach::store::take(scope, tx, id).await?
        && entry.call() == EntryStatus::Initiated
    {
        return Ok(entry);
    }
    outreach::store::for_call(scope, tx, calls.app().clock(), campaign, creator).await
}

/// What a talk about a campaign is about.
pub(crate) fn brief(calls: &Calls, about: Option<&(Campaign, creators::Creator)>, inbound: bool) -> Brief {
    let can_hand_over = calls.settings().handover.is_some();
    let Some((campaign, creator)) = about else { return Brief { can_hand_over, inbound, ..Brief::default() } };
    Brief {
        brand: Some(campaign.brand_name.clone()),
        product: Some(campaign.product_name.clone()),
        description: campaign.product_description.clone(),
        goal: campaign.campaign_goal.clone(),
        creator: Some(creator.name.clone()),
        budget_minor: Some(campaign.total_budget.minor()),
        can_hand_over,
        inbound,
        recorded: false,
    }
}

fn language(wanted: &Wanted) -> Lang {
    let told = wanted.about.as_ref().and_then(|(_, creator)| creator.language.as_deref());
    // Without a creator, the country of the number is all there is to go by.
    told.map_or_else(|| lang_of_number(&wanted.number), Lang::of)
}

/// The language that is spoken where a number is from, as far as we speak it.
pub(crate) fn lang_of_number(number: &str) -> Lang {
    const SPANISH: [&str; 20] = [
        "ES", "MX", "AR", "BO", "CL", "CO", "CR", "CU", "DO", "EC", "SV", "GT", "HN", "NI", "PA", "PY", "PE", "UY",
        "VE", "GQ",
    ];
    if phone::country(number).is_some_and(|code| SPANISH.contains(&code)) { Lang::Es } else { Lang::En }
}

async fn ask_telephony(calls: &Calls, call: &Call) -> Result<Change, Unplaced> {
    let hook = |path: &str| format!("{}/api/v1/voice-call/{path}?call={}", calls.base(), call.id);
    let new = NewCall {
        to: call.to_number.clone(),
        voice_url: hook("voice"),
        status_url: hook("status"),
        recording_url: calls.settings().records(&call.to_number).then(|| hook("recording")),
        most_seconds: calls.settings().most_minutes * 60,
    };
    let placed = calls.telephony().place(&new).await?;
    Ok(Change { sid: Some(placed.sid), ..Change::to(State::With(placed.status)) })
}

async fn ask_agent(calls: &Calls, call: &Call, brief: &Brief, lang: Lang) -> Result<Change, Unplaced> {
    let variables = json!({
        "call_id": call.id,
        "brand_name": brief.brand,
        "product_name": brief.product,
        "product_description": brief.description,
        "campaign_goal": brief.goal,
        "creator_name": brief.creator,
        "language": lang,
        // For the agent's first words: what is empty is said of no call.
        "recording_notice": if brief.recorded { mind::dialogue::recording_notice(lang) } else { "" },
    });
    let variables = variables.as_object().map(|all| {
        all.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), value.clone())).collect()
    });
    let new = AgentCall {
        reference: call.id.to_string(),
        to: call.to_number.clone(),
        variables: variables.unwrap_or_default(),
        record: brief.recorded,
    };
    let placed = calls.agent().place(&new).await?;
    let state = if calls.agent().is_real() { CallStatus::Initiated } else { CallStatus::MockCompleted };
    Ok(Change { sid: placed.call_sid, conversation_id: placed.conversation_id, ..Change::to(State::With(state)) })
}

/// Writes the provider's answer down; a webhook may have told it before.
async fn settle(calls: &Calls, id: CallId, asked: Result<Change, Unplaced>, brief: &Brief, lang: Lang) -> Result<Call> {
    let scope = Scope::system();
    let (mut change, failed) = match asked {
        Ok(change) => (change, None),
        Err(Unplaced::Refused(error)) => {
            let told = Some(error.message().to_owned());
            (Change { error: told, ..Change::to(State::With(CallStatus::Failed)) }, Some(error))
        }
        Err(Unplaced::Unknown(error)) => {
            let message = format!(
                "{}. Whether it rings is not known: it is not asked for again, and what became of it is looked up within minutes",
                error.message()
            );
            let told = Error::new(Kind::Provider, message).because(error.context().unwrap_or_default());
            (Change { error: Some(told.message().to_owned()), ..Change::default() }, Some(told))
        }
    };
    let mut tx = calls.app().write().await?;
    let call = store::take(scope, &mut tx, Named::Id(id)).await?;
    let mut call = call.ok_or_else(|| Error::internal("a call that was just written is not there"))?;
    if let Some(sid) = &change.sid
        && call.call_sid.as_ref() != Some(sid)
        && store::sid_is_taken(scope, &mut tx, sid).await?
    {
        // Only mock calls share a name: as C shows it, it is made of the number alone.
        change.sid = Some(format!("{sid}_{id}"));
    }
    if call.kind == "talk"
        && let Some(sid) = change.sid.clone().or_else(|| call.call_sid.clone())
    {
        let session = new_session(calls, &call, &sid, brief.clone(), lang);
        store::insert_session(scope, &mut tx, &session).await?;
    }
    moves::apply(calls, &mut tx, &mut call, change).await?;
    tx.commit().await?;
    match failed {
        Some(error) => Err(error),
        None => Ok(call),
    }
}

/// A talk that has not begun.
pub(crate) fn new_session(calls: &Calls, call: &Call, sid: &str, brief: Brief, lang: Lang) -> Session {
    let now = calls.app().clock().now();
    Session {
        sid: sid.to_owned(),
        call_id: call.id,
        workspace_id: call.workspace_id,
        brief: Json(brief),
        lang: lang_word(lang).into(),
        talk: None,
        turn: 0,
        token: None,
        answer: None,
        partial: None,
        created_at: now,
        updated_at: now,
        ended_at: None,
    }
}

pub(crate) fn lang_word(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Es => "es",
    }
}
