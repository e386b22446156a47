//! What people say to each other.

use axum::http::Method;
use inbox::Tie;
use inbox::events::MessageSent;
use kernel::time;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};
use uuid::Uuid;

use crate::world::{World, times};

const MESSAGES: &str = "/api/v1/messages";

#[both_engines]
async fn two_people_have_one_conversation(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let collaboration = Uuid::from_u128(789);
    world.town.collaborate(&world.business, &world.creator, collaboration);
    let (business, creator) = (world.of(&world.business), world.of(&world.creator));
    let (brand, ana) = (world.business.account.id, world.creator.account.id);
    let body = json!({"recipient_id": ana, "content": " Hi! Are you available? ", "collaboration_id": collaboration,
        "attachments": ["https://example.s3.amazonaws.com/portfolio.pdf"]});
    let reply = business.post(MESSAGES, &body).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let sent = reply.json();
    assert_eq!(
        (&sent["sender_id"], &sent["recipient_id"], &sent["is_read"]),
        (&json!(brand), &json!(ana), &json!(false))
    );
    assert_eq!(
        (&sent["content"], &sent["collaboration_id"]),
        (&json!("Hi! Are you available?"), &json!(collaboration))
    );
    let list = creator.get(MESSAGES).await.ok();
    assert_eq!((&list["total"], &list["unread_count"]), (&json!(1), &json!(1)));
    let row = &list["conversations"][0];
    assert_eq!((&row["last_message"], &row["unread_count"]), (&json!("Hi! Are you available?"), &json!(1)));
    assert_eq!(row["other_user"], json!({"id": brand, "username": "fashion_brand", "profile": {"tier_level": 2}}));
    assert_eq!(business.get(MESSAGES).await.ok()["conversations"][0]["unread_count"], 0);
    // The creator is told, once for all that they have not read.
    world.send(&world.business, &world.creator, "Hello?").await;
    let told = creator.get("/api/v1/notifications").await.ok();
    assert_eq!((&told["total"], &told["unread_count"]), (&json!(1), &json!(1)));
    let one = &told["notifications"][0];
    assert_eq!((&one["type"], &one["count"]), (&json!("MESSAGE_RECEIVED"), &json!(2)));
    assert_eq!(one["content"], "fashion_brand te ha enviado 2 mensajes");
    assert_eq!(one["related_user_id"], json!(brand));

    world.send(&world.creator, &world.business, "Yes! Tell me more").await;
    assert_eq!(creator.get(MESSAGES).await.ok()["unread_count"], 2, "to answer is not to read");
    let chat = creator.get(&format!("{MESSAGES}/{brand}")).await.ok();
    let told = |chat: &Value| {
        let rows = chat["messages"].as_array().unwrap();
        rows.iter().map(|row| row["content"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(told(&chat), ["Hi! Are you available?", "Hello?", "Yes! Tell me more"]);
    assert_eq!(
        (&chat["total"], &chat["messages"][0]["is_read"], &chat["messages"][2]["is_read"]),
        (&json!(3), &json!(true), &json!(false))
    );
    assert_eq!(creator.get(MESSAGES).await.ok()["unread_count"], 0);
    assert_eq!(
        creator.get("/api/v1/notifications/unread-count").await.ok()["unread_count"],
        0,
        "the notification with it"
    );
    let chat = business.get(&format!("{MESSAGES}/{ana}")).await.ok();
    assert_eq!((&chat["messages"][0]["is_read"], &chat["messages"][2]["is_read"]), (&json!(true), &json!(true)));
    assert_eq!(chat["messages"][0]["sender"]["username"], "fashion_brand");
    let page = business.get(&format!("{MESSAGES}/{ana}?page=2&limit=1")).await.ok();
    assert_eq!((told(&page), &page["total"]), (vec!["Hello?".to_owned()], &json!(3)));
    let newest = business.get(&format!("{MESSAGES}/{ana}?order=newest&limit=2")).await.ok();
    assert_eq!(told(&newest), ["Yes! Tell me more", "Hello?"]);
    assert_eq!(
        told(&business.get(&format!("{MESSAGES}/{ana}?order=newest&limit=2&page=2")).await.ok()),
        ["Hi! Are you available?"]
    );
    let happened = world.happened().await;
    assert_eq!(times::<MessageSent>(&happened), 3);
    let first = happened.iter().find(|(kind, _)| kind == "message.sent").unwrap();
    assert_eq!(first.1["collaboration_id"], json!(collaboration), "it is shown in the collaboration's timeline");
    assert!(!first.1.to_string().contains("available"), "the log has no texts");

    // Nobody else sees any of it.
    let stranger = world.someone("stranger");
    let chat = world.of(&stranger).get(&format!("{MESSAGES}/{brand}")).await.ok();
    assert_eq!((&chat["total"], &chat["messages"]), (&json!(0), &json!([])));
    assert_eq!(world.of(&stranger).get(MESSAGES).await.ok()["total"], 0);
    world.of(&stranger).get(&format!("{MESSAGES}/{}", Uuid::from_u128(1))).await.refused(404);
    world.anyone.get(MESSAGES).await.refused(401);
}

#[both_engines]
async fn conversations_come_by_their_last_message(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let others: Vec<_> = (0..4).map(|number| world.someone(&format!("other{number}"))).collect();
    for other in &others {
        world.send(other, &world.creator, &format!("Hello from {}", other.account.id)).await;
    }
    world.send(&world.creator, &others[1], "Hi").await;
    let creator = world.of(&world.creator);
    let names = |list: &Value| {
        let rows = list["conversations"].as_array().unwrap();
        rows.iter().map(|row| row["other_user"]["username"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let list = creator.get(MESSAGES).await.ok();
    assert_eq!(names(&list), ["other1", "other3", "other2", "other0"]);
    assert_eq!((&list["total"], &list["unread_count"]), (&json!(4), &json!(4)));
    let second = creator.get(&format!("{MESSAGES}?page=2&limit=3")).await.ok();
    assert_eq!((names(&second), &second["total"]), (vec!["other0".to_owned()], &json!(4)));
    let marked = creator.post(&format!("{MESSAGES}/{}/read", others[3].account.id), &json!({})).await.ok();
    assert_eq!((&marked["marked"], &marked["unread_count"]), (&json!(1), &json!(3)));
    let unread = creator.get(&format!("{MESSAGES}?unread=true")).await.ok();
    assert_eq!((names(&unread).len(), &unread["total"]), (3, &json!(3)));
}

#[both_engines]
async fn a_message_that_is_sent_twice_is_sent_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let business = world.of(&world.business).with("idempotency-key", "hello-1");
    let body = json!({"recipient_id": world.creator.account.id, "content": "Hi"});
    let first = business.post(MESSAGES, &body).await;
    let second = business.post(MESSAGES, &body).await;
    assert_eq!((first.status, second.status, first.json()), (201, 201, second.json()));
    assert_eq!(second.header("idempotency-replayed"), "true");
    business.post(MESSAGES, &json!({"recipient_id": world.creator.account.id, "content": "Ho"})).await.refused(409);
    assert_eq!(world.of(&world.creator).get(MESSAGES).await.ok()["unread_count"], 1);
}

#[both_engines]
async fn every_fault_is_told_by_field(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let business = world.of(&world.business);
    let ana = world.creator.account.id;
    let post = async |body: Value| business.post(MESSAGES, &body).await;
    post(json!({"recipient_id": Uuid::from_u128(5), "content": "Hi"})).await.refused(404);
    post(json!({"recipient_id": ana, "content": "Hi", "collaboration_id": Uuid::from_u128(5)})).await.refused(404);
    assert_eq!(
        post(json!({"recipient_id": world.business.account.id, "content": "Hi"})).await.faults(),
        ["recipient_id"]
    );
    assert_eq!(post(json!({})).await.faults(), ["recipient_id", "content"]);
    for nothing in ["", "  ", "\u{200b}\u{2060}", "\u{202e}", "a\0b"] {
        let faults = post(json!({"recipient_id": ana, "content": nothing})).await.faults();
        assert_eq!(faults, ["content"], "{nothing:?}");
    }
    assert_eq!(post(json!({"recipient_id": ana, "content": "x".repeat(5_001)})).await.faults(), ["content"]);
    for bad in [
        "javascript:alert(1)",
        "JAVASCRIPT://example.com/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.com",
        "https://",
        "https://bank.example@evil.example/x",
        "https://exam\u{202e}ple.com",
        "https://a b.example",
        "/api/v1/messages/attachments/00000000-0000-0000-0000-000000000001",
        "/api/v1/messages/attachments/../../../etc/passwd",
    ] {
        let faults = post(json!({"recipient_id": ana, "content": "Hi", "attachments": [bad]})).await.faults();
        assert_eq!(faults, ["attachments.0"], "{bad}");
    }
    let links: Vec<String> = (0..500).map(|number| format!("https://example.com/{number}")).collect();
    assert_eq!(
        post(json!({"recipient_id": ana, "content": "Hi", "attachments": links})).await.faults(),
        ["attachments"]
    );
    post(json!({"recipient_id": ana, "content": "x".repeat(10 << 20)})).await.refused(413);
    for junk in ["{\"half\": ", "[\"\\u0000\", {\"id\": 1e999}]", "\"\\ud800\""] {
        let reply = business.raw(Method::POST, MESSAGES, "application/json", junk).await;
        assert!((400..500).contains(&reply.status), "{junk}: {}", reply.status);
    }
    for path in ["/not-an-id", "?page=0", "?limit=101", &format!("/{ana}?order=sideways"), "/search"] {
        let status = business.get(&format!("{MESSAGES}{path}")).await.status;
        assert!(matches!(status, 404 | 422), "{path}: {status}");
    }
    assert_eq!(world.of(&world.creator).get(MESSAGES).await.ok()["total"], 0, "nothing of all that was sent");
    let hidden = post(json!({"recipient_id": ana, "content": "pay\u{200b}ment\u{202e} on\r\ntime"})).await;
    assert_eq!(hidden.json()["content"], "payment on\ntime");
}

#[both_engines]
async fn new_accounts_write_to_few_strangers(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let new = world.newcomer("newcomer");
    let others: Vec<_> = (0..8).map(|number| world.someone(&format!("other{number}"))).collect();
    let client = world.of(&new);
    let to = async |number: usize, text: &str| {
        client.post(MESSAGES, &json!({"recipient_id": others[number].account.id, "content": text})).await
    };
    let texts = [
        "Your recipes are lovely, do you cook on Sundays?",
        "I saw the mountain video from Huesca yesterday",
        "Which camera is it that you film the cats with?",
        "Where do I find the pattern of that blue dress?",
        "Does the running club of Valencia still meet at six?",
    ];
    for (number, text) in texts.iter().enumerate() {
        assert_eq!(to(number, text).await.status, 201);
    }
    let refused = to(5, "A sixth stranger hears of me").await;
    refused.refused(429);
    assert_eq!(refused.header("retry-after"), (24 * 3600 + 1).to_string());
    assert_eq!(to(0, "Whom I know already I may write to").await.status, 201);
    world.town.tie_up(&new, &others[5], Tie::Talking);
    assert_eq!(to(5, "We work together").await.status, 201);
    // Links wait for an answer, but for those whom one has to do with.
    to(1, "See https://example.com").await.refused(403);
    assert_eq!(to(5, "See https://example.com").await.status, 201);
    world.send(&others[1], &new, "Hello").await;
    assert_eq!(to(1, "See https://example.com").await.status, 201);
    world.clock.advance(time::DAY);
    assert_eq!(to(6, "A day later there is room again").await.status, 201);
}

#[both_engines]
async fn the_same_text_goes_to_few_strangers(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let others: Vec<_> = (0..5).map(|number| world.someone(&format!("other{number}"))).collect();
    let business = world.of(&world.business);
    let text = |name: &str| {
        format!(
            "Hello {name}! We are a young brand of sustainable fashion from Valencia, and we love what you post about slow \
             living. Would you like to try our new summer collection and show it to your followers in two reels?"
        )
    };
    for (number, other) in others.iter().enumerate() {
        let body = json!({"recipient_id": other.account.id, "content": text(&format!("other{number}"))});
        let status = business.post(MESSAGES, &body).await.status;
        assert_eq!(status, if number < 3 { 201 } else { 429 }, "{number}");
    }
    world.town.tie_up(&world.business, &others[3], Tie::Talking);
    let body = json!({"recipient_id": others[3].account.id, "content": text("you")});
    assert_eq!(business.post(MESSAGES, &body).await.status, 201, "whoever applied may be answered alike");
}

#[both_engines]
async fn leading_people_elsewhere_is_warned_of_and_slowed_down(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let business = world.of(&world.business);
    let body =
        json!({"recipient_id": world.creator.account.id, "content": "Write me on W h a t s A p p, I pay by PayPal"});
    let sent = business.post(MESSAGES, &body).await;
    assert_eq!((sent.status, &sent.json()["warnings"]), (201, &json!(["contact_details", "outside_payment"])));
    business.post(MESSAGES, &body).await.refused(429);
    world.send(&world.business, &world.creator, "Here is fine as well").await;
    world.clock.advance(25 * time::HOUR);
    assert_eq!(business.post(MESSAGES, &body).await.status, 201);
    // Whoever has agreed may tell each other what they like.
    world.town.tie_up(&world.business, &world.creator, Tie::Agreed);
    for _ in 0..3 {
        let sent = business.post(MESSAGES, &body).await;
        assert_eq!((sent.status, &sent.json()["warnings"]), (201, &json!([])));
    }
}

#[both_engines]
async fn people_choose_who_writes_to_them(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (business, creator) = (world.of(&world.business), world.of(&world.creator));
    let (brand, ana) = (world.business.account.id, world.creator.account.id);
    let hello = json!({"recipient_id": ana, "content": "Hi"});
    creator.put("/api/v1/notifications/preferences", &json!({"who_may_write": "partners"})).await.ok();
    let refused = business.post(MESSAGES, &hello).await.message();
    world.town.tie_up(&world.business, &world.creator, Tie::Talking);
    assert_eq!(business.post(MESSAGES, &hello).await.status, 201);
    creator.post(&format!("{MESSAGES}/{brand}/block"), &json!({})).await.ok();
    creator.post(&format!("{MESSAGES}/{brand}/block"), &json!({})).await.ok();
    assert_eq!(business.post(MESSAGES, &hello).await.message(), refused, "nobody is told that they are blocked");
    creator.post(MESSAGES, &json!({"recipient_id": brand, "content": "Hi"})).await.refused(409);
    let list = creator.get(&format!("{MESSAGES}/blocks")).await.ok();
    assert_eq!((&list["total"], &list["blocks"][0]["user"]["id"]), (&json!(1), &json!(brand)));
    creator.delete(&format!("{MESSAGES}/{brand}/block")).await.ok();
    creator.delete(&format!("{MESSAGES}/{brand}/block")).await.refused(404);
    assert_eq!(business.post(MESSAGES, &hello).await.status, 201);
    creator.post(&format!("{MESSAGES}/{ana}/block"), &json!({})).await.refused(409);
    creator.post(&format!("{MESSAGES}/{}/block", Uuid::from_u128(1)), &json!({})).await.refused(404);
    creator.put("/api/v1/notifications/preferences", &json!({"who_may_write": "nobody"})).await.ok();
    assert_eq!(business.post(MESSAGES, &hello).await.status, 201, "a conversation that is open stays so");
    let other = world.someone("other");
    world.of(&other).post(MESSAGES, &hello).await.refused(403);
}

#[both_engines]
async fn messages_are_found_by_their_words(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let other = world.someone("other");
    world.send(&world.business, &world.creator, "¿Te gustaría una CAMPAÑA de verano?").await;
    world.send(&world.creator, &world.business, "Sí, me encanta el verano").await;
    world.send(&other, &world.business, "A campaña of mine, 100% yours").await;
    let creator = world.of(&world.creator);
    let found = async |query: &str| creator.get(&format!("{MESSAGES}/search?{query}")).await.ok();
    assert_eq!(found("q=campana").await["total"], 1);
    assert_eq!(found("q=verano").await["messages"][0]["content"], "Sí, me encanta el verano");
    assert_eq!(found("q=VERANO%20te").await["total"], 1);
    assert_eq!(found("q=100%25").await["total"], 0, "what others say to others is not found");
    assert_eq!(found(&format!("q=verano&user_id={}", world.business.account.id)).await["total"], 2);
    assert_eq!(found(&format!("q=verano&user_id={}", other.account.id)).await["total"], 0);
    let business = world.of(&world.business);
    assert_eq!(business.get(&format!("{MESSAGES}/search?q=100%25")).await.ok()["total"], 1);
    assert_eq!(business.get(&format!("{MESSAGES}/search?q=1_0")).await.ok()["total"], 0);
}

#[both_engines]
async fn a_moderator_hides_a_message_from_both(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let sent = world.send(&world.business, &world.creator, "something vile").await;
    let id = sent["id"].as_str().unwrap().parse().unwrap();
    let mut tx = world.inbox.app().db().write().await.unwrap();
    assert_eq!(inbox::messages::owner(&mut tx, id).await.unwrap(), Some(world.business.account.id));
    assert!(inbox::messages::hide(&mut tx, id, world.clock.now()).await.unwrap());
    assert!(!inbox::messages::hide(&mut tx, id, world.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    for (one, other) in [(&world.business, &world.creator), (&world.creator, &world.business)] {
        let client = world.of(one);
        let chat = client.get(&format!("{MESSAGES}/{}", other.account.id)).await;
        let list = client.get(MESSAGES).await;
        assert!(!chat.text().contains("vile") && !list.text().contains("vile"));
        assert_eq!(chat.ok()["messages"][0]["is_hidden"], true);
        assert_eq!(client.get(&format!("{MESSAGES}/search?q=vile")).await.ok()["total"], 0);
    }
}

#[both_engines]
async fn viewers_and_reading_keys_leave_no_message(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let viewer = world.people.someone(
        &world.clock,
        kernel::UserType::Business,
        world.business.account.workspace,
        kernel::WorkspaceRole::Viewer,
    );
    world.town.settle(&viewer, "viewer", "DE", world.clock.now());
    world
        .of(&viewer)
        .post(MESSAGES, &json!({"recipient_id": world.creator.account.id, "content": "Hi"}))
        .await
        .refused(403);
    world.send(&world.business, &viewer, "For you to read").await;
    let chat = world.of(&viewer).get(&format!("{MESSAGES}/{}", world.business.account.id)).await.ok();
    assert_eq!(chat["messages"][0]["is_read"], true, "what is written to them they read");
    world.of(&viewer).post("/api/v1/notifications/read-all", &json!({})).await.ok();
}
