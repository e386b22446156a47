//! The pure step against any flow, any member and any order of what happens: never stuck, never doubled, always at an end or with something to wait for.

use audience::Channel;
use jiff::tz::TimeZone;
use kernel::{Timestamp, time};
use programs::Flow;
use programs::model::nodes::{Until, WaitNode};
use programs::model::step::MOST_IN_ONE_GO;
use programs::model::time::{due, resolve};
use programs::model::{Effect, Event, Figure, Person, Said, State, Tally, Waiting, kind::Weekday, step};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use uuid::Uuid;

fn person(now: Timestamp) -> Person {
    Person {
        name: Some("Ana".into()),
        profile: Map::new(),
        tags: Vec::new(),
        channel: Channel::Web,
        language: None,
        zone: TimeZone::get("Europe/Madrid").unwrap(),
        score: None,
        active_at: now,
        now,
        last_message: None,
        program_name: "P".into(),
    }
}

/// A node of any type, by a number.
fn node(number: u8) -> (&'static str, Value) {
    match number % 14 {
        0 => ("send_message", json!({"message": "Hi {user_name}"})),
        1 => ("send_message", json!({"message": "Later", "delay_hours": 3})),
        2 => ("wait", json!({"hours": 5})),
        3 => ("wait", json!({"until": {"time": "09:00"}, "cancel_on_reply": true})),
        4 => ("wait", json!({"until_date": "{profile.when}"})),
        5 => ("question", json!({"message": "Well?", "timeout_hours": 4})),
        6 => ("question", json!({"message": "Which?", "choices": ["a", "b"], "retries": 2})),
        7 => ("condition", json!({"rules": [{"field": "profile.x", "op": "exists"}]})),
        8 => ("split", json!({"branches": [{"id": "l"}, {"id": "r"}]})),
        9 => ("ai_reply", json!({"question": "What?", "fallback": "Hm"})),
        10 => ("set_attribute", json!({"field": "x", "value": "y"})),
        11 => ("http_request", json!({"url": "https://a.example/"})),
        12 => ("handoff", json!({})),
        _ => ("end", json!({})),
    }
}

/// A flow that can be read: edges that make circles without a pause are left out.
fn any_flow() -> impl Strategy<Value = Flow> {
    (prop::collection::vec(any::<u8>(), 1..10), prop::collection::vec((0_usize..12, 0_usize..3, 0_usize..12), 0..24)).prop_map(
        |(kinds, ways)| {
            let mut nodes = vec![json!({"id": "start", "type": "start"})];
            for (place, number) in kinds.iter().enumerate() {
                let (kind, data) = node(*number);
                nodes.push(json!({"id": format!("n{place}"), "type": kind, "data": data}));
            }
            let read = |edges: &[Value]| {
                let flow = json!({"nodes": nodes, "edges": edges});
                Flow::read(flow.as_object().unwrap()).ok().map(|(flow, _)| flow)
            };
            let mut edges = vec![json!({"id": "first", "source": "start", "target": "n0"})];
            for (number, (from, exit, to)) in ways.into_iter().enumerate() {
                let (from, to) = (from % kinds.len(), to % kinds.len());
                let source = format!("n{from}");
                let flow = read(&edges).unwrap();
                let exits = flow.node(&source).unwrap().work.exits();
                // The first way out of a node is for every exit, so that none that is needed is left without.
                let has_any = flow.edges().iter().any(|edge| edge.source == source);
                let exit = has_any.then(|| exits.get(exit % exits.len().max(1)).map(|exit| exit.name.clone())).flatten();
                let more = json!({"id": format!("e{number}"), "source": source, "sourceHandle": exit, "target": format!("n{to}")});
                edges.push(more);
                if read(&edges).is_none() {
                    edges.pop();
                }
            }
            read(&edges).unwrap()
        },
    )
}

/// What happens next, by a number: time passes, or somebody writes.
fn happens(number: u8, state: &State) -> Event {
    match number % 6 {
        0 | 1 => Event::Due,
        2 => Event::Reply(Said {
            text: if number.is_multiple_of(2) { "a".into() } else { "nonsense".into() },
            pressed: None,
        }),
        3 => Event::HandedBack,
        4 => Event::Answered(state.step, (number > 99).then(|| "So".to_owned())),
        _ => Event::Fetched(state.step, if number > 99 { Ok(json!({"a": 1})) } else { Err(()) }),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn runs_always_end_or_wait_for_something_and_say_nothing_twice(flow in any_flow(), id in any::<u128>(), what in prop::collection::vec(any::<u8>(), 0..60)) {
        let id = Uuid::from_u128(id);
        let mut now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let mut state = State::begin("start", now);
        let mut waiting: std::collections::HashMap<String, i64> = std::collections::HashMap::new();
        let mut keys = std::collections::HashSet::new();
        for number in what {
            let event = happens(number, &state);
            if matches!(event, Event::Due) {
                match state.due_at {
                    Some(due) => now = now.max(due),
                    None => continue,
                }
            }
            let before = state.clone();
            let Some(moved) = step(&flow, id, &state, &event, &mut person(now)) else {
                // Only what says nothing to this state; what is due always does.
                prop_assert!(!matches!(event, Event::Due), "stuck at {before:?}");
                continue;
            };
            // The same event of the same state comes to the same: a step can be planned again after a crash.
            prop_assert_eq!(&step(&flow, id, &before, &event, &mut person(now)).unwrap(), &moved);
            let visited = moved.tallies.iter().filter(|tally| matches!(tally, Tally::Node(_, Figure::Entered, _))).count();
            prop_assert!(i64::try_from(visited).unwrap() <= MOST_IN_ONE_GO);
            for effect in &moved.effects {
                if let Effect::Say(saying) = effect {
                    prop_assert!(keys.insert(saying.step), "step {} is said twice", saying.step);
                    prop_assert!(saying.step >= before.step && saying.step <= moved.state.step);
                }
            }
            for tally in &moved.tallies {
                if let Tally::Node(node, Figure::Waiting, by) = tally {
                    *waiting.entry(node.clone()).or_default() += by;
                }
            }
            state = moved.state;
            prop_assert!(state.step >= before.step);
            if state.ended.is_some() {
                prop_assert!(waiting.values().all(|count| *count == 0), "{waiting:?}");
                prop_assert_eq!(state.due_at, None);
                prop_assert!(step(&flow, id, &state, &Event::Due, &mut person(now)).is_none());
                break;
            }
            prop_assert!(state.due_at.is_some() || state.waiting == Waiting::Answer, "nothing wakes {state:?}");
            let expected = i64::from(state.waiting != Waiting::Nothing);
            prop_assert_eq!(waiting.values().sum::<i64>(), expected);
            prop_assert_eq!(waiting.get(&state.node).copied().unwrap_or_default(), expected);
        }
    }

    #[test]
    fn a_time_of_day_is_that_time_on_the_clock_or_the_end_of_the_gap(start in 0_i64..20_000, minute in 0_u16..1_440, zone in 0_usize..6, hash in any::<u64>()) {
        let zone = ["UTC", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago"][zone];
        let zone = TimeZone::get(zone).unwrap();
        let began: Timestamp = "2024-01-01T00:00:00Z".parse().unwrap();
        let began = began.plus(start * time::HOUR + 17 * time::MINUTE);
        let wait = WaitNode { days: 0, hours: 0, minutes: 0, until: Some(Until { time: minute, weekdays: vec![] }), until_date: None, cancel_on_reply: false };
        let due = due(&wait, None, began, &zone, hash).unwrap();
        prop_assert!(due > began && due.micros() - began.micros() <= 49 * time::HOUR, "{} {}", began, due);
        let spread = i64::try_from(hash % 300).unwrap() * time::SECOND;
        let local = zone.to_datetime(jiff::Timestamp::from_microsecond(due.plus(-spread).micros()).unwrap());
        let told = local.hour() as u16 * 60 + local.minute() as u16;
        let asked = resolve(&zone, local.date().at((minute / 60) as i8, (minute % 60) as i8, 0, 0));
        prop_assert!(told == minute || asked == Some(due.plus(-spread)), "{} is not {}", told, minute);
    }
}

#[test]
fn clock_changes_are_right_to_the_minute() {
    let at =
        |zone: &str, text: &str| resolve(&TimeZone::get(zone).unwrap(), text.parse().unwrap()).unwrap().to_string();
    // There is no 2:30 in Madrid on 29 March: the next minute that there is is 3:00.
    assert_eq!(at("Europe/Madrid", "2026-03-29T02:30:00"), "2026-03-29T01:00:00Z");
    // 2:30 comes twice on 25 October: the first.
    assert_eq!(at("Europe/Madrid", "2026-10-25T02:30:00"), "2026-10-25T00:30:00Z");
    assert_eq!(at("America/New_York", "2026-03-08T02:59:00"), "2026-03-08T07:00:00Z");
    // Half an hour is left out on Lord Howe.
    assert_eq!(at("Australia/Lord_Howe", "2026-10-04T02:15:00"), "2026-10-03T15:30:00Z");
    let madrid = TimeZone::get("Europe/Madrid").unwrap();
    let began: Timestamp = "2026-03-28T09:00:00Z".parse().unwrap();
    let day = |days, hours| WaitNode { days, hours, minutes: 0, until: None, until_date: None, cancel_on_reply: false };
    let told = |wait: &WaitNode| due(wait, None, began, &madrid, 0).unwrap().to_string();
    assert_eq!(told(&day(1, 0)), "2026-03-29T08:00:00Z", "the same time tomorrow");
    assert_eq!(told(&day(0, 24)), "2026-03-29T09:00:00Z", "24 hours are 24 hours");
    let monday = WaitNode { until: Some(Until { time: 540, weekdays: vec![Weekday::Monday] }), ..day(3, 0) };
    assert_eq!(told(&monday), "2026-04-06T07:00:00Z");
    let date = WaitNode { until_date: Some("x".into()), ..day(0, 0) };
    let until = |text: &str| due(&date, Some(text), began, &madrid, 0).map(|at| at.to_string());
    assert_eq!(until("2026-12-24").as_deref(), Some("2026-12-23T23:00:00Z"));
    assert_eq!(until("2026-12-24T18:00").as_deref(), Some("2026-12-24T17:00:00Z"));
    assert_eq!((until("tomorrow"), until("")), (None, None));
}
