//! Answers that come late: whoever asked is told once, as far as they may be written to.

use kernel::time;
use testkit::{FreshDb, both_engines};
use uuid::Uuid;

use crate::world::World;

const BERTA: &str = "34600000001";
const CARLA: &str = "34600000002";

/// Tells the answer to the questions that were asked so far.
async fn answer(world: &World, key: &str) -> usize {
    let asked: Vec<Uuid> = (1..=world.assistant.asked().len()).map(|number| Uuid::from_u128(number as u128)).collect();
    let workspace = world.coach.account.hub();
    let mut tx = world.channels.app().write().await.unwrap();
    let told =
        channels::tell_answer(&world.channels, &mut tx, workspace, &asked, "Yes, for one year.", key).await.unwrap();
    tx.commit().await.unwrap();
    world.work().await;
    told
}

#[both_engines]
async fn whoever_asked_is_told_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    world.writes(&id, BERTA, "Do you sell vouchers?").await;
    world.clock.advance(10 * time::SECOND);
    world.writes(&id, BERTA, "¿Vendéis vales de regalo?").await;
    world.clock.advance(10 * time::SECOND);
    world.writes(&id, CARLA, "Are there vouchers?").await;
    world.clock.advance(time::HOUR);
    let before = world.sent().len();
    assert_eq!(answer(&world, "gap:1").await, 3);
    // A person was called for Berta's second question: she is told once, and when it is given back.
    let sent = world.sent();
    let told: Vec<&String> = sent[before..].iter().filter(|text| text.contains("Yes, for one year.")).collect();
    assert_eq!(told, ["You asked: “Are there vouchers?”\n\nYes, for one year."]);
    // Nobody is told twice.
    assert_eq!(answer(&world, "gap:1").await, 0);
    assert_eq!(world.sent().len(), sent.len());
}

#[both_engines]
async fn whoever_asked_long_ago_or_wants_no_more_is_left_alone(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    world.writes(&id, BERTA, "Do you sell vouchers?").await;
    world.clock.advance(10 * time::SECOND);
    world.writes(&id, BERTA, "STOP").await;
    let before = world.sent().len();
    assert_eq!(answer(&world, "gap:1").await, 1);
    assert_eq!(world.sent().len(), before, "who stopped is not written to");
    world.clock.advance(10 * time::SECOND);
    world.writes(&id, CARLA, "Are there vouchers?").await;
    world.clock.advance(31 * time::DAY);
    let before = world.sent().len();
    answer(&world, "gap:2").await;
    assert_eq!(world.sent().len(), before, "nobody remembers the question");
}
