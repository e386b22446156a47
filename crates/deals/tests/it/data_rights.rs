//! What is kept about people is told to them, and taken away.

use deals::data::{Erasing, SECTIONS};
use http_base::data::{Eraser as _, Holder, PAGE, Section as _, Table};
use kernel::{Scope, UserType};
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::World;

/// What contracts and payments tell.
fn sections() -> impl Iterator<Item = &'static Table> {
    SECTIONS.iter().chain(payments::data::SECTIONS)
}

impl World {
    fn as_creator(&self) -> Holder {
        let holder = Holder::of(self.creator_account.account.id, UserType::Creator);
        Holder { email_key: Some("ana@example.com".into()), claimed: vec![self.creator_id], ..holder }
    }

    /// The business, as the owner of its workspace.
    fn as_owner(&self) -> Holder {
        let workspace = self.business_account.account.workspace;
        let holder = Holder::of(self.business_account.account.id, UserType::Business);
        Holder { workspace, owned: workspace.into_iter().collect(), ..holder }
    }

    /// Every record of a section, page by page.
    async fn section(&self, name: &str, of: &Holder) -> Vec<Value> {
        let section = sections().find(|known| known.name == name).unwrap();
        let (mut all, mut tx) = (Vec::new(), self.app.read().await.unwrap());
        loop {
            let page = section.fetch(Scope::system(), &mut tx, of, all.len() as u64).await.unwrap();
            let is_last = page.len() < PAGE as usize;
            all.extend(page);
            if is_last {
                return all;
            }
        }
    }

    async fn erase(&self, of: &Holder) {
        let mut tx = self.app.write().await.unwrap();
        Erasing.erase(Scope::system(), &mut tx, of, self.clock.now()).await.unwrap();
        payments::data::Erasing.erase(Scope::system(), &mut tx, of, self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[both_engines]
async fn each_side_is_told_what_is_kept_of_it(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (creator, owner) = (world.as_creator(), world.as_owner());
    world.draft(json!({})).await;
    let path = world.draft(json!({})).await;
    world.business.post(&format!("{path}/send"), &json!({})).await.ok();
    world.business.post(&format!("{path}/sign"), &json!({"name": "Bo"})).await.ok();
    let token = world.tokens().await.pop().unwrap();
    world.anyone.post(&format!("/api/v1/contracts/sign/{token}"), &json!({"name": "Ana Ferreira"})).await.ok();
    let payment = world.payments(&path).await.remove(0);
    world.pay(&payment).await;
    let counts = |of: Holder| {
        let world = &world;
        async move {
            let mut counts = Vec::new();
            for section in sections() {
                counts.push((section.name, world.section(section.name, &of).await.len()));
            }
            counts.retain(|(_, count)| *count > 0);
            counts
        }
    };
    assert_eq!(
        counts(owner).await,
        [("contracts", 2), ("contract_deliverables", 2), ("contract_signatures", 1), ("payments", 2), ("ledger", 2)]
    );
    assert_eq!(
        counts(world.as_creator()).await,
        [
            ("contracts_with_you", 1),
            ("deliverables_of_you", 1),
            ("contract_signatures", 1),
            ("contract_links", 1),
            ("payments_to_you", 2)
        ]
    );
    let signature = world.section("contract_signatures", &creator).await.remove(0);
    assert_eq!(
        (&signature["signer_name"], &signature["signer_email"], &signature["document"]["total"]),
        (&json!("Ana Ferreira"), &json!("ana@example.com"), &json!(120_000))
    );
    let paid = world.section("payments_to_you", &creator).await;
    assert!(paid.iter().any(|row| row["status"] == "completed" && row["amount"] == 400.0), "{paid:?}");
    let told = format!("{:?}", world.section("contract_links", &creator).await);
    assert!(!told.contains(&token) && !told.contains("token_hash"));
    // More than a page, each once.
    for _ in 0..2 {
        let sql = "INSERT INTO contract_links (id, contract_id, version, party, email, status, expires_at, created_at, reminders) \
                   SELECT $1, id, 9, 'creator', 'Ana@Example.com', 'void', 1, 1, 0 FROM contracts WHERE status = 'signed'";
        let mut tx = world.app.write().await.unwrap();
        assert_eq!(tx.execute(sql, db::args![world.clock.new_id::<()>()]).await.unwrap(), 1);
        tx.commit().await.unwrap();
    }
    assert_eq!(world.section("contract_links", &creator).await.len(), 3);
    let nobody = Holder::of(world.clock.new_id(), UserType::Creator);
    assert!(counts(nobody).await.is_empty());
}

#[both_engines]
async fn what_is_signed_stays_and_what_is_not_goes(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let creator = world.as_creator();
    let signed = world.draft(json!({})).await;
    world.business.post(&format!("{signed}/send"), &json!({})).await.ok();
    world.business.post(&format!("{signed}/sign"), &json!({"name": "Bo"})).await.ok();
    let token = world.tokens().await.pop().unwrap();
    world
        .anyone
        .clone()
        .with("user-agent", "Firefox")
        .post(&format!("/api/v1/contracts/sign/{token}"), &json!({"name": "Ana Ferreira"}))
        .await
        .ok();
    let half = world.sent(json!({})).await;
    world.business.post(&format!("{half}/sign"), &json!({"attest_counterpart": false})).await.ok();
    let offered = world.draft(json!({})).await;
    world.business.post(&format!("{offered}/send"), &json!({})).await.ok();
    let open = world.tokens().await.into_iter().find(|one| *one != token).unwrap();
    world.anyone.get(&format!("/api/v1/contracts/sign/{open}")).await.ok();
    world.erase(&creator).await;
    world.erase(&creator).await;
    // Signed: whole, and still vouched for.
    let details = world.check(&signed).await;
    assert_eq!(details["signatures"][1]["name"], "Ana Ferreira");
    assert_eq!(world.check(&half).await["status"], "sent");
    // Offered, and signed by nobody: cancelled, and nothing of her is left in it.
    let details = world.check(&offered).await;
    assert_eq!((&details["status"], &details["versions"]), (&json!("cancelled"), &json!([])));
    let trail = world.get(&format!("{offered}/audit")).await;
    assert_eq!((trail["entries"].as_array().unwrap().len(), &trail["entries"][0]["kind"]), (1, &json!("erased")));
    assert!(!trail.to_string().contains("ana@example.com"));
    world.anyone.get(&format!("/api/v1/contracts/sign/{open}")).await.refused(404);
    assert_eq!(
        world.count("contract_links WHERE email <> 'erased' OR name IS NOT NULL OR token_hash IS NOT NULL").await,
        0
    );
    world.verify_ledger().await;
    assert!(deals::ops::verify::everything(world.app.db()).await.unwrap().broken.is_empty());
}
