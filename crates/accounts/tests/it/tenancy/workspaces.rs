//! Who is in a workspace, as what.

use futures::future::join_all;
use kernel::UserType;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use super::{House, each};

const WORKSPACE: &str = "/api/v1/workspace";
const MEMBERS: &str = "/api/v1/workspace/members";

fn member(id: &str) -> String {
    format!("{MEMBERS}/{id}")
}

#[both_engines]
async fn a_business_has_a_workspace_and_names_it(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let ana = house.business("ana").await;
    let own = ana.client.get(WORKSPACE).await.ok();
    assert_eq!((&own["name"], &own["role"], &own["members"]), (&json!("ana"), &json!("owner"), &json!(1)));
    let named = ana.client.put(WORKSPACE, &json!({"name": " TechFit "})).await.ok();
    assert_eq!((&named["name"], &named["id"]), (&json!("TechFit"), &own["id"]));
    assert_eq!(ana.client.get(WORKSPACE).await.ok()["name"], "TechFit");
    assert_eq!(ana.client.put(WORKSPACE, &json!({"name": ""})).await.faults(), ["name"]);
    for kind in [UserType::Creator, UserType::Admin] {
        let other = house.guest(kind.word(), kind).await;
        other.client.get(WORKSPACE).await.refused(403);
        other.client.put(WORKSPACE, &json!({"name": "x"})).await.refused(403);
        other.client.get(MEMBERS).await.refused(403);
        assert_eq!(other.client.get("/api/v1/workspaces").await.ok()["total"], 0);
    }
    house.client.get(WORKSPACE).await.refused(401);
}

#[both_engines]
async fn roles_count_from_the_next_request_on(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let (ana, bo) = (house.business("ana").await, house.business("bo").await);
    house.bring(&ana, &bo, "viewer").await;
    let neighbour = house.neighbour().await;
    let elsewhere = neighbour.with("authorization", bo.client_token());
    assert_eq!(bo.client.get(WORKSPACE).await.ok()["role"], "viewer");
    assert_eq!(elsewhere.get(WORKSPACE).await.ok()["role"], "viewer");
    bo.client.put(WORKSPACE, &json!({"name": "Mine"})).await.refused(403);
    bo.client.put(&member(&ana.id), &json!({"role": "viewer"})).await.refused(403);
    bo.client.delete(&member(&ana.id)).await.refused(403);

    let now = ana.client.put(&member(&bo.id), &json!({"role": "Owner"})).await.ok();
    assert_eq!((&now["role"], &now["email"], &now["username"]), (&json!("owner"), &json!(bo.email), &json!("bo")));
    assert_eq!(bo.client.get(WORKSPACE).await.ok()["role"], "owner");
    bo.client.put(WORKSPACE, &json!({"name": "Ours"})).await.ok();
    // The one who was the first is no more than a viewer now, in whatever process.
    bo.client.put(&member(&ana.id), &json!({"role": "viewer"})).await.ok();
    ana.client.put(WORKSPACE, &json!({"name": "Mine"})).await.refused(403);
    // Another process on SQLite sees it after at most 100 ms; on PostgreSQL at once.
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    elsewhere.put(WORKSPACE, &json!({"name": "Elsewhere"})).await.ok();
    assert_eq!(ana.client.put(&member(&bo.id), &json!({"role": "chief"})).await.faults(), ["role"]);
}

#[both_engines]
async fn there_is_always_an_owner(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let (ana, bo) = (house.business("ana").await, house.business("bo").await);
    ana.client.put(&member(&ana.id), &json!({"role": "viewer"})).await.refused(409);
    ana.client.delete(&member(&ana.id)).await.refused(409);
    assert_eq!(ana.client.put(&member(&ana.id), &json!({"role": "owner"})).await.ok()["role"], "owner");
    house.bring(&ana, &bo, "owner").await;
    // Both take the other's role at the same moment: one of them is late.
    let demote = json!({"role": "viewer"});
    let (of_ana, of_bo) = (member(&ana.id), member(&bo.id));
    let answers = join_all([ana.client.put(&of_bo, &demote), bo.client.put(&of_ana, &demote)]).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403]);
    let sql = "SELECT count(*) FROM workspace_members WHERE role = 'owner' AND workspace_id = $1";
    assert_eq!(house.value::<i64>(sql, db::args![ana.row.workspace_id]).await, 1);
}

#[both_engines]
async fn whoever_is_taken_out_goes_on_in_their_own(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let (ana, bo) = (house.business("ana").await, house.business("bo").await);
    let own = bo.client.get(WORKSPACE).await.ok();
    house.bring(&ana, &bo, "manager").await;
    let shared = bo.client.get(WORKSPACE).await.ok();
    assert_ne!(shared["id"], own["id"]);
    assert_eq!(shared["members"], 2);
    let members = ana.client.get(MEMBERS).await.ok();
    assert_eq!(
        (&members["total"], each(&members["members"], "username")),
        (&json!(2), vec!["ana".into(), "bo".into()])
    );
    assert_eq!(ana.client.get(&format!("{MEMBERS}?limit=1&offset=1")).await.ok()["members"][0]["role"], "manager");

    ana.client.delete(&member(&bo.id)).await.ok();
    assert_eq!(bo.client.get(WORKSPACE).await.ok()["id"], own["id"]);
    ana.client.delete(&member(&bo.id)).await.refused(404);
    house.bring(&ana, &bo, "viewer").await;
    bo.client.delete(&member(&bo.id)).await.ok();
    assert_eq!(bo.client.get(WORKSPACE).await.ok()["id"], own["id"]);

    // Without any other workspace, they get a new one of their own.
    house.bring(&ana, &bo, "manager").await;
    let alone = "DELETE FROM workspace_members WHERE account_id = $1 AND workspace_id = $2";
    house.run(alone, db::args![bo.row.id, bo.row.workspace_id]).await;
    bo.client.delete(&member(&bo.id)).await.ok();
    let fresh = bo.client.get(WORKSPACE).await.ok();
    assert_eq!((&fresh["role"], &fresh["members"]), (&json!("owner"), &json!(1)));
    assert!(fresh["id"] != own["id"] && fresh["id"] != shared["id"]);
}

#[both_engines]
async fn nobody_learns_of_another_workspace(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let (ana, eve) = (house.business("ana").await, house.business("eve").await);
    eve.client.put(&member(&ana.id), &json!({"role": "viewer"})).await.refused(404);
    eve.client.delete(&member(&ana.id)).await.refused(404);
    let theirs = ana.client.get(WORKSPACE).await.ok()["id"].as_str().unwrap().to_owned();
    eve.client.post(&format!("/api/v1/workspaces/{theirs}/switch"), &json!({})).await.refused(404);
    for nothing in ["nonsense", "0190a000-0000-7000-8000-000000000000"] {
        eve.client.post(&format!("/api/v1/workspaces/{nothing}/switch"), &json!({})).await.refused(404);
        eve.client.put(&member(nothing), &json!({"role": "viewer"})).await.refused(404);
        eve.client.delete(&member(nothing)).await.refused(404);
    }
    assert_eq!(eve.client.get(MEMBERS).await.ok()["total"], 1);
}

#[both_engines]
async fn one_works_in_one_workspace_at_a_time(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let (ana, bo) = (house.business("ana").await, house.business("bo").await);
    let own = bo.client.get(WORKSPACE).await.ok()["id"].as_str().unwrap().to_owned();
    house.bring(&ana, &bo, "viewer").await;
    let list = bo.client.get("/api/v1/workspaces").await.ok();
    assert_eq!((&list["total"], each(&list["workspaces"], "name")), (&json!(2), vec!["bo".into(), "ana".into()]));
    assert_eq!((&list["workspaces"][0]["current"], &list["workspaces"][1]["current"]), (&json!(false), &json!(true)));
    let second = house.log_in(&bo.row).await;
    let back = bo.client.post(&format!("/api/v1/workspaces/{own}/switch"), &json!({})).await.ok();
    assert_eq!((&back["id"], &back["role"]), (&json!(own), &json!("owner")));
    // Every log-in of the account follows.
    assert_eq!(second.get(WORKSPACE).await.ok()["id"], own);
    second.put(WORKSPACE, &json!({"name": "Bo & Co"})).await.ok();
}
