//! Reading the audit log.

use axum::Json;
use axum::extract::State;
use http_base::Routes;
use http_base::routes;
use http_base::{Answer, Member, Offsets, Page, Params};
use input::Input;
use kernel::{UserType, WorkspaceRole};
use serde::Serialize;
use utoipa::ToSchema;

use super::store::{self, AuditEntry, Wanted, Whose};
use crate::Accounts;

/// The route of the audit log.
pub(crate) fn router() -> Routes<Accounts> {
    Routes::new().with(routes!(list))
}

/// A page of the audit log.
#[derive(Serialize, ToSchema)]
struct AuditList {
    /// The entries, newest first.
    entries: Vec<AuditEntry>,
    #[serde(flatten)]
    page: Page,
}

/// Which entries are wanted.
#[derive(Input)]
struct AuditQuery {
    #[input(flatten)]
    wanted: Wanted,
    #[input(flatten)]
    offsets: Offsets,
}

/// Read the audit log
///
/// Log-ins, refusals, changes of roles, keys, passwords and invitations, exports and erasures, newest first. An administrator reads
/// every entry, everyone else their own, and an owner also those of their workspace.
#[utoipa::path(get, path = "/api/v1/audit", tag = "Audit", params(AuditQuery), responses(
    (status = 200, description = "A page of the log", body = AuditList),
))]
async fn list(
    State(accounts): State<Accounts>,
    member: Member,
    Params(query): Params<AuditQuery>,
) -> Answer<Json<AuditList>> {
    let owns = member.user_type == UserType::Business && member.role == WorkspaceRole::Owner;
    let whose = Whose { account: member.id, owned: member.workspace.filter(|_| owns) };
    let mut tx = accounts.app().read().await?;
    let (entries, total) = store::list(member.scope(), &mut tx, whose, &query.wanted, query.offsets).await?;
    Ok(Json(AuditList { entries, page: query.offsets.page(total) }))
}
