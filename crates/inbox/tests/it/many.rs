//! Much at once, and long lists.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use db::{Value as Bound, args};
use inbox::Settings;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};
use uuid::Uuid;

use crate::world::World;

/// Long lists are read within this time, by an unoptimised program on a machine that does other things as well.
const SOON: Duration = Duration::from_millis(400);

#[both_engines]
async fn whoever_writes_first_at_once_opens_one_conversation(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let tasks: Vec<_> = (0..30)
        .map(|number| {
            let (from, to) = match number % 2 {
                0 => (&world.business, &world.creator),
                _ => (&world.creator, &world.business),
            };
            let (client, to) = (world.of(from), to.account.id);
            tokio::spawn(async move {
                let body = json!({"recipient_id": to, "content": format!("message {number}")});
                assert_eq!(client.post("/api/v1/messages", &body).await.status, 201);
                if number % 5 == 0 {
                    client.get(&format!("/api/v1/messages/{to}")).await.ok();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let business = world.of(&world.business);
    let list = business.get("/api/v1/messages").await.ok();
    assert_eq!((&list["total"], &list["conversations"][0]["messages_count"]), (&json!(1), &json!(30)));
    let path = format!("/api/v1/messages/{}?limit=100", world.creator.account.id);
    let chat = business.get(&path).await.ok();
    let told: BTreeSet<&str> =
        chat["messages"].as_array().unwrap().iter().map(|row| row["content"].as_str().unwrap()).collect();
    assert_eq!((told.len(), &chat["total"]), (30, &json!(30)));
    world.of(&world.creator).get(&format!("/api/v1/messages/{}", world.business.account.id)).await.ok();
    for client in [business, world.of(&world.creator)] {
        assert_eq!(client.get("/api/v1/messages").await.ok()["unread_count"], 0);
        assert_eq!(client.get("/api/v1/notifications/unread-count").await.ok()["unread_count"], 0);
    }
}

#[both_engines]
async fn lists_of_a_hundred_thousand_are_read_at_once(fresh: FreshDb) {
    const MANY: i64 = 100_000;
    let world = World::set(fresh, Settings { openings: 1_000_000, ..Settings::default() }).await;
    world.send(&world.business, &world.creator, "the first one").await;
    let (brand, ana, now) = (world.business.account.id, world.creator.account.id, world.clock.now());
    let db = world.inbox.app().db();
    let mut tx = db.write_long().await.unwrap();
    let id = |number: i64| Uuid::from_u128((1 << 64) | u128::from(number.unsigned_abs()));
    let mut rows: Vec<Vec<Bound>> = Vec::new();
    for number in 0..MANY {
        let kind = if number % 100 == 0 { "PAYMENT_DUE" } else { "APPLICATION_RECEIVED" };
        let read_at = (number % 2 == 0).then_some(now);
        let at = now.plus(-number * 1_000);
        rows.push(args![
            id(number),
            ana,
            kind,
            format!("h{number}"),
            "title",
            "content",
            1,
            "{}",
            true,
            false,
            false,
            at,
            read_at
        ]);
    }
    let insert = "INSERT INTO notifications (id, account_id, kind, happening, title, content, counted, related, shown, email, digest, \
                  created_at, read_at)";
    tx.insert_rows(insert, "", rows).await.unwrap();
    let sql = "UPDATE inbox_accounts SET notifications = notifications + $2, unread_notifications = unread_notifications + $3 \
               WHERE account_id = $1";
    tx.execute(sql, args![ana, MANY, MANY / 2]).await.unwrap();
    let conversation: Uuid = tx.fetch_value("SELECT id FROM conversations", args![]).await.unwrap();
    let mut rows: Vec<Vec<Bound>> = Vec::new();
    for number in 2..=MANY {
        let text = format!("message number {number}");
        rows.push(args![id(number), conversation, number, brand, ana, &text, &text, "[]", "[]", now]);
    }
    let insert = "INSERT INTO messages (id, conversation_id, seq, sender_id, recipient_id, content, content_key, attachments, warnings, \
                  created_at)";
    tx.insert_rows(insert, "", rows).await.unwrap();
    tx.execute("UPDATE conversations SET messages = $1, last_message_id = $2", args![MANY, id(MANY)]).await.unwrap();
    let mut rows: Vec<Vec<Bound>> = Vec::new();
    let mut members: Vec<Vec<Bound>> = Vec::new();
    for number in 0..MANY {
        let (other, at) = (id(number + MANY * 2), now.plus(-number * 1_000));
        rows.push(args![id(number + MANY), ana, other, other, false, 0, at]);
        members.push(args![ana, other, id(number + MANY), i64::from(number % 10 == 0), 0, at]);
    }
    tx.insert_rows("INSERT INTO conversations (id, low, high, opened_by, answered, messages, created_at)", "", rows)
        .await
        .unwrap();
    let insert = "INSERT INTO conversation_members (account_id, other_id, conversation_id, unread, read_seq, last_at)";
    tx.insert_rows(insert, "", members).await.unwrap();
    let sql = "UPDATE inbox_accounts SET conversations = conversations + $2 WHERE account_id = $1";
    tx.execute(sql, args![ana, MANY]).await.unwrap();
    tx.commit().await.unwrap();
    db.analyze().await.unwrap();
    let creator = world.of(&world.creator);
    let (all, unread) = (MANY as u64 + 1, MANY as u64 / 2 + 1);
    for (path, total) in [
        ("/api/v1/notifications", all),
        ("/api/v1/notifications?page=1000&limit=100", all),
        ("/api/v1/notifications?is_read=false&limit=100", unread),
        ("/api/v1/notifications?type=PAYMENT_DUE&limit=100", 1_000),
        ("/api/v1/notifications?type=APPLICATION_RECEIVED&is_read=true", 49_000),
        ("/api/v1/messages?limit=100", all),
        ("/api/v1/messages?page=1000&limit=100", all),
        ("/api/v1/messages?unread=true&page=50&limit=100", 10_001),
        (&format!("/api/v1/messages/{brand}?page=900&limit=100"), MANY as u64),
        (&format!("/api/v1/messages/{brand}?order=newest"), MANY as u64),
    ] {
        // The first time its statements are made ready.
        creator.get(path).await.ok();
        let begun = Instant::now();
        let list: Value = creator.get(path).await.ok();
        let took = begun.elapsed();
        assert_eq!(list["total"], total, "{path}");
        assert!(took < SOON, "{path}: {took:?}");
    }
    let begun = Instant::now();
    let found = creator.get("/api/v1/messages/search?q=number%2099999").await.ok();
    assert_eq!(found["total"], 1);
    assert!(begun.elapsed() < 5 * SOON, "search: {:?}", begun.elapsed());
}
