//! Sequences: a first mail and its follow-ups, to many creators.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, App, Body, Caller, Named, Offsets, Page, Params};
use input::rule;
use input::{Fields, Input};
use kernel::{CreatorId, Error, OutreachId, Timestamp, time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::templates::{Done, subject, text};
use super::workspace;
use crate::jobs_of_outreach::enqueue_step;
use crate::store::sequences::{self, Run, RunId, Sequence, SequenceId, Step};
use crate::store::{self, suppressions};
use crate::{EmailStatus, Outreach, Stage};

const MOST_STEPS: usize = 10;
const MOST_CREATORS: usize = 500;

/// A sequence.
#[derive(Serialize, ToSchema)]
pub(super) struct SequenceBody {
    id: SequenceId,
    name: String,
    steps: Vec<Step>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Sequence> for SequenceBody {
    fn from(sequence: Sequence) -> Self {
        Self {
            id: sequence.id,
            name: sequence.name,
            steps: sequence.steps.0,
            created_at: sequence.created_at,
            updated_at: sequence.updated_at,
        }
    }
}

/// A page of sequences.
#[derive(Serialize, ToSchema)]
pub(super) struct SequenceList {
    sequences: Vec<SequenceBody>,
    #[serde(flatten)]
    page: Page,
}

/// A sequence as it is sent. Only for the documentation.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `SequenceInput` reads")]
pub(super) struct SequenceDocument {
    /// What it is called.
    name: String,
    /// One to ten mails; the first needs a subject.
    steps: Vec<Step>,
}

pub(super) struct SequenceInput {
    name: String,
    steps: Vec<Step>,
}

impl Input for SequenceInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let name = fields.required("name", rule::text(200));
        let given = fields.required("steps", rule::list(MOST_STEPS, rule::object(200_000)))?;
        if given.is_empty() {
            fields.fault("steps", "too_short", "must have at least one mail");
        }
        let mut steps = Vec::new();
        for (at, step) in given.into_iter().enumerate() {
            let mut told = |name: &str, problem: kernel::Error| {
                for fault in problem.faults() {
                    fields.fault(&format!("steps.{at}.{name}"), fault.kind, fault.message.clone());
                }
            };
            match Fields::of_body(serde_json::Value::Object(step)).and_then(Fields::read::<StepInput>) {
                Ok(StepInput(step)) if at == 0 && step.subject.is_none() => {
                    fields.fault(&format!("steps.{at}.subject"), "missing", "is missing: the first mail needs one");
                }
                Ok(StepInput(step)) => steps.push(step),
                Err(problem) => {
                    let name = problem.faults().first().and_then(|fault| fault.loc.last().cloned()).unwrap_or_default();
                    told(&name, problem);
                }
            }
        }
        Some(Self { name: name?, steps })
    }
}

struct StepInput(Step);

impl Input for StepInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let after_days = fields.optional("after_days", rule::whole(0, 365)).unwrap_or(0) as u32;
        let subject = fields.optional("subject", subject());
        let message = fields.required_as(&["message", "body"], text());
        Some(Self(Step { after_days, subject, message: message? }))
    }
}

/// List sequences
#[utoipa::path(get, path = "/api/v1/outreach/sequences", tag = "Outreach mail", params(Offsets),
    responses((status = 200, description = "A page of sequences, the newest first", body = SequenceList)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<SequenceList>> {
    let mut tx = app.read().await?;
    let (found, total) = sequences::list(caller.scope(), &mut tx, workspace(&caller)?, offsets).await?;
    Ok(Json(SequenceList { sequences: found.into_iter().map(SequenceBody::from).collect(), page: offsets.page(total) }))
}

/// Write a sequence
///
/// Each mail leaves `after_days` after the one before it, unless they replied, unsubscribed, agreed or declined, or a mail came back.
#[utoipa::path(post, path = "/api/v1/outreach/sequences", tag = "Outreach mail", request_body = SequenceDocument,
    responses((status = 200, description = "The new sequence", body = SequenceBody)))]
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body { input, .. }: Body<SequenceInput>,
) -> Answer<Json<SequenceBody>> {
    let now = app.clock().now();
    let sequence = Sequence {
        id: app.clock().new_id(),
        workspace_id: workspace(&caller)?,
        name: input.name,
        steps: db::Json(input.steps),
        created_at: now,
        updated_at: now,
    };
    let mut tx = app.write().await?;
    sequences::insert(caller.scope(), &mut tx, &sequence).await?;
    tx.commit().await?;
    Ok(Json(sequence.into()))
}

/// Read a sequence
#[utoipa::path(get, path = "/api/v1/outreach/sequences/{sequence_id}", tag = "Outreach mail",
    params(("sequence_id" = String, Path, description = "The sequence's id")),
    responses((status = 200, description = "The sequence", body = SequenceBody)))]
pub(super) async fn get(State(app): State<App>, caller: Caller, name: Named) -> Answer<Json<SequenceBody>> {
    let id = name.id("Sequence")?;
    let mut tx = app.read().await?;
    let found = sequences::by_id(caller.scope(), &mut tx, id).await?;
    Ok(Json(found.ok_or_else(|| Error::not_found("Sequence"))?.into()))
}

/// Delete a sequence
///
/// What it has begun goes on; stop its runs to end that.
#[utoipa::path(delete, path = "/api/v1/outreach/sequences/{sequence_id}", tag = "Outreach mail",
    params(("sequence_id" = String, Path, description = "The sequence's id")),
    responses((status = 200, description = "Deleted", body = Done)))]
pub(super) async fn delete(State(app): State<App>, caller: Caller, name: Named) -> Answer<Json<Done>> {
    let id = name.id("Sequence")?;
    let mut tx = app.write().await?;
    if !sequences::delete(caller.scope(), &mut tx, id, app.clock().now()).await? {
        return Err(Error::not_found("Sequence").into());
    }
    tx.commit().await?;
    Ok(Json(Done { message: "The sequence was deleted".into() }))
}

/// For whom a sequence begins. Only for the documentation.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `BeginInput` reads")]
pub(super) struct BeginDocument {
    /// The campaign's id or code.
    campaign_id: String,
    /// Up to 500 creators.
    creator_ids: Vec<String>,
}

pub(super) struct BeginInput {
    campaign: String,
    creators: Vec<CreatorId>,
}

impl Input for BeginInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let campaign = fields.required("campaign_id", rule::text(100));
        let creators = fields.required_as(&["creator_ids", "influencer_ids"], rule::list(MOST_CREATORS, rule::id()));
        if creators.as_ref().is_some_and(Vec::is_empty) {
            fields.fault("creator_ids", "too_short", "must name at least one creator");
        }
        Some(Self { campaign: campaign?, creators: creators? })
    }
}

/// A creator that a sequence did not begin for.
#[derive(Serialize, ToSchema)]
struct Skipped {
    creator_id: CreatorId,
    /// Why.
    reason: String,
}

/// A sequence began.
#[derive(Serialize, ToSchema)]
pub(super) struct Begun {
    /// What runs now.
    started: Vec<RunBody>,
    /// For whom it does not, and why.
    skipped: Vec<Skipped>,
}

/// A sequence on its way to one creator.
#[derive(Serialize, ToSchema)]
pub(super) struct RunBody {
    id: RunId,
    sequence_id: SequenceId,
    outreach_id: OutreachId,
    /// How many mails have been queued.
    steps_done: u32,
    /// How many there are.
    steps: usize,
    /// `running`, `finished` or `stopped`.
    status: String,
    /// Why it stopped.
    reason: Option<String>,
    /// When the next mail is due.
    next_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl From<Run> for RunBody {
    fn from(run: Run) -> Self {
        Self {
            id: run.id,
            sequence_id: run.sequence_id,
            outreach_id: run.outreach_id,
            steps_done: run.step,
            steps: run.steps.0.len(),
            status: run.status,
            reason: run.reason,
            next_at: run.next_at,
            created_at: run.created_at,
        }
    }
}

/// Begin a sequence
///
/// For these creators of a campaign; whoever cannot be written to, or has one running, is told with the reason.
#[utoipa::path(post, path = "/api/v1/outreach/sequences/{sequence_id}/runs", tag = "Outreach mail", request_body = BeginDocument,
    params(("sequence_id" = String, Path, description = "The sequence's id")),
    responses((status = 200, description = "What began, and what did not", body = Begun)))]
pub(super) async fn begin(
    State(outreach): State<Outreach>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<BeginInput>,
) -> Answer<Json<Begun>> {
    let id = name.id("Sequence")?;
    let (app, scope) = (outreach.app(), caller.scope());
    let (clock, now) = (app.clock(), app.clock().now());
    let mut tx = app.db().write_long().await?;
    let sequence = sequences::by_id(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Sequence"))?;
    let campaign = store::campaign(scope, &mut tx, &input.campaign).await?;
    let known = creators::store::by_ids(scope, &mut tx, &input.creators).await?;
    let (mut started, mut skipped) = (Vec::new(), Vec::new());
    for creator_id in input.creators {
        let mut skip = |reason: &str| skipped.push(Skipped { creator_id, reason: reason.into() });
        let Some(creator) = known.iter().find(|creator| creator.id == creator_id) else {
            skip("there is no such creator");
            continue;
        };
        let Some(email) = &creator.email else {
            skip("the directory has no e-mail address");
            continue;
        };
        if let Some(reason) = suppressions::reason(scope, &mut tx, campaign.workspace_id, email).await? {
            skip(&format!("the address is suppressed: {reason}"));
            continue;
        }
        let entry = store::for_mail(scope, &mut tx, clock, &campaign, creator_id).await?;
        if entry.email() == EmailStatus::Replied || !entry.stage.comes_before(Stage::Replied) {
            skip("they have answered already");
            continue;
        }
        let wait = sequence.steps.0.first().map_or(0, |step| i64::from(step.after_days) * time::DAY);
        let run = Run {
            id: clock.new_id(),
            workspace_id: campaign.workspace_id,
            sequence_id: sequence.id,
            outreach_id: entry.id,
            by_account: caller.account().map(|account| account.id),
            steps: sequence.steps.clone(),
            step: 0,
            status: "running".into(),
            reason: None,
            next_at: Some(now.plus(wait)),
            created_at: now,
            updated_at: now,
        };
        if sequences::begin(scope, &mut tx, &run).await? {
            enqueue_step(&mut tx, clock, &run, 0, now.plus(wait)).await?;
            started.push(RunBody::from(run));
        } else {
            skip("a sequence is running for them in this campaign");
        }
    }
    tx.commit().await?;
    Ok(Json(Begun { started, skipped }))
}

/// A page of runs.
#[derive(Serialize, ToSchema)]
pub(super) struct RunList {
    runs: Vec<RunBody>,
    #[serde(flatten)]
    page: Page,
}

/// List what a sequence has begun
#[utoipa::path(get, path = "/api/v1/outreach/sequences/{sequence_id}/runs", tag = "Outreach mail",
    params(("sequence_id" = String, Path, description = "The sequence's id"), Offsets),
    responses((status = 200, description = "A page of its runs, the newest first", body = RunList)))]
pub(super) async fn runs(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<RunList>> {
    let id = name.id("Sequence")?;
    let mut tx = app.read().await?;
    sequences::by_id(caller.scope(), &mut tx, id).await?.ok_or_else(|| Error::not_found("Sequence"))?;
    let (runs, total) = sequences::runs(caller.scope(), &mut tx, id, offsets).await?;
    Ok(Json(RunList { runs: runs.into_iter().map(RunBody::from).collect(), page: offsets.page(total) }))
}

/// Stop a run
#[utoipa::path(post, path = "/api/v1/outreach/runs/{run_id}/stop", tag = "Outreach mail",
    params(("run_id" = String, Path, description = "The run's id")),
    responses((status = 200, description = "The run as it is now", body = RunBody),
    (status = 409, description = "It is over already")))]
pub(super) async fn stop(State(app): State<App>, caller: Caller, name: Named) -> Answer<Json<RunBody>> {
    let id = name.id("Run")?;
    let mut tx = app.write().await?;
    sequences::run_by_id(caller.scope(), &mut tx, id).await?.ok_or_else(|| Error::not_found("Run"))?;
    if !sequences::stop(caller.scope(), &mut tx, id, "by_hand", app.clock().now()).await? {
        return Err(Error::conflict("The run is over already").into());
    }
    let run = sequences::run_by_id(caller.scope(), &mut tx, id).await?.ok_or_else(|| Error::not_found("Run"))?;
    tx.commit().await?;
    Ok(Json(run.into()))
}
