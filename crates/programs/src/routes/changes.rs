//! Programs are drawn, changed and deleted.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use db::Tx;
use events::TxExt as _;
use http_base::{Answer, Body, Done, Member, Named, Routes, done, routes};
use input::Input;
use kernel::{Error, Kind, Result};
use serde_json::{Map, Value};

use super::CHANGED;
use super::list::read;
use super::shapes::ProgramBody;
use crate::Programs;
use crate::events::ProgramCreated;
use crate::figures;
use crate::model::ProgramId;
use crate::model::drawn::{self, Drawn};
use crate::rows::{Program, ProgramStatus};
use crate::store::programs as stored;

pub(super) fn router() -> Routes<Programs> {
    Routes::new().with(routes!(create)).with(routes!(update, delete))
}

/// A program to be drawn.
#[derive(Input)]
#[input(change = ProgramChanges)]
struct NewProgram {
    /// What it is called.
    #[input(text(200), example = "Weight Loss Journey")]
    name: String,
    /// What it is for.
    #[input(any_text(5_000))]
    description: Option<String>,
    /// What happens in it: nodes, and the edges between them. Everything that is wrong is told at once, by the ids of the nodes.
    #[input(drawn::flow())]
    flow_definition: Drawn,
    /// What is set.
    #[input(drawn::settings(), default)]
    settings: Map<String, Value>,
}

/// Create a program
///
/// It is a draft: nobody begins it before it is published. What is not wrong, but stands in the way of publishing or is worth knowing, is told in `warnings`.
#[utoipa::path(post, operation_id = "create_program", path = "/api/v1/programs", tag = "Programs", request_body = NewProgram, responses(
    (status = 201, description = "The new program", body = ProgramBody),
    (status = 409, description = "The workspace has as many programs as it may")))]
async fn create(
    State(programs): State<Programs>,
    member: Member,
    Body { input, .. }: Body<NewProgram>,
) -> Answer<(StatusCode, Json<ProgramBody>)> {
    let clock = programs.app().clock();
    let (id, now): (ProgramId, _) = (clock.new_id(), clock.now());
    let program = Program {
        id,
        workspace_id: member.hub(),
        name: input.name,
        description: input.description,
        status: ProgramStatus::Draft,
        version: 1,
        definition: db::Json(input.flow_definition.sent),
        settings: db::Json(input.settings),
        is_changed: true,
        starts_by: None,
        starts_tag: None,
        starts_after: None,
        revision: 1,
        created_at: now,
        updated_at: now,
        published_at: None,
        archived_at: None,
    };
    let mut tx = programs.app().write().await?;
    if stored::count(program.workspace_id, &mut tx).await? >= stored::MOST {
        let message = format!("A workspace has at most {} programs; delete drafts that you do not use", stored::MOST);
        return Err(Error::new(Kind::Conflict, message).into());
    }
    tx.insert(&program).await?;
    tx.event(ProgramCreated { workspace_id: program.workspace_id, program_id: id });
    let body = told(&mut tx, program).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(body)))
}

/// A program as it is told after a change.
async fn told(tx: &mut Tx, program: Program) -> Result<ProgramBody> {
    let totals = figures::totals(tx, program.workspace_id, &[program.id]).await?;
    let (_, mut warnings) = read(&program);
    warnings.extend(super::publish::strange(tx, &program).await?);
    let of = totals.get(&program.id);
    Ok(ProgramBody::of(program, warnings, of))
}

/// Update a program
///
/// What is left out stays as it is. Members who take part walk on through the version that was published; the change is the draft of the next one.
#[utoipa::path(put, operation_id = "update_program", path = "/api/v1/programs/{program_id}", tag = "Programs", request_body = ProgramChanges,
    params(("program_id" = ProgramId, Path, description = "The program's id")), responses(
    (status = 200, description = "The program as it is now", body = ProgramBody),
    (status = 409, description = "It is archived, or somebody else has changed it meanwhile")))]
async fn update(
    State(programs): State<Programs>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<ProgramChanges>,
) -> Answer<Json<ProgramBody>> {
    let mut tx = programs.app().write().await?;
    let mut program = super::find(&mut tx, member.hub(), &name).await?;
    if program.status == ProgramStatus::Archived {
        return Err(Error::conflict("The program is archived; draw a new one").into());
    }
    let before = program.clone();
    input::set(&mut program.name, input.name);
    input::set(&mut program.description, input.description);
    input::set(&mut program.definition.0, input.flow_definition.map(|drawn| drawn.sent));
    input::set(&mut program.settings.0, input.settings);
    if program.definition != before.definition || program.settings != before.settings || program.name != before.name {
        program.is_changed = true;
    }
    if program != before {
        program.updated_at = programs.app().clock().now();
        if !stored::save(&mut tx, &mut program).await? {
            return Err(Error::conflict(CHANGED).into());
        }
    }
    let body = told(&mut tx, program).await?;
    tx.commit().await?;
    Ok(Json(body))
}

/// Delete a program
///
/// One that is a draft, and was never published. What was published is archived instead.
#[utoipa::path(delete, operation_id = "delete_program", path = "/api/v1/programs/{program_id}", tag = "Programs",
    params(("program_id" = ProgramId, Path, description = "The program's id")), responses(
    (status = 200, description = "Deleted", body = Done),
    (status = 409, description = "It was published once; archive it instead")))]
async fn delete(State(programs): State<Programs>, member: Member, name: Named) -> Answer<Json<Done>> {
    let mut tx = programs.app().write().await?;
    let program = super::find(&mut tx, member.hub(), &name).await?;
    if !stored::delete(&program, &mut tx).await? {
        return Err(Error::conflict("The program was published once; archive it instead").into());
    }
    tx.commit().await?;
    Ok(done("The program is deleted"))
}
