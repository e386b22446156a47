//! Whose key it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use db::Tx;
use kernel::{Account, ApiKeyId, Proof, Result, Scope, Timestamp};
use moka::sync::Cache;

use super::model::{Found, NOTED_EVERY, reach};
use super::store;
use crate::model::suspended;
use crate::state::{Shared, refused};
use crate::{TOPIC, secrets};

/// Keys that are known without asking the database, by their hashes. Nothing is kept of tokens that are no keys.
pub(crate) struct Kept(Cache<String, Arc<Known>>);

/// A key that was good at a version of the log-ins.
struct Known {
    version: i64,
    account: Account,
    id: ApiKeyId,
    expires_at: Option<Timestamp>,
    /// When its use was last noted, in microseconds; it is noted by this process once, whoever comes first.
    noted: AtomicI64,
}

impl Kept {
    /// Keeps so many at most.
    pub(crate) fn new(most: u64) -> Self {
        Self(Cache::new(most))
    }
}

/// The account of a key, as it stands now. [`kernel::Kind::Unauthenticated`] for a key that is revoked, over, dead or none of ours.
pub(crate) async fn authenticate(shared: &Shared, token: &str) -> Result<Account> {
    let (hash, now) = (secrets::hash(token), shared.clock.now());
    // Read before the rows: whatever changes after this moves it on.
    let version = shared.db.current_version(TOPIC).await?;
    let kept = shared.keys.0.get(&hash).filter(|known| known.version == version);
    let known = match kept {
        Some(known) => known,
        None => look(shared, hash, version, now).await?,
    };
    if known.expires_at.is_some_and(|end| end <= now) {
        return Err(refused());
    }
    note(shared, &known, now);
    Ok(known.account.clone())
}

async fn look(shared: &Shared, hash: String, version: i64, now: Timestamp) -> Result<Arc<Known>> {
    let mut tx = shared.db.read().await?;
    let found = store::alive(Scope::system(), &mut tx, &hash, now).await?.ok_or_else(refused)?;
    drop(tx);
    if found.suspended_at.is_some() {
        return Err(suspended(found.suspended_why.as_deref()));
    }
    let account = account_of(&found).ok_or_else(refused)?;
    let noted = AtomicI64::new(found.last_used_at.map_or(i64::MIN, Timestamp::micros));
    let known = Arc::new(Known { version, account, id: found.id, expires_at: found.expires_at, noted });
    shared.keys.0.insert(hash, Arc::clone(&known));
    Ok(known)
}

/// The account of a key that is alive; nothing if the key is dead all the same.
fn account_of(found: &Found) -> Option<Account> {
    let (role, read_only) = reach(found.user_type, found.workspace_id, found.role, &found.scope)?;
    Some(Account {
        id: found.account_id,
        user_type: found.user_type,
        workspace: found.workspace_id,
        role,
        proof: Proof::ApiKey(found.id),
        read_only,
        verified: found.is_verified || !found.has_email,
        since: found.created_at,
    })
}

/// The accounts of those of these keys that are good, as they stand now.
pub(crate) async fn all_alive(scope: Scope, tx: &mut Tx, ids: &[ApiKeyId], now: Timestamp) -> Result<Vec<Account>> {
    let found = store::all_alive(scope, tx, ids, now).await?;
    Ok(found.iter().filter(|found| found.suspended_at.is_none()).filter_map(account_of).collect())
}

/// Has the use noted by a task of its own, at most once an hour: no request waits for the writer because of it.
fn note(shared: &Shared, known: &Known, now: Timestamp) {
    let noted = known.noted.load(Ordering::Relaxed);
    let due = noted.saturating_add(NOTED_EVERY) <= now.micros();
    if !due || known.noted.compare_exchange(noted, now.micros(), Ordering::Relaxed, Ordering::Relaxed).is_err() {
        return;
    }
    let (db, id) = (shared.db.clone(), known.id);
    tokio::spawn(async move {
        let noting = async {
            let mut tx = db.write().await?;
            store::note_use(Scope::system(), &mut tx, id, now).await?;
            tx.commit().await
        };
        if let Err(error) = noting.await {
            tracing::warn!(%error, "it could not be noted that a key was used");
        }
    });
}
