//! A campaign's analytics.

use insights::Figures;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use super::World;
use super::world::post;

fn revenue(of: Figures, minor: i64) -> Figures {
    Figures { revenue: minor, revenue_rows: 1, ..of }
}

#[both_engines]
async fn where_there_is_nothing_nothing_is_told(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let campaign = world.campaign().await;
    let told = world.analytics(campaign).await;
    assert_eq!(told["campaign_id"], json!(campaign));
    assert_eq!((&told["creator_performance"], &told["timeline"]), (&json!([]), &json!([])));
    // As the contract has it: what is not null is 0, and rates are null.
    for (name, value) in told["performance"].as_object().unwrap() {
        assert!(value.is_null() || *value == json!(0), "{name}: {value}");
    }
    assert_eq!(told["performance"]["roi"], Value::Null);
    assert_eq!(told["performance"]["average_engagement_rate"], Value::Null);
    assert_eq!(told["roi_reason"], "no revenue is reported or ordered");
    assert_eq!(told["delivery"]["on_time_rate"], Value::Null);
    assert_eq!((&told["budget"]["planned"], &told["budget"]["left"]), (&json!(15000.0), &json!(15000.0)));
    // By its code as well.
    let by_code = world.brand.get("/api/v1/analytics/campaigns/CAMP-001").await.ok();
    assert_eq!(by_code, told);
}

#[both_engines]
async fn known_rows_give_known_figures(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let campaign = world.campaign().await;
    let contract = world.signed(campaign, 0, "USD", 100.0).await;
    world.pay(&contract).await;
    world
        .figures(
            campaign,
            &[
                (
                    0,
                    "2030-01-01",
                    "USD",
                    revenue(
                        Figures { clicks: 10, conversions: 2, reach: 500, reach_rows: 1, ..post(1000, 40, 5, 3, 2) },
                        42_000,
                    ),
                ),
                (0, "2030-01-04", "", post(500, 30, 0, 0, 0)),
                (
                    1,
                    "2030-01-04",
                    "",
                    Figures { link_clicks: 7, link_repeats: 2, bot_clicks: 9, ..post(500, 10, 10, 0, 0) },
                ),
                (
                    1,
                    "2030-01-04",
                    "USD",
                    Figures { orders: 1, order_revenue: 0, order_revenue_rows: 1, ..Figures::default() },
                ),
            ],
        )
        .await;
    let told = world.analytics(campaign).await;
    let what = &told["performance"];
    assert_eq!((&what["total_views"], &what["total_engagement"]), (&json!(2000), &json!(100)));
    assert_eq!(
        (&what["average_engagement_rate"], &what["engagement_rate_denominator"]),
        (&json!(5.0), &json!("views"))
    );
    assert_eq!((&what["total_reach"], &what["potential_reach"]), (&json!(500), &json!(3000)));
    assert_eq!(
        (&what["clicks"], &what["clicks_reported"], &what["clicks_tracked"]),
        (&json!(17), &json!(10), &json!(7))
    );
    assert_eq!((&what["clicks_repeated"], &what["clicks_by_bots"]), (&json!(2), &json!(9)));
    assert_eq!(
        (&what["conversions"], &what["conversions_reported"], &what["orders"]),
        (&json!(3), &json!(2), &json!(1))
    );
    assert_eq!(what["revenue"], json!([{"currency": "USD", "reported": 420.0, "orders": 0.0, "total": 420.0}]));
    assert_eq!(what["cost"], json!([{"currency": "USD", "paid": 100.0, "refunded": 0.0, "total": 100.0}]));
    // (420 − 100) / 100
    assert_eq!((&what["roi"], &told["roi_reason"]), (&json!(3.2), &Value::Null));
    // 80 × 0.30 + 15 × 0.50 + 2 × 0.05
    assert_eq!(what["earned_media_value"], json!(31.6));
    assert_eq!((&what["cost_per_engagement"], &what["cost_per_view"]), (&json!(1.0), &json!(0.05)));
    assert_eq!((&what["cost_per_conversion"], &what["cost_currency"]), (&json!(33.3333), &json!("USD")));

    let days: Vec<_> =
        told["timeline"].as_array().unwrap().iter().map(|day| (day["date"].clone(), day["views"].clone())).collect();
    let wanted = [("2030-01-01", 1000), ("2030-01-02", 0), ("2030-01-03", 0), ("2030-01-04", 1000)];
    assert_eq!(days, wanted.map(|(day, views)| (json!(day), json!(views))));
    assert_eq!(
        told["timeline"][3],
        json!({"date": "2030-01-04", "views": 1000, "engagement": 50, "clicks": 7, "conversions": 1,
        "revenue": [{"currency": "USD", "amount": 0.0}]})
    );

    let lines = told["creator_performance"].as_array().unwrap();
    assert_eq!((lines.len(), &told["total_creators"]), (2, &json!(2)));
    let ana = &lines[0];
    assert_eq!(
        (&ana["creator_name"], &ana["content_views"], &ana["engagement"]),
        (&json!("Ana Ferreira"), &json!(1500), &json!(80))
    );
    assert_eq!((&ana["engagement_rate"], &ana["roi"]), (&json!(5.33), &json!(3.2)));
    assert_eq!((&ana["delivery_status"], &ana["contract_status"]), (&json!("pending"), &json!("signed")));
    assert_eq!(ana["deliverables"], json!({"total": 2, "pending": 2, "submitted": 0, "approved": 0, "late": 0}));
    assert_eq!(lines[1]["delivery_status"], Value::Null);

    let budget = &told["budget"];
    assert_eq!((&budget["agreed"], &budget["paid"], &budget["left"]), (&json!(100.0), &json!(100.0), &json!(14900.0)));
    assert_eq!(budget["by_currency"], json!([]));
}

#[both_engines]
async fn currencies_are_never_mixed(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let campaign = world.campaign().await;
    world.pay(&world.signed(campaign, 0, "EUR", 80.0).await).await;
    world.figures(campaign, &[(0, "2030-01-01", "USD", revenue(post(10, 1, 0, 0, 0), 42_000))]).await;
    let told = world.analytics(campaign).await;
    assert_eq!(told["performance"]["roi"], Value::Null);
    assert_eq!(told["roi_reason"], "revenue and payments are not in one and the same currency");
    assert_eq!((&told["budget"]["paid"], &told["budget"]["left"]), (&json!(0.0), &Value::Null));
    assert_eq!(
        told["budget"]["by_currency"],
        json!([{"currency": "EUR", "agreed": 80.0, "paid": 80.0, "refunded": 0.0}])
    );
    // What it cost is in one currency all the same.
    assert_eq!(
        (&told["performance"]["cost_per_view"], &told["performance"]["cost_currency"]),
        (&json!(8.0), &json!("EUR"))
    );
    world.figures(campaign, &[(1, "2030-01-02", "EUR", revenue(post(10, 1, 0, 0, 0), 16_000))]).await;
    let told = world.analytics(campaign).await;
    assert_eq!(told["performance"]["roi"], Value::Null);
    let revenue = told["performance"]["revenue"].as_array().unwrap();
    assert_eq!((&revenue[0]["currency"], &revenue[0]["total"]), (&json!("EUR"), &json!(160.0)));
    assert_eq!((&revenue[1]["currency"], &revenue[1]["total"]), (&json!("USD"), &json!(420.0)));
    assert_eq!(world.dashboard(&world.brand).await["performance_metrics"]["average_campaign_roi"], Value::Null);
}

#[both_engines]
async fn what_went_back_is_no_cost(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let campaign = world.campaign().await;
    let paid = world.pay(&world.signed(campaign, 0, "USD", 100.0).await).await;
    world.figures(campaign, &[(0, "2030-01-01", "USD", revenue(post(10, 1, 0, 0, 0), 7_500))]).await;
    assert_eq!(world.analytics(campaign).await["performance"]["roi"], json!(-0.25));
    world.brand.post(&format!("{}/refund", paid[0]), &json!({"amount": 25.0})).await.ok();
    let told = world.analytics(campaign).await;
    assert_eq!((&told["performance"]["roi"], &told["budget"]["refunded"]), (&json!(0.0), &json!(25.0)));
    assert_eq!((&told["performance"]["cost"][0]["total"], &told["budget"]["left"]), (&json!(75.0), &json!(14925.0)));
}

#[both_engines]
async fn a_write_is_seen_at_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let campaign = world.campaign().await;
    let lines = |told: &Value| told["creator_performance"].as_array().unwrap().len();
    assert_eq!(lines(&world.analytics(campaign).await), 0);
    let contract = world.drafted(campaign, 2, "USD", 100.0).await;
    let told = world.analytics(campaign).await;
    assert_eq!(lines(&told), 1);
    let line = &told["creator_performance"][0];
    assert_eq!((&line["creator_name"], &line["delivery_status"]), (&json!("Chen 王小明"), &json!("pending")));
    assert_eq!((&line["content_views"], &line["engagement_rate"]), (&json!(0), &Value::Null));
    world.brand.put(&format!("/api/v1/creators/{}", world.creators[2]), &json!({"name": "Chen Li"})).await.ok();
    assert_eq!(world.analytics(campaign).await["creator_performance"][0]["creator_name"], "Chen Li");
    world.brand.put(&format!("/api/v1/contracts/{contract}"), &json!({"status": "sent"})).await.ok();
    world.brand.post(&format!("/api/v1/contracts/{contract}/sign"), &json!({})).await.ok();
    let told = world.analytics(campaign).await;
    assert_eq!(
        (&told["creator_performance"][0]["contract_status"], &told["budget"]["agreed"]),
        (&json!("signed"), &json!(100.0))
    );
    world.figures(campaign, &[(2, "2030-01-01", "", post(10, 1, 0, 0, 0))]).await;
    assert_eq!(world.analytics(campaign).await["performance"]["total_views"], 10);
    let details = world.brand.get(&format!("/api/v1/contracts/{contract}/deliverables")).await.ok();
    let first = details["deliverables"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/contracts/{contract}/deliverables/{first}");
    world.brand.put(&path, &json!({"status": "submitted"})).await.ok();
    let told = world.analytics(campaign).await;
    assert_eq!(told["creator_performance"][0]["delivery_status"], "in_progress");
    assert_eq!((&told["delivery"]["submitted"], &told["delivery"]["on_time_rate"]), (&json!(1), &json!(100.0)));
    world.brand.put(&format!("/api/v1/campaigns/{campaign}"), &json!({"total_budget": 20_000})).await.ok();
    assert_eq!(world.analytics(campaign).await["budget"]["planned"], json!(20000.0));
    world.brand.delete(&format!("/api/v1/campaigns/{campaign}")).await.ok();
    world.brand.get(&format!("/api/v1/analytics/campaigns/{campaign}")).await.refused(404);
}

#[both_engines]
async fn a_part_of_the_days_is_told_as_one(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let campaign = world.campaign().await;
    world.pay(&world.signed(campaign, 0, "USD", 100.0).await).await;
    world
        .figures(
            campaign,
            &[
                (0, "2030-01-01", "USD", revenue(post(1000, 40, 0, 0, 0), 42_000)),
                (1, "2030-01-03", "", post(300, 30, 0, 0, 0)),
                (1, "2030-01-05", "", post(700, 7, 0, 0, 0)),
            ],
        )
        .await;
    let path = format!("/api/v1/analytics/campaigns/{campaign}");
    let told = world.brand.get(&format!("{path}?start_date=2030-01-02&end_date=2030-01-04")).await.ok();
    assert_eq!((&told["performance"]["total_views"], &told["period"]["whole"]), (&json!(300), &json!(false)));
    assert_eq!((&told["performance"]["roi"], &told["performance"]["cost_per_view"]), (&Value::Null, &Value::Null));
    assert!(told["roi_reason"].as_str().unwrap().contains("a part of its days"));
    let days: Vec<_> =
        told["timeline"].as_array().unwrap().iter().map(|day| day["date"].as_str().unwrap().to_owned()).collect();
    assert_eq!(days, ["2030-01-02", "2030-01-03", "2030-01-04"]);
    let ben = &told["creator_performance"][0];
    assert_eq!((&ben["creator_name"], &ben["content_views"]), (&json!("Ben Okafor"), &json!(300)));
    assert_eq!(told["creator_performance"][1]["content_views"], 0);
    // Dates around everything are everything.
    let all = world.brand.get(&format!("{path}?start_date=2030-01-01&end_date=2030-02-01")).await.ok();
    assert_eq!((&all["performance"]["roi"], &all["period"]["whole"]), (&json!(3.2), &json!(true)));
    // Nothing in the days: nothing is told of them.
    let none = world.brand.get(&format!("{path}?start_date=2029-01-01&end_date=2029-02-01")).await.ok();
    assert_eq!((&none["timeline"], &none["performance"]["total_views"]), (&json!([]), &Value::Null));
}

#[both_engines]
async fn days_that_make_no_sense_are_refused(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let campaign = world.campaign().await;
    for end in ["", "/report.csv", "/report.pdf"] {
        let path = format!("/api/v1/analytics/campaigns/{campaign}{end}");
        for query in [
            "start_date=2030-02-01&end_date=2030-01-01",
            "start_date=yesterday",
            "end_date=2030-02-30",
            "start_date=01.02.2030",
        ] {
            let reply = world.brand.get(&format!("{path}?{query}")).await;
            reply.refused(422);
        }
    }
    let reply = world
        .brand
        .get(&format!("/api/v1/analytics/campaigns/{campaign}?start_date=x&end_date=y&limit=0&offset=-1"))
        .await;
    assert_eq!(reply.faults(), ["start_date", "end_date", "limit", "offset"]);
}

#[both_engines]
async fn what_is_another_s_is_not_there(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (own, theirs) = (world.campaign().await, world.campaign_of(world.other_workspace).await);
    world.figures(own, &[(0, "2030-01-01", "USD", revenue(post(10, 1, 0, 0, 0), 100))]).await;
    for end in ["", "/report.csv", "/report.pdf"] {
        for name in [own.to_string(), "CAMP-001".to_owned(), "CAMP-777".to_owned(), "nothing".to_owned()] {
            world.other.get(&format!("/api/v1/analytics/campaigns/{name}{end}")).await.refused(404);
            world.someone.get(&format!("/api/v1/analytics/campaigns/{name}{end}")).await.refused(404);
        }
        world.other.get(&format!("/api/v1/analytics/campaigns/{theirs}{end}")).await.bytes.len();
    }
    // Asked by the one, kept, and not shown to the other.
    world.analytics(own).await;
    world.other.get(&format!("/api/v1/analytics/campaigns/{own}")).await.refused(404);
    assert_eq!(
        world.admin.get(&format!("/api/v1/analytics/campaigns/{own}")).await.ok()["performance"]["total_views"],
        10
    );
}

#[both_engines]
async fn many_creators_come_page_by_page(fresh: FreshDb) {
    let mut world = World::new(fresh).await;
    let campaign = world.campaign().await;
    let names: Vec<String> = (0..103).map(|number| format!("Creator {number:03}")).collect();
    let more = world.add_creators(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    for (at, creator) in more.iter().enumerate() {
        world.creators[0] = *creator;
        world.figures(campaign, &[(0, "2030-01-01", "", post(1000, i64::try_from(at).unwrap(), 0, 0, 0))]).await;
    }
    let path = format!("/api/v1/analytics/campaigns/{campaign}");
    let first = world.brand.get(&path).await.ok();
    assert_eq!((first["creator_performance"].as_array().unwrap().len(), &first["total_creators"]), (100, &json!(103)));
    assert_eq!(first["creator_performance"][0]["creator_name"], "Creator 102");
    let rest = world.brand.get(&format!("{path}?offset=100&limit=2")).await.ok();
    let names: Vec<_> =
        rest["creator_performance"].as_array().unwrap().iter().map(|line| line["creator_name"].clone()).collect();
    assert_eq!(names, ["Creator 002", "Creator 001"]);
    assert_eq!(rest["performance"]["total_views"], 103_000);
}
