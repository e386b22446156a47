//! Who reads what of the audit log.

use kernel::{UserType, time};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use super::{House, each};

const AUDIT: &str = "/api/v1/audit";

#[both_engines]
async fn everyone_reads_their_own_and_an_owner_the_workspaces(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let (ana, bo) = (house.business("ana").await, house.business("bo").await);
    let (eve, admin) = (house.business("eve").await, house.guest("root", UserType::Admin).await);
    house.bring(&ana, &bo, "manager").await;
    house.tick();
    bo.client.post("/api/v1/api-keys", &json!({"name": "Nightly", "scope": "read"})).await;

    let of_ana = ana.client.get(AUDIT).await.ok();
    let kinds = each(&of_ana["entries"], "kind");
    assert_eq!(kinds, ["key.created", "invitation.accepted", "invitation.sent", "login"], "{of_ana}");
    assert_eq!(of_ana["total"], 4);
    let key = &of_ana["entries"][0];
    assert_eq!((&key["account_id"], &key["detail"]["name"]), (&json!(bo.id), &json!("Nightly")));
    // The log-in of bo was in a workspace of his own, which is none of ana's business.
    let of_bo = bo.client.get(AUDIT).await.ok();
    assert_eq!(each(&of_bo["entries"], "kind"), ["key.created", "invitation.accepted", "login"]);
    assert_eq!(of_bo["entries"][2]["address"], "203.0.113.7");
    assert_eq!(each(&eve.client.get(AUDIT).await.ok()["entries"], "kind"), ["login"]);
    let all = admin.client.get(AUDIT).await.ok();
    assert_eq!(all["total"], 7);
    house.client.get(AUDIT).await.refused(401);
}

#[both_engines]
async fn it_is_filtered_and_paged(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let (ana, admin) = (house.business("ana").await, house.guest("root", UserType::Admin).await);
    let bo = house.business("bo").await;
    house.bring(&ana, &bo, "viewer").await;
    for _ in 0..5 {
        house.clock.advance(time::MINUTE);
        ana.client.post("/api/v1/api-keys", &json!({"name": "One", "scope": "read"})).await;
        bo.client.post("/api/v1/api-keys", &json!({"name": "Two", "scope": "read"})).await;
    }
    let keys = ana.client.get(&format!("{AUDIT}?kind=key.created")).await.ok();
    assert_eq!((&keys["total"], keys["entries"].as_array().unwrap().len()), (&json!(10), 10));
    // Page by page, nothing is left out or told twice, whichever part it comes from.
    let mut seen = Vec::new();
    for offset in 0..4 {
        let page = ana.client.get(&format!("{AUDIT}?kind=key.created&limit=3&offset={}", offset * 3)).await.ok();
        seen.extend(each(&page["entries"], "id"));
    }
    assert_eq!(seen, each(&keys["entries"], "id"));
    let of_bo = ana.client.get(&format!("{AUDIT}?kind=key.created&account_id={}", bo.id)).await.ok();
    assert_eq!(of_bo["total"], 5);
    let since = house.now().plus(-time::MINUTE);
    let late = ana.client.get(&format!("{AUDIT}?since={since}&until={}", house.now())).await.ok();
    assert_eq!(late["total"], 2, "from the moment on, and before the other: {late}");
    let all = admin.client.get(&format!("{AUDIT}?account_id={}&kind=login", ana.id)).await.ok();
    assert_eq!(all["total"], 1);
    let faults = ana.client.get(&format!("{AUDIT}?account_id=x&since={}&until={since}", house.now())).await.faults();
    assert_eq!(faults, ["account_id", "until"]);
    assert_eq!(ana.client.get(&format!("{AUDIT}?limit=0")).await.faults(), ["limit"]);
}
