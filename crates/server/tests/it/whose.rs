//! Whose an entry of the directory is: who adds one does not own the person, and a person's address is not everybody's.

use accounts::NewAccount;
use creators::store;
use http_base::Peer;
use kernel::{CreatorId, Scope, UserType};
use serde_json::{Value, json};
use testkit::{Client, both_engines};
use uuid::Uuid;

use crate::world::What::Serve;
use crate::world::{World, creator, encoded, fitband, text, texts};

/// Someone with a proved address, logged in.
async fn someone(world: &World, name: &str, user_type: UserType) -> Client {
    let accounts = &world.server.accounts;
    let new = NewAccount {
        email: Some(format!("{name}@example.com")),
        username: Some(name.to_owned()),
        is_verified: user_type != UserType::Creator,
        ..NewAccount::of(user_type)
    };
    let mut tx = world.db().write().await.unwrap();
    let row = accounts::store::insert_account(Scope::system(), &mut tx, accounts.clock(), new).await.unwrap();
    tx.commit().await.unwrap();
    if user_type == UserType::Creator {
        prove(world, name).await;
    }
    let mut tx = world.db().write().await.unwrap();
    let opened = accounts::session::open(accounts, &mut tx, &row, "password", &Peer::default()).await.unwrap();
    tx.commit().await.unwrap();
    world.client.clone().with("authorization", &format!("Bearer {}", opened.tokens.access_token))
}

/// Answers the mail of a creator's address, through the route.
async fn prove(world: &World, name: &str) {
    let (hash, token) = (accounts::secrets::hash(name), name);
    let email = format!("{name}@example.com");
    let mut tx = world.db().write().await.unwrap();
    let found = accounts::store::by_email(Scope::system(), &mut tx, &email).await.unwrap().unwrap();
    let now = world.server.accounts.clock().now();
    let times = (now, now.plus(kernel::time::HOUR));
    let purpose = accounts::store::Purpose::Verify;
    accounts::store::insert_mail_token(Scope::system(), &mut tx, purpose, found.id, &email, &hash, times)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    world.client.post("/api/v1/auth/verify-email", &json!({"token": token})).await.ok();
}

async fn add(client: &Client, name: &str, fields: Value) -> String {
    text(&client.post("/api/v1/creators", &creator(name, fields)).await.ok(), "id")
}

/// A campaign of theirs that has this creator in its outreach.
async fn work_with(client: &Client, creator: &str) -> (String, String) {
    let campaign = text(&client.post("/api/v1/campaigns", &fitband()).await.ok(), "id");
    let path = format!("/api/v1/campaigns/{campaign}/select-influencer");
    let selected = client.post(&path, &json!({"influencer_id": creator})).await.ok();
    (campaign, text(&selected, "outreach_id"))
}

async fn names(client: &Client, query: &str) -> Vec<String> {
    texts(&client.get(&format!("/api/v1/creators?limit=100&{query}")).await.ok()["creators"], "name")
}

#[both_engines(Serve)]
async fn who_adds_a_shared_entry_does_not_own_the_person(world: World) {
    let (a, b) =
        (someone(&world, "brand_a", UserType::Business).await, someone(&world, "brand_b", UserType::Business).await);
    let famous = add(&a, "Famous", json!({"channel_name": "@famous", "email": "famous@example.com"})).await;
    let path = format!("/api/v1/creators/{famous}");
    // As long as nobody else has to do with it, what A wrote A may mend.
    a.put(&path, &json!({"name": "Famous One"})).await.ok();
    let (_, _) = work_with(&b, &famous).await;
    for theft in [
        json!({"email": "brand_a@example.com"}),
        json!({"email": null}),
        json!({"channel_name": "@other"}),
        json!({"name": "Somebody Else"}),
        json!({"platform": "tiktok"}),
        json!({"visibility": "private"}),
    ] {
        let told = a.put(&path, &theft).await;
        told.refused(403);
    }
    let table = "name,platform,niche,followers_count,channel_name,email\n\
                 Famous One,instagram,fitness,125K,@famous,brand_a@example.com\n";
    let form = testkit::Form::new().file("file", "theft.csv", table);
    let report = a.upload("/api/v1/creators/import", &form).await.ok();
    assert_eq!((&report["failed"], &report["updated"]), (&json!(1), &json!(0)), "{report}");
    // What describes the person A goes on describing.
    a.put(&path, &json!({"about": "Lifts things"})).await.ok();
    // A correction waits for whoever decides: neither of the brands, the creator as soon as they come.
    let proposed =
        a.post(&format!("{path}/corrections"), &json!({"channel_name": "@famous.one", "note": "Renamed"})).await;
    assert_eq!(proposed.status, 201, "{}", proposed.text());
    let decision = format!("{path}/corrections/{}/decision", text(&proposed.json(), "id"));
    a.post(&decision, &json!({"accept": true})).await.refused(403);
    b.post(&decision, &json!({"accept": true})).await.refused(403);
    assert_eq!(b.get(&format!("{path}/corrections")).await.ok()["corrections"], json!([]));
    let owner = someone(&world, "famous", UserType::Creator).await;
    assert_eq!(owner.get(&format!("{path}/corrections")).await.ok()["corrections"][0]["status"], "open");
    assert_eq!(owner.post(&decision, &json!({"accept": true})).await.ok()["status"], "accepted");
    owner.post(&decision, &json!({"accept": false})).await.refused(409);
    assert_eq!(b.get(&path).await.ok()["channel_name"], "@famous.one");
    owner.put(&path, &json!({"email": "famous@other.example"})).await.ok();
    a.put(&path, &json!({"email": "brand_a@example.com"})).await.refused(403);
    // What brands rated is not theirs to write, in whatever way.
    owner.put(&path, &json!({"rating": 5.0})).await.refused(403);
    owner.post("/api/v1/creators", &creator("Me again", json!({"rating": 5.0}))).await.refused(403);
    owner.put(&path, &json!({"about": "Lifts heavy things"})).await.ok();
}

#[both_engines(Serve)]
async fn an_entry_that_others_work_with_is_withdrawn_and_not_deleted(world: World) {
    let (a, b) =
        (someone(&world, "brand_a", UserType::Business).await, someone(&world, "brand_b", UserType::Business).await);
    let c = someone(&world, "brand_c", UserType::Business).await;
    let famous = add(&a, "Famous", json!({"channel_name": "@famous", "about": "Strength training"})).await;
    let path = format!("/api/v1/creators/{famous}");
    let (campaign, outreach) = work_with(&b, &famous).await;
    let contract = json!({"campaign_id": campaign, "creator_id": famous, "payment_amount": 100.0,
        "terms": {"deliverables": [{"type": "post", "deadline": "2030-03-01T00:00:00Z"}]}, "payment_schedule": []});
    let contract = text(&b.post("/api/v1/contracts", &contract).await.ok(), "id");
    a.delete(&path).await.ok();
    for client in [&a, &b, &c] {
        assert!(names(client, "").await.is_empty());
    }
    c.get(&path).await.refused(404);
    a.get(&path).await.refused(404);
    assert!(!a.get("/api/v1/creators/export?format=jsonl").await.text().contains("Famous"));
    // B's work goes on: the profile, the outreach, the contract up to its signature.
    assert_eq!(b.get(&path).await.ok()["name"], "Famous");
    b.get(&format!("/api/v1/outreach/{outreach}")).await.ok();
    b.put(&format!("/api/v1/contracts/{contract}"), &json!({"status": "sent"})).await.ok();
    b.post(&format!("/api/v1/contracts/{contract}/sign"), &json!({})).await.ok();
    // The handle is free for whoever adds the person anew; an entry that nobody works with just goes.
    let again = add(&a, "Famous", json!({"channel_name": "@famous"})).await;
    a.delete(&format!("/api/v1/creators/{again}")).await.ok();
    a.get(&format!("/api/v1/creators/{again}")).await.refused(404);
}

#[both_engines(Serve)]
async fn an_address_is_shown_to_who_added_it_the_person_and_administrators(world: World) {
    let (a, b) =
        (someone(&world, "brand_a", UserType::Business).await, someone(&world, "brand_b", UserType::Business).await);
    let admin = someone(&world, "boss", UserType::Admin).await;
    let id = add(
        &a,
        "Famous",
        json!({"channel_name": "@famous", "email": "famous@example.com", "about": "Strength training"}),
    )
    .await;
    let other =
        add(&a, "Other", json!({"channel_name": "@other", "email": "other@example.com", "about": "Strength training"}))
            .await;
    let owner = someone(&world, "famous", UserType::Creator).await;
    let stranger = someone(&world, "stranger", UserType::Creator).await;
    let (campaign, outreach) = work_with(&b, &id).await;
    let shown = async |client: &Client, of: &str| {
        let profile = client.get(&format!("/api/v1/creators/{of}")).await.ok();
        let list = client.get("/api/v1/creators?limit=100").await.ok();
        let listed = list["creators"].as_array().unwrap().iter().find(|one| one["id"] == of).unwrap().clone();
        assert_eq!((&profile["email"], &profile["added_by_you"]), (&listed["email"], &listed["added_by_you"]));
        (profile["email"].as_str().map(str::to_owned), profile["added_by_you"] == true)
    };
    let known = Some("famous@example.com".to_owned());
    assert_eq!(shown(&a, &id).await, (known.clone(), true));
    assert_eq!(shown(&b, &id).await, (None, false));
    assert_eq!(shown(&owner, &id).await, (known.clone(), false));
    assert_eq!(shown(&owner, &other).await, (None, false));
    assert_eq!(shown(&stranger, &id).await, (None, false));
    assert_eq!(shown(&admin, &id).await, (known, false));
    // Whatever else B and a stranger ask, the address is in none of it.
    let pair = json!({"campaign_id": campaign, "creator_id": id, "subject": "Hi", "message": "Hello {{creator_name}}"});
    b.post("/api/v1/outreach/email", &pair).await.ok();
    let draft = json!({"campaign_id": campaign, "creator_id": id, "payment_amount": 100.0,
        "terms": {"deliverables": [{"type": "post", "deadline": "2030-03-01T00:00:00Z"}]}, "payment_schedule": []});
    let contract = text(&b.post("/api/v1/contracts", &draft).await.ok(), "id");
    for path in [
        "/api/v1/creators?limit=100".to_owned(),
        format!("/api/v1/creators?campaign_id={campaign}"),
        format!("/api/v1/creators/{id}?campaign_id={campaign}"),
        format!("/api/v1/creators/{other}/similar"),
        "/api/v1/creators/export".to_owned(),
        "/api/v1/creators/export?format=jsonl".to_owned(),
        format!("/api/v1/ai/campaign/{campaign}/matches"),
        format!("/api/v1/outreach/{outreach}"),
        format!("/api/v1/outreach/{outreach}/touches"),
        format!("/api/v1/contracts/{contract}"),
        format!("/api/v1/contracts/{contract}/document"),
    ] {
        let reply = b.get(&path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        assert!(!reply.text().contains("famous@example.com"), "{path}: {}", reply.text());
    }
    // Nor is it found by it.
    let found = b.get(&format!("/api/v1/creators?search={}", encoded("famous@example.com"))).await.ok();
    assert_eq!(found["total"], 0);
    for (path, body) in [
        ("/api/v1/creators/search", json!({"query": "strength training"})),
        ("/api/v1/creators/search", json!({"query": {"search": "Famous"}})),
        ("/api/v1/ai/similaritysearch", json!({"product_name": "Dumbbell", "product_niche": "fitness"})),
        ("/api/ai/similaritysearch", json!({"product_name": "Dumbbell", "product_niche": "fitness"})),
        ("/api/v1/outreach/templates/preview", pair.clone()),
    ] {
        let reply = b.post(path, &body).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        assert!(!reply.text().contains("famous@example.com"), "{path}: {}", reply.text());
    }
    assert!(a.get("/api/v1/creators/export").await.text().contains("famous@example.com"));
    // Page by page nobody gets to the end, either.
    assert_eq!(b.get("/api/v1/creators?offset=9990&limit=100").await.faults(), ["offset"]);
    admin.get("/api/v1/creators?offset=9990&limit=100").await.ok();
}

#[both_engines(Serve)]
async fn a_workspace_keeps_its_leads_to_itself(world: World) {
    let (a, b) =
        (someone(&world, "brand_a", UserType::Business).await, someone(&world, "brand_b", UserType::Business).await);
    let stranger = someone(&world, "stranger", UserType::Creator).await;
    let about = json!({"channel_name": "@lead", "email": "lead@example.com", "about": "Strength training", "visibility": "private"});
    let lead = add(&a, "Secret Lead", about).await;
    let shared = add(&a, "Open", json!({"channel_name": "@open", "about": "Strength training"})).await;
    let campaign = text(&b.post("/api/v1/campaigns", &fitband()).await.ok(), "id");
    let own = text(&a.post("/api/v1/campaigns", &fitband()).await.ok(), "id");
    // Everywhere for the one, nowhere for the others.
    let asked = |campaign: &str| {
        [
            ("/api/v1/creators?limit=100".to_owned(), None),
            ("/api/v1/creators?search=Secret".to_owned(), None),
            (format!("/api/v1/creators?campaign_id={campaign}"), None),
            (format!("/api/v1/creators?campaign_id={campaign}&sort=newest"), None),
            (format!("/api/v1/creators/{shared}/similar"), None),
            ("/api/v1/creators/export".to_owned(), None),
            (format!("/api/v1/ai/campaign/{campaign}/matches?match_threshold=0"), None),
            ("/api/v1/creators/search".to_owned(), Some(json!({"query": "strength training"}))),
            ("/api/v1/creators/search".to_owned(), Some(json!({"query": {"search": "Secret"}}))),
            (
                "/api/v1/ai/similaritysearch".to_owned(),
                Some(json!({"product_name": "Dumbbell", "product_niche": "fitness"})),
            ),
            ("/api/v1/ai/campaign-similarity".to_owned(), Some(json!({"campaign_id": campaign, "match_threshold": 0}))),
        ]
    };
    let answer = async |client: &Client, path: &str, body: &Option<Value>| match body {
        Some(body) => client.post(path, body).await,
        None => client.get(path).await,
    };
    for (path, body) in asked(&own) {
        let reply = answer(&a, &path, &body).await;
        assert!(reply.text().contains("Secret Lead"), "{path}: {}", reply.text());
    }
    for (path, body) in asked(&campaign) {
        let reply = answer(&b, &path, &body).await;
        assert!(reply.status == 200 && !reply.text().contains("Secret Lead"), "{path}: {}", reply.text());
    }
    assert!(names(&stranger, "").await.iter().all(|name| name != "Secret Lead"));
    let path = format!("/api/v1/creators/{lead}");
    assert_eq!(a.get(&path).await.ok()["visibility"], "private");
    b.get(&path).await.refused(404);
    b.put(&path, &json!({"name": "Mine"})).await.refused(404);
    b.delete(&path).await.refused(404);
    b.post(&format!("/api/v1/campaigns/{campaign}/select-influencer"), &json!({"influencer_id": lead}))
        .await
        .refused(404);
    b.post(&format!("/api/v1/ai/creator/{lead}/generate-embedding"), &json!({})).await.refused(404);
    b.post(&format!("{path}/corrections"), &json!({"name": "Mine"})).await.refused(404);
    // It takes the handle and the address from nobody, and tells nobody that it is there; not even in an import.
    let same = add(&b, "Lead", json!({"channel_name": "@lead", "email": "lead@example.com"})).await;
    let table = "name,platform,niche,followers_count,channel_name\nLead Two,instagram,fitness,125K,@lead\n";
    let report = b.upload("/api/v1/creators/import", &testkit::Form::new().file("file", "t.csv", table)).await.ok();
    assert_eq!(report["updated"], 1, "{report}");
    assert_eq!(b.get(&format!("/api/v1/creators/{same}")).await.ok()["name"], "Lead Two");
    assert_eq!(a.get(&path).await.ok()["name"], "Secret Lead");
    // Shared, it would be a second entry of the same handle; once the other is gone, it is shared.
    a.put(&path, &json!({"visibility": "shared"})).await.refused(409);
    b.delete(&format!("/api/v1/creators/{same}")).await.ok();
    a.put(&path, &json!({"visibility": "shared"})).await.ok();
    assert_eq!(b.get(&path).await.ok()["name"], "Secret Lead");
    a.put(&path, &json!({"visibility": "private"})).await.ok();
    b.get(&path).await.refused(404);
    // Whoever has no workspace has nothing to keep to it.
    let refused = stranger.post("/api/v1/creators", &creator("Mine", json!({"visibility": "private"}))).await;
    assert_eq!(refused.faults(), ["visibility"]);
}

#[both_engines(Serve)]
async fn a_claim_is_there_as_soon_as_both_facts_are(world: World) {
    let a = someone(&world, "brand_a", UserType::Business).await;
    // The creator came first: by creation, by import, by a change.
    let owner = someone(&world, "ana", UserType::Creator).await;
    let created = add(&a, "Ana", json!({"email": "Ana@example.com"})).await;
    let table = "name,platform,niche,followers_count,channel_name,email\nAna,tiktok,food,1K,@ana,ana@example.com\n";
    a.upload("/api/v1/creators/import", &testkit::Form::new().file("file", "t.csv", table)).await.ok();
    let changed = add(&a, "Ana", json!({"platform": "youtube", "channel_name": "@ana"})).await;
    a.put(&format!("/api/v1/creators/{changed}"), &json!({"email": "ana@example.com"})).await.ok();
    let private =
        add(&a, "Ana the lead", json!({"platform": "twitter", "email": "ana@example.com", "visibility": "private"}))
            .await;
    for id in [&created, &changed, &private] {
        owner.put(&format!("/api/v1/creators/{id}"), &json!({"about": "It is me"})).await.ok();
    }
    let mut tx = world.db().read().await.unwrap();
    let all = store::export_after(Scope::system(), &mut tx, CreatorId::from_uuid(Uuid::nil()), 10).await.unwrap();
    let ids: Vec<CreatorId> = all.iter().map(|entry| entry.id).collect();
    assert_eq!(ids.len(), 4);
    drop(tx);
    // Erasure takes all of it away, whatever came first.
    let (_, outreach) = work_with(&a, &created).await;
    a.get(&format!("/api/v1/outreach/{outreach}")).await.ok();
    let body = json!({"erase_directory_entry": true}).to_string();
    let gone = owner.raw(axum::http::Method::DELETE, "/api/v1/account", "application/json", body).await;
    gone.ok();
    let mut tx = world.db().read().await.unwrap();
    let left: Vec<(String, Option<String>)> = store::of_ids(&mut tx, "name, email", &ids).await.unwrap();
    assert_eq!(left, vec![("Erased".to_owned(), None); 4]);
    drop(tx);
    // Nor does the address claim anything any more.
    let later = add(&a, "Ana", json!({"email": "ana@example.com"})).await.parse().unwrap();
    let mut tx = world.db().read().await.unwrap();
    let later = store::by_id(Scope::system(), &mut tx, later).await.unwrap().unwrap();
    assert_eq!(later.claimed_by, None);
}

#[both_engines(Serve)]
async fn where_the_money_goes_is_said_in_person_and_told(world: World) {
    let a = someone(&world, "brand_a", UserType::Business).await;
    let id = add(&a, "Ana", json!({"email": "ana@example.com"})).await;
    let owner = someone(&world, "ana", UserType::Creator).await;
    let path = format!("/api/v1/payments/payout-accounts/{id}");
    let body = json!({"account": "acct_ana"});
    // By nobody else, and by no key of theirs.
    a.put(&path, &body).await.refused(403);
    someone(&world, "other", UserType::Creator).await.put(&path, &body).await.refused(404);
    someone(&world, "boss", UserType::Admin).await.put(&path, &body).await.refused(403);
    let key = owner.post("/api/v1/api-keys", &json!({"name": "Mine", "scope": "write"})).await.json();
    let by_key = world.client.clone().with("authorization", &format!("Bearer {}", text(&key, "key")));
    by_key.put(&path, &body).await.refused(403);
    let set = owner.put(&path, &body).await.ok();
    assert_eq!(set["account"], "acct_ana");
    let pays_from: kernel::Timestamp = text(&set, "pays_from").parse().unwrap();
    let wait = pays_from.micros() - world.server.app.clock().now().micros();
    assert!(wait > 47 * kernel::time::HOUR && wait <= 48 * kernel::time::HOUR, "{set}");
    assert_eq!(owner.get(&path).await.ok(), set);
    assert_eq!(owner.put(&path, &body).await.ok(), set, "said again it is no change, and moves nothing");
}
