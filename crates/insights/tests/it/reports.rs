//! Reports.

use insights::Figures;
use testkit::{FreshDb, both_engines};

use crate::analytics::World;
use crate::analytics::world::post;

/// The lines of a CSV.
fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[both_engines]
async fn the_table_has_a_line_for_every_creator_and_day(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let campaign = world.campaign().await;
    let path = format!("/api/v1/analytics/campaigns/{campaign}/report.csv");
    assert_eq!(lines(&world.brand.get(&path).await.text()).len(), 1);
    let name = serde_json::json!({"name": "=HYPERLINK(\"x\"), Ana"});
    world.brand.put(&format!("/api/v1/creators/{}", world.creators[0]), &name).await.ok();
    let earned = |currency_minor| Figures { revenue: currency_minor, revenue_rows: 1, ..post(1000, 40, 5, 3, 2) };
    world
        .figures(
            campaign,
            &[
                (0, "2030-01-02", "USD", earned(150)),
                (0, "2030-01-02", "EUR", earned(250)),
                (0, "2030-01-01", "", post(10, 1, 0, 0, 0)),
                (1, "2030-01-01", "", Figures { link_clicks: 3, ..Figures::default() }),
            ],
        )
        .await;
    let reply = world.brand.get(&path).await;
    assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(reply.header("content-disposition"), "attachment; filename=\"camp-001.csv\"");
    let text = reply.text();
    let all = lines(&text);
    assert_eq!(all.len(), 4, "{text}");
    assert!(
        all[0].ends_with("orders,revenue_reported_EUR,revenue_orders_EUR,revenue_reported_USD,revenue_orders_USD"),
        "{text}"
    );
    let ana = world.creators[0].to_string();
    let own: Vec<&&str> = all.iter().filter(|line| line.contains(&ana)).collect();
    assert!(own[0].starts_with("2030-01-01,"), "in the order of days: {text}");
    assert!(own[1].contains("\"'=HYPERLINK(\"\"x\"\"), Ana\",2000,80,10,6,4,100,5.00,"), "{text}");
    assert!(own[1].ends_with(",2.50,,1.50,"), "{text}");
    let ben = all.iter().find(|line| line.contains("Ben")).unwrap();
    // Nobody reported anything of that day: it is empty, not 0.
    assert!(ben.ends_with("Ben Okafor,,,,,,,,,,3,,0,,,,"), "{text}");
    let part = world.brand.get(&format!("{path}?start_date=2030-01-02")).await.text();
    assert_eq!(lines(&part).len(), 2);
}

#[both_engines]
async fn a_long_table_comes_in_parts_and_misses_nothing(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let campaign = world.campaign().await;
    let days: Vec<String> = (0..1_500).map(|day| kernel::Day(21_000 + day).to_string()).collect();
    let rows: Vec<_> = days
        .iter()
        .flat_map(|day| {
            [
                (0, day.as_str(), "", post(1, 0, 0, 0, 0)),
                (1, day.as_str(), "USD", post(1, 0, 0, 0, 0)),
                (1, day.as_str(), "EUR", post(1, 0, 0, 0, 0)),
            ]
        })
        .collect();
    world.figures(campaign, &rows).await;
    let text = world.brand.get(&format!("/api/v1/analytics/campaigns/{campaign}/report.csv")).await.text();
    assert_eq!(lines(&text).len(), 1 + 3_000);
    let views: i64 = lines(&text)[1..].iter().map(|line| line.split(',').nth(3).unwrap().parse::<i64>().unwrap()).sum();
    assert_eq!(views, 4_500);
    let once: std::collections::BTreeSet<&str> = lines(&text).into_iter().collect();
    assert_eq!(once.len(), 3_001, "no creator's day comes twice");
}

#[both_engines]
async fn the_same_figures_are_the_same_paper(fresh: FreshDb) {
    let world = World::with(fresh, false).await;
    let campaign = world.campaign().await;
    let path = format!("/api/v1/analytics/campaigns/{campaign}/report.pdf");
    let empty = world.brand.get(&path).await;
    assert_eq!((empty.status, empty.header("content-type")), (200, "application/pdf"));
    assert!(empty.bytes.starts_with(b"%PDF-"));
    world.pay(&world.signed(campaign, 0, "USD", 100.0).await).await;
    world
        .figures(
            campaign,
            &[(0, "2030-01-01", "USD", post(1000, 40, 0, 0, 0)), (2, "2030-01-09", "", post(300, 30, 0, 0, 0))],
        )
        .await;
    let paper = world.brand.get(&path).await.bytes;
    assert_ne!(paper, empty.bytes);
    world.clock.advance(kernel::time::DAY);
    assert_eq!(world.brand.get(&path).await.bytes, paper, "it depends on no clock");
    assert_ne!(world.brand.get(&format!("{path}?start_date=2030-01-02")).await.bytes, paper);
}

#[both_engines]
async fn a_paper_that_was_kept_is_not_shown_once_figures_came_in(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let campaign = world.campaign().await;
    let path = format!("/api/v1/analytics/campaigns/{campaign}/report.pdf");
    let before = world.brand.get(&path).await.bytes;
    assert_eq!(world.brand.get(&path).await.bytes, before);
    world.figures(campaign, &[(0, "2030-01-01", "USD", post(1000, 40, 0, 0, 0))]).await;
    assert_ne!(world.brand.get(&path).await.bytes, before);
}
