//! Whose a token is: an account as it stands now, looked up once and kept in memory until anything moves.
//!
//! What moves is seen by the next request of every process on PostgreSQL, and of this process on SQLite; another process on the
//! same SQLite file sees it within a tenth of a second (`db::Db::current_version`).

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use foldhash::fast::RandomState;
use http_base::Authenticate;
use kernel::{Account, AccountId, ApiKeyId, Proof, Result, Scope, SessionId, Timestamp, WorkspaceRole};
use moka::sync::Cache;

use crate::claims::{Read, Signer};
use crate::state::{Shared, refused};
use crate::{TOPIC, identity, keys, store};

/// Tokens whose signature was found to be good: it is computed once for each, not for every request. That a token is over, and what has
/// become of its log-in, is looked at every time.
pub(crate) struct Tokens(Cache<Box<str>, Read, RandomState>);

impl Tokens {
    /// Room for so many. `time` is how long a token is good.
    pub(crate) fn new(most: u64, time: Duration) -> Self {
        let cache = Cache::builder().max_capacity(most).time_to_live(time);
        // Only what was signed here is ever put in, so that nobody chooses the keys.
        Self(cache.build_with_hasher(RandomState::default()))
    }

    fn read(&self, signer: &Signer, token: &str, now: Timestamp) -> Result<(AccountId, SessionId)> {
        if let Some(read) = self.0.get(token) {
            return read.at(now);
        }
        let read = signer.read(token)?;
        let good = read.at(now)?;
        self.0.insert(token.into(), read);
        Ok(good)
    }
}

/// The log-ins that are known without asking the database. Each is stamped with the version of the topic at which it was read, and is
/// good at that version only.
pub(crate) struct Sessions(Cache<SessionId, Kept>);

#[derive(Clone)]
struct Kept {
    version: i64,
    expires_at: Timestamp,
    account: Account,
}

impl Sessions {
    pub(crate) fn new(most: u64) -> Self {
        Self(Cache::new(most))
    }
}

#[async_trait]
impl Authenticate for Shared {
    async fn account(&self, token: &str) -> Result<Account> {
        if token.starts_with(keys::PREFIX) {
            return keys::authenticate(self, token).await;
        }
        let now = self.clock.now();
        let (account, session) = match (self.tokens.read(&self.signer, token, now), self.backend()) {
            (Ok(read), _) => read,
            // None of ours: perhaps of the service that keeps passwords.
            (Err(_), Some(backend)) => return identity::supabase::authenticate(self, backend, token).await,
            (Err(error), None) => return Err(error),
        };
        // Read before the data: what changes in between has a newer version, and what is kept under the old one is not used again.
        let version = self.db.current_version(TOPIC).await?;
        let kept = self.sessions.0.get(&session).filter(|kept| kept.version == version && kept.expires_at > now);
        let found = match kept {
            Some(kept) => kept.account,
            None => self.look_up(session, version, now).await?,
        };
        if found.id == account { Ok(found) } else { Err(refused()) }
    }
}

impl Shared {
    async fn look_up(&self, session: SessionId, version: i64, now: Timestamp) -> Result<Account> {
        let mut tx = self.db.read().await?;
        let alive = store::alive(Scope::system(), &mut tx, session, now).await?;
        drop(tx);
        let alive = alive.ok_or_else(refused)?;
        alive.must_not_be_suspended()?;
        let account = account_of(&alive, session);
        self.sessions.0.insert(session, Kept { version, expires_at: alive.expires_at, account: account.clone() });
        Ok(account)
    }
}

impl Shared {
    /// A number that moves whenever a log-in ends, or an account becomes another.
    pub async fn version(&self) -> Result<i64> {
        self.db.current_version(TOPIC).await
    }

    /// The accounts of these log-ins and keys as they stand now, in the same order; nothing for one that is let in no more. For whatever outlives
    /// its request, and so its token.
    pub async fn standing(&self, proofs: &[Proof]) -> Result<Vec<Option<Account>>> {
        let (now, scope) = (self.clock.now(), Scope::system());
        let sessions: Vec<SessionId> = proofs
            .iter()
            .filter_map(|proof| match proof {
                Proof::Session(session) => Some(*session),
                Proof::ApiKey(_) => None,
            })
            .collect();
        let keys: Vec<ApiKeyId> = proofs
            .iter()
            .filter_map(|proof| match proof {
                Proof::ApiKey(key) => Some(*key),
                Proof::Session(_) => None,
            })
            .collect();
        let mut tx = self.db.read().await?;
        let mut found: HashMap<Proof, Account> = HashMap::new();
        if !sessions.is_empty() {
            let alive = store::all_alive(scope, &mut tx, &sessions, now).await?;
            let good = alive.iter().filter(|(_, alive)| alive.suspended_at.is_none());
            found.extend(good.map(|(id, alive)| (Proof::Session(*id), account_of(alive, *id))));
        }
        if !keys.is_empty() {
            let alive = keys::all_alive(scope, &mut tx, &keys, now).await?;
            found.extend(alive.into_iter().map(|account| (account.proof, account)));
        }
        Ok(proofs.iter().map(|proof| found.get(proof).cloned()).collect())
    }
}

pub(crate) fn account_of(alive: &store::Alive, session: SessionId) -> Account {
    let id: AccountId = alive.account_id;
    // Only who is a member of the workspace works in it.
    let workspace = alive.workspace_id.filter(|_| alive.role.is_some());
    let role = alive.role.filter(|_| workspace.is_some()).unwrap_or(WorkspaceRole::Owner);
    let read_only = role == WorkspaceRole::Viewer;
    let (proof, verified) = (Proof::Session(session), alive.is_verified || !alive.has_email);
    Account { id, user_type: alive.user_type, workspace, role, proof, read_only, verified, since: alive.created_at }
}
