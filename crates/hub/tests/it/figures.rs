//! Overview and detailed analytics.

use std::collections::{BTreeMap, BTreeSet};

use audience::{Channel, InteractionKind, Member};
use hub::ports::{ProgramDay, TopProgram};
use kernel::{Day, Id, time};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};
use uuid::Uuid;

use crate::world::World;

const DETAILED: &str = "/api/v1/analytics/detailed";

fn values(body: &Value) -> Vec<(&str, u64)> {
    let points = body["data"].as_array().unwrap().iter();
    points.map(|point| (point["date"].as_str().unwrap(), point["value"].as_u64().unwrap())).collect()
}

#[both_engines]
async fn nobody_yet(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let body = world.get("/api/v1/analytics/overview").await;
    let nothing = json!({"total_users": 0, "new_users": 0, "active_users": 0, "total_interactions": 0, "ai_interactions": 0,
        "human_escalations": 0, "average_engagement_score": null, "program_completions": 0});
    assert_eq!((&body["period"], &body["summary"]), (&json!("30d"), &nothing));
    let trends = json!({"user_growth_rate": null, "engagement_trend": null, "satisfaction_trend": null});
    assert_eq!((&body["trends"], &body["top_programs"]), (&trends, &json!([])));
    for metric in ["users", "interactions", "programs", "channels"] {
        let body = world.get(&format!("{DETAILED}?metric={metric}&segment=channel")).await;
        assert_eq!((body["data"].as_array().unwrap().len(), &body["totals"]["total_value"]), (30, &json!(0)));
        assert_eq!((&body["totals"]["peak_value"], &body["totals"]["peak_date"]), (&Value::Null, &Value::Null));
        assert_eq!(body["data"][29]["date"], "2026-03-02");
    }
    let reply = world.coach().get(&format!("{DETAILED}?metric=shoes&granularity=hour&segment=moon")).await;
    assert_eq!((reply.status, reply.json()["error"]["details"].as_array().unwrap().len()), (422, 3));
    for dates in ["start_date=2026-02-01&end_date=2026-01-01", "start_date=2025-01-01&end_date=2026-01-02"] {
        assert_eq!(world.coach().get(&format!("{DETAILED}?metric=users&{dates}")).await.status, 422);
    }
    assert_eq!(world.coach().get("/api/v1/analytics/overview?period=2h").await.status, 422);
}

#[both_engines]
async fn whoever_came_on_three_days_of_a_week_counts_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.arrives(Channel::Web, "ana").await;
    let bea = world.arrives(Channel::Whatsapp, "bea").await;
    // Ana writes on three days of this week, on the last of them on two channels, and once in the next.
    for (days, channel) in [(1, Channel::Web), (1, Channel::Web), (0, Channel::Telegram), (5, Channel::Web)] {
        world.clock.advance(days * time::DAY);
        world.happens(&ana, InteractionKind::MessageReceived, channel, world.clock.now()).await;
    }
    world.happens(&bea, InteractionKind::AiAnswer, Channel::Whatsapp, world.clock.now()).await;
    let range = "start_date=2026-02-28&end_date=2026-03-10";
    let by_day = world.get(&format!("{DETAILED}?metric=users&{range}&segment=channel")).await;
    assert_eq!(
        values(&by_day).into_iter().filter(|(_, value)| *value > 0).collect::<Vec<_>>(),
        [("2026-03-02", 2), ("2026-03-03", 1), ("2026-03-04", 1), ("2026-03-09", 1)],
        "a message to Bea is no visit"
    );
    assert_eq!(by_day["data"][2]["segments"], json!({"web": 1, "whatsapp": 1}));
    assert_eq!(
        by_day["data"][4]["segments"],
        json!({"web": 1, "telegram": 1}),
        "on two channels, but once in the value"
    );
    let totals = json!({"total_value": 5, "average_daily": 0.45, "peak_value": 2, "peak_date": "2026-03-02", "distinct_users": 2});
    assert_eq!(by_day["totals"], totals);
    let by_week = world.get(&format!("{DETAILED}?metric=users&{range}&granularity=week&segment=user_type")).await;
    assert_eq!(values(&by_week), [("2026-02-28", 0), ("2026-03-02", 2), ("2026-03-09", 1)]);
    assert_eq!(by_week["data"][1]["segments"], json!({"new": 2}));
    assert_eq!(by_week["data"][2]["segments"], json!({"returning": 1}));
    let by_month = world.get(&format!("{DETAILED}?metric=users&{range}&granularity=month")).await;
    assert_eq!(values(&by_month), [("2026-02-28", 0), ("2026-03-01", 2)]);
    let theirs = world.other().get(&format!("{DETAILED}?metric=users&{range}")).await.json();
    assert_eq!(theirs["totals"]["total_value"], 0, "another's audience is not counted");
}

#[both_engines]
async fn an_overview_of_what_there_is(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.arrives(Channel::Web, "ana").await;
    world.happens(&ana, InteractionKind::MessageReceived, Channel::Web, world.clock.now()).await;
    world.rates(world.today(), 2, 6).await;
    world.clock.advance(7 * time::DAY);
    world.arrives(Channel::Web, "bea").await;
    let at = world.clock.now();
    for kind in [InteractionKind::MessageReceived, InteractionKind::AiAnswer, InteractionKind::EscalationCreated] {
        world.happens(&ana, kind, Channel::Web, at).await;
    }
    world.rates(world.today(), 1, 5).await;
    let program = Id::from_uuid(Uuid::from_u128(7));
    {
        let mut made_up = world.programs.0.lock().unwrap();
        made_up.0.push(ProgramDay { day: world.today(), program_id: program, enrolled: 3, completed: 2 });
        made_up.0.push(ProgramDay { day: world.today().plus(-8), program_id: program, enrolled: 1, completed: 1 });
        made_up.1.push(TopProgram { program_id: program, name: "Weight Loss".into(), enrollments: 4, completed: 3 });
    }
    let body = world.get("/api/v1/analytics/overview?period=7d").await;
    let summary = &body["summary"];
    for (name, wanted) in [
        ("total_users", 2),
        ("new_users", 1),
        ("active_users", 2),
        ("total_interactions", 3),
        ("ai_interactions", 1),
        ("human_escalations", 1),
        ("program_completions", 2),
    ] {
        assert_eq!(summary[name], wanted, "{name}");
    }
    assert!(summary["average_engagement_score"].as_f64().is_some_and(|score| score > 0.0 && score <= 1.0));
    let trends = json!({"user_growth_rate": 1.0, "engagement_trend": "increasing", "satisfaction_trend": "increasing"});
    assert_eq!(body["trends"], trends);
    let top =
        json!([{"program_id": program, "program_name": "Weight Loss", "enrollments": 4, "completion_rate": 0.75}]);
    assert_eq!(body["top_programs"], top);
    let detailed = world.get(&format!("{DETAILED}?metric=programs&segment=program&granularity=month")).await;
    assert_eq!(
        detailed["data"][1],
        json!({"date": "2026-03-01", "value": 4, "completed": 3, "segments": {program.to_string(): 4}})
    );
    assert_eq!(detailed["segment_names"], json!({program.to_string(): "Weight Loss"}));
}

#[both_engines]
async fn figures_are_the_sums_of_the_rows(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let mut crowd: Vec<Member> = Vec::new();
    for name in ["a", "b", "c", "d"] {
        crowd.push(world.arrives(Channel::Web, name).await);
    }
    let (first, last) = (world.today().plus(-60), world.today());
    let mut came: BTreeMap<Day, BTreeSet<usize>> = BTreeMap::from([(last, (0..4).collect())]);
    let mut happened: BTreeMap<Day, u64> = BTreeMap::new();
    let mut runner = TestRunner::deterministic();
    let one = (0..4_usize, 0..InteractionKind::ALL.len(), 0..4_usize, 0..60_i64);
    let steps = proptest::collection::vec(one, 150).new_tree(&mut runner).unwrap().current();
    for (who, kind, channel, days) in steps {
        let (kind, at) = (InteractionKind::ALL[kind], world.clock.now().plus(-days * time::DAY));
        world.happens(&crowd[who], kind, Channel::ALL[channel], at).await;
        *happened.entry(Day::of(at)).or_default() += 1;
        if kind.is_own() {
            came.entry(Day::of(at)).or_default().insert(who);
        }
    }
    let range = format!("start_date={first}&end_date={last}");
    for granularity in ["day", "week", "month"] {
        let users = world.get(&format!("{DETAILED}?metric=users&granularity={granularity}&{range}")).await;
        let all = world
            .get(&format!("{DETAILED}?metric=interactions&segment=channel&granularity={granularity}&{range}"))
            .await;
        let starts: Vec<Day> = values(&users).iter().map(|(date, _)| Day::written(date).unwrap()).collect();
        for (place, point) in values(&users).into_iter().enumerate() {
            let span = starts[place]..starts.get(place + 1).copied().unwrap_or(last.plus(1));
            let distinct: BTreeSet<usize> = came.range(span.clone()).flat_map(|(_, who)| who).copied().collect();
            assert_eq!(point.1, distinct.len() as u64, "{granularity} of {}", point.0);
            let wanted: u64 = happened.range(span).map(|(_, count)| count).sum();
            assert_eq!(values(&all)[place], (point.0, wanted));
            let segments = all["data"][place]["segments"].as_object().unwrap();
            assert_eq!(segments.values().map(|value| value.as_u64().unwrap()).sum::<u64>(), wanted);
        }
        assert_eq!(all["totals"]["total_value"], 150);
        assert_eq!(users["totals"]["distinct_users"], 4);
    }
}
