//! One entry at a time: added, changed, taken out.

use db::{Sql, Tx, Value, args};
use kernel::{AccountId, CreatorId, Error, Platform, Result, Scope, Timestamp};

use crate::Creator;
use crate::catalogue::TOPIC;
use crate::model::identity;

/// The columns that are written, in the order of [`values`].
pub(super) const WRITTEN: &str = "id, seq, workspace_id, name, email, email_key, platform, channel_name, handle_key, followers_shown, \
     followers, engagement_rate, niche, language, languages, country, location, about, audience_type, previous_brands, \
     avg_views, collaboration_rate, rating, profile_image, created_at, updated_at";

/// The values of [`WRITTEN`].
pub(super) fn values(creator: &Creator) -> Vec<Value> {
    args![
        creator.id,
        creator.seq,
        creator.workspace_id,
        &creator.name,
        &creator.email,
        creator.email.as_deref().map(identity),
        creator.platform,
        &creator.channel_name,
        creator.channel_name.as_deref().map(identity).filter(|key| !key.is_empty()),
        &creator.followers_shown,
        creator.followers,
        creator.engagement_rate,
        &creator.niche,
        &creator.language,
        &creator.languages,
        &creator.country,
        &creator.location,
        &creator.about,
        &creator.audience_type,
        &creator.previous_brands,
        creator.avg_views,
        creator.collaboration_rate,
        creator.rating,
        &creator.profile_image,
        creator.created_at,
        creator.updated_at,
    ]
}

/// Adds an entry; the version of the directory that has it is written into `creator.seq`.
pub async fn insert(scope: Scope, tx: &mut Tx, creator: &mut Creator) -> Result<()> {
    // Whoever may write the directory may add to it; whose it is stands in the row.
    debug_assert!(scope.may_read_directory());
    creator.seq = tx.next_version(TOPIC).await?;
    let values = values(creator);
    let places: Vec<String> = (1..=values.len()).map(|place| format!("${place}")).collect();
    let sql = format!("INSERT INTO creators ({WRITTEN}) VALUES ({}) ON CONFLICT DO NOTHING", places.join(", "));
    if tx.execute(&sql, values).await? == 0 {
        return Err(taken());
    }
    Ok(())
}

pub(super) fn taken() -> Error {
    Error::conflict(
        "A creator with this handle or e-mail address is in the directory on this platform already; change that entry instead",
    )
}

const TAKEN: &str = "Another creator in the directory has this handle or e-mail address on this platform";

/// Writes an entry over what was, if it is still as it was when it was read (at version `was`).
pub async fn update(scope: Scope, tx: &mut Tx, creator: &mut Creator, was: i64) -> Result<()> {
    debug_assert!(scope.may_read_directory());
    creator.seq = tx.next_version(TOPIC).await?;
    let sql = "UPDATE creators SET seq = $2, name = $3, email = $4, email_key = $5, platform = $6, channel_name = $7, handle_key = $8, \
               followers_shown = $9, followers = $10, engagement_rate = $11, niche = $12, language = $13, languages = $14, \
               country = $15, location = $16, about = $17, audience_type = $18, previous_brands = $19, avg_views = $20, \
               collaboration_rate = $21, rating = $22, profile_image = $23, updated_at = $24 \
               WHERE id = $1 AND seq = $25 AND deleted_at IS NULL";
    let mut arguments = values(creator);
    arguments.remove(24);
    arguments.remove(2);
    arguments.push(Value::from(was));
    if tx.execute_or_conflict(sql, arguments, TAKEN).await? == 0 {
        return Err(Error::conflict(
            "The creator was changed by someone else meanwhile; read it again and repeat your change",
        ));
    }
    Ok(())
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
    sql.bind(identity(email)).push(" AND platform IN ").bind_list(Platform::ALL.map(Platform::word));
    let alike: Vec<(CreatorId, Option<String>)> = tx.fetch_all(&sql.text, sql.args).await?;
    // The key leaves accents out, and josé@ is not jose@.
    let same = |other: &str| other.trim().to_lowercase() == email.trim().to_lowercase();
    let ids: Vec<CreatorId> =
        alike.into_iter().filter(|(_, other)| other.as_deref().is_some_and(same)).map(|(id, _)| id).collect();
    if ids.is_empty() {
        return Ok(0);
    }
    let seq = tx.next_version(TOPIC).await?;
    let mut sql = Sql::new("UPDATE creators SET claimed_by = ");
    sql.bind(account).push(", seq = ").bind(seq).push(", updated_at = ").bind(now);
    sql.push(" WHERE claimed_by IS NULL AND deleted_at IS NULL AND id IN ").bind_list(ids);
    tx.execute(&sql.text, sql.args).await
}

/// The entries of an account that is erased are nobody's again; if they ask for it, they are taken out, and what is personal in them is
/// erased. Their ids stay, for the contracts and the outreach that name them.
pub async fn disclaim(tx: &mut Tx, account: AccountId, entries_too: bool, now: Timestamp) -> Result<()> {
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
               handle_key = NULL, about = NULL, location = NULL, profile_image = NULL, language = NULL, languages = '[]', \
               previous_brands = '[]', seq = $2, updated_at = $3, deleted_at = COALESCE(deleted_at, $3) WHERE claimed_by = $1";
    tx.execute(sql, args![account, seq, now]).await.map(drop)
}
