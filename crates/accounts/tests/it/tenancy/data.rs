//! Taking one's data out, and being erased.

use async_trait::async_trait;
use axum::http::Method;
use creators::Creator;
use db::Tx;
use http_base::data::{Data, Eraser, Holder, Section};
use kernel::{CreatorId, Result, Scope, Timestamp, UserType, time};
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use super::{House, each};

const EXPORT: &str = "/api/v1/account/export";
const ACCOUNT: &str = "/api/v1/account";

/// The records of a section.
fn records(lines: &[Value], section: &str) -> Vec<Value> {
    lines.iter().filter(|line| line["section"] == section).map(|line| line["record"].clone()).collect()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A slice that keeps a thousand notes about everyone.
struct Notes;

#[async_trait]
impl Section for Notes {
    fn name(&self) -> &'static str {
        "notes"
    }

    async fn fetch(&self, _: Scope, _: &mut Tx, of: &Holder, from: u64) -> Result<Vec<Value>> {
        let page = u64::from(http_base::data::PAGE);
        let upto = (from + page).min(1000);
        Ok((from..upto).map(|number| json!({"number": number, "of": of.account, "text": "x".repeat(500)})).collect())
    }
}

#[async_trait]
impl Eraser for Notes {
    async fn erase(&self, _: Scope, tx: &mut Tx, of: &Holder, now: Timestamp) -> Result<()> {
        let sql = "UPDATE workspaces SET name = 'by the eraser', updated_at = $2 WHERE id = $1";
        tx.execute(sql, db::args![of.workspace, now]).await.map(drop)
    }
}

impl House {
    /// An entry of the directory that this account has claimed.
    async fn claimed(&self, account: kernel::AccountId) -> CreatorId {
        let body = json!({"name": "Cat Meow", "email": "cat@example.com", "platform": "instagram", "channel_name": "@cat",
            "niche": "fitness", "followers_count": "125K", "languages": ["English"], "about": "I am Cat"});
        let mut entry = Creator::new(testkit::read(body), self.clock.new_id(), None, self.now()).unwrap();
        let mut tx = self.fresh.db.write().await.unwrap();
        creators::store::insert(Scope::system(), &mut tx, &mut entry).await.unwrap();
        creators::store::claim(Scope::system(), &mut tx, "cat@example.com", account, self.now()).await.unwrap();
        tx.commit().await.unwrap();
        entry.id
    }

    /// The entry, if it is still in the directory,
    async fn entry(&self, id: CreatorId) -> Option<Creator> {
        let mut tx = self.fresh.db.read().await.unwrap();
        creators::store::by_id(Scope::system(), &mut tx, id).await.unwrap()
    }

    /// and what is left of it in any case.
    async fn remains(&self, id: CreatorId) -> (Creator, Option<String>) {
        let mut tx = self.fresh.db.read().await.unwrap();
        let columns = format!("{}, email_key", Creator::COLUMNS);
        creators::store::of_ids(&mut tx, &columns, &[id]).await.unwrap().remove(0)
    }
}

async fn export(house: &House, guest: &super::Guest) -> (Value, String) {
    let asked = guest.client.post(EXPORT, &json!({})).await;
    assert_eq!(asked.status, 202, "{}", asked.text());
    let id = asked.json()["export_id"].as_str().unwrap().to_owned();
    house.work().await;
    let status = guest.client.get(&format!("{EXPORT}/{id}")).await.ok();
    assert_eq!(status["status"], "completed", "{status}");
    let url = status["download_url"].as_str().unwrap();
    let reply = guest.client.get(url.strip_prefix("https://flow.example").unwrap()).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/x-ndjson"));
    (status, reply.text())
}

#[both_engines]
async fn everything_about_an_account_is_told(fresh: FreshDb) {
    let house = House::beside(fresh, Data::told([Notes])).await;
    let (ana, bo) = (house.business("ana").await, house.business("bo").await);
    house.bring(&ana, &bo, "viewer").await;
    house.claimed(bo.row.id).await;
    house.tick();
    let key = bo.client.post("/api/v1/api-keys", &json!({"name": "Nightly", "scope": "read"})).await.json();
    house.tick();
    let (status, text) = export(&house, &bo).await;
    let lines = lines(&text);
    assert_eq!(records(&lines, "account")[0]["email"], "bo@example.com");
    assert_eq!(records(&lines, "account")[0]["is_verified"], true);
    assert_eq!(records(&lines, "account")[0]["created_at"], json!(bo.row.created_at));
    assert_eq!(records(&lines, "sessions")[0]["agent"], "test/1");
    assert_eq!(records(&lines, "api_keys")[0]["hint"], key["hint"]);
    assert_eq!(records(&lines, "memberships").len(), 2);
    assert_eq!(records(&lines, "invitations").len(), 1);
    assert_eq!(records(&lines, "directory_entries")[0]["languages"], json!(["English"]));
    let kinds: Vec<Value> = records(&lines, "audit").iter().map(|entry| entry["kind"].clone()).collect();
    assert_eq!(kinds, ["account.exported", "key.created", "invitation.accepted", "login"]);
    let mail = &records(&lines, "mails")[0];
    assert!(mail["body_text"].as_str().unwrap().contains("token=…"), "a token in a mail is left out: {mail}");
    assert!(!text.contains("argon2") && !text.contains("ifi_") && !text.contains(key["key"].as_str().unwrap()));
    assert!(!text.contains("ana@example.com"), "nothing of others");
    // Larger than a part, whole, and in order.
    let notes = records(&lines, "notes");
    assert!(text.len() > 500_000 && notes.len() == 1000);
    assert!(notes.iter().enumerate().all(|(place, note)| note["number"] == place && note["of"] == bo.id));
    let end = lines.last().unwrap();
    assert_eq!((&end["section"], &end["record"]["records"]), (&json!("end"), &json!(lines.len() - 1)));
    assert_eq!((&status["records"], &status["bytes"]), (&json!(lines.len()), &json!(text.len())));
}

#[both_engines]
async fn an_export_is_its_owners_and_for_a_week(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let (ana, eve) = (house.business("ana").await, house.business("eve").await);
    let first = ana.client.post(EXPORT, &json!({})).await.json();
    let path = format!("{EXPORT}/{}", first["export_id"].as_str().unwrap());
    assert_eq!((&first["status"], &first["download_url"]), (&json!("pending"), &Value::Null));
    ana.client.get(&format!("{path}/download")).await.refused(409);
    assert_eq!(
        ana.client.post(EXPORT, &json!({})).await.json()["export_id"],
        first["export_id"],
        "it is being made already"
    );
    house.work().await;
    assert_eq!(ana.client.get(&path).await.ok()["status"], "completed");
    eve.client.get(&path).await.refused(404);
    eve.client.get(&format!("{path}/download")).await.refused(404);
    ana.client.get(&format!("{EXPORT}/nonsense")).await.refused(404);
    // A new one takes its place.
    let (second, _) = export(&house, &ana).await;
    assert_eq!(ana.client.get(&path).await.ok()["status"], "expired");
    ana.client.get(&format!("{path}/download")).await.refused(404);
    house.clock.advance(7 * time::DAY + time::HOUR);
    let path = format!("{EXPORT}/{}", second["export_id"].as_str().unwrap());
    let ana = house.log_in(&ana.row).await;
    assert_eq!(ana.get(&path).await.ok()["status"], "expired");
    ana.get(&format!("{path}/download")).await.refused(404);
    house.work().await;
    assert_eq!(house.value::<i64>("SELECT count(*) FROM account_export_parts", vec![]).await, 0);
}

#[both_engines]
async fn whoever_is_erased_is_nobody(fresh: FreshDb) {
    let house = House::beside(fresh, Data::default().erased_by(Notes)).await;
    let (ana, bo) = (house.business("ana").await, house.business("bo").await);
    house.bring(&ana, &bo, "viewer").await;
    let own = bo.row.workspace_id.unwrap();
    let entry = house.claimed(bo.row.id).await;
    let key = bo.client.post("/api/v1/api-keys", &json!({"name": "Nightly of Bo", "scope": "read"})).await.json();
    export(&house, &bo).await;
    let second = house.log_in(&bo.row).await;
    house.run(
        "INSERT INTO audit_log (id, kind, subject, address, detail, created_at) VALUES ($1, 'login.failed', $2, '1.2.3.4', '{}', $3)",
        db::args![house.clock.new_id::<()>(), "bo@example.com", house.now()],
    ).await;

    bo.client.json(Method::DELETE, ACCOUNT, &json!({"password": "wrong"})).await.refused(403);
    assert_eq!(bo.client.json(Method::DELETE, ACCOUNT, &json!({})).await.faults(), ["password"]);
    bo.client.json(Method::DELETE, ACCOUNT, &json!({"password": "correct horse"})).await.ok();

    bo.client.get("/api/v1/auth/me").await.refused(401);
    second.get("/api/v1/workspace").await.refused(401);
    house.bearer(key["key"].as_str().unwrap()).get("/api/v1/workspace").await.refused(401);
    let login = json!({"email": "bo@example.com", "password": "correct horse"});
    house.client.post("/api/v1/auth/login", &login).await.refused(401);
    // Nothing in the whole database says who it was, but for the entry of the directory, which was not to go.
    for (table, columns) in [
        ("accounts", "email, email_key, username, username_key, country, instagram_handle"),
        ("workspaces", "name"),
        ("sessions", "address, agent"),
        ("invitations", "email, email_key"),
        ("mails", "recipient, recipient_key, subject, body_text, body_html"),
        ("audit_log", "subject, address, detail"),
        ("api_keys", "name"),
        ("identities", "subject, name"),
        ("known_addresses", "network"),
        ("account_export_parts", "body"),
    ] {
        for column in columns.split(", ") {
            let sql = format!(
                "SELECT count(*) FROM {table} WHERE lower({column}) LIKE '%bo@example%' OR lower({column}) = 'bo' \
                               OR lower({column}) LIKE '%of bo%'"
            );
            assert_eq!(house.value::<i64>(&sql, vec![]).await, 0, "{table}.{column}");
        }
    }
    let sql = "SELECT username FROM accounts WHERE id = $1 AND erased_at IS NOT NULL AND password_hash IS NULL";
    assert_eq!(house.value::<String>(sql, db::args![bo.row.id]).await, format!("erased-{}", bo.id), "the id stays");
    let sql = "SELECT name FROM workspaces WHERE id = $1";
    assert_eq!(
        house.value::<String>(sql, db::args![own]).await,
        format!("erased-{own}"),
        "what it holds stays, nameless"
    );
    let entry = house.entry(entry).await.unwrap();
    assert_eq!((entry.name.as_str(), entry.claimed_by), ("Cat Meow", None));
    assert_eq!(ana.client.get("/api/v1/workspace/members").await.ok()["total"], 1);
    let audit = ana.client.get(&format!("/api/v1/audit?account_id={}", bo.id)).await.ok();
    assert!(each(&audit["entries"], "kind").contains(&"account.erased".to_owned()), "{audit}");
    assert!(audit["entries"].as_array().unwrap().iter().all(|entry| entry["address"].is_null()));
    // The eraser of another slice ran in the same transaction, on the workspace that they worked in.
    assert_eq!(ana.client.get("/api/v1/workspace").await.ok()["name"], "by the eraser");
    // The address is free again.
    let again = house.business("bo").await;
    assert_ne!(again.id, bo.id);
}

#[both_engines]
async fn a_workspace_with_others_in_it_is_handed_over_first(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let (ana, bo) = (house.business("ana").await, house.business("bo").await);
    house.bring(&ana, &bo, "manager").await;
    let farewell = json!({"password": "correct horse"});
    ana.client.json(Method::DELETE, ACCOUNT, &farewell).await.refused(409);
    ana.client.get("/api/v1/workspace").await.ok();
    ana.client.put(&format!("/api/v1/workspace/members/{}", bo.id), &json!({"role": "owner"})).await.ok();
    ana.client.json(Method::DELETE, ACCOUNT, &farewell).await.ok();
    let left = bo.client.get("/api/v1/workspace").await.ok();
    assert_eq!((&left["role"], &left["members"], &left["name"]), (&json!("owner"), &json!(1), &json!("ana")));
}

#[both_engines]
async fn an_entry_of_the_directory_goes_if_asked(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let cat = house.guest("cat", UserType::Creator).await;
    let entry = house.claimed(cat.row.id).await;
    let farewell = json!({"password": "correct horse", "erase_directory_entry": true});
    cat.client.json(Method::DELETE, ACCOUNT, &farewell).await.ok();
    assert!(house.entry(entry).await.is_none());
    let (left, email_key) = house.remains(entry).await;
    assert_eq!((left.name.as_str(), left.email, email_key), ("Erased", None, None));
    assert_eq!((left.channel_name, left.about, left.claimed_by, left.seq > 0), (None, None, None, true));
}

#[both_engines]
async fn without_a_password_it_takes_a_fresh_log_in(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let bo = house.guest_with("bo", UserType::Creator, None).await;
    house.clock.advance(11 * time::MINUTE);
    bo.client.json(Method::DELETE, ACCOUNT, &json!({})).await.refused(403);
    let fresh = house.log_in(&bo.row).await;
    fresh.json(Method::DELETE, ACCOUNT, &json!({})).await.ok();
    bo.client.post(EXPORT, &json!({})).await.refused(401);
}

#[both_engines]
async fn guesses_at_the_password_are_slowed(fresh: FreshDb) {
    let house = House::open(fresh).await;
    let bo = house.business("bo").await;
    let mut refused = 0;
    for _ in 0..30 {
        let reply = bo.client.json(Method::DELETE, ACCOUNT, &json!({"password": "wrong"})).await;
        refused += usize::from(reply.status == 429);
    }
    assert!(refused >= 15, "{refused}");
    assert_eq!(bo.client.get("/api/v1/workspace").await.status, 200);
}
