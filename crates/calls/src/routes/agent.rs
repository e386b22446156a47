//! Calls that the provider's agent leads.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use campaigns::Campaign;
use db::Json as Stored;
use http_base::idempotency::{IdempotencyKey, Once};
use http_base::{Answer, Body, Caller, Named, Signed, Webhook};
use input::Input;
use kernel::{CreatorId, Error, Kind, OutreachId, Result, Scope, Timestamp};
use ports::calls::{AgentEvent, AgentNews, Finding, Line};
use ports::webhook::Scheme;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::model::{Call, CallId};
use crate::moves::found;
use crate::phone::phone_number;
use crate::placing::{self, Asked, Placed, Wanted};
use crate::{Calls, store};

/// The largest webhook of the provider's, in bytes: a long transcript, or the sound of a long call, which is acknowledged and not kept.
pub(super) const MOST_BYTES: usize = 48 << 20;

/// The webhook of the provider.
pub(super) struct ElevenLabs;

impl Webhook<Calls> for ElevenLabs {
    const MOST_BYTES: usize = MOST_BYTES;

    fn scheme(calls: &Calls) -> &dyn Scheme {
        calls.agent().scheme()
    }
}

/// The campaign and the creator that a call is about. A 404 names what is not there.
pub(super) async fn about(
    calls: &Calls,
    scope: Scope,
    campaign: &str,
    creator: CreatorId,
) -> Result<(Campaign, creators::Creator)> {
    let mut tx = calls.app().read().await?;
    let campaign = campaigns::find(scope, &mut tx, campaign).await?;
    let creator = creators::store::by_id(scope, &mut tx, creator).await?;
    Ok((campaign, creator.ok_or_else(|| Error::not_found("Creator"))?))
}

/// A call that an agent is to make.
#[derive(Input)]
#[input(name = "InitiateCall")]
pub(super) struct InitiateInput {
    /// The campaign: its id or code.
    #[input(text(100), example = "CAMP-001")]
    campaign_id: String,
    /// The creator to call.
    #[input(id, alias = "influencer_id")]
    creator_id: CreatorId,
    /// The number to call, with its country code.
    #[input(phone_number(), example = "+14155550123")]
    phone_number: String,
}

/// A call was started.
#[derive(Serialize, ToSchema)]
#[schema(as = InitiatedCall)]
pub(super) struct Initiated {
    /// Always true.
    success: bool,
    /// The provider's conversation; the same as `call_id` where the provider tells its own only later.
    conversation_id: String,
    /// The log entry of the call.
    outreach_id: Option<OutreachId>,
    /// Always `initiated`.
    call_status: &'static str,
    /// The same in a sentence.
    message: String,
    /// The call's id.
    call_id: CallId,
    /// What makes the call: `mock` or `elevenlabs`.
    #[schema(example = "mock")]
    provider: String,
    /// Of a mock call: why a real one would be refused now. Empty if it would be made.
    would_be_refused: Vec<String>,
}

/// Start a call by an agent
///
/// An agent of ElevenLabs calls the creator; what the call brings out goes into the outreach log. The call is refused without a recorded
/// consent (403), to a number on the do-not-call list (403), outside the calling hours of the number's country (409), and while the number
/// is being called (409). A mock call rings nobody: it is always made, and tells why a real one would be refused. With an
/// `Idempotency-Key` header the same request makes one call, however often it is made.
#[utoipa::path(post, path = "/api/v1/outreach/call/initiate", tag = "Outreach calls", request_body = InitiateInput,
    params(IdempotencyKey), responses(
    (status = 200, description = "The call was started", body = Initiated),
    (status = 403, description = "There is no consent, or the number must not be called"),
    (status = 404, description = "There is no such campaign or creator"),
    (status = 409, description = "It is no hour for calls there, or the number is being called"),
    (status = 502, description = "The provider failed; the message says what to do"),
))]
pub(super) async fn initiate(
    State(calls): State<Calls>,
    caller: Caller,
    once: Once,
    Body { input, sent }: Body<InitiateInput>,
) -> Answer<Response> {
    let scope = caller.scope();
    let about = about(&calls, scope, &input.campaign_id, input.creator_id).await?;
    let name = about.1.name.clone();
    let wanted = Wanted {
        by_agent: true,
        number: input.phone_number,
        workspace: Some(about.0.workspace_id),
        about: Some(about),
        by: caller.account().map(|account| account.id),
    };
    let asked = Asked { caller: &caller, once: &once, sent: &sent };
    let (call, ticket) = match placing::place(&calls, asked, wanted).await? {
        Placed::Answered(answer) => return Ok(answer),
        Placed::Call(call, ticket) => (call, ticket),
    };
    if let (Some(error), None) = (&call.error, &call.conversation_id) {
        placing::release(&calls, ticket).await?;
        return Err(Error::new(Kind::Provider, error.clone()).into());
    }
    let message = if call.rings {
        format!("Call to {name} initiated successfully")
    } else {
        format!("Mock call to {name} initiated successfully; nobody is rung")
    };
    let body = Initiated {
        success: true,
        conversation_id: call.conversation_id.unwrap_or_else(|| call.id.to_string()),
        outreach_id: call.outreach_id,
        call_status: "initiated",
        message,
        call_id: call.id,
        provider: call.provider,
        would_be_refused: call.would_be_refused.map(|Stored(reasons)| reasons).unwrap_or_default(),
    };
    Ok(placing::answer(&calls, ticket, &body).await?)
}

/// What a call brought out.
#[derive(Serialize, ToSchema)]
#[schema(as = CallAnalysis)]
pub(super) struct Analysed {
    /// The provider's conversation, or the call's id where the provider has told none yet.
    conversation_id: String,
    /// How the conversation stands: `initiated`, `in-progress`, `processing`, `done` or `failed`; before the provider tells, how the call
    /// stands.
    #[schema(example = "done")]
    status: String,
    /// How long the call took, in seconds.
    duration_seconds: Option<u64>,
    /// Whether it succeeded: `success`, `failure` or `unknown`; null before it is analysed.
    call_successful: Option<String>,
    /// A summary of what was said.
    summary: Option<String>,
    /// How the agent judges the call.
    evaluation_results: Evaluation,
    /// What the agent learned from the call.
    extracted_data: Extracted,
    /// Who said what, in order.
    transcript: Vec<Said>,
    /// The log entry of the call.
    outreach_id: Option<OutreachId>,
    /// What made the call: `mock` or `elevenlabs`.
    #[schema(example = "mock")]
    provider: String,
}

/// Something that was said in a call.
#[derive(Serialize, ToSchema)]
#[schema(as = CallTurn)]
struct Said {
    /// Who said it: `agent` or `user`.
    #[schema(example = "agent")]
    role: String,
    /// What was said.
    message: String,
    /// When, in seconds from the start of the call.
    time_in_call_secs: Option<u64>,
}

impl From<Line> for Said {
    fn from(line: Line) -> Self {
        Self { role: line.role, message: line.message, time_in_call_secs: line.time_in_call_secs }
    }
}

/// How the agent judges a call, by its criteria; null where it has no such criterion.
#[derive(Serialize, ToSchema)]
#[schema(as = CallEvaluation)]
struct Evaluation {
    /// The creator's interest.
    interest_assessment: Option<Judgement>,
    /// How well they understood each other.
    communication_quality: Option<Judgement>,
    /// Whether the agent learned what it was to find out.
    information_gathering: Option<Judgement>,
    /// What comes next.
    next_steps: Option<Judgement>,
}

/// A judgement by one criterion.
#[derive(Serialize, ToSchema)]
#[schema(as = CallJudgement)]
struct Judgement {
    /// The result, as the provider tells it: `success`, `failure`, `unknown` or another value.
    result: Value,
    /// The reasons for it.
    rationale: Option<String>,
}

/// What the agent learned from a call; null where it learned nothing.
#[derive(Serialize, ToSchema)]
#[schema(as = CallData)]
struct Extracted {
    /// The creator's interest.
    interest_level: Option<String>,
    /// The rate that the creator named.
    collaboration_rate: Option<String>,
    /// What the creator likes to make.
    content_preferences: Option<String>,
    /// When the creator has time.
    timeline: Option<String>,
    /// How the creator wants to be contacted.
    contact_info: Option<String>,
    /// What is to be done next.
    follow_up_actions: Option<String>,
}

fn analysed(call: Call) -> Analysed {
    let told = call.conversation.map(|Stored(conversation)| conversation);
    let analysis = told.as_ref().and_then(|told| told.analysis.clone()).unwrap_or_default();
    let result = |finding: &Finding| Judgement { result: finding.value.clone(), rationale: finding.rationale.clone() };
    let criterion = |name: &str| analysis.criteria.get(name).map(result);
    let data = |names: &[&str]| {
        found(&analysis.data, names).map(|finding| match &finding.value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    };
    Analysed {
        conversation_id: call.conversation_id.unwrap_or_else(|| call.id.to_string()),
        status: told.as_ref().map_or_else(|| call.status.word().to_owned(), |told| told.status.word().to_owned()),
        duration_seconds: call.duration_seconds,
        call_successful: analysis.call_successful.clone(),
        summary: analysis.summary.clone(),
        evaluation_results: Evaluation {
            interest_assessment: criterion("interest_assessment"),
            communication_quality: criterion("communication_quality"),
            information_gathering: criterion("information_gathering"),
            next_steps: criterion("next_steps"),
        },
        extracted_data: Extracted {
            interest_level: data(&["interest_level"]),
            collaboration_rate: data(&["collaboration_rate", "rate"]),
            content_preferences: data(&["content_preferences", "preferred_content_types"]),
            timeline: data(&["timeline", "timeline_availability"]),
            contact_info: data(&["contact_info", "contact_preferences"]),
            follow_up_actions: data(&["follow_up_actions"]),
        },
        transcript: told.map(|told| told.transcript).unwrap_or_default().into_iter().map(Said::from).collect(),
        outreach_id: call.outreach_id,
        provider: call.provider,
    }
}

/// Get the analysis of a call
///
/// What a call by an agent brought out. Until the provider has analysed the call it is asked for news, which go into the outreach log.
#[utoipa::path(get, path = "/api/v1/outreach/call/{conversation_id}/analysis", tag = "Outreach calls",
    params(("conversation_id" = String, Path, description = "The provider's conversation, or the call's id")), responses(
    (status = 200, description = "What the call brought out", body = Analysed),
    (status = 502, description = "The provider failed; the message says what to do"),
))]
pub(super) async fn analysis(State(calls): State<Calls>, caller: Caller, name: Named) -> Answer<Json<Analysed>> {
    let scope = caller.scope();
    let call = find(&calls, scope, &name.0).await?;
    let is_done = call.look_at.is_none();
    if !call.rings || is_done {
        return Ok(Json(analysed(call)));
    }
    if let Some(id) = &call.conversation_id
        && let Some(conversation) = calls.agent().conversation(id).await?
    {
        crate::sync::take_in(&calls, scope, conversation, None).await?;
        return Ok(Json(analysed(find(&calls, scope, &name.0).await?)));
    }
    Ok(Json(analysed(call)))
}

async fn find(calls: &Calls, scope: Scope, name: &str) -> Result<Call> {
    let mut tx = calls.app().read().await?;
    let by_conversation = store::by_name(scope, &mut tx, store::Named::Conversation(name)).await?;
    let found = match (by_conversation, name.parse::<CallId>()) {
        (None, Ok(id)) => store::by_name(scope, &mut tx, store::Named::Id(id)).await?,
        (found, _) => found,
    };
    found.filter(|call| call.kind == "agent").ok_or_else(|| Error::not_found("Conversation"))
}

/// Which conversations are synchronized.
#[derive(Input)]
#[input(name = "SyncConversations")]
pub(super) struct SyncInput {
    /// Only those that began at this moment or later.
    #[input(moment, example = "2026-01-15T10:30:00Z")]
    from_date: Option<Timestamp>,
    /// How many at most, the newest first.
    #[input(whole(1, 500).map(|limit| limit as u32), default = 30)]
    limit: u32,
}

/// Conversations were synchronized.
#[derive(Serialize, ToSchema)]
#[schema(as = SyncedConversations)]
pub(super) struct Synced {
    /// Always true.
    success: bool,
    /// How many conversations told something new.
    updated_conversations: u64,
    /// The same in a sentence.
    message: String,
}

/// Synchronize conversations
///
/// Brings the outreach log up to date with the provider's conversations of your own calls. The same conversation twice changes nothing.
#[utoipa::path(post, path = "/api/v1/outreach/sync-conversations", tag = "Outreach calls", request_body = SyncInput, responses(
    (status = 200, description = "The log is up to date", body = Synced),
    (status = 502, description = "The provider failed; what was read before is kept"),
))]
pub(super) async fn sync(
    State(calls): State<Calls>,
    caller: Caller,
    Body { input, .. }: Body<SyncInput>,
) -> Answer<Json<Synced>> {
    if !caller.is_admin() && caller.workspace().is_none() {
        return Err(Error::new(Kind::Forbidden, "Outreach belongs to businesses; this account is not one").into());
    }
    let updated = crate::sync::run(&calls, caller.scope(), input.from_date, input.limit).await?;
    let message = match (calls.agent().is_real(), updated) {
        (false, _) => "Nothing to bring up to date: calls are mock calls here, of which no provider knows".to_owned(),
        (true, 0) => "Everything was up to date".to_owned(),
        (true, 1) => "1 conversation was brought up to date".to_owned(),
        (true, many) => format!("{many} conversations were brought up to date"),
    };
    Ok(Json(Synced { success: true, updated_conversations: updated, message }))
}

/// Receive events of ElevenLabs
///
/// A webhook for ElevenLabs, which tells of conversations that are over. It is accepted by its signature alone. Events may come twice and
/// in any order.
#[utoipa::path(post, path = "/api/v1/outreach/elevenlabs/webhook", tag = "Outreach calls", security(()),
    params(("ElevenLabs-Signature" = String, Header, description = "The signature of the body: `t=<seconds>,v0=<hex>`")),
    request_body(content = Object, content_type = "application/json", description = "An event of ElevenLabs, as their documentation has it"),
    responses(
    (status = 200, description = "Received"),
    (status = 403, description = "The request is not signed by ElevenLabs"),
))]
pub(super) async fn webhook(State(calls): State<Calls>, request: Signed<ElevenLabs>) -> Answer<StatusCode> {
    let AgentNews { id, event } = calls.agent().event(&request.body)?;
    match event {
        AgentEvent::Ended(conversation) => {
            crate::sync::take_in(&calls, Scope::system(), *conversation, id.as_deref()).await.map(drop)?;
        }
        AgentEvent::NotPlaced { conversation_id, reason } => {
            crate::sync::not_placed(&calls, &conversation_id, &reason, id.as_deref()).await?;
        }
        AgentEvent::Other(kind) => tracing::debug!(kind, "a webhook of ElevenLabs that we have no use for"),
    }
    Ok(StatusCode::OK)
}
