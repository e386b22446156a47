//! Programs are published and archived.

use audience::Channel;
use audience::members;
use axum::Json;
use axum::extract::State;
use db::Tx;
use events::TxExt as _;
use http_base::{Answer, Body, MaybeBody, Member, Named, Routes, routes};
use input::Input;
use kernel::{Error, Result, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::CHANGED;
use crate::Programs;
use crate::events::{ProgramArchived, ProgramPublished};
use crate::flows::Published;
use crate::many::{BatchKind, ProgramBatch, runs};
use crate::model::{Problem, Problems, ProgramId, Severity, Trigger, Work, cold};
use crate::rows::{Program, ProgramStatus, Version};
use crate::store::{enrolments, programs as stored};

pub(super) fn router() -> Routes<Programs> {
    Routes::new().with(routes!(publish)).with(routes!(archive))
}

/// What becomes of those who take part.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, kernel::Words)]
#[words(name = "ProgramWaiting", no_column)]
enum Those {
    /// They walk on through the version that they began.
    #[default]
    Stay,
    /// They go on in the new one, where their node is still there.
    Move,
}

/// How to publish.
#[derive(Input)]
#[input(name = "PublishProgram")]
struct Publishing {
    /// What becomes of those who take part: `stay` in their version, or `move` into the new one where the node that they are at is still there with
    /// its type.
    #[input(word(), default = Those::Stay)]
    waiting: Those,
}

/// A program that was published.
#[derive(Serialize, ToSchema)]
struct PublishedProgram {
    /// Its id.
    id: ProgramId,
    /// `published`.
    status: ProgramStatus,
    /// When.
    published_at: Timestamp,
    /// Which version members begin from now on.
    version: i64,
    /// How many runs go on in the new version.
    moved: u64,
    /// How many walk on through the version that they began.
    stayed: u64,
    /// More than 2,000 runs are moved by a job: how far it is. Null where that was done at once.
    batch: Option<ProgramBatch>,
    /// What is worth knowing of the flow.
    warnings: Vec<Problem>,
}

/// Publish a program
///
/// The draft becomes a version that never changes, and members begin it from now on. A draft that has not changed is published as it is once more only after
/// it was never published; else the answer tells the version that there is. Everything that stands in the way is told at once, by the ids of the nodes.
#[utoipa::path(post, operation_id = "publish_program", path = "/api/v1/programs/{program_id}/publish", tag = "Programs",
    request_body(content = Publishing, description = "What becomes of those who take part"),
    params(("program_id" = ProgramId, Path, description = "The program's id")), responses(
    (status = 200, description = "Published", body = PublishedProgram),
    (status = 409, description = "It is archived, or somebody else has changed it meanwhile")))]
async fn publish(
    State(programs): State<Programs>,
    member: Member,
    name: Named,
    MaybeBody(Body { input, .. }): MaybeBody<Publishing>,
) -> Answer<Json<PublishedProgram>> {
    let now = programs.app().clock().now();
    let mut tx = programs.app().write().await?;
    let mut program = super::lock(&mut tx, member.hub(), &name).await?;
    if program.status == ProgramStatus::Archived {
        return Err(Error::conflict("The program is archived; nobody begins it any more").into());
    }
    let (published, warnings) = judged(&programs, &mut tx, &program).await?;
    if program.is_changed || program.status == ProgramStatus::Draft {
        program.version = stored::newest(&program, &mut tx).await? + 1;
        let version = Version {
            program_id: program.id,
            version: program.version,
            workspace_id: program.workspace_id,
            name: program.name.clone(),
            definition: program.definition.clone(),
            settings: program.settings.clone(),
            published_at: now,
            published_by: Some(member.id),
        };
        tx.insert(&version).await?;
        program.status = ProgramStatus::Published;
        program.is_changed = false;
        (program.published_at, program.updated_at) = (Some(now), now);
        starts(&mut program, &published);
        if !stored::save(&mut tx, &mut program).await? {
            return Err(Error::conflict(CHANGED).into());
        }
        let (workspace_id, program_id) = (program.workspace_id, program.id);
        tx.event(ProgramPublished { workspace_id, program_id, version: program.version });
    }
    let batch = match input.waiting {
        Those::Stay => None,
        Those::Move => runs::begin(&program, &mut tx, BatchKind::Move, member.id, now).await?,
    };
    tx.commit().await?;
    let (moved, stayed) = if input.waiting == Those::Stay {
        (0, enrolments::count_below(&program, &mut programs.app().read().await?, program.version).await?)
    } else if batch.is_none() {
        let done = runs::all(&programs, &program, BatchKind::Move, now).await?;
        (done.changed, done.left)
    } else {
        (0, 0)
    };
    Ok(Json(PublishedProgram {
        id: program.id,
        status: program.status,
        published_at: program.published_at.unwrap_or(now),
        version: program.version,
        moved,
        stayed,
        batch: batch.map(ProgramBatch::from),
        warnings,
    }))
}

/// What makes members begin it.
fn starts(program: &mut Program, published: &Published) {
    let start = published.flow.start().map(|(_, start)| start);
    let by = start.map_or(Trigger::Manual, |start| start.trigger);
    let by = if published.settings.auto_enroll { Trigger::MemberCreated } else { by };
    program.starts_by = (by != Trigger::Manual).then_some(by);
    let tag = start.and_then(|start| start.tag.as_deref()).filter(|_| by == Trigger::Tag);
    program.starts_tag = tag.map(mind::text::fold);
    program.starts_after = start.and_then(|start| start.program_id).filter(|_| by == Trigger::ProgramCompleted);
}

/// The draft, if it can be published, and what is worth knowing of it.
async fn judged(programs: &Programs, tx: &mut Tx, program: &Program) -> Result<(Published, Vec<Problem>)> {
    let published = Published::of_draft(program)?;
    let (_, mut problems) =
        crate::model::Flow::read(&program.definition.0).map_err(|problems| Error::invalid(problems.faults()))?;
    let workspace = program.workspace_id;
    let active = channels::active(tx, workspace).await?;
    if active.contains(&Channel::Whatsapp) {
        for node in cold::cold(&published.flow) {
            let message = "can be said more than a day after the member wrote, when WhatsApp takes templates alone: give it a template";
            problems.node(Severity::Publish, node, "data.template", "no_template", message);
        }
    }
    for node in published.flow.nodes() {
        match &node.work {
            Work::AiReply(reply) => {
                if let Some(base) = reply.knowledge_base_id
                    && programs.answers().bases(tx, workspace, &[base]).await?.is_empty()
                {
                    let message = "is none of your knowledge bases; GET /api/v1/knowledge-bases lists them";
                    problems.node(Severity::Publish, &node.id, "data.knowledge_base_id", "unknown_value", message);
                }
            }
            Work::Handoff(handoff) => {
                if let Some(account) = handoff.assignee
                    && !channels::works_in(programs.channels(), tx, workspace, account).await?
                {
                    let message =
                        "must be an owner or manager of your workspace; GET /api/v1/workspace/members lists them";
                    problems.node(Severity::Publish, &node.id, "data.assignee", "unknown_value", message);
                }
            }
            Work::Enroll(other) => known(tx, program, other.program_id, &node.id, &mut problems).await?,
            Work::Start(start) => {
                if let Some(other) = start.program_id {
                    known(tx, program, other, &node.id, &mut problems).await?;
                }
            }
            _ => {}
        }
    }
    if problems.stands_in_the_way() {
        return Err(Error::invalid(problems.faults()));
    }
    let mut warnings = problems.into_all();
    warnings.extend(strange(tx, program).await?);
    Ok((published, warnings))
}

async fn known(tx: &mut Tx, of: &Program, other: ProgramId, node: &str, problems: &mut Problems) -> Result<()> {
    if stored::find(of.workspace_id, tx, other).await?.is_none() {
        let message = "is none of your programs; GET /api/v1/programs lists them";
        problems.node(Severity::Publish, node, "data.program_id", "unknown_value", message);
    }
    Ok(())
}

/// What names badges that do not exist: nobody gets them.
pub(super) async fn strange(tx: &mut Tx, program: &Program) -> Result<Vec<Problem>> {
    let mut problems = Problems::default();
    let Ok(published) = Published::of_draft(program) else { return Ok(Vec::new()) };
    let workspace = program.workspace_id;
    let message = "is none of your badges: nobody gets it; GET /api/v1/badges lists them";
    for node in published.flow.nodes() {
        let Work::AwardBadge(award) = &node.work else { continue };
        let (is_known, field) = match (award.badge_id, &award.name) {
            (Some(id), _) => (!members::badges(tx, workspace, &[id]).await?.is_empty(), "data.badge_id"),
            (None, Some(name)) => (members::badge_named(tx, workspace, name).await?.is_some(), "data.name"),
            (None, None) => (true, ""),
        };
        if !is_known {
            problems.node(Severity::Warning, &node.id, field, "no_badge", message);
        }
    }
    if let Some(badge) = published.settings.completion_badge
        && members::badges(tx, workspace, &[badge]).await?.is_empty()
    {
        problems.of_settings("completion_badge", "no_badge", message);
    }
    Ok(problems.into_all())
}

/// How to archive.
#[derive(Input)]
#[input(name = "ArchiveProgram")]
struct Archiving {
    /// Do the runs that are under way end now? Else they walk on to their end.
    #[input(flag(), default = false)]
    cancel: bool,
}

/// A program that was archived.
#[derive(Serialize, ToSchema)]
struct ArchivedProgram {
    /// Its id.
    id: ProgramId,
    /// `archived`.
    status: ProgramStatus,
    /// When.
    archived_at: Timestamp,
    /// How many runs were ended.
    cancelled: u64,
    /// More than 2,000 runs are ended by a job: how far it is. Null where that was done at once, or nothing was to be ended.
    batch: Option<ProgramBatch>,
}

/// Archive a program
///
/// Nobody begins it any more. Those who take part walk on to its end, unless `cancel` ends their runs. Archiving once more changes nothing, but may still cancel.
#[utoipa::path(post, operation_id = "archive_program", path = "/api/v1/programs/{program_id}/archive", tag = "Programs",
    request_body(content = Archiving, description = "What becomes of those who take part"),
    params(("program_id" = ProgramId, Path, description = "The program's id")),
    responses((status = 200, description = "Archived", body = ArchivedProgram)))]
async fn archive(
    State(programs): State<Programs>,
    member: Member,
    name: Named,
    MaybeBody(Body { input, .. }): MaybeBody<Archiving>,
) -> Answer<Json<ArchivedProgram>> {
    let now = programs.app().clock().now();
    let mut tx = programs.app().write().await?;
    let mut program = super::lock(&mut tx, member.hub(), &name).await?;
    if program.status != ProgramStatus::Archived {
        program.status = ProgramStatus::Archived;
        (program.starts_by, program.starts_tag, program.starts_after) = (None, None, None);
        (program.archived_at, program.updated_at) = (Some(now), now);
        if !stored::save(&mut tx, &mut program).await? {
            return Err(Error::conflict(CHANGED).into());
        }
        tx.event(ProgramArchived { workspace_id: program.workspace_id, program_id: program.id });
    }
    let batch =
        if input.cancel { runs::begin(&program, &mut tx, BatchKind::Cancel, member.id, now).await? } else { None };
    tx.commit().await?;
    let cancelled = if input.cancel && batch.is_none() {
        runs::all(&programs, &program, BatchKind::Cancel, now).await?.changed
    } else {
        0
    };
    let (archived_at, batch) = (program.archived_at.unwrap_or(now), batch.map(ProgramBatch::from));
    Ok(Json(ArchivedProgram { id: program.id, status: program.status, archived_at, cancelled, batch }))
}
