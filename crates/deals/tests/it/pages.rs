//! The pages of a signing link, as a browser gets them.

use axum::http::Method;
use kernel::time::DAY;
use serde_json::json;
use testkit::{Client, FreshDb, Reply, both_engines};

use crate::World;

const FORM: &str = "application/x-www-form-urlencoded";

impl World {
    fn browser(&self) -> Client {
        self.anyone.clone().with("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    }

    /// A contract that was sent by mail; its path, and that of its link.
    async fn mailed(&self, fields: serde_json::Value) -> (String, String) {
        let path = self.draft(fields).await;
        self.business.post(&format!("{path}/send"), &json!({})).await.ok();
        (path, format!("/api/v1/contracts/sign/{}", self.tokens().await.pop().unwrap()))
    }

    async fn press(&self, link: &str, form: &str) -> Reply {
        self.browser().raw(Method::POST, link, FORM, form.to_owned()).await
    }
}

/// A page that is safe to show, of this status; its text.
#[track_caller]
fn page(reply: &Reply, status: u16) -> String {
    let html = reply.text();
    assert_eq!(reply.status, status, "{html}");
    assert!(reply.header("content-type").starts_with("text/html"), "{html}");
    let policy = reply.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && policy.contains("frame-ancestors 'none'"));
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"));
    assert_eq!((reply.header("cache-control"), reply.header("referrer-policy")), ("no-store", "no-referrer"));
    assert!(html.starts_with("<!doctype html>") && html.contains("width=device-width"));
    assert!(
        !html.contains("<script")
            && !html.contains("http://")
            && !html.contains("https://")
            && !html.contains("style=\""),
        "{html}"
    );
    html
}

/// Keeps a page, to be looked at: `DEALS_SAMPLES=folder`.
fn keep(name: &str, html: &str) {
    if let Ok(folder) = std::env::var("DEALS_SAMPLES") {
        std::fs::write(format!("{folder}/{name}.html"), html).unwrap();
    }
}

#[both_engines]
async fn a_contract_is_signed_in_a_browser(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (path, link) = world.mailed(json!({})).await;
    let html = page(&world.browser().get(&link).await, 200);
    keep("sign", &html);
    for told in [
        "TechCorp asks you to sign a contract",
        "Wireless Earbuds Pro (CAMP-001)",
        "USD 1,200.00",
        "1 × YouTube video, by 2030-03-01",
        "USD 400.00: Contract signing, when both sides have signed",
        "<dt>Usage rights</dt><dd>6 months</dd>",
        "the creator, who creates and delivers",
        "2030-02-14 10:30:00 UTC",
        &format!("href=\"{link}/pdf\""),
        &format!("<form method=\"post\" action=\"{link}\">"),
        "Your full name",
        "type=\"checkbox\"",
    ] {
        assert!(html.contains(told), "{told}: {html}");
    }
    assert!(world.anyone.get(&format!("{link}/pdf")).await.bytes.starts_with(b"%PDF-"));
    // Others get JSON, as before.
    assert_eq!(world.anyone.get(&link).await.ok()["can_sign"], true);
    let json = world.anyone.clone().with("accept", "application/json").get(&link).await;
    assert_eq!((json.header("vary"), json.ok()["party"].clone()), ("accept", json!("creator")));
    let hash = html.split("name=\"document_hash\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    // Without a name, without the tick, and with the hash of another text: the form comes again and says so.
    for (form, told) in [
        (format!("document_hash={hash}&name=&agreed=yes"), "Your name is missing"),
        (format!("document_hash={hash}&name=Ana+Ferreira"), "The box below must be ticked"),
        (format!("document_hash={hash}&name={}&agreed=yes", "x".repeat(201)), "Your name"),
    ] {
        let html = page(&world.press(&link, &form).await, 422);
        assert!(
            html.contains(told) && html.contains("It is not signed yet") && html.contains("<form"),
            "{form}: {html}"
        );
    }
    let other = page(&world.press(&link, &format!("document_hash={}&name=Ana&agreed=yes", "0".repeat(64))).await, 409);
    keep("fault", &other);
    assert!(other.contains("not the one you read") && other.contains(&hash), "{other}");
    let done = page(
        &world
            .press(&link, &format!("document_hash={hash}&name=Ana+%3Cb%3EFerreira%3C%2Fb%3E+%C3%85&agreed=yes"))
            .await,
        200,
    );
    keep("done", &done);
    assert!(
        done.contains("Ana &lt;b&gt;Ferreira&lt;/b&gt; Å has signed “Wireless Earbuds Pro” with TechCorp"),
        "{done}"
    );
    assert!(done.contains("The business has not signed yet") && done.contains(&format!("{link}/pdf")), "{done}");
    let details = world.check(&path).await;
    assert_eq!(
        (&details["signatures"][0]["name"], &details["signatures"][0]["method"]),
        (&json!("Ana <b>Ferreira</b> Å"), &json!("link"))
    );
    // Used: nothing to do, but a copy to keep.
    for reply in [world.browser().get(&link).await, world.press(&link, "name=Ana&agreed=yes").await] {
        let html = page(&reply, 409);
        assert!(
            html.contains("This link has been used")
                && html.contains(&format!("{link}/pdf"))
                && !html.contains("<form"),
            "{html}"
        );
    }
    assert!(world.anyone.get(&format!("{link}/pdf")).await.bytes.starts_with(b"%PDF-"));
    world.clock.advance(31 * DAY);
    world.anyone.get(&format!("{link}/pdf")).await.refused(409);
}

#[both_engines]
async fn links_that_are_not_good_say_what_to_do(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let unknown = format!("/api/v1/contracts/sign/{}", "0".repeat(64));
    let html = page(&world.browser().get(&unknown).await, 404);
    assert!(html.contains("This link is not known") && html.contains("send the contract again"), "{html}");
    page(&world.press(&unknown, "name=Ana&agreed=yes").await, 404);
    let odd = world.browser().get("/api/v1/contracts/sign/%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E").await;
    page(&odd, 404);
    world.anyone.get(&format!("{unknown}/pdf")).await.refused(404);
    // A newer one was sent.
    let (path, link) = world.mailed(json!({})).await;
    world.clock.advance(kernel::time::MINUTE);
    world.business.post(&format!("{path}/send"), &json!({})).await.ok();
    let html = page(&world.browser().get(&link).await, 409);
    keep("void", &html);
    assert!(html.contains("use the newest one") && !html.contains("/pdf"), "{html}");
    world.anyone.get(&format!("{link}/pdf")).await.refused(409);
    // Too late.
    let newest = format!("/api/v1/contracts/sign/{}", world.tokens().await.pop().unwrap());
    world.clock.advance(31 * DAY);
    let html = page(&world.browser().get(&newest).await, 409);
    assert!(html.contains("The link has expired; ask whoever sent it for a new one"), "{html}");
    page(&world.press(&newest, "name=Ana&agreed=yes").await, 409);
    world.check(&path).await;
}

#[both_engines]
async fn what_others_wrote_is_shown_as_text(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let nasty = "<img src=x onerror=alert(1)>\"'&";
    let (_, link) = world.mailed(json!({
        "terms": {"deliverables": [{"type": nasty, "requirements": [nasty, "y".repeat(900)]}], nasty: nasty, "long": "z ".repeat(900), "list": [nasty, {"a": nasty}]},
        "payment_schedule": [{"milestone": nasty, "amount": 1200}],
    })).await;
    let html = page(&world.browser().get(&link).await, 200);
    assert!(!html.contains("<img") && html.contains("&lt;img src=x onerror=alert(1)&gt;&quot;'&amp;"), "{html}");
    keep("nasty", &html);
    assert!(html.contains("… (see the PDF)") && html.len() < 20_000);
}

#[both_engines]
async fn before_ones_turn_there_is_no_form(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (path, _) = world.mailed(json!({})).await;
    let both = json!({"signers": [{"party": "business", "email": "bo@example.com"}, {"party": "creator", "email": "ana@example.com"}], "signing_order": "business_first"});
    world.business.put(&path, &json!({"status": "draft"})).await.ok();
    world.clock.advance(kernel::time::MINUTE);
    world.business.post(&format!("{path}/send"), &both).await.ok();
    let link = format!("/api/v1/contracts/sign/{}", world.tokens().await.pop().unwrap());
    assert!(page(&world.browser().get(&link).await, 200).contains("the business, who orders and pays"));
    world.clock.advance(kernel::time::MINUTE);
    let done = page(&world.press(&link, "name=Bo&agreed=yes").await, 200);
    assert!(done.contains("The creator has not signed yet") && done.contains("Bo has signed"), "{done}");
    let link = format!("/api/v1/contracts/sign/{}", world.tokens().await.pop().unwrap());
    let done = page(&world.press(&link, "name=Ana&agreed=yes").await, 200);
    assert!(done.contains("Both sides have signed: it is in force."), "{done}");
    // An amendment says that it is one, and its PDF that it is not in force.
    let asked = json!({"payment_amount": 1300, "payment_schedule": [], "note": "More <b>stories</b>", "signers": [{"party": "creator", "email": "ana@example.com"}]});
    world.clock.advance(kernel::time::MINUTE);
    let version = world.propose(&path, &asked).await;
    world.business.post(&format!("{path}/amendments/{version}/sign"), &json!({})).await.ok();
    let link = format!("/api/v1/contracts/sign/{}", world.tokens().await.pop().unwrap());
    let html = page(&world.browser().get(&link).await, 200);
    assert!(
        html.contains("asks you to sign an amendment")
            && html.contains("More &lt;b&gt;stories&lt;/b&gt;")
            && html.contains("USD 1,300.00"),
        "{html}"
    );
    let (proposed, in_force) =
        (world.anyone.get(&format!("{link}/pdf")).await, world.business.get(&format!("{path}/pdf")).await);
    assert!(proposed.bytes.starts_with(b"%PDF-") && proposed.bytes != in_force.bytes);
    let both = page(&world.press(&link, "name=Ana&agreed=yes").await, 200);
    assert!(both.contains("Both sides have signed: it is in force."), "{both}");
    world.check(&path).await;
}
