//! Post metrics as tables.

use std::fmt::Write as _;
use std::time::Instant;

use serde_json::json;
use testkit::{Form, FreshDb, both_engines};

use crate::world::World;

#[both_engines]
async fn a_table_comes_in(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let [ana, ben, _] = world.creators[..] else { panic!("three creators") };
    let path = world.path("metrics/csv");
    let csv = format!(
        "\u{feff}Views;Day;Creator ID;post;note;revenue;currency;reach\r\n100;2026-03-01;{ana};p1;\"a; b\";12.50;EUR;\r\n\
         \r\n7;2026-02-28;{ben};p2;;;;3\r\n1;2026-03-01;{ana};p2;;;;\r\n"
    );
    let report = world.table(&format!("{path}?dry_run=true"), csv.clone()).await.ok();
    assert_eq!((&report["dry_run"], &report["processed"], &report["created"]), (&json!(true), &json!(3), &json!(3)));
    assert_eq!(world.number("SELECT count(*) FROM post_metrics").await, 0);
    let report = world.client.upload(&path, &Form::new().text("x", "y").file("file", "m.csv", &csv)).await.ok();
    assert_eq!(
        report,
        json!({"dry_run": false, "processed": 3, "created": 3, "replaced": 0, "unchanged": 0, "failed": 0, "errors": []})
    );
    assert_eq!(world.number("SELECT revenue FROM figures_by_creator WHERE currency = 'EUR'").await, 1250);
    assert_eq!(world.number("SELECT reach_rows FROM figures_by_day WHERE reach = 3").await, 1);
    world.check_sums().await;
    let report = world.table(&path, csv).await.ok();
    assert_eq!((&report["unchanged"], &report["replaced"]), (&json!(3), &json!(0)));
    let changed = format!("creator_id,post_id,date,views\n{ana},p1,2026-03-01,5\n");
    let report = world.table(&format!("{path}?dry_run=1"), changed.clone()).await.ok();
    assert_eq!(report["replaced"], 1);
    assert_eq!(world.table(&path, changed).await.ok()["replaced"], 1);
    world.check_sums().await;
    assert_eq!(world.events().await, ["metrics.recorded", "metrics.recorded"]);
}

#[both_engines]
async fn bad_lines_are_told_and_the_others_go_in(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.creators[0];
    let csv = format!(
        "creator_id,post_id,date,views\n{ana},p1,2026-03-01,5\n{ana},p2,2026-03-09,5\n{ana},\"p3,2026-03-01,5\n\
         {},p4,2026-03-01,5\n{ana},p5,2026-03-01\n{ana},p6,yesterday,-5\n{ana},p7,2026-03-01,\n{ana},p8,2026-03-02,8\n",
        world.campaign
    );
    let report = world.table(&world.path("metrics/csv"), csv).await.ok();
    let told: Vec<(u64, &str)> = report["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| (fault["line"].as_u64().unwrap(), fault["message"].as_str().unwrap()))
        .collect();
    let has = |line: u64, what: &str| {
        assert!(told.iter().any(|(at, why)| *at == line && why.contains(what)), "{line} {what}: {told:?}");
    };
    has(3, "date must not be after tomorrow");
    has(4, "quote");
    has(5, "names nobody");
    has(6, "every other figure");
    has(7, "date must be a date");
    has(7, "views must be between");
    has(8, "every other figure");
    assert_eq!((&report["processed"], &report["created"], &report["failed"]), (&json!(8), &json!(2), &json!(6)));
    world.check_sums().await;
}

#[both_engines]
async fn tables_that_are_none(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.path("metrics/csv");
    world.table(&path, "").await.refused(422);
    world.table(&path, "name,views\nx,1\n").await.refused(422);
    world.table(&path, "P\0K").await.refused(415);
    world.table(&format!("{path}?dry_run=perhaps"), "x").await.refused(422);
    world.client.post(&path, &json!({})).await.refused(415);
    world.client.upload(&path, &Form::new().text("x", "y")).await.refused(422);
    world.client.upload(&path, &Form::new().file("file", "x.exe", "MZ")).await.refused(415);
    let head = "creator_id,post_id,date,views\n";
    assert_eq!(world.table(&path, head).await.ok()["processed"], 0);
}

#[both_engines]
async fn a_long_table_goes_in_batch_by_batch(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let mut csv = String::from("creator_id,post_id,date,views,likes,revenue\n");
    for at in 0..5_500_u32 {
        // The last rows are the first ones again, with other figures.
        let row = at % 5_000;
        let creator = world.creators[row as usize % 3];
        writeln!(csv, "{creator},p{},2026-02-{:02},{at},{},1.25", row % 250, row / 250 + 1, at % 7).unwrap();
    }
    let report = world.table(&world.path("metrics/csv"), csv).await.ok();
    assert_eq!(
        (&report["processed"], &report["created"], &report["replaced"]),
        (&json!(5500), &json!(5000), &json!(500))
    );
    assert_eq!(world.number("SELECT count(*) FROM post_metrics").await, 5000);
    world.check_sums().await;
}

#[both_engines]
#[ignore = "takes a minute; prints the figures"]
async fn a_million_lines(fresh: FreshDb) {
    let world = World::new(fresh).await;
    // Unoptimised the figures say little, and a tenth of them is enough for that.
    let posts = if cfg!(debug_assertions) { 100 } else { 1000 };
    let mut csv = String::from(
        "creator_id,post_id,platform,date,views,likes,comments,shares,saves,clicks,conversions,reach,revenue,currency\n",
    );
    // Post by post, as platforms export them: every batch touches as many days as it has rows.
    for post in 0..posts {
        for day in 0..1000_i64 {
            let date = kernel::Day(19_000 + day);
            let creator = world.creators[post % 3];
            writeln!(csv, "{creator},post-{post},youtube,{date},{},{},7,5,3,2,1,900,1.25,USD", 1000 + day, day % 50)
                .unwrap();
        }
    }
    let (engine, path) = (world.app.db().engine(), world.path("metrics/csv"));
    for (what, name) in [("new", "created"), ("again", "unchanged")] {
        let started = Instant::now();
        let report = world.table(&path, csv.clone()).await.ok();
        eprintln!("{engine:?}: {} lines, {what}: {:?}", report["processed"], started.elapsed());
        assert_eq!(report[name], posts * 1000);
    }
    world.check_sums().await;
}
