//! The log itself: listed, opened, read, changed.

use axum::Json;
use axum::extract::State;
use events::TxExt as _;
use http_base::{Answer, App, Body, Caller, Named, Offsets, Page, Params};
use input::Input;
use kernel::{AccountId, CreatorId, Error, OutreachId, Result, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::Pair;
use crate::events::{OutreachCreated, OutreachMoved};
use crate::store::touches::{self, Touch, TouchId};
use crate::store::{self, Wanted};
use crate::{CallStatus, Channel, EmailStatus, Entry, MessageType, NewEntry, OutreachBody, Stage, Status};

/// The largest `content`, as JSON.
const MOST_CONTENT: usize = 200_000;

/// A page of the outreach log.
#[derive(Serialize, ToSchema)]
#[schema(as = OutreachLogList)]
pub(super) struct LogList {
    /// The entries of this page, the newest first.
    outreach_logs: Vec<OutreachBody>,
    #[serde(flatten)]
    page: Page,
}

/// Which entries are wanted.
#[derive(Input)]
pub(super) struct Narrowed {
    /// Only entries of this status.
    #[input(word)]
    status: Option<Status>,
    /// Only entries over this channel.
    #[input(word)]
    channel: Option<Channel>,
    /// Only entries at this stage of the pipeline.
    #[input(word)]
    stage: Option<Stage>,
    #[input(flatten)]
    offsets: Offsets,
}

/// Only of one campaign.
#[derive(Input)]
pub(super) struct OfCampaign {
    /// Only entries of this campaign: its id or code.
    #[input(text(100))]
    campaign_id: Option<String>,
}

/// Only with one creator.
#[derive(Input)]
pub(super) struct OfCreator {
    /// Only entries with this creator: their id.
    #[input(text(100), alias = "influencer_id")]
    creator_id: Option<String>,
}

/// Which entries of the log are wanted.
#[derive(Input)]
pub(super) struct LogQuery {
    #[input(flatten)]
    campaign: OfCampaign,
    #[input(flatten)]
    creator: OfCreator,
    #[input(flatten)]
    narrowed: Narrowed,
}

/// Which entries of a campaign are wanted.
#[derive(Input)]
pub(super) struct CampaignQuery {
    #[input(flatten)]
    creator: OfCreator,
    #[input(flatten)]
    narrowed: Narrowed,
}

/// Which entries with a creator are wanted.
#[derive(Input)]
pub(super) struct CreatorQuery {
    #[input(flatten)]
    campaign: OfCampaign,
    #[input(flatten)]
    narrowed: Narrowed,
}

async fn page(
    app: &App,
    caller: &Caller,
    (campaign, creator): (Option<String>, Option<String>),
    narrowed: Narrowed,
) -> Result<LogList> {
    let (scope, mut tx) = (caller.scope(), app.read().await?);
    let campaign = match &campaign {
        Some(name) => Some(campaigns::find(scope, &mut tx, name).await?.id),
        None => None,
    };
    let creator = match &creator {
        Some(name) => {
            let id: CreatorId = name.parse().map_err(|_| Error::not_found("Creator"))?;
            creators::store::by_id(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Creator"))?;
            Some(id)
        }
        None => None,
    };
    let Narrowed { status, channel, stage, offsets } = narrowed;
    let (status, channel, stage) = (status.map(Status::word), channel.map(Channel::word), stage.map(Stage::word));
    let (entries, total) =
        store::list(scope, &mut tx, &Wanted { campaign, creator, status, channel, stage }, offsets).await?;
    Ok(LogList { outreach_logs: entries.into_iter().map(OutreachBody::from).collect(), page: offsets.page(total) })
}

/// List the outreach log
///
/// Every approach of a creator for a campaign, the newest first.
#[utoipa::path(get, path = "/api/v1/outreach", tag = "Outreach", params(LogQuery),
    responses((status = 200, description = "A page of the log", body = LogList),
    (status = 404, description = "There is no such campaign or creator")))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(query): Params<LogQuery>,
) -> Answer<Json<LogList>> {
    let about = (query.campaign.campaign_id, query.creator.creator_id);
    Ok(Json(page(&app, &caller, about, query.narrowed).await?))
}

/// List the outreach of a campaign
///
/// The log entries of one campaign, the newest first.
#[utoipa::path(get, path = "/api/v1/outreach/campaign/{campaign_id}", tag = "Outreach",
    params(("campaign_id" = String, Path, description = "The campaign's id or code"), CampaignQuery),
    responses((status = 200, description = "A page of its entries", body = LogList)))]
pub(super) async fn of_campaign(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Params(query): Params<CampaignQuery>,
) -> Answer<Json<LogList>> {
    Ok(Json(page(&app, &caller, (Some(name.0), query.creator.creator_id), query.narrowed).await?))
}

/// List the outreach to a creator
///
/// The log entries with one creator, the newest first.
#[utoipa::path(get, path = "/api/v1/outreach/creator/{creator_id}", tag = "Outreach",
    params(("creator_id" = String, Path, description = "The creator's id"), CreatorQuery),
    responses((status = 200, description = "A page of their entries", body = LogList)))]
pub(super) async fn of_creator(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Params(query): Params<CreatorQuery>,
) -> Answer<Json<LogList>> {
    Ok(Json(page(&app, &caller, (query.campaign.campaign_id, Some(name.0)), query.narrowed).await?))
}

/// A new entry of the outreach log.
#[derive(Input)]
#[input(name = "OutreachLogInput")]
pub(super) struct NewLog {
    #[input(flatten)]
    pair: Pair,
    #[input(flatten)]
    changes: Changes,
}

/// What may be changed of an entry by hand.
#[derive(Input)]
#[input(name = "OutreachLogChanges")]
pub(super) struct Changes {
    /// How the creator is approached.
    #[input(word, not_null)]
    channel: Option<Channel>,
    /// What the message is.
    #[input(word, not_null)]
    message_type: Option<MessageType>,
    /// What was sent: any object of up to 200,000 bytes of JSON.
    #[input(object(MOST_CONTENT))]
    content: Option<Option<Map<String, Value>>>,
    /// Where the approach stands; `pending` at first.
    #[input(word, not_null)]
    status: Option<Status>,
    /// How far it has come in the pipeline; `selected` at first.
    #[input(word, not_null)]
    stage: Option<Stage>,
    /// Notes, for your workspace alone.
    #[input(any_text(10_000))]
    notes: Option<Option<String>>,
    /// What is to be done next.
    #[input(any_text(10_000))]
    next_steps: Option<Option<String>>,
}

impl Changes {
    /// Changes an entry by hand; a move that its state forbids is 409.
    fn apply(self, entry: &mut Entry, now: Timestamp) -> Result<()> {
        if let Some(channel) = self.channel {
            entry.channel = Some(channel);
        }
        if let Some(kind) = self.message_type {
            entry.message_type = Some(kind);
        }
        if let Some(content) = self.content {
            entry.content = content.map(|content| Value::Object(content).to_string());
        }
        if let Some(notes) = self.notes {
            entry.notes = notes;
        }
        if let Some(next_steps) = self.next_steps {
            entry.next_steps = next_steps;
        }
        if let Some(status) = self.status.filter(|status| *status != entry.status) {
            entry.status = entry.status.next(status)?;
            by_hand(entry, status, now);
        }
        if let Some(stage) = self.stage {
            entry.stage = entry.stage.next(stage)?;
        }
        Ok(())
    }
}

/// Has the statuses of mail and call and the pipeline follow what a person says was done.
fn by_hand(entry: &mut Entry, status: Status, now: Timestamp) {
    if entry.channel == Some(Channel::Email)
        && let Some(email) = EmailStatus::parse(status.word())
        && entry.email().may_become(email)
    {
        entry.email_status = Some(email);
    }
    if entry.channel == Some(Channel::Call)
        && let Some(call) = CallStatus::parse(status.word())
        && (entry.call().may_become(call) || entry.call().is_over() && entry.call() != CallStatus::Completed)
    {
        entry.call_status = Some(call);
    }
    match status {
        Status::Replied => entry.reach(Stage::Replied),
        Status::Sent | Status::InProgress | Status::Completed | Status::NoAnswer => entry.reach(Stage::Contacted),
        _ => return,
    }
    entry.last_contact_date = Some(now);
}

/// The touch that a status given by hand stands for.
async fn remember(
    scope: kernel::Scope,
    tx: &mut db::Tx,
    (entry, id): (&Entry, TouchId),
    by: Option<AccountId>,
    now: Timestamp,
) -> Result<()> {
    let channel = entry.channel.unwrap_or(Channel::Message);
    let direction = if entry.status == Status::Replied { "in" } else { "out" };
    let touch = Touch {
        by_account: by,
        provider: Some("manual".into()),
        detail: json!({"content": entry.content.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok())})
            .to_string(),
        ..Touch::new(id, entry, channel, direction, entry.status.word(), now)
    };
    touches::insert(scope, tx, &touch).await.map(drop)
}

/// Create an outreach entry
///
/// Logs an approach that was made, or is to be made, by hand. Emails and calls that the server makes are logged by themselves.
#[utoipa::path(post, path = "/api/v1/outreach", tag = "Outreach", request_body = NewLog,
    responses((status = 200, description = "The new entry", body = OutreachBody),
    (status = 404, description = "There is no such campaign or creator"),
    (status = 409, description = "A new entry cannot have this status or stage")))]
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body { input, .. }: Body<NewLog>,
) -> Answer<Json<OutreachBody>> {
    let (clock, scope) = (app.clock(), caller.scope());
    let now = clock.now();
    let mut tx = app.write().await?;
    let campaign = campaigns::find(scope, &mut tx, &input.pair.campaign_id).await?;
    let creator = creators::store::by_id(scope, &mut tx, input.pair.creator_id).await?;
    let creator = creator.ok_or_else(|| Error::not_found("Creator"))?;
    let new = NewEntry {
        id: clock.new_id(),
        workspace_id: campaign.workspace_id,
        campaign_id: campaign.id,
        creator_id: creator.id,
        notes: None,
    };
    let mut entry = Entry::open(new, now);
    let done = input.changes.status.is_some_and(|status| status != Status::Pending);
    input.changes.apply(&mut entry, now)?;
    store::insert(scope, &mut tx, &entry).await?;
    if done {
        let by = caller.account().map(|account| account.id);
        remember(scope, &mut tx, (&entry, clock.new_id()), by, now).await?;
    }
    tx.event(OutreachCreated((&entry).into()));
    tx.commit().await?;
    Ok(Json(entry.into()))
}

/// Get an outreach entry
///
/// One entry of the log with everything that is known of the approach. Its id is also the `call_id` of its calls.
#[utoipa::path(get, path = "/api/v1/outreach/{log_id}", tag = "Outreach",
    params(("log_id" = String, Path, description = "The entry's id")),
    responses((status = 200, description = "The entry", body = OutreachBody)))]
pub(super) async fn get(State(app): State<App>, caller: Caller, name: Named) -> Answer<Json<OutreachBody>> {
    let id = name.id("Outreach entry")?;
    let mut tx = app.read().await?;
    Ok(Json(store::find(caller.scope(), &mut tx, id).await?.into()))
}

/// Update an outreach entry
///
/// Fields that are left out stay as they are; null clears `content`, `notes` and `next_steps`. `stage` moves the entry on in the
/// pipeline: `agreed` and `declined` are decided by people.
#[utoipa::path(put, path = "/api/v1/outreach/{log_id}", tag = "Outreach", request_body = Changes,
    params(("log_id" = String, Path, description = "The entry's id")),
    responses((status = 200, description = "The entry as it is now", body = OutreachBody),
    (status = 409, description = "The entry cannot have this status or stage now")))]
pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<Changes>,
) -> Answer<Json<OutreachBody>> {
    let (id, scope, clock): (OutreachId, _, _) = (name.id("Outreach entry")?, caller.scope(), app.clock());
    let now = clock.now();
    let mut tx = app.write().await?;
    let entry = store::take(scope, &mut tx, id).await?;
    let mut entry = entry.ok_or_else(|| Error::not_found("Outreach entry"))?;
    let (status, stage) = (entry.status, entry.stage);
    input.apply(&mut entry, now)?;
    store::save(scope, &mut tx, &mut entry, now).await?;
    if entry.status != status {
        let by = caller.account().map(|account| account.id);
        remember(scope, &mut tx, (&entry, clock.new_id()), by, now).await?;
    }
    if entry.stage != stage {
        tx.event(OutreachMoved { outreach: (&entry).into(), from: stage, to: entry.stage });
    }
    tx.commit().await?;
    Ok(Json(entry.into()))
}

kernel::word_schema!(TouchDirection, "`out` from you to the creator, `in` from them to you.", "out" | "in");

/// An email, a call or a message in the history of a log entry.
#[derive(Serialize, ToSchema)]
#[schema(as = OutreachTouch)]
pub(super) struct TouchBody {
    id: TouchId,
    /// What it was: `call`, `email` or `message`.
    #[schema(example = "email")]
    kind: String,
    /// `out` from you to the creator, `in` from them to you.
    #[schema(value_type = TouchDirection, example = "out")]
    direction: String,
    /// Where it stands. Of an email: `draft`, `queued`, `sent`, `kept` (no mail server is set), `failed`, `withheld`, `bounced`,
    /// `received`, `auto_reply`, …; of a call one of the values of `call_status`.
    #[schema(example = "sent")]
    status: String,
    /// When it was.
    at: Timestamp,
    /// The account that did it; null if the server or the creator did.
    by: Option<AccountId>,
    /// What carried it: `mail`, `manual`, `twilio`, `elevenlabs` or `mock`.
    provider: Option<String>,
    /// The Message-ID of an email.
    message_id: Option<String>,
    /// The address or telephone number that it went to or came from; of an email to a creator whom your workspace did not add, the first
    /// letter and the host.
    address: Option<String>,
    /// The subject of an email.
    subject: Option<String>,
    /// The text of an email, or a summary of what was said.
    summary: Option<String>,
    /// Whatever else is known of it, such as the terms of an offer or why an email bounced.
    #[schema(value_type = Object)]
    detail: Value,
}

impl From<Touch> for TouchBody {
    fn from(touch: Touch) -> Self {
        Self {
            detail: serde_json::from_str(&touch.detail).unwrap_or_default(),
            id: touch.id,
            kind: touch.kind,
            direction: touch.direction,
            status: touch.status,
            at: touch.at,
            by: touch.by_account,
            provider: touch.provider,
            message_id: touch.message_id,
            address: touch.address,
            subject: touch.subject,
            summary: touch.summary,
        }
    }
}

/// A page of a log entry's history.
#[derive(Serialize, ToSchema)]
#[schema(as = OutreachHistory)]
pub(super) struct History {
    /// What went out and came in, the oldest first.
    touches: Vec<TouchBody>,
    #[serde(flatten)]
    page: Page,
}

/// List the history of an outreach entry
///
/// Every email, call and message that went out or came in, the oldest first.
#[utoipa::path(get, path = "/api/v1/outreach/{log_id}/touches", tag = "Outreach",
    params(("log_id" = String, Path, description = "The entry's id"), Offsets),
    responses((status = 200, description = "A page of its history", body = History)))]
pub(super) async fn history(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<History>> {
    let id = name.id("Outreach entry")?;
    let mut tx = app.read().await?;
    let entry = store::find(caller.scope(), &mut tx, id).await?;
    let (mut touches, total) = touches::of_entry(caller.scope(), &mut tx, id, offsets).await?;
    let creator = creators::store::by_id(kernel::Scope::system(), &mut tx, entry.creator_id).await?;
    if !creator.is_some_and(|creator| creators::Viewer::from(&caller.0).sees_contact_of(&creator)) {
        // Whoever did not add the creator wrote to them without having their address.
        for touch in touches.iter_mut().filter(|touch| touch.kind == "email" && touch.direction == "out") {
            touch.address = touch.address.as_deref().map(super::suppressions::masked);
        }
    }
    Ok(Json(History { touches: touches.into_iter().map(TouchBody::from).collect(), page: offsets.page(total) }))
}
