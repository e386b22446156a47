//! What was said in a call.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Caller, Named};
use input::Input;
use kernel::{Error, Kind, OutreachId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::calls::{MOST_TRANSCRIPT, taught};
use crate::store::{self, follow_ups};
use crate::{Entry, Outreach, learning};

/// What was said in a call, and what it tells.
#[derive(Serialize, ToSchema)]
pub(super) struct Transcript {
    /// The log entry of the call.
    call_id: OutreachId,
    /// What was said: `Speaker: words` on each line, or plain text.
    transcript: String,
    /// A summary.
    summary: Option<String>,
    /// What is to be done.
    action_items: Vec<String>,
    /// How it went: `positive`, `neutral_positive`, `neutral`, `neutral_negative` or `negative`; null if nothing tells.
    #[schema(example = "positive")]
    sentiment: Option<String>,
    /// The creator's interest: `very_interested`, `interested`, `neutral` or `not_interested`.
    #[schema(example = "interested")]
    interest_level: Option<String>,
    /// The rate that the creator named.
    #[schema(example = "1200 USD")]
    collaboration_rate: Option<String>,
    /// When the creator has time, in their own words.
    timeline_availability: Option<String>,
    /// What read the transcript: `local` for the rules of this server, or the name of the language model that wrote summary, action items
    /// and sentiment. Null if the provider's agent told them.
    #[schema(example = "local")]
    read_by: Option<String>,
}

/// The words of an entry: its transcript, or its turns as one text.
fn words(entry: &Entry) -> Option<String> {
    let text = entry.call_transcript.clone().filter(|text| !text.trim().is_empty());
    text.or_else(|| {
        let turns: Vec<Value> = serde_json::from_str(entry.full_transcript.as_deref()?).ok()?;
        let line = |turn: &Value| {
            let said = ["message", "text", "content"].iter().find_map(|name| turn[*name].as_str())?;
            let speaker = ["role", "speaker"].iter().find_map(|name| turn[*name].as_str()).unwrap_or_default();
            Some(if speaker.is_empty() { said.to_owned() } else { format!("{speaker}: {said}") })
        };
        let lines: Vec<String> = turns.iter().filter_map(line).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    })
}

fn told(entry: Entry) -> Option<Transcript> {
    Some(Transcript {
        call_id: entry.id,
        transcript: words(&entry)?,
        action_items: entry.actions(),
        summary: entry.transcript_summary,
        sentiment: entry.sentiment,
        interest_level: entry.interest_level,
        collaboration_rate: entry.collaboration_rate,
        timeline_availability: entry.timeline_availability,
        read_by: entry.transcript_read_by,
    })
}

/// Get a transcript
///
/// What was said in a call, and what it tells.
#[utoipa::path(get, path = "/api/v1/outreach/call/{call_id}/transcript", tag = "Outreach calls",
    params(("call_id" = String, Path, description = "The id of the log entry")),
    responses((status = 200, description = "The transcript", body = Transcript)))]
pub(super) async fn read(State(outreach): State<Outreach>, caller: Caller, name: Named) -> Answer<Json<Transcript>> {
    let id = name.id("Call")?;
    let mut tx = outreach.app().read().await?;
    let entry = store::by_id(caller.scope(), &mut tx, id).await?.ok_or_else(|| Error::not_found("Call"))?;
    let missing = || Error::new(Kind::NotFound, "This call has no transcript");
    Ok(Json(told(entry).ok_or_else(missing)?))
}

/// What was said in a call.
#[derive(Input)]
#[input(name = "TranscriptInput")]
pub(super) struct Words {
    /// `Speaker: words` on each line, or plain text.
    #[input(
        text(MOST_TRANSCRIPT),
        example = "Agent: Hello, this is TechFit.\nMia: Hi! I charge 1,200 dollars for a video."
    )]
    transcript: String,
}

/// Save a transcript
///
/// The transcript of a call takes the place of an earlier one. It is read for a summary, action items and the sentiment; what the creator
/// said of rate, interest and time is offered as suggested updates.
#[utoipa::path(post, path = "/api/v1/outreach/call/{call_id}/transcript", tag = "Outreach calls", request_body = Words,
    params(("call_id" = String, Path, description = "The id of the log entry")),
    responses((status = 200, description = "The transcript, and what it tells", body = Transcript)))]
pub(super) async fn write(
    State(outreach): State<Outreach>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<Words>,
) -> Answer<Json<Transcript>> {
    let (id, scope, app): (OutreachId, _, _) = (name.id("Call")?, caller.scope(), outreach.app());
    let creator = {
        let mut tx = app.read().await?;
        let entry = store::by_id(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Call"))?;
        creators::store::by_id(scope, &mut tx, entry.creator_id).await?.map(|creator| creator.name)
    };
    let learned = learning::read(&outreach, &input.transcript, creator.as_deref()).await;
    let mut tx = app.write().await?;
    let mut entry = store::take(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Call"))?;
    entry.call_transcript = Some(input.transcript);
    taught(scope, &mut tx, &mut entry, &learned, app.clock()).await?;
    store::save(scope, &mut tx, &mut entry, app.clock().now()).await?;
    follow_ups::create(scope, &mut tx, app.clock(), &entry, &learned.action_items).await?;
    tx.commit().await?;
    Ok(Json(told(entry).ok_or_else(|| Error::internal("a transcript that was just written is not there"))?))
}
