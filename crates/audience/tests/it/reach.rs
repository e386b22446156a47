//! Members are reached by what they are known by.

use audience::{Channel, Identity, IdentityKind, Permitted, Purpose, Seed, members};
use kernel::time;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::World;

fn by(kind: IdentityKind, value: &str) -> Identity {
    Identity::new(kind, value).unwrap()
}

#[both_engines]
async fn whoever_is_reached_twice_is_one_member(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let first = world.reach("+34 600 111 222", "Ana").await;
    let second = world.reach("34600111222", "Another name").await;
    assert_eq!((first.id, second.name.as_deref()), (second.id, Some("Ana")));
    assert_eq!(first.external_id, "34600111222");
    // A new identity becomes theirs; with it alone they are found.
    let both = [by(IdentityKind::Bsuid, "ES.abc123"), by(IdentityKind::Phone, "34600111222")];
    let mut tx = world.write().await;
    let third = members::reach(&mut tx, world.hub(), Channel::Whatsapp, &both, Seed::default()).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = world.write().await;
    let (fourth, is_new) =
        members::reach_or_add(&mut tx, world.hub(), Channel::Whatsapp, &both[..1], Seed::default()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((third.id, fourth.id, is_new), (first.id, first.id, false));
    // On another channel, and in another audience, it is somebody else.
    let mut tx = world.write().await;
    let phone = [by(IdentityKind::Phone, "34600111222")];
    let mobile = members::reach(&mut tx, world.hub(), Channel::Mobile, &phone, Seed::default()).await.unwrap();
    let other = world.other.account.hub();
    let elsewhere = members::reach(&mut tx, other, Channel::Whatsapp, &phone, Seed::default()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(mobile.id != first.id && elsewhere.id != first.id);
    let kinds: Vec<String> = world.happened().await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["user.created"; 3]);
    let visitor = [by(IdentityKind::Widget, "d41d8cd98f00b204")];
    let mut tx = world.write().await;
    let visitor = members::reach(&mut tx, world.hub(), Channel::Web, &visitor, Seed::named(Some("\0 "))).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((visitor.external_id, visitor.name), (format!("visitor-{}", visitor.id), None));
    let mut tx = world.read().await;
    let names = members::names(&mut tx, world.hub(), &[first.id, elsewhere.id]).await.unwrap();
    assert_eq!(names.len(), 1);
    assert_eq!(names[&first.id].name.as_deref(), Some("Ana"));
    assert_eq!(members::count(&mut tx, world.hub(), Some(Channel::Whatsapp)).await.unwrap(), 1);
}

#[both_engines]
async fn many_at_once_reach_one_member(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let tasks: Vec<_> = (0..24)
        .map(|place| {
            let (app, hub) = (world.audience.app().clone(), world.hub());
            tokio::spawn(async move {
                // Each knows the number, and something of its own.
                let own =
                    [by(IdentityKind::Phone, "34600111222"), by(IdentityKind::Bsuid, &format!("ES.{}", place % 3))];
                let mut tx = app.write().await.unwrap();
                let seed = Seed::named(Some("Ana"));
                let (member, is_new) =
                    members::reach_or_add(&mut tx, hub, Channel::Whatsapp, &own, seed).await.unwrap();
                tx.commit().await.unwrap();
                (member.id, is_new)
            })
        })
        .collect();
    let mut found = Vec::new();
    for task in tasks {
        found.push(task.await.unwrap());
    }
    assert!(found.iter().all(|(id, _)| *id == found[0].0), "{found:?}");
    assert_eq!(found.iter().filter(|(_, is_new)| *is_new).count(), 1);
    assert_eq!(world.counted("SELECT count(*) FROM audience_members").await, 1);
    assert_eq!(world.counted("SELECT count(*) FROM audience_identities").await, 4);
    assert_eq!(world.coach().get("/api/v1/users").await.ok()["pagination"]["total"], 1);
}

#[both_engines]
async fn activity_never_moves_back(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let member = world.reach("34600111222", "Ana").await;
    let start = world.clock.now();
    world.clock.advance(time::HOUR);
    for (at, expected) in [
        (start.plus(30 * time::MINUTE), start.plus(30 * time::MINUTE)),
        (start.plus(10 * time::MINUTE), start.plus(30 * time::MINUTE)),
        (start.plus(5 * time::DAY), start.plus(time::HOUR)),
    ] {
        let mut tx = world.write().await;
        members::seen(&mut tx, &member, at).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.member(member.id).await.last_active_at, Some(expected));
    }
    // Thirty days later they are silent, and a message wakes them.
    world.clock.advance(31 * time::DAY);
    world.work().await;
    assert!(!world.member(member.id).await.is_active);
    assert_eq!(world.coach().get("/api/v1/users?status=inactive").await.ok()["pagination"]["total"], 1);
    let mut tx = world.write().await;
    members::seen(&mut tx, &member, world.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(world.member(member.id).await.is_active);
    assert_eq!(world.coach().get("/api/v1/users?status=active").await.ok()["pagination"]["total"], 1);
    assert_eq!(world.coach().get("/api/v1/users?status=inactive").await.ok()["pagination"]["total"], 0);
}

#[both_engines]
async fn what_a_member_allows(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let member = world.reach("34600111222", "Ana").await;
    let now = world.clock.now();
    let mut tx = world.write().await;
    let may = members::may(&mut tx, &member, Channel::Whatsapp, Purpose::Any).await.unwrap();
    assert_eq!(may, Permitted::Silent);
    let about = (Some(Channel::Whatsapp), Purpose::Any);
    assert!(members::opt_out(&mut tx, &member, about, "STOP on WhatsApp", now).await.unwrap());
    assert!(!members::opt_out(&mut tx, &member, about, "STOP on WhatsApp", now).await.unwrap(), "nothing new");
    let may = members::may(&mut tx, &member, Channel::Whatsapp, Purpose::Marketing).await.unwrap();
    assert!(matches!(may, Permitted::OptedOut(_)));
    tx.commit().await.unwrap();
    let path = format!("/api/v1/users/{}/permissions", member.id);
    let said = json!({"allowed": false, "how": "asked on the phone"});
    assert_eq!(world.coach().post(&path, &said).await.status, 201);
    assert!(world.member(member.id).await.opted_out);
    let said = json!({"allowed": true, "how": "form of the workshop", "channel": "web", "purpose": "any"});
    let told = world.coach().post(&path, &said).await.json();
    let may = |channel: usize| (told["may"][channel]["any"].clone(), told["may"][channel]["marketing"].clone());
    assert_eq!((may(0), may(1)), ((json!(true), json!(true)), (json!(false), json!(false))), "{told}");
    assert_eq!(told["permissions"].as_array().unwrap().len(), 3);
    assert_eq!(world.coach().get(&path).await.ok()["permissions"][0]["how"], "STOP on WhatsApp");
    assert_eq!(world.coach().post(&path, &json!({"allowed": 3})).await.faults(), ["allowed", "how"]);
    let kinds: Vec<String> = world.happened().await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds[1..], ["user.opted_out", "user.opted_out", "user.opted_in"]);
}
