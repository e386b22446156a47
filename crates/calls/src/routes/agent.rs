//! Document A's calls, which the provider's agent leads.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use db::Json as Stored;
use http_base::{Answer, Body, Caller, Named};
use input::rule;
use input::{Fields, Input};
use kernel::{CreatorId, Error, Kind, OutreachId, Result, Scope, Timestamp};
use outreach::store::CampaignRef;
use ports::calls::{AgentEvent, Finding, Line};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::voice::key;
use crate::model::{Call, CallId};
use crate::moves::found;
use crate::placing::{self, Wanted};
use crate::{Calls, phone, store};

/// The largest webhook of the provider's, in bytes: a long transcript.
const MOST_BYTES: usize = 16 << 20;

/// The campaign and the creator that a call is about. A 404 names what is not there.
pub(super) async fn about(
    calls: &Calls,
    scope: Scope,
    campaign: &str,
    creator: CreatorId,
) -> Result<(CampaignRef, creators::Creator)> {
    let mut tx = calls.app().read().await?;
    let campaign = outreach::store::campaign(scope, &mut tx, campaign).await?;
    let creator = creators::store::by_id(scope, &mut tx, creator).await?;
    Ok((campaign, creator.ok_or_else(|| Error::not_found("Creator"))?))
}

/// Whom to call, for which campaign.
#[derive(ToSchema)]
pub(super) struct InitiateInput {
    /// The campaign, by its id or code.
    campaign_id: String,
    /// Whom; `influencer_id` is taken too.
    #[schema(value_type = String)]
    creator_id: CreatorId,
    #[schema(example = "+1234567890")]
    phone_number: String,
}

impl Input for InitiateInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let campaign_id = fields.required("campaign_id", rule::text(100));
        let creator_id = fields.required_as(&["creator_id", "influencer_id"], rule::id());
        let phone_number = fields.required("phone_number", phone::number());
        Some(Self { campaign_id: campaign_id?, creator_id: creator_id?, phone_number: phone_number? })
    }
}

/// A call was begun.
#[derive(Serialize, ToSchema)]
pub(super) struct Initiated {
    success: bool,
    /// The provider's conversation; our own name for the call (`call_id`) where the provider tells its own only later.
    conversation_id: String,
    outreach_id: Option<OutreachId>,
    /// Always `initiated`.
    call_status: &'static str,
    message: String,
    /// Our own name for the call.
    call_id: CallId,
    /// `mock` or `elevenlabs`.
    provider: String,
    /// Of a mock call: why a real one would have been refused now. Empty if it would have been made.
    would_be_refused: Vec<String>,
}

/// Have an agent call a creator
///
/// ElevenLabs' agent leads the call; what it brings out lands in the outreach log. The call is refused without a recorded consent
/// (403), to a number on the do-not-call list (403), outside the hours of the number's country (409), and while the number is
/// being called (409). A mock call rings nobody, is let through, and tells what a real one would have been refused for. With a
/// header `Idempotency-Key` the same request may be sent again: the call is made once.
#[utoipa::path(post, path = "/api/v1/outreach/call/initiate", tag = "Outreach calls", request_body = InitiateInput, responses(
    (status = 200, description = "It was begun", body = Initiated),
    (status = 403, description = "There is no consent, or the number must not be called"),
    (status = 404, description = "There is no such campaign or creator"),
    (status = 409, description = "Not at this hour there, or the number is being called"),
    (status = 502, description = "The provider failed; the message says what to do"),
))]
pub(super) async fn initiate(
    State(calls): State<Calls>,
    caller: Caller,
    headers: HeaderMap,
    Body { input, .. }: Body<InitiateInput>,
) -> Answer<Json<Initiated>> {
    let scope = caller.scope();
    let about = about(&calls, scope, &input.campaign_id, input.creator_id).await?;
    let name = about.1.name.clone();
    let wanted = Wanted {
        by_agent: true,
        number: input.phone_number,
        workspace: Some(about.0.workspace_id),
        about: Some(about),
        by: caller.account().map(|account| account.id),
        key: key(&headers)?,
    };
    let call = placing::place(&calls, scope, wanted).await?;
    if let (Some(error), None) = (&call.error, &call.conversation_id) {
        return Err(Error::new(Kind::Provider, error.clone()).into());
    }
    let message = if call.rings {
        format!("Call to {name} initiated successfully")
    } else {
        format!("Mock call to {name} initiated successfully; nobody is rung")
    };
    Ok(Json(Initiated {
        success: true,
        conversation_id: call.conversation_id.unwrap_or_else(|| call.id.to_string()),
        outreach_id: call.outreach_id,
        call_status: "initiated",
        message,
        call_id: call.id,
        provider: call.provider,
        would_be_refused: call.would_be_refused.map(|Stored(reasons)| reasons).unwrap_or_default(),
    }))
}

/// What a call brought out.
#[derive(Serialize, ToSchema)]
pub(super) struct Analysed {
    conversation_id: String,
    /// `initiated`, `in-progress`, `processing`, `done` or `failed`.
    #[schema(example = "done")]
    status: String,
    duration_seconds: Option<u64>,
    /// `success`, `failure` or `unknown`; null before it is analysed.
    call_successful: Option<String>,
    summary: Option<String>,
    evaluation_results: Evaluation,
    extracted_data: Extracted,
    /// Who said what, in order.
    #[schema(value_type = Vec<Object>)]
    transcript: Vec<Line>,
    outreach_id: Option<OutreachId>,
    /// `mock` or `elevenlabs`.
    provider: String,
}

/// By the criteria of the agent; each `{result, rationale}`, null where it has none.
#[derive(Serialize, ToSchema)]
struct Evaluation {
    #[schema(value_type = Option<Object>)]
    interest_assessment: Option<Value>,
    #[schema(value_type = Option<Object>)]
    communication_quality: Option<Value>,
    #[schema(value_type = Option<Object>)]
    information_gathering: Option<Value>,
    #[schema(value_type = Option<Object>)]
    next_steps: Option<Value>,
}

/// By its data fields; null where it has none.
#[derive(Serialize, ToSchema)]
struct Extracted {
    interest_level: Option<String>,
    collaboration_rate: Option<String>,
    content_preferences: Option<String>,
    timeline: Option<String>,
    contact_info: Option<String>,
    follow_up_actions: Option<String>,
}

fn analysed(call: Call) -> Analysed {
    let told = call.conversation.map(|Stored(conversation)| conversation);
    let analysis = told.as_ref().and_then(|told| told.analysis.clone()).unwrap_or_default();
    let result = |finding: &Finding| json!({"result": finding.value, "rationale": finding.rationale});
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
        transcript: told.map(|told| told.transcript).unwrap_or_default(),
        outreach_id: call.outreach_id,
        provider: call.provider,
    }
}

/// Read what a call brought out
///
/// Before the provider has analysed it, it is asked; what it tells is written into the outreach log.
#[utoipa::path(get, path = "/api/v1/outreach/call/{conversation_id}/analysis", tag = "Outreach calls",
    params(("conversation_id" = String, Path, description = "The provider's conversation, or our own name for the call")), responses(
    (status = 200, description = "What it brought out", body = Analysed),
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
        crate::sync::take_in(&calls, scope, conversation).await?;
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

/// Which conversations are wanted.
#[derive(ToSchema)]
pub(super) struct SyncInput {
    /// Only those that began at this moment or later.
    #[schema(value_type = Option<String>, example = "2026-01-15T10:30:00Z")]
    from_date: Option<Timestamp>,
    /// The newest so many, up to 500; 30 if nothing is said.
    limit: Option<u32>,
}

impl Input for SyncInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let from_date = fields.optional("from_date", rule::moment());
        let limit = fields.optional("limit", rule::whole(1, 500));
        Some(Self { from_date, limit: limit.and_then(|limit| u32::try_from(limit).ok()) })
    }
}

/// What was brought up to date.
#[derive(Serialize, ToSchema)]
pub(super) struct Synced {
    success: bool,
    /// How many conversations told something new.
    updated_conversations: u64,
    message: String,
}

/// Bring the outreach log up to date with the provider's conversations
///
/// Only conversations of your own calls are taken in; the same conversation twice changes nothing.
#[utoipa::path(post, path = "/api/v1/outreach/sync-conversations", tag = "Outreach calls", request_body = SyncInput, responses(
    (status = 200, description = "It is up to date", body = Synced),
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
    let updated = crate::sync::run(&calls, caller.scope(), input.from_date, input.limit.unwrap_or(30)).await?;
    let message = match (calls.agent().is_real(), updated) {
        (false, _) => "Nothing to bring up to date: calls are mock calls here, of which no provider knows".to_owned(),
        (true, 0) => "Everything was up to date".to_owned(),
        (true, 1) => "1 conversation was brought up to date".to_owned(),
        (true, many) => format!("{many} conversations were brought up to date"),
    };
    Ok(Json(Synced { success: true, updated_conversations: updated, message }))
}

/// ElevenLabs tells of a conversation that is over
///
/// Let in by the header `ElevenLabs-Signature` alone. Events may come twice and in any order.
#[utoipa::path(post, path = "/api/v1/outreach/elevenlabs/webhook", tag = "Outreach calls", responses(
    (status = 200, description = "It was taken"),
    (status = 403, description = "It is not signed by ElevenLabs"),
))]
pub(super) async fn webhook(State(calls): State<Calls>, request: Request) -> Answer<StatusCode> {
    let signature =
        request.headers().get("elevenlabs-signature").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = axum::body::to_bytes(request.into_body(), MOST_BYTES)
        .await
        .map_err(|fault| Error::new(Kind::TooLarge, "The webhook is too large, or broke off").because(fault))?;
    match calls.agent().event(&body, signature.as_deref(), calls.app().clock().now())? {
        AgentEvent::Ended(conversation) => {
            crate::sync::take_in(&calls, Scope::system(), *conversation).await.map(drop)?;
        }
        AgentEvent::NotPlaced { conversation_id, reason } => {
            crate::sync::not_placed(&calls, &conversation_id, &reason).await?;
        }
        AgentEvent::Other(kind) => tracing::debug!(kind, "a webhook of ElevenLabs that we have no use for"),
    }
    Ok(StatusCode::OK)
}
