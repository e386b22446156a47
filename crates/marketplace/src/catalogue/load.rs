//! Reads what changed in the database into the columns.

use db::{Db, Json, args};
use kernel::{Amount, Currency, OfferId, Result, Timestamp, WorkspaceId};
use parking_lot::RwLock;

use super::columns::{Columns, Row};
use crate::model::{Category, ContentSpecs, Network, OfferStatus, Requirements};
use crate::store::offers::unpack;

/// Rows in one query: enough to be quick, few enough to be held.
const BATCH: i64 = 5_000;

#[derive(db::Row)]
struct Loaded {
    id: OfferId,
    seq: i64,
    workspace_id: WorkspaceId,
    status: OfferStatus,
    title: String,
    description: String,
    category: Category,
    platforms: Json<Vec<Network>>,
    budget_min: Amount,
    budget_max: Amount,
    currency: Currency,
    requirements: Json<Requirements>,
    content_specs: Json<ContentSpecs>,
    countries: Json<Vec<String>>,
    application_deadline: Option<Timestamp>,
    places: Option<u32>,
    taken: u32,
    is_public: bool,
    paused_at: Option<Timestamp>,
    hidden_at: Option<Timestamp>,
    views_count: u64,
    applications_count: u64,
    published_at: Option<Timestamp>,
}

impl Loaded {
    fn into_row(self, vector: Option<&[u8]>, dims: usize) -> Row {
        let tags = self.content_specs.0.required_hashtags.join(" ");
        Row {
            id: self.id,
            seq: self.seq,
            listed: self.status == OfferStatus::Active && self.is_public && self.hidden_at.is_none(),
            workspace: self.workspace_id,
            text: format!("{} {} {} {tags}", self.title, self.description, self.category.niche()),
            category: self.category,
            platforms: self.platforms.0,
            budget: (self.budget_min.minor(), self.budget_max.minor()),
            currency: self.currency,
            requirements: self.requirements.0,
            countries: self.countries.0,
            deadline: self.application_deadline.map(Timestamp::micros),
            shut: self.paused_at.is_some() || self.places.is_some_and(|places| self.taken >= places),
            places: self.places,
            applications: self.applications_count,
            views: self.views_count,
            published: self.published_at.map_or(0, Timestamp::micros),
            vector: vector.and_then(|bytes| unpack(bytes, dims)),
        }
    }
}

/// Reads every offer that changed after what the columns have, up to `version`.
pub(super) async fn changes(db: &Db, model: &str, columns: &RwLock<Columns>, version: i64) -> Result<()> {
    // The greatest id there can be: everything of the version that the columns have is in already.
    let (mut seq, mut id) = (columns.read().seq(), OfferId::from_uuid(uuid::Uuid::max()));
    let dims = columns.read().vectors.dims();
    let sql = format!(
        "SELECT {}, v.vector FROM offers o LEFT JOIN offer_vectors v ON v.offer_id = o.id AND v.model = $5 \
         WHERE (o.seq, o.id) > ($1, $2) AND o.seq <= $3 ORDER BY o.seq, o.id LIMIT $4",
        Loaded::columns("o")
    );
    loop {
        let mut tx = db.read().await?;
        let rows: Vec<(Loaded, Option<Vec<u8>>)> = tx.fetch_all(&sql, args![seq, id, version, BATCH, model]).await?;
        drop(tx);
        let last = rows.last().map(|(row, _)| (row.seq, row.id)).filter(|_| rows.len() == BATCH as usize);
        let rows: Vec<Row> = rows.into_iter().map(|(row, vector)| row.into_row(vector.as_deref(), dims)).collect();
        let mut columns = columns.write();
        for row in rows {
            columns.put(row);
        }
        let Some(last) = last else {
            columns.have(version);
            return Ok(());
        };
        (seq, id) = last;
    }
}
