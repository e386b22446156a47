//! Who is in the workspace.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Member, Named, Offsets, Page, Params, Peer, Person};
use input::Input;
use kernel::{AccountId, Error, WorkspaceRole};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{held_by_owner, own, scope_of};
use crate::Accounts;
use crate::audit;
use crate::routes::{Done, done};
use crate::workspaces::model::{Membership, may_lose};
use crate::workspaces::store;

/// A page of members.
#[derive(Serialize, ToSchema)]
pub(super) struct MemberList {
    members: Vec<Membership>,
    #[serde(flatten)]
    page: Page,
}

/// List members
///
/// Who is in the workspace that is worked in, and what each of them may do.
#[utoipa::path(get, path = "/api/v1/workspace/members", tag = "Workspaces", params(Offsets), responses(
    (status = 200, description = "A page of them, the longest member first", body = MemberList),
    (status = 403, description = "The account is no business"),
))]
pub(super) async fn list(
    State(accounts): State<Accounts>,
    member: Member,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<MemberList>> {
    let workspace = own(&member)?;
    let mut tx = accounts.app().read().await?;
    let (members, total) = store::members(member.scope(), &mut tx, workspace, offsets).await?;
    Ok(Json(MemberList { members, page: offsets.page(total) }))
}

/// The role that a member is to have.
#[derive(Input)]
#[input(name = "MemberChange")]
pub(super) struct RoleInput {
    /// What the member may do.
    #[input(word, example = "manager")]
    role: WorkspaceRole,
}

/// Change a member's role
///
/// It counts from their next request on. The last owner stays one: 409.
#[utoipa::path(put, path = "/api/v1/workspace/members/{account_id}", tag = "Workspaces", request_body = RoleInput,
    params(("account_id" = String, Path, description = "The member's account")), responses(
    (status = 200, description = "The member as they are now", body = Membership),
    (status = 403, description = "Only an owner may, by their own log-in"),
    (status = 409, description = "They are the only owner"),
))]
pub(super) async fn change(
    State(accounts): State<Accounts>,
    person: Person,
    peer: Peer,
    name: Named,
    Body { input: RoleInput { role }, .. }: Body<RoleInput>,
) -> Answer<Json<Membership>> {
    let (clock, scope) = (accounts.app().clock(), scope_of(&person));
    let mut tx = accounts.app().write().await?;
    let workspace = held_by_owner(&mut tx, &person, clock.now()).await?;
    let whom: AccountId = name.id("Member")?;
    let found = store::member(scope, &mut tx, workspace, whom).await?;
    let mut member = found.ok_or_else(|| Error::not_found("Member"))?;
    if member.role != role {
        may_lose(member.role, store::owners(scope, &mut tx, workspace).await?)?;
        store::set_role(scope, &mut tx, workspace, whom, (member.role, role)).await?;
        let detail = json!({"from": member.role, "to": role});
        let entry = audit::Entry::of("member.role_changed", person.account.id, &peer).within(Some(workspace));
        audit::record(&mut tx, clock, entry.to(whom.to_string()).with(detail)).await?;
        member.role = role;
        crate::store::moved(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(Json(member))
}

/// Remove a member
///
/// An owner may take out anyone, everyone may leave; the last owner may not: 409. The keys that the member made for this
/// workspace end. Whoever is in no other workspace goes on in a new one of their own.
#[utoipa::path(delete, path = "/api/v1/workspace/members/{account_id}", tag = "Workspaces",
    params(("account_id" = String, Path, description = "The member's account")), responses(
    (status = 200, description = "Done", body = Done),
    (status = 403, description = "Only an owner may take out others, by their own log-in"),
    (status = 409, description = "They are the only owner"),
))]
pub(super) async fn remove(
    State(accounts): State<Accounts>,
    person: Person,
    peer: Peer,
    name: Named,
) -> Answer<Json<Done>> {
    let (clock, scope) = (accounts.app().clock(), scope_of(&person));
    let mut tx = accounts.app().write().await?;
    let whom: Result<AccountId, _> = name.id("Member");
    let leaving = whom.as_ref().is_ok_and(|whom| *whom == person.account.id);
    let workspace = if leaving {
        let workspace = own(&person.account)?;
        store::hold(scope, &mut tx, workspace, clock.now()).await?;
        workspace
    } else {
        held_by_owner(&mut tx, &person, clock.now()).await?
    };
    let whom = whom?;
    let found = store::member(scope, &mut tx, workspace, whom).await?;
    let member = found.ok_or_else(|| Error::not_found("Member"))?;
    may_lose(member.role, store::owners(scope, &mut tx, workspace).await?)?;
    if !store::leave(scope, &mut tx, clock, workspace, whom).await? {
        return Err(Error::not_found("Member").into());
    }
    let kind = if leaving { "member.left" } else { "member.removed" };
    let entry = audit::Entry::of(kind, person.account.id, &peer).within(Some(workspace)).to(whom.to_string());
    audit::record(&mut tx, clock, entry.with(json!({"role": member.role}))).await?;
    crate::store::moved(&mut tx).await?;
    tx.commit().await?;
    let message = if leaving { "You have left the workspace" } else { "The member was taken out of the workspace" };
    Ok(done(message))
}
