//! Members are merged and erased while their runs are moved: nothing is lost and nothing is done twice.

use kernel::time;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{USERS, World, flow};

const PAIRS: i64 = 24;

/// Messages, waits that a reply ends, and changes of the member: a run locks itself, then the conversation, then the member.
fn busy() -> Value {
    let nodes = [
        ("start", "start", json!({})),
        ("one", "send_message", json!({"message": "One, {user_name}"})),
        ("w1", "wait", json!({"minutes": 1, "cancel_on_reply": true})),
        ("tag", "tag", json!({"add": ["busy"]})),
        ("two", "send_message", json!({"message": "Two"})),
        ("w2", "wait", json!({"minutes": 1, "cancel_on_reply": true})),
        ("set", "set_attribute", json!({"field": "far", "value": "yes"})),
        ("three", "send_message", json!({"message": "Three"})),
        ("w3", "wait", json!({"minutes": 1})),
    ];
    let edges = [
        "start -> one",
        "one -> w1",
        "w1 -> tag",
        "tag -> two",
        "two -> w2",
        "w2 -> set",
        "set -> three",
        "three -> w3",
    ];
    flow(&nodes, &edges)
}

#[both_engines]
async fn what_happens_at_once_loses_nothing(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let programs = [world.program("A", &busy()).await, world.program("B", &busy()).await];
    let mut pairs = Vec::new();
    for pair in 0..PAIRS {
        let two = [world.member(1 + 2 * pair, json!({})).await, world.member(2 + 2 * pair, json!({})).await];
        for member in &two {
            for program in &programs {
                world.enrol(member, program).await;
            }
        }
        pairs.push(two);
    }
    world.work().await;
    let other = world.another();
    for round in 0..3 {
        world.clock.advance(61 * time::SECOND);
        let own = (round * PAIRS / 3) as usize;
        let now = &pairs[own..own + (PAIRS / 3) as usize];
        // Two processes move what is due and send it, while a third of the pairs become one and others are erased or write.
        let moving = async { tokio::join!(world.process.work(&world.clock), other.work(&world.clock)) };
        let merging = async {
            let merges = now.iter().zip(0..).map(|([into, from], place)| {
                let coach = world.coach.clone();
                let (into, from) = (into.clone(), from.clone());
                tokio::spawn(async move {
                    // On PostgreSQL a request may lose a deadlock against a process that moves runs: it is refused whole, and done again.
                    for _ in 0..10 {
                        let reply = if place % 4 == 3 {
                            coach.delete(&format!("{USERS}/{from}")).await
                        } else {
                            coach.post(&format!("{USERS}/{into}/merge"), &json!({"user_id": from})).await
                        };
                        if reply.status != 503 {
                            return reply;
                        }
                    }
                    panic!("refused ten times")
                })
            });
            for merge in merges.collect::<Vec<_>>() {
                let reply = merge.await.unwrap();
                assert!(reply.status < 300, "{} {}", reply.status, reply.text());
            }
        };
        tokio::join!(moving, merging);
        world.work().await;
    }
    world.settle().await;
    let mut tx = world.fresh.db.read().await.unwrap();
    let sql = "SELECT count(*) FROM program_enrolments WHERE ended_at IS NULL";
    assert_eq!(tx.fetch_value::<i64>(sql, vec![]).await.unwrap(), 0, "all are through");
    let sql = "SELECT count(*) FROM (SELECT DISTINCT member_id, program_id FROM program_enrolments WHERE status = 'completed') AS completed";
    let completed: i64 = tx.fetch_value(sql, vec![]).await.unwrap();
    assert_eq!(completed, 2 * PAIRS, "whoever is left of a pair has completed both");
}
