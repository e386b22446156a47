//! Keys for programs.

use kernel::{UserType, time};
use serde_json::{Value, json};
use testkit::{Client, FreshDb, both_engines};

use super::{Guest, House, each};

const KEYS: &str = "/api/v1/api-keys";

async fn make(guest: &Guest, scope: &str) -> Value {
    let made = guest.client.post(KEYS, &json!({"name": "Nightly", "scope": scope})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()
}

fn with(house: &House, key: &Value) -> Client {
    house.bearer(key["key"].as_str().unwrap())
}

#[both_engines]
async fn a_key_is_shown_once_and_is_its_account(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let ana = house.business("ana").await;
    let made = make(&ana, "write").await;
    let key = made["key"].as_str().unwrap();
    assert!(key.starts_with("ifk_") && key.len() == 47 && key.ends_with(made["hint"].as_str().unwrap()), "{key}");
    assert_eq!(made["workspace_id"], json!(ana.row.workspace_id));
    let program = with(&house, &made);
    assert_eq!(program.get("/api/v1/workspace").await.ok()["name"], "ana");
    assert_eq!(program.get("/api/v1/audit").await.status, 200);
    let list = ana.client.get(KEYS).await;
    assert!(!list.text().contains(key) && !list.text().contains("hash"));
    let listed = list.ok();
    assert_eq!((&listed["total"], &listed["api_keys"][0]["hint"]), (&json!(1), &made["hint"]));
    let sql = "SELECT count(*) FROM api_keys WHERE hash = $1";
    assert_eq!(house.value::<i64>(sql, db::args![key]).await, 0, "the key itself is stored nowhere");
    assert_eq!(house.value::<i64>(sql, db::args![accounts::secrets::hash(key)]).await, 1);
    for wrong in [&key[..46], "ifk_", "ifk_nonsense", &key.to_uppercase()] {
        house.bearer(wrong).get("/api/v1/workspace").await.refused(401);
    }
}

#[both_engines]
async fn what_takes_a_person_takes_no_key(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let ana = house.business("ana").await;
    let program = with(&house, &make(&ana, "write").await);
    program.get(KEYS).await.refused(403);
    program.post(KEYS, &json!({"name": "More", "scope": "read"})).await.refused(403);
    program.delete(&format!("{KEYS}/0190a000-0000-7000-8000-000000000000")).await.refused(403);
    program.put("/api/v1/workspace", &json!({"name": "Taken"})).await.refused(403);
    program
        .post("/api/v1/workspace/invitations", &json!({"email": "x@example.com", "role": "owner"}))
        .await
        .refused(403);
    program.get("/api/v1/workspaces").await.refused(403);
    program.post("/api/v1/account/export", &json!({})).await.refused(403);
    program
        .json(axum::http::Method::DELETE, "/api/v1/account", &json!({"password": "correct horse"}))
        .await
        .refused(403);
}

#[both_engines]
async fn a_key_may_do_no_more_than_its_account_at_present(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let (ana, bo) = (house.business("ana").await, house.business("bo").await);
    house.bring(&ana, &bo, "manager").await;
    let key = make(&bo, "write").await;
    let program = with(&house, &key);
    let shared = program.get("/api/v1/workspace").await.ok();
    assert_eq!((&shared["role"], &shared["name"]), (&json!("manager"), &json!("ana")));
    let account = house.account_of(&key).await;
    assert!(!account.read_only);

    let path = format!("/api/v1/workspace/members/{}", bo.id);
    ana.client.put(&path, &json!({"role": "viewer"})).await.ok();
    assert!(house.account_of(&key).await.read_only, "a viewer's key only reads");
    assert_eq!(program.get("/api/v1/workspace").await.ok()["role"], "viewer");
    bo.client.post(KEYS, &json!({"name": "x", "scope": "write"})).await.refused(403);
    assert_eq!(bo.client.post(KEYS, &json!({"name": "x", "scope": "read"})).await.status, 201);

    // It stays in its workspace, wherever its account works now.
    ana.client.put(&path, &json!({"role": "manager"})).await.ok();
    let own = bo.row.workspace_id.unwrap();
    bo.client.post(&format!("/api/v1/workspaces/{own}/switch"), &json!({})).await.ok();
    assert_eq!(program.get("/api/v1/workspace").await.ok()["id"], shared["id"]);
    assert_eq!(bo.client.get("/api/v1/workspace").await.ok()["id"], json!(own));

    ana.client.delete(&path).await.ok();
    program.get("/api/v1/workspace").await.refused(401);
    // Whoever comes back makes new ones.
    bo.client.post(&format!("/api/v1/workspaces/{own}/switch"), &json!({})).await.ok();
    house.bring(&ana, &bo, "manager").await;
    program.get("/api/v1/workspace").await.refused(401);
}

#[both_engines]
async fn keys_end(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let (ana, eve) = (house.business("ana").await, house.business("eve").await);
    let key = make(&ana, "read").await;
    let program = with(&house, &key);
    program.get("/api/v1/workspace").await.ok();
    let path = format!("{KEYS}/{}", key["id"].as_str().unwrap());
    eve.client.delete(&path).await.refused(404);
    ana.client.delete(&path).await.ok();
    program.get("/api/v1/workspace").await.refused(401);
    ana.client.delete(&path).await.refused(404);
    ana.client.delete(&format!("{KEYS}/nonsense")).await.refused(404);

    let end = house.now().plus(time::HOUR);
    let body = json!({"name": "Short", "scope": "read", "expires_at": end});
    let short = ana.client.post(KEYS, &body).await.json();
    let program = with(&house, &short);
    program.get("/api/v1/workspace").await.ok();
    house.clock.advance(time::HOUR);
    program.get("/api/v1/workspace").await.refused(401);
    let ana = house.log_in(&ana.row).await;
    let past = json!({"name": "Past", "scope": "read", "expires_at": house.now()});
    assert_eq!(ana.post(KEYS, &past).await.faults(), ["expires_at"]);
    assert_eq!(
        ana.post(KEYS, &json!({"scope": "all", "expires_at": "soon"})).await.faults(),
        ["name", "scope", "expires_at"]
    );
}

#[both_engines]
async fn kinds_of_accounts_have_keys(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let creator = house.guest("cat", UserType::Creator).await;
    let key = make(&creator, "write").await;
    assert_eq!(key["workspace_id"], Value::Null);
    assert_eq!(house.account_of(&key).await.user_type, UserType::Creator);
    // A key that was made as a creator is none of an administrator's.
    house.run("UPDATE accounts SET user_type = 'BUSINESS' WHERE id = $1", db::args![creator.row.id]).await;
    let mut tx = house.accounts.app().write().await.unwrap();
    accounts::store::moved(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    with(&house, &key).get("/api/v1/audit").await.refused(401);
}

#[both_engines]
async fn use_is_noted_once_an_hour_and_not_waited_for(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let ana = house.business("ana").await;
    let key = make(&ana, "read").await;
    let program = with(&house, &key);
    let id: kernel::ApiKeyId = key["id"].as_str().unwrap().parse().unwrap();
    let sql = "SELECT COALESCE(last_used_at, 0) FROM api_keys WHERE id = $1";
    // The one writer is busy, and the key is good all the same.
    let busy = house.accounts.app().write().await.unwrap();
    program.get("/api/v1/workspace").await.ok();
    if house.accounts.app().db().engine() == db::Engine::Sqlite {
        assert_eq!(house.value::<i64>(sql, db::args![id]).await, 0);
    }
    drop(busy);
    house.until(sql, id, house.now()).await;
    let first = house.now();
    house.clock.advance(time::HOUR - time::MINUTE);
    program.get("/api/v1/workspace").await.ok();
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(house.value::<i64>(sql, db::args![id]).await, first.micros());
    house.clock.advance(time::MINUTE);
    program.get("/api/v1/workspace").await.ok();
    house.until(sql, id, house.now()).await;
}

#[both_engines]
async fn an_account_has_so_many_keys(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let ana = house.business("ana").await;
    let mut last = Value::Null;
    for _ in 0..50 {
        last = make(&ana, "read").await;
    }
    ana.client.post(KEYS, &json!({"name": "More", "scope": "read"})).await.refused(409);
    ana.client.delete(&format!("{KEYS}/{}", last["id"].as_str().unwrap())).await.ok();
    make(&ana, "read").await;
    let list = ana.client.get(&format!("{KEYS}?limit=20&offset=40")).await.ok();
    assert_eq!((&list["total"], each(&list["api_keys"], "id").len()), (&json!(51), 11));
}

impl House {
    /// The account that this key is let in as.
    async fn account_of(&self, key: &Value) -> kernel::Account {
        self.accounts.app().authenticate(key["key"].as_str().unwrap()).await.unwrap()
    }

    /// Waits until the key's use is noted with this moment.
    async fn until(&self, sql: &str, id: kernel::ApiKeyId, moment: kernel::Timestamp) {
        for _ in 0..200 {
            if self.value::<i64>(sql, db::args![id]).await == moment.micros() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("its use was not noted");
    }
}
