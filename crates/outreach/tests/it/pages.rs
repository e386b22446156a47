//! What people see who follow the link in a mail.

use axum::http::Method;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{World, text};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const FORM: &str = "application/x-www-form-urlencoded";

/// The path of the link in the mail.
async fn link(world: &World) -> String {
    let mail = world.body(json!({"subject": "a", "message": "b"}));
    world.client.post("/api/v1/outreach/email", &mail).await.ok();
    let words = text(&world.mails("mia@example.com").await[0]["text"]);
    let rest = words.split("/api/v1/").nth(1).unwrap().split_whitespace().next().unwrap();
    format!("/api/v1/{rest}")
}

async fn suppressed(world: &World) -> serde_json::Value {
    world.client.get("/api/v1/outreach/suppressions").await.ok()["total"].clone()
}

#[both_engines]
async fn a_person_reads_pages_and_presses_one_button(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = link(&world).await;
    let browser = world.anyone.clone().with("accept", BROWSER);
    let page = browser.get(&path).await;
    assert_eq!(
        (page.status, page.header("content-type"), page.header("cache-control")),
        (200, "text/html; charset=utf-8", "no-store")
    );
    assert!(
        page.text().contains("<form method=\"post\"><button>No more mails of TechFit</button></form>"),
        "{}",
        page.text()
    );
    assert!(page.text().contains("m…@example.com") && !page.text().contains("mia@example.com"), "{}", page.text());
    assert!(page.header("content-security-policy").contains("form-action 'self'"));
    // Programs that look into mails follow every link in them, and ask what is there.
    browser.get(&path).await;
    browser.ask(Method::HEAD, &path, None, axum::body::Body::empty()).await;
    assert_eq!(suppressed(&world).await, 0, "to look changes nothing");
    let done = browser.raw(Method::POST, &path, FORM, "").await;
    assert_eq!((done.status, done.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(done.text().contains("m…@example.com gets no more mails of TechFit"), "{}", done.text());
    assert_eq!(suppressed(&world).await, 1);
    assert_eq!(browser.raw(Method::POST, &path, FORM, "").await.status, 200, "twice is the same as once");
    assert_eq!(suppressed(&world).await, 1);
}

#[both_engines]
async fn a_mail_program_presses_it_as_the_standard_says(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = link(&world).await;
    let clicked = world.anyone.raw(Method::POST, &path, FORM, "List-Unsubscribe=One-Click").await;
    assert_eq!(clicked.ok()["message"], "mia@example.com gets no more of these mails");
    assert_eq!(suppressed(&world).await, 1);
}

#[both_engines]
async fn a_link_that_is_not_whole_says_what_to_do(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = link(&world).await;
    let browser = world.anyone.clone().with("accept", BROWSER);
    let cut = &path[..path.len() - 3];
    for wrong in [cut.to_owned(), format!("{cut}<b>"), "/api/v1/outreach/unsubscribe/x".to_owned()] {
        let wrong = wrong.replace('<', "%3C").replace('>', "%3E");
        for method in [Method::GET, Method::POST] {
            let page = browser.ask(method.clone(), &wrong, Some(FORM), axum::body::Body::empty()).await;
            assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"), "{wrong}");
            assert!(page.text().contains("Copy it from the mail once more") && !page.text().contains("<b>"));
            world.anyone.ask(method, &wrong, Some(FORM), axum::body::Body::empty()).await.refused(404);
        }
    }
    assert_eq!(suppressed(&world).await, 0);
}
