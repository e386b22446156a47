//! Reading the audit log.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Member, Offsets, Page, Params};
use input::rule;
use input::{Fields, Input};
use kernel::{AccountId, Timestamp, UserType, WorkspaceRole};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::{self, AuditEntry, Wanted, Whose};
use crate::Accounts;

/// The route of the audit log.
pub(crate) fn router() -> OpenApiRouter<Accounts> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A page of the audit log.
#[derive(Serialize, ToSchema)]
struct AuditList {
    entries: Vec<AuditEntry>,
    #[serde(flatten)]
    page: Page,
}

/// Which entries are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query that `ListQuery` reads")]
struct AuditQuery {
    /// Only of this kind.
    #[param(example = "login")]
    kind: Option<String>,
    /// Only of this account.
    #[param(value_type = Option<String>)]
    account_id: Option<AccountId>,
    /// Only from this moment on.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Only before this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

struct ListQuery {
    wanted: Wanted,
    offsets: Offsets,
}

impl Input for ListQuery {
    fn read(fields: &mut Fields) -> Option<Self> {
        let wanted = Wanted {
            kind: fields.optional("kind", rule::text(100)),
            account: fields.optional("account_id", rule::id()),
            since: fields.optional("since", rule::moment()),
            until: fields.optional("until", rule::moment()),
        };
        if let (Some(since), Some(until)) = (wanted.since, wanted.until)
            && since > until
        {
            fields.fault("until", "out_of_range", "must not lie before since");
        }
        Some(Self { wanted, offsets: Offsets::read(fields)? })
    }
}

/// Read the audit log
///
/// Log-ins, refusals, changes of roles, keys, passwords and invitations, exports and erasures, newest first. An administrator reads
/// every entry, everyone else their own, and an owner also those of their workspace.
#[utoipa::path(get, path = "/api/v1/audit", tag = "Audit", params(AuditQuery, Offsets), responses(
    (status = 200, description = "A page of the log", body = AuditList),
))]
async fn list(
    State(accounts): State<Accounts>,
    member: Member,
    Params(query): Params<ListQuery>,
) -> Answer<Json<AuditList>> {
    let owns = member.user_type == UserType::Business && member.role == WorkspaceRole::Owner;
    let whose = Whose { account: member.id, owned: member.workspace.filter(|_| owns) };
    let mut tx = accounts.app().read().await?;
    let (entries, total) = store::list(member.scope(), &mut tx, whose, &query.wanted, query.offsets).await?;
    Ok(Json(AuditList { entries, page: query.offsets.page(total) }))
}
