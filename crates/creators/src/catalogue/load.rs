//! Reads what changed in the database into the columns.

use db::{Db, args};
use kernel::{CreatorId, Money, Platform, Result, Timestamp};
use parking_lot::RwLock;

use super::columns::{Columns, Row};
use crate::embedding::unpack;
use crate::model::Texts;

/// Rows in one query: enough to be quick, few enough to be held.
const BATCH: i64 = 10_000;

db::row! {
    struct Loaded {
        id: CreatorId,
        seq: i64,
        deleted_at: Option<Timestamp>,
        platform: Platform,
        name: String,
        channel_name: Option<String>,
        niche: String,
        country: Option<String>,
        language: Option<String>,
        followers: u64,
        engagement_rate: Option<f64>,
        collaboration_rate: Option<Money>,
        avg_views: Option<u64>,
        rating: Option<f64>,
        previous_brands: Texts,
        created_at: Timestamp,
    }
}

impl Loaded {
    fn into_row(self, vector: Option<&[u8]>, dims: usize) -> Row {
        Row {
            id: self.id,
            seq: self.seq,
            deleted: self.deleted_at.is_some(),
            platform: self.platform,
            name: self.name,
            handle: self.channel_name,
            niche: self.niche,
            country: self.country,
            language: self.language,
            followers: self.followers,
            engagement: self.engagement_rate,
            rate: self.collaboration_rate.map(Money::minor),
            avg_views: self.avg_views,
            rating: self.rating,
            created_at: self.created_at.micros(),
            previous_brands: self.previous_brands.0,
            vector: vector.and_then(|bytes| unpack(bytes, dims)),
        }
    }
}

/// Reads every row that changed after what the columns have, up to `version`. Says how many there were.
pub(super) async fn changes(db: &Db, model: &str, columns: &RwLock<Columns>, version: i64) -> Result<usize> {
    let sql = format!(
        "SELECT {}, v.vector FROM creators c LEFT JOIN creator_vectors v ON v.creator_id = c.id AND v.model = $5 \
         WHERE (c.seq, c.id) > ($1, $2) AND c.seq <= $3 ORDER BY c.seq, c.id LIMIT $4",
        Loaded::columns("c")
    );
    // The greatest id there can be: everything of the version that the columns have is in already.
    let (mut seq, mut id) = (columns.read().seq(), CreatorId::from_uuid(uuid::Uuid::max()));
    let dims = columns.read().vectors().dims();
    let mut loaded = 0;
    loop {
        let mut tx = db.read().await?;
        let rows: Vec<(Loaded, Option<Vec<u8>>)> = tx.fetch_all(&sql, args![seq, id, version, BATCH, model]).await?;
        drop(tx);
        loaded += rows.len();
        let last = rows.last().map(|(row, _)| (row.seq, row.id));
        let rows: Vec<Row> = rows.into_iter().map(|(row, vector)| row.into_row(vector.as_deref(), dims)).collect();
        let mut columns = columns.write();
        let full = rows.len() == BATCH as usize;
        for row in rows {
            columns.put(row);
        }
        let Some(last) = last.filter(|_| full) else {
            columns.have(version);
            return Ok(loaded);
        };
        (seq, id) = last;
    }
}
