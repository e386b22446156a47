//! What is kept about people is told to them, and taken away.

use http_base::data::{Eraser as _, Holder, Section as _};
use insights::data::{ByDay, Erasing, SECTIONS};
use kernel::Scope;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{BROWSER, World};

async fn told(world: &World, of: &Holder) -> Value {
    let (mut all, mut tx) = (json!({}), world.app.read().await.unwrap());
    for section in SECTIONS {
        let records = ByDay(*section).fetch(Scope::system(), &mut tx, of, 0).await.unwrap();
        if !records.is_empty() {
            all[section.name] = json!(records);
        }
    }
    all
}

#[both_engines]
async fn each_side_is_told_what_is_kept_of_it(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (owner, person) = (&world.owner.account, &world.person.account);
    let (owner, person) = (Holder::of(owner.id, owner.user_type), Holder::of(person.id, person.user_type));
    let owner = Holder { owned: world.owner.account.workspace.into_iter().collect(), ..owner };
    let person = Holder { claimed: vec![world.creators[0]], ..person };
    assert_eq!((told(&world, &owner).await, told(&world, &person).await), (json!({}), json!({})));

    world
        .record(&json!([
            world.row(json!({"post_url": "https://x.com/ana/1", "revenue": 2.5})),
            world.row(json!({"creator_id": world.creators[1]}))
        ]))
        .await;
    let link = world.link(0, json!({"label": "Ana's bio", "code": "ana-link"})).await;
    world.link(1, json!({})).await;
    world.promo(world.campaign, 0, "ANA20").await;
    world
        .client
        .post("/api/v1/analytics/conversions", &json!({"order_id": "1", "code": "ANA20", "revenue": 5}))
        .await
        .ok();
    world.follow("ana-link", "203.0.113.7", BROWSER).await;
    let mine = told(&world, &owner).await;
    let count = |all: &Value, name: &str| all[name].as_array().map_or(0, Vec::len);
    assert_eq!(["tracked_links", "promo_codes", "conversions"].map(|name| count(&mine, name)), [2, 1, 1]);
    assert_eq!((mine.as_object().unwrap().len(), &mine["conversions"][0]["revenue"]), (3, &json!(5.0)));
    let of_me = told(&world, &person).await;
    assert_eq!(
        ["tracked_links_of_you", "promo_codes_of_you", "metrics_of_your_posts"].map(|name| count(&of_me, name)),
        [1, 1, 1]
    );
    let post = &of_me["metrics_of_your_posts"][0];
    assert_eq!((&post["day"], &post["views"], &post["revenue"]), (&json!("2026-03-01"), &json!(100), &json!(2.5)));
    assert!(!format!("{mine}{of_me}").contains("203.0.113"), "nobody knows who followed a link");

    let mut tx = world.app.write().await.unwrap();
    Erasing.erase(Scope::system(), &mut tx, &person, world.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let of_me = told(&world, &person).await;
    assert_eq!(
        (&of_me["tracked_links_of_you"][0]["label"], &of_me["metrics_of_your_posts"][0]["post_url"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(world.follow(link["code"].as_str().unwrap(), "203.0.113.7", BROWSER).await.status, 302);
    world.check_sums().await;
}
