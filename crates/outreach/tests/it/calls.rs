//! Calls that people make: arranged, told of, recorded, read; and what comes of them.

use outreach::Settings;
use serde_json::{Value, json};
use testkit::{Form, FreshDb, both_engines};

use crate::world::{World, text};

const SCHEDULE: &str = "/api/v1/outreach/call/schedule";
const COMPLETE: &str = "/api/v1/outreach/call/complete";
const TALK: &str = "Agent: Would you be interested?\nMia: I'd love to work with you. I charge $1,200 per reel.\n\
    Mia: I'm available from next week.\nAgent: Great, we will send the contract on Monday.";

async fn scheduled(world: &World) -> Value {
    let body = world.body(json!({"scheduled_time": "2026-03-04T14:00:00Z", "notes": "First; talk, about it"}));
    world.client.post(SCHEDULE, &body).await.ok()
}

fn wav(seconds: usize) -> Vec<u8> {
    let mut file = b"RIFF\x24\x00\x00\x00WAVEfmt ".to_vec();
    file.extend((0..seconds * 8000).map(|at| (at % 251) as u8));
    file
}

#[both_engines]
async fn a_call_is_arranged_and_reminded_of(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let call = scheduled(&world).await;
    let id = text(&call["call_id"]);
    assert_eq!(
        (&call["status"], &call["reminder_sent"], &call["reminder_at"]),
        (&json!("scheduled"), &json!(false), &json!("2026-03-04T13:00:00Z"))
    );
    assert_eq!(world.entry(&id).await["call_status"], "scheduled");
    let link = text(&call["calendar_link"]).replace("http://localhost:8000", "");
    let file = world.anyone.get(&link).await;
    assert!(file.header("content-type").starts_with("text/calendar"));
    assert!(
        file.text().contains("DTSTART:20260304T140000Z\r\n") && !file.text().contains("DESCRIPTION"),
        "{}",
        file.text()
    );
    let own = link.split('?').next().unwrap();
    assert!(world.client.get(own).await.text().contains("DESCRIPTION:First\\; talk\\, about it"));
    world.anyone.get(own).await.refused(401);
    world.stranger.get(own).await.refused(404);
    world.days(1).await;
    assert!(world.mails("mia@example.com").await.is_empty());
    world.days(1).await;
    assert!(world.mails("mia@example.com").await.is_empty(), "it is nine in the morning");
    world.clock.advance(4 * kernel::time::HOUR);
    world.run().await;
    let mails = world.mails("mia@example.com").await;
    assert_eq!((mails.len(), &mails[0]["status"]), (1, &json!("kept")));
    assert!(text(&mails[0]["subject"]).contains("2026-03-04T14:00:00Z"));
    let entry = world.entry(&id).await;
    assert_eq!(
        (&entry["status"], &entry["email_status"]),
        (&json!("scheduled"), &json!("pending")),
        "a reminder is no approach"
    );
    let past = world.body(json!({"scheduled_time": "2026-03-01T14:00:00Z"}));
    assert_eq!(world.client.post(SCHEDULE, &past).await.faults(), ["scheduled_time"]);
    assert_eq!(
        world.client.post(SCHEDULE, &json!({"scheduled_time": "soon"})).await.faults(),
        ["campaign_id", "creator_id", "scheduled_time"]
    );
    world.check_tallies().await;
}

#[both_engines]
async fn a_meeting_that_is_moved_stays_one_meeting(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let call = scheduled(&world).await;
    let id = text(&call["call_id"]);
    let link = text(&call["calendar_link"]).replace("http://localhost:8000", "");
    let line = async |name: &str| {
        let file = world.anyone.get(&link).await.text();
        let found = file.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned));
        found.unwrap_or_else(|| panic!("{name} is not in {file}"))
    };
    let sequence = async || line("SEQUENCE:").await.trim().parse::<u32>().unwrap();
    let (uid, before) = (line("UID:").await, sequence().await);
    assert!(line("ORGANIZER").await.contains("mailto:no-reply@localhost"));
    // Scheduled again, and moved by its own address: it is the same meeting, later in the calendar's order.
    let again = world.body(json!({"scheduled_time": "2026-03-05T09:00:00Z"}));
    assert_eq!(world.client.post(SCHEDULE, &again).await.ok()["call_id"], json!(id));
    assert_eq!((line("UID:").await, line("DTSTART:").await.trim()), (uid.clone(), "20260305T090000Z"));
    let moved = sequence().await;
    assert!(moved > before);
    let path = format!("/api/v1/outreach/call/{id}/schedule");
    let told = world.client.put(&path, &json!({"scheduled_time": "2026-03-04T15:00:00Z"})).await.ok();
    assert_eq!((&told["call_id"], &told["reminder_at"]), (&json!(id), &json!("2026-03-04T14:00:00Z")));
    assert!(sequence().await > moved);
    world.client.put(&path, &json!({"scheduled_time": "2026-03-05T09:00:00Z"})).await.ok();
    world.client.put(&path, &json!({"scheduled_time": "2026-03-04T15:00:00Z"})).await.ok();
    assert_eq!(
        world.client.put(&path, &json!({"scheduled_time": "2020-01-01T00:00:00Z"})).await.faults(),
        ["scheduled_time"]
    );
    world.stranger.put(&path, &json!({"scheduled_time": "2026-03-05T09:00:00Z"})).await.refused(404);
    // One reminder, before the time that holds.
    for _ in 0..4 {
        world.days(1).await;
        world.run().await;
    }
    let reminders = world.mails("mia@example.com").await;
    assert!(reminders.len() <= 1, "{reminders:?}");
    if let Some(reminder) = reminders.first() {
        assert!(text(&reminder["subject"]).contains("2026-03-04T15:00:00Z"), "{reminder}");
    }
    let done = json!({"call_id": id, "status": "cancelled"});
    world.client.post("/api/v1/outreach/call/complete", &done).await.ok();
    let file = world.anyone.get(&link).await;
    assert!(file.header("content-type").contains("method=CANCEL"), "{}", file.header("content-type"));
    assert!(file.text().contains("METHOD:CANCEL") && file.text().contains("ORGANIZER") && file.text().contains(&uid));
    world.client.put(&path, &json!({"scheduled_time": "2026-04-05T09:00:00Z"})).await.refused(409);
    world.check_tallies().await;
}

#[both_engines]
async fn a_call_is_completed_once_and_teaches(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = text(&scheduled(&world).await["call_id"]);
    let done = json!({"call_id": id, "status": "completed", "duration_minutes": 25, "recording_url": "https://files.example.com/a.mp3",
        "transcript": TALK, "notes": "Went well", "next_steps": "Send contract for review"});
    assert_eq!(
        world.client.post(COMPLETE, &json!({"call_id": id, "duration_minutes": -1})).await.faults(),
        ["duration_minutes"]
    );
    let four = futures::future::join_all((0..4).map(|_| world.client.post(COMPLETE, &done))).await;
    let mut answers: Vec<u16> = four.iter().map(|reply| reply.status).collect();
    answers.sort_unstable();
    assert_eq!(answers, [200, 409, 409, 409]);
    world.client.post(COMPLETE, &done).await.refused(409);
    let entry = world.entry(&id).await;
    for (field, value) in [
        ("call_status", json!("completed")),
        ("status", json!("completed")),
        ("call_duration_minutes", json!(25.0)),
        ("notes", json!("Went well")),
        ("interest_level", json!("very_interested")),
        ("collaboration_rate", json!("1200 USD")),
        ("sentiment", json!("positive")),
        ("stage", json!("negotiating")),
        ("has_recording", json!(true)),
    ] {
        assert_eq!(entry[field], value, "{field}");
    }
    let transcript = world.client.get(&format!("/api/v1/outreach/call/{id}/transcript")).await.ok();
    assert_eq!(
        (&transcript["transcript"], &transcript["action_items"]),
        (&json!(TALK), &json!(["Send the contract on Monday"]))
    );
    let recording = world.client.get(&format!("/api/v1/outreach/call/{id}/recording")).await;
    assert_eq!((recording.status, recording.header("location")), (302, "https://files.example.com/a.mp3"));
    let to_do = world.client.get("/api/v1/outreach/follow-ups").await.ok();
    assert_eq!(to_do["total"], 2);
    let first = text(&to_do["follow_ups"][0]["id"]);
    world.stranger.post(&format!("/api/v1/outreach/follow-ups/{first}/done"), &json!({})).await.refused(404);
    world.client.post(&format!("/api/v1/outreach/follow-ups/{first}/done"), &json!({})).await.ok();
    assert_eq!(world.client.get("/api/v1/outreach/follow-ups").await.ok()["total"], 1);
    assert_eq!(world.touches(&id).await.len(), 1, "the call that was arranged is the call that was made");
    assert_ne!(scheduled(&world).await["call_id"], json!(id), "another call is another entry");
    world.check_tallies().await;
}

#[both_engines]
async fn recordings_come_and_go_in_pieces(fresh: FreshDb) {
    let settings = Settings { recording_bytes: 40_000, ..Settings::default() };
    let world = World::with(fresh, settings).await;
    let id = text(&scheduled(&world).await["call_id"]);
    let path = format!("/api/v1/outreach/call/{id}/recording");
    world.client.get(&path).await.refused(404);
    let file = wav(2);
    let form = |bytes: &[u8]| {
        Form::new().text("call_id", &id).text("duration_minutes", "1").file("recording", "call.wav", bytes)
    };
    world.client.upload(COMPLETE, &form(b"MZ\x90\x00 a program that says it is music")).await.refused(415);
    world.client.upload(COMPLETE, &form(&wav(6))).await.refused(413);
    let answer = world.client.upload(COMPLETE, &form(&file)).await.ok();
    assert_eq!(
        (&answer["status"], &answer["transcript_generated"], &answer["follow_up_created"]),
        (&json!("completed"), &json!(false), &json!(false))
    );
    let whole = world.client.get(&path).await;
    assert_eq!(
        (whole.status, whole.header("content-type"), whole.header("accept-ranges")),
        (200, "audio/wav", "bytes")
    );
    assert!(whole.bytes == file);
    let part = world.client.clone().with("range", "bytes=4-11").get(&path).await;
    assert_eq!((part.status, part.header("content-range")), (206, format!("bytes 4-11/{}", file.len()).as_str()));
    assert!(part.bytes == file[4..12]);
    let tag = part.header("etag").to_owned();
    let rest = world.client.clone().with("range", "bytes=12-").with("if-range", &tag).get(&path).await;
    assert_eq!((rest.status, &rest.bytes[..]), (206, &file[12..]));
    assert_eq!(world.client.clone().with("if-none-match", &tag).get(&path).await.status, 304);
    let beyond = world.client.clone().with("range", "bytes=99999-").get(&path).await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, format!("bytes */{}", file.len()).as_str()));
    world.stranger.get(&path).await.refused(404);
    let anew =
        world.client.raw(axum::http::Method::POST, &path, "audio/mpeg", b"ID3\x04 a song about it".to_vec()).await;
    assert_eq!(anew.ok()["has_recording"], true);
    assert_eq!(world.client.get(&path).await.header("content-type"), "audio/mpeg");
    // Half of the earlier recording is of no use with this one.
    let other = world.client.clone().with("range", "bytes=4-").with("if-range", &tag).get(&path).await;
    assert_eq!((other.status, &other.bytes[..]), (200, &b"ID3\x04 a song about it"[..]));
    world.check_tallies().await;
}

#[both_engines]
async fn what_it_taught_is_offered_and_drafted(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = text(&scheduled(&world).await["call_id"]);
    let entry = format!("/api/v1/outreach/{id}");
    world.client.get(&format!("/api/v1/outreach/call/{id}/transcript")).await.refused(404);
    world.client.post(&format!("/api/v1/outreach/call/{id}/transcript"), &json!({"transcript": TALK})).await.ok();
    let suggested = world.entry(&id).await["suggested_updates"].clone();
    let fields: Vec<_> = suggested.as_array().unwrap().iter().map(|one| text(&one["field"])).collect();
    assert_eq!(fields, ["collaboration_rate", "interest_level", "timeline_availability", "preferred_content_types"]);
    let decide = format!("{entry}/suggested-updates");
    assert_eq!(world.client.post(&decide, &json!({})).await.faults(), ["accept"]);
    let decision = json!({"accept": ["collaboration_rate", "timeline_availability"], "dismiss": ["interest_level"]});
    let decided = world.client.post(&decide, &decision).await.ok();
    let words: Vec<_> =
        decided["suggested_updates"].as_array().unwrap().iter().map(|one| text(&one["status"])).collect();
    assert_eq!(words, ["applied", "dismissed", "noted", "open"]);
    world.client.post(&decide, &decision).await.refused(409);
    let mut tx = world.app.read().await.unwrap();
    let id_of: kernel::CreatorId = world.creator.parse().unwrap();
    let creator = creators::store::by_id(kernel::Scope::system(), &mut tx, id_of).await.unwrap().unwrap();
    drop(tx);
    assert_eq!(creator.collaboration_rate, Some(kernel::Amount::from_minor(120_000)));
    assert!(text(&world.entry(&id).await["notes"]).ends_with("timeline availability: I'm available from next week."));
    let draft = world.client.get(&format!("{entry}/contract-draft")).await.ok();
    assert_eq!(
        (&draft["payment_amount"], &draft["currency"], &draft["terms"]["deliverables"][0]["type"]),
        (&json!(1200.0), &json!("USD"), &json!("reel"))
    );
    assert!(draft["missing"].as_array().unwrap().contains(&json!("usage_rights")));
    let offer = world.client.post(&format!("{entry}/negotiation/offer"), &json!({"cap": 300, "cpm": 20})).await.ok();
    assert_eq!(
        (&offer["offer"], &offer["middle"], &offer["asked"], &offer["sent"]),
        (&json!(300.0), &json!(400.0), &json!(1200.0), &json!(false))
    );
    world.run().await;
    assert!(world.mails("mia@example.com").await.is_empty(), "a draft never leaves by itself");
    let send = format!("/api/v1/outreach/drafts/{}/send", text(&offer["touch_id"]));
    world.stranger.post(&send, &json!({})).await.refused(404);
    world.client.post(&send, &json!({})).await.ok();
    world.client.post(&send, &json!({})).await.refused(409);
    world.run().await;
    assert!(text(&world.mails("mia@example.com").await[0]["text"]).contains("$300"));
}

#[both_engines]
async fn another_workspace_only_notes(fresh: FreshDb) {
    let world = World::with(fresh, Settings { auto_send: true, ..Settings::default() }).await;
    let body = json!({"name": "Ana", "email": "ana@example.com", "platform": "youtube", "niche": "food", "followers_count": "50K"});
    let creator = world.stranger.post("/api/v1/creators", &body).await.ok();
    let call = json!({"campaign_id": world.campaign, "influencer_id": creator["id"], "scheduled_time": "2026-03-04T14:00:00Z"});
    let id = text(&world.client.post(SCHEDULE, &call).await.ok()["call_id"]);
    world
        .client
        .post(COMPLETE, &json!({"call_id": id, "transcript": "Ana: I charge 900 dollars per video."}))
        .await
        .ok();
    let decided = world
        .client
        .post(&format!("/api/v1/outreach/{id}/suggested-updates"), &json!({"accept": ["collaboration_rate"]}))
        .await
        .ok();
    assert_eq!(decided["suggested_updates"][0]["status"], "noted");
    assert!(text(&world.entry(&id).await["notes"]).contains("collaboration rate: 900 USD"));
    let offer = world.client.post(&format!("/api/v1/outreach/{id}/negotiation/offer"), &json!({"cap": 100})).await.ok();
    assert_eq!((&offer["sent"], &offer["cap"]), (&json!(true), &json!(100.0)), "the setting lets it leave by itself");
}
