//! Entries as they are stored.

use std::collections::HashMap;

use db::{FromRow, Sql, Tx, args};
use kernel::{AccountId, CreatorId, Platform, Result, Scope, WorkspaceId};

use crate::Creator;
use crate::identity::{folded, handle_key};

/// Ids in one statement.
const AT_ONCE: usize = 512;

/// One entry, if it is there and this scope may read the directory.
pub async fn by_id(scope: Scope, tx: &mut Tx, id: CreatorId) -> Result<Option<Creator>> {
    if !scope.may_read_directory() {
        return Ok(None);
    }
    let mut sql = Sql::of::<Creator>();
    visible(sql.and("id = ", id).push(" AND deleted_at IS NULL"), scope);
    sql.optional(tx).await
}

/// Leaves out what other workspaces keep to themselves.
pub(super) fn visible(sql: &mut Sql, scope: Scope) {
    if scope.sees_everything() {
        return;
    }
    sql.push(" AND (visibility = 'shared'");
    if let Some(workspace) = scope.workspace() {
        sql.push(" OR workspace_id = ").bind(workspace);
    }
    if let Some(person) = scope.person() {
        sql.push(" OR claimed_by = ").bind(person);
    }
    sql.push(")");
}

/// These entries, in this order; those that are not there are left out.
pub async fn by_ids(scope: Scope, tx: &mut Tx, ids: &[CreatorId]) -> Result<Vec<Creator>> {
    if ids.is_empty() || !scope.may_read_directory() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::of::<Creator>();
    visible(sql.push(" AND deleted_at IS NULL").and_in("id", ids.iter().copied()), scope);
    let found: Vec<Creator> = sql.all(tx).await?;
    let mut found: HashMap<CreatorId, Creator> = found.into_iter().map(|creator| (creator.id, creator)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Columns of these entries, also of those that are gone, in no order: for rows that name them and were found in the caller's scope.
pub async fn of_ids<R: FromRow + Send>(tx: &mut Tx, columns: &str, ids: &[CreatorId]) -> Result<Vec<R>> {
    let mut found = Vec::with_capacity(ids.len());
    let mut left = ids;
    while !left.is_empty() {
        // Powers of two, so that few different statements are ever prepared.
        let (some, rest) = left.split_at(if left.len() >= AT_ONCE { AT_ONCE } else { 1 << left.len().ilog2() });
        left = rest;
        let mut sql = Sql::new(format!("SELECT {columns} FROM creators WHERE TRUE"));
        found.extend(sql.and_in("id", some).all::<R>(tx).await?);
    }
    Ok(found)
}

/// The names of these entries, also of those that are gone: for rows that name them and were found in the caller's scope.
pub async fn names(tx: &mut Tx, ids: impl IntoIterator<Item = CreatorId>) -> Result<HashMap<CreatorId, String>> {
    let mut ids: Vec<CreatorId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(of_ids(tx, "id, name", &ids).await?.into_iter().collect())
}

/// Adds the condition that the column names an entry which this account has claimed, be it gone since or not.
pub fn claimed_by<'s>(sql: &'s mut Sql, column: &str, account: AccountId) -> &'s mut Sql {
    sql.push(" AND ").push(column).push(" IN (SELECT id FROM creators WHERE claimed_by = ").bind(account).push(")")
}

/// The same of entries that are still there.
pub fn held_by<'s>(sql: &'s mut Sql, column: &str, account: AccountId) -> &'s mut Sql {
    sql.push(" AND ").push(column).push(" IN (SELECT id FROM creators WHERE claimed_by = ").bind(account);
    sql.push(" AND deleted_at IS NULL)")
}

/// The entries that this account has claimed, be they gone since or not, and their addresses as addresses are compared.
pub async fn claims(tx: &mut Tx, account: AccountId) -> Result<Vec<(CreatorId, Option<String>)>> {
    tx.fetch_all("SELECT id, email_key FROM creators WHERE claimed_by = $1 ORDER BY id", args![account]).await
}

/// The entries on these platforms that somebody has claimed, and their accounts: for what is told to whoever it fits.
pub async fn claimed_on(scope: Scope, tx: &mut Tx, platforms: &[Platform]) -> Result<Vec<(CreatorId, AccountId)>> {
    debug_assert!(scope.sees_everything(), "who has claimed what is the server's to know");
    let mut sql = Sql::new("SELECT id, claimed_by FROM creators WHERE claimed_by IS NOT NULL AND deleted_at IS NULL");
    sql.and_in("platform", platforms.iter().copied()).push(" ORDER BY id").all(tx).await
}

/// Is there such an entry, be it gone since or not, and (for a creator's own scope) is it theirs?
pub async fn is_known(scope: Scope, tx: &mut Tx, id: CreatorId) -> Result<bool> {
    if !scope.may_read_directory() {
        return Ok(false);
    }
    let mut sql = Sql::new("SELECT count(*) FROM creators WHERE TRUE");
    sql.and("id = ", id).and_if("claimed_by = ", scope.person());
    visible(&mut sql, scope);
    Ok(sql.one::<i64>(tx).await? > 0)
}

/// How many entries there are.
pub async fn count(scope: Scope, tx: &mut Tx) -> Result<u64> {
    if !scope.may_read_directory() {
        return Ok(0);
    }
    tx.fetch_value("SELECT count(*) FROM creators WHERE deleted_at IS NULL", args![]).await
}

/// The entry that has this handle on this platform already; or this address, which merges no two handles.
pub async fn same_as(
    scope: Scope,
    tx: &mut Tx,
    platform: Platform,
    handle: Option<&str>,
    email: Option<&str>,
) -> Result<Option<CreatorId>> {
    if !scope.may_read_directory() {
        return Ok(None);
    }
    let sql = "SELECT id FROM creators WHERE deleted_at IS NULL AND platform = $1 AND (handle_key = $2 \
               OR (email_key = $3 AND ($2 IS NULL OR handle_key IS NULL))) ORDER BY CASE WHEN handle_key = $2 THEN 0 ELSE 1 END, id LIMIT 1";
    let handle = handle.and_then(|handle| handle_key(platform, handle));
    tx.fetch_optional(sql, args![platform, handle, email.map(folded)]).await
}

/// The next entries after this one, in the order of their ids: for exports, which read everything once.
pub async fn export_after(scope: Scope, tx: &mut Tx, after: CreatorId, limit: u32) -> Result<Vec<Creator>> {
    if !scope.may_read_directory() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::of::<Creator>();
    visible(sql.push(" AND deleted_at IS NULL AND withdrawn_at IS NULL").and("id > ", after), scope);
    sql.push(" ORDER BY id LIMIT ").bind(limit).all(tx).await
}

/// How many entries a workspace has added that are still there.
pub async fn added_by(scope: Scope, tx: &mut Tx, workspace: WorkspaceId) -> Result<u64> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(workspace));
    tx.fetch_value("SELECT count(*) FROM creators WHERE workspace_id = $1 AND deleted_at IS NULL", args![workspace])
        .await
}

/// The most words that a search rules out creators by: each is looked for in every profile.
const MOST_RULED_OUT: usize = 32;

/// Creators who write of one of these words (in small letters; of the first 32) or are in such a place, ten thousand at most: for what a
/// search rules out. Profiles are gone through once, however many words there are.
pub async fn mentioning(scope: Scope, tx: &mut Tx, words: &[String]) -> Result<Vec<CreatorId>> {
    let words: Vec<&str> =
        words.iter().map(String::as_str).filter(|word| !word.is_empty()).take(MOST_RULED_OUT).collect();
    if words.is_empty() || !scope.may_read_directory() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT id FROM creators WHERE deleted_at IS NULL AND (");
    for (place, word) in words.into_iter().enumerate() {
        sql.push(if place == 0 { "lower(about) LIKE " } else { " OR lower(about) LIKE " });
        sql.bind_contains(word).push(" OR lower(location) LIKE ");
        sql.bind_contains(word);
    }
    sql.push(") LIMIT 10000").all(tx).await
}
