//! Calls that people make themselves: arranged, and told of afterwards.

use axum::Json;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use db::Tx;
use events::TxExt as _;
use http_base::upload::fault_of;
use http_base::{Answer, Body, Caller, Named, Params};
use input::{Fields, Input};
use kernel::{Clock, Error, OutreachId, Result, Scope, Timestamp, time};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::recording::{self, Stored};
use super::{Pair, mails};
use crate::events::{OutreachCallEnded, OutreachCallsRefused};
use crate::jobs_of_outreach::enqueue_reminder;
use crate::learning::{self, Learned};
use crate::store::suppressions::{self, Suppression};
use crate::store::{self, CallEvent, follow_ups, sequences};
use crate::token::{Key, Purpose};
use crate::{CallStatus, Entry, Outreach, Stage, calendar, sweeping};

/// The most minutes that a call may have taken.
const MOST_MINUTES: f64 = 1440.0;
/// The longest transcript, in characters.
pub(super) const MOST_TRANSCRIPT: usize = 1_000_000;
/// How many bytes the other fields of a form may have beside it.
const MOST_OTHERS: usize = 64 << 10;

/// A call to be scheduled.
#[derive(Input)]
#[input(name = "ScheduleCall")]
pub(super) struct NewCall {
    #[input(flatten)]
    pair: Pair,
    /// When the call is to be; in the future.
    #[input(moment, example = "2030-01-16T14:00:00Z")]
    scheduled_time: Timestamp,
    /// What it is about; it becomes the note of the log entry.
    #[input(any_text(10_000))]
    notes: Option<String>,
}

/// A call was scheduled.
#[derive(Serialize, ToSchema)]
#[schema(as = ScheduledCall)]
pub(super) struct Scheduled {
    /// The log entry of the call.
    call_id: OutreachId,
    /// Always `scheduled`.
    status: &'static str,
    /// Where the call can be had as a calendar file (iCalendar), without a log-in.
    calendar_link: String,
    /// Always false: the reminder is sent at `reminder_at`.
    reminder_sent: bool,
    /// When the creator is reminded by email; null if the directory has no address, or the address is suppressed.
    reminder_at: Option<Timestamp>,
    /// When the call is to be.
    scheduled_time: Timestamp,
}

/// Schedule a call
///
/// Schedules a call that a person will make, with a calendar file and a reminder by email to the creator. Where a call with the creator for
/// the campaign is scheduled already, that one is moved: it has the same calendar entry, and one reminder.
#[utoipa::path(post, path = "/api/v1/outreach/call/schedule", tag = "Outreach calls", request_body = NewCall,
    responses((status = 200, description = "Scheduled", body = Scheduled),
    (status = 404, description = "There is no such campaign or creator")))]
pub(super) async fn schedule(
    State(outreach): State<Outreach>,
    caller: Caller,
    Body { input, .. }: Body<NewCall>,
) -> Answer<Json<Scheduled>> {
    // Before the transaction: it may have to be made.
    let key = outreach.key().await?;
    let (clock, scope) = (outreach.app().clock(), caller.scope());
    must_lie_ahead(input.scheduled_time, clock.now())?;
    let mut tx = outreach.app().write().await?;
    let (campaign, creator) = mails::pair(scope, &mut tx, &input.pair.campaign_id, input.pair.creator_id).await?;
    let entry = match store::meeting(scope, &mut tx, &campaign, creator.id).await? {
        Some(open) => open,
        None => store::for_call(scope, &mut tx, clock, &campaign, creator.id).await?,
    };
    let time = (input.scheduled_time, input.notes);
    Ok(Json(settle_time((&outreach, key), &caller, tx, (&campaign, creator.email.as_deref()), entry, time).await?))
}

/// A call to be moved.
#[derive(Input)]
#[input(name = "MoveCall")]
pub(super) struct MovedCall {
    /// When the call is to be; in the future.
    #[input(moment, example = "2030-01-17T14:00:00Z")]
    scheduled_time: Timestamp,
    /// What it is about; it becomes the note of the log entry.
    #[input(any_text(10_000))]
    notes: Option<String>,
}

/// Move a call
///
/// Gives a call that is scheduled another time. Its calendar entry moves, and the reminder with it.
#[utoipa::path(put, path = "/api/v1/outreach/call/{call_id}/schedule", tag = "Outreach calls", request_body = MovedCall,
    params(("call_id" = String, Path, description = "The id of the log entry")),
    responses((status = 200, description = "Moved", body = Scheduled),
    (status = 409, description = "The call is not scheduled, or over already")))]
pub(super) async fn reschedule(
    State(outreach): State<Outreach>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<MovedCall>,
) -> Answer<Json<Scheduled>> {
    let (id, scope): (OutreachId, _) = (name.id("Call")?, caller.scope());
    let key = outreach.key().await?;
    must_lie_ahead(input.scheduled_time, outreach.app().clock().now())?;
    let mut tx = outreach.app().write().await?;
    let entry = store::take(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Call"))?;
    if entry.call() != CallStatus::Scheduled {
        return Err(Error::conflict("Only a call that is scheduled can be moved; schedule another one").into());
    }
    let campaign = campaigns::find(scope, &mut tx, &entry.campaign_id.to_string()).await?;
    let creator = creators::store::by_id(Scope::system(), &mut tx, entry.creator_id).await?;
    let email = creator.and_then(|creator| creator.email);
    let time = (input.scheduled_time, input.notes);
    Ok(Json(settle_time((&outreach, key), &caller, tx, (&campaign, email.as_deref()), entry, time).await?))
}

fn must_lie_ahead(time: Timestamp, now: Timestamp) -> Result<()> {
    if time > now { Ok(()) } else { Err(Error::invalid_field("scheduled_time", "must be in the future")) }
}

/// Has a call be at this time, and its reminder before it. A reminder of an earlier time finds that it is not the call's any more.
async fn settle_time(
    (outreach, key): (&Outreach, &Key),
    caller: &Caller,
    mut tx: Tx,
    (campaign, email): (&campaigns::Campaign, Option<&str>),
    mut entry: Entry,
    (scheduled_time, notes): (Timestamp, Option<String>),
) -> Result<Scheduled> {
    let (clock, scope) = (outreach.app().clock(), caller.scope());
    let moved = entry.scheduled_at != Some(scheduled_time) || entry.call() != CallStatus::Scheduled;
    entry.scheduled_at = Some(scheduled_time);
    if notes.is_some() {
        entry.notes = notes;
    }
    let event = CallEvent {
        provider: "manual",
        provider_id: Some(own_id(&entry)),
        status: CallStatus::Scheduled,
        by: caller.account().map(|account| account.id),
        address: None,
        summary: entry.notes.clone(),
        detail: json!({"scheduled_time": scheduled_time}),
    };
    store::record_call(scope, &mut tx, clock, &mut entry, event).await?;
    let reachable = match email {
        Some(to) => crate::sending::refuse_suppressed(scope, &mut tx, campaign, to).await.is_ok(),
        None => false,
    };
    let before = i64::from(outreach.settings().reminder_minutes) * time::MINUTE;
    let reminder_at = reachable.then(|| scheduled_time.plus(-before).max(clock.now()));
    if let Some(at) = reminder_at.filter(|_| moved) {
        enqueue_reminder(&mut tx, clock, &entry, at).await?;
    }
    tx.commit().await?;
    Ok(Scheduled {
        call_id: entry.id,
        status: "scheduled",
        calendar_link: calendar::link(outreach, key, &entry),
        reminder_sent: false,
        reminder_at,
        scheduled_time,
    })
}

/// What a call that a person makes is known by: an entry may have several, one after the other.
fn own_id(entry: &Entry) -> String {
    let scheduled = entry.scheduled_at.map_or(0, Timestamp::micros);
    format!("{}@{scheduled}", entry.id)
}

/// Who may read the calendar file: whoever has its link.
#[derive(Input)]
pub(super) struct Token {
    /// The token of the link that scheduling the call gave. Without it the call must be your own.
    #[input(text(200))]
    token: Option<String>,
}

/// Download a call as a calendar file
///
/// A scheduled call in iCalendar, for whoever has the link that scheduling it gave, and for those whose call it is.
#[utoipa::path(get, path = "/api/v1/outreach/call/{call_id}/calendar.ics", tag = "Outreach calls", security(("bearer" = [])),
    params(("call_id" = String, Path, description = "The id of the log entry"), Token),
    responses((status = 200, description = "The calendar file", body = String, content_type = "text/calendar")))]
pub(super) async fn calendar(
    State(outreach): State<Outreach>,
    Params(token): Params<Token>,
    request: Request,
) -> Answer<Response> {
    let (mut parts, _) = request.into_parts();
    let name = <Named as axum::extract::FromRequestParts<Outreach>>::from_request_parts(&mut parts, &outreach).await?;
    let id: OutreachId = name.id("Call")?;
    let by_link = match &token.token {
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
    let campaign = campaigns::find(scope, &mut tx, &entry.campaign_id.to_string()).await?;
    let creator = creators::store::by_id(Scope::system(), &mut tx, entry.creator_id).await?;
    let with = creator.map_or_else(|| "a creator".to_owned(), |creator| creator.name);
    let title = format!("Call: {} and {with}, {}", campaign.brand_name, campaign.product_name);
    // The workspace's notes are not for everyone who has the link.
    let notes = if by_link { None } else { entry.notes.as_deref() };
    let organizer = (campaign.brand_name.as_str(), outreach.app().public_url());
    let file = calendar::file(&entry, scheduled, organizer, &title, notes);
    let media_type = match calendar::method(&entry) {
        "CANCEL" => "text/calendar; charset=utf-8; method=CANCEL",
        _ => "text/calendar; charset=utf-8; method=PUBLISH",
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"call.ics\"")),
    ];
    Ok((headers, file).into_response())
}

/// How a call may have ended; `no answer` is how dashboards spell it.
const ENDINGS: &[&str] = &["completed", "no_answer", "no answer", "failed", "cancelled"];

/// What came of a call.
#[derive(Input)]
#[input(name = "CallOutcome")]
pub(super) struct Completion {
    /// The log entry of the call.
    // What is no id names no call: the handler answers 404 for both.
    #[input(text(100).map(|id| id.parse().unwrap_or_else(|_| OutreachId::from_uuid(uuid::Uuid::nil()))))]
    call_id: OutreachId,
    /// How it ended.
    #[input(one_of(ENDINGS).map(|word| CallStatus::parse(word).unwrap_or(CallStatus::Completed)), default = CallStatus::Completed)]
    status: CallStatus,
    /// How long it took, in minutes.
    #[input(number(0.0, MOST_MINUTES), example = 12.5)]
    duration_minutes: Option<f64>,
    /// Where the recording is, if it is kept elsewhere.
    #[input(url)]
    recording_url: Option<String>,
    /// What was said: `Speaker: words` on each line, or plain text.
    #[input(any_text(MOST_TRANSCRIPT))]
    transcript: Option<String>,
    /// A note for the log entry.
    #[input(any_text(10_000))]
    notes: Option<String>,
    /// What is to be done next; it becomes a follow-up.
    #[input(any_text(10_000), example = "Send product samples")]
    next_steps: Option<String>,
}

/// What came of a call, with its recording.
#[derive(Input)]
#[input(name = "CallOutcomeForm", file = "The recording: MP3 or WAV.", file_name = "recording", file_optional)]
struct CompletionForm {
    #[input(flatten)]
    completion: Completion,
}

fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// The outcome of a call was logged.
#[derive(Serialize, ToSchema)]
#[schema(as = CompletedCall)]
pub(super) struct Completed {
    /// The log entry of the call.
    call_id: OutreachId,
    /// How the call ended.
    status: CallStatus,
    /// Was a transcript given, and read for what it says?
    transcript_generated: bool,
    /// Did the call leave something new to be done? `GET /api/v1/outreach/follow-ups` lists it.
    follow_up_created: bool,
}

/// Log the outcome of a call
///
/// As JSON, or as a form with the file `recording` (MP3 or WAV). A transcript is read for a summary, action items and the sentiment;
/// what it tells of the creator is offered as suggested updates, and what is to be done becomes follow-ups.
#[utoipa::path(post, path = "/api/v1/outreach/call/complete", tag = "Outreach calls",
    request_body(content((Completion = "application/json"), (CompletionForm = "multipart/form-data"))),
    responses((status = 200, description = "Logged", body = Completed),
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
    let mut form = Multipart::from_request(request, outreach).await.map_err(|error| fault_of(&error))?;
    let (mut pairs, mut stored): (Vec<(String, String)>, Option<Stored>) = (Vec::new(), None);
    let mut length = 0;
    let read = async {
        while let Some(mut field) = form.next_field().await.map_err(|error| fault_of(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "recording" || field.file_name().is_some() {
                if stored.is_some() {
                    return Err(Error::invalid_field("recording", "is given twice; give it once"));
                }
                stored = Some(recording::store(outreach, &mut field).await?);
            } else {
                let mut text = Vec::new();
                while let Some(chunk) = field.chunk().await.map_err(|error| fault_of(&error))? {
                    // All of the texts together; a file may be as large as a file may be.
                    length += chunk.len();
                    if length > 4 * MOST_TRANSCRIPT + MOST_OTHERS {
                        return Err(Error::invalid_field(&name, "is too long"));
                    }
                    text.extend_from_slice(&chunk);
                }
                let text =
                    String::from_utf8(text).map_err(|_| Error::invalid_field(&name, "is not a text in UTF-8"))?;
                pairs.push((name, text));
            }
        }
        Fields::of_text("body", pairs).read::<CompletionForm>().map(|form| form.completion)
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
        let entry = store::by_id(scope, &mut tx, input.call_id).await?.ok_or_else(|| Error::not_found("Call"))?;
        let creator = creators::store::by_id(scope, &mut tx, entry.creator_id).await?;
        (entry, creator.map(|creator| creator.name))
    };
    refuse_over(&entry)?;
    let (status, transcript, next_steps) = (input.status, said(input.transcript), said(input.next_steps));
    let learned = match &transcript {
        Some(transcript) => Some(learning::read(outreach, transcript, name.as_deref()).await),
        None => None,
    };
    let (clock, now) = (app.clock(), app.clock().now());
    let mut tx = app.write().await?;
    let mut entry = store::take(scope, &mut tx, input.call_id).await?.ok_or_else(|| Error::not_found("Call"))?;
    refuse_over(&entry)?;
    if let Some(minutes) = input.duration_minutes {
        entry.call_duration_seconds = Some((minutes * 60.0).round() as u64);
    }
    if let Some(url) = input.recording_url {
        entry.call_recording_url = Some(url);
    }
    if let Some(stored) = recording {
        stored.belong_to(scope, &mut tx, &mut entry, now).await?;
    }
    if let Some(notes) = said(input.notes) {
        entry.notes = Some(notes);
    }
    if let Some(next_steps) = &next_steps {
        entry.next_steps = Some(next_steps.clone());
    }
    if status == CallStatus::Completed {
        entry.call_successful = Some("success".into());
    }
    let transcript_generated = transcript.is_some();
    let mut to_do: Vec<String> = next_steps.into_iter().collect();
    let event = CallEvent {
        provider: "manual",
        provider_id: Some(own_id(&entry)),
        status,
        by: caller.account().map(|account| account.id),
        address: None,
        summary: learned.as_ref().and_then(|learned| learned.summary.clone()),
        detail: json!({"duration_minutes": input.duration_minutes}),
    };
    if let (Some(transcript), Some(learned)) = (transcript, &learned) {
        entry.call_transcript = Some(transcript);
        taught(scope, &mut tx, &mut entry, learned, clock).await?;
        to_do.extend(learned.action_items.iter().cloned());
    }
    if !store::record_call(scope, &mut tx, clock, &mut entry, event).await? {
        return Err(over());
    }
    if status == CallStatus::Completed {
        sequences::stop_of_entry(scope, &mut tx, entry.id, "replied", now).await?;
    }
    let fresh = follow_ups::create(scope, &mut tx, clock, &entry, &to_do).await?;
    tx.event(OutreachCallEnded { outreach: (&entry).into(), status });
    tx.commit().await?;
    Ok(Completed { call_id: entry.id, status, transcript_generated, follow_up_created: fresh > 0 })
}

/// Writes what a conversation taught into its entry; whoever wants to be left alone is.
pub(super) async fn taught(
    scope: Scope,
    tx: &mut Tx,
    entry: &mut Entry,
    learned: &Learned,
    clock: &Clock,
) -> Result<()> {
    let now = clock.now();
    entry.learn(learned);
    if learned.refused.calls {
        tx.event(OutreachCallsRefused((&*entry).into()));
    }
    if learned.refused.mails {
        let creator = creators::store::by_id(Scope::system(), tx, entry.creator_id).await?;
        if let Some(address) = creator.and_then(|creator| creator.email) {
            let suppression = Suppression {
                id: clock.new_id(),
                workspace_id: entry.workspace_id,
                address,
                reason: "unsubscribed".into(),
                note: Some("They said so in a conversation".into()),
                created_at: now,
            };
            suppressions::insert(scope, tx, &suppression).await?;
        }
        sequences::stop_of_entry(scope, tx, entry.id, "unsubscribed", now).await?;
    }
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
