//! One entry at a time: added, changed, taken out.

use std::collections::HashMap;

use db::{Sql, Tx, args};
use kernel::{AccountId, CreatorId, Error, Platform, Result, Scope, Timestamp};

use crate::Creator;
use crate::catalogue::TOPIC;
use crate::identity::{folded, same_address};
use crate::model::Visibility;

/// Is there another entry with this one's address, where it has nothing but that to be known by? What others keep to themselves and what
/// was withdrawn takes no address. Asked under the lock of the version.
async fn is_taken(tx: &mut Tx, creator: &Creator) -> Result<bool> {
    let (Some(email), None, None) = (&creator.email, creator.handle_key(), creator.withdrawn_at) else {
        return Ok(false);
    };
    let mut sql = Sql::new("SELECT email FROM creators WHERE deleted_at IS NULL AND withdrawn_at IS NULL");
    sql.and("platform = ", creator.platform).and("email_key = ", folded(email)).and("id <> ", creator.id);
    sql.and("visibility = ", creator.visibility);
    if creator.visibility == Visibility::Private {
        sql.and("workspace_id = ", creator.workspace_id);
    }
    let others: Vec<Option<String>> = sql.all(tx).await?;
    Ok(others.iter().flatten().any(|other| same_address(other, email)))
}

/// The keys under which a handle may be kept: its own, and the one without accents that earlier releases gave it.
pub(super) fn kept_as(handle: String) -> impl Iterator<Item = String> {
    let older = (!handle.is_ascii()).then(|| folded(&handle));
    std::iter::once(handle).chain(older)
}

/// Gives entries of earlier releases, found by these keys, the keys of their handles as they are compared now.
pub(super) async fn renew_keys(tx: &mut Tx, found: &[Creator], keys: &[String]) -> Result<()> {
    for entry in found {
        let key = entry.handle_key();
        if key.as_ref().is_none_or(|key| !key.is_ascii() || !keys.contains(key)) {
            let sql = "UPDATE creators SET handle_key = $2, name_key = $3 WHERE id = $1";
            tx.execute(sql, args![entry.id, key, entry.name_key()]).await?;
        }
    }
    Ok(())
}

/// Adds an entry; the version of the directory that has it is written into `creator.seq`.
pub async fn insert(scope: Scope, tx: &mut Tx, creator: &mut Creator) -> Result<()> {
    // Whoever may write the directory may add to it; whose it is stands in the row.
    debug_assert!(scope.may_read_directory());
    creator.seq = tx.next_version(TOPIC).await?;
    let taken = "A creator with this handle or e-mail address is in the directory on this platform already; change that entry instead";
    if is_taken(tx, creator).await? {
        return Err(Error::conflict(taken));
    }
    let keys: Vec<String> = creator.handle_key().into_iter().flat_map(kept_as).collect();
    if !keys.is_empty() {
        let mut sql = Sql::of::<Creator>();
        sql.push(" AND deleted_at IS NULL").and("platform = ", creator.platform);
        sql.and_in("handle_key", keys.iter().map(String::as_str));
        let found: Vec<Creator> = sql.all(tx).await?;
        renew_keys(tx, &found, &keys).await?;
    }
    if !tx.insert_new(creator).await? {
        return Err(Error::conflict(taken));
    }
    claim_written(tx, &mut [creator]).await
}

/// Gives entries that were just written to whoever has shown that the address in them is theirs: a claim is there as soon as both facts
/// are, in whichever order they came.
pub(super) async fn claim_written(tx: &mut Tx, written: &mut [&mut Creator]) -> Result<()> {
    let key = |creator: &Creator| creator.email.as_deref().filter(|_| creator.claimed_by.is_none()).map(address);
    let mut wanted: Vec<String> = written.iter().filter_map(|creator| key(creator)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut known: HashMap<String, AccountId> = HashMap::new();
    for some in wanted.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT address, account_id FROM directory_claimants WHERE TRUE");
        known.extend(sql.and_in("address", some.iter().cloned()).all::<(String, AccountId)>(tx).await?);
    }
    if known.is_empty() {
        return Ok(());
    }
    for creator in written.iter_mut() {
        let Some(account) = key(creator).and_then(|address| known.get(&address).copied()) else { continue };
        let sql = "UPDATE creators SET claimed_by = $2 WHERE id = $1 AND claimed_by IS NULL";
        tx.execute(sql, args![creator.id, account]).await?;
        creator.claimed_by = Some(account);
    }
    Ok(())
}

/// An address as it is proved. (`email_key` leaves accents out, and josé@ is not jose@.)
fn address(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Addresses in one statement.
const AT_ONCE: usize = 512;

/// This account has shown that this address is its own: the entries that have it are theirs, those that are there and are nobody's yet,
/// and those that will be added. Tells how many it got now.
pub async fn prove(scope: Scope, tx: &mut Tx, email: &str, account: AccountId, now: Timestamp) -> Result<u64> {
    debug_assert!(scope.sees_everything(), "the server says whose an address is");
    let sql = "DELETE FROM directory_claimants WHERE account_id = $1 AND address <> $2";
    tx.execute(sql, args![account, address(email)]).await?;
    let sql = "INSERT INTO directory_claimants (address, account_id, since) VALUES ($1, $2, $3) \
               ON CONFLICT (address) DO UPDATE SET account_id = excluded.account_id, since = excluded.since";
    tx.execute(sql, args![address(email), account, now]).await?;
    claim(scope, tx, email, account, now).await
}

/// Is it known that this address is this account's?
pub async fn is_proved(scope: Scope, tx: &mut Tx, email: &str, account: AccountId) -> Result<bool> {
    debug_assert!(scope.sees_everything(), "the server says whose an address is");
    let sql = "SELECT count(*) FROM directory_claimants WHERE address = $1 AND account_id = $2";
    Ok(tx.fetch_value::<i64>(sql, args![address(email), account]).await? > 0)
}

/// The address of this account is not known to be its own any more: what is added from now on is not theirs by it.
pub async fn unprove(scope: Scope, tx: &mut Tx, account: AccountId) -> Result<()> {
    debug_assert!(scope.sees_everything(), "the server says whose an address is");
    tx.execute("DELETE FROM directory_claimants WHERE account_id = $1", args![account]).await.map(drop)
}

/// The address that this account has shown to be its own.
pub async fn proved_address(tx: &mut Tx, account: AccountId) -> Result<Option<String>> {
    tx.fetch_optional("SELECT address FROM directory_claimants WHERE account_id = $1", args![account]).await
}

/// Takes an entry out of lists and searches, because others still work with it: they go on finding it by its id.
pub async fn withdraw(scope: Scope, tx: &mut Tx, id: CreatorId, now: Timestamp) -> Result<bool> {
    debug_assert!(scope.may_read_directory());
    let seq = tx.next_version(TOPIC).await?;
    let sql = "UPDATE creators SET withdrawn_at = $2, updated_at = $2, seq = $3 \
               WHERE id = $1 AND deleted_at IS NULL AND withdrawn_at IS NULL";
    Ok(tx.execute(sql, args![id, now, seq]).await? == 1)
}

const TAKEN: &str = "Another creator in the directory has this handle or e-mail address on this platform";

/// Writes an entry over what was, if it is still as it was when it was read (at version `was`).
pub async fn update(scope: Scope, tx: &mut Tx, creator: &mut Creator, was: i64) -> Result<()> {
    debug_assert!(scope.may_read_directory());
    creator.seq = tx.next_version(TOPIC).await?;
    if is_taken(tx, creator).await? {
        return Err(Error::conflict(TAKEN));
    }
    let save = tx.save(creator).was("seq", was).only(|sql| _ = sql.push(" AND deleted_at IS NULL"));
    let changed = "The creator was changed by someone else meanwhile; read it again and repeat your change";
    save.unless_taken(TAKEN).or_conflict(changed).await?;
    claim_written(tx, &mut [creator]).await
}

/// Takes an entry out of the directory. What refers to it (outreach, contracts) keeps it by its id.
pub async fn delete(scope: Scope, tx: &mut Tx, id: CreatorId, now: Timestamp) -> Result<bool> {
    debug_assert!(scope.may_read_directory());
    let seq = tx.next_version(TOPIC).await?;
    let sql = "UPDATE creators SET deleted_at = $2, updated_at = $2, seq = $3 WHERE id = $1 AND deleted_at IS NULL";
    let deleted = tx.execute(sql, args![id, now, seq]).await? == 1;
    if deleted {
        tx.execute("DELETE FROM creator_vectors WHERE creator_id = $1", args![id]).await?;
    }
    Ok(deleted)
}

/// Gives the entries that have this e-mail address, and are nobody's yet, to the account of whoever has shown that the address is
/// theirs. Tells how many.
pub async fn claim(scope: Scope, tx: &mut Tx, email: &str, account: AccountId, now: Timestamp) -> Result<u64> {
    debug_assert!(scope.may_read_directory());
    let mut sql =
        Sql::new("SELECT id, email FROM creators WHERE claimed_by IS NULL AND deleted_at IS NULL AND email_key = ");
    // The index is by platform first.
    sql.bind(folded(email)).push(" AND platform IN ").bind_list(Platform::ALL.map(Platform::word));
    let alike: Vec<(CreatorId, Option<String>)> = tx.fetch_all(&sql.text, sql.args).await?;
    // The key leaves accents out, and josé@ is not jose@.
    let same = |other: &str| same_address(other, email);
    let ids: Vec<CreatorId> =
        alike.into_iter().filter(|(_, other)| other.as_deref().is_some_and(same)).map(|(id, _)| id).collect();
    if ids.is_empty() {
        return Ok(0);
    }
    let seq = tx.next_version(TOPIC).await?;
    let mut sql = Sql::new("UPDATE creators SET claimed_by = ");
    sql.bind(account).push(", seq = ").bind(seq).push(", updated_at = ").bind(now);
    sql.push(" WHERE claimed_by IS NULL AND deleted_at IS NULL AND id IN ").bind_list(ids);
    sql.run(tx).await
}

/// The entries of an account that is erased are nobody's again; if they ask for it, they are taken out, and what is personal in them is
/// erased. Their ids stay, for the contracts and the outreach that name them.
pub async fn disclaim(tx: &mut Tx, account: AccountId, entries_too: bool, now: Timestamp) -> Result<()> {
    tx.execute("DELETE FROM directory_claimants WHERE account_id = $1", args![account]).await?;
    if super::claims(tx, account).await?.is_empty() {
        return Ok(());
    }
    let seq = tx.next_version(TOPIC).await?;
    if !entries_too {
        let sql = "UPDATE creators SET claimed_by = NULL, seq = $2, updated_at = $3 WHERE claimed_by = $1";
        return tx.execute(sql, args![account, seq, now]).await.map(drop);
    }
    let sql = "DELETE FROM creator_vectors WHERE creator_id IN (SELECT id FROM creators WHERE claimed_by = $1)";
    tx.execute(sql, args![account]).await?;
    let sql = "UPDATE creators SET claimed_by = NULL, name = 'Erased', email = NULL, email_key = NULL, channel_name = NULL, \
               handle_key = NULL, name_key = NULL, about = NULL, location = NULL, profile_image = NULL, language = NULL, languages = '[]', \
               previous_brands = '[]', seq = $2, updated_at = $3, deleted_at = COALESCE(deleted_at, $3) WHERE claimed_by = $1";
    tx.execute(sql, args![account, seq, now]).await.map(drop)
}
