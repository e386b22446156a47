//! Log-ins, and their refresh tokens.

use db::{Listing, Sql, Tx, args};
use http_base::Offsets;
use kernel::{AccountId, Result, Scope, SessionId, Timestamp, UserType, WorkspaceId, WorkspaceRole};

use super::{moved, of_accounts};
use crate::model::suspended;

/// A log-in, as its owner sees it.
#[derive(Clone, Debug, db::Row)]
#[row(table = "sessions")]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub account_id: AccountId,
    /// By what: `password`, `oauth:google`, …
    pub method: String,
    /// From where.
    pub address: Option<String>,
    /// By which program.
    pub agent: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// When a token was last made from it.
    pub last_used_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// What a log-in that is alive says of its account, as that stands now.
#[derive(db::Row)]
pub(crate) struct Alive {
    pub(crate) account_id: AccountId,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) is_verified: bool,
    pub(crate) has_email: bool,
    pub(crate) user_type: UserType,
    pub(crate) workspace_id: Option<WorkspaceId>,
    pub(crate) role: Option<WorkspaceRole>,
    pub(crate) suspended_at: Option<Timestamp>,
    pub(crate) suspended_why: Option<String>,
}

impl Alive {
    /// A suspended account's log-in lives on, and lets nobody in.
    pub(crate) fn must_not_be_suspended(&self) -> Result<()> {
        match self.suspended_at {
            Some(_) => Err(suspended(self.suspended_why.as_deref())),
            None => Ok(()),
        }
    }
}

/// Opens a log-in with its first refresh token.
pub(crate) async fn insert_session(scope: Scope, tx: &mut Tx, session: &SessionRow, refresh_hash: &str) -> Result<()> {
    debug_assert!(scope.sees_everything(), "nobody is logged in before they are");
    tx.insert(session).await?;
    insert_refresh(tx, session.id, refresh_hash, session.created_at, session.expires_at).await
}

async fn insert_refresh(tx: &mut Tx, session: SessionId, hash: &str, now: Timestamp, until: Timestamp) -> Result<()> {
    let sql = "INSERT INTO refresh_tokens (hash, session_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, args![hash, session, now, until]).await.map(drop)
}

/// What [`Alive`] is read from.
const ALIVE: &str = "s.account_id, s.created_at, s.expires_at, a.is_verified, a.email_key IS NOT NULL, a.user_type, \
                     a.workspace_id, m.role, a.suspended_at, a.suspended_why FROM sessions AS s \
                     JOIN accounts AS a ON a.id = s.account_id \
                     LEFT JOIN workspace_members AS m ON m.workspace_id = a.workspace_id AND m.account_id = a.id \
                     WHERE s.ended_at IS NULL AND a.erased_at IS NULL";

/// The log-in, if it is alive, and its account as that stands now.
pub(crate) async fn alive(scope: Scope, tx: &mut Tx, id: SessionId, now: Timestamp) -> Result<Option<Alive>> {
    let mut sql = Sql::new(format!("SELECT {ALIVE}"));
    sql.and("s.id = ", id).and("s.expires_at > ", now);
    of_accounts(&mut sql, scope, "s.account_id");
    sql.optional(tx).await
}

/// The same of many, in no order; those that are not alive are left out.
pub(crate) async fn all_alive(
    scope: Scope,
    tx: &mut Tx,
    ids: &[SessionId],
    now: Timestamp,
) -> Result<Vec<(SessionId, Alive)>> {
    let mut sql = Sql::new(format!("SELECT s.id, {ALIVE}"));
    sql.and_in("s.id", ids.iter().copied()).and("s.expires_at > ", now);
    of_accounts(&mut sql, scope, "s.account_id");
    sql.all(tx).await
}

/// Has the refresh token of this hash been traded, as things stand now? Nothing if there is none: what was made up is refused without
/// taking the writer.
pub(crate) async fn is_traded(scope: Scope, tx: &mut Tx, hash: &str) -> Result<Option<bool>> {
    debug_assert!(scope.sees_everything(), "the token itself says who asks");
    tx.fetch_optional("SELECT used_at IS NOT NULL FROM refresh_tokens WHERE hash = $1", args![hash]).await
}

/// A log-in that goes on by another refresh token.
#[derive(Clone, Copy, db::Row)]
pub(crate) struct Traded {
    pub(crate) session: SessionId,
    pub(crate) account: AccountId,
    /// When the token was traded: what the access token is dated.
    pub(crate) at: Timestamp,
}

/// What became of a refresh token.
pub(crate) enum Rotation {
    /// It was good, and another stands in its place.
    Rotated(Traded),
    /// It was traded before: by a request that this one overlapped with, or else it is a reuse; the caller knows.
    Before(Traded),
    /// It is over, ended, or never was.
    Refused,
}

/// How long the log-in goes on from now on.
#[derive(Clone, Copy)]
pub(crate) struct Lasting {
    pub(crate) now: Timestamp,
    /// Until when, if it is not used again.
    pub(crate) until: Timestamp,
    /// How long it lasts in all, in microseconds.
    pub(crate) most: i64,
}

/// Trades a refresh token for another, once. Of many that come at the same moment one wins.
pub(crate) async fn rotate(
    scope: Scope,
    tx: &mut Tx,
    (old, new): (&str, &str),
    Lasting { now, until, most }: Lasting,
) -> Result<Rotation> {
    debug_assert!(scope.sees_everything(), "the token itself says who asks");
    let sql = "UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1 AND used_at IS NULL AND expires_at > $2 \
               RETURNING session_id";
    let Some(session) = tx.fetch_optional::<SessionId>(sql, args![old, now]).await? else {
        let sql = "SELECT s.id, s.account_id, r.used_at FROM refresh_tokens AS r JOIN sessions AS s ON s.id = r.session_id \
                   WHERE r.hash = $1 AND r.used_at IS NOT NULL";
        let before = tx.fetch_optional::<Traded>(sql, args![old]).await?;
        return Ok(before.map_or(Rotation::Refused, Rotation::Before));
    };
    let sql = "UPDATE sessions SET last_used_at = $2, expires_at = CASE WHEN created_at + $4 < $3 THEN created_at + $4 ELSE $3 END \
               WHERE id = $1 AND ended_at IS NULL AND created_at + $4 > $2 AND account_id IN \
               (SELECT id FROM accounts WHERE erased_at IS NULL) RETURNING account_id, expires_at";
    let found = tx.fetch_optional::<(AccountId, Timestamp)>(sql, args![session, now, until, most]).await?;
    let Some((account, until)) = found else { return Ok(Rotation::Refused) };
    insert_refresh(tx, session, new, now, until).await?;
    Ok(Rotation::Rotated(Traded { session, account, at: now }))
}

/// Is this the refresh token by which this log-in goes on?
pub(crate) async fn goes_on_by(
    scope: Scope,
    tx: &mut Tx,
    session: SessionId,
    hash: &str,
    now: Timestamp,
) -> Result<bool> {
    debug_assert!(scope.sees_everything(), "the token itself says who asks");
    let sql = "SELECT count(*) FROM refresh_tokens AS r JOIN sessions AS s ON s.id = r.session_id \
               WHERE r.hash = $1 AND s.id = $2 AND r.used_at IS NULL AND r.expires_at > $3 AND s.ended_at IS NULL";
    Ok(tx.fetch_value::<i64>(sql, args![hash, session, now]).await? > 0)
}

/// Ends a log-in of this account; false if there is none alive of this id.
pub async fn end_session(
    scope: Scope,
    tx: &mut Tx,
    account: AccountId,
    session: SessionId,
    why: &str,
    now: Timestamp,
) -> Result<bool> {
    let mut sql = Sql::new("UPDATE sessions SET ended_at = ");
    sql.bind(now).push(", ended_why = ").bind(why).push(" WHERE ended_at IS NULL AND id = ").bind(session);
    sql.push(" AND account_id = ").bind(account);
    of_accounts(&mut sql, scope, "account_id");
    let ended = sql.run(tx).await? == 1;
    if ended {
        moved(tx).await?;
    }
    Ok(ended)
}

/// Ends every log-in of this account but one; tells how many.
pub async fn end_sessions(
    scope: Scope,
    tx: &mut Tx,
    account: AccountId,
    but: Option<SessionId>,
    why: &str,
    now: Timestamp,
) -> Result<u64> {
    let mut sql = Sql::new("UPDATE sessions SET ended_at = ");
    sql.bind(now).push(", ended_why = ").bind(why).push(" WHERE ended_at IS NULL AND account_id = ").bind(account);
    if let Some(but) = but {
        sql.push(" AND id <> ").bind(but);
    }
    of_accounts(&mut sql, scope, "account_id");
    let ended = sql.run(tx).await?;
    if ended > 0 {
        moved(tx).await?;
    }
    Ok(ended)
}

/// A page of the log-ins of this account that are alive, newest first, and how many there are.
pub(crate) async fn list_sessions(
    scope: Scope,
    tx: &mut Tx,
    account: AccountId,
    now: Timestamp,
    offsets: Offsets,
) -> Result<(Vec<SessionRow>, u64)> {
    let mut filter = Sql::filter();
    filter.push(" AND ended_at IS NULL").and("account_id = ", account).and("expires_at > ", now);
    of_accounts(&mut filter, scope, "account_id");
    let listing = Listing::of::<SessionRow>(filter).order("created_at DESC, id DESC");
    listing.page(tx, offsets.limit, offsets.offset).await
}
