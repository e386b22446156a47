//! Sequences: a first mail and its follow-ups, to many creators.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, App, Body, Caller, Done, Named, Offsets, Page, Params, done};
use input::Input;
use input::describe::Schemas;
use input::rule::{self, Problem, Rule};
use kernel::{CreatorId, Error, OutreachId, Timestamp, time};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::workspace;
use crate::jobs_of_outreach::enqueue_step;
use crate::store::sequences::{self, Run, RunId, Sequence, SequenceId, Step};
use crate::store::{self, suppressions};
use crate::{EmailStatus, Outreach, Stage};

const MOST_STEPS: usize = 10;
const MOST_CREATORS: usize = 500;

/// An email sequence.
#[derive(Serialize, ToSchema)]
#[schema(as = EmailSequence)]
pub(super) struct SequenceBody {
    id: SequenceId,
    /// What it is called.
    #[schema(example = "Spring launch")]
    name: String,
    /// Its emails, in the order in which they are sent.
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

/// A page of email sequences.
#[derive(Serialize, ToSchema)]
#[schema(as = EmailSequenceList)]
pub(super) struct SequenceList {
    /// The sequences of this page, the newest first.
    sequences: Vec<SequenceBody>,
    #[serde(flatten)]
    page: Page,
}

/// The rule of a sequence's emails: at least one, and the first has a subject. Faults of the others are told beside its own.
struct Emails;

fn emails() -> Emails {
    Emails
}

impl Emails {
    fn each() -> impl Rule<Output = Vec<Step>> {
        rule::list(MOST_STEPS, rule::nested::<Step>())
    }
}

impl Rule for Emails {
    type Output = Vec<Step>;

    fn read(&self, value: &Value, from_text: bool) -> Result<Vec<Step>, Problem> {
        if value.as_array().is_some_and(Vec::is_empty) {
            return Err(Problem::new("too_short", "must have at least one mail"));
        }
        let read = Self::each().read(value, from_text);
        let first = value.get(0).filter(|first| first.is_object());
        if first.is_none_or(|first| !first["subject"].is_null()) {
            return read;
        }
        let missing = Problem::new("missing", "is missing: the first mail needs one").below("subject").below("0");
        Err(match read {
            Ok(_) => missing,
            Err(others) => missing.and(others),
        })
    }

    fn schema(&self, schemas: &mut Schemas) -> Value {
        let mut schema = Self::each().schema(schemas);
        schema["minItems"] = 1.into();
        schema
    }
}

/// An email sequence, as it is sent.
#[derive(Input)]
#[input(name = "EmailSequenceInput")]
pub(super) struct SequenceInput {
    /// What it is called.
    #[input(text(200), example = "Spring launch")]
    name: String,
    /// Its emails, one to ten, in the order in which they are sent.
    #[input(emails())]
    steps: Vec<Step>,
}

/// List email sequences
///
/// The sequences of your workspace, the newest first.
#[utoipa::path(get, path = "/api/v1/outreach/sequences", tag = "Outreach mail", params(Offsets),
    responses((status = 200, description = "A page of sequences", body = SequenceList)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<SequenceList>> {
    let mut tx = app.read().await?;
    let (found, total) = sequences::list(caller.scope(), &mut tx, workspace(&caller)?, offsets).await?;
    Ok(Json(SequenceList { sequences: found.into_iter().map(SequenceBody::from).collect(), page: offsets.page(total) }))
}

/// Create an email sequence
///
/// A first email and its follow-ups. Each is sent `after_days` days after the previous one; the sequence ends early when the creator
/// replies, unsubscribes, agrees or declines, or an email bounces.
#[utoipa::path(post, path = "/api/v1/outreach/sequences", tag = "Outreach mail", request_body = SequenceInput,
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

/// Get an email sequence
///
/// One sequence with its emails.
#[utoipa::path(get, path = "/api/v1/outreach/sequences/{sequence_id}", tag = "Outreach mail",
    params(("sequence_id" = String, Path, description = "The sequence's id")),
    responses((status = 200, description = "The sequence", body = SequenceBody)))]
pub(super) async fn get(State(app): State<App>, caller: Caller, name: Named) -> Answer<Json<SequenceBody>> {
    let id = name.id("Sequence")?;
    let mut tx = app.read().await?;
    let found = sequences::by_id(caller.scope(), &mut tx, id).await?;
    Ok(Json(found.ok_or_else(|| Error::not_found("Sequence"))?.into()))
}

/// Delete an email sequence
///
/// Runs that were started go on; stop them to end that.
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
    Ok(done("The sequence was deleted"))
}

/// The rule of whom a sequence is for: at least one.
fn receivers() -> impl Rule<Output = Vec<CreatorId>> {
    let creators = rule::list(MOST_CREATORS, rule::id()).and_then(|creators: Vec<CreatorId>| {
        let named = !creators.is_empty();
        named.then_some(creators).ok_or_else(|| Problem::new("too_short", "must name at least one creator"))
    });
    creators.described(|| {
        let id = json!({"type": "string", "format": "uuid"});
        json!({"type": "array", "items": id, "minItems": 1, "maxItems": MOST_CREATORS})
    })
}

/// Whom a sequence is started for.
#[derive(Input)]
#[input(name = "StartSequence")]
pub(super) struct BeginInput {
    /// The campaign: its id or code.
    #[input(text(100), example = "CAMP-001")]
    campaign_id: String,
    /// The creators, one to 500.
    #[input(receivers(), alias = "influencer_ids")]
    creator_ids: Vec<CreatorId>,
}

/// A creator for whom a sequence was not started.
#[derive(Serialize, ToSchema)]
#[schema(as = SkippedCreator)]
struct Skipped {
    creator_id: CreatorId,
    /// Why it was not started for them.
    #[schema(example = "the directory has no e-mail address")]
    reason: String,
}

/// For whom a sequence was started.
#[derive(Serialize, ToSchema)]
#[schema(as = StartedSequence)]
pub(super) struct Begun {
    /// The runs that were started.
    started: Vec<RunBody>,
    /// The creators for whom it was not started, and why.
    skipped: Vec<Skipped>,
}

kernel::word_schema!(RunStatus, "Where a run of a sequence stands.", "running" | "finished" | "stopped");
kernel::word_schema!(
    StopReason,
    "Why a run of a sequence stopped.",
    "replied" | "bounced" | "unsubscribed" | "agreed" | "declined" | "by_hand" | "failed"
);

/// A run of a sequence: its emails to one creator.
#[derive(Serialize, ToSchema)]
#[schema(as = SequenceRun)]
pub(super) struct RunBody {
    id: RunId,
    /// The sequence that it is a run of.
    sequence_id: SequenceId,
    /// The log entry that its emails belong to.
    outreach_id: OutreachId,
    /// How many of its emails have been queued.
    steps_done: u32,
    /// How many emails it has.
    steps: usize,
    /// `running`, `finished` or `stopped`.
    #[schema(value_type = RunStatus)]
    status: String,
    /// Why it stopped: `replied`, `bounced`, `unsubscribed`, `agreed`, `declined`, `by_hand` or `failed`; null unless it is stopped.
    #[schema(value_type = Option<StopReason>)]
    reason: Option<String>,
    /// When the next email is due; null when it is over.
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

/// Start an email sequence
///
/// For these creators of a campaign. Those who cannot be written to, or have a sequence running, are skipped and named with the reason.
#[utoipa::path(post, path = "/api/v1/outreach/sequences/{sequence_id}/runs", tag = "Outreach mail", request_body = BeginInput,
    params(("sequence_id" = String, Path, description = "The sequence's id")),
    responses((status = 200, description = "For whom it was started, and for whom not", body = Begun)))]
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
    let campaign = campaigns::find(scope, &mut tx, &input.campaign_id).await?;
    let known = creators::store::by_ids(scope, &mut tx, &input.creator_ids).await?;
    let (mut started, mut skipped) = (Vec::new(), Vec::new());
    for creator_id in input.creator_ids {
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

/// A page of a sequence's runs.
#[derive(Serialize, ToSchema)]
#[schema(as = SequenceRunList)]
pub(super) struct RunList {
    /// The runs of this page, the newest first.
    runs: Vec<RunBody>,
    #[serde(flatten)]
    page: Page,
}

/// List the runs of a sequence
///
/// Each run is the sequence on its way to one creator; the newest first.
#[utoipa::path(get, path = "/api/v1/outreach/sequences/{sequence_id}/runs", tag = "Outreach mail",
    params(("sequence_id" = String, Path, description = "The sequence's id"), Offsets),
    responses((status = 200, description = "A page of its runs", body = RunList)))]
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

/// Stop a run of a sequence
///
/// The emails that are still to come are not sent.
#[utoipa::path(post, path = "/api/v1/outreach/runs/{run_id}/stop", tag = "Outreach mail",
    params(("run_id" = String, Path, description = "The run's id")),
    responses((status = 200, description = "The run as it is now", body = RunBody),
    (status = 409, description = "The run is over already")))]
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
