//! Programs are listed and shown.

use axum::Json;
use axum::extract::State;
use db::Tx;
use http_base::path::Two;
use http_base::{Answer, Member, Named, Pages, Params, Routes, routes};
use input::Input;
use kernel::{Error, Result, time};
use mind::text::fold;

use super::shapes::{
    ProgramAnalytics, ProgramBody, ProgramDetails, ProgramInList, ProgramList, ProgramVersionBody, ProgramVersionList,
};
use crate::figures::{self, share};
use crate::model::{Flow, Problem, Work};
use crate::rows::{Program, ProgramStatus};
use crate::store::programs::{self as stored, Wanted};
use crate::{Programs, model::ProgramId};

pub(super) fn router() -> Routes<Programs> {
    Routes::new().with(routes!(list)).with(routes!(show)).with(routes!(versions)).with(routes!(version))
}

/// Which programs are wanted.
#[derive(Input)]
struct ProgramQuery {
    /// Those that stand so.
    #[input(word_of_query())]
    status: Option<ProgramStatus>,
    /// Those whose name has this in it, whatever its case.
    #[input(any_text(200))]
    search: Option<String>,
    #[input(flatten)]
    pages: Pages,
}

/// List programs
///
/// Those of one's workspace, the newest first.
#[utoipa::path(get, operation_id = "list_programs", path = "/api/v1/programs", tag = "Programs", params(ProgramQuery),
    responses((status = 200, description = "A page of programs", body = ProgramList)))]
async fn list(
    State(programs): State<Programs>,
    member: Member,
    Params(query): Params<ProgramQuery>,
) -> Answer<Json<ProgramList>> {
    let search = query.search.as_deref().map(fold).filter(|search| !search.trim().is_empty());
    let wanted = Wanted { status: query.status, search };
    let mut tx = programs.app().read().await?;
    let (limit, offset) = (query.pages.limit, query.pages.offset());
    let (rows, total) = stored::page(member.hub(), &mut tx, &wanted, limit, offset).await?;
    let ids: Vec<ProgramId> = rows.iter().map(|program| program.id).collect();
    let totals = figures::totals(&mut tx, member.hub(), &ids).await?;
    let programs = rows.into_iter().map(|program| {
        let of = totals.get(&program.id);
        ProgramInList::of(program, of)
    });
    Ok(Json(ProgramList { programs: programs.collect(), pagination: query.pages.pagination(total) }))
}

/// Show a program
///
/// With its flow and what came of it.
#[utoipa::path(get, operation_id = "show_program", path = "/api/v1/programs/{program_id}", tag = "Programs",
    params(("program_id" = ProgramId, Path, description = "The program's id")),
    responses((status = 200, description = "The program", body = ProgramDetails)))]
async fn show(State(programs): State<Programs>, member: Member, name: Named) -> Answer<Json<ProgramDetails>> {
    let mut tx = programs.app().read().await?;
    let program = super::find(&mut tx, member.hub(), &name).await?;
    Ok(Json(details(&mut tx, program).await?))
}

async fn details(tx: &mut Tx, program: Program) -> Result<ProgramDetails> {
    let totals = figures::totals(tx, program.workspace_id, &[program.id]).await?;
    let of = totals.get(&program.id);
    let (flow, warnings) = read(&program);
    let asks = flow.nodes().iter().filter(|node| matches!(node.work, Work::Question(_)));
    let questions: Vec<String> = asks.map(|node| node.id.clone()).collect();
    let (answered, asked) = figures::answered(tx, &questions, program.id).await?;
    let (enrolled, completed, gone, took) =
        of.map_or((0, 0, 0, 0), |all| (all.enrolled, all.completed, all.gone, all.took));
    let days = (completed > 0).then(|| took as f64 / completed as f64 / time::DAY as f64);
    let analytics = ProgramAnalytics {
        total_enrollments: enrolled,
        active_enrollments: (enrolled - completed - gone).max(0),
        completed_enrollments: completed,
        exited_enrollments: gone,
        average_completion_time_days: days.map(|days| (days * 100.0).round() / 100.0),
        engagement_score: share(answered.min(asked), asked),
    };
    Ok(ProgramDetails { program: ProgramBody::of(program, warnings, of), analytics })
}

/// The flow of a draft, and what there is to say of it.
pub(crate) fn read(program: &Program) -> (Flow, Vec<Problem>) {
    match Flow::read(&program.definition.0) {
        Ok((flow, problems)) => (flow, problems.into_all()),
        // Rules may have become stricter since it was drawn.
        Err(problems) => (Flow::default(), problems.into_all()),
    }
}

/// List the versions of a program
///
/// Those that were published, the newest first.
#[utoipa::path(get, operation_id = "list_program_versions", path = "/api/v1/programs/{program_id}/versions", tag = "Programs",
    params(("program_id" = ProgramId, Path, description = "The program's id"), Pages),
    responses((status = 200, description = "Its versions", body = ProgramVersionList)))]
async fn versions(
    State(programs): State<Programs>,
    member: Member,
    name: Named,
    Params(pages): Params<Pages>,
) -> Answer<Json<ProgramVersionList>> {
    let mut tx = programs.app().read().await?;
    let program = super::find(&mut tx, member.hub(), &name).await?;
    let (rows, total) = stored::versions(&program, &mut tx, pages.limit, pages.offset()).await?;
    let versions = rows.into_iter().map(ProgramVersionBody::from).collect();
    Ok(Json(ProgramVersionList { versions, pagination: pages.pagination(total) }))
}

/// Show a version of a program
///
/// As it was published.
#[utoipa::path(get, operation_id = "show_program_version", path = "/api/v1/programs/{program_id}/versions/{version}", tag = "Programs",
    params(("program_id" = ProgramId, Path, description = "The program's id"), ("version" = i64, Path, description = "The number of the version")),
    responses((status = 200, description = "The version", body = ProgramVersionBody)))]
async fn version(State(programs): State<Programs>, member: Member, two: Two) -> Answer<Json<ProgramVersionBody>> {
    let mut tx = programs.app().read().await?;
    let program = super::find(&mut tx, member.hub(), &Named(two.0)).await?;
    let no_version = || Error::not_found("Version");
    let number: i64 = two.1.parse().map_err(|_| no_version())?;
    let found = stored::version(member.hub(), &mut tx, program.id, number).await?;
    Ok(Json(found.ok_or_else(no_version)?.into()))
}
