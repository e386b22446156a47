//! Vectors compared by pgvector, exactly: no index stands between, so whoever is nearest is found, whatever the filter.

use db::{Sql, Tx};
use kernel::{CreatorId, Error, Result, Scope};
use uuid::Uuid;

use crate::embedding::spell_query;

/// The vectors that can be compared: of one model, of so many parts.
#[derive(Clone, Copy)]
pub(crate) struct Compared<'a> {
    /// Who made them.
    pub(crate) model: &'a str,
    /// Their parts.
    pub(crate) dims: usize,
}

impl Compared<'_> {
    /// A query of another length is compared with nobody.
    fn takes(self, query: &[f32]) -> bool {
        query.len() == self.dims && query.iter().all(|part| part.is_finite())
    }

    fn restrict(self, sql: &mut Sql) {
        sql.push(" FROM creator_vectors WHERE model = ").bind(self.model);
        // Vectors of other lengths cannot be multiplied; those spelled of an earlier moment are not what is stored.
        sql.push(&format!(" AND embedded_at = made_at AND vector_dims(embedding) = {}", self.dims));
    }
}

/// Adds the product with a query. As a query of its own, so that it is read once and not for every row.
fn product(sql: &mut Sql, query: &[f32]) {
    sql.push("(embedding <#> (SELECT ").bind(spell_query(query)).push("::text::vector))");
}

/// The products of vectors with two queries, in no order: of these creators, or of everyone. A query of another length than the
/// vectors' has the product 0 with all. Creators without a vector are left out.
///
/// PostgreSQL adds up in another order than the index in memory: see [`crate::Directory::product_error`].
pub(crate) async fn products(
    scope: Scope,
    tx: &mut Tx,
    of: Compared<'_>,
    ids: Option<&[CreatorId]>,
    queries: [&[f32]; 2],
) -> Result<Vec<(CreatorId, [f32; 2])>> {
    if !scope.may_read_directory() || ids.is_some_and(<[_]>::is_empty) {
        return Ok(Vec::new());
    }
    // All of them in one value: as rows, they would take longer to be told than to be made.
    let mut sql = Sql::new("SELECT string_agg(uuid_send(creator_id)");
    for query in queries {
        if of.takes(query) {
            sql.push(" || float4send((-");
            product(&mut sql, query);
            sql.push(")::real)");
        } else {
            sql.push(" || float4send(0::real)");
        }
    }
    sql.push(", '')");
    of.restrict(&mut sql);
    if let Some(ids) = ids {
        sql.push(" AND creator_id = ANY(").bind(listed(ids)).push("::text::uuid[])");
    }
    let packed: Option<Vec<u8>> = tx.fetch_value(&sql.text, sql.args).await?;
    unpacked(&packed.unwrap_or_default())
}

/// The ids as PostgreSQL reads a list of them.
fn listed(ids: &[CreatorId]) -> String {
    let mut list = String::with_capacity(ids.len() * 37 + 2);
    for (place, id) in ids.iter().enumerate() {
        list.push(if place == 0 { '{' } else { ',' });
        list.push_str(id.uuid().hyphenated().encode_lower(&mut Uuid::encode_buffer()));
    }
    list.push('}');
    list
}

/// Ids and their products: 16 bytes and two big-endian numbers each.
fn unpacked(packed: &[u8]) -> Result<Vec<(CreatorId, [f32; 2])>> {
    let (rows, rest) = packed.as_chunks::<24>();
    if !rest.is_empty() {
        return Err(Error::internal("the products of vectors are not of the expected length"));
    }
    let row = |row: &[u8; 24]| {
        let (words, _) = row.as_chunks::<4>();
        let mut id = [0; 16];
        id.copy_from_slice(&row[..16]);
        (CreatorId::from_uuid(Uuid::from_bytes(id)), [f32::from_be_bytes(words[4]), f32::from_be_bytes(words[5])])
    };
    Ok(rows.iter().map(row).collect())
}

/// So many creators whose products with the query are greatest, best first.
pub(crate) async fn nearest(
    scope: Scope,
    tx: &mut Tx,
    of: Compared<'_>,
    query: &[f32],
    limit: usize,
) -> Result<Vec<(CreatorId, f32)>> {
    if !scope.may_read_directory() || !of.takes(query) {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT creator_id, -nearness FROM (SELECT creator_id, ");
    product(&mut sql, query);
    sql.push(" AS nearness");
    of.restrict(&mut sql);
    sql.push(") AS compared ORDER BY nearness, creator_id LIMIT ").bind(limit);
    let rows: Vec<(CreatorId, f64)> = tx.fetch_all(&sql.text, sql.args).await?;
    Ok(rows.into_iter().map(|(id, product)| (id, product as f32)).collect())
}

/// The vectors of these creators as they are stored, in no order.
pub(crate) async fn stored(
    scope: Scope,
    tx: &mut Tx,
    model: &str,
    ids: &[CreatorId],
) -> Result<Vec<(CreatorId, Vec<u8>)>> {
    if !scope.may_read_directory() || ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT creator_id, vector FROM creator_vectors WHERE model = ");
    sql.bind(model).push(" AND creator_id IN ").bind_list(ids.iter().copied());
    tx.fetch_all(&sql.text, sql.args).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_unpacked() {
        let id = Uuid::from_u128(7);
        let mut packed = id.as_bytes().to_vec();
        packed.extend(0.25_f32.to_be_bytes());
        packed.extend((-1.0_f32).to_be_bytes());
        assert_eq!(unpacked(&packed).unwrap(), [(CreatorId::from_uuid(id), [0.25, -1.0])]);
        assert!(unpacked(&packed[1..]).is_err());
        assert_eq!(listed(&[CreatorId::from_uuid(id)]), "{00000000-0000-0000-0000-000000000007}");
    }
}
