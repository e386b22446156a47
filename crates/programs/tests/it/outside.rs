//! What other slices ask of programs.

use kernel::{Day, time};
use programs::{enrol, figures, near_end, stalled};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{World, flow};

#[both_engines]
async fn others_enrol_find_who_stands_still_and_read_the_sums(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let nodes = [
        ("start", "start", json!({})),
        ("a", "wait", json!({"hours": 1})),
        ("b", "question", json!({"message": "Well?"})),
    ];
    let program = world.program("Others", &flow(&nodes, &["start -> a", "a -> b"])).await;
    let hub = world.hub.account.hub();
    let id = program.parse().unwrap();
    let mut members = Vec::new();
    for chat in 1..=5 {
        let member: audience::MemberId = world.member(chat, json!({})).await.parse().unwrap();
        let mut tx = world.process.programs.app().write().await.unwrap();
        let first = enrol(&world.process.programs, &mut tx, hub, member, id, "rule").await.unwrap();
        let again = enrol(&world.process.programs, &mut tx, hub, member, id, "rule").await.unwrap();
        assert!(first.is_new && !again.is_new && first.enrolment_id == again.enrolment_id);
        tx.commit().await.unwrap();
        world.work().await;
        world.clock.advance(time::MINUTE);
        members.push(member);
    }
    let now = world.clock.now();
    let mut tx = world.process.programs.app().read().await.unwrap();
    let mut found = Vec::new();
    let mut behind = None;
    loop {
        let page = stalled(&mut tx, hub, Some(id), now, behind, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        behind = Some((last.since, last.member_id));
        found.extend(page.iter().map(|one| one.member_id));
    }
    assert_eq!(found, members, "in their order, each once");
    assert!(stalled(&mut tx, hub, None, now.plus(-time::HOUR), None, 10).await.unwrap().is_empty());
    assert!(near_end(&mut tx, hub, None, 0.9, None, 10).await.unwrap().is_empty());
    drop(tx);
    world.pass(2 * time::HOUR).await;
    world.writes(1, "Fine").await;
    let mut tx = world.process.programs.app().read().await.unwrap();
    assert_eq!(near_end(&mut tx, hub, None, 0.9, None, 10).await.unwrap().len(), 4);
    let today = Day::of(now);
    let days = figures::days(&mut tx, hub, today, today).await.unwrap();
    assert_eq!((days.len(), days[0].enrolled, days[0].completed), (1, 5, 1));
    let top = figures::top(&mut tx, hub, 3).await.unwrap();
    assert_eq!((top[0].name.as_str(), top[0].enrollments, top[0].completed), ("Others", 5, 1));
    assert_eq!(figures::names(&mut tx, hub, &[id]).await.unwrap(), [(id, "Others".to_owned())]);
    let stranger = world.stranger().account.hub();
    assert!(figures::top(&mut tx, stranger, 3).await.unwrap().is_empty());
}
