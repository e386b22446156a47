//! Who reads the outbox, and what of it.

use std::sync::Arc;

use http_base::{App, Mode};
use kernel::{Clock, time};
use mail::{NewMail, Post};
use ports::mailer::Outbox;
use testkit::{Client, FreshDb, People, both_engines};

use crate::{Office, Told, to};

fn client(app: &App, post: &Post) -> Client {
    let router = mail::router(post.clone()).served(app);
    Client::new(router)
}

fn people(office: &Office) -> (People, Client) {
    (office.people.clone(), client(&office.app, &office.post))
}

const PATH: &str = "/api/v1/outbox";

#[both_engines]
async fn an_admin_reads_it_and_nobody_else(fresh: FreshDb) {
    let office = Office::new(fresh, Arc::new(Outbox)).await;
    let (people, client) = people(&office);
    let clock = &office.clock;
    office.queue(to("Anna@Example.com")).await;
    office.run().await;
    client.get(PATH).await.refused(401);
    for other in [people.business(clock), people.creator(clock)] {
        client.of(&other).get(&format!("{PATH}?to=anna@example.com")).await.refused(403);
    }
    let admin = client.of(&people.admin(clock));
    let list = admin.get(&format!("{PATH}?to=aNNa%40example.COM")).await.ok();
    let mail = &list["messages"][0];
    assert_eq!((list["total"].as_u64(), list["total_pages"].as_u64()), (Some(1), Some(1)));
    assert_eq!(mail["to"], "Anna@Example.com");
    assert_eq!((mail["status"].as_str(), mail["redacted"].as_bool()), (Some("kept"), Some(false)));
    assert_eq!(mail["sent_at"], clock.now().to_string());
    assert!(mail["text"].as_str().unwrap().contains("token=abc123"));
    assert_eq!(admin.get(&format!("{PATH}?to=ben@example.com")).await.ok()["total"], 0);
    assert_eq!(admin.get(&format!("{PATH}?limit=0")).await.faults(), ["limit"]);
}

#[both_engines]
async fn the_newest_are_first_and_pages_do_not_overlap(fresh: FreshDb) {
    let office = Office::new(fresh, Arc::new(Outbox)).await;
    let (people, client) = people(&office);
    let admin = client.of(&people.admin(&office.clock));
    for number in 0..7 {
        office.clock.advance(time::SECOND);
        office.queue(NewMail { subject: format!("{number}"), ..to("anna@example.com") }).await;
        office.queue(to("ben@example.com")).await;
    }
    let mut seen = Vec::new();
    for offset in [0, 3, 6] {
        let list = admin.get(&format!("{PATH}?to=anna@example.com&limit=3&offset={offset}")).await.ok();
        assert_eq!((list["total"].as_u64(), list["page"].as_u64()), (Some(7), Some(offset / 3 + 1)));
        seen.extend(
            list["messages"].as_array().unwrap().iter().map(|mail| mail["subject"].as_str().unwrap().to_owned()),
        );
    }
    assert_eq!(seen, ["6", "5", "4", "3", "2", "1", "0"]);
    assert_eq!(admin.get(PATH).await.ok()["total"], 14);
}

#[both_engines]
async fn with_a_mail_server_no_text_is_shown(fresh: FreshDb) {
    let office = Office::new(fresh, Told::new(&[Err(ports::mailer::Refusal::Never("550 no".into()))])).await;
    let (people, client) = people(&office);
    let admin = client.of(&people.admin(&office.clock));
    let html = Some("<a href=\"https://app.example/verify?token=abc123\">here</a>".to_owned());
    office.queue(NewMail { html, ..to("anna@example.com") }).await;
    for status in ["queued", "failed"] {
        let list = admin.get(PATH).await;
        assert!(!list.text().contains("abc123"), "{}", list.text());
        let mail = &list.ok()["messages"][0];
        assert_eq!((mail["status"].as_str(), mail["redacted"].as_bool()), (Some(status), Some(true)));
        assert!(mail["text"].as_str().unwrap().contains("not shown") && mail["html"].is_null());
        office.run().await;
    }
}

#[both_engines]
async fn in_the_demo_nobody_needs_a_token(fresh: FreshDb) {
    let office = Office::new(fresh, Arc::new(Outbox)).await;
    let clock = Clock::system();
    let app = App::builder(office.db().clone(), clock.clone()).mode(Mode::Demo(clock.new_id())).build();
    let post = Post::new(app.clone(), Arc::new(Outbox), mail::Settings::default(), Vec::new());
    office.queue(to("anna@example.com")).await;
    office.run().await;
    let list = client(&app, &post).get(&format!("{PATH}?to=anna@example.com")).await.ok();
    assert!(list["messages"][0]["text"].as_str().unwrap().contains("token=abc123"));
}
