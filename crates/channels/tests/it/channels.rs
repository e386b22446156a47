//! How channels are made, checked and told.

use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};
use uuid::Uuid;

use crate::world::{APP_SECRET, CHANNELS, NUMBER_ID, World, times};

fn whatsapp() -> Value {
    json!({"channel_type": "whatsapp", "channel_name": "WhatsApp Business", "configuration": {
        "phone_number": "+1234567890", "business_account_id": "string", "access_token": "EAAG-very-secret",
        "webhook_verify_token": "verify-very-secret"}})
}

#[both_engines]
async fn channels_are_made_as_document_e_shows(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let coach = world.of_coach();
    let web = json!({"channel_type": "web", "channel_name": "Website Widget", "configuration": {
        "widget_color": "#007bff", "welcome_message": "Hello! How can I help you today?"}});
    let reply = coach.post(CHANNELS, &web).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let made = reply.json();
    assert_eq!((&made["status"], &made["channel_type"]), (&json!("active"), &json!("web")));
    assert_eq!(made["configuration"], web["configuration"]);
    assert_eq!(made["identity_secret"].as_str().unwrap().len(), 64);

    world.clock.advance(kernel::time::SECOND);
    let reply = coach.post(CHANNELS, &whatsapp()).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let other = reply.json();
    assert_eq!(other["status"], "pending_verification");
    let id = other["id"].as_str().unwrap();
    assert_eq!(other["configuration"]["webhook_url"], format!("https://api.platform.com/webhooks/whatsapp/{id}"));
    assert_eq!(other["configuration"]["phone_number"], "+1234567890");
    assert_eq!(other["secrets_set"], json!(["access_token", "webhook_verify_token"]));
    let list = coach.get(CHANNELS).await.ok();
    assert_eq!(list["pagination"], json!({"page": 1, "limit": 20, "total": 2, "pages": 1}));
    assert_eq!(list["channels"][0]["configuration"], made["configuration"]);
    assert_eq!(
        (&list["channels"][0]["user_count"], &list["channels"][0]["last_activity_at"]),
        (&json!(0), &Value::Null)
    );
    let told = format!("{list} {other} {}", coach.get(&format!("{CHANNELS}/{id}")).await.ok());
    for secret in ["EAAG-very-secret", "verify-very-secret", made["identity_secret"].as_str().unwrap()] {
        assert!(!told.contains(secret), "{secret} is told");
    }
    // Nor does it stand in the database as it is.
    let mut tx = world.channels.app().read().await.unwrap();
    let rows: Vec<(String, String)> =
        tx.fetch_all("SELECT configuration, secrets FROM channels", vec![]).await.unwrap();
    assert!(rows.iter().all(|(set, sealed)| !format!("{set}{sealed}").contains("very-secret")));
    assert_eq!(coach.get(&format!("{CHANNELS}?channel_type=web")).await.ok()["pagination"]["total"], 1);
    assert_eq!(times(&world.happened().await, "channel.created"), 2);

    // Nobody else sees any of it.
    let stranger = world.anyone.of(&world.people.creator(&world.clock));
    assert_eq!(stranger.get(CHANNELS).await.ok()["channels"], json!([]));
    for path in [format!("{CHANNELS}/{id}"), format!("{CHANNELS}/{id}/checklist"), format!("{CHANNELS}/{id}/analytics")]
    {
        stranger.get(&path).await.refused(404);
    }
    stranger.put(&format!("{CHANNELS}/{id}"), &json!({"channel_name": "Mine"})).await.refused(404);
    stranger.delete(&format!("{CHANNELS}/{id}")).await.refused(404);
    stranger.post(&format!("{CHANNELS}/{id}/verify"), &json!({})).await.refused(404);
    coach.get(&format!("{CHANNELS}/{}", Uuid::from_u128(1))).await.refused(404);
    world.anyone.get(CHANNELS).await.refused(401);
}

#[both_engines]
async fn every_fault_of_a_channel_is_told(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let coach = world.of_coach();
    let fields = |reply: &testkit::Reply| {
        let body = reply.json();
        let mut all: Vec<String> = body["error"]["details"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["field"].as_str().unwrap().to_owned())
            .collect();
        all.sort();
        all
    };
    let reply = coach.post(CHANNELS, &json!({"channel_type": "pigeon"})).await;
    assert_eq!(reply.status, 422);
    assert_eq!(fields(&reply), ["channel_name", "channel_type"]);
    let reply = coach.post(CHANNELS, &json!({"channel_type": "whatsapp", "channel_name": "x"})).await;
    assert_eq!(reply.status, 422, "{}", reply.text());
    assert!(reply.text().contains("access_token") && reply.text().contains("webhook_verify_token"), "{}", reply.text());
    let reply = coach
        .post(
            CHANNELS,
            &json!({"channel_type": "web", "channel_name": "x", "configuration": {"widget_color": "blue",
            "allowed_origins": ["https://shop.example/path"], "knowledge_base_ids": ["no"]}}),
        )
        .await;
    assert_eq!(reply.status, 422);
    assert!(reply.text().contains("widget_color") && reply.text().contains("allowed_origins"), "{}", reply.text());
    let base = Uuid::from_u128(9);
    let with_base =
        json!({"channel_type": "web", "channel_name": "x", "configuration": {"knowledge_base_ids": [base]}});
    assert_eq!(coach.post(CHANNELS, &with_base).await.status, 422, "none of theirs");
    world.assistant.has_base(base);
    assert_eq!(coach.post(CHANNELS, &with_base).await.status, 201);
}

#[both_engines]
async fn what_is_set_is_changed_and_secrets_with_it(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let coach = world.of_coach();
    let made = world.channel("web", &json!({"widget_color": "#007bff", "welcome_message": "Hello!"})).await;
    let path = format!("{CHANNELS}/{}", made["id"].as_str().unwrap());
    let sent = json!({"channel_name": "Updated Channel Name", "configuration": {"widget_color": "#28a745",
        "welcome_message": "Welcome! I'm here to help with your coaching journey."}});
    let changed = coach.put(&path, &sent).await.ok();
    assert_eq!((&changed["channel_name"], &changed["configuration"]), (&sent["channel_name"], &sent["configuration"]));
    let reply = coach.put(&path, &json!({"channel_name": ""})).await;
    assert_eq!(reply.status, 422);
    let part = coach.put(&path, &json!({"configuration": {"widget_color": null}})).await.ok();
    assert_eq!(part["configuration"], json!({"welcome_message": sent["configuration"]["welcome_message"]}));
    let turned = coach.put(&path, &json!({"rotate_identity_secret": true})).await.ok();
    assert_ne!(turned["identity_secret"], made["identity_secret"]);
    assert!(coach.get(&path).await.ok().get("identity_secret").is_none(), "it is told once");
    let off = coach.put(&path, &json!({"status": "inactive"})).await.ok();
    assert_eq!(off["status"], "inactive");
    assert_eq!(coach.put(&path, &json!({"status": "active"})).await.ok()["status"], "active");
    coach.delete(&path).await.ok();
    coach.get(&path).await.refused(404);
    coach.delete(&path).await.refused(404);
    assert_eq!(coach.get(CHANNELS).await.ok()["pagination"]["total"], 0);
}

#[both_engines]
async fn whatsapp_is_shaken_hands_with_and_checked_by_its_own_word(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let coach = world.of_coach();
    let made = coach.post(CHANNELS, &whatsapp()).await.json();
    let id = made["id"].as_str().unwrap();
    let hook = format!("/webhooks/whatsapp/{id}");
    let shaken = world
        .anyone
        .get(&format!("{hook}?hub.mode=subscribe&hub.verify_token=verify-very-secret&hub.challenge=1158201444"))
        .await;
    assert_eq!((shaken.status, shaken.text().as_ref()), (200, "1158201444"));
    for wrong in [
        "hub.mode=subscribe&hub.verify_token=guessed&hub.challenge=1",
        "hub.mode=subscribe&hub.challenge=1",
        "",
        "hub.verify_token=verify-very-secret&hub.challenge=1",
    ] {
        assert_eq!(world.anyone.get(&format!("{hook}?{wrong}")).await.status, 403, "{wrong}");
    }
    world.anyone.get(&format!("/webhooks/whatsapp/{}", Uuid::from_u128(1))).await.refused(404);
    // It has no app secret yet: nothing is let in, and the checklist says where to find it.
    let post = world.anyone.clone().with("x-hub-signature-256", "sha256=00").post(&hook, &json!({})).await;
    assert_eq!(post.status, 403, "{}", post.text());
    let list = coach.get(&format!("{CHANNELS}/{id}/checklist")).await.ok();
    assert_eq!(list["complete"], false);
    let open: Vec<&str> = list["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["done"] == false && one["optional"] == false)
        .map(|one| one["key"].as_str().unwrap())
        .collect();
    assert_eq!(open, ["phone_number_id", "app_secret", "webhook", "verify"]);
    world.work().await;
    let told = coach.get(&format!("{CHANNELS}/{id}")).await.ok();
    assert_eq!(told["status"], "pending_verification");
    assert!(told["status_reason"].as_str().unwrap().contains("phone_number_id"));

    let sent = json!({"configuration": {"phone_number_id": NUMBER_ID, "app_secret": APP_SECRET}});
    coach.put(&format!("{CHANNELS}/{id}"), &sent).await.ok();
    world.work().await;
    let told = coach.get(&format!("{CHANNELS}/{id}")).await.ok();
    assert_eq!((&told["status"], &told["provider"]), (&json!("active"), &json!("mock")), "{told}");
    let checked = coach.post(&format!("{CHANNELS}/{id}/verify"), &json!({})).await.ok();
    assert_eq!((&checked["status"], &checked["mock"]), (&json!("active"), &json!(true)));
    // A token that has ended is said to have, in the provider's words.
    coach.put(&format!("{CHANNELS}/{id}"), &json!({"configuration": {"access_token": "expired-token"}})).await.ok();
    world.work().await;
    let told = coach.get(&format!("{CHANNELS}/{id}")).await.ok();
    assert_eq!(told["status"], "error", "{told}");
    assert!(!told["status_reason"].as_str().unwrap().is_empty() && !told.to_string().contains("expired-token"));
}

#[both_engines]
async fn telegram_gets_its_webhook_by_us(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.telegram_channel().await;
    let told = world.of_coach().get(&format!("{CHANNELS}/{id}")).await.ok();
    assert_eq!(told["status"], "active", "{told}");
    assert_eq!(told["secrets_set"], json!(["bot_token"]));
    assert!(told["configuration"]["bot_username"].is_string(), "{told}");
    let unsigned = world.anyone.post(&format!("/webhooks/telegram/{id}"), &json!({"update_id": 1})).await;
    assert_eq!(unsigned.status, 403);
    let wrong = world.anyone.clone().with("x-telegram-bot-api-secret-token", "guessed");
    assert_eq!(wrong.post(&format!("/webhooks/telegram/{id}"), &json!({"update_id": 1})).await.status, 403);
    world.anyone.post(&format!("/webhooks/whatsapp/{id}"), &json!({})).await.refused(404);
}

#[both_engines]
async fn analytics_begin_with_nothing_and_refuse_nonsense(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let coach = world.of_coach();
    let made = world.channel("web", &json!({})).await;
    let path = format!("{CHANNELS}/{}/analytics", made["id"].as_str().unwrap());
    let body = coach
        .get(&format!("{path}?start_date=2024-01-01&end_date=2024-01-31&metrics=messages,users,engagement"))
        .await
        .ok();
    assert_eq!(body["date_range"], json!({"start_date": "2024-01-01", "end_date": "2024-01-31"}));
    assert_eq!(
        body["metrics"],
        json!({"total_messages": 0, "unique_users": 0, "new_users": 0, "average_response_time_seconds": null,
        "user_satisfaction_score": null, "engagement_rate": null, "answers": 0, "escalations": 0})
    );
    assert_eq!(body["daily_breakdown"], json!([]));
    let usual = coach.get(&path).await.ok();
    assert_eq!(usual["date_range"], json!({"start_date": "2026-02-01", "end_date": "2026-03-02"}));
    assert_eq!(coach.get(&format!("{path}?metrics=users")).await.ok()["metrics"]["total_messages"], Value::Null);
    for (wrong, field) in [
        ("start_date=2024-02-01&end_date=2024-01-01", "start_date"),
        ("start_date=January", "start_date"),
        ("metrics=shoe_size", "metrics"),
        ("start_date=2020-01-01&end_date=2024-01-01", "end_date"),
    ] {
        let reply = coach.get(&format!("{path}?{wrong}")).await;
        assert_eq!(reply.status, 422, "{wrong}");
        assert!(reply.text().contains(field), "{wrong}");
    }
}
