use std::sync::Arc;

use events::{Event, Facts as _, Kind, Subscription, TxExt as _, Within};
use serde_json::json;
use testkit_db::{FreshDb, both_engines};

use crate::{PotEmptied, PotFacts, PotFilled, World, Writer};

#[test]
fn a_kind_knows_its_schema() {
    let filled = Kind::of::<PotFilled>();
    assert_eq!((filled.name, filled.about, filled.subject), ("pot.filled", "Something came into a pot.", "pot_id"));
    let schema = filled.schema().unwrap().to_string();
    assert!(!schema.contains("$ref") && schema.contains("The number of what came."), "{schema}");
    let emptied = Kind::of::<PotEmptied>();
    let schema = emptied.schema().unwrap().to_string();
    assert!(!schema.contains("$ref") && schema.contains("\"required\":[\"workspace_id\",\"pot_id\"]"), "{schema}");
    let payload = json!({"workspace_id": uuid(1), "pot_id": uuid(2)});
    assert_eq!(emptied.round_trip(payload.clone()).unwrap(), payload);
    assert!(filled.round_trip(payload).is_err(), "it has no number");
}

fn uuid(number: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(number)
}

#[both_engines]
async fn events_are_read_as_they_were_told(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let event = world.filled(world.pot(), 5);
    let mut tx = world.db.write().await.unwrap();
    tx.event(event.clone());
    tx.commit().await.unwrap();
    let rows = world.db.read().await.unwrap().newest_events(Some(world.workspace), &[], 10).await.unwrap();
    assert_eq!((rows[0].kind.as_str(), rows[0].subject), (PotFilled::NAME, event.subject()));
    assert_eq!((rows[0].workspace, rows[0].created_at), (Some(world.workspace), world.clock.now()));
    assert_eq!(events::read::<PotFilled>(&rows[0]).unwrap(), event);
    assert!(events::read::<PotEmptied>(&rows[0]).is_err(), "it is another kind");
    // An entry of an older program, whose payload does not say what stands beside it.
    let old = db::EventRow { payload: "{\"number\": 5}".into(), ..rows[0].clone() };
    assert_eq!(events::read::<PotFilled>(&old).unwrap(), event);
}

#[both_engines]
async fn what_has_to_be_there_at_once_is(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let writer = Writer::new("at once");
    let within = Within::new(vec![Subscription::new("at once", writer.clone()).to([PotFilled::NAME])]);
    let db = world.db.clone().with_listener(Arc::new(within));
    let pot = world.pot();
    let mut tx = db.write().await.unwrap();
    tx.event(world.filled(pot, 1));
    tx.event(PotEmptied(PotFacts { workspace_id: world.workspace, pot_id: pot }));
    tx.event(world.filled(pot, 2));
    tx.commit().await.unwrap();
    assert_eq!(world.written("at once", pot).await, [1, 2]);
    writer.refuses.lock().push(3);
    let mut tx = db.write().await.unwrap();
    tx.event(world.filled(pot, 3));
    assert_eq!(tx.commit().await.unwrap_err().message(), "this number is refused");
    assert_eq!(world.written("at once", pot).await, [1, 2]);
    let rows = db.read().await.unwrap().newest_events(None, &[], 10).await.unwrap();
    assert_eq!(rows.len(), 3, "what was refused has not happened");
}
