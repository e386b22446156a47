//! Asking people in.

use futures::future::join_all;
use kernel::{UserType, time};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use super::{House, each};

const INVITATIONS: &str = "/api/v1/workspace/invitations";
const ACCEPT: &str = "/api/v1/workspace/invitations/accept";

#[both_engines]
async fn an_invitation_lets_one_in_once(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let (ana, bo, eve) = (house.business("ana").await, house.business("bo").await, house.business("eve").await);
    let sent = ana.client.post(INVITATIONS, &json!({"email": "Bo@Example.com", "role": "manager"})).await;
    assert_eq!(sent.status, 201);
    let invitation = sent.json();
    assert_eq!((&invitation["status"], &invitation["role"]), (&json!("open"), &json!("manager")));
    assert!(!sent.text().contains("ifi_"), "the token stands in the mail alone");
    let token = house.mailed_token("bo@example.com").await;
    let body = json!({"token": token});
    house.client.post(ACCEPT, &body).await.refused(401);
    eve.client.post(ACCEPT, &body).await.refused(403);
    let creator = house.guest("cat", UserType::Creator).await;
    creator.client.post(ACCEPT, &body).await.refused(403);
    bo.client.post(ACCEPT, &json!({"token": "ifi_nonsense"})).await.refused(400);
    assert_eq!(bo.client.post(ACCEPT, &json!({})).await.faults(), ["token"]);

    // Twenty times at once: they are in once, and the token is used up.
    let answers = join_all((0..20).map(|_| bo.client.post(ACCEPT, &body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 400)));
    let workspace = bo.client.get("/api/v1/workspace").await.ok();
    assert_eq!(
        (&workspace["name"], &workspace["role"], &workspace["members"]),
        (&json!("ana"), &json!("manager"), &json!(2))
    );
    let list = ana.client.get(INVITATIONS).await.ok();
    assert_eq!((&list["total"], each(&list["invitations"], "status")), (&json!(1), vec!["accepted".into()]));
    ana.client.post(INVITATIONS, &json!({"email": "bo@example.com", "role": "viewer"})).await.refused(409);
    // A manager asks nobody in.
    bo.client.post(INVITATIONS, &json!({"email": "x@example.com", "role": "viewer"})).await.refused(403);
    bo.client.get(INVITATIONS).await.refused(403);
}

#[both_engines]
async fn to_invite_again_is_the_same_invitation(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let (ana, bo) = (house.business("ana").await, house.business("bo").await);
    let body = json!({"email": "bo@example.com", "role": "viewer"});
    let first = ana.client.post(INVITATIONS, &body).await.json();
    let old = house.mailed_token(&bo.email).await;
    let same = ana.client.post(INVITATIONS, &body).await;
    assert_eq!((same.status, &same.json()["id"], house.mails(&bo.email).await), (200, &first["id"], 1));
    house.clock.advance(2 * time::MINUTE);
    let again = ana.client.post(INVITATIONS, &json!({"email": "BO@example.com", "role": "owner"})).await;
    assert_eq!((again.status, &again.json()["id"], house.mails(&bo.email).await), (200, &first["id"], 2));
    assert_eq!(again.json()["role"], "owner");
    bo.client.post(ACCEPT, &json!({"token": old})).await.refused(400);
    let token = house.mailed_token(&bo.email).await;
    assert_eq!(bo.client.post(ACCEPT, &json!({"token": token})).await.ok()["role"], "owner");
    assert_eq!(ana.client.get(INVITATIONS).await.ok()["total"], 1);
}

#[both_engines]
async fn what_is_taken_back_or_over_lets_nobody_in(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let (ana, bo, eve) = (house.business("ana").await, house.business("bo").await, house.business("eve").await);
    let body = json!({"email": "bo@example.com", "role": "viewer"});
    let invitation = ana.client.post(INVITATIONS, &body).await.json();
    let token = json!({"token": house.mailed_token(&bo.email).await});
    let path = format!("{INVITATIONS}/{}", invitation["id"].as_str().unwrap());
    eve.client.delete(&path).await.refused(404);
    ana.client.delete(&path).await.ok();
    ana.client.delete(&path).await.refused(404);
    ana.client.delete(&format!("{INVITATIONS}/nonsense")).await.refused(404);
    bo.client.post(ACCEPT, &token).await.refused(400);
    assert_eq!(ana.client.get(INVITATIONS).await.ok()["invitations"][0]["status"], "revoked");

    house.tick();
    let next = ana.client.post(INVITATIONS, &body).await;
    assert_eq!(next.status, 201);
    house.clock.advance(8 * time::DAY);
    let (ana, bo) = (house.log_in(&ana.row).await, house.log_in(&bo.row).await);
    assert_eq!(ana.get(INVITATIONS).await.ok()["invitations"][0]["status"], "expired");
    bo.post(ACCEPT, &json!({"token": house.mailed_token("bo@example.com").await})).await.refused(400);
    // Invited again, the old one is good again, with a new token.
    assert_eq!(ana.post(INVITATIONS, &body).await.json()["status"], "open");
    bo.post(ACCEPT, &json!({"token": house.mailed_token("bo@example.com").await})).await.ok();
}

#[both_engines]
async fn an_address_must_be_verified(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let (ana, bo) = (house.business("ana").await, house.business("bo").await);
    house.run("UPDATE accounts SET is_verified = $2 WHERE id = $1", db::args![bo.row.id, false]).await;
    ana.client.post(INVITATIONS, &json!({"email": bo.email, "role": "viewer"})).await;
    let token = json!({"token": house.mailed_token(&bo.email).await});
    assert!(bo.client.post(ACCEPT, &token).await.message().contains("Verify"));
    house.run("UPDATE accounts SET is_verified = $2 WHERE id = $1", db::args![bo.row.id, true]).await;
    let again = house.log_in(&bo.row).await;
    again.post(ACCEPT, &token).await.ok();
    let faults = ana.client.post(INVITATIONS, &json!({"email": "nobody", "role": "king"})).await.faults();
    assert_eq!(faults, ["email", "role"]);
}

#[both_engines]
async fn one_can_be_asked_in_before_one_has_an_account(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let ana = house.business("ana").await;
    ana.client.post(INVITATIONS, &json!({"email": "new@example.com", "role": "manager"})).await;
    let token = json!({"token": house.mailed_token("new@example.com").await});
    let new = house.business("new").await;
    assert_eq!(new.client.post(ACCEPT, &token).await.ok()["role"], "manager");
}

#[both_engines]
async fn strangers_are_not_mailed_without_end(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let ana = house.business("ana").await;
    for number in 0..100 {
        let body = json!({"email": format!("n{number}@example.com"), "role": "viewer"});
        assert_eq!(ana.client.post(INVITATIONS, &body).await.status, 201);
    }
    let one_more = json!({"email": "more@example.com", "role": "viewer"});
    ana.client.post(INVITATIONS, &one_more).await.refused(409);
    assert_eq!(house.mails("more@example.com").await, 0);
    let list = ana.client.get(&format!("{INVITATIONS}?limit=1")).await.ok();
    assert_eq!((&list["total"], &list["total_pages"]), (&json!(100), &json!(100)));
    let path = format!("{INVITATIONS}/{}", list["invitations"][0]["id"].as_str().unwrap());
    ana.client.delete(&path).await.ok();
    assert_eq!(ana.client.post(INVITATIONS, &one_more).await.status, 201);
}
