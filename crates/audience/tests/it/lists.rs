//! Lists: every filter with every order.

use audience::{InteractionKind, members};
use kernel::time;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{World, id_of};

fn ids(body: &Value) -> Vec<String> {
    body["users"].as_array().unwrap().iter().map(|user| user["external_id"].as_str().unwrap().to_owned()).collect()
}

/// Twelve members of all channels, some of them long silent, some of them busy, some tagged.
async fn crowd(world: &World) {
    for place in 0..12_i64 {
        world.clock.advance(time::MINUTE);
        let channel = ["web", "whatsapp", "telegram", "mobile"][place as usize % 4];
        let made =
            world.add(&format!("m{place:02}"), channel, json!({"name": format!("Name{} Crowd", place % 3)})).await;
        if place % 2 == 0 {
            let path = format!("/api/v1/users/{}/tags", made["id"].as_str().unwrap());
            world.coach().post(&path, &json!({"tags": ["VIP", "even"]})).await.ok();
        }
    }
    // Those of the first six fall silent; one of them comes back.
    let mut tx = world.write().await;
    tx.execute("UPDATE audience_members SET active_at = active_at - 4000000000000 WHERE external_id < 'm06'", vec![])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    world.clock.advance(2 * time::HOUR);
    world.work().await;
    for (who, days) in [("m03", 3), ("m07", 1), ("m08", 5)] {
        let body = world.coach().get(&format!("/api/v1/users?search={who}")).await.ok();
        let member = world.member(id_of(&body["users"][0])).await;
        for day in (0..days).rev() {
            let mut tx = world.write().await;
            let at = world.clock.now().plus(-day * time::DAY);
            members::interaction(&mut tx, &member, InteractionKind::MessageReceived, member.channel, at).await.unwrap();
            tx.commit().await.unwrap();
        }
    }
}

#[both_engines]
async fn every_filter_goes_with_every_order(fresh: FreshDb) {
    let world = World::new(fresh).await;
    crowd(&world).await;
    let all = world.coach().get("/api/v1/users?limit=100").await.ok();
    let all = all["users"].as_array().unwrap().clone();
    assert_eq!(all.len(), 12);
    assert_eq!(all.iter().filter(|user| user["is_active"] == true).count(), 7);
    let key = |user: &Value, sort: &str| match sort {
        "created_at" => user["created_at"].as_str().unwrap().to_owned(),
        "last_active_at" => user["last_active_at"].as_str().unwrap_or_default().to_owned(),
        _ => format!("{:010}", (user["engagement_score"].as_f64().unwrap_or(-0.1) * 10_000.0 + 2_000.0) as i64),
    };
    for channel in ["", "web", "telegram"] {
        for status in ["", "active", "inactive"] {
            for tag in ["", "vip", "nobody"] {
                for search in ["", "name1", "name1 crowd", "m0", "zzz"] {
                    let fits = |user: &&Value| {
                        let text = format!(
                            " {} {}",
                            user["profile_data"]["name"].as_str().unwrap().to_lowercase(),
                            user["external_id"].as_str().unwrap()
                        );
                        (channel.is_empty() || user["channel"] == channel)
                            && (status.is_empty() || user["is_active"] == (status == "active"))
                            && (tag.is_empty()
                                || user["tags"]
                                    .as_array()
                                    .unwrap()
                                    .iter()
                                    .any(|own| own.as_str().unwrap().eq_ignore_ascii_case(tag)))
                            && search.split(' ').all(|word| text.contains(&format!(" {word}")) || word.is_empty())
                    };
                    let wanted: Vec<&Value> = all.iter().filter(fits).collect();
                    for (sort, order) in [
                        ("created_at", "asc"),
                        ("last_active_at", "desc"),
                        ("engagement_score", "desc"),
                        ("engagement_score", "asc"),
                    ] {
                        let mut query = format!("sort={sort}&order={order}&limit=5");
                        for (name, value) in
                            [("channel", channel), ("status", status), ("tag", tag), ("search", search)]
                        {
                            if !value.is_empty() {
                                query += &["&", name, "=", &value.replace(' ', "%20")].concat();
                            }
                        }
                        let mut seen: Vec<Value> = Vec::new();
                        for page in 1..=4 {
                            let body = world.coach().get(&format!("/api/v1/users?{query}&page={page}")).await.ok();
                            let pages = wanted.len().div_ceil(5);
                            let told =
                                json!({"page": page, "limit": 5, "total": wanted.len(), "pages": pages, "more": false});
                            assert_eq!(body["pagination"], told, "{query}");
                            seen.extend(body["users"].as_array().unwrap().iter().cloned());
                        }
                        let mut names: Vec<&str> =
                            seen.iter().map(|user| user["external_id"].as_str().unwrap()).collect();
                        if sort != "last_active_at" {
                            let keys: Vec<String> = seen.iter().map(|user| key(user, sort)).collect();
                            let mut sorted = keys.clone();
                            sorted.sort();
                            if order == "desc" {
                                sorted.reverse();
                            }
                            assert_eq!(keys, sorted, "{query}");
                        }
                        names.sort_unstable();
                        let mut expected: Vec<&str> =
                            wanted.iter().map(|user| user["external_id"].as_str().unwrap()).collect();
                        expected.sort_unstable();
                        assert_eq!(names, expected, "{query}");
                    }
                }
            }
        }
    }
    // Whoever never did anything stands where they were added.
    let body = world.coach().get("/api/v1/users?sort=last_active_at&status=active&limit=3").await.ok();
    assert_eq!(ids(&body)[0..2].iter().filter(|id| ["m03", "m07", "m08"].contains(&id.as_str())).count(), 2);
}

#[both_engines]
async fn tags_are_counted(fresh: FreshDb) {
    let world = World::new(fresh).await;
    crowd(&world).await;
    let tags = world.coach().get("/api/v1/users/tags").await.ok();
    assert_eq!(tags["tags"], json!([{"tag": "even", "users": 6}, {"tag": "VIP", "users": 6}]));
    assert_eq!(world.other().get("/api/v1/users/tags").await.ok()["tags"], json!([]));
    let first = world.coach().get("/api/v1/users?tag=Vip&sort=created_at&order=asc&limit=1").await.ok();
    let path = format!("/api/v1/users/{}", first["users"][0]["id"].as_str().unwrap());
    world.coach().delete(&format!("{path}/tags/vip")).await.ok();
    world.coach().delete(&format!("{path}/tags/vip")).await.refused(404);
    assert_eq!(world.coach().get("/api/v1/users?tag=vip").await.ok()["pagination"]["total"], 5);
    world.coach().delete(&path).await.ok();
    let tags = world.coach().get("/api/v1/users/tags").await.ok();
    assert_eq!(tags["tags"], json!([{"tag": "even", "users": 5}, {"tag": "VIP", "users": 5}]));
}
