//! Reads what changed in the database into the columns.

use std::sync::Arc;

use db::{Cell, Db, FromColumn, Value, args};
use kernel::{Amount, CreatorId, Error, Platform, Result, Timestamp, WorkspaceId};
use parking_lot::RwLock;
use tokio::sync::OwnedMutexGuard;
use tokio::task::JoinHandle;

use super::Inner;
use super::columns::{Columns, Row, RowVector};
use crate::embedding::unpack;
use crate::model::{Texts, Visibility};
use crate::vectors::{self, Backend};

/// Rows in one query: enough to be quick, few enough to be held.
const BATCH: i64 = 10_000;

#[derive(db::Row)]
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
    collaboration_rate: Option<Amount>,
    avg_views: Option<u64>,
    rating: Option<f64>,
    previous_brands: Texts,
    created_at: Timestamp,
    visibility: Visibility,
    workspace_id: Option<WorkspaceId>,
    withdrawn_at: Option<Timestamp>,
}

impl Loaded {
    fn into_row(self, vector: Seen, dims: usize) -> Row {
        Row {
            id: self.id,
            seq: self.seq,
            deleted: self.deleted_at.is_some() || self.withdrawn_at.is_some(),
            private_to: self.workspace_id.filter(|_| self.visibility == Visibility::Private),
            platform: self.platform,
            name: self.name,
            handle: self.channel_name,
            niche: self.niche,
            country: self.country,
            language: self.language,
            followers: self.followers,
            engagement: self.engagement_rate,
            rate: self.collaboration_rate.map(Amount::minor),
            avg_views: self.avg_views,
            rating: self.rating,
            created_at: self.created_at.micros(),
            previous_brands: self.previous_brands.0,
            vector: match vector {
                Seen::Bytes(bytes) => unpack(&bytes, dims).map_or(RowVector::None, RowVector::Here),
                Seen::Elsewhere => RowVector::Elsewhere,
                Seen::Nothing | Seen::Behind => RowVector::None,
            },
        }
    }
}

/// What is seen of a vector: itself where it is compared in memory, else whether there is one.
enum Seen {
    Nothing,
    Bytes(Vec<u8>),
    Elsewhere,
    /// It was written by a process that does not know of pgvector.
    Behind,
}

impl FromColumn for Seen {
    fn from_cell(cell: Cell<'_>) -> std::result::Result<Self, String> {
        Ok(match cell {
            Cell::Null | Cell::Int(0) => Self::Nothing,
            Cell::Int(1) => Self::Elsewhere,
            Cell::Int(2) => Self::Behind,
            other => Self::Bytes(Vec::from_cell(other)?),
        })
    }
}

/// The column that is read as [`Seen`].
fn seen(backend: Backend, dims: usize) -> String {
    match backend {
        Backend::Memory => "v.vector".to_owned(),
        Backend::Pgvector => format!(
            "CASE WHEN v.creator_id IS NULL THEN 0 WHEN v.embedded_at IS DISTINCT FROM v.made_at THEN 2 \
             WHEN vector_dims(v.embedding) = {dims} AND vector_norm(v.embedding) > 0 THEN 1 ELSE 0 END"
        ),
    }
}

/// Reads every row that changed after what the columns have, up to `version`. Says how many there were. While a batch is put
/// in, which holds on to `turn`, the next one is read.
pub(super) async fn changes(catalogue: &Arc<Inner>, turn: &Arc<OwnedMutexGuard<()>>, version: i64) -> Result<usize> {
    let Inner { db, model, backend, columns, .. } = &**catalogue;
    // The greatest id there can be: everything of the version that the columns have is in already.
    let (mut seq, mut id) = (columns.read().seq(), CreatorId::from_uuid(uuid::Uuid::max()));
    let sql = format!(
        "SELECT {}, {} FROM creators c LEFT JOIN creator_vectors v ON v.creator_id = c.id AND v.model = $5 \
         WHERE (c.seq, c.id) > ($1, $2) AND c.seq <= $3 ORDER BY c.seq, c.id LIMIT $4",
        Loaded::columns("c"),
        seen(*backend, columns.read().vectors().dims())
    );
    let mut loaded = 0;
    let mut putting: Option<JoinHandle<()>> = None;
    loop {
        let read = batch(db, &sql, args![seq, id, version, BATCH, model.as_str()]).await;
        if let Some(before) = putting.take() {
            before.await.map_err(Error::internal)?;
        }
        let rows = read?;
        if rows.iter().any(|(_, vector)| matches!(vector, Seen::Behind)) {
            vectors::fill(db).await?;
            continue;
        }
        loaded += rows.len();
        let last = rows.last().map(|(row, _)| (row.seq, row.id));
        let Some(last) = last.filter(|_| rows.len() == BATCH as usize) else {
            put(columns, rows);
            columns.write().have(version);
            return Ok(loaded);
        };
        let (catalogue, turn) = (catalogue.clone(), turn.clone());
        putting = Some(tokio::task::spawn_blocking(move || {
            put(&catalogue.columns, rows);
            drop(turn);
        }));
        (seq, id) = last;
    }
}

async fn batch(db: &Db, sql: &str, args: Vec<Value>) -> Result<Vec<(Loaded, Seen)>> {
    db.read().await?.fetch_all(sql, args).await
}

fn put(columns: &RwLock<Columns>, rows: Vec<(Loaded, Seen)>) {
    let dims = columns.read().vectors().dims();
    let rows: Vec<Row> = rows.into_iter().map(|(row, vector)| row.into_row(vector, dims)).collect();
    let mut columns = columns.write();
    for row in rows {
        columns.put(row);
    }
}
