//! What figures keep about people, as it is told to them and taken away.
//!
//! - To the owner of a workspace its links, promo codes and orders are told; to a creator what counts for the entries of the directory
//!   that they have claimed: links, promo codes and the figures of their posts. Of whoever follows a link nobody knows who it was.
//! - When a creator is erased, the addresses of their posts go, and what links were called. Figures stand by the ids that they count for.

use async_trait::async_trait;
use db::Tx;
use http_base::data::As::{Amount, Moment, Plain};
use http_base::data::{As, Data, Eraser, Holder, Section, Table};
use kernel::{Day, Result, Scope, Timestamp};
use serde_json::{Value, json};

/// What every export tells, and every erasure takes away.
pub(crate) fn kept() -> Data {
    Data::told(SECTIONS.iter().copied().map(ByDay)).erased_by(Erasing)
}

type Columns = &'static [(&'static str, As)];

const LINK: Columns = &[
    ("id", Plain),
    ("campaign_id", Plain),
    ("creator_id", Plain),
    ("code", Plain),
    ("url", Plain),
    ("label", Plain),
    ("created_at", Moment),
    ("disabled_at", Moment),
];

const PROMO_CODE: Columns = &[
    ("id", Plain),
    ("campaign_id", Plain),
    ("creator_id", Plain),
    ("code", Plain),
    ("discount", Plain),
    ("created_at", Moment),
    ("disabled_at", Moment),
];

/// What is told, each by [`ByDay`].
pub const SECTIONS: &[Table] = &[
    Table {
        name: "tracked_links",
        columns: LINK,
        from: "FROM tracked_links WHERE workspace_id IN {owned} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "promo_codes",
        columns: PROMO_CODE,
        from: "FROM promo_codes WHERE workspace_id IN {owned} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "conversions",
        columns: &[
            ("id", Plain),
            ("reference", Plain),
            ("campaign_id", Plain),
            ("creator_id", Plain),
            ("link_id", Plain),
            ("promo_code_id", Plain),
            ("ordered_at", Moment),
            ("revenue", Amount),
            ("currency", Plain),
            ("created_at", Moment),
        ],
        from: "FROM orders WHERE workspace_id IN {owned} ORDER BY workspace_id, reference",
    },
    Table {
        name: "tracked_links_of_you",
        columns: LINK,
        from: "FROM tracked_links WHERE creator_id IN {claimed} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "promo_codes_of_you",
        columns: PROMO_CODE,
        from: "FROM promo_codes WHERE creator_id IN {claimed} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "metrics_of_your_posts",
        columns: &[
            ("campaign_id", Plain),
            ("creator_id", Plain),
            ("post", Plain),
            ("post_url", Plain),
            ("platform", Plain),
            ("day", Plain),
            ("views", Plain),
            ("likes", Plain),
            ("comments", Plain),
            ("shares", Plain),
            ("saves", Plain),
            ("clicks", Plain),
            ("conversions", Plain),
            ("reach", Plain),
            ("revenue", Amount),
            ("currency", Plain),
        ],
        from: "FROM post_metrics WHERE creator_id IN {claimed} ORDER BY creator_id, campaign_id, post, day",
    },
];

/// A section whose days are told as dates.
#[derive(Clone, Copy, Debug)]
pub struct ByDay(pub Table);

#[async_trait]
impl Section for ByDay {
    fn name(&self) -> &'static str {
        self.0.name
    }

    async fn fetch(&self, scope: Scope, tx: &mut Tx, of: &Holder, from: u64) -> Result<Vec<Value>> {
        let mut records = self.0.fetch(scope, tx, of, from).await?;
        for record in &mut records {
            if let Some(day) = record.get("day").and_then(Value::as_i64) {
                record["day"] = json!(Day(day));
            }
        }
        Ok(records)
    }
}

/// What is taken away.
#[derive(Clone, Copy, Debug)]
pub struct Erasing;

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, scope: Scope, tx: &mut Tx, of: &Holder, _: Timestamp) -> Result<()> {
        debug_assert!(scope.sees_everything(), "an erasure is the server's own");
        for sql in [
            "UPDATE tracked_links SET label = NULL WHERE creator_id IN {claimed}",
            "UPDATE post_metrics SET post_url = NULL WHERE creator_id IN {claimed}",
        ] {
            of.sql(sql).run(tx).await?;
        }
        Ok(())
    }
}
