//! Sums of days and scores are what the rows say, whatever happens in whatever order.

use std::collections::{BTreeMap, BTreeSet};

use audience::{Channel, InteractionKind, Member, calendar, figures, members};
use db::Tx;
use kernel::{Day, time};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::World;

#[derive(Clone, Debug)]
enum Step {
    Happens { who: usize, kind: usize, channel: usize, days_ago: i64 },
    Seen { who: usize, days_ago: i64 },
    Passes { hours: i64 },
    Merge { into: usize, from: usize },
    Works,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..6_usize, 0..InteractionKind::ALL.len(), 0..4_usize, 0..40_i64)
            .prop_map(|(who, kind, channel, days_ago)| Step::Happens { who, kind, channel, days_ago }),
        2 => (0..6_usize, 0..20_i64).prop_map(|(who, days_ago)| Step::Seen { who, days_ago }),
        2 => (1..100_i64).prop_map(|hours| Step::Passes { hours }),
        1 => (0..6_usize, 0..6_usize).prop_map(|(into, from)| Step::Merge { into, from }),
        1 => Just(Step::Works),
    ]
}

#[both_engines]
async fn sums_and_scores_are_those_of_the_rows(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let mut crowd: Vec<Member> = Vec::new();
    for place in 0..6 {
        crowd.push(world.reach(&format!("3460011100{place}"), "x").await);
    }
    let mut runner = TestRunner::deterministic();
    let steps = proptest::collection::vec(step(), 120).new_tree(&mut runner).unwrap().current();
    for step in steps {
        match step {
            Step::Happens { who, kind, channel, days_ago } => {
                let at = world.clock.now().plus(-days_ago * time::DAY);
                let (kind, channel) = (InteractionKind::ALL[kind], Channel::ALL[channel]);
                let mut tx = world.write().await;
                members::interaction(&mut tx, &crowd[who], kind, channel, at).await.unwrap();
                tx.commit().await.unwrap();
            }
            Step::Seen { who, days_ago } => {
                let mut tx = world.write().await;
                members::seen(&mut tx, &crowd[who], world.clock.now().plus(-days_ago * time::DAY)).await.unwrap();
                tx.commit().await.unwrap();
            }
            Step::Passes { hours } => world.clock.advance(hours * time::HOUR),
            Step::Merge { into, from } if crowd[into].id != crowd[from].id => {
                let mut tx = world.write().await;
                let two = (crowd[into].id, crowd[from].id);
                let merged = members::merge(&mut tx, &[], world.hub(), two, None).await.unwrap();
                tx.commit().await.unwrap();
                let gone = crowd[from].id;
                crowd
                    .iter_mut()
                    .filter(|member| member.id == gone || member.id == merged.id)
                    .for_each(|member| *member = merged.clone());
            }
            Step::Merge { .. } => {}
            Step::Works => world.work().await,
        }
    }
    world.work().await;
    check(&world, &crowd).await;
}

/// How many different members came within spans of all lengths, worked out of who came on which day.
async fn check_visits(tx: &mut Tx, world: &World) {
    let visits: Vec<(Day, Channel, uuid::Uuid)> = tx
        .fetch_all("SELECT day, channel, member_id FROM audience_member_days WHERE came = TRUE ORDER BY day", vec![])
        .await
        .unwrap();
    let (first, last) = (visits[0].0, visits[visits.len() - 1].0);
    let starts = (first.0..=last.0).step_by(3);
    let spans: Vec<(Day, Day)> =
        starts.flat_map(|since| [0, 1, 6, 30, 200].map(|length| (Day(since), Day(since + length)))).collect();
    let within = |(since, until): (Day, Day), over: Option<Channel>| {
        let all = visits
            .iter()
            .filter(|(day, channel, _)| (since..=until).contains(day) && over.is_none_or(|over| over == *channel));
        all.map(|(.., member)| *member).collect::<BTreeSet<_>>().len() as u64
    };
    let wanted: Vec<u64> = spans.iter().map(|span| within(*span, None)).collect();
    assert_eq!(figures::members_in(tx, world.hub(), &spans).await.unwrap(), wanted);
    let short: Vec<(Day, Day)> = spans.into_iter().filter(|(since, until)| until.0 - since.0 <= 30).collect();
    for (place, channel, count) in figures::members_in_by_channel(tx, world.hub(), &short).await.unwrap() {
        assert_eq!(count, within(short[place], Some(channel)), "{:?} {channel:?}", short[place]);
    }
}

/// The sums of days, the counts and the scores, worked out of the rows.
async fn check(world: &World, crowd: &[Member]) {
    let mut tx = world.read().await;
    let rows: Vec<(String, String, i64, uuid::Uuid)> =
        tx.fetch_all("SELECT channel, kind, at, member_id FROM audience_interactions", vec![]).await.unwrap();
    assert!(!rows.is_empty());
    let mut wanted: BTreeMap<(i64, String), [u64; 5]> = BTreeMap::new();
    for (channel, kind, at, _) in &rows {
        let kind = InteractionKind::parse(kind).unwrap();
        let [read, sent, ai, escalated] = kind.sums();
        let day = Day::of(kernel::Timestamp::from_micros(*at)).0;
        let sums = wanted.entry((day, channel.clone())).or_default();
        for (sum, more) in sums.iter_mut().zip([1, read, sent, ai, escalated]) {
            *sum += more as u64;
        }
    }
    let all = (Day(0), Day(1_000_000));
    let told = figures::days(&mut tx, world.hub(), None, all).await.unwrap();
    let told: BTreeMap<(i64, String), [u64; 5]> = told
        .into_iter()
        .filter(|day| day.interactions > 0)
        .map(|day| {
            let sums = [day.interactions, day.messages_in, day.messages_out, day.ai, day.escalations];
            ((day.day.0, day.channel.word().to_owned()), sums)
        })
        .collect();
    assert_eq!(told, wanted);
    check_visits(&mut tx, world).await;
    let today = Day::of(world.clock.now());
    for member in crowd {
        let member = members::get(&mut tx, world.hub(), member.id).await.unwrap().unwrap();
        let own = rows.iter().filter(|(.., id)| *id == member.id.uuid());
        let (mut days, mut asked, mut answered, mut count) = (std::collections::BTreeSet::new(), 0, 0, 0);
        for (_, kind, at, _) in own {
            let kind = InteractionKind::parse(kind).unwrap();
            let day = Day::of(kernel::Timestamp::from_micros(*at));
            count += 1;
            if kind.is_own() && day > today.plus(-14) {
                days.insert(day.0);
            }
            if day > today.plus(-30) {
                asked += kind.questions()[0];
                answered += kind.questions()[1];
            }
        }
        assert_eq!(member.interactions, count);
        let score = member.last_active_at.map(|_| {
            let mut parts = vec![(0.5, (days.len() as f64 / 7.0).min(1.0))];
            if asked > 0 {
                parts.push((0.3, (f64::from(answered.min(asked) as i32)) / asked as f64));
            }
            let weights: f64 = parts.iter().map(|(weight, _)| weight).sum();
            parts.iter().map(|(weight, part)| weight * part).sum::<f64>() / weights
        });
        match (member.engagement_score(), score) {
            (None, None) => {}
            (Some(told), Some(score)) => assert!((told - score).abs() < 0.000_06, "{told} and {score}"),
            (told, score) => panic!("{told:?} and {score:?}"),
        }
        let is_active = member.active_at.plus(30 * time::DAY) > world.clock.now();
        assert_eq!(member.is_active, is_active);
    }
    let counted: Vec<(String, bool, u64)> = tx
        .fetch_all("SELECT channel, is_active, count(*) FROM audience_members GROUP BY channel, is_active ORDER BY channel, is_active", vec![])
        .await
        .unwrap();
    let kept: Vec<(String, bool, u64)> = tx
        .fetch_all("SELECT channel, is_active, members FROM audience_counts WHERE tag = '' AND members <> 0 ORDER BY channel, is_active", vec![])
        .await
        .unwrap();
    assert_eq!(kept, counted);
}

#[both_engines]
async fn a_score_fades_by_itself(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let member = world.reach("34600111000", "x").await;
    for day in 0..7 {
        let mut tx = world.write().await;
        let at = world.clock.now().plus(-day * time::DAY);
        members::interaction(&mut tx, &member, InteractionKind::MessageReceived, member.channel, at).await.unwrap();
        tx.commit().await.unwrap();
    }
    let score = async || world.member(member.id).await.engagement_score();
    assert_eq!(score().await, Some(1.0));
    let mut tx = world.write().await;
    members::interaction(&mut tx, &member, InteractionKind::QuestionAsked, member.channel, world.clock.now())
        .await
        .unwrap();
    members::progress(&mut tx, &member, Some(0.5)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(score().await, Some(0.6), ".5 + .3 · 0 + .2 · .5");
    world.clock.advance(10 * time::DAY);
    world.work().await;
    assert_eq!(score().await, Some(0.3857), "four days are left");
    world.clock.advance(30 * time::DAY);
    world.work().await;
    assert_eq!(score().await, Some(0.1429), "progress alone");
    assert_eq!(world.counted("SELECT count(*) FROM audience_members WHERE score_due_at IS NOT NULL").await, 0);
}

#[both_engines]
async fn who_came_on_a_day(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.add("john", "web", json!({})).await;
    let ana = world.reach("34600111000", "Ana").await;
    world.clock.advance(time::DAY);
    let mut tx = world.write().await;
    members::interaction(&mut tx, &ana, InteractionKind::MessageSent, ana.channel, world.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let today = Day::of(world.clock.now());
    let mut tx = world.read().await;
    let spans = [(today.plus(-1), today.plus(-1)), (today, today), (today.plus(-5), today)];
    let came = figures::members_in(&mut tx, world.hub(), &spans).await.unwrap();
    assert_eq!(came, [2, 0, 2], "a message to them is no visit");
    let mut by_channel = figures::members_in_by_channel(&mut tx, world.hub(), &spans[..1]).await.unwrap();
    by_channel.retain(|(.., count)| *count > 0);
    assert_eq!(by_channel, [(0, Channel::Web, 1), (0, Channel::Whatsapp, 1)]);
    let days = figures::days(&mut tx, world.hub(), Some(Channel::Whatsapp), (today.plus(-5), today)).await.unwrap();
    assert_eq!((days.len(), days[0].new_members, days[1].messages_out), (2, 1, 1));
}

#[both_engines]
async fn days_begin_at_midnight_of_the_workspace(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let member = world.reach("34600111000", "x").await;
    let happens = async |at: &str| {
        let mut tx = world.write().await;
        let (kind, at) = (InteractionKind::MessageReceived, at.parse().unwrap());
        members::interaction(&mut tx, &member, kind, member.channel, at).await.unwrap();
        tx.commit().await.unwrap();
    };
    let set = async |zone: &str| {
        let mut tx = world.write().await;
        let calendar = calendar::set(&mut tx, world.hub(), zone).await.unwrap();
        tx.commit().await.unwrap();
        calendar
    };
    let chosen = set("Europe/Madrid").await;
    let since = chosen.since();
    assert!(since.is_some());
    assert_eq!((set("Europe/Madrid").await.since(), chosen.time_zone()), (since, "Europe/Madrid"));
    // The 25 hours of the day on which clocks go back.
    let day = Day::written("2025-10-26").unwrap();
    for at in ["2025-10-25T21:59:59Z", "2025-10-25T22:00:00Z", "2025-10-26T22:59:59Z", "2025-10-26T23:00:00Z"] {
        happens(at).await;
    }
    set("Asia/Kolkata").await;
    let other = Day::written("2025-12-01").unwrap();
    for at in ["2025-11-30T18:29:59Z", "2025-11-30T18:30:00Z", "2025-12-01T18:29:59Z"] {
        happens(at).await;
    }
    let mut tx = world.read().await;
    let days = figures::days(&mut tx, world.hub(), None, (day.plus(-1), other)).await.unwrap();
    let told: Vec<(Day, u64)> = days.iter().map(|sums| (sums.day, sums.interactions)).collect();
    assert_eq!(told, [(day.plus(-1), 1), (day, 2), (day.plus(1), 1), (other.plus(-1), 1), (other, 2)]);
    let spans = [(day, day), (day.plus(-1), day.plus(1)), (other.plus(1), other.plus(1))];
    assert_eq!(figures::members_in(&mut tx, world.hub(), &spans).await.unwrap(), [1, 1, 0]);
}
