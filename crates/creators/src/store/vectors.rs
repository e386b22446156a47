//! Vectors, and which of them must be made anew.

use db::{Tx, Value, args};
use kernel::{CreatorId, Result, Scope, Timestamp};
use mind::index::rounded;

use crate::Creator;
use crate::catalogue::TOPIC;
use crate::embedding::{pack, spell, text_hash};
use crate::vectors::{Backend, Space};

/// The statement around the rows of [`values`]. It is the one place where writing knows of pgvector.
const fn around(backend: Backend) -> (&'static str, &'static str) {
    match backend {
        Backend::Memory => (
            "INSERT INTO creator_vectors (creator_id, model, text_hash, vector, made_at)",
            "ON CONFLICT (creator_id) DO UPDATE SET model = excluded.model, text_hash = excluded.text_hash, \
             vector = excluded.vector, made_at = excluded.made_at",
        ),
        Backend::Pgvector => (
            "INSERT INTO creator_vectors (creator_id, model, text_hash, vector, made_at, embedding, embedded_at) \
             SELECT w.id, w.model, w.text_hash, w.vector, w.made_at, w.embedding::vector, w.made_at FROM (",
            ") AS w (id, model, text_hash, vector, made_at, embedding) \
             ON CONFLICT (creator_id) DO UPDATE SET model = excluded.model, text_hash = excluded.text_hash, \
             vector = excluded.vector, made_at = excluded.made_at, embedding = excluded.embedding, \
             embedded_at = excluded.embedded_at",
        ),
    }
}

fn values(id: CreatorId, space: Space<'_>, text: &str, vector: &[f32], now: Timestamp) -> Vec<Value> {
    // What the index keeps in half the memory, at the same bits.
    let bytes = pack(&rounded(vector.to_vec()));
    let spelled = (space.backend == Backend::Pgvector).then(|| Value::from(spell(&bytes)));
    let mut values = args![id, space.model, text_hash(text), bytes, now];
    values.extend(spelled);
    values
}

/// The rows of many vectors, for [`save_rows`].
pub(super) fn rows(made: &[(CreatorId, String, Vec<f32>)], space: Space<'_>, now: Timestamp) -> Vec<Vec<Value>> {
    made.iter().map(|(id, text, vector)| values(*id, space, text, vector, now)).collect()
}

/// Keeps vectors. The entries' own versions must move in the same transaction.
pub(super) async fn save_rows(tx: &mut Tx, backend: Backend, rows: Vec<Vec<Value>>) -> Result<()> {
    let (head, tail) = around(backend);
    tx.insert_rows(head, tail, rows).await.map(drop)
}

/// Keeps the vector that the model of `space` made of `text`. The entry's own version must move in the same transaction.
pub async fn save_vector(
    scope: Scope,
    tx: &mut Tx,
    id: CreatorId,
    space: Space<'_>,
    text: &str,
    vector: &[f32],
    now: Timestamp,
) -> Result<()> {
    debug_assert!(scope.may_read_directory());
    save_rows(tx, space.backend, vec![values(id, space, text, vector, now)]).await
}

/// The next entries after `after` that have no vector of this model, in the order of their ids.
pub async fn stale(scope: Scope, tx: &mut Tx, model: &str, after: CreatorId, limit: u32) -> Result<Vec<Creator>> {
    if !scope.may_read_directory() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {} FROM creators c LEFT JOIN creator_vectors v ON v.creator_id = c.id AND v.model = $1 \
         WHERE c.deleted_at IS NULL AND v.creator_id IS NULL AND c.id > $2 ORDER BY c.id LIMIT $3",
        Creator::columns("c")
    );
    tx.fetch_all(&sql, args![model, after, limit]).await
}

/// How many entries have no vector of this model.
pub async fn stale_count(scope: Scope, tx: &mut Tx, model: &str) -> Result<u64> {
    if !scope.may_read_directory() {
        return Ok(0);
    }
    let sql = "SELECT count(*) FROM creators c LEFT JOIN creator_vectors v ON v.creator_id = c.id AND v.model = $1 \
               WHERE c.deleted_at IS NULL AND v.creator_id IS NULL";
    tx.fetch_value(sql, args![model]).await
}

/// Keeps vectors of entries that are still as they were read, and moves those to a new version of the directory. Says how many.
pub async fn save_vectors(
    scope: Scope,
    tx: &mut Tx,
    space: Space<'_>,
    made: &[(&Creator, &str, &[f32])],
    now: Timestamp,
) -> Result<u64> {
    if made.is_empty() {
        return Ok(0);
    }
    let seq = tx.next_version(TOPIC).await?;
    let mut saved = 0;
    for (creator, text, vector) in made {
        let sql = "UPDATE creators SET seq = $3 WHERE id = $1 AND seq = $2 AND deleted_at IS NULL";
        if tx.execute(sql, args![creator.id, creator.seq, seq]).await? == 1 {
            save_vector(scope, tx, creator.id, space, text, vector, now).await?;
            saved += 1;
        }
    }
    Ok(saved)
}

/// Drops vectors whose texts may have changed; a job makes them anew.
pub async fn forget_vectors(scope: Scope, tx: &mut Tx, ids: &[CreatorId]) -> Result<()> {
    if ids.is_empty() || !scope.may_read_directory() {
        return Ok(());
    }
    let mut sql = db::Sql::new("DELETE FROM creator_vectors WHERE creator_id IN ");
    sql.bind_list(ids.iter().copied());
    tx.execute(&sql.text, sql.args).await.map(drop)
}
