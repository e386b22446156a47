//! Calls that people make themselves: arranged, and told of afterwards.

use axum::Json;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use db::Tx;
use http_base::{Answer, Body, Caller, Named, Params};
use input::rule;
use input::{Fields, Input};
use kernel::{CreatorId, Error, OutreachId, Result, Scope, Timestamp, time};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::recording::{self, Stored};
use super::{Pair, mails};
use crate::jobs_of_outreach::enqueue_reminder;
use crate::learning::{self, Learned};
use crate::store::{self, CallEvent, follow_ups, sequences};
use crate::token::Purpose;
use crate::{CallStatus, Entry, Outreach, Stage, calendar, sweeping};

/// The most minutes that a call may have taken.
const MOST_MINUTES: f64 = 1440.0;
/// The longest transcript, in characters.
pub(super) const MOST_TRANSCRIPT: usize = 1_000_000;

/// A call to be arranged. Only for the documentation.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `NewCall` reads")]
pub(super) struct ScheduleDocument {
    /// The campaign's id or code.
    campaign_id: String,
    /// The creator; `creator_id` is taken too.
    influencer_id: String,
    /// When; in the future.
    #[schema(example = "2030-01-16T14:00:00Z")]
    scheduled_time: String,
    /// What it is about.
    notes: Option<String>,
}

pub(super) struct NewCall {
    campaign: String,
    creator: CreatorId,
    scheduled: Timestamp,
    notes: Option<String>,
}

impl Input for NewCall {
    fn read(fields: &mut Fields) -> Option<Self> {
        let pair = Pair::read(fields);
        let scheduled = fields.required("scheduled_time", rule::moment());
        let notes = fields.optional("notes", rule::any_text(10_000));
        Some(Self { campaign: pair.campaign?, creator: pair.creator?, scheduled: scheduled?, notes })
    }
}

/// A call was arranged.
#[derive(Serialize, ToSchema)]
pub(super) struct Scheduled {
    /// The entry of the log.
    call_id: OutreachId,
    /// Always `scheduled`.
    status: &'static str,
    /// The date as a calendar file; good for whoever has the link.
    calendar_link: String,
    /// Has the creator been reminded? Not yet: see `reminder_at`.
    reminder_sent: bool,
    /// When a reminder is mailed; null if the directory has no address, or the address is suppressed.
    reminder_at: Option<Timestamp>,
    scheduled_time: Timestamp,
}

/// Schedule a call
///
/// Arranges a call that a person will make, with a calendar file and a reminder by mail to the creator.
#[utoipa::path(post, path = "/api/v1/outreach/call/schedule", tag = "Outreach calls", request_body = ScheduleDocument,
    responses((status = 200, description = "Arranged", body = Scheduled),
    (status = 404, description = "There is no such campaign or creator")))]
pub(super) async fn schedule(
    State(outreach): State<Outreach>,
    caller: Caller,
    Body { input, .. }: Body<NewCall>,
) -> Answer<Json<Scheduled>> {
    let key = outreach.key().await?;
    let (clock, scope) = (outreach.app().clock(), caller.scope());
    let now = clock.now();
    if input.scheduled <= now {
        return Err(Error::invalid_field("scheduled_time", "must be in the future").into());
    }
    let mut tx = outreach.app().write().await?;
    let (campaign, creator) = mails::pair(scope, &mut tx, &input.campaign, input.creator).await?;
    let mut entry = store::for_call(scope, &mut tx, clock, &campaign, creator.id).await?;
    entry.scheduled_at = Some(input.scheduled);
    if input.notes.is_some() {
        entry.notes = input.notes;
    }
    let event = CallEvent {
        provider: "manual",
        provider_id: Some(own_id(&entry)),
        status: CallStatus::Scheduled,
        by: caller.account().map(|account| account.id),
        address: None,
        summary: entry.notes.clone(),
        detail: json!({"scheduled_time": input.scheduled}),
    };
    store::record_call(scope, &mut tx, clock, &mut entry, event).await?;
    let reachable = match &creator.email {
        Some(to) => crate::sending::refuse_suppressed(scope, &mut tx, &campaign, to).await.is_ok(),
        None => false,
    };
    let before = i64::from(outreach.settings().reminder_minutes) * time::MINUTE;
    let reminder_at = reachable.then(|| input.scheduled.plus(-before).max(now));
    if let Some(at) = reminder_at {
        enqueue_reminder(&mut tx, clock, &entry, at).await?;
    }
    tx.commit().await?;
    Ok(Json(Scheduled {
        call_id: entry.id,
        status: "scheduled",
        calendar_link: calendar::link(&outreach, key, &entry),
        reminder_sent: false,
        reminder_at,
        scheduled_time: input.scheduled,
    }))
}

/// What a call that a person makes is known by: an entry may have several, one after the other.
fn own_id(entry: &Entry) -> String {
    let scheduled = entry.scheduled_at.map_or(0, Timestamp::micros);
    format!("{}@{scheduled}", entry.id)
}

/// Who may read the calendar file: whoever has its link.
pub(super) struct Token(Option<String>);

impl Input for Token {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self(fields.optional("token", rule::text(200))))
    }
}

/// Read a call as a calendar file
///
/// For whoever has the link that scheduling it gave (its token), or whose call it is.
#[utoipa::path(get, path = "/api/v1/outreach/call/{call_id}/calendar.ics", tag = "Outreach calls",
    params(("call_id" = String, Path, description = "The entry's id"), ("token" = Option<String>, Query, description = "As the link has it")),
    responses((status = 200, description = "The file", body = String, content_type = "text/calendar")))]
pub(super) async fn calendar(
    State(outreach): State<Outreach>,
    Params(token): Params<Token>,
    request: Request,
) -> Answer<Response> {
    let (mut parts, _) = request.into_parts();
    let name = <Named as axum::extract::FromRequestParts<Outreach>>::from_request_parts(&mut parts, &outreach).await?;
    let id: OutreachId = name.id("Call")?;
    let by_link = match &token.0 {
        Some(token) => outreach.key().await?.read(Purpose::Calendar, token) == Some(id.uuid()),
        None => false,
    };
    let scope = if by_link {
        Scope::system()
    } else {
        use axum::extract::FromRequestParts as _;
        Caller::from_request_parts(&mut parts, &outreach).await?.scope()
    };
    let mut tx = outreach.app().read().await?;
    let entry = store::by_id(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Call"))?;
    let scheduled = entry.scheduled_at.ok_or_else(|| Error::not_found("Call"))?;
    let campaign = store::campaign(scope, &mut tx, &entry.campaign_id.to_string()).await?;
    let creator = creators::store::by_id(Scope::system(), &mut tx, entry.creator_id).await?;
    let with = creator.map_or_else(|| "a creator".to_owned(), |creator| creator.name);
    let title = format!("Call: {} and {with}, {}", campaign.brand_name, campaign.product_name);
    // The workspace's notes are not for everyone who has the link.
    let notes = if by_link { None } else { entry.notes.as_deref() };
    let file = calendar::file(&entry, scheduled, &title, notes);
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8")),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"call.ics\"")),
    ];
    Ok((headers, file).into_response())
}

/// What came of a call. Only for the documentation.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `Completion` reads")]
pub(super) struct CompletionDocument {
    /// The entry.
    call_id: String,
    /// `completed` (as it is without this), `no_answer`, `failed` or `cancelled`.
    status: Option<String>,
    /// How long it was.
    duration_minutes: Option<f64>,
    /// Where the recording is; or send the file as a form.
    recording_url: Option<String>,
    /// What was said: `Speaker: words` on each line, or plain text.
    transcript: Option<String>,
    /// Whatever is worth remembering.
    notes: Option<String>,
    /// What is to be done next.
    next_steps: Option<String>,
    /// In a form: the recording, MP3 or WAV.
    #[schema(value_type = Option<String>, format = Binary)]
    recording: Option<Vec<u8>>,
}

pub(super) struct Completion {
    call: OutreachId,
    status: CallStatus,
    minutes: Option<f64>,
    recording_url: Option<String>,
    transcript: Option<String>,
    notes: Option<String>,
    next_steps: Option<String>,
}

impl Input for Completion {
    fn read(fields: &mut Fields) -> Option<Self> {
        let call = fields.required("call_id", rule::text(100));
        let over = rule::one_of(&["completed", "no_answer", "no answer", "failed", "cancelled"]);
        let status = fields.optional("status", over).and_then(CallStatus::parse);
        let minutes = fields.optional("duration_minutes", rule::number(0.0, MOST_MINUTES));
        let recording_url = fields.optional("recording_url", rule::url());
        let transcript = fields.optional("transcript", rule::any_text(MOST_TRANSCRIPT));
        let notes = fields.optional("notes", rule::any_text(10_000));
        let next_steps = fields.optional("next_steps", rule::any_text(10_000));
        // What is no id names no call: the handler answers 404 for both.
        let call = call?.parse().unwrap_or_else(|_| OutreachId::from_uuid(uuid::Uuid::nil()));
        let status = status.unwrap_or(CallStatus::Completed);
        Some(Self {
            call,
            status,
            minutes,
            recording_url,
            transcript: said(transcript),
            notes: said(notes),
            next_steps: said(next_steps),
        })
    }
}

fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// A call is over.
#[derive(Serialize, ToSchema)]
pub(super) struct Completed {
    call_id: OutreachId,
    status: &'static str,
    /// Is there a transcript, and was it read?
    transcript_generated: bool,
    /// Is there something new to be done? `GET /outreach/follow-ups` lists it.
    follow_up_created: bool,
}

/// Complete a call
///
/// Writes down what came of a call: as JSON, or as a form with the file `recording` (MP3 or WAV). A transcript is read for a summary,
/// action items and the mood; what it taught is offered as updates, and what is to be done is written down.
#[utoipa::path(post, path = "/api/v1/outreach/call/complete", tag = "Outreach calls",
    request_body(content((CompletionDocument = "application/json"), (CompletionDocument = "multipart/form-data"))),
    responses((status = 200, description = "Written down", body = Completed),
    (status = 404, description = "There is no such call"),
    (status = 409, description = "The call is over already")))]
pub(super) async fn complete(
    State(outreach): State<Outreach>,
    caller: Caller,
    request: Request,
) -> Answer<Json<Completed>> {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (input, recording) = if media_type.starts_with("multipart/form-data") {
        form(&outreach, request).await?
    } else {
        (Body::<Completion>::from_request(request, &outreach).await?.input, None)
    };
    let done = finish(&outreach, &caller, input, recording.as_ref()).await;
    if done.is_err()
        && let Some(recording) = recording
    {
        sweeping::discard(&outreach, &recording.name).await;
    }
    Ok(Json(done?))
}

async fn form(outreach: &Outreach, request: Request) -> Result<(Completion, Option<Stored>)> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Error::new(kernel::Kind::BadRequest, format!("The form could not be read: {error}"))
    };
    let mut form = Multipart::from_request(request, outreach).await.map_err(|error| unreadable(&error))?;
    let (mut pairs, mut stored): (Vec<(String, String)>, Option<Stored>) = (Vec::new(), None);
    let read = async {
        while let Some(mut field) = form.next_field().await.map_err(|error| unreadable(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "recording" || field.file_name().is_some() {
                if stored.is_some() {
                    return Err(Error::invalid_field("recording", "is given twice; give it once"));
                }
                stored = Some(recording::store(outreach, &mut field).await?);
            } else {
                let mut text = Vec::new();
                while let Some(chunk) = field.chunk().await.map_err(|error| unreadable(&error))? {
                    if text.len() + chunk.len() > 4 * MOST_TRANSCRIPT {
                        return Err(Error::invalid_field(&name, "is too long"));
                    }
                    text.extend_from_slice(&chunk);
                }
                let text = String::from_utf8(text).map_err(|error| unreadable(&error))?;
                pairs.push((name, text));
            }
        }
        Fields::of_text("body", pairs).read::<Completion>()
    };
    match read.await {
        Ok(input) => Ok((input, stored)),
        Err(error) => {
            if let Some(stored) = stored {
                sweeping::discard(outreach, &stored.name).await;
            }
            Err(error)
        }
    }
}

async fn finish(
    outreach: &Outreach,
    caller: &Caller,
    input: Completion,
    recording: Option<&Stored>,
) -> Result<Completed> {
    let (app, scope) = (outreach.app(), caller.scope());
    let (entry, name) = {
        let mut tx = app.read().await?;
        let entry = store::by_id(scope, &mut tx, input.call).await?.ok_or_else(|| Error::not_found("Call"))?;
        let creator = creators::store::by_id(scope, &mut tx, entry.creator_id).await?;
        (entry, creator.map(|creator| creator.name))
    };
    refuse_over(&entry)?;
    let learned = match &input.transcript {
        Some(transcript) => Some(learning::read(outreach, transcript, name.as_deref()).await),
        None => None,
    };
    let (clock, now) = (app.clock(), app.clock().now());
    let mut tx = app.write().await?;
    let mut entry = store::take(scope, &mut tx, input.call).await?.ok_or_else(|| Error::not_found("Call"))?;
    refuse_over(&entry)?;
    if let Some(minutes) = input.minutes {
        entry.call_duration_seconds = Some((minutes * 60.0).round() as u64);
    }
    if let Some(url) = input.recording_url {
        entry.call_recording_url = Some(url);
    }
    if let Some(stored) = recording {
        stored.belong_to(scope, &mut tx, &mut entry, now).await?;
    }
    if let Some(notes) = input.notes {
        entry.notes = Some(notes);
    }
    if let Some(next_steps) = &input.next_steps {
        entry.next_steps = Some(next_steps.clone());
    }
    if input.status == CallStatus::Completed {
        entry.call_successful = Some("success".into());
    }
    let transcript_generated = input.transcript.is_some();
    let mut to_do: Vec<String> = input.next_steps.into_iter().collect();
    let event = CallEvent {
        provider: "manual",
        provider_id: Some(own_id(&entry)),
        status: input.status,
        by: caller.account().map(|account| account.id),
        address: None,
        summary: learned.as_ref().and_then(|learned| learned.summary.clone()),
        detail: json!({"duration_minutes": input.minutes}),
    };
    if let (Some(transcript), Some(learned)) = (input.transcript, &learned) {
        entry.call_transcript = Some(transcript);
        taught(scope, &mut tx, &mut entry, learned, now).await?;
        to_do.extend(learned.action_items.iter().cloned());
    }
    if !store::record_call(scope, &mut tx, clock, &mut entry, event).await? {
        return Err(over());
    }
    if input.status == CallStatus::Completed {
        sequences::stop_of_entry(scope, &mut tx, entry.id, "replied", now).await?;
    }
    let fresh = follow_ups::create(scope, &mut tx, clock, &entry, &to_do).await?;
    let payload =
        json!({"status": input.status.word(), "campaign_id": entry.campaign_id, "creator_id": entry.creator_id});
    tx.event("outreach.call_ended", entry.id, Some(entry.workspace_id), payload.to_string(), clock.new_id(), now);
    tx.commit().await?;
    Ok(Completed { call_id: entry.id, status: input.status.word(), transcript_generated, follow_up_created: fresh > 0 })
}

/// Writes what a conversation taught into its entry; whoever wants to be left alone is.
pub(super) async fn taught(
    scope: Scope,
    tx: &mut Tx,
    entry: &mut Entry,
    learned: &Learned,
    now: Timestamp,
) -> Result<()> {
    entry.learn(learned);
    if learned.opted_out {
        entry.reach(Stage::Declined);
        sequences::stop_of_entry(scope, tx, entry.id, "declined", now).await?;
    }
    Ok(())
}

fn over() -> Error {
    Error::conflict("This call is over already; schedule another one to talk again")
}

fn refuse_over(entry: &Entry) -> Result<()> {
    if entry.call().is_over() { Err(over()) } else { Ok(()) }
}
