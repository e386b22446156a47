//! Document C's voice calls, as its clients ask for them.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use db::Json as Stored;
use http_base::{Answer, Body, Caller, Named};
use input::rule;
use input::{Fields, Input};
use kernel::{CreatorId, Error, Kind, Result, Scope};
use outreach::ranges::{self, Told};
use ports::calls::{Audio, MOCK_SID};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Call, CallId};
use crate::placing::{self, Wanted};
use crate::{Calls, jobs, phone, store, talk};

/// The most characters of an `Idempotency-Key`.
const KEY: usize = 200;

/// The key of a request that may come twice.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok(key) if !key.trim().is_empty() && key.len() <= KEY => Ok(Some(key.trim().to_owned())),
        _ => Err(Error::new(Kind::BadRequest, format!("Idempotency-Key must be a text of 1 to {KEY} characters"))),
    }
}

/// How the voice calls are.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    success: bool,
    message: &'static str,
    data: HealthData,
}

/// The parts of it.
#[derive(Serialize, ToSchema)]
struct HealthData {
    /// Always `voice-call`.
    service: &'static str,
    /// Always `healthy`.
    status: &'static str,
    /// Who words the talk: `mock` for the local dialogue, or the model's name.
    #[schema(example = "mock")]
    gemini_client: String,
    /// Who rings: `mock` or `twilio`.
    #[schema(example = "mock")]
    twilio_client: &'static str,
    /// Whose agent calls: `mock` or `elevenlabs`.
    elevenlabs_client: &'static str,
    /// `mvp` while nobody is rung, else `production`.
    #[schema(example = "mvp")]
    mode: &'static str,
}

/// How the voice calls are
#[utoipa::path(get, path = "/api/v1/voice-call/health", tag = "Voice calls",
    responses((status = 200, description = "Who rings and who talks", body = Health)))]
pub(super) async fn health(State(calls): State<Calls>, _: Caller) -> Json<Health> {
    let rings = calls.telephony().is_real() || calls.agent().is_real();
    Json(Health {
        success: true,
        message: "Voice call service is healthy",
        data: HealthData {
            service: "voice-call",
            status: "healthy",
            gemini_client: calls.llm().map_or("mock", ports::Llm::name).to_owned(),
            twilio_client: calls.telephony().name(),
            elevenlabs_client: calls.agent().name(),
            mode: if rings { "production" } else { "mvp" },
        },
    })
}

/// Whom to call.
#[derive(ToSchema)]
pub(super) struct OutboundInput {
    #[schema(example = "+1234567890")]
    to_number: String,
    /// Where Twilio reaches this server. Only for a check: it must be the address that the server was told
    /// (`TWILIO_WEBHOOK_BASE_URL`), for a call that listens to another server would not be ours.
    webhook_base_url: Option<String>,
    /// For which campaign, by its id or code; with `creator_id` the call goes into the outreach log.
    campaign_id: Option<String>,
    /// With whom; `influencer_id` is taken too.
    #[schema(value_type = Option<String>)]
    creator_id: Option<CreatorId>,
}

impl Input for OutboundInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let to_number = fields.required("to_number", phone::number());
        let webhook_base_url = fields.optional("webhook_base_url", rule::url());
        let campaign_id = fields.optional("campaign_id", rule::text(100));
        let creator_id = fields.optional_as(&["creator_id", "influencer_id"], rule::id());
        if campaign_id.is_some() != creator_id.is_some() {
            let missing = if campaign_id.is_some() { "creator_id" } else { "campaign_id" };
            fields.fault(missing, "missing", "is missing: a call belongs to a campaign and a creator, or to neither");
        }
        Some(Self { to_number: to_number?, webhook_base_url, campaign_id, creator_id })
    }
}

/// A call was begun.
#[derive(Serialize, ToSchema)]
pub(super) struct Outbound {
    success: bool,
    /// The call's name at the provider; a mock call says so in it.
    #[schema(example = "MOCK_CALL_SID_+1234567890")]
    call_sid: String,
    message: String,
    /// Our own name for the call.
    call_id: CallId,
    /// `mock` or `twilio`.
    provider: String,
    /// Of a mock call: why a real one would have been refused now. Empty if it would have been made.
    would_be_refused: Vec<String>,
}

/// Call somebody
///
/// Our own conversation leads the call. It is refused without a recorded consent (403), to a number on the do-not-call list (403),
/// outside the hours of the number's country (409), and while the number is being called (409). A mock call rings nobody, is
/// let through, and tells what a real one would have been refused for. With a header `Idempotency-Key` the same request may be
/// sent again: the call is made once.
#[utoipa::path(post, path = "/api/v1/voice-call/outbound-call", tag = "Voice calls", request_body = OutboundInput, responses(
    (status = 200, description = "It was begun", body = Outbound),
    (status = 403, description = "There is no consent, the number must not be called, or you have no workspace that calls"),
    (status = 404, description = "There is no such campaign or creator"),
    (status = 409, description = "Not at this hour there, or the number is being called, or Twilio cannot reach this server"),
    (status = 502, description = "The provider failed; the message says what to do"),
))]
pub(super) async fn outbound(
    State(calls): State<Calls>,
    caller: Caller,
    headers: HeaderMap,
    Body { input, .. }: Body<OutboundInput>,
) -> Answer<Json<Outbound>> {
    let scope = caller.scope();
    if calls.telephony().is_real()
        && let Some(url) = input.webhook_base_url.as_deref().map(|url| url.trim_end_matches('/'))
        && url != calls.base()
    {
        let message = format!("must be {}, where this server is reached, or be left out", calls.base());
        return Err(Error::invalid_field("webhook_base_url", message).into());
    }
    let about = match (&input.campaign_id, input.creator_id) {
        (Some(campaign), Some(creator)) => Some(super::agent::about(&calls, scope, campaign, creator).await?),
        _ => None,
    };
    let workspace = about.as_ref().map(|(campaign, _)| campaign.workspace_id).or_else(|| caller.workspace());
    if workspace.is_none() {
        let message = "Calls are made by businesses; as an administrator, name the campaign and the creator";
        return Err(Error::new(Kind::Forbidden, message).into());
    }
    let wanted = Wanted {
        by_agent: false,
        number: input.to_number,
        about,
        workspace,
        by: caller.account().map(|account| account.id),
        key: key(&headers)?,
    };
    let call = placing::place(&calls, scope, wanted).await?;
    let Some(call_sid) = call.call_sid else {
        let message = call.error.unwrap_or_else(|| "The call is still being asked for; look again in a minute".into());
        return Err(Error::new(Kind::Provider, message).into());
    };
    let message = if call.rings {
        format!("Call initiated successfully to {}", call.to_number)
    } else {
        format!("Mock call initiated successfully to {}; nobody is rung", call.to_number)
    };
    Ok(Json(Outbound {
        success: true,
        call_sid,
        message,
        call_id: call.id,
        provider: call.provider,
        would_be_refused: call.would_be_refused.map(|Stored(reasons)| reasons).unwrap_or_default(),
    }))
}

/// How a call stands.
#[derive(Serialize, ToSchema)]
pub(super) struct StatusBody {
    #[schema(example = "MOCK_CALL_SID_+1234567890")]
    sid: String,
    /// In Twilio's words, with `asked` before it has the call, and `mock-completed` for a mock one.
    #[schema(example = "mock-completed")]
    status: &'static str,
    /// In seconds, as text; null while it is not known, and for a mock call, which took no time.
    duration: Option<String>,
    #[schema(example = "outbound-api")]
    direction: String,
    from_number: Option<String>,
    to_number: String,
    /// Our own name for it.
    call_id: CallId,
    /// `mock` or `twilio`.
    provider: String,
    /// Why it failed.
    error: Option<String>,
}

/// How a call stands
///
/// While it goes on, the provider is asked.
#[utoipa::path(get, path = "/api/v1/voice-call/call-status/{call_sid}", tag = "Voice calls",
    params(("call_sid" = String, Path, description = "The call's name at the provider")), responses(
    (status = 200, description = "How it stands", body = StatusBody),
    (status = 502, description = "The provider failed; the message says what to do"),
))]
pub(super) async fn status(State(calls): State<Calls>, caller: Caller, name: Named) -> Answer<Json<StatusBody>> {
    let mut call = find(&calls, caller.scope(), &name.0).await?;
    if call.rings
        && call.kind == "talk"
        && !call.status.is_over()
        && let Some(info) = calls.telephony().look(&name.0).await?
    {
        call = jobs::take_in(&calls, &call, info).await?;
    }
    let inbound = call.direction == "inbound";
    let (from_number, to_number) = match (inbound, call.from_number) {
        (true, Some(ours)) => (Some(call.to_number), ours),
        (_, ours) => (ours, call.to_number),
    };
    Ok(Json(StatusBody {
        sid: name.0,
        status: call.status.word(),
        duration: call.duration_seconds.map(|seconds| seconds.to_string()),
        direction: call.direction,
        from_number,
        to_number,
        call_id: call.id,
        provider: call.provider,
        error: call.error,
    }))
}

async fn find(calls: &Calls, scope: Scope, sid: &str) -> Result<Call> {
    let mut tx = calls.app().read().await?;
    // A plus in a path is itself, but some clients write a space for it.
    let plain = sid.replace(&format!("{MOCK_SID} "), &format!("{MOCK_SID}+"));
    let found = store::by_name(scope, &mut tx, store::Named::Sid(&plain)).await?;
    found.ok_or_else(|| Error::not_found("Call"))
}

/// The talks that go on.
#[derive(Serialize, ToSchema)]
pub(super) struct Sessions {
    success: bool,
    message: String,
    data: SessionsData,
}

/// Which, and how many.
#[derive(Serialize, ToSchema)]
struct SessionsData {
    /// Their calls, the newest first, a thousand at most.
    active_sessions: Vec<String>,
    /// How many there are.
    count: u64,
}

/// List the talks that go on
#[utoipa::path(get, path = "/api/v1/voice-call/sessions", tag = "Voice calls",
    responses((status = 200, description = "The talks", body = Sessions)))]
pub(super) async fn sessions(State(calls): State<Calls>, caller: Caller) -> Answer<Json<Sessions>> {
    let (active_sessions, count) = store::active(caller.scope(), &mut calls.app().read().await?).await?;
    let message = format!("Found {count} active sessions");
    Ok(Json(Sessions { success: true, message, data: SessionsData { active_sessions, count } }))
}

/// Which talk is to be ended.
#[derive(ToSchema)]
pub(super) struct EndInput {
    #[schema(example = "MOCK_CALL_SID_+1234567890")]
    call_sid: String,
}

impl Input for EndInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self { call_sid: fields.required("call_sid", rule::text(200))? })
    }
}

/// Something was done.
#[derive(Serialize, ToSchema)]
pub(super) struct Ended {
    success: bool,
    message: String,
}

/// End a talk
///
/// A call that goes on is hung up; what was said so far is kept. A talk that was over stays so.
#[utoipa::path(post, path = "/api/v1/voice-call/end-session", tag = "Voice calls", request_body = EndInput, responses(
    (status = 200, description = "It is over", body = Ended),
    (status = 404, description = "There is no such talk, or it is not yours"),
    (status = 502, description = "The provider failed; the message says what to do"),
))]
pub(super) async fn end_session(
    State(calls): State<Calls>,
    caller: Caller,
    Body { input, .. }: Body<EndInput>,
) -> Answer<Json<Ended>> {
    let scope = caller.scope();
    let sid = input.call_sid.as_str();
    let session = store::session(scope, &mut calls.app().read().await?, sid).await?;
    let session = session.ok_or_else(|| Error::not_found("Voice session"))?;
    let mut tx = calls.app().write().await?;
    let call = store::take(scope, &mut tx, store::Named::Id(session.call_id)).await?;
    let mut call = call.ok_or_else(|| Error::not_found("Voice session"))?;
    let ended = talk::end(&calls, &mut tx, &mut call, sid).await?;
    tx.commit().await?;
    if calls.telephony().is_real() && call.rings && !call.status.is_over() {
        calls.telephony().end(sid).await?;
    }
    let message = if ended { format!("Session {sid} ended") } else { format!("Session {sid} had ended before") };
    Ok(Json(Ended { success: true, message }))
}

/// Hear the recording of a call
///
/// As the provider has it, whole or by ranges; it is passed on while it comes.
#[utoipa::path(get, path = "/api/v1/voice-call/recordings/{call_id}", tag = "Voice calls",
    params(("call_id" = String, Path, description = "Our own name for the call"),
    ("Range" = Option<String>, Header, description = "`bytes=0-1023`"),
    ("If-Range" = Option<String>, Header, description = "The `ETag` of the recording that you have a part of")), responses(
    (status = 200, description = "The recording", body = Vec<u8>, content_type = "audio/mpeg"),
    (status = 206, description = "The part that was asked for", body = Vec<u8>, content_type = "audio/mpeg"),
    (status = 304, description = "You have it already (`If-None-Match`)"),
    (status = 416, description = "The recording has no such part"),
    (status = 502, description = "The provider failed; the message says what to do"),
))]
pub(super) async fn recording(
    State(calls): State<Calls>,
    caller: Caller,
    name: Named,
    headers: HeaderMap,
) -> Answer<Response> {
    let id = name.id("Recording")?;
    let call = store::by_name(caller.scope(), &mut calls.app().read().await?, store::Named::Id(id)).await?;
    let call = call.ok_or_else(|| Error::not_found("Recording"))?;
    let (by_agent, sound) = match (call.kind.as_str(), call.recording_sid, call.conversation_id) {
        ("talk", Some(sid), _) => (false, sid),
        ("agent", _, Some(id)) => (true, id),
        _ => return Err(Error::not_found("Recording").into()),
    };
    // A provider never puts another recording under the same name.
    let tag: String = sound.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).collect();
    if let Some(known) = ranges::not_modified(&headers, &tag) {
        return Ok(known);
    }
    let range = ranges::wanted(&headers, &tag);
    let Audio { media_type, size, part, pieces } = if by_agent {
        calls.agent().audio(&sound, range).await?
    } else {
        calls.telephony().recording(&sound, range).await?
    };
    Ok(ranges::answer(Told { media_type, tag, size, part, pieces }, range))
}
