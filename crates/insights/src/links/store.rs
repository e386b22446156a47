//! All SQL of tracked links.

use std::collections::HashMap;

use db::{Listing, Sql, Tx, args};
use http_base::Offsets;
use kernel::{CampaignId, Day, Result, Scope, Timestamp, WorkspaceId};

use super::model::{Link, LinkDay, LinkId};
use super::reports::Report;

/// Rows that are forgotten in one statement.
const BITE: u32 = 5_000;

/// Adds a link; false if its code is taken.
pub(super) async fn insert(scope: Scope, tx: &mut Tx, link: &Link) -> Result<bool> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(link.workspace_id));
    tx.insert_new(link).await
}

/// A link, if it is there and this scope's.
pub(super) async fn by_id(scope: Scope, tx: &mut Tx, id: LinkId) -> Result<Option<Link>> {
    Sql::of::<Link>().and("id = ", id).within(scope, "workspace_id").optional(tx).await
}

/// The link of this code: for whoever follows it.
pub(super) async fn by_code(scope: Scope, tx: &mut Tx, code: &str) -> Result<Option<Link>> {
    debug_assert!(scope.sees_everything(), "a link is followed by anybody");
    Sql::of::<Link>().and("code = ", code).optional(tx).await
}

/// A workspace's links of these codes.
pub(crate) async fn by_codes(
    scope: Scope,
    tx: &mut Tx,
    workspace: WorkspaceId,
    codes: impl IntoIterator<Item = &str>,
) -> Result<Vec<Link>> {
    let mut sql = Sql::of::<Link>();
    sql.and("workspace_id = ", workspace).and_in("code", codes).within(scope, "workspace_id").all(tx).await
}

/// A page of a campaign's links, the newest first, and how many there are.
pub(super) async fn list(
    scope: Scope,
    tx: &mut Tx,
    campaign: CampaignId,
    offsets: Offsets,
) -> Result<(Vec<Link>, u64)> {
    let mut filter = Sql::filter();
    filter.and("campaign_id = ", campaign).within(scope, "workspace_id");
    Listing::of::<Link>(filter).order("created_at DESC, id DESC").page(tx, offsets.limit, offsets.offset).await
}

/// Takes a link down; false if it is not there or was down already.
pub(super) async fn disable(scope: Scope, tx: &mut Tx, id: LinkId, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE tracked_links SET disabled_at = ");
    sql.bind(now).push(" WHERE disabled_at IS NULL AND id = ").bind(id);
    sql.within(scope, "workspace_id");
    Ok(sql.run(tx).await? == 1)
}

/// Clicks, repeats and programs in all, by link; links that nobody followed are left out.
pub(super) async fn sums(scope: Scope, tx: &mut Tx, links: &[LinkId]) -> Result<HashMap<LinkId, [i64; 3]>> {
    let mut sql = Sql::new(
        "SELECT d.link_id, CAST(sum(d.clicks) AS BIGINT), CAST(sum(d.repeats) AS BIGINT), CAST(sum(d.bots) AS BIGINT) \
         FROM link_days d JOIN tracked_links l ON l.id = d.link_id WHERE d.link_id IN ",
    );
    sql.bind_list(links.iter().copied());
    sql.within(scope, "l.workspace_id");
    sql.push(" GROUP BY d.link_id");
    let sums: Vec<(LinkId, i64, i64, i64)> = sql.all(tx).await?;
    Ok(sums.into_iter().map(|(id, clicks, repeats, bots)| (id, [clicks, repeats, bots])).collect())
}

/// What came by a link, day by day, the newest first.
pub(super) async fn days(scope: Scope, tx: &mut Tx, link: LinkId, most: u32) -> Result<Vec<LinkDay>> {
    let columns = LinkDay::columns("d");
    let mut sql = Sql::new(format!(
        "SELECT {columns} FROM link_days d JOIN tracked_links l ON l.id = d.link_id WHERE d.link_id = "
    ));
    sql.bind(link);
    sql.within(scope, "l.workspace_id");
    sql.push(" ORDER BY d.day DESC LIMIT ").bind(most);
    sql.all(tx).await
}

/// The day's key, by which visitors are known again on that day and on no other. The first to ask makes it from these bytes.
pub(super) async fn salt(scope: Scope, tx: &mut Tx, day: Day, fresh: &[u8]) -> Result<Vec<u8>> {
    debug_assert!(scope.sees_everything(), "keys are the server's own");
    let select = "SELECT salt FROM link_salts WHERE day = $1";
    if let Some(salt) = tx.fetch_optional(select, args![day]).await? {
        return Ok(salt);
    }
    tx.execute("INSERT INTO link_salts (day, salt) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING", args![day, fresh])
        .await?;
    tx.fetch_one(select, args![day]).await
}

/// Is this the first time that the visitor follows the link on this day?
pub(super) async fn is_new_visitor(scope: Scope, tx: &mut Tx, link: LinkId, day: Day, visitor: &[u8]) -> Result<bool> {
    debug_assert!(scope.sees_everything(), "visitors are counted by the server");
    let sql = "INSERT INTO link_visitors (link_id, day, visitor) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    Ok(tx.execute(sql, args![link, day, visitor]).await? == 1)
}

/// Counts one who came by.
pub(super) async fn count(scope: Scope, tx: &mut Tx, link: LinkId, came: LinkDay) -> Result<()> {
    debug_assert!(scope.sees_everything(), "visitors are counted by the server");
    let sql = "INSERT INTO link_days (link_id, day, clicks, repeats, bots) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (link_id, day) DO UPDATE SET clicks = link_days.clicks + excluded.clicks, \
               repeats = link_days.repeats + excluded.repeats, bots = link_days.bots + excluded.bots";
    tx.execute(sql, args![link, came.day, came.clicks, came.repeats, came.bots]).await.map(drop)
}

/// Writes a report down; false if the same visitor reported the link on that day already.
pub(super) async fn report(scope: Scope, tx: &mut Tx, new: &Report) -> Result<bool> {
    debug_assert!(scope.sees_everything(), "a link is reported by anybody");
    tx.insert_new(new).await
}

/// A page of reports with their links, the newest first, and how many there are.
pub(super) async fn reports(scope: Scope, tx: &mut Tx, offsets: Offsets) -> Result<(Vec<(Report, Link)>, u64)> {
    debug_assert!(scope.sees_everything(), "reports are for administrators");
    let listing = Listing::of::<Report>(Sql::filter()).order("created_at DESC, id DESC");
    let (reports, total): (Vec<Report>, u64) = listing.page(tx, offsets.limit, offsets.offset).await?;
    let mut sql = Sql::of::<Link>();
    let links: Vec<Link> = sql.and_in("id", reports.iter().map(|report| report.link_id)).all(tx).await?;
    let links: HashMap<LinkId, Link> = links.into_iter().map(|link| (link.id, link)).collect();
    let found = reports.into_iter().filter_map(|report| {
        let link = links.get(&report.link_id)?.clone();
        Some((report, link))
    });
    Ok((found.collect(), total))
}

/// Forgets the visitors of days before this one, some thousand at once, and those days' keys. Tells how many visitors.
pub(crate) async fn forget(scope: Scope, tx: &mut Tx, before: Day) -> Result<u64> {
    debug_assert!(scope.sees_everything(), "visitors are forgotten by the server");
    tx.execute("DELETE FROM link_salts WHERE day < $1", args![before]).await?;
    let sql = "DELETE FROM link_visitors WHERE (link_id, day, visitor) IN \
               (SELECT link_id, day, visitor FROM link_visitors WHERE day < $1 ORDER BY day LIMIT $2)";
    tx.execute(sql, args![before, BITE]).await
}
