//! Members are added, shown and changed.

use kernel::time;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{World, id_of};

#[both_engines]
async fn a_member_is_added_shown_and_changed(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let profile = json!({"name": "John Doe", "goals": ["lose weight", "build habits"]});
    let made = world.add("john-1", "web", profile.clone()).await;
    assert_eq!(
        (&made["profile_data"], &made["channel"], &made["external_id"]),
        (&profile, &json!("web"), &json!("john-1"))
    );
    assert_eq!(
        (&made["is_active"], &made["engagement_score"], &made["last_active_at"]),
        (&json!(true), &Value::Null, &Value::Null)
    );
    assert_eq!((&made["program_enrollments"], &made["total_interactions"]), (&json!(0), &json!(0)));
    let path = format!("/api/v1/users/{}", made["id"].as_str().unwrap());
    let shown = world.coach().get(&path).await.ok();
    assert_eq!(shown["program_enrollments"], json!([]));
    assert_eq!((&shown["recent_interactions"], &shown["badges_earned"]), (&json!([]), &json!([])));
    let change = json!({"profile_data": {"name": "John", "preferences": {"frequency": "daily"}}, "timezone": "america/new_york", "language": "EN"});
    let changed = world.coach().put(&path, &change).await.ok();
    assert_eq!(changed["profile_data"], change["profile_data"], "the profile as a whole");
    assert_eq!((&changed["timezone"], &changed["language"]), (&json!("America/New_York"), &json!("en")));
    let kept = world.coach().put(&path, &json!({"language": null})).await.ok();
    assert_eq!(
        (&kept["profile_data"], &kept["timezone"], &kept["language"]),
        (&change["profile_data"], &json!("America/New_York"), &Value::Null)
    );
    let events: Vec<String> = world.happened().await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(events, ["user.created", "user.updated", "user.updated"]);
    world.coach().put(&path, &json!({})).await.ok();
    assert_eq!(world.happened().await.len(), 3, "nothing changed");
}

#[both_engines]
async fn what_is_wrong_is_told_at_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let coach = world.coach();
    assert_eq!(coach.post("/api/v1/users", &json!({"channel": "pigeon"})).await.faults(), ["external_id", "channel"]);
    let deep = (0..9).fold(json!(1), |inner, _| json!({"a": inner}));
    for profile in [json!("none"), json!({"name": 5}), deep, json!({"a": "x".repeat(40_000)}), json!({"a": "\0"})] {
        let faults = coach
            .post("/api/v1/users", &json!({"external_id": "x", "channel": "web", "profile_data": profile}))
            .await
            .faults();
        assert!(faults[0].starts_with("profile_data"), "{faults:?}");
    }
    let nul = coach.post("/api/v1/users", &json!({"external_id": "a\u{0}b", "channel": "web"})).await;
    assert_eq!(nul.faults(), ["external_id"]);
    let lone = r#"{"external_id": "a\ud800b", "channel": "web", "profile_data": {"name": "x\udc00"}}"#;
    let reply = coach.raw(axum::http::Method::POST, "/api/v1/users", "application/json", lone).await;
    assert!([201, 400, 422].contains(&reply.status), "{}", reply.text());
    let made = world.add("john", "web", json!({})).await;
    let path = format!("/api/v1/users/{}", made["id"].as_str().unwrap());
    let wrong = json!({"profile_data": "none", "timezone": "Mars/Olympus", "language": "klingon!"});
    assert_eq!(coach.put(&path, &wrong).await.faults(), ["profile_data", "timezone", "language"]);
    assert_eq!(
        coach.get("/api/v1/users?channel=pigeon&sort=shoe_size&status=x&order=up&limit=0").await.faults().len(),
        5
    );
}

#[both_engines]
async fn a_name_on_a_channel_is_one_member(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.add("john", "web", json!({})).await;
    let again = json!({"external_id": "john", "channel": "web"});
    world.coach().post("/api/v1/users", &again).await.refused(409);
    world.add("john", "telegram", json!({})).await;
    assert_eq!(world.other().post("/api/v1/users", &again).await.status, 201, "in another audience");
    // Who was named by their number is known by it.
    let named = world.add("+34 600 111 222", "whatsapp", json!({"name": "Ana"})).await;
    let reached = world.reach("0034600111222", "somebody").await;
    assert_eq!(reached.id, id_of(&named));
    assert_eq!(reached.name.as_deref(), Some("Ana"));
    let number = json!({"external_id": "34600111222", "channel": "whatsapp"});
    world.coach().post("/api/v1/users", &number).await.refused(409);
}

#[both_engines]
async fn what_is_somebody_elses_is_not_there(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let made = world.add("john", "web", json!({})).await;
    let id = made["id"].as_str().unwrap();
    let admin = world.anyone.of(&world.people.admin(&world.clock));
    for client in [world.other(), admin] {
        for path in [
            format!("/api/v1/users/{id}"),
            format!("/api/v1/users/{id}/tags"),
            format!("/api/v1/users/{id}/notes"),
            format!("/api/v1/users/{id}/identities"),
            format!("/api/v1/users/{id}/permissions"),
            format!("/api/v1/users/{id}/interactions"),
            format!("/api/v1/users/{id}/export"),
        ] {
            client.get(&path).await.refused(404);
        }
        client.put(&format!("/api/v1/users/{id}"), &json!({"language": "en"})).await.refused(404);
        client.delete(&format!("/api/v1/users/{id}")).await.refused(404);
        client.post(&format!("/api/v1/users/{id}/tags"), &json!({"tags": ["x"]})).await.refused(404);
        client.post(&format!("/api/v1/users/{id}/notes"), &json!({"content": "x"})).await.refused(404);
        let said = json!({"allowed": false, "how": "x"});
        client.post(&format!("/api/v1/users/{id}/permissions"), &said).await.refused(404);
        client.post(&format!("/api/v1/users/{id}/merge"), &json!({"user_id": id})).await;
        assert_eq!(client.get("/api/v1/users").await.ok()["users"], json!([]));
    }
    for nobody in ["0190a000-0000-7000-8000-000000000000", "nobody"] {
        world.coach().get(&format!("/api/v1/users/{nobody}")).await.refused(404);
        world.coach().put(&format!("/api/v1/users/{nobody}"), &json!({})).await.refused(404);
    }
    world.anyone.get("/api/v1/users").await.refused(401);
    let viewer = world.people.someone(
        &world.clock,
        kernel::UserType::Business,
        Some(world.clock.new_id()),
        kernel::WorkspaceRole::Viewer,
    );
    world.anyone.of(&viewer).get("/api/v1/users").await.ok();
    world.anyone.of(&viewer).post("/api/v1/users", &json!({"external_id": "x", "channel": "web"})).await.refused(403);
}

#[both_engines]
async fn a_team_has_one_audience(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let owner = world.people.business(&world.clock);
    let manager = world.people.someone(
        &world.clock,
        kernel::UserType::Business,
        owner.account.workspace,
        kernel::WorkspaceRole::Manager,
    );
    let body = json!({"external_id": "x", "channel": "web"});
    assert_eq!(world.anyone.of(&owner).post("/api/v1/users", &body).await.status, 201);
    assert_eq!(world.anyone.of(&manager).get("/api/v1/users").await.ok()["pagination"]["total"], 1);
}

#[both_engines]
async fn names_of_every_script_are_kept_and_found(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for (id, name) in [
        ("a", "José García"),
        ("b", "مريم العلي"),
        ("c", "👩‍👩‍👧 Ana"),
        ("d", "\u{202e}evil\u{202c} Zoë"),
        ("e", "李小龙"),
        ("f", "STRASSE ẞ"),
    ] {
        let made = world.add(id, "web", json!({"name": name})).await;
        assert_eq!(made["profile_data"]["name"], name);
    }
    for (search, found) in [
        ("jose", vec!["a"]),
        ("GARC%C3%8DA", vec!["a"]),
        ("%D9%85%D8%B1%D9%8A%D9%85", vec!["b"]),
        ("ana", vec!["c"]),
        ("zoe", vec!["d"]),
        ("%E6%9D%8E", vec!["e"]),
        ("strasse%20ss", vec!["f"]),
        ("--", vec![]),
        ("%25", vec![]),
        ("gar_cia", vec![]),
    ] {
        let body = world.coach().get(&format!("/api/v1/users?search={search}")).await.ok();
        let ids: Vec<&str> =
            body["users"].as_array().unwrap().iter().map(|user| user["external_id"].as_str().unwrap()).collect();
        assert_eq!(ids, found, "{search}");
    }
}

#[both_engines]
async fn enrolments_and_interactions_are_shown(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let member = world.reach("+34 600 111 222", "Ana").await;
    world.programs.0.lock().unwrap().push(member.id);
    for kind in [audience::InteractionKind::MessageReceived, audience::InteractionKind::AiAnswer] {
        world.clock.advance(time::MINUTE);
        let mut tx = world.write().await;
        audience::members::interaction(&mut tx, &member, kind, member.channel, world.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }
    let list = world.coach().get("/api/v1/users").await.ok();
    let user = &list["users"][0];
    assert_eq!((&user["program_enrollments"], &user["total_interactions"]), (&json!(1), &json!(2)));
    assert_eq!(user["last_active_at"], "2026-03-02T09:01:00Z", "only what they do themselves");
    let shown = world.coach().get(&format!("/api/v1/users/{}", member.id)).await.ok();
    assert_eq!(shown["program_enrollments"][0]["program_name"], "Weight Loss Journey");
    assert_eq!(shown["recent_interactions"][0]["interaction_type"], "ai_answer");
    let page = world.coach().get(&format!("/api/v1/users/{}/interactions?limit=1&page=2", member.id)).await.ok();
    assert_eq!(page["interactions"][0]["interaction_type"], "message_received");
    assert_eq!(page["pagination"], json!({"page": 2, "limit": 1, "total": 2, "pages": 2}));
}
