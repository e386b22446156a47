//! How long reading takes where there is much to read.

use std::time::{Duration, Instant};

use campaigns::Campaign;
use db::args;
use deals::events::ContractSigned;
use deals::model::Contract;
use events::TxExt as _;
use kernel::{CampaignId, CreatorId, Scope};
use payments::Payment;
use payments::events::{PaymentCompleted, PaymentDue, PaymentFacts, PaymentProcessing};
use testkit::{Client, FreshDb, both_engines};

use super::World;

/// The middle and the worst hundredth of these requests.
async fn measured(client: &Client, path: &str, times: usize) -> (Duration, Duration) {
    let mut took = Vec::new();
    for _ in 0..times {
        let started = Instant::now();
        assert_eq!(client.get(path).await.status, 200);
        took.push(started.elapsed());
    }
    took.sort();
    (took[times / 2], took[times * 99 / 100])
}

/// A campaign with a million rows: of each creator 100 posts on each of 100 days.
async fn a_million_rows(world: &World, creators: &[CreatorId]) -> CampaignId {
    let campaign = world.campaign().await;
    let mut tx = world.app.db().write_long().await.unwrap();
    for creator in creators {
        let sql = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) \
                   INSERT INTO post_metrics (campaign_id, creator_id, post, day, workspace_id, views, likes, comments, shares, saves, \
                   clicks, conversions, reach, revenue, currency, source, created_at, updated_at) \
                   SELECT $1, $2, 'post-' || (i % 100), 21900 + i / 100, $3, 1000 + i % 977, 40 + i % 13, i % 7, i % 5, i % 3, i % 11, \
                   i % 2, 900, 150, 'USD', 'api', 0, 0 FROM n";
        tx.execute(sql, args![campaign, *creator, world.workspace]).await.unwrap();
    }
    let sums = "count(*), sum(views), sum(likes), sum(comments), sum(shares), sum(saves), sum(clicks), sum(conversions), sum(reach), \
                count(reach), sum(revenue), count(revenue)";
    let names = "metric_rows, views, likes, comments, shares, saves, clicks, conversions, reach, reach_rows, revenue, revenue_rows";
    for (table, key) in [
        ("figures_by_day", "campaign_id, day, currency"),
        ("figures_by_creator", "campaign_id, creator_id, currency"),
        ("figures_by_creator_day", "campaign_id, creator_id, day, currency"),
    ] {
        let sql = format!("INSERT INTO {table} ({key}, {names}) SELECT {key}, {sums} FROM post_metrics GROUP BY {key}");
        tx.execute(&sql, vec![]).await.unwrap();
    }
    tx.commit().await.unwrap();
    world.app.db().analyze().await.unwrap();
    campaign
}

/// 100,000 campaigns, contracts and events, a thousand of the campaigns with figures of ten creators and with payments.
async fn many_of_everything(world: &World, creators: &[CreatorId]) {
    const MANY: usize = 100_000;
    const MEASURED: usize = 1_000;
    // The first of each is made as everything is made; the others are like it.
    let first = world.campaign().await;
    let contract = world.signed(first, 0, "USD", 1_000.0).await;
    world.pay(&contract).await;
    let (scope, clock) = (Scope::system(), &world.clock);
    let mut tx = world.app.db().write_long().await.unwrap();
    let campaign = campaigns::find(scope, &mut tx, &first.to_string()).await.unwrap();
    let contract = deals::store::find(scope, &mut tx, contract.parse().unwrap()).await.unwrap().unwrap();
    let payment = payments::store::of_contract(scope, &mut tx, contract.id).await.unwrap().remove(0);
    let campaigns: Vec<Campaign> = (1..MANY)
        .map(|at| {
            use campaigns::Status::{Active, Completed, Draft, Paused};
            let status = [Active, Draft, Completed, Paused][at % 4];
            Campaign { id: clock.new_id(), code: campaign.code + at as u64, status, ..campaign.clone() }
        })
        .collect();
    tx.insert_all(&campaigns).await.unwrap();
    let ids: Vec<CampaignId> = std::iter::once(first).chain(campaigns.iter().map(|campaign| campaign.id)).collect();
    let creator = |at: usize| creators[at % creators.len()];
    let contracts: Vec<Contract> = (0..MANY)
        .map(|at| {
            use deals::model::Status::{Completed, Draft, Sent, Signed};
            let (status, creator_id) = ([Signed, Completed, Draft, Sent][at % 4], creator(at));
            Contract { id: clock.new_id(), campaign_id: ids[at], creator_id, status, ..contract.clone() }
        })
        .collect();
    tx.insert_all(&contracts).await.unwrap();
    let paid = |at: usize, contract: &Contract| Payment {
        id: clock.new_id(),
        contract_id: contract.id,
        campaign_id: contract.campaign_id,
        creator_id: creator(at),
        ..payment.clone()
    };
    for (at, contract) in contracts.iter().enumerate() {
        match at % 4 {
            0 => tx.event(ContractSigned(contract.into())),
            1 => tx.event(PaymentCompleted(PaymentFacts::of(&paid(at, contract)))),
            2 => tx.event(PaymentDue(PaymentFacts::of(&paid(at, contract)))),
            _ => tx.event(PaymentProcessing(PaymentFacts::of(&paid(at, contract)))),
        }
    }
    let rows = (0..MEASURED * 10)
        .map(|at| args![ids[at / 10], creators[at % 10], "USD", 30, 100_000 + at, 4_000, 100, 30, 20, 400_000, 30]);
    let sql = "INSERT INTO figures_by_creator (campaign_id, creator_id, currency, metric_rows, views, likes, comments, shares, saves, revenue, \
               revenue_rows)";
    tx.insert_rows(sql, "", rows.collect()).await.unwrap();
    let payments: Vec<Payment> = (0..MEASURED).map(|at| paid(at, &contracts[at])).collect();
    tx.insert_all(&payments).await.unwrap();
    tx.commit().await.unwrap();
    world.app.db().analyze().await.unwrap();
}

async fn a_hundred(world: &World) -> Vec<CreatorId> {
    let names: Vec<String> = (0..100).map(|number| format!("Creator {number:03}")).collect();
    world.add_creators(&names.iter().map(String::as_str).collect::<Vec<_>>()).await
}

#[both_engines]
#[ignore = "takes a minute; prints the figures"]
async fn a_campaign_of_a_million_rows(fresh: FreshDb) {
    let world = World::with(fresh, false).await;
    let creators = a_hundred(&world).await;
    let started = Instant::now();
    let campaign = a_million_rows(&world, &creators).await;
    let engine = world.app.db().engine();
    eprintln!("{engine:?}: a million rows written in {:?}", started.elapsed());
    let path = format!("/api/v1/analytics/campaigns/{campaign}");
    let told = world.analytics(campaign).await;
    assert_eq!(told["total_creators"], 100);
    assert_eq!(told["timeline"].as_array().unwrap().len(), 100);
    for (name, path, most) in [
        ("analytics", path.clone(), 50),
        ("analytics of 50 days", format!("{path}?start_date=2029-12-31&end_date=2030-02-18"), 200),
        ("report.pdf", format!("{path}/report.pdf"), 1_000),
        ("report.csv", format!("{path}/report.csv"), 1_000),
    ] {
        let (middle, worst) = measured(&world.brand, &path, 50).await;
        eprintln!("{engine:?}: {name}: p50 {middle:?}, p99 {worst:?}");
        // Unoptimised the figures say nothing.
        assert!(cfg!(debug_assertions) || middle < Duration::from_millis(most), "{name}: {middle:?}");
    }
}

#[both_engines]
#[ignore = "takes a minute; prints the figures"]
async fn a_dashboard_over_a_hundred_thousand(fresh: FreshDb) {
    let world = World::with(fresh, false).await;
    let creators = a_hundred(&world).await;
    many_of_everything(&world, &creators).await;
    let engine = world.app.db().engine();
    let told = world.dashboard(&world.brand).await;
    assert_eq!(told["overview"]["total_campaigns"], 100_000);
    assert_eq!(told["performance_metrics"]["campaigns_with_roi"], 1_000);
    for (name, client) in [("its workspace", &world.brand), ("an administrator", &world.admin)] {
        let (middle, worst) = measured(client, "/api/v1/analytics/dashboard", 100).await;
        eprintln!("{engine:?}: dashboard of {name}: p50 {middle:?}, p99 {worst:?}");
        assert!(cfg!(debug_assertions) || middle < Duration::from_millis(100), "{name}: {middle:?}");
    }
}
