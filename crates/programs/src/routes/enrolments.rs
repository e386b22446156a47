//! Members begin programs, stop, go on and leave.

use audience::{MemberId, members};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use db::Tx;
use http_base::path::Two;
use http_base::{Answer, Member, Named, Pages, Params, Routes, routes};
use input::Input;
use kernel::{Error, Result, WorkspaceId};

use super::shapes::{ProgramEnrollmentBody, ProgramEnrollmentList};
use crate::enrol::{self, Begun, How};
use crate::model::ProgramId;
use crate::rows::{Enrolment, EnrolmentStatus};
use crate::store::enrolments::{self as stored, Wanted};
use crate::store::replies::BELL;
use crate::{Programs, store};

pub(super) fn router() -> Routes<Programs> {
    Routes::new()
        .with(routes!(enroll))
        .with(routes!(unenroll))
        .with(routes!(pause))
        .with(routes!(resume))
        .with(routes!(list))
}

fn ids(two: &Two) -> Result<(MemberId, ProgramId)> {
    let member = two.0.parse().map_err(|_| Error::not_found("User"))?;
    Ok((member, two.1.parse().map_err(|_| super::no_program())?))
}

/// Enroll a user in a program
///
/// The program has to be published. Who is in it already is 409, and so is who has taken part where once is all; where a program may always be begun again, the run that
/// is under way ends.
#[utoipa::path(post, operation_id = "enroll_user", path = "/api/v1/users/{user_id}/programs/{program_id}/enroll", tag = "Programs",
    params(("user_id" = MemberId, Path, description = "The member's id"), ("program_id" = ProgramId, Path, description = "The program's id")), responses(
    (status = 201, description = "The run", body = ProgramEnrollmentBody),
    (status = 409, description = "The program is no published one, the member is in it or has been, or wants no messages")))]
async fn enroll(
    State(programs): State<Programs>,
    member: Member,
    two: Two,
) -> Answer<(StatusCode, Json<ProgramEnrollmentBody>)> {
    let (user, program) = ids(&two)?;
    let mut tx = programs.app().write().await?;
    if members::get(&mut tx, member.hub(), user).await?.is_none() {
        return Err(Error::not_found("User").into());
    }
    match enrol::begin(&programs, &mut tx, (member.hub(), user), program, How::by_hand("manual")).await? {
        Begun::New(run) => {
            tx.commit().await?;
            Ok((StatusCode::CREATED, Json((*run).into())))
        }
        Begun::Running(_) => Err(Error::conflict("The member is in this program already").into()),
        Begun::Refused(refusal) => Err(refusal.error().into()),
    }
}

/// The run that a member has under way.
async fn running(tx: &mut Tx, hub: WorkspaceId, two: &Two) -> Result<Enrolment> {
    let (user, program) = ids(two)?;
    if members::get(tx, hub, user).await?.is_none() {
        return Err(Error::not_found("User"));
    }
    let found = stored::running(hub, tx, program, user).await?;
    if found.is_none() && store::programs::find(hub, tx, program).await?.is_none() {
        return Err(super::no_program());
    }
    found.ok_or_else(|| Error::not_found("Enrollment"))
}

/// Take a user out of a program
///
/// What was said stays; nothing more is.
#[utoipa::path(delete, operation_id = "unenroll_user", path = "/api/v1/users/{user_id}/programs/{program_id}", tag = "Programs",
    params(("user_id" = MemberId, Path, description = "The member's id"), ("program_id" = ProgramId, Path, description = "The program's id")),
    responses((status = 200, description = "The run, which has ended", body = ProgramEnrollmentBody)))]
async fn unenroll(State(programs): State<Programs>, member: Member, two: Two) -> Answer<Json<ProgramEnrollmentBody>> {
    let now = programs.app().clock().now();
    let mut tx = programs.app().write().await?;
    let run = running(&mut tx, member.hub(), &two).await?;
    enrol::leave(&mut tx, &run, "unenrolled", now).await?;
    let body = again(&mut tx, &run).await?;
    tx.commit().await?;
    Ok(Json(body))
}

/// A run as it stands now.
async fn again(tx: &mut Tx, run: &Enrolment) -> Result<ProgramEnrollmentBody> {
    let found = stored::find(run.workspace_id, tx, run.id).await?;
    Ok(found.ok_or_else(|| Error::not_found("Enrollment"))?.into())
}

/// Pause a program for a user
///
/// Nothing is said and no answer is heard until it is resumed. Time runs on: what was due meanwhile is due then.
#[utoipa::path(post, operation_id = "pause_user_program", path = "/api/v1/users/{user_id}/programs/{program_id}/pause", tag = "Programs",
    params(("user_id" = MemberId, Path, description = "The member's id"), ("program_id" = ProgramId, Path, description = "The program's id")), responses(
    (status = 200, description = "The run, which is paused", body = ProgramEnrollmentBody),
    (status = 409, description = "It went on at the same moment")))]
async fn pause(State(programs): State<Programs>, member: Member, two: Two) -> Answer<Json<ProgramEnrollmentBody>> {
    Ok(Json(set(&programs, &member, &two, true).await?))
}

/// Resume a program for a user
///
/// It goes on where it was paused.
#[utoipa::path(post, operation_id = "resume_user_program", path = "/api/v1/users/{user_id}/programs/{program_id}/resume", tag = "Programs",
    params(("user_id" = MemberId, Path, description = "The member's id"), ("program_id" = ProgramId, Path, description = "The program's id")), responses(
    (status = 200, description = "The run, which goes on", body = ProgramEnrollmentBody),
    (status = 409, description = "Somebody else changed it at the same moment")))]
async fn resume(State(programs): State<Programs>, member: Member, two: Two) -> Answer<Json<ProgramEnrollmentBody>> {
    Ok(Json(set(&programs, &member, &two, false).await?))
}

async fn set(programs: &Programs, member: &Member, two: &Two, paused: bool) -> Result<ProgramEnrollmentBody> {
    let mut tx = programs.app().write().await?;
    let run = running(&mut tx, member.hub(), two).await?;
    let is_paused = run.status == EnrolmentStatus::Paused;
    if is_paused != paused && !stored::set_paused(&mut tx, &run, paused).await? {
        return Err(Error::conflict("The run was moved at the same moment; try again"));
    }
    let body = again(&mut tx, &run).await?;
    tx.ring(BELL);
    tx.commit().await?;
    Ok(body)
}

/// Which runs are wanted.
#[derive(Input)]
struct ProgramEnrollmentQuery {
    /// Those that stand so.
    #[input(word_of_query())]
    status: Option<EnrolmentStatus>,
    /// Those that are under way and at this node now.
    #[input(text(100))]
    node: Option<String>,
    #[input(flatten)]
    pages: Pages,
}

/// List the enrollments of a program
///
/// The newest first; one who took part twice is there twice.
#[utoipa::path(get, operation_id = "list_program_enrollments", path = "/api/v1/programs/{program_id}/enrollments", tag = "Programs",
    params(("program_id" = ProgramId, Path, description = "The program's id"), ProgramEnrollmentQuery),
    responses((status = 200, description = "A page of runs", body = ProgramEnrollmentList)))]
async fn list(
    State(programs): State<Programs>,
    member: Member,
    name: Named,
    Params(query): Params<ProgramEnrollmentQuery>,
) -> Answer<Json<ProgramEnrollmentList>> {
    let mut tx = programs.app().read().await?;
    let program = super::find(&mut tx, member.hub(), &name).await?;
    let wanted = Wanted { status: query.status, node: query.node };
    let (limit, offset) = (query.pages.limit, query.pages.offset());
    let (rows, total) = stored::page(member.hub(), &mut tx, program.id, &wanted, limit, offset).await?;
    let ids: Vec<MemberId> = rows.iter().map(|run| run.member_id).collect();
    let names = members::names(&mut tx, member.hub(), &ids).await?;
    let told = |run: Enrolment| {
        let user_name = names.get(&run.member_id).and_then(|name| name.name.clone());
        let mut body = ProgramEnrollmentBody::from(run);
        body.user_name = user_name;
        body
    };
    let enrollments = rows.into_iter().map(told).collect();
    Ok(Json(ProgramEnrollmentList { enrollments, pagination: query.pages.pagination(total) }))
}
