//! The log itself: listed, opened, read, changed.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, App, Body, Caller, Named, Offsets, Page, Params};
use input::rule;
use input::{Fields, Input};
use kernel::{AccountId, CreatorId, Error, OutreachId, Result, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};

use super::Pair;
use crate::store::touches::{self, Touch, TouchId};
use crate::store::{self, Wanted};
use crate::{CallStatus, Channel, EmailStatus, Entry, MessageType, NewEntry, OutreachBody, Stage, Status};

/// The largest `content`, as JSON.
const MOST_CONTENT: usize = 200_000;

/// A page of the log.
#[derive(Serialize, ToSchema)]
pub(super) struct LogList {
    outreach_logs: Vec<OutreachBody>,
    #[serde(flatten)]
    page: Page,
}

/// Which entries are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query that `ListQuery` reads")]
pub(super) struct LogQuery {
    /// Only of this campaign: its id or code.
    campaign_id: Option<String>,
    /// Only with this creator.
    creator_id: Option<String>,
    /// Only of this status.
    #[param(example = "sent")]
    status: Option<String>,
    /// Only over this channel: `call`, `email` or `message`.
    channel: Option<String>,
    /// Only at this stage of the pipeline: `selected`, `contacted`, `replied`, `negotiating`, `agreed` or `declined`.
    stage: Option<String>,
}

pub(super) struct ListQuery {
    campaign: Option<String>,
    creator: Option<String>,
    status: Option<&'static str>,
    channel: Option<&'static str>,
    stage: Option<&'static str>,
    offsets: Offsets,
}

impl Input for ListQuery {
    fn read(fields: &mut Fields) -> Option<Self> {
        let campaign = fields.optional("campaign_id", rule::text(100));
        let creator = fields.optional_as(&["creator_id", "influencer_id"], rule::text(100));
        let status = fields.optional("status", rule::one_of(Status::WORDS));
        let channel = fields.optional("channel", rule::one_of(Channel::WORDS));
        let stage = fields.optional("stage", rule::one_of(Stage::WORDS));
        Some(Self { campaign, creator, status, channel, stage, offsets: Offsets::read(fields)? })
    }
}

async fn page(app: &App, caller: &Caller, query: ListQuery) -> Result<LogList> {
    let (scope, mut tx) = (caller.scope(), app.read().await?);
    let campaign = match &query.campaign {
        Some(name) => Some(store::campaign(scope, &mut tx, name).await?.id),
        None => None,
    };
    let creator = match &query.creator {
        Some(name) => {
            let id: CreatorId = name.parse().map_err(|_| Error::not_found("Creator"))?;
            creators::store::by_id(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Creator"))?;
            Some(id)
        }
        None => None,
    };
    let wanted = Wanted { campaign, creator, status: query.status, channel: query.channel, stage: query.stage };
    let (entries, total) = store::list(scope, &mut tx, &wanted, query.offsets).await?;
    Ok(LogList {
        outreach_logs: entries.into_iter().map(OutreachBody::from).collect(),
        page: query.offsets.page(total),
    })
}

/// List the outreach log
///
/// The newest entry first.
#[utoipa::path(get, path = "/api/v1/outreach", tag = "Outreach", params(LogQuery, Offsets),
    responses((status = 200, description = "A page of the log", body = LogList),
    (status = 404, description = "There is no such campaign or creator")))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(query): Params<ListQuery>,
) -> Answer<Json<LogList>> {
    Ok(Json(page(&app, &caller, query).await?))
}

/// List the outreach of a campaign
#[utoipa::path(get, path = "/api/v1/outreach/campaign/{campaign_id}", tag = "Outreach",
    params(("campaign_id" = String, Path, description = "The campaign's id or code"), Offsets),
    responses((status = 200, description = "A page of its entries", body = LogList)))]
pub(super) async fn of_campaign(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Params(query): Params<ListQuery>,
) -> Answer<Json<LogList>> {
    Ok(Json(page(&app, &caller, ListQuery { campaign: Some(name.0), ..query }).await?))
}

/// List the outreach to a creator
#[utoipa::path(get, path = "/api/v1/outreach/creator/{creator_id}", tag = "Outreach",
    params(("creator_id" = String, Path, description = "The creator's id"), Offsets),
    responses((status = 200, description = "A page of their entries", body = LogList)))]
pub(super) async fn of_creator(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Params(query): Params<ListQuery>,
) -> Answer<Json<LogList>> {
    Ok(Json(page(&app, &caller, ListQuery { creator: Some(name.0), ..query }).await?))
}

/// An entry as A sends one. Only for the documentation.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `NewLog` reads")]
pub(super) struct LogInput {
    /// The campaign's id or code.
    campaign_id: String,
    /// The creator; `influencer_id` is taken too.
    creator_id: String,
    /// `call`, `email` or `message`.
    channel: Option<String>,
    /// `outreach`, `follow_up` or `reply`.
    message_type: Option<String>,
    /// What was sent.
    content: Option<Value>,
    /// Where it stands; `pending` unless something was done.
    status: Option<String>,
    /// Whatever is worth remembering.
    notes: Option<String>,
}

pub(super) struct NewLog {
    campaign: String,
    creator: CreatorId,
    changes: Changes,
}

impl Input for NewLog {
    fn read(fields: &mut Fields) -> Option<Self> {
        let pair = Pair::read(fields);
        let changes = Changes::read(fields)?;
        Some(Self { campaign: pair.campaign?, creator: pair.creator?, changes })
    }
}

/// What may be changed by hand.
pub(super) struct Changes {
    channel: Option<Channel>,
    message_type: Option<MessageType>,
    content: Option<Option<Map<String, Value>>>,
    status: Option<Status>,
    stage: Option<Stage>,
    notes: Option<Option<String>>,
    next_steps: Option<Option<String>>,
}

impl Input for Changes {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self {
            channel: fields.change_required(&["channel"], rule::one_of(Channel::WORDS)).and_then(Channel::parse),
            message_type: fields
                .change_required(&["message_type"], rule::one_of(MessageType::WORDS))
                .and_then(MessageType::parse),
            content: fields.change("content", rule::object(MOST_CONTENT)),
            status: fields.change_required(&["status"], rule::one_of(Status::WORDS)).and_then(Status::parse),
            stage: fields.change_required(&["stage"], rule::one_of(Stage::WORDS)).and_then(Stage::parse),
            notes: fields.change("notes", rule::any_text(10_000)),
            next_steps: fields.change("next_steps", rule::any_text(10_000)),
        })
    }
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
        if let Some(status) = self.status {
            if entry.status != status {
                entry.status = entry.status.next(status)?;
                by_hand(entry, status, now);
            }
        }
        if let Some(stage) = self.stage {
            entry.stage = entry.stage.next(stage)?;
        }
        Ok(())
    }
}

/// Has B's columns and the pipeline follow what a person says was done.
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
/// Writes down an approach that was made (or is to be made) by hand; `POST /outreach/email` and the calls write theirs themselves.
#[utoipa::path(post, path = "/api/v1/outreach", tag = "Outreach", request_body = LogInput,
    responses((status = 200, description = "The new entry", body = OutreachBody),
    (status = 404, description = "There is no such campaign or creator")))]
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body { input, .. }: Body<NewLog>,
) -> Answer<Json<OutreachBody>> {
    let (clock, scope) = (app.clock(), caller.scope());
    let now = clock.now();
    let mut tx = app.write().await?;
    let campaign = store::campaign(scope, &mut tx, &input.campaign).await?;
    let creator = creators::store::by_id(scope, &mut tx, input.creator).await?;
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
    let payload = json!({"campaign_id": campaign.id, "creator_id": creator.id}).to_string();
    tx.event("outreach.created", entry.id, Some(entry.workspace_id), payload, clock.new_id(), now);
    tx.commit().await?;
    Ok(Json(entry.into()))
}

/// Read an entry of the outreach log
#[utoipa::path(get, path = "/api/v1/outreach/{log_id}", tag = "Outreach",
    params(("log_id" = String, Path, description = "The entry's id; B's `call_id` is the same")),
    responses((status = 200, description = "The entry", body = OutreachBody)))]
pub(super) async fn get(State(app): State<App>, caller: Caller, name: Named) -> Answer<Json<OutreachBody>> {
    let id = name.id("Outreach entry")?;
    let mut tx = app.read().await?;
    Ok(Json(store::find(caller.scope(), &mut tx, id).await?.into()))
}

/// Change an outreach entry
///
/// Fields that are left out stay as they are. `stage` moves the pipeline; a person decides `agreed` and `declined`.
#[utoipa::path(put, path = "/api/v1/outreach/{log_id}", tag = "Outreach", request_body = LogInput,
    params(("log_id" = String, Path, description = "The entry's id")),
    responses((status = 200, description = "The entry as it is now", body = OutreachBody),
    (status = 409, description = "It may not move there")))]
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
        let payload = json!({"from": stage, "to": entry.stage}).to_string();
        tx.event("outreach.moved", entry.id, Some(entry.workspace_id), payload, clock.new_id(), now);
    }
    tx.commit().await?;
    Ok(Json(entry.into()))
}

/// One touch of the history.
#[derive(Serialize, ToSchema)]
pub(super) struct TouchBody {
    id: TouchId,
    /// `call`, `email` or `message`.
    kind: String,
    /// `out` or `in`.
    direction: String,
    /// Where it stands: `draft`, `queued`, `sent`, `kept` (no mail server is set), `failed`, `withheld`, `bounced`, `received`,
    /// `auto_reply`, …; of a call the words of `call_status`.
    status: String,
    at: Timestamp,
    /// The account that did it.
    by: Option<AccountId>,
    /// Who carried it: `mail`, `manual`, `twilio`, `elevenlabs`, `mock`.
    provider: Option<String>,
    /// The Message-ID of a mail.
    message_id: Option<String>,
    /// To or from which address or number.
    address: Option<String>,
    subject: Option<String>,
    /// The text, or what was said in short.
    summary: Option<String>,
    /// More of it.
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

/// The history of an entry.
#[derive(Serialize, ToSchema)]
pub(super) struct History {
    touches: Vec<TouchBody>,
    #[serde(flatten)]
    page: Page,
}

/// Read the history of an entry
///
/// Everything that went out or came in, the oldest first.
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
    store::find(caller.scope(), &mut tx, id).await?;
    let (touches, total) = touches::of_entry(caller.scope(), &mut tx, id, offsets).await?;
    Ok(Json(History { touches: touches.into_iter().map(TouchBody::from).collect(), page: offsets.page(total) }))
}
