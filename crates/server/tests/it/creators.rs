//! Entries of the directory: added, changed, taken out.

use futures::future::join_all;
use serde_json::{Value, json};
use testkit::{Client, both_engines};

use crate::world::What::{Demo, Empty};
use crate::world::{World, creator, text, texts, with};

const NOBODY: &str = "0190a000-0000-7000-8000-000000000000";

fn path(creator: &Value) -> String {
    format!("/api/v1/creators/{}", text(creator, "id"))
}

/// Those whom a search by meaning finds, by id.
async fn meant(client: &Client, words: &str) -> Vec<String> {
    let body = json!({"product_description": words, "product_niche": words, "limit": 5});
    texts(&client.post("/api/v1/ai/similaritysearch", &body).await.ok()["matches"], "id")
}

async fn entry(world: &World, creator: &Value) -> Value {
    world.client.get(&path(creator)).await.ok()
}

#[both_engines(Empty)]
async fn an_entry_is_read_as_it_was_written(world: World) {
    let body = json!({
        "name": "Ana \"la Reina\" Núñez 🎸", "email": "Ana@Example.com", "platform": "YouTube", "followers_count": "1.25m",
        "engagement_rate": 4.75, "niche": "  Vegan   FOOD ", "language": "Spanish", "country": "Spain", "about": "Cocina\nsin prisa",
        "channel_name": "@ana", "avg_views": "15K", "collaboration_rate": 1234.56, "rating": 4.5,
        "profile_image": "https://example.com/a.jpg", "location": "Sevilla", "audience_type": "Home cooks",
        "languages": ["Spanish", "English"], "previous_brands": ["Évian", "Nike"], "is_verified": "unknown fields are ignored",
    });
    let created = world.client.post("/api/v1/creators", &body).await.ok();
    let shown = with(
        body.clone(),
        json!({"platform": "youtube", "followers_count": "1.25M", "followers_count_numeric": 1_250_000,
        "niche": "vegan food", "avg_views": 15_000, "id": created["id"], "created_at": created["created_at"],
        "updated_at": created["updated_at"], "added_by_you": true, "visibility": "shared"}),
    );
    for (field, value) in created.as_object().unwrap() {
        assert_eq!(value, &shown[field], "{field}");
    }
    let profile = entry(&world, &created).await;
    for (field, value) in [
        ("platform", json!("YouTube")),
        ("niche", json!("Vegan Food")),
        ("followers", json!("1.25M")),
        ("followers_numeric", json!(1_250_000)),
        ("avg_views", json!("15K")),
        ("avg_views_numeric", json!(15_000)),
        ("languages", json!(["Spanish", "English"])),
        ("campaign_match", json!(null)),
        ("name", body["name"].clone()),
        ("about", body["about"].clone()),
        ("collaboration_rate", json!(1234.56)),
        ("previous_brands", body["previous_brands"].clone()),
    ] {
        assert_eq!(profile[field], value, "{field}");
    }
}

#[both_engines(Empty)]
async fn both_forms_of_the_followers_agree(world: World) {
    let followers = async |fields: Value| {
        let mut body = with(creator("Ana", json!({})), fields);
        body.as_object_mut().unwrap().retain(|_, value| *value != json!("out"));
        world.client.post("/api/v1/creators", &body).await
    };
    for (fields, shown, number) in [
        (json!({"followers_count": "125K"}), "125K", 125_000),
        (json!({"followers_count": "out", "followers_count_numeric": 374_000}), "374K", 374_000),
        (json!({"followers_count": "out", "followers": 950}), "950", 950),
        (json!({"followers_count": "125K", "followers_count_numeric": 125_300}), "125K", 125_300),
        (json!({"followers_count": "1.2M"}), "1.2M", 1_200_000),
        (json!({"followers_count": "0"}), "0", 0),
    ] {
        let made = followers(fields).await.ok();
        assert_eq!((&made["followers_count"], &made["followers_count_numeric"]), (&json!(shown), &json!(number)));
    }
    for fields in [
        json!({"followers_count": "125K", "followers_count_numeric": 250_000}),
        json!({"followers": "125K", "followers_count_numeric": 250_000, "followers_count": "out"}),
        json!({"followers_count": "many"}),
        json!({"followers_count": "-5"}),
        json!({"followers_count": "out"}),
        json!({"followers_count": 1e300}),
        json!({"followers_count": null}),
    ] {
        assert_eq!(followers(fields.clone()).await.faults()[0], "followers_count", "{fields}");
    }
    let made = followers(json!({})).await.ok();
    let changed = world.client.put(&path(&made), &json!({"followers_count_numeric": 2_000_000})).await.ok();
    assert_eq!(changed["followers_count"], "2M", "one form changes the other");
}

#[both_engines(Empty)]
async fn null_clears_and_what_is_left_out_stays(world: World) {
    let made = world.creator("Ana", json!({"email": "a@example.com", "about": "Cooks", "avg_views": 10, "previous_brands": ["Nike"], "rating": 4})).await;
    let changed =
        world.client.put(&path(&made), &json!({"email": null, "avg_views": null, "previous_brands": null})).await.ok();
    let wanted = with(
        made.clone(),
        json!({"email": null, "avg_views": null, "previous_brands": [], "updated_at": changed["updated_at"]}),
    );
    assert_eq!(changed, wanted);
    let mut faults = world
        .client
        .put(&path(&made), &json!({"name": null, "platform": null, "niche": null, "followers_count": null}))
        .await
        .faults();
    faults.sort();
    assert_eq!(faults, ["followers_count", "name", "niche", "platform"]);
    let same = world.client.put(&path(&made), &json!({})).await.ok();
    assert_eq!(same, changed, "nothing changed, not even the time");
}

#[both_engines(Empty)]
async fn a_handle_stands_once_on_each_platform(world: World) {
    let ana = world.creator("Ana", json!({"channel_name": "@Ana.Nunez", "email": "ana@example.com"})).await;
    let add = async |fields: Value| world.client.post("/api/v1/creators", &creator("Other", fields)).await;
    for taken in [
        json!({"channel_name": "ana.nunez"}),
        json!({"channel_name": " @ANA.NUNEZ "}),
        json!({"channel_name": "https://www.instagram.com/ana.nunez/?hl=es"}),
        json!({"email": "ANA@example.com"}),
    ] {
        add(taken).await.refused(409);
    }
    let other = add(json!({"platform": "tiktok", "channel_name": "@ana.nunez", "email": "ana@example.com"})).await.ok();
    world.client.put(&path(&other), &json!({"platform": "instagram"})).await.refused(409);
    assert_eq!(entry(&world, &other).await["platform"], "TikTok", "nothing is half-written");
    add(json!({"channel_name": "@ana.núñez"})).await.ok();
    add(json!({"channel_name": "@agency.two", "email": "ana@example.com"})).await.ok();
    world.client.put(&path(&ana), &json!({"channel_name": "ANA.NUNEZ"})).await.ok();
    add(json!({"channel_name": "@"})).await.ok();
    add(json!({"channel_name": "@"})).await.ok();
    world.client.delete(&path(&ana)).await.ok();
    add(json!({"channel_name": "@ana.nunez", "email": "ana@example.com"})).await.ok();
}

#[both_engines(Empty)]
async fn of_twenty_the_same_at_once_one_is_added(world: World) {
    let body = creator("Ana", json!({"channel_name": "@ana", "about": "Pottery and glazes"}));
    let replies = join_all((0..20).map(|_| world.client.post("/api/v1/creators", &body))).await;
    let (added, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 200);
    assert_eq!(added.len(), 1);
    for reply in refused {
        reply.refused(409);
    }
    assert_eq!((world.creators().await, world.vectors().await), (1, 1));
}

#[both_engines(Empty)]
async fn of_changes_at_once_every_acknowledged_one_holds(world: World) {
    let ana = world.creator("Ana", json!({})).await;
    let changes = [
        json!({"name": "Ana María"}),
        json!({"email": "ana@example.com"}),
        json!({"about": "Pottery"}),
        json!({"country": "Spain"}),
        json!({"rating": 4.5}),
        json!({"avg_views": 12}),
        json!({"language": "Spanish"}),
        json!({"location": "Soria"}),
    ];
    let own = path(&ana);
    let replies = join_all(changes.iter().map(|change| world.client.put(&own, change))).await;
    let mut wanted = json!({});
    for (change, reply) in changes.iter().zip(&replies) {
        if reply.status == 200 {
            wanted = with(wanted, change.clone());
        } else {
            reply.refused(409);
        }
    }
    assert!(!wanted.as_object().unwrap().is_empty(), "somebody came through");
    let after = world.client.put(&path(&ana), &json!({})).await.ok();
    for (field, value) in wanted.as_object().unwrap() {
        assert_eq!(&after[field], value, "{field}");
    }
}

#[both_engines(Demo)]
async fn an_entry_is_found_at_once_and_gone_at_once(world: World) {
    let about = "Restores medieval cathedral organs and their bellows";
    let made = world.creator("Organist", json!({"niche": "organ building", "about": about})).await;
    let id = text(&made, "id");
    assert_eq!(meant(&world.client, "medieval cathedral organs").await[0], id, "by meaning");
    assert_eq!(world.names("search=organist").await, ["Organist"], "by name");
    let about = "Breeds alpacas high in the Andes and spins their wool";
    world.client.put(&path(&made), &json!({"name": "Shepherd", "niche": "alpacas", "about": about})).await.ok();
    assert_eq!(meant(&world.client, "alpaca wool of the Andes").await[0], id);
    assert_eq!((world.names("search=organist").await.len(), world.names("search=shepherd").await.len()), (0, 1));
    let similar = world.client.get(&format!("{}/similar?limit=100", path(&made))).await.ok();
    let neighbour = text(&similar["creators"][0], "id");
    let back = format!("/api/v1/creators/{neighbour}/similar?limit=100");
    assert!(texts(&world.client.get(&back).await.ok()["creators"], "id").contains(&id));

    assert!(text(&world.client.delete(&path(&made)).await.ok(), "message").contains("Shepherd"));
    world.client.get(&path(&made)).await.refused(404);
    world.client.put(&path(&made), &json!({"name": "x"})).await.refused(404);
    world.client.delete(&path(&made)).await.refused(404);
    assert!(world.names("search=shepherd").await.is_empty());
    assert!(!meant(&world.client, "alpaca wool of the Andes").await.contains(&id));
    assert!(!texts(&world.client.get(&back).await.ok()["creators"], "id").contains(&id));
}

#[both_engines(Demo)]
async fn what_is_not_there_is_not_found(world: World) {
    for id in [NOBODY, "x", "CAMP-001", "0190a000", "%20", "..%2F..%2Fetc%2Fpasswd", "1%3B--"] {
        world.client.get(&format!("/api/v1/creators/{id}")).await.refused(404);
        world.client.put(&format!("/api/v1/creators/{id}"), &json!({"name": "x"})).await.refused(404);
        world.client.delete(&format!("/api/v1/creators/{id}")).await.refused(404);
        world.client.get(&format!("/api/v1/creators/{id}/similar")).await.refused(404);
    }
    world.client.get(&format!("/api/v1/creators/{NOBODY}?campaign_id=CAMP-001")).await.refused(404);
    let somebody = world.client.get("/api/v1/creators?limit=1").await.ok()["creators"][0].clone();
    world.client.get(&format!("{}?campaign_id=CAMP-999", path(&somebody))).await.refused(404);
    world.client.get(&format!("{}?campaign_id={NOBODY}", path(&somebody))).await.refused(404);
}

#[both_engines(Empty)]
async fn all_that_an_entry_lacks_is_told_at_once(world: World) {
    let body = json!({"email": "nobody", "engagement_rate": 101, "rating": "five", "avg_views": -1, "collaboration_rate": -0.01,
        "languages": [1], "about": 7});
    let mut faults = world.client.post("/api/v1/creators", &body).await.faults();
    faults.sort();
    let wanted = [
        "about",
        "avg_views",
        "collaboration_rate",
        "email",
        "engagement_rate",
        "followers_count",
        "languages",
        "name",
        "niche",
        "platform",
        "rating",
    ];
    assert_eq!(faults, wanted);
    assert_eq!(world.creators().await, 0);
}
