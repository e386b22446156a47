//! The coach of the demo: what its first start tells of the past.

use std::collections::{BTreeMap, BTreeSet};

use influencerflow::demo_coach::{self, COACH};
use influencerflow::demo_market::PASSWORD;
use influencerflow::settings::Settings;
use serde_json::{Value, json};
use testkit::{Client, TempFolder, both_engines};

use crate::world::What::Empty;
use crate::world::{World, settings, text};

/// The demo with its coach, who is logged in.
async fn told(world: &World) -> Client {
    let folder = TempFolder::new();
    let settings = Settings { files_folder: folder.path().to_owned(), ..settings() };
    let started = std::time::Instant::now();
    demo_coach::load(&world.server, &settings).await.unwrap();
    eprintln!("the past was told within {:?}", started.elapsed());
    // The second start changes nothing.
    demo_coach::load(&world.server, &settings).await.unwrap();
    let entered = world.client.post("/api/v1/auth/login", &json!({"email": COACH, "password": PASSWORD})).await.ok();
    world.client.clone().with("authorization", &format!("Bearer {}", text(&entered, "access_token")))
}

/// The messages of a conversation, the oldest first.
async fn said(coach: &Client, conversation: &Value) -> Vec<Value> {
    let path = format!("/api/v1/conversations/{}/messages?limit=100&after=0", text(conversation, "id"));
    coach.get(&path).await.ok()["messages"].as_array().unwrap().clone()
}

fn all<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of[name].as_array().unwrap()
}

#[both_engines(Empty)]
async fn a_coach_has_bases_an_audience_and_conversations_in_every_state(world: World) {
    let coach = told(&world).await;
    // What she knows: everything was read, and what disagrees was noticed.
    let bases = coach.get("/api/v1/knowledge-bases").await.ok();
    assert_eq!(all(&bases, "knowledge_bases").len(), 2);
    for base in all(&bases, "knowledge_bases") {
        let path = format!("/api/v1/knowledge-bases/{}", text(base, "id"));
        let documents = coach.get(&format!("{path}/documents?limit=100")).await.ok();
        assert_eq!(all(&documents, "documents").len(), 8);
        for document in all(&documents, "documents") {
            assert_eq!(document["processing_status"], "completed", "{document}");
        }
        let contradictions = coach.get(&format!("{path}/contradictions")).await.ok();
        assert!(contradictions["pagination"]["total"].as_u64().unwrap() > 0, "{}", base["name"]);
    }
    let asked = json!({"question": "Do you organise a retreat in Mallorca?"});
    let base = format!("/api/v1/knowledge-bases/{}", text(&all(&bases, "knowledge_bases")[0], "id"));
    let other = format!("/api/v1/knowledge-bases/{}", text(&all(&bases, "knowledge_bases")[1], "id"));
    let answers =
        [coach.post(&format!("{base}/ask"), &asked).await.ok(), coach.post(&format!("{other}/ask"), &asked).await.ok()];
    assert!(
        answers.iter().any(|one| one["outcome"] == "answered" && !one["citations"][0]["correction_id"].is_null()),
        "the coach answered a gap: {answers:?}"
    );
    // Whom she coaches.
    let users = coach.get("/api/v1/users?limit=100&sort=engagement_score&order=desc").await.ok();
    assert_eq!(users["pagination"]["total"], 40);
    assert!(all(&users, "users")[0]["engagement_score"].as_f64().unwrap() > 0.5);
    let resting = coach.get("/api/v1/users?status=inactive").await.ok();
    assert!(resting["pagination"]["total"].as_u64().unwrap() <= 40);
    let badges = coach.get("/api/v1/badges").await.ok();
    assert!(all(&badges, "badges").iter().all(|badge| badge["earned_count"].as_u64() > Some(0)), "{badges}");
    // What was said.
    let list = coach.get("/api/v1/conversations?limit=100").await.ok();
    let conversations = all(&list, "conversations");
    // With those whom a program or a rule has written to.
    assert!(conversations.len() > 25, "{}", conversations.len());
    let handlers: BTreeSet<String> = conversations.iter().map(|one| text(one, "handler")).collect();
    assert_eq!(handlers, BTreeSet::from(["bot", "human", "queue"].map(str::to_owned)));
    assert!(conversations.iter().any(|one| one["status"] == "closed"));
    let (mut statuses, mut authors) = (BTreeSet::new(), BTreeSet::new());
    let (mut edited, mut media, mut rated) = (0, 0, 0);
    for conversation in conversations {
        for message in said(&coach, conversation).await {
            statuses.insert(text(&message, "status"));
            authors.insert(text(&message, "author"));
            edited += usize::from(!message["edited_at"].is_null());
            media +=
                message["media"].as_array().map_or(0, |all| all.iter().filter(|one| one["status"] == "stored").count());
        }
        let shown = coach.get(&format!("/api/v1/conversations/{}", text(conversation, "id"))).await.ok();
        rated += all(&shown, "escalations").iter().filter(|one| one["satisfaction"] == 5).count();
    }
    for wanted in ["received", "sent", "read", "held", "failed"] {
        assert!(statuses.contains(wanted), "no message is {wanted}: {statuses:?}");
    }
    assert_eq!(authors, BTreeSet::from(["bot", "human", "member", "system"].map(str::to_owned)));
    assert_eq!((edited, media, rated), (1, 1, 1));
    takes_part(&coach).await;
    crate::demo_receiver::shows_deliveries(&coach).await;
    let counted = coach.get("/api/v1/analytics/overview").await.ok();
    assert_eq!(counted["time_zone"], "Europe/Madrid");
    // Every channel works, and counts.
    let channels = coach.get("/api/v1/channels").await.ok();
    let kinds: BTreeSet<String> = all(&channels, "channels").iter().map(|one| text(one, "channel_type")).collect();
    assert_eq!(kinds, BTreeSet::from(["mobile", "telegram", "web", "whatsapp"].map(str::to_owned)));
    for channel in all(&channels, "channels") {
        assert_eq!(channel["status"], "active", "{channel}");
        let figures = coach.get(&format!("/api/v1/channels/{}/analytics", text(channel, "id"))).await.ok();
        assert!(figures["metrics"]["total_messages"].as_u64().unwrap() > 1, "{figures}");
    }
    let page = world.client.get("/widget-demo").await;
    let web = all(&channels, "channels").iter().find(|one| one["channel_type"] == "web").unwrap();
    assert!(page.status == 200 && page.text().contains(&text(web, "id")), "the page shows the coach's chat");
    // One who stopped is not written to.
    let fiona = coach.get("/api/v1/conversations?search=fiona").await.ok();
    let last = said(&coach, &all(&fiona, "conversations")[0]).await.pop().unwrap();
    assert_eq!((&last["author"], &last["status"]), (&json!("system"), &json!("read")), "{last}");
}

/// Programs have people at every stage, and rules have written to who was silent.
async fn takes_part(coach: &Client) {
    let programs = coach.get("/api/v1/programs").await.ok();
    let mut states = BTreeSet::new();
    for program in all(&programs, "programs") {
        states.insert(text(program, "status"));
        let list = coach.get(&format!("/api/v1/programs/{}/enrollments?limit=100", text(program, "id"))).await.ok();
        let runs = all(&list, "enrollments");
        assert_eq!(runs.len() as u64, program["enrollment_count"], "{program}");
        states.extend(runs.iter().map(|run| text(run, "status")));
    }
    for wanted in ["draft", "published", "active", "completed"] {
        assert!(states.contains(wanted), "nothing is {wanted}: {states:?}");
    }
    let rules = coach.get("/api/v1/proactive-engine/rules").await.ok();
    assert!(all(&rules, "rules").iter().all(|rule| rule["triggered_count"].as_u64() > Some(0)), "{rules}");
}

#[both_engines(Empty)]
async fn the_assistant_answers_as_the_samples_expect(world: World) {
    let coach = told(&world).await;
    let sample = samples::coach::coach(kernel::Clock::system().now());
    let mut expected: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for step in &sample.steps {
        if let (samples::coach::What::Writes(words), Some(outcome)) = (step.what, step.expected) {
            expected.entry(&sample.members[step.member].name).or_default().push((words, outcome));
        }
    }
    let list = coach.get("/api/v1/conversations?limit=100").await.ok();
    let (mut wrong, mut kinds) = (Vec::new(), BTreeSet::new());
    for conversation in all(&list, "conversations") {
        let name = text(conversation, "user_name");
        let messages = said(&coach, conversation).await;
        for (words, outcome) in expected.get(name.as_str()).into_iter().flatten() {
            let asked = messages.iter().position(|one| one["author"] == "member" && one["text"] == *words);
            let reply = messages[asked.unwrap() + 1..].iter().find(|one| one["author"] != "member");
            let found = match reply {
                Some(one) if one["kind"] == "maybe" => "maybe",
                Some(one) if one["citations"].as_array().is_some_and(|all| !all.is_empty()) => "answered",
                _ => "unknown",
            };
            let shown = reply.map(|one| text(one, "text")).unwrap_or_default();
            eprintln!("{name}: {words}\n  {found}: {shown}");
            kinds.insert(found);
            // Between what may help and nothing lies a threshold; an answer is one, or is none.
            if (found == "answered") != (*outcome == "answered") {
                wrong.push(format!("{name}: {words}: {found}, not {outcome}: {shown}"));
            }
        }
    }
    assert_eq!(kinds, BTreeSet::from(["answered", "maybe", "unknown"]));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
