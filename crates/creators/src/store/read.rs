//! Entries as they are stored.

use std::collections::HashMap;

use db::{Sql, Tx, args};
use kernel::{CreatorId, Platform, Result, Scope};

use crate::Creator;
use crate::model::identity;

/// One entry, if it is there and this scope may read the directory.
pub async fn by_id(scope: Scope, tx: &mut Tx, id: CreatorId) -> Result<Option<Creator>> {
    if !scope.may_read_directory() {
        return Ok(None);
    }
    let sql = with_columns("SELECT ", " FROM creators WHERE id = $1 AND deleted_at IS NULL");
    tx.fetch_optional(&sql, args![id]).await
}

/// These entries, in this order; those that are not there are left out.
pub async fn by_ids(scope: Scope, tx: &mut Tx, ids: &[CreatorId]) -> Result<Vec<Creator>> {
    if ids.is_empty() || !scope.may_read_directory() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(with_columns("SELECT ", " FROM creators WHERE deleted_at IS NULL AND id IN "));
    sql.bind_list(ids.iter().copied());
    let found: Vec<Creator> = tx.fetch_all(&sql.text, sql.args).await?;
    let mut found: HashMap<CreatorId, Creator> = found.into_iter().map(|creator| (creator.id, creator)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// How many entries there are.
pub async fn count(scope: Scope, tx: &mut Tx) -> Result<u64> {
    if !scope.may_read_directory() {
        return Ok(0);
    }
    tx.fetch_value("SELECT count(*) FROM creators WHERE deleted_at IS NULL", args![]).await
}

/// The entry that has this handle or this address on this platform already.
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
    let sql = "SELECT id FROM creators WHERE deleted_at IS NULL AND platform = $1 AND (handle_key = $2 OR email_key = $3) \
               ORDER BY CASE WHEN handle_key = $2 THEN 0 ELSE 1 END LIMIT 1";
    tx.fetch_optional(sql, args![platform, handle.map(identity), email.map(identity)]).await
}

/// The next entries after this one, in the order of their ids: for exports, which read everything once.
pub async fn export_after(scope: Scope, tx: &mut Tx, after: CreatorId, limit: u32) -> Result<Vec<Creator>> {
    if !scope.may_read_directory() {
        return Ok(Vec::new());
    }
    let sql = with_columns("SELECT ", " FROM creators WHERE deleted_at IS NULL AND id > $1 ORDER BY id LIMIT $2");
    tx.fetch_all(&sql, args![after, limit]).await
}

/// Creators who write of this word (folded), ten thousand at most: for what a search rules out.
pub async fn mentioning(scope: Scope, tx: &mut Tx, word: &str) -> Result<Vec<CreatorId>> {
    if word.is_empty() || !scope.may_read_directory() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT id FROM creators WHERE deleted_at IS NULL AND lower(about) LIKE ");
    sql.bind_contains(word).push(" LIMIT 10000");
    tx.fetch_all(&sql.text, sql.args).await
}

fn with_columns(before: &str, after: &str) -> String {
    [before, Creator::COLUMNS, after].concat()
}
