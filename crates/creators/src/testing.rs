//! For the tests of crates that stand on this one: what is stored of vectors with pgvector, which nobody else sees.

use db::{Tx, args};
use kernel::Result;

/// How many vectors of so many parts are spelled out as they are stored.
pub async fn spelled(tx: &mut Tx, dims: u32) -> Result<u64> {
    let sql = "SELECT count(*) FROM creator_vectors WHERE embedded_at = made_at AND vector_dims(embedding) = $1";
    tx.fetch_value(sql, args![dims]).await
}

/// Spoils one vector, as no program of ours would write it.
pub async fn spoil_a_vector(tx: &mut Tx) -> Result<u64> {
    let sql = "UPDATE creator_vectors SET vector = $1 WHERE creator_id = (SELECT min(creator_id::text) FROM creator_vectors)::uuid";
    tx.execute(sql, args![vec![1_u8, 2, 3]]).await
}
