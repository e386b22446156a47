//! The dashboard counts its own rows, and is quick over many.

use std::time::Instant;

use kernel::{CampaignId, CreatorId, OutreachId, Scope};
use outreach::{CallStatus, EmailStatus, Entry, NewEntry};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{World, text};

#[both_engines]
async fn the_summary_counts_its_own_rows(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let mail = world.body(json!({"subject": "Hello", "message": "Would you?"}));
    let id = text(&world.client.post("/api/v1/outreach/email", &mail).await.ok()["outreach_id"]);
    world.run().await;
    let message_id = world.touches(&id).await[0]["message_id"].clone();
    let reply = json!({"message_id": "<r1@b>", "in_reply_to": message_id, "text": "Tell me more."});
    world.bring("application/json", &reply.to_string()).await.ok();
    world.clock.advance(1);
    let other = world.add_creator("Ana", "ana@example.com").await;
    world.client.post("/api/v1/outreach", &json!({"campaign_id": "CAMP-001", "creator_id": other})).await.ok();
    let path = "/api/v1/outreach/dashboard";
    let all = world.client.get(&format!("{path}?campaign_filter=All%20Campaigns")).await.ok();
    assert_eq!(all["summary"], json!({"total_contacts": 2, "calls_completed": 0, "email_replies": 1, "recordings": 0}));
    assert_eq!(world.client.get(&format!("{path}?campaign_filter=CAMP-001")).await.ok(), all);
    let rows = all["outreach_log"].as_array().unwrap();
    assert_eq!((&rows[0]["influencer_name"], &rows[0]["email_status"]), (&json!("Ana"), &json!("pending")));
    assert_eq!(
        (&rows[1]["influencer_name"], &rows[1]["email_status"], &rows[1]["last_contact"]),
        (&json!("Mia Martinez"), &json!("replied"), &json!("2026-03-02"))
    );
    assert_eq!(rows[0]["campaign_id"], "CAMP-001");
    world.client.get(&format!("{path}?campaign_filter=CAMP-007")).await.refused(404);
    let pipeline = world.client.get("/api/v1/outreach/pipeline").await.ok();
    assert_eq!(pipeline["total"], 1);
    let stages = &pipeline["pipelines"][0]["stages"];
    assert_eq!((&stages["selected"], &stages["replied"], &stages["agreed"]), (&json!(1), &json!(1), &json!(0)));
    assert_eq!(world.stranger.get("/api/v1/outreach/pipeline").await.ok()["pipelines"], json!([]));
}

#[both_engines]
#[ignore = "takes a minute: a hundred thousand entries"]
async fn a_hundred_thousand_entries_are_no_burden(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (workspace, scope) = (world.owner.account.workspace.unwrap(), Scope::system());
    let mut campaigns: Vec<CampaignId> = vec![world.campaign.parse().unwrap()];
    for _ in 2..=200 {
        campaigns.push(world.add_campaign().await.parse().unwrap());
    }
    let creator: CreatorId = world.creator.parse().unwrap();
    for batch in 0..100 {
        let entries: Vec<Entry> = (0..1000)
            .map(|at| {
                let number = batch * 1000 + at;
                world.clock.advance(1_000);
                let id: OutreachId = world.clock.new_id();
                let campaign_id = campaigns[number % campaigns.len()];
                let new = NewEntry { id, workspace_id: workspace, campaign_id, creator_id: creator, notes: None };
                let word = |words: &[&'static str]| words[number % words.len()];
                Entry {
                    call_status: CallStatus::parse(word(&["pending", "scheduled", "completed", "no_answer"])),
                    email_status: EmailStatus::parse(word(&[
                        "pending", "sent", "replied", "bounced", "sent", "sent", "sent",
                    ])),
                    ..Entry::open(new, world.clock.now())
                }
            })
            .collect();
        let mut tx = world.app.db().write_long().await.unwrap();
        outreach::store::insert_all(scope, &mut tx, &entries).await.unwrap();
        tx.commit().await.unwrap();
    }
    world.app.db().analyze().await.unwrap();
    for path in ["dashboard", "dashboard?campaign_filter=CAMP-003", "pipeline", "campaign/CAMP-003", "?limit=100"] {
        let mut took: Vec<f64> = Vec::new();
        for _ in 0..40 {
            let started = Instant::now();
            world
                .client
                .get(&format!("/api/v1/outreach{}{path}", if path.starts_with('?') { "" } else { "/" }))
                .await
                .ok();
            took.push(started.elapsed().as_secs_f64() * 1e3);
        }
        took.sort_by(f64::total_cmp);
        println!("{:?} {path}: p50 {:.1} ms, p95 {:.1} ms", world.app.db().engine(), took[20], took[38]);
        if path.starts_with("dashboard") {
            assert!(took[20] < 20.0, "{path}: {took:?}");
        }
    }
    world.check_tallies().await;
}
