//! The sums that analytics read, and how a write moves them.
//!
//! Three tables hold the same sums at three grains: by day, by creator, and by both. They are always what adding up the rows would give,
//! because whoever writes rows moves them in the same transaction, by the difference alone ([`apply`]), one writer of a workspace after
//! the other ([`lock`]).

use std::collections::BTreeMap;
use std::ops::{AddAssign, SubAssign};

use db::{Sql, Tx, Value, args};
use kernel::{CampaignId, CreatorId, Result, Scope, WorkspaceId};

/// What adds up: counts of things, money in minor units of one currency, and how many rows said something at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, db::Row)]
pub struct Figures {
    /// Rows of post metrics.
    pub metric_rows: i64,
    /// Views that posts report.
    pub views: i64,
    /// Likes that posts report.
    pub likes: i64,
    /// Comments that posts report.
    pub comments: i64,
    /// Shares that posts report.
    pub shares: i64,
    /// Saves that posts report.
    pub saves: i64,
    /// Clicks that posts report.
    pub clicks: i64,
    /// Conversions that posts report.
    pub conversions: i64,
    /// Accounts reached, as posts report; who is reached twice counts twice.
    pub reach: i64,
    /// Rows that report a reach.
    pub reach_rows: i64,
    /// Revenue that posts report, in minor units.
    pub revenue: i64,
    /// Rows that report a revenue.
    pub revenue_rows: i64,
    /// Clicks on tracked links: the first of each visitor and day.
    pub link_clicks: i64,
    /// Further clicks of the same visitors on the same day.
    pub link_repeats: i64,
    /// Clicks of programs.
    pub bot_clicks: i64,
    /// Orders by tracked link or promo code.
    pub orders: i64,
    /// What they brought, in minor units.
    pub order_revenue: i64,
    /// Orders that say what they brought.
    pub order_revenue_rows: i64,
}

/// How many figures there are.
const COUNT: usize = 18;

/// Their columns, in the order of [`Figures::parts`].
pub const NAMES: [&str; COUNT] = [
    "metric_rows",
    "views",
    "likes",
    "comments",
    "shares",
    "saves",
    "clicks",
    "conversions",
    "reach",
    "reach_rows",
    "revenue",
    "revenue_rows",
    "link_clicks",
    "link_repeats",
    "bot_clicks",
    "orders",
    "order_revenue",
    "order_revenue_rows",
];

impl Figures {
    /// The figures one by one, in the order of their columns.
    pub const fn parts(&self) -> [i64; COUNT] {
        [
            self.metric_rows,
            self.views,
            self.likes,
            self.comments,
            self.shares,
            self.saves,
            self.clicks,
            self.conversions,
            self.reach,
            self.reach_rows,
            self.revenue,
            self.revenue_rows,
            self.link_clicks,
            self.link_repeats,
            self.bot_clicks,
            self.orders,
            self.order_revenue,
            self.order_revenue_rows,
        ]
    }

    fn parts_mut(&mut self) -> [&mut i64; COUNT] {
        [
            &mut self.metric_rows,
            &mut self.views,
            &mut self.likes,
            &mut self.comments,
            &mut self.shares,
            &mut self.saves,
            &mut self.clicks,
            &mut self.conversions,
            &mut self.reach,
            &mut self.reach_rows,
            &mut self.revenue,
            &mut self.revenue_rows,
            &mut self.link_clicks,
            &mut self.link_repeats,
            &mut self.bot_clicks,
            &mut self.orders,
            &mut self.order_revenue,
            &mut self.order_revenue_rows,
        ]
    }

    /// The columns of a sum over rows of a `figures_…` table, to be read as [`Figures`].
    pub fn sums(table: &str) -> String {
        NAMES.map(|name| format!("CAST(COALESCE(sum({table}.{name}), 0) AS BIGINT)")).join(", ")
    }

    /// Does it change nothing?
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// Does it take rows away, so that nothing may be left?
    const fn takes_away(&self) -> bool {
        self.metric_rows < 0 || self.orders < 0
    }
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        for (own, others) in self.parts_mut().into_iter().zip(other.parts()) {
            *own = own.saturating_add(others);
        }
    }
}

impl SubAssign for Figures {
    fn sub_assign(&mut self, other: Self) {
        for (own, others) in self.parts_mut().into_iter().zip(other.parts()) {
            *own = own.saturating_sub(others);
        }
    }
}

/// Where figures belong: the finest grain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The campaign,
    pub campaign: CampaignId,
    /// the creator,
    pub creator: CreatorId,
    /// the day, counted from 1970-01-01 in UTC,
    pub day: i64,
    /// and the currency of what was brought; empty where nothing says so.
    pub currency: String,
}

/// By how much figures move.
#[derive(Clone, Debug, Default)]
pub struct Deltas(BTreeMap<Place, Figures>);

impl Deltas {
    /// More at this place.
    pub fn add(&mut self, place: Place, figures: Figures) {
        *self.0.entry(place).or_default() += figures;
    }

    /// Less at this place.
    pub fn subtract(&mut self, place: Place, figures: Figures) {
        *self.0.entry(place).or_default() -= figures;
    }
}

/// Waits until no other transaction moves figures of this workspace. Whoever reads rows to replace them does so after this, and whoever
/// needs more than one workspace's takes them in the order of their ids.
pub async fn lock(scope: Scope, tx: &mut Tx, workspace: WorkspaceId) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(workspace));
    let sql = "INSERT INTO figure_writers (workspace_id, writes) VALUES ($1, 1) \
               ON CONFLICT (workspace_id) DO UPDATE SET writes = figure_writers.writes + 1";
    tx.execute(sql, args![workspace]).await.map(drop)
}

/// Moves the three tables by these differences, under the [`lock`] of their workspace, and its version with them. Sums that nothing is
/// left of are taken out. Call it late: until the commit every other writer of figures waits.
pub async fn apply(tx: &mut Tx, workspace: WorkspaceId, deltas: Deltas) -> Result<()> {
    let mut days: BTreeMap<(CampaignId, i64, String), Figures> = BTreeMap::new();
    let mut creators: BTreeMap<(CampaignId, CreatorId, String), Figures> = BTreeMap::new();
    let fine: Vec<(Place, Figures)> = deltas.0.into_iter().filter(|(_, figures)| !figures.is_zero()).collect();
    for (place, figures) in &fine {
        *days.entry((place.campaign, place.day, place.currency.clone())).or_default() += *figures;
        *creators.entry((place.campaign, place.creator, place.currency.clone())).or_default() += *figures;
    }
    let by_day = days.into_iter().map(|((campaign, day, currency), figures)| (args![campaign, day, currency], figures));
    move_by(tx, "figures_by_day", &["campaign_id", "day", "currency"], by_day.collect()).await?;
    let by_creator = creators
        .into_iter()
        .map(|((campaign, creator, currency), figures)| (args![campaign, creator, currency], figures));
    move_by(tx, "figures_by_creator", &["campaign_id", "creator_id", "currency"], by_creator.collect()).await?;
    let by_both = fine
        .into_iter()
        .map(|(place, figures)| (args![place.campaign, place.creator, place.day, place.currency], figures));
    move_by(tx, "figures_by_creator_day", &["campaign_id", "creator_id", "day", "currency"], by_both.collect()).await?;
    tx.changed(Some(workspace));
    Ok(())
}

/// Rows of sums that are looked at in one statement, to see whether anything is left of them.
const LOOKED_AT: usize = 200;

async fn move_by(tx: &mut Tx, table: &str, key: &[&str], rows: Vec<(Vec<Value>, Figures)>) -> Result<()> {
    let rows: Vec<_> = rows.into_iter().filter(|(_, figures)| !figures.is_zero()).collect();
    let lessened: Vec<Vec<Value>> =
        rows.iter().filter(|(_, figures)| figures.takes_away()).map(|(place, _)| place.clone()).collect();
    let insert = format!("INSERT INTO {table} ({}, {})", key.join(", "), Figures::COLUMNS);
    let sets = NAMES.map(|name| format!("{name} = {table}.{name} + excluded.{name}")).join(", ");
    let conflict = format!("ON CONFLICT ({}) DO UPDATE SET {sets}", key.join(", "));
    let values = rows.into_iter().map(|(mut place, figures)| {
        place.extend(figures.parts().map(Value::from));
        place
    });
    tx.insert_rows(&insert, &conflict, values.collect()).await?;
    for places in lessened.chunks(LOOKED_AT) {
        let mut sql = Sql::new(format!(
            "DELETE FROM {table} WHERE metric_rows = 0 AND link_clicks = 0 AND link_repeats = 0 AND bot_clicks = 0 \
             AND orders = 0 AND ("
        ));
        for (at, place) in places.iter().enumerate() {
            sql.push(if at == 0 { "(" } else { " OR (" });
            for (part, (column, value)) in key.iter().zip(place).enumerate() {
                sql.push(if part == 0 { "" } else { " AND " }).push(column).push(" = ").bind(value.clone());
            }
            sql.push(")");
        }
        sql.push(")");
        sql.run(tx).await?;
    }
    Ok(())
}
