//! Days of the workspace's time zone.

use audience::{Channel, InteractionKind};
use kernel::Timestamp;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::World;

const SETTINGS: &str = "/api/v1/analytics/settings";

#[both_engines]
async fn days_are_those_of_utc_until_a_time_zone_is_chosen(fresh: FreshDb) {
    let world = World::new(fresh).await;
    assert_eq!(world.get(SETTINGS).await, json!({"time_zone": "UTC", "since": null}));
    let set = world.coach().put(SETTINGS, &json!({"time_zone": "asia/kolkata"})).await.ok();
    assert_eq!(set, json!({"time_zone": "Asia/Kolkata", "since": "2026-03-02T09:00:00Z"}));
    assert_eq!(world.get(SETTINGS).await, set);
    assert_eq!(world.other().get(SETTINGS).await.ok()["time_zone"], "UTC");
    for wrong in [json!({"time_zone": "Mars/Olympus"}), json!({"time_zone": null}), json!({})] {
        assert_eq!(world.coach().put(SETTINGS, &wrong).await.faults(), ["time_zone"]);
    }
}

#[both_engines]
async fn each_span_is_cut_at_midnight_of_the_workspace(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.coach().put(SETTINGS, &json!({"time_zone": "Europe/Madrid"})).await.ok();
    let until = |at: &str| {
        let at: Timestamp = at.parse().unwrap();
        world.clock.advance(at.micros() - world.clock.now().micros());
    };
    let ana = world.arrives(Channel::Web, "ana").await;
    let bea = world.arrives(Channel::Whatsapp, "bea").await;
    // The day on which clocks go back has 25 hours: from 22:00 to 23:00 in UTC. It is a Sunday.
    until("2026-10-26T11:00:00Z");
    for (who, at) in [
        (&ana, "2026-10-24T21:59:59Z"),
        (&ana, "2026-10-24T22:00:00Z"),
        (&bea, "2026-10-25T00:30:00Z"),
        (&ana, "2026-10-25T22:59:59Z"),
        (&bea, "2026-10-25T23:00:00Z"),
    ] {
        world.happens(who, InteractionKind::MessageReceived, who.channel, at.parse().unwrap()).await;
    }
    let range = "start_date=2026-10-24&end_date=2026-10-26";
    let values = |body: &Value| -> Vec<(String, u64)> {
        let points = body["data"].as_array().unwrap().iter();
        points.map(|point| (point["date"].as_str().unwrap().into(), point["value"].as_u64().unwrap())).collect()
    };
    let told = async |query: &str| world.get(&format!("/api/v1/analytics/detailed?{query}&{range}")).await;
    let days = |counts: [u64; 3]| {
        let named = ["2026-10-24", "2026-10-25", "2026-10-26"].into_iter().zip(counts);
        named.map(|(day, count)| (day.to_owned(), count)).collect::<Vec<_>>()
    };
    let interactions = told("metric=interactions&segment=channel").await;
    assert_eq!(values(&interactions), days([1, 3, 1]));
    assert_eq!(interactions["data"][1]["segments"], json!({"web": 2, "whatsapp": 1}));
    assert_eq!(interactions["time_zone"], "Europe/Madrid");
    assert_eq!(values(&told("metric=channels").await), days([1, 3, 1]));
    let users = told("metric=users&segment=channel").await;
    assert_eq!(values(&users), days([1, 2, 1]));
    assert_eq!(users["totals"]["distinct_users"], 2);
    assert_eq!(users["data"][2]["segments"], json!({"whatsapp": 1}));
    let weeks = told("metric=users&granularity=week").await;
    assert_eq!(values(&weeks), [("2026-10-24".to_owned(), 2), ("2026-10-26".to_owned(), 1)]);
    // Today is the workspace's: half past eleven in the evening there is the day before in UTC.
    until("2026-10-26T23:30:00Z");
    let overview = world.get("/api/v1/analytics/overview?period=7d").await;
    assert_eq!(overview["date_range"], json!({"start_date": "2026-10-21", "end_date": "2026-10-27"}));
    assert_eq!((&overview["time_zone"], &overview["summary"]["active_users"]), (&json!("Europe/Madrid"), &json!(2)));
}
