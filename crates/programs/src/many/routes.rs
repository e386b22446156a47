//! Many members are enrolled by a filter.

use audience::members;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use db::{Json as Kept, Tx};
use http_base::path::Two;
use http_base::{Answer, Body, Member, Named, Pages, Pagination, Params, Routes, routes};
use input::Input;
use kernel::{AccountId, Error, Kind, Result, Timestamp, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;

use super::filter::{Activity, AudienceFilter};
use super::job::ask;
use super::judge::Judge;
use super::rows::{Batch, BatchId, BatchKind, BatchStatus, Counts, LeftOut};
use super::store;
use crate::Programs;
use crate::flows::Published;
use crate::model::ProgramId;
use crate::routes::{find, lock, no_program};
use crate::rows::{Program, ProgramStatus};

/// A workspace has no more batches under way.
const MOST_OPEN: usize = 5;
/// A preview looks at so many members, and says so where there are more.
const PREVIEWED: u64 = 100_000;
/// Members in one statement of it.
const TOGETHER: u32 = 500;

pub(crate) fn router() -> Routes<Programs> {
    Routes::new().with(routes!(enroll_many)).with(routes!(list)).with(routes!(show)).with(routes!(cancel))
}

/// Whom to enroll.
#[derive(Input)]
#[input(name = "EnrollMany")]
struct Many {
    /// Which members. It has to be there, and may be empty: everybody.
    #[input(nested())]
    filter: AudienceFilter,
    /// Only tells how many there would be, and who would be left out.
    #[input(flag(), default = false)]
    preview: bool,
}

/// Whom a filter finds.
#[derive(Serialize, ToSchema)]
struct ProgramBatchPreview {
    /// `true`: nobody was enrolled.
    preview: bool,
    /// How many the filter finds.
    found: u64,
    /// How many of them would begin the program.
    would_enroll: u64,
    /// Who would be left out, and why.
    skipped: LeftOut,
    /// How many members were looked at,
    looked_at: u64,
    /// and whether those were all: an audience of more than 100,000 is looked at in part, and what is told is of that part.
    is_complete: bool,
    /// Is that more than is enrolled by one filter?
    is_too_many: bool,
}

/// What is done with many members or runs of a program, and how far it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProgramBatch {
    /// Its id.
    id: BatchId,
    /// The program.
    program_id: ProgramId,
    /// What is done: members are enrolled, runs move into a version that was published, or end with their program.
    kind: BatchKind,
    /// Into which version runs move.
    version: Option<i64>,
    /// How it stands.
    status: BatchStatus,
    /// Which members are enrolled.
    filter: AudienceFilterBody,
    /// How many members the filter finds, or runs there are; null before they were counted.
    total: Option<u64>,
    /// How many were come to.
    done: u64,
    /// How many of them begin the program.
    enrolled: u64,
    /// Who was left out, and why.
    skipped: LeftOut,
    /// How many runs go on in the version,
    moved: u64,
    /// and how many stay in theirs.
    stayed: u64,
    /// How many runs were ended.
    cancelled: u64,
    /// Why it could not go on.
    error: Option<String>,
    /// Who wants it; null once their account is gone.
    created_by: Option<AccountId>,
    /// Since when it waits: members who are added later are not in it.
    created_at: Timestamp,
    /// When it was begun.
    started_at: Option<Timestamp>,
    /// When it was through, stopped or given up.
    finished_at: Option<Timestamp>,
}

/// Which members a batch is of.
#[derive(Serialize, ToSchema)]
#[schema(as = ProgramBatchFilter)]
struct AudienceFilterBody {
    /// They came from this channel.
    channel: Option<audience::Channel>,
    /// They are active, or they are not.
    status: Option<Activity>,
    /// They have this tag.
    tag: Option<String>,
    /// Words of a name, an external id or an e-mail address.
    search: Option<String>,
    /// They had done nothing for so many days.
    inactive_days: Option<i64>,
}

impl From<Batch> for ProgramBatch {
    fn from(of: Batch) -> Self {
        let AudienceFilter { channel, status, tag, search, inactive_days } = of.filter.0;
        let Counts { done, enrolled, skipped, moved, stayed, cancelled } = of.report.0;
        Self {
            id: of.id,
            program_id: of.program_id,
            kind: of.kind,
            version: of.version,
            status: of.status,
            filter: AudienceFilterBody { channel, status, tag, search, inactive_days },
            total: of.total,
            done,
            enrolled,
            skipped,
            moved,
            stayed,
            cancelled,
            error: of.error,
            created_by: of.account_id,
            created_at: of.created_at,
            started_at: of.started_at,
            finished_at: of.finished_at,
        }
    }
}

/// What comes of it.
#[derive(Serialize)]
#[serde(untagged)]
enum Told {
    Preview(ProgramBatchPreview),
    Batch(Box<ProgramBatch>),
}

/// Enroll many users in a program
///
/// Those whom a filter finds, by a job; its progress is told under `enrollments/batches`. Who is in the program, has taken part where once is all, wants no messages or
/// cannot be reached is left out, and counted by that. To ask for the same again while it goes on answers the batch that there is. With `preview` nobody is
/// enrolled, and the answer says what would become of whom.
#[utoipa::path(post, operation_id = "enroll_many_users", path = "/api/v1/programs/{program_id}/enrollments", tag = "Programs", request_body = Many,
    params(("program_id" = ProgramId, Path, description = "The program's id")), responses(
    (status = 200, description = "What would become of whom", body = ProgramBatchPreview),
    (status = 202, description = "They are enrolled by a job", body = ProgramBatch),
    (status = 409, description = "The program is no published one"),
    (status = 429, description = "Too many batches of the workspace are under way")))]
async fn enroll_many(
    State(programs): State<Programs>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<Many>,
) -> Answer<(StatusCode, Json<Told>)> {
    if input.preview {
        let told = preview(&programs, member.hub(), &name, &input.filter).await?;
        return Ok((StatusCode::OK, Json(Told::Preview(told))));
    }
    let clock = programs.app().clock();
    let mut tx = programs.app().write().await?;
    // Nobody else begins a batch of this program at the same moment.
    let program = lock(&mut tx, member.hub(), &name).await?;
    may_begin(&program)?;
    let open = store::open(member.hub(), &mut tx).await?;
    if let Some(same) = open.iter().find(|one| one.program_id == program.id && one.filter.0 == input.filter) {
        return Ok((StatusCode::ACCEPTED, Json(Told::Batch(Box::new(same.clone().into())))));
    }
    if open.len() >= MOST_OPEN {
        let message =
            format!("{MOST_OPEN} batches of enrollments are under way; begin another when one of them is through");
        return Err(Error::new(Kind::RateLimited(30), message).into());
    }
    let batch = Batch {
        filter: Kept(input.filter),
        ..Batch::new(&program, clock.new_id(), member.id, BatchKind::Enroll, clock.now())
    };
    tx.insert(&batch).await?;
    ask(&mut tx, batch.id).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(Told::Batch(Box::new(batch.into())))))
}

fn may_begin(program: &Program) -> Result<()> {
    match program.status {
        ProgramStatus::Published => Ok(()),
        ProgramStatus::Draft => Err(Error::conflict("The program is a draft; publish it first")),
        ProgramStatus::Archived => Err(Error::conflict("The program is archived; nobody begins it any more")),
    }
}

async fn preview(
    programs: &Programs,
    hub: WorkspaceId,
    name: &Named,
    filter: &AudienceFilter,
) -> Result<ProgramBatchPreview> {
    let now = programs.app().clock().now();
    let mut tx = programs.app().read().await?;
    let program = find(&mut tx, hub, name).await?;
    let published = programs.flows().get(&mut tx, hub, program.id, program.version).await?;
    let reentry = match published {
        Some(published) => published.reentry(),
        None => Published::of_draft(&program)?.reentry(),
    };
    let judge = Judge::of(&mut tx, hub, program.id, reentry).await?;
    drop(tx);
    let choice = filter.choice(now);
    let (mut counts, mut after, mut looked_at, mut is_complete) = (Counts::default(), members::beginning(), 0, false);
    while looked_at < PREVIEWED {
        // Each piece in a transaction of its own, so that none is open for long.
        let mut tx = programs.app().read().await?;
        let (found, last) = members::chosen(&mut tx, hub, &choice, after, now, TOGETHER).await?;
        for (_, left) in judge.judge(&mut tx, &found).await? {
            match left {
                Some(why) => counts.leave(why),
                None => counts.enrol(),
            }
        }
        let Some(last) = last else {
            is_complete = true;
            break;
        };
        after = last;
        looked_at += u64::from(TOGETHER);
    }
    let everybody = members::count(&mut programs.app().read().await?, hub, None).await?;
    Ok(ProgramBatchPreview {
        preview: true,
        found: counts.done,
        would_enroll: counts.enrolled,
        skipped: counts.skipped,
        looked_at: looked_at.min(everybody),
        is_complete,
        is_too_many: counts.done > programs.settings().most,
    })
}

/// List the batches of a program's enrollments
///
/// The newest first: members who are enrolled together, and runs that move into a new version or end with their program.
#[utoipa::path(get, operation_id = "list_program_batches", path = "/api/v1/programs/{program_id}/enrollments/batches", tag = "Programs",
    params(("program_id" = ProgramId, Path, description = "The program's id"), Pages),
    responses((status = 200, description = "A page of batches", body = ProgramBatchList)))]
async fn list(
    State(programs): State<Programs>,
    member: Member,
    name: Named,
    Params(pages): Params<Pages>,
) -> Answer<Json<ProgramBatchList>> {
    let mut tx = programs.app().read().await?;
    let program = find(&mut tx, member.hub(), &name).await?;
    let (rows, total) = store::page(member.hub(), &mut tx, program.id, pages.limit, pages.offset()).await?;
    let batches = rows.into_iter().map(ProgramBatch::from).collect();
    Ok(Json(ProgramBatchList { batches, pagination: pages.pagination(total) }))
}

/// A page of batches.
#[derive(Serialize, ToSchema)]
struct ProgramBatchList {
    /// The newest first.
    batches: Vec<ProgramBatch>,
    /// Where it stands.
    pagination: Pagination,
}

async fn one(tx: &mut Tx, hub: WorkspaceId, two: &Two) -> Result<Batch> {
    let no_batch = || Error::not_found("Batch");
    let program: ProgramId = two.0.parse().map_err(|_| no_program())?;
    let batch: BatchId = two.1.parse().map_err(|_| no_batch())?;
    store::find(hub, tx, program, batch).await?.ok_or_else(no_batch)
}

/// Show a batch of a program's enrollments
///
/// How far it is.
#[utoipa::path(get, operation_id = "show_program_batch", path = "/api/v1/programs/{program_id}/enrollments/batches/{batch_id}", tag = "Programs",
    params(("program_id" = ProgramId, Path, description = "The program's id"), ("batch_id" = String, Path, description = "The batch's id")),
    responses((status = 200, description = "The batch", body = ProgramBatch)))]
async fn show(State(programs): State<Programs>, member: Member, two: Two) -> Answer<Json<ProgramBatch>> {
    let mut tx = programs.app().read().await?;
    Ok(Json(one(&mut tx, member.hub(), &two).await?.into()))
}

/// Stop a batch of a program's enrollments
///
/// Who was enrolled, moved or taken out until then stays so.
#[utoipa::path(post, operation_id = "cancel_program_batch", path = "/api/v1/programs/{program_id}/enrollments/batches/{batch_id}/cancel", tag = "Programs",
    params(("program_id" = ProgramId, Path, description = "The program's id"), ("batch_id" = String, Path, description = "The batch's id")), responses(
    (status = 200, description = "The batch, which was stopped", body = ProgramBatch),
    (status = 409, description = "It is through already")))]
async fn cancel(State(programs): State<Programs>, member: Member, two: Two) -> Answer<Json<ProgramBatch>> {
    let now = programs.app().clock().now();
    let mut tx = programs.app().write().await?;
    let batch = one(&mut tx, member.hub(), &two).await?;
    if batch.status != BatchStatus::Cancelled && !store::cancel(&mut tx, &batch, now).await? {
        return Err(Error::conflict("The batch is through already: what it did stays").into());
    }
    let batch = one(&mut tx, member.hub(), &two).await?;
    tx.commit().await?;
    Ok(Json(batch.into()))
}
