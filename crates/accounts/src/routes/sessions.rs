//! One's own log-ins.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Named, Newcomer, Offsets, Page, Params, Peer, Person};
use kernel::{Caller, Error, SessionId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Done, done};
use crate::store::SessionRow;
use crate::{Accounts, session, store};

/// A log-in that is alive.
#[derive(Serialize, ToSchema)]
struct SessionBody {
    id: SessionId,
    /// By what: `password`, `oauth:google`, …
    #[schema(example = "password")]
    method: String,
    /// From where.
    #[schema(example = "203.0.113.7")]
    ip_address: Option<String>,
    /// By which program.
    user_agent: Option<String>,
    /// When.
    created_at: Timestamp,
    /// When tokens were last made from it.
    last_used_at: Timestamp,
    /// When it ends, if it is not used again.
    expires_at: Timestamp,
    /// Is it the one that asks?
    current: bool,
}

/// A page of log-ins.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionList {
    sessions: Vec<SessionBody>,
    #[serde(flatten)]
    page: Page,
}

/// List my sessions
///
/// Those that are alive, the newest first.
#[utoipa::path(get, path = "/api/v1/auth/sessions", tag = "Accounts", params(Offsets), responses(
    (status = 200, description = "A page of log-ins", body = SessionList),
    (status = 403, description = "A program's key is no log-in"),
))]
pub(super) async fn list(
    State(accounts): State<Accounts>,
    person: Person,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<SessionList>> {
    let (id, current) = (person.account.id, person.session);
    let scope = Caller::Account(person.account).scope();
    let mut tx = accounts.app().read().await?;
    let (rows, total) = store::list_sessions(scope, &mut tx, id, accounts.clock().now(), offsets).await?;
    let sessions = rows.into_iter().map(|row| body(row, current)).collect();
    Ok(Json(SessionList { sessions, page: offsets.page(total) }))
}

fn body(row: SessionRow, current: SessionId) -> SessionBody {
    SessionBody {
        id: row.id,
        method: row.method,
        ip_address: row.address,
        user_agent: row.agent,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        expires_at: row.expires_at,
        current: row.id == current,
    }
}

/// End a session
///
/// At once: its access token and its refresh token are no good any more, anywhere.
#[utoipa::path(delete, path = "/api/v1/auth/sessions/{session_id}", tag = "Accounts",
    params(("session_id" = String, Path, description = "The log-in's id")), responses(
    (status = 200, description = "Ended", body = Done),
    (status = 403, description = "A program's key is no log-in"),
))]
pub(super) async fn end(
    State(accounts): State<Accounts>,
    peer: Peer,
    person: Newcomer,
    name: Named,
) -> Answer<Json<Done>> {
    let session: SessionId = name.id("Session")?;
    let id = person.account.id;
    let scope = Caller::Account(person.account).scope();
    if !session::end(&accounts, scope, (id, session), "ended by its owner", &peer).await? {
        return Err(Error::not_found("Session").into());
    }
    Ok(done("The log-in has been ended"))
}
