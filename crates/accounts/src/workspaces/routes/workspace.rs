//! The workspace itself, and which one is worked in.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Member, Named, Offsets, Page, Params, Peer, Person};
use input::Input;
use kernel::{Error, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;

use super::{held_by_owner, own, scope_of};
use crate::Accounts;
use crate::audit;
use crate::workspaces::model::Workspace;
use crate::workspaces::store;

/// A workspace's new name.
#[derive(Input)]
#[input(name = "WorkspaceInput")]
pub(super) struct NameInput {
    /// The name of the workspace.
    #[input(text(200), example = "TechFit")]
    name: String,
}

/// Read my workspace
///
/// The one that this account works in at present, and what it may do there.
#[utoipa::path(get, path = "/api/v1/workspace", tag = "Workspaces", responses(
    (status = 200, description = "The workspace", body = Workspace),
    (status = 403, description = "The account is no business"),
))]
pub(super) async fn get(State(accounts): State<Accounts>, member: Member) -> Answer<Json<Workspace>> {
    let workspace = own(&member)?;
    let mut tx = accounts.app().read().await?;
    let found = store::seen_by(member.scope(), &mut tx, workspace, member.id).await?;
    Ok(Json(found.ok_or_else(|| Error::not_found("Workspace"))?))
}

/// Rename my workspace
///
/// Only an owner may; the id stays.
#[utoipa::path(put, path = "/api/v1/workspace", tag = "Workspaces", request_body = NameInput, responses(
    (status = 200, description = "The workspace as it is now", body = Workspace),
    (status = 403, description = "Only an owner may, by their own log-in"),
))]
pub(super) async fn rename(
    State(accounts): State<Accounts>,
    person: Person,
    peer: Peer,
    Body { input, .. }: Body<NameInput>,
) -> Answer<Json<Workspace>> {
    let (clock, scope) = (accounts.app().clock(), scope_of(&person));
    let mut tx = accounts.app().write().await?;
    let workspace = held_by_owner(&mut tx, &person, clock.now()).await?;
    store::rename(scope, &mut tx, workspace, &input.name, clock.now()).await?;
    let entry = audit::Entry::of("workspace.renamed", person.account.id, &peer).within(Some(workspace));
    audit::record(&mut tx, clock, entry).await?;
    let now = store::seen_by(scope, &mut tx, workspace, person.account.id).await?;
    tx.commit().await?;
    Ok(Json(now.ok_or_else(|| Error::not_found("Workspace"))?))
}

/// A workspace among those that one is in.
#[derive(Serialize, ToSchema)]
struct Listed {
    #[serde(flatten)]
    workspace: Workspace,
    /// Is it the one that the account works in?
    current: bool,
}

/// A page of workspaces.
#[derive(Serialize, ToSchema)]
pub(super) struct WorkspaceList {
    workspaces: Vec<Listed>,
    #[serde(flatten)]
    page: Page,
}

/// List my workspaces
///
/// Every workspace that the account is a member of, with what it may do there, and which one is worked in.
#[utoipa::path(get, path = "/api/v1/workspaces", tag = "Workspaces", params(Offsets), responses(
    (status = 200, description = "A page of them, the oldest membership first", body = WorkspaceList),
    (status = 403, description = "This takes one's own log-in"),
))]
pub(super) async fn list(
    State(accounts): State<Accounts>,
    person: Person,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<WorkspaceList>> {
    let mut tx = accounts.app().read().await?;
    let (found, total) = store::list_of(scope_of(&person), &mut tx, person.account.id, offsets).await?;
    let listed = |workspace: Workspace| Listed { current: Some(workspace.id) == person.account.workspace, workspace };
    Ok(Json(WorkspaceList { workspaces: found.into_iter().map(listed).collect(), page: offsets.page(total) }))
}

/// Switch to another workspace
///
/// From the next request on, whatever this account's log-ins read and change is that workspace's. Keys stay in the workspace that
/// they were made for.
#[utoipa::path(post, path = "/api/v1/workspaces/{workspace_id}/switch", tag = "Workspaces",
    params(("workspace_id" = String, Path, description = "A workspace that the account is in")), responses(
    (status = 200, description = "The workspace", body = Workspace),
    (status = 403, description = "The account is no business, or this is a program's key"),
))]
pub(super) async fn switch(State(accounts): State<Accounts>, person: Person, name: Named) -> Answer<Json<Workspace>> {
    own(&person.account)?;
    let wanted: WorkspaceId = name.id("Workspace")?;
    let (account, now) = (person.account.id, accounts.app().clock().now());
    let mut tx = accounts.app().write().await?;
    // The scope of the moment is the workspace that is left; the membership decides.
    let scope = kernel::Scope::system();
    let found = store::seen_by(scope, &mut tx, wanted, account).await?;
    let found = found.ok_or_else(|| Error::not_found("Workspace"))?;
    store::work_in(scope, &mut tx, account, wanted, now).await?;
    crate::store::moved(&mut tx).await?;
    tx.commit().await?;
    Ok(Json(found))
}
