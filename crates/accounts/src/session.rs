//! Log-ins: opened, traded on, ended.

use db::Tx;
use http_base::Peer;
use kernel::{AccountId, Result, Scope, SessionId, Timestamp};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::state::refused;
use crate::store::{self, Rotation, SessionRow};
use crate::{AccountRow, Accounts, UserBody, audit, guesses, identity, secrets};

/// What refresh tokens begin with.
const REFRESH_PREFIX: &str = "ifr_";

/// The tokens of a log-in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// To be sent as `Authorization: Bearer …`.
    pub access_token: String,
    /// To be traded for new tokens, once. Using it a second time ends the log-in.
    pub refresh_token: String,
    /// Always `bearer`.
    #[schema(example = "bearer")]
    pub token_type: &'static str,
    /// For how many seconds the access token is good.
    #[schema(example = 1800)]
    pub expires_in: i64,
}

/// A log-in that was just opened: the answer of every route that logs someone in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Opened {
    /// Its tokens.
    #[serde(flatten)]
    pub tokens: Tokens,
    /// Who logged in.
    pub user: UserBody,
}

/// Opens a log-in of this account, in the caller's transaction, by `method` (`password`, `oauth:google`, …). Notes from where it came,
/// and writes it into the audit log. Commit before anything of it is told.
pub async fn open(accounts: &Accounts, tx: &mut Tx, account: &AccountRow, method: &str, peer: &Peer) -> Result<Opened> {
    let (clock, now) = (accounts.clock(), accounts.clock().now());
    let id: SessionId = clock.new_id();
    let refresh_token = secrets::random(clock, REFRESH_PREFIX);
    let session = SessionRow {
        id,
        account_id: account.id,
        method: method.to_owned(),
        address: peer.address.map(|address| address.to_string()),
        agent: peer.agent.clone(),
        created_at: now,
        last_used_at: now,
        expires_at: refresh_end(accounts, now),
    };
    store::insert_session(Scope::system(), tx, &session, &secrets::hash(&refresh_token)).await?;
    store::know_address(Scope::system(), tx, account.id, &guesses::network(peer), now).await?;
    let entry = audit::Entry::of("login", account.id, peer).within(account.workspace_id).to(id.to_string());
    audit::record(tx, clock, entry.with(json!({"method": method}))).await?;
    let tokens = tokens(accounts, account, id, refresh_token, now)?;
    Ok(Opened { tokens, user: account.into() })
}

fn tokens(
    accounts: &Accounts,
    account: &AccountRow,
    id: SessionId,
    refresh_token: String,
    now: Timestamp,
) -> Result<Tokens> {
    let signer = accounts.signer();
    Ok(Tokens {
        access_token: signer.sign(account.id, account.user_type, id, now)?,
        refresh_token,
        token_type: "bearer",
        expires_in: signer.seconds(),
    })
}

fn refresh_end(accounts: &Accounts, now: Timestamp) -> Timestamp {
    now.plus(i64::from(accounts.settings().refresh_days) * kernel::time::DAY)
}

/// Does this look like a refresh token?
pub(crate) fn is_refresh(token: &str) -> bool {
    token.starts_with(REFRESH_PREFIX)
}

/// Trades a refresh token for new tokens. Of many that come with the same token one is answered; every other use of it, before or
/// after, is taken for theft and ends the log-in, together with whatever was made from it.
pub(crate) async fn refresh(accounts: &Accounts, token: &str, peer: &Peer) -> Result<Tokens> {
    if !is_refresh(token) {
        return match accounts.backend() {
            Some(backend) => identity::supabase::refresh(accounts, backend, token, peer).await,
            None => Err(not_good()),
        };
    }
    let (app, clock) = (accounts.app(), accounts.clock());
    let (old, fresh) = (secrets::hash(token), secrets::random(clock, REFRESH_PREFIX));
    let now = clock.now();
    if !store::is_refresh(Scope::system(), &mut app.read().await?, &old).await? {
        return Err(not_good());
    }
    let mut tx = app.write().await?;
    let until = refresh_end(accounts, now);
    match store::rotate(Scope::system(), &mut tx, (&old, &secrets::hash(&fresh)), (now, until)).await? {
        Rotation::Rotated { account, session } => {
            let account = store::by_id(Scope::system(), &mut tx, account).await?.ok_or_else(refused)?;
            let tokens = tokens(accounts, &account, session, fresh, now)?;
            tx.commit().await?;
            Ok(tokens)
        }
        Rotation::Reused { account, session, ended } => {
            if ended {
                let entry = audit::Entry::of("session.reuse", account, peer).to(session.to_string());
                audit::record(&mut tx, clock, entry).await?;
                tx.commit().await?;
                tracing::warn!(%account, %session, "a refresh token was used twice; its log-in has been ended");
            }
            Err(not_good())
        }
        Rotation::Refused => Err(not_good()),
    }
}

fn not_good() -> kernel::Error {
    kernel::Error::new(
        kernel::Kind::Unauthenticated,
        "The refresh token is not valid, or was used before; log in again",
    )
}

/// Ends one log-in of this account, at once and everywhere; false if there is none alive of this id.
pub(crate) async fn end(
    accounts: &Accounts,
    scope: Scope,
    (account, session): (AccountId, SessionId),
    why: &'static str,
    peer: &Peer,
) -> Result<bool> {
    let mut tx = accounts.app().write().await?;
    let ended = store::end_session(scope, &mut tx, account, session, why, accounts.clock().now()).await?;
    if ended {
        let entry = audit::Entry::of("logout", account, peer).to(session.to_string()).with(json!({"why": why}));
        audit::record(&mut tx, accounts.clock(), entry).await?;
        tx.commit().await?;
    }
    Ok(ended)
}
