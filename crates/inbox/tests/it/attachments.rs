//! Files that are sent with messages.

use kernel::time;
use serde_json::{Value, json};
use testkit::{Client, Form, FreshDb, Reply, both_engines};

use crate::world::World;

const FILES: &str = "/api/v1/messages/attachments";
const PDF: &[u8] = b"%PDF-1.7\nnot really";

async fn upload(client: &Client, name: &str, bytes: &[u8]) -> Reply {
    client.upload(FILES, &Form::new().file("file", name, bytes)).await
}

#[both_engines]
async fn files_are_for_the_two_of_their_message(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (business, creator) = (world.of(&world.business), world.of(&world.creator));
    let stranger = world.of(&world.someone("stranger"));
    let made = upload(&business, "../Brief junio.PDF", PDF).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    assert_eq!(
        (&made["name"], &made["media_type"], &made["bytes"]),
        (&json!("Brief junio.pdf"), &json!("application/pdf"), &json!(PDF.len()))
    );
    let url = made["url"].as_str().unwrap();
    creator.get(url).await.refused(404);
    let send = async |client: &Client, to: Value, files: Value| {
        client.post("/api/v1/messages", &json!({"recipient_id": to, "content": "See this", "attachments": files})).await
    };
    let (brand, ana) = (json!(world.business.account.id), json!(world.creator.account.id));
    assert_eq!(
        send(&creator, brand.clone(), json!([url])).await.faults(),
        ["attachments.0"],
        "what others uploaded is not sent"
    );
    let sent = send(&business, ana.clone(), json!([url, "https://example.com/x"])).await;
    assert_eq!((sent.status, &sent.json()["attachments"]), (201, &json!([url, "https://example.com/x"])));
    for client in [&business, &creator] {
        let file = client.get(url).await;
        assert_eq!((file.status, file.bytes.as_ref()), (200, PDF));
        assert_eq!(file.header("content-disposition"), "attachment; filename*=UTF-8''Brief%20junio.pdf");
        assert_eq!(file.header("content-type"), "application/octet-stream");
        assert_eq!(file.header("x-content-type-options"), "nosniff");
    }
    assert_eq!(creator.clone().with("range", "bytes=1-3").get(url).await.text(), "PDF");
    stranger.get(url).await.refused(404);
    world.anyone.get(url).await.refused(401);
    assert_eq!(send(&business, ana, json!([url])).await.faults(), ["attachments.0"], "a file belongs to one message");
    // What belongs to a message stays.
    world.clock.advance(3 * time::DAY);
    world.work().await;
    assert_eq!(creator.get(url).await.status, 200);
}

#[both_engines]
async fn what_is_sent_with_nothing_is_taken_away(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let business = world.of(&world.business);
    let url =
        upload(&business, "a.png", b"\x89PNG\r\n\x1a\n1234567890").await.json()["url"].as_str().unwrap().to_owned();
    assert_eq!(business.get(&url).await.status, 200);
    world.clock.advance(25 * time::HOUR);
    world.work().await;
    business.get(&url).await.refused(404);
    let body = json!({"recipient_id": world.creator.account.id, "content": "See this", "attachments": [url]});
    assert_eq!(business.post("/api/v1/messages", &body).await.faults(), ["attachments.0"]);
}

#[both_engines]
async fn only_files_that_are_what_they_say_are_taken(fresh: FreshDb) {
    let settings = inbox::Settings { attachment_bytes: 4096, ..inbox::Settings::default() };
    let world = World::set(fresh, settings).await;
    let business = world.of(&world.business);
    for bad in
        [&b"MZ\x90\0 a program, whatever its name"[..], b"<html><script>", b"<svg xmlns='x'>", b"", b"PK\x03\x04 zip"]
    {
        upload(&business, "innocent.pdf", bad).await.refused(415);
    }
    let large = [PDF, &vec![b'x'; 5_000]].concat();
    upload(&business, "large.pdf", &large).await.refused(413);
    assert_eq!(business.upload(FILES, &Form::new().text("note", "no file")).await.faults(), ["file"]);
    world.clock.advance(25 * time::HOUR);
    world.work().await;
    let mut tx = world.inbox.app().db().read().await.unwrap();
    let left: i64 = tx.fetch_value("SELECT count(*) FROM message_attachments", vec![]).await.unwrap();
    assert_eq!(left, 0, "nothing is left of what was refused");
}
