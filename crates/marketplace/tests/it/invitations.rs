//! Invitations: to whom, and how.

use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::World;

#[both_engines]
async fn who_has_an_account_is_told_and_others_get_a_mail(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let own = world.entry("mia", json!({})).await;
    let stranger = world.entry("nora", json!({})).await;
    let silent = world.entry("silent", json!({"email": null})).await;
    let path = world.published(&World::open_to_all(&json!({"is_public": false}))).await;
    let invite = format!("{path}/invitations");
    let body = json!({"influencer_ids": [own.id, stranger.id, silent.id, own.id], "message": "We like your work"});
    world.creator.post(&invite, &body).await.refused(403);
    world.other_business.post(&invite, &body).await.refused(404);
    world.creator.get(&path).await.refused(404);
    let nobody = json!({"influencer_ids": ["0190a000-0000-7000-8000-000000000000"]});
    world.business.post(&invite, &nobody).await.refused(404);
    let told = world.business.post(&invite, &body).await.ok();
    let fates: Vec<(&str, &Value)> = told["invitations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["fate"].as_str().unwrap(), &one["how"]))
        .collect();
    let (notification, mail) = (json!("NOTIFICATION"), json!("MAIL"));
    assert_eq!(fates, [("INVITED", &notification), ("INVITED", &mail), ("NOT_INVITED", &Value::Null)]);
    assert_eq!((&told["invited"], world.happened("offer.invited").await), (&json!(2), 2));
    // Whoever was invited sees it, and may apply.
    world.creator.get(&path).await.ok();
    world.other_creator.get(&path).await.refused(404);
    world.apply(&world.creator, &path, None).await;
    // Nobody is invited twice.
    let again = world.business.post(&invite, &body).await.ok();
    assert_eq!((&again["invited"], &again["invitations"][1]["fate"]), (&json!(0), &json!("ALREADY_INVITED")));
    let listed = world.business.get(&invite).await.ok();
    assert_eq!(listed["total"], 2);

    // One click ends the mails, and is kept to.
    let mut tx = world.app.read().await.unwrap();
    let page = http_base::Offsets { limit: 10, offset: 0 };
    let (mails, _) = mail::store::list(kernel::Scope::system(), &mut tx, Some("nora@example.com"), page).await.unwrap();
    drop(tx);
    assert_eq!(mails.len(), 1);
    let text = mails[0].body_text.clone().unwrap();
    assert!(text.contains("We like your work") && text.contains("fashion_brand"), "{text}");
    let link = text.split("No more of it: http://localhost:8000").nth(1).unwrap().split_whitespace().next().unwrap();
    let page = world.anyone.get(link).await;
    assert_eq!(page.status, 200);
    world.anyone.post(link, &json!({})).await.ok();
    world.anyone.post(link, &json!({})).await.ok();
    let other = world.published(&World::open_to_all(&json!({}))).await;
    let told = world.business.post(&format!("{other}/invitations"), &json!({"creator_ids": [stranger.id]})).await.ok();
    assert_eq!((&told["invitations"][0]["fate"], &told["invited"]), (&json!("NOT_INVITED"), &json!(0)));
    assert!(told["invitations"][0]["reason"].as_str().unwrap().contains("unsubscribed"));
}

#[both_engines]
async fn a_closed_offer_invites_nobody(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let entry = world.entry("mia", json!({})).await;
    let draft = world.offer(&World::open_to_all(&json!({}))).await;
    let body = json!({"influencer_ids": [entry.id]});
    world.business.post(&format!("{draft}/invitations"), &body).await.refused(409);
    world.unproved(&world.owner).post(&format!("{draft}/invitations"), &body).await.refused(403);
    let many: Vec<_> = (0..51).map(|_| world.clock.new_id::<()>()).collect();
    world.business.post(&format!("{draft}/invitations"), &json!({"influencer_ids": many})).await.refused(422);
}
