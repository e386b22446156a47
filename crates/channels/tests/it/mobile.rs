//! An app that is told by Firebase that there is something to fetch: what it is told does not decide what it can read.

use std::sync::Arc;
use std::time::Duration;

use channels::Channels;
use kernel::time;
use ports::messaging::{Decision, Messengers, SendFault};
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::chat::{Chat, jwt, session};
use crate::faulty::Faulty;
use crate::world::{CHANNELS, World, process};

/// A channel of an app, with the secret that says who is logged in.
async fn app(world: &World) -> (String, String) {
    let made = world.channel("mobile", &json!({})).await;
    world.work().await;
    (made["id"].as_str().unwrap().to_owned(), made["identity_secret"].as_str().unwrap().to_owned())
}

/// Dora's app, on phones of these tokens.
async fn dora(world: &World, (id, secret): &(String, String), devices: &[&str]) -> Chat {
    let mut chat = None;
    for device in devices {
        let body = json!({"identity": jwt(secret, "dora", world), "device_token": device});
        chat = Some(Chat::begin(world, id, &body).await);
    }
    chat.unwrap()
}

/// By which phones Dora is rung.
async fn phones(world: &World) -> Vec<String> {
    let id = world.conversation().await["user_id"].as_str().unwrap().parse().unwrap();
    let mut tx = world.channels.app().db().read().await.unwrap();
    let member = audience::members::get(&mut tx, world.coach.account.hub(), id).await.unwrap().unwrap();
    let rows = audience::members::identities(&mut tx, &member).await.unwrap().into_iter();
    rows.filter(|row| row.kind == audience::IdentityKind::Device).map(|row| row.value).collect()
}

/// What the app shows: who wrote, and what.
fn shown(list: &Value) -> Vec<(&str, &str)> {
    let rows = list["messages"].as_array().unwrap().iter();
    rows.map(|row| (row["author"].as_str().unwrap(), row["text"].as_str().unwrap())).collect()
}

/// A process whose Firebase answers so.
fn with(world: &World, firebase: Arc<Faulty>) -> Channels {
    let messengers = Messengers { mobile: firebase, ..world.messengers() };
    let settings = channels::Settings::default();
    process(world.fresh.db.clone(), &world.clock, &world.people, &world.assistant, messengers, settings)
}

async fn work(channels: &Channels, world: &World) {
    jobs::run_until_idle(channels.app().db(), &world.clock, &channels::jobs(channels)).await.unwrap();
}

#[both_engines]
async fn a_phone_whose_app_is_gone_is_forgotten_and_the_message_is_read_by_asking(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let app = app(&world).await;
    let chat = dora(&world, &app, &["unregistered-1"]).await;
    chat.write("What does it cost?").await;
    assert_eq!(phones(&world).await, ["unregistered-1"]);
    world.work().await;
    assert!(phones(&world).await.is_empty(), "a token that is gone is never good again");
    let list = chat.read().await;
    assert_eq!(shown(&list)[1], ("bot", "It costs 90 euros a month [1]."));
    // Nothing is left that would be tried again.
    for _ in 0..3 {
        world.clock.advance(time::DAY);
        world.work().await;
    }
    assert!(world.mobile.given().is_empty());
    let conversation = world.conversation().await;
    assert_eq!(world.said(&conversation).await[1].2, "sent", "it went out when it could be read");
    // The app is installed again, and has another token.
    let chat = dora(&world, &app, &["phone-2"]).await;
    chat.write("And what does the second year cost?").await;
    world.work().await;
    assert_eq!((world.mobile.given().len(), phones(&world).await), (1, vec!["phone-2".to_owned()]));
}

#[both_engines]
async fn of_two_phones_the_one_that_is_left_rings(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let app = app(&world).await;
    let chat = dora(&world, &app, &["phone-1", "unregistered-2"]).await;
    chat.write("What does it cost?").await;
    world.work().await;
    assert_eq!(phones(&world).await, ["phone-1"]);
    let given = world.mobile.given();
    assert_eq!(given.len(), 1);
    let rung: Vec<&str> = given[0].message.to.0.iter().map(|one| one.value.as_str()).collect();
    assert!(rung.contains(&"phone-1") && !rung.contains(&"unregistered-2"), "{rung:?}");
}

#[both_engines]
async fn while_firebase_is_away_the_message_is_there_and_the_phone_rings_when_it_asks_for(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let app = app(&world).await;
    let chat = dora(&world, &app, &["phone-1"]).await;
    let away = || SendFault::ours(Decision::Later(Some(Duration::from_secs(600))), "UNAVAILABLE", "503");
    let firebase = Faulty::new(world.mobile.clone(), move |number| (number < 1).then(away));
    let channels = with(&world, firebase.clone());
    chat.write("What does it cost?").await;
    work(&channels, &world).await;
    assert_eq!((firebase.asked(), world.mobile.given().len()), (1, 0));
    assert_eq!(chat.read().await["messages"].as_array().unwrap().len(), 2, "nobody waits for Firebase to read it");
    world.clock.advance(599 * time::SECOND);
    work(&channels, &world).await;
    assert_eq!(firebase.asked(), 1, "it asked to be left alone for so long");
    world.clock.advance(200 * time::SECOND);
    work(&channels, &world).await;
    assert_eq!((firebase.asked(), world.mobile.given().len()), (2, 1), "and rings once");
    // Whoever has read it in the meantime is not rung for it any more.
    let firebase = Faulty::new(world.mobile.clone(), move |_| Some(away()));
    let channels = with(&world, firebase.clone());
    chat.write("How much does the course cost?").await;
    work(&channels, &world).await;
    assert_eq!(firebase.asked(), 1);
    let seen = chat.client.post(&format!("{}/seen", chat.path), &json!({"up_to": 99})).await;
    assert_eq!(seen.status, 204);
    world.clock.advance(time::HOUR);
    work(&channels, &world).await;
    assert_eq!(firebase.asked(), 1, "it was read");
    // A provider that stays away is not asked for ever, and the message stays where it was.
    chat.write("And what does the book cost?").await;
    for _ in 0..40 {
        work(&channels, &world).await;
        world.clock.advance(2 * time::HOUR);
    }
    let asked = firebase.asked();
    for _ in 0..40 {
        work(&channels, &world).await;
        world.clock.advance(2 * time::HOUR);
    }
    assert_eq!(firebase.asked(), asked, "a message of days ago rings nobody");
    assert_eq!(chat.read().await["messages"].as_array().unwrap().len(), 6);
}

#[both_engines]
async fn a_key_that_firebase_refuses_leaves_the_app_working(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let app = app(&world).await;
    let chat = dora(&world, &app, &["phone-1"]).await;
    let broken = || SendFault::ours(Decision::ChannelBroken, "SENDER_ID_MISMATCH", "The key was taken back");
    let channels = with(&world, Faulty::new(world.mobile.clone(), move |_| Some(broken())));
    chat.write("What does it cost?").await;
    work(&channels, &world).await;
    let channel = world.of_coach().get(&format!("{CHANNELS}/{}", app.0)).await.ok();
    assert_eq!(channel["status"], "error", "the coach sees it: {channel}");
    assert_eq!(chat.read().await["messages"].as_array().unwrap().len(), 2);
    chat.write("How much does the course cost?").await;
    work(&channels, &world).await;
    assert_eq!(chat.read().await["messages"].as_array().unwrap().len(), 4, "and the app goes on");
    assert_eq!(session(&world, &app.0, &json!({"identity": jwt(&app.1, "dora", &world)})).await.0, 201);
}
