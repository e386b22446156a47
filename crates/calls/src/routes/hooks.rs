//! What Twilio asks and tells: let in by its signature alone.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use db::Tx;
use delivery::inbound::first_time;
use http_base::{Answer, Signed, Webhook};
use kernel::{Error, Kind, Result};
use mind::dialogue::Refusal;
use ports::calls::CallStatus;
use ports::webhook::Scheme;

use crate::model::{Call, State as CallState};
use crate::moves::{self, Change};
use crate::talk::{self, Ringing};
use crate::{Calls, store};

/// The largest webhook of Twilio's, in bytes.
pub(super) const MOST_BYTES: usize = 256 << 10;
/// What of a sentence is listened to, in characters.
const MOST_SAID: usize = 2_000;

/// Twilio's webhooks.
pub(super) struct Twilio;

impl Webhook<Calls> for Twilio {
    const MOST_BYTES: usize = MOST_BYTES;

    fn scheme(calls: &Calls) -> &dyn Scheme {
        calls.telephony().scheme()
    }

    fn base(calls: &Calls) -> Option<&str> {
        Some(calls.base())
    }
}

/// What a webhook of Twilio's says, and of which call.
struct Hook {
    fields: Vec<(String, String)>,
    query: Vec<(String, String)>,
    token: Option<String>,
    ringing: Ringing,
}

fn value<'a>(of: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = of.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
    found.filter(|value| !value.is_empty())
}

impl Hook {
    fn read(request: &Signed<Twilio>) -> Result<Self> {
        let is_json = request.media_type().starts_with("application/json");
        let fields = if is_json { flat(&request.body)? } else { request.form() };
        let (query, token) = (request.query(), request.header("i-twilio-idempotency-token"));
        let sid = value(&fields, "CallSid").filter(|sid| sid.len() <= 200);
        let owned = |name| value(&fields, name).map(str::to_owned);
        let ringing = Ringing {
            sid: sid.ok_or_else(|| Error::invalid_field("CallSid", "is missing"))?.to_owned(),
            ours: value(&query, "call").and_then(|id| id.parse().ok()),
            from: owned("From"),
            to: owned("To"),
            machine: value(&fields, "AnsweredBy").is_some_and(|who| who.starts_with("machine") || who == "fax"),
            inbound: value(&fields, "Direction").is_none_or(|direction| direction == "inbound"),
        };
        Ok(Self { token: token.map(|token| token.chars().take(100).collect()), fields, query, ringing })
    }

    fn field(&self, name: &str) -> Option<&str> {
        value(&self.fields, name)
    }

    /// Does what it says of a call, if that is one of ours, and the event came for the first time; without a token nobody knows, and it is
    /// taken in.
    async fn take_in(
        &self,
        calls: &Calls,
        mut tx: Tx,
        call: Option<Call>,
        change: Change,
        is_over: bool,
    ) -> Answer<StatusCode> {
        let now = calls.app().clock().now();
        if let Some(mut call) = call
            && match &self.token {
                Some(token) => first_time(&mut tx, "twilio", token, now).await?,
                None => true,
            }
        {
            if is_over {
                talk::end(calls, &mut tx, &mut call, &self.ringing.sid).await?;
            }
            moves::apply(calls, &mut tx, &mut call, change).await?;
        }
        tx.commit().await?;
        Ok(StatusCode::NO_CONTENT)
    }
}

/// The fields of a JSON object, as text.
fn flat(body: &[u8]) -> Result<Vec<(String, String)>> {
    let object: serde_json::Map<String, serde_json::Value> = ports::json::parse(body)
        .map_err(|fault| Error::new(Kind::BadRequest, "The webhook is no JSON object").because(fault))?;
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    Ok(object.into_iter().map(|(name, value)| (name, text(value))).collect())
}

fn xml(twiml: String) -> Response {
    ([(CONTENT_TYPE, "text/xml; charset=utf-8")], twiml).into_response()
}

/// Answer a call of Twilio
///
/// A webhook for Twilio, accepted by its signature alone. The answer says that an AI calls and for whom, and listens. Asked again, it is
/// the same.
#[utoipa::path(post, path = "/api/v1/voice-call/voice", tag = "Voice calls", security(()),
    request_body(content = BTreeMap<String, String>, content_type = "application/x-www-form-urlencoded",
        description = "Twilio's parameters: `CallSid`, `From`, `To`, `Direction`, …"),
    responses(
    (status = 200, description = "What Twilio is to do, in TwiML", body = String, content_type = "text/xml"),
    (status = 403, description = "The request is not signed by Twilio"),
))]
pub(super) async fn voice(State(calls): State<Calls>, request: Signed<Twilio>) -> Answer<Response> {
    let hook = Hook::read(&request)?;
    Ok(xml(talk::open(&calls, &hook.ringing).await?))
}

/// Answer what was said in a call of Twilio
///
/// A webhook for Twilio, accepted by its signature alone. It tells what was said, and the answer says what comes next. A request that
/// comes twice gets the same answer.
#[utoipa::path(post, path = "/api/v1/voice-call/gather", tag = "Voice calls", security(()),
    params(("turn" = Option<u32>, Query, description = "Which turn of the server it replies to")),
    request_body(content = BTreeMap<String, String>, content_type = "application/x-www-form-urlencoded",
        description = "Twilio's parameters: `CallSid`, `SpeechResult`, `Digits`, …"),
    responses(
    (status = 200, description = "What Twilio is to do, in TwiML", body = String, content_type = "text/xml"),
    (status = 403, description = "The request is not signed by Twilio"),
))]
pub(super) async fn gather(State(calls): State<Calls>, request: Signed<Twilio>) -> Answer<Response> {
    let hook = Hook::read(&request)?;
    let turn = value(&hook.query, "turn").and_then(|turn| turn.parse().ok());
    let said = hook.field("SpeechResult").or_else(|| hook.field("Digits")).unwrap_or_default();
    let said: String = said.chars().take(MOST_SAID).collect();
    Ok(xml(talk::hear(&calls, &hook.ringing, &said, turn, hook.token.as_deref()).await?))
}

/// Receive partial speech from Twilio
///
/// A webhook for Twilio, accepted by its signature alone: what was heard of a sentence that is not over.
#[utoipa::path(post, path = "/api/v1/voice-call/partial", tag = "Voice calls", security(()),
    request_body(content = BTreeMap<String, String>, content_type = "application/x-www-form-urlencoded",
        description = "Twilio's parameters: `CallSid`, `UnstableSpeechResult`, `StableSpeechResult`, …"),
    responses(
    (status = 204, description = "Received"),
    (status = 403, description = "The request is not signed by Twilio"),
))]
pub(super) async fn partial(State(calls): State<Calls>, request: Signed<Twilio>) -> Answer<StatusCode> {
    let hook = Hook::read(&request)?;
    if let Some(text) = hook.field("UnstableSpeechResult").or_else(|| hook.field("StableSpeechResult")) {
        let text: String = text.chars().take(MOST_SAID).collect();
        let (scope, mut tx) = (kernel::Scope::system(), calls.app().write().await?);
        // Whoever says it and hangs up is not heard to the end.
        let refusal = Refusal::of(&text);
        if refusal != Refusal::default()
            && let Some(call) = store::take_by_sid(scope, &mut tx, &hook.ringing.sid, hook.ringing.ours).await?
        {
            moves::obey(&mut tx, calls.app().clock(), &call, refusal).await?;
        }
        store::half_heard(scope, &mut tx, &hook.ringing.sid, &text).await?;
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Receive the status of a call from Twilio
///
/// A webhook for Twilio, accepted by its signature alone. Events may come twice and in any order.
#[utoipa::path(post, path = "/api/v1/voice-call/status", tag = "Voice calls", security(()),
    request_body(content = BTreeMap<String, String>, content_type = "application/x-www-form-urlencoded",
        description = "Twilio's parameters: `CallSid`, `CallStatus`, `CallDuration`, …"),
    responses(
    (status = 204, description = "Received"),
    (status = 403, description = "The request is not signed by Twilio"),
))]
pub(super) async fn status(State(calls): State<Calls>, request: Signed<Twilio>) -> Answer<StatusCode> {
    let hook = Hook::read(&request)?;
    let Some(status) = hook.field("CallStatus").and_then(CallStatus::parse) else {
        return Err(Error::invalid_field("CallStatus", "must be one of Twilio's statuses").into());
    };
    let duration_seconds = hook.field("CallDuration").and_then(|seconds| seconds.parse().ok());
    let mut tx = calls.app().write().await?;
    let call = talk::call_of(&calls, &mut tx, &hook.ringing).await?;
    let change = Change { duration_seconds, ..Change::to(CallState::With(status)) };
    hook.take_in(&calls, tx, call, change, status.is_over()).await
}

/// Receive word of a recording from Twilio
///
/// A webhook for Twilio, accepted by its signature alone: a recording is ready.
#[utoipa::path(post, path = "/api/v1/voice-call/recording", tag = "Voice calls", security(()),
    request_body(content = BTreeMap<String, String>, content_type = "application/x-www-form-urlencoded",
        description = "Twilio's parameters: `CallSid`, `RecordingSid`, `RecordingStatus`, …"),
    responses(
    (status = 204, description = "Received"),
    (status = 403, description = "The request is not signed by Twilio"),
))]
pub(super) async fn recording(State(calls): State<Calls>, request: Signed<Twilio>) -> Answer<StatusCode> {
    let hook = Hook::read(&request)?;
    let recording_sid = hook.field("RecordingSid").map(str::to_owned);
    let ready = hook.field("RecordingStatus").is_none_or(|status| status == "completed");
    let mut tx = calls.app().write().await?;
    let call = store::take_by_sid(kernel::Scope::system(), &mut tx, &hook.ringing.sid, hook.ringing.ours).await?;
    let change = Change { recording_sid, ..Change::default() };
    hook.take_in(&calls, tx, call.filter(|_| ready), change, false).await
}
