//! Asking someone into the workspace.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use db::Tx;
use http_base::{Answer, Body, Named, Offsets, Page, Params, Peer, Person};
use input::Input;
use kernel::{AccountId, Clock, Error, Kind, Result, Scope, Timestamp, UserType, WorkspaceRole};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{held_by_owner, own, scope_of};
use crate::audit;
use crate::model::email_key;
use crate::routes::{Done, done};
use crate::workspaces::mail::{Letter, letter};
use crate::workspaces::model::{
    INVITED_FOR, Invitation, InvitationId, MAILED_AGAIN_AFTER, MOST_OPEN, Workspace, no_invitation, owners_only,
};
use crate::workspaces::{invitations, store};
use crate::{Accounts, secrets};

/// Who is invited, and as what.
#[derive(Input)]
#[input(name = "InvitationInput")]
pub(super) struct NewInvitation {
    /// The e-mail address that the invitation is sent to.
    #[input(crate::model::email(), example = "bo@example.com")]
    email: String,
    /// What they may do in the workspace.
    #[input(word, example = "manager")]
    role: WorkspaceRole,
}

kernel::word_schema!(InvitationStatus, "Where an invitation stands.", "open" | "accepted" | "revoked" | "expired");

/// An invitation, without what lets one in.
#[derive(Serialize, ToSchema)]
#[schema(as = WorkspaceInvitation)]
pub(super) struct InvitationBody {
    id: InvitationId,
    /// Whom.
    email: String,
    /// As what.
    role: WorkspaceRole,
    /// `open`, `accepted`, `revoked` or `expired`.
    #[schema(value_type = InvitationStatus, example = "open")]
    status: &'static str,
    /// By whom.
    invited_by: AccountId,
    created_at: Timestamp,
    /// Until when it may be accepted.
    expires_at: Timestamp,
}

impl InvitationBody {
    fn of(invitation: Invitation, now: Timestamp) -> Self {
        Self {
            status: invitation.status(now),
            id: invitation.id,
            email: invitation.email,
            role: invitation.role,
            invited_by: invitation.invited_by,
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
        }
    }
}

/// A page of invitations.
#[derive(Serialize, ToSchema)]
pub(super) struct InvitationList {
    invitations: Vec<InvitationBody>,
    #[serde(flatten)]
    page: Page,
}

/// Invite someone to my workspace
///
/// They get a mail with a token that is good once, for a week. Whoever is invited already keeps that invitation, with the role asked
/// for now, and is mailed a new token in place of the old one; within a minute of the last mail, nothing is sent.
#[utoipa::path(post, path = "/api/v1/workspace/invitations", tag = "Workspaces", request_body = NewInvitation, responses(
    (status = 201, description = "They are invited", body = InvitationBody),
    (status = 200, description = "They had been invited before; the invitation as it is now", body = InvitationBody),
    (status = 403, description = "Only an owner may, by their own log-in"),
    (status = 409, description = "They are in the workspace already, or it has as many open invitations as it may"),
))]
pub(super) async fn invite(
    State(accounts): State<Accounts>,
    person: Person,
    peer: Peer,
    Body { input, .. }: Body<NewInvitation>,
) -> Answer<(StatusCode, Json<InvitationBody>)> {
    let (clock, scope) = (accounts.app().clock(), scope_of(&person));
    let now = clock.now();
    let mut tx = accounts.app().write().await?;
    let workspace = held_by_owner(&mut tx, &person, now).await?;
    let key = email_key(&input.email);
    if invitations::is_member(scope, &mut tx, workspace, &key).await? {
        return Err(Error::conflict("They are in the workspace already; change their role there").into());
    }
    let earlier = invitations::open_for(scope, &mut tx, workspace, &key).await?;
    let is_new = earlier.is_none();
    if let Some(same) = &earlier
        && same.role == input.role
        && same.mailed_at.plus(MAILED_AGAIN_AFTER) > now
    {
        return Ok((StatusCode::OK, Json(InvitationBody::of(same.clone(), now))));
    }
    if is_new && invitations::count_open(scope, &mut tx, workspace, now).await? >= MOST_OPEN {
        let message = format!("A workspace has at most {MOST_OPEN} open invitations; revoke some first");
        return Err(Error::conflict(message).into());
    }
    let token = secrets::random(clock, "ifi_");
    let invitation = Invitation {
        id: earlier.as_ref().map_or_else(|| clock.new_id(), |earlier| earlier.id),
        workspace_id: workspace,
        email: earlier.as_ref().map_or(input.email, |earlier| earlier.email.clone()),
        email_key: key,
        role: input.role,
        hash: secrets::hash(&token),
        invited_by: person.account.id,
        created_at: earlier.as_ref().map_or(now, |earlier| earlier.created_at),
        mailed_at: now,
        expires_at: now.plus(INVITED_FOR),
        accepted_at: None,
        revoked_at: None,
    };
    invitations::save(scope, &mut tx, &invitation).await?;
    let inviter = store::member(scope, &mut tx, workspace, person.account.id).await?.ok_or_else(owners_only)?;
    let into = store::seen_by(scope, &mut tx, workspace, person.account.id).await?.ok_or_else(owners_only)?;
    let public_url = accounts.app().public_url();
    let told = Letter { inviter: &inviter.username, workspace: &into.name, public_url, token: &token };
    mail::queue(&mut tx, accounts.app(), letter(&invitation, &told)).await?;
    let entry = audit::Entry::of("invitation.sent", person.account.id, &peer).within(Some(workspace));
    let entry = entry.to(invitation.id.to_string()).with(json!({"role": invitation.role}));
    audit::record(&mut tx, clock, entry).await?;
    tx.commit().await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(InvitationBody::of(invitation, now))))
}

/// List invitations
///
/// The invitations that are open: not accepted, not withdrawn, not expired.
#[utoipa::path(get, path = "/api/v1/workspace/invitations", tag = "Workspaces", params(Offsets), responses(
    (status = 200, description = "A page of them, newest first", body = InvitationList),
    (status = 403, description = "Only an owner may, by their own log-in"),
))]
pub(super) async fn list(
    State(accounts): State<Accounts>,
    person: Person,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<InvitationList>> {
    let workspace = own(&person.account)?;
    if person.account.role != WorkspaceRole::Owner {
        return Err(owners_only().into());
    }
    let mut tx = accounts.app().read().await?;
    let (found, total) = invitations::list(scope_of(&person), &mut tx, workspace, offsets).await?;
    let now = accounts.app().clock().now();
    let invitations = found.into_iter().map(|invitation| InvitationBody::of(invitation, now)).collect();
    Ok(Json(InvitationList { invitations, page: offsets.page(total) }))
}

/// Withdraw an invitation
///
/// The link that was mailed opens nothing from then on.
#[utoipa::path(delete, path = "/api/v1/workspace/invitations/{invitation_id}", tag = "Workspaces",
    params(("invitation_id" = String, Path, description = "The invitation's id")), responses(
    (status = 200, description = "Its token lets nobody in any more", body = Done),
    (status = 403, description = "Only an owner may, by their own log-in"),
))]
pub(super) async fn revoke(
    State(accounts): State<Accounts>,
    person: Person,
    peer: Peer,
    name: Named,
) -> Answer<Json<Done>> {
    let (clock, scope) = (accounts.app().clock(), scope_of(&person));
    let mut tx = accounts.app().write().await?;
    let workspace = held_by_owner(&mut tx, &person, clock.now()).await?;
    let id: InvitationId = name.id("Invitation")?;
    let whom = invitations::revoke(scope, &mut tx, id, clock.now()).await?;
    let whom = whom.ok_or_else(|| Error::not_found("Invitation"))?;
    let entry = audit::Entry::of("invitation.revoked", person.account.id, &peer).within(Some(workspace));
    audit::record(&mut tx, clock, entry.to(id.to_string())).await?;
    tx.commit().await?;
    Ok(done(format!("The invitation of {whom} was taken back")))
}

/// The token of an invitation.
#[derive(Input)]
#[input(name = "InvitationToken")]
pub(super) struct TokenInput {
    /// The token, as it stands in the mail after `token=`.
    #[input(text(200))]
    token: String,
}

/// Accept an invitation
///
/// By a business whose verified e-mail address is the invited one. The workspace becomes the one that the account works in; the one
/// it worked in before stays its own, and can be switched back to.
#[utoipa::path(post, path = "/api/v1/workspace/invitations/accept", tag = "Workspaces", request_body = TokenInput, responses(
    (status = 200, description = "The workspace", body = Workspace),
    (status = 400, description = "The token is not, or not any more, valid"),
    (status = 403, description = "It is for another address, the address is not verified, or the account is no business"),
))]
pub(super) async fn accept(
    State(accounts): State<Accounts>,
    person: Person,
    peer: Peer,
    Body { input, .. }: Body<TokenInput>,
) -> Answer<Json<Workspace>> {
    let clock = accounts.app().clock();
    // The token is what opens the workspace, not the scope of whoever brings it.
    let (scope, me) = (Scope::system(), person.account.id);
    if person.account.user_type != UserType::Business {
        let message = "Only a business can be in a workspace; register the invited address as one";
        return Err(Error::new(Kind::Forbidden, message).into());
    }
    let hash = secrets::hash(&input.token);
    let mut tx = accounts.app().write().await?;
    let invitation = invitations::by_hash(scope, &mut tx, &hash).await?.ok_or_else(no_invitation)?;
    let joined = enter(&mut tx, clock, &invitation, &hash, (me, person.account.user_type), &peer).await?;
    tx.commit().await?;
    Ok(Json(joined))
}

/// Lets the invited account into the workspace, once. Commit before anything of it is told.
pub(crate) async fn enter(
    tx: &mut Tx,
    clock: &Clock,
    invitation: &Invitation,
    hash: &str,
    (me, user_type): (AccountId, UserType),
    peer: &Peer,
) -> Result<Workspace> {
    let (scope, now) = (Scope::system(), clock.now());
    if user_type != UserType::Business {
        let message = "Only a business can be in a workspace; register the invited address as one";
        return Err(Error::new(Kind::Forbidden, message));
    }
    store::hold(scope, tx, invitation.workspace_id, now).await?;
    is_for(invitation, invitations::address_of(scope, tx, me).await?)?;
    if !invitations::accept(scope, tx, invitation.id, hash, now).await? {
        return Err(no_invitation());
    }
    store::join(scope, tx, invitation.workspace_id, me, invitation.role, now).await?;
    store::work_in(scope, tx, me, invitation.workspace_id, now).await?;
    let entry = audit::Entry::of("invitation.accepted", me, peer).within(Some(invitation.workspace_id));
    let detail = json!({"role": invitation.role, "invited_by": invitation.invited_by});
    audit::record(tx, clock, entry.to(invitation.id.to_string()).with(detail)).await?;
    crate::store::moved(tx).await?;
    let joined = store::seen_by(scope, tx, invitation.workspace_id, me).await?;
    joined.ok_or_else(|| Error::not_found("Workspace"))
}

/// Is this invitation for someone with this address?
fn is_for(invitation: &Invitation, (address, verified): (Option<String>, bool)) -> Result<()> {
    let same = address.as_deref() == Some(&*invitation.email_key);
    if !same {
        return Err(Error::new(Kind::Forbidden, "This invitation is for another e-mail address than yours"));
    }
    if !verified {
        return Err(Error::new(
            Kind::Forbidden,
            "Verify your e-mail address first; ask for the mail once more if needed",
        ));
    }
    Ok(())
}
