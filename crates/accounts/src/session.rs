//! Log-ins: opened, traded on, ended.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use db::Tx;
use http_base::Peer;
use kernel::{AccountId, Result, Scope, SessionId, Timestamp};
use moka::sync::Cache;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::state::refused;
use crate::store::{self, Lasting, Rotation, SessionRow, Traded};
use crate::{AccountRow, Accounts, UserBody, audit, guesses, identity, secrets};

/// What refresh tokens begin with.
const REFRESH_PREFIX: &str = "ifr_";

/// The tokens of a log-in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// To be sent as `Authorization: Bearer …`.
    pub access_token: String,
    /// To be traded for new tokens, once. Using it again after that was answered ends the log-in.
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
    account.must_not_be_suspended()?;
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
        expires_at: refresh_end(accounts, now, now),
    };
    store::insert_session(Scope::system(), tx, &session, &secrets::hash(&refresh_token)).await?;
    store::know_address(Scope::system(), tx, account.id, &guesses::network(peer), now).await?;
    let entry = audit::Entry::of("login", account.id, peer).within(account.workspace_id).to(id.to_string());
    audit::record(tx, clock, entry.with(json!({"method": method}))).await?;
    let tokens = tokens(accounts, account, id, refresh_token, now)?;
    Ok(Opened { tokens, user: accounts.told(tx, account).await? })
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

/// Until when a log-in that was opened then may be refreshed: so long after it was last used, but never beyond the most that any lasts.
fn refresh_end(accounts: &Accounts, now: Timestamp, opened: Timestamp) -> Timestamp {
    let days = |days: u32| i64::from(days) * kernel::time::DAY;
    now.plus(days(accounts.settings().refresh_days)).min(opened.plus(days(accounts.settings().session_days)))
}

/// Does this look like a refresh token?
pub(crate) fn is_refresh(token: &str) -> bool {
    token.starts_with(REFRESH_PREFIX)
}

/// Which trades this process has answered lately, in the order in which requests came and answers went.
pub(crate) struct Answering {
    ticks: AtomicU64,
    answered: Cache<String, u64>,
}

/// Longer than any request is under way.
const LATELY: Duration = Duration::from_mins(10);

impl Default for Answering {
    fn default() -> Self {
        let answered = Cache::builder().max_capacity(100_000).time_to_live(LATELY).build();
        Self { ticks: AtomicU64::new(0), answered }
    }
}

/// A trade whose answer is on its way out; it has gone out when this is dropped.
struct Underway<'a>(&'a Answering, &'a str);

impl Answering {
    /// A request comes: its place among all requests and answers.
    fn arrive(&self) -> u64 {
        self.ticks.fetch_add(1, Ordering::SeqCst)
    }

    fn begin<'a>(&'a self, hash: &'a str) -> Underway<'a> {
        self.answered.insert(hash.to_owned(), u64::MAX);
        Underway(self, hash)
    }

    /// Did the trade of this token go out after that request had come, or not yet?
    fn overlaps(&self, hash: &str, arrived: u64) -> bool {
        self.answered.get(hash).is_some_and(|answered| answered > arrived)
    }
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        self.0.answered.insert(self.1.to_owned(), self.0.arrive());
    }
}

/// Trades a refresh token for new tokens.
///
/// Requests that overlap in time (two tabs, an impatient client) get the same answer. That they do is known from two things: whoever found
/// the token unused before it was traded came before the first answer went out, in whatever process; and a process knows the order of its
/// own requests and answers. The token that follows is [told from the one before](crate::claims::Signer::follower), so that nobody has to
/// keep it. Once the first has been answered, the old token is dead: its next use is taken for theft, and ends the log-in with whatever was
/// made from it.
pub(crate) async fn refresh(accounts: &Accounts, token: &str, peer: &Peer) -> Result<Tokens> {
    let answering = &accounts.shared().answering;
    let arrived = answering.arrive();
    if !is_refresh(token) {
        return match accounts.backend() {
            Some(backend) => identity::supabase::refresh(accounts, backend, token, peer).await,
            None => Err(not_good()),
        };
    }
    let (app, clock, scope) = (accounts.app(), accounts.clock(), Scope::system());
    let old = secrets::hash(token);
    let fresh = secrets::spelled(REFRESH_PREFIX, accounts.signer().follower(token)?);
    let Some(was_traded) = store::is_traded(scope, &mut app.read().await?, &old).await? else {
        return Err(not_good());
    };
    let now = clock.now();
    let mut tx = app.write().await?;
    let most = i64::from(accounts.settings().session_days) * kernel::time::DAY;
    let lasting = Lasting { now, until: refresh_end(accounts, now, now), most };
    match store::rotate(scope, &mut tx, (&old, &secrets::hash(&fresh)), lasting).await? {
        Rotation::Rotated(traded) => {
            let tokens = traded_for(accounts, &mut tx, traded, fresh).await?;
            let _until_it_is_answered = answering.begin(&old);
            tx.commit().await?;
            Ok(tokens)
        }
        Rotation::Before(traded) if !was_traded || answering.overlaps(&old, arrived) => {
            if !store::goes_on_by(scope, &mut tx, traded.session, &secrets::hash(&fresh), now).await? {
                return Err(not_good());
            }
            traded_for(accounts, &mut tx, traded, fresh).await
        }
        Rotation::Before(Traded { account, session, .. }) => {
            if store::end_session(scope, &mut tx, account, session, "reuse", now).await? {
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

/// The answer to a trade: the same for everyone who is to have it.
async fn traded_for(accounts: &Accounts, tx: &mut Tx, traded: Traded, refresh_token: String) -> Result<Tokens> {
    let account = store::by_id(Scope::system(), tx, traded.account).await?.ok_or_else(refused)?;
    // The transaction is dropped then, so that the token is good again once the account is.
    account.must_not_be_suspended()?;
    tokens(accounts, &account, traded.session, refresh_token, traded.at)
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
