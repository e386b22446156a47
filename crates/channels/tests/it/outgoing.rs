//! What goes out: what providers refuse, what waits, and what never goes.

use kernel::time;
use ports::messaging::standin::bodies;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{CHANNELS, CONVERSATIONS, World, times};

const BERTA: &str = "34600000001";

async fn reply(world: &World, conversation: &Value, body: &Value) -> Value {
    let path = format!("{CONVERSATIONS}/{}/messages", conversation["id"].as_str().unwrap());
    let reply = world.of_coach().post(&path, body).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let told = reply.json();
    world.work().await;
    told
}

#[both_engines]
async fn after_24_hours_only_a_template_goes_and_the_rest_waits_for_the_member(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    world.writes(&id, BERTA, "thanks").await;
    let conversation = world.conversation().await;
    world.clock.advance(25 * time::HOUR);
    let told = reply(&world, &conversation, &json!({"text": "There is a place left on Thursday."})).await;
    assert_eq!(told["status"], "held");
    assert!(told["error"].as_str().unwrap().contains("24 hours"), "{told}");
    assert!(world.sent().is_empty());
    // With a template of its own it goes.
    let template =
        json!({"text": "We have news", "template": {"name": "news", "language": "en_US", "parameters": ["Berta"]}});
    reply(&world, &conversation, &template).await;
    assert_eq!(world.sent(), ["template news"]);
    world.clock.advance(time::MINUTE);
    world.writes(&id, BERTA, "Yes?").await;
    assert_eq!(
        world.sent(),
        ["template news", "There is a place left on Thursday."],
        "what waited goes when they write"
    );
    // A channel can ask by itself, once.
    let set = json!({"configuration": {"reopening_template": "we_have_an_answer:en_US"}});
    world.of_coach().put(&format!("{CHANNELS}/{id}"), &set).await.ok();
    world.clock.advance(25 * time::HOUR);
    for text in ["One", "Two"] {
        reply(&world, &conversation, &json!({"text": text})).await;
    }
    assert_eq!(world.sent()[2..], ["template we_have_an_answer"]);
    world.clock.advance(time::MINUTE);
    world.writes(&id, BERTA, "I am here").await;
    world.clock.advance(time::MINUTE);
    world.work().await;
    assert_eq!(world.sent()[3..], ["One", "Two"]);
}

#[both_engines]
async fn every_refusal_of_a_provider_has_its_consequence(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    // By the last six digits of a number the stand-in refuses as the table of errors says.
    for (who, status) in
        [("1555131026", "failed"), ("1555131047", "held"), ("1555131049", "held"), ("1555130429", "queued")]
    {
        world.clock.advance(time::SECOND);
        world.writes(&id, who, "How much does it cost?").await;
        let conversation = world.conversation().await;
        assert_eq!(world.said(&conversation).await[1].2, status, "{who}");
    }
    // Nobody is reached there any more: nothing more is tried.
    world.clock.advance(time::MINUTE);
    world.writes(&id, "1555131026", "How much does it cost?").await;
    let conversation = world.conversation().await;
    assert_eq!(world.said(&conversation).await[3].2, "withheld");
    // What was kept from them is tried once more a day later, and then given up.
    world.clock.advance(25 * time::HOUR);
    world.work().await;
    let list = world.of_coach().get(&format!("{CONVERSATIONS}?limit=100")).await.ok();
    for row in list["conversations"].as_array().unwrap() {
        let said = world.said(row).await;
        assert!(["failed", "held", "queued", "withheld"].contains(&said[1].2.as_str()), "{said:?}");
    }
}

#[both_engines]
async fn a_channel_that_is_refused_waits_and_tells_its_owner(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    world.writes(&id, "1555131042", "How much does it cost?").await;
    let told = world.of_coach().get(&format!("{CHANNELS}/{id}")).await.ok();
    assert_eq!(told["status"], "error", "{told}");
    assert!(told["status_reason"].as_str().unwrap().contains("payment issue"), "{told}");
    let conversation = world.conversation().await;
    assert_eq!(world.said(&conversation).await[1].2, "held");
    world.clock.advance(time::SECOND);
    world.writes(&id, BERTA, "How much does it cost?").await;
    let conversation = world.conversation().await;
    assert_eq!(conversation["user_name"], "Berta");
    assert_eq!(world.said(&conversation).await[1].2, "held", "what comes next waits as well");
    assert!(times(&world.happened().await, "channel.status_changed") >= 2);
    // It works again: what waited goes.
    world.of_coach().post(&format!("{CHANNELS}/{id}/verify"), &json!({})).await.ok();
    world.work().await;
    let said = world.said(&conversation).await;
    assert!(["sent", "held"].contains(&said[1].2.as_str()), "the other one's number is still refused: {said:?}");
}

#[both_engines]
async fn a_message_that_was_sent_and_not_heard_of_is_found_by_its_status(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    world.writes(&id, BERTA, "How much does it cost?").await;
    let given = world.whatsapp.given()[0].clone();
    // By our own key, under a name that we do not know.
    let status =
        bodies::whatsapp_status("wamid.unknown", &given.message.key, BERTA, "delivered", world.clock.now(), None);
    world.tell(&id, &status).await;
    world.work().await;
    let conversation = world.conversation().await;
    assert_eq!(world.said(&conversation).await[1].2, "delivered");
    // Somebody else's message is nobody's here.
    let status = bodies::whatsapp_status(
        "wamid.foreign",
        "0190a000-0000-7000-8000-000000000000",
        BERTA,
        "read",
        world.clock.now(),
        None,
    );
    world.tell(&id, &status).await;
    world.work().await;
    assert_eq!(world.said(&conversation).await.len(), 2);
}

#[both_engines]
async fn telegram_is_served_too_with_edits_buttons_and_blocks(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.telegram_channel().await;
    let mut tx = world.channels.app().read().await.unwrap();
    let channel = channels::channels::store::by_id(&mut tx, id.parse().unwrap()).await.unwrap().unwrap();
    drop(tx);
    let secret = channel.secret(&ports::seal::Keys::new(&[[7; 32]]), "hook_secret").unwrap().unwrap();
    let telegram = world.anyone.clone().with("x-telegram-bot-api-secret-token", &secret);
    let path = format!("/webhooks/telegram/{id}");
    let tell = async |update: Value| {
        let reply = telegram.post(&path, &update).await;
        assert_eq!((reply.status, reply.text().as_ref()), (200, "ok"));
        world.work().await;
    };
    tell(bodies::telegram_message(1, 42, 1, "Carl", world.clock.now(), &json!({"text": "/start"}))).await;
    assert_eq!(world.telegram.given().len(), 1, "a welcome");
    world.clock.advance(5 * time::SECOND);
    tell(bodies::telegram_message(2, 42, 2, "Carl", world.clock.now(), &json!({"text": "What does it cost? <b>"})))
        .await;
    world.clock.advance(5 * time::SECOND);
    // The same update once more.
    tell(bodies::telegram_message(2, 42, 2, "Carl", world.clock.now(), &json!({"text": "What does it cost? <b>"})))
        .await;
    assert_eq!(world.telegram.given().len(), 2);
    let conversation = world.conversation().await;
    assert_eq!((&conversation["channel"], &conversation["user_name"]), (&json!("telegram"), &json!("Carl")));
    let mut edited = bodies::telegram_message(
        3,
        42,
        2,
        "Carl",
        world.clock.now(),
        &json!({"text": "What does one month cost?", "edit_date": 1_772_445_700}),
    );
    let message = edited["message"].take();
    edited.as_object_mut().unwrap().remove("message");
    edited["edited_message"] = message;
    tell(edited).await;
    let said = world.said(&conversation).await;
    assert_eq!(said[2].1, "What does one month cost?", "{said:?}");
    tell(bodies::telegram_reach(4, 42, "Carl", world.clock.now(), "kicked")).await;
    world.clock.advance(time::MINUTE);
    reply(&world, &conversation, &json!({"text": "Are you there?"})).await;
    let said = world.said(&conversation).await;
    assert_eq!(said.last().unwrap().2, "withheld", "{said:?}");
    tell(bodies::telegram_reach(5, 42, "Carl", world.clock.now(), "member")).await;
    world.clock.advance(time::MINUTE);
    reply(&world, &conversation, &json!({"text": "Are you there now?"})).await;
    assert_eq!(world.said(&conversation).await.last().unwrap().2, "sent");
}

#[both_engines]
async fn what_members_send_is_fetched_kept_and_given_out(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    let file = ports::messaging::Media { bytes: "a picture".into(), mime: Some("image/jpeg".into()), file_name: None };
    world.whatsapp.put_file("media-1", file);
    let person = bodies::Person { wa_id: Some(BERTA), user_id: None, name: "Berta" };
    let holds = json!({"type": "image", "image": {"id": "media-1", "mime_type": "image/jpeg", "sha256": "", "caption": "What does this cost?"}});
    world.tell(&id, &bodies::whatsapp_message(person, "wamid.picture", world.clock.now(), &holds)).await;
    world.work().await;
    let conversation = world.conversation().await;
    let list =
        world.of_coach().get(&format!("{CONVERSATIONS}/{}/messages", conversation["id"].as_str().unwrap())).await.ok();
    let media = &list["messages"][0]["media"][0];
    assert_eq!((&media["status"], &media["media_type"]), (&json!("stored"), &json!("image/jpeg")), "{list}");
    let url = media["url"].as_str().unwrap();
    let got = world.of_coach().get(url).await;
    assert_eq!((got.status, got.text().as_ref()), (200, "a picture"));
    world.anyone.of(&world.people.creator(&world.clock)).get(url).await.refused(404);
    assert_eq!(list["messages"][1]["author"], "bot", "what stands below it is answered");
}

#[both_engines]
async fn strange_texts_are_kept_as_they_are(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    let long = "é".repeat(32_000);
    for (number, (sent, kept)) in [
        ("\"👨‍👩‍👧‍👦 family\"", "👨‍👩‍👧‍👦 family".to_owned()),
        ("\"مرحبا بالعالم\"", "مرحبا بالعالم".to_owned()),
        ("\"nul \\u0000 and half \\ud83d pair\"", "nul  and half \u{fffd} pair".to_owned()),
        (&format!("\"{long}\""), long.clone()),
    ]
    .into_iter()
    .enumerate()
    {
        let change = bodies::whatsapp_message(
            bodies::Person { wa_id: Some(BERTA), user_id: None, name: "Berta" },
            &format!("wamid.strange{number}"),
            world.clock.now(),
            &json!({"type": "text", "text": {"body": "PLACE"}}),
        );
        let body = bodies::whatsapp("102290129340398", crate::world::NUMBER_ID, &change)
            .to_string()
            .replace("\"PLACE\"", sent);
        assert_eq!(world.tell_raw(&id, &body).await, 200);
        world.work().await;
        let conversation = world.conversation().await;
        let said = world.said(&conversation).await;
        let last = said.iter().rev().find(|(author, ..)| author == "member").unwrap();
        assert_eq!(last.1, kept, "{number}");
    }
}

#[both_engines]
async fn a_storm_is_stored_once_and_two_processes_share_it(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    for number in 0..60 {
        let person = bodies::Person { wa_id: Some(BERTA), user_id: None, name: "Berta" };
        let text = format!("thanks {number}");
        let change = bodies::whatsapp_message(
            person,
            &format!("wamid.{}", number % 40),
            world.clock.now(),
            &json!({"type": "text", "text": {"body": text}}),
        );
        world.clock.advance(1_000);
        assert_eq!(world.tell(&id, &change).await, 200);
    }
    let other = crate::world::process(
        world.fresh.db.clone(),
        &world.clock,
        &world.people,
        &world.assistant,
        world.messengers(),
        channels::Settings::default(),
    );
    let (one, two) = tokio::join!(
        channels::testing::work_inbound(&world.channels, &world.clock),
        channels::testing::work_inbound(&other, &world.clock)
    );
    assert_eq!(one.unwrap() + two.unwrap(), 60);
    let conversation = world.conversation().await;
    let path = format!("{CONVERSATIONS}/{}/messages?limit=100", conversation["id"].as_str().unwrap());
    let list = world.of_coach().get(&path).await.ok();
    let theirs: Vec<&str> = list["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["author"] == "member")
        .map(|row| row["text"].as_str().unwrap())
        .collect();
    assert_eq!(theirs, (0..40).map(|number| format!("thanks {number}")).collect::<Vec<_>>());
}

#[both_engines]
async fn others_write_through_the_same_gate(fresh: FreshDb) {
    use channels::gate::Purpose;
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    world.writes(&id, BERTA, "thanks").await;
    let conversation = world.conversation().await;
    let member = conversation["user_id"].as_str().unwrap().parse().unwrap();
    let say = async |key: &str, purpose: Purpose| {
        let words = channels::Words {
            purpose,
            text: format!("How are you? {key}"),
            buttons: Vec::new(),
            template: None,
            key: key.to_owned(),
        };
        let mut tx = world.channels.app().write().await.unwrap();
        let said = channels::say(&world.channels, &mut tx, world.coach.account.hub(), member, None, words)
            .await
            .unwrap()
            .unwrap();
        tx.commit().await.unwrap();
        world.work().await;
        said
    };
    let first = say("one", Purpose::Proactive).await;
    assert_eq!(say("one", Purpose::Proactive).await.id, first.id, "a key is said once");
    assert_eq!(world.sent().len(), 1);
    for key in ["two", "three", "four"] {
        world.clock.advance(time::HOUR);
        say(key, Purpose::Proactive).await;
    }
    assert_eq!(world.sent().len(), 3, "three in a week");
    say("step", Purpose::Program).await;
    world.clock.advance(time::MINUTE);
    world.work().await;
    assert_eq!(world.sent().len(), 4, "a program is not capped");
    let mut tx = world.channels.app().write().await.unwrap();
    let called = channels::PersonCalled { question: "a step", ..Default::default() };
    let hub = world.coach.account.hub();
    let (_, is_new) = channels::call_person(&world.channels, &mut tx, hub, member, called).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert!(is_new);
    world.clock.advance(time::MINUTE);
    assert_eq!(say("held", Purpose::Program).await.status.to_string(), "held", "while a person has it, programs wait");
    let stranger = world.people.creator(&world.clock).account.hub();
    let words = channels::Words {
        purpose: Purpose::Program,
        text: "x".into(),
        buttons: Vec::new(),
        template: None,
        key: "x".into(),
    };
    let mut tx = world.channels.app().write().await.unwrap();
    assert!(channels::say(&world.channels, &mut tx, stranger, member, None, words).await.unwrap().is_none());
}
