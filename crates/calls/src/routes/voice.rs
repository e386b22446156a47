//! Voice calls that the server leads itself, as clients ask for them.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use db::Json as Stored;
use http_base::idempotency::{IdempotencyKey, Once};
use http_base::ranges::{self, Told};
use http_base::{Answer, Binary, Body, Caller, Named};
use input::{Fields, Input};
use kernel::{CreatorId, Error, Kind, Result, Scope};
use ports::calls::{Audio, MOCK_SID};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Call, CallId};
use crate::phone::phone_number;
use crate::placing::{self, Asked, Placed, Wanted};
use crate::{Calls, jobs, store, talk};

/// How the voice service is.
#[derive(Serialize, ToSchema)]
#[schema(as = VoiceHealth)]
pub(super) struct Health {
    /// Always true.
    success: bool,
    /// The same in a sentence.
    message: &'static str,
    /// The providers of the service.
    data: HealthData,
}

/// The providers of the voice service.
#[derive(Serialize, ToSchema)]
#[schema(as = VoiceHealthData)]
struct HealthData {
    /// Always `voice-call`.
    service: &'static str,
    /// Always `healthy`.
    status: &'static str,
    /// What words the conversation: `mock` for the server's own dialogue, or the name of the language model.
    #[schema(example = "mock")]
    gemini_client: String,
    /// What makes the calls: `mock` or `twilio`.
    #[schema(example = "mock")]
    twilio_client: &'static str,
    /// Whose agent makes calls: `mock` or `elevenlabs`.
    #[schema(example = "mock")]
    elevenlabs_client: &'static str,
    /// `mvp` while no provider is set and nobody is rung, else `production`.
    #[schema(example = "mvp")]
    mode: &'static str,
}

/// Get the health of the voice service
///
/// Which providers make the calls and word the conversations.
#[utoipa::path(get, path = "/api/v1/voice-call/health", tag = "Voice calls",
    responses((status = 200, description = "The health of the voice service", body = Health)))]
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

/// What a call is about; nothing, if nobody says so.
#[derive(Input)]
#[input(check = About::check)]
struct About {
    /// The campaign, by its id or code. With `creator_id` the call goes into the outreach log; both are given, or neither.
    #[input(text(100))]
    campaign_id: Option<String>,
    /// The creator who is called.
    #[input(id, alias = "influencer_id")]
    creator_id: Option<CreatorId>,
}

impl About {
    fn check(&self, fields: &mut Fields) {
        let missing = match (&self.campaign_id, self.creator_id) {
            (Some(_), None) => "creator_id",
            (None, Some(_)) => "campaign_id",
            _ => return,
        };
        fields.fault(missing, "missing", "is missing: a call belongs to a campaign and a creator, or to neither");
    }
}

/// A call that is led by the server itself.
#[derive(Input)]
#[input(name = "OutboundCall")]
pub(super) struct OutboundInput {
    /// The number to call, with its country code.
    #[input(phone_number(), example = "+1234567890")]
    to_number: String,
    /// Where Twilio reaches this server. It is only checked, and must be the address of the setting `TWILIO_WEBHOOK_BASE_URL`.
    #[input(url)]
    webhook_base_url: Option<String>,
    #[input(flatten)]
    about: About,
}

/// A call was started.
#[derive(Serialize, ToSchema)]
#[schema(as = StartedCall)]
pub(super) struct Outbound {
    /// Always true.
    success: bool,
    /// The provider's name for the call; that of a mock call says so.
    #[schema(example = "MOCK_CALL_SID_+1234567890")]
    call_sid: String,
    /// The same in a sentence.
    message: String,
    /// The call's id.
    call_id: CallId,
    /// What makes the call: `mock` or `twilio`.
    #[schema(example = "mock")]
    provider: String,
    /// Of a mock call: why a real one would be refused now. Empty if it would be made.
    would_be_refused: Vec<String>,
}

/// Start a voice call
///
/// The server itself leads the conversation. The call is refused without a recorded consent (403), to a number on the do-not-call list
/// (403), outside the calling hours of the number's country (409), and while the number is being called (409). A mock call rings nobody: it
/// is always made, and tells why a real one would be refused. With an `Idempotency-Key` header the same request makes one call, however
/// often it is made.
#[utoipa::path(post, path = "/api/v1/voice-call/outbound-call", tag = "Voice calls", request_body = OutboundInput,
    params(IdempotencyKey), responses(
    (status = 200, description = "The call was started", body = Outbound),
    (status = 403, description = "There is no consent, the number must not be called, or you have no workspace that makes calls"),
    (status = 404, description = "There is no such campaign or creator"),
    (status = 409, description = "It is no hour for calls there, the number is being called, or Twilio cannot reach this server"),
    (status = 502, description = "The provider failed; the message says what to do"),
))]
pub(super) async fn outbound(
    State(calls): State<Calls>,
    caller: Caller,
    once: Once,
    Body { input, sent }: Body<OutboundInput>,
) -> Answer<Response> {
    let scope = caller.scope();
    if calls.telephony().is_real()
        && let Some(url) = input.webhook_base_url.as_deref().map(|url| url.trim_end_matches('/'))
        && url != calls.base()
    {
        let message = format!("must be {}, where this server is reached, or be left out", calls.base());
        return Err(Error::invalid_field("webhook_base_url", message).into());
    }
    let about = match (&input.about.campaign_id, input.about.creator_id) {
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
    };
    let asked = Asked { caller: &caller, once: &once, sent: &sent };
    let (call, ticket) = match placing::place(&calls, asked, wanted).await? {
        Placed::Answered(answer) => return Ok(answer),
        Placed::Call(call, ticket) => (call, ticket),
    };
    let Some(call_sid) = call.call_sid else {
        placing::release(&calls, ticket).await?;
        let message = call.error.unwrap_or_else(|| "The call is still being asked for; look again in a minute".into());
        return Err(Error::new(Kind::Provider, message).into());
    };
    let message = if call.rings {
        format!("Call initiated successfully to {}", call.to_number)
    } else {
        format!("Mock call initiated successfully to {}; nobody is rung", call.to_number)
    };
    let body = Outbound {
        success: true,
        call_sid,
        message,
        call_id: call.id,
        provider: call.provider,
        would_be_refused: call.would_be_refused.map(|Stored(reasons)| reasons).unwrap_or_default(),
    };
    Ok(placing::answer(&calls, ticket, &body).await?)
}

/// How a voice call stands.
#[derive(Serialize, ToSchema)]
#[schema(as = VoiceCallStatus)]
pub(super) struct StatusBody {
    /// The provider's name for the call.
    #[schema(example = "MOCK_CALL_SID_+1234567890")]
    sid: String,
    /// How the call stands: `queued`, `initiated`, `ringing`, `in-progress`, `completed`, `busy`, `failed`, `no-answer` or `canceled`, as at
    /// Twilio; `asked` before Twilio has the call, `processing` or `lost` after it, and `mock-completed` for a mock call.
    #[schema(example = "mock-completed")]
    status: &'static str,
    /// How long it took: seconds, as text; null while it is not known, and for a mock call.
    duration: Option<String>,
    /// `outbound-api` for a call from here, `inbound` for one to here.
    #[schema(example = "outbound-api")]
    direction: String,
    /// The number that calls.
    from_number: Option<String>,
    /// The number that is called.
    to_number: String,
    /// The call's id.
    call_id: CallId,
    /// What makes the call: `mock` or `twilio`.
    #[schema(example = "mock")]
    provider: String,
    /// Why it failed.
    error: Option<String>,
}

/// Get the status of a voice call
///
/// While the call goes on, the provider is asked how it stands.
#[utoipa::path(get, path = "/api/v1/voice-call/call-status/{call_sid}", tag = "Voice calls",
    params(("call_sid" = String, Path, description = "The provider's name for the call")), responses(
    (status = 200, description = "How the call stands", body = StatusBody),
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

/// The conversations that go on.
#[derive(Serialize, ToSchema)]
#[schema(as = VoiceSessions)]
pub(super) struct Sessions {
    /// Always true.
    success: bool,
    /// The same in a sentence.
    message: String,
    /// The conversations.
    data: SessionsData,
}

/// Which conversations go on, and how many.
#[derive(Serialize, ToSchema)]
#[schema(as = VoiceSessionsData)]
struct SessionsData {
    /// The provider's names of their calls, the newest first, a thousand at most.
    active_sessions: Vec<String>,
    /// How many there are.
    count: u64,
}

/// List active voice sessions
///
/// The conversations of your workspace that go on now.
#[utoipa::path(get, path = "/api/v1/voice-call/sessions", tag = "Voice calls",
    responses((status = 200, description = "The active sessions", body = Sessions)))]
pub(super) async fn sessions(State(calls): State<Calls>, caller: Caller) -> Answer<Json<Sessions>> {
    let (active_sessions, count) = store::active(caller.scope(), &mut calls.app().read().await?).await?;
    let message = format!("Found {count} active sessions");
    Ok(Json(Sessions { success: true, message, data: SessionsData { active_sessions, count } }))
}

/// The session to be ended.
#[derive(Input)]
#[input(name = "EndSession")]
pub(super) struct EndInput {
    /// The provider's name for the call.
    #[input(text(200), example = "MOCK_CALL_SID_+1234567890")]
    call_sid: String,
}

/// A voice session was ended.
#[derive(Serialize, ToSchema)]
#[schema(as = EndedSession)]
pub(super) struct Ended {
    /// Always true.
    success: bool,
    /// The same in a sentence.
    message: String,
}

/// End a voice session
///
/// A call that goes on is hung up; what was said so far is kept. Ending a session that is over changes nothing.
#[utoipa::path(post, path = "/api/v1/voice-call/end-session", tag = "Voice calls", request_body = EndInput, responses(
    (status = 200, description = "The session is over", body = Ended),
    (status = 404, description = "There is no such session, or it is not yours"),
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

/// Download the recording of a voice call
///
/// The recording as the provider has it, whole or in part.
#[utoipa::path(get, path = "/api/v1/voice-call/recordings/{call_id}", tag = "Voice calls",
    params(("call_id" = String, Path, description = "The call's id"),
    ("Range" = Option<String>, Header, description = "The part that is wanted, such as `bytes=0-1023`"),
    ("If-Range" = Option<String>, Header, description = "The `ETag` of the recording that you have a part of"),
    ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the recording that you have")), responses(
    (status = 200, description = "The recording",
        content((inline(Binary) = "audio/mpeg"), (inline(Binary) = "audio/wav"))),
    (status = 206, description = "The part that was asked for",
        content((inline(Binary) = "audio/mpeg"), (inline(Binary) = "audio/wav"))),
    (status = 304, description = "You have this recording (`If-None-Match`)"),
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
