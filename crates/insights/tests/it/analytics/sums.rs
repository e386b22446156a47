//! Whatever the figures: the creators add up to the whole, and so do the days.

use std::collections::BTreeMap;

use insights::Figures;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use testkit::{FreshDb, both_engines};

use super::World;

type Row = (usize, u8, usize, [u16; 7], Option<u16>, Option<u16>);

fn figures(
    [views, likes, comments, shares, saves, clicks, orders]: [u16; 7],
    money: bool,
    paid: Option<u16>,
    bought: Option<u16>,
) -> Figures {
    let (paid, bought) = (paid.filter(|_| money), bought.filter(|_| money));
    Figures {
        metric_rows: 1,
        views: views.into(),
        likes: likes.into(),
        comments: comments.into(),
        shares: shares.into(),
        saves: saves.into(),
        clicks: clicks.into(),
        link_clicks: saves.into(),
        conversions: comments.into(),
        orders: orders.into(),
        revenue: paid.unwrap_or_default().into(),
        revenue_rows: paid.is_some().into(),
        order_revenue: bought.unwrap_or_default().into(),
        order_revenue_rows: bought.is_some().into(),
        ..Figures::default()
    }
}

fn sum(lines: &Value, name: &str) -> i64 {
    lines.as_array().unwrap().iter().map(|line| line[name].as_i64().unwrap()).sum()
}

/// In minor units, by currency.
fn money<'a>(lists: impl Iterator<Item = &'a Value>, name: &str) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for line in lists.flat_map(|list| list.as_array().into_iter().flatten()) {
        let minor = (line[name].as_f64().unwrap() * 100.0).round() as i64;
        *sums.entry(line["currency"].as_str().unwrap().to_owned()).or_default() += minor;
    }
    sums
}

#[both_engines]
async fn the_parts_are_the_whole(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let mut runner = TestRunner::deterministic();
    let row = (0..3_usize, 0..28_u8, 0..3_usize, any::<[u16; 7]>(), any::<Option<u16>>(), any::<Option<u16>>());
    let all = prop::collection::vec(row, 1..40);
    for _ in 0..16 {
        let rows: Vec<Row> = all.new_tree(&mut runner).unwrap().current();
        let campaign = world.campaign().await;
        for (creator, day, currency, counts, paid, bought) in &rows {
            let currency = ["", "USD", "EUR"][*currency];
            let figures = figures(*counts, !currency.is_empty(), *paid, *bought);
            world.figures(campaign, &[(*creator, &format!("2030-01-{:02}", day + 1), currency, figures)]).await;
        }
        let (start, end) = (rows[0].1.min(rows[rows.len() - 1].1) + 1, rows[0].1.max(rows[rows.len() - 1].1) + 1);
        for query in [String::new(), format!("?start_date=2030-01-{start:02}&end_date=2030-01-{end:02}")] {
            let told = world.brand.get(&format!("/api/v1/analytics/campaigns/{campaign}{query}")).await.ok();
            let (what, lines, days) = (&told["performance"], &told["creator_performance"], &told["timeline"]);
            let wanted: i64 = rows
                .iter()
                .filter(|row| query.is_empty() || (start..=end).contains(&(row.1 + 1)))
                .map(|row| i64::from(row.3[0]))
                .sum();
            assert_eq!(what["total_views"], wanted);
            assert_eq!((sum(lines, "content_views"), sum(days, "views")), (wanted, wanted));
            let engagement = what["total_engagement"].as_i64().unwrap();
            assert_eq!((sum(lines, "engagement"), sum(days, "engagement")), (engagement, engagement));
            for name in ["clicks", "conversions"] {
                let whole = what[name].as_i64().unwrap();
                assert_eq!((sum(lines, name), sum(days, name)), (whole, whole), "{name}");
            }
            let whole = money([&what["revenue"]].into_iter(), "total");
            let by_creator = money(lines.as_array().unwrap().iter().map(|line| &line["revenue"]), "total");
            let by_day = money(days.as_array().unwrap().iter().map(|day| &day["revenue"]), "amount");
            assert_eq!((&by_creator, &by_day), (&whole, &whole));
        }
    }
}
