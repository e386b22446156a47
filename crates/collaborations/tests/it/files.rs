//! Files of content: taken for what they are, seen by whom they were handed to.

use kernel::time::DAY;
use serde_json::json;
use testkit::{Form, FreshDb, both_engines};

use crate::{Made as _, World};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on, as far as it goes";

#[both_engines]
async fn files_are_handed_in_with_a_submission(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.scheduled().await;
    let files = format!("{path}/files");
    let form = |bytes: &[u8]| Form::new().file("file", "photo.png", bytes);
    world.business.upload(&files, &form(PNG)).await.refused(403);
    world.other_creator.upload(&files, &form(PNG)).await.refused(404);
    world.creator.upload(&files, &form(b"MZ\x90\0 a program that calls itself a photo")).await.refused(415);
    let made = world.creator.upload(&files, &form(PNG)).await.made();
    assert_eq!((&made["media_type"], &made["bytes"]), (&json!("image/png"), &json!(PNG.len())));
    let at = format!("{files}/{}", made["id"].as_str().unwrap());
    // A long video goes through as well.
    let mut video = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec();
    video.resize(30 << 20, 0);
    let long = world.creator.upload(&files, &Form::new().file("file", "long.mp4", video)).await.made();
    assert_eq!((&long["media_type"], &long["bytes"]), (&json!("video/mp4"), &json!(30 << 20)));
    // Nobody but the creator sees it before it is handed in.
    world.business.get(&at).await.refused(404);
    assert_eq!(world.creator.get(&at).await.bytes, PNG);
    let mut body = World::content(&path, "#summer2026");
    (body["content_urls"], body["file_ids"]) = (json!([]), json!([made["id"]]));
    world.other_creator.post("/api/v1/submissions", &body).await.refused(404);
    let submission = world.creator.post("/api/v1/submissions", &body).await.made();
    let seen = world.business.get(&format!("/api/v1/submissions/{}", submission["id"].as_str().unwrap())).await.ok();
    assert_eq!(seen["content_urls"][0], made["url"]);
    let told = world.business.get(&at).await;
    assert_eq!((told.header("content-disposition"), told.header("x-content-type-options")), ("attachment", "nosniff"));
    assert_eq!(told.bytes, PNG);
    world.other_business.get(&at).await.refused(404);
    // The same file is not handed in twice.
    world
        .business
        .post(
            &format!("/api/v1/submissions/{}/reject", submission["id"].as_str().unwrap()),
            &json!({"reviewer_notes": "Blurred"}),
        )
        .await
        .ok();
    world.creator.post("/api/v1/submissions", &body).await.refused(422);
}

#[both_engines]
async fn what_is_handed_in_by_nobody_goes(fresh: FreshDb) {
    use ports::files::Files as _;
    let world = World::new(fresh).await;
    let path = world.scheduled().await;
    let form = Form::new().file("file", "photo.png", PNG);
    let made = world.creator.upload(&format!("{path}/files"), &form).await.made();
    let kept = format!("submissions/{}.png", made["id"].as_str().unwrap());
    assert_eq!(world.files.size(&kept).await.unwrap(), Some(PNG.len() as u64));
    world.clock.advance(3 * DAY);
    world.run().await;
    assert_eq!(world.files.size(&kept).await.unwrap(), None);
    world.creator.get(&format!("{path}/files/{}", made["id"].as_str().unwrap())).await.refused(404);
}
