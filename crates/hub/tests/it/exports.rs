//! Exports: asked for, made, mailed of, fetched, forgotten.

use audience::{Channel, InteractionKind};
use hub::ports::{ProgramDay, TopProgram};
use kernel::{Id, Scope, time};
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};
use uuid::Uuid;

use crate::world::{AT, World};

const EXPORTS: &str = "/api/v1/analytics/export";

async fn ask(world: &World, format: &str, metrics: &[&str]) -> Value {
    let body = json!({"metrics": metrics, "start_date": "2026-03-01", "end_date": "2026-03-02", "format": format,
        "email": "coach@example.com"});
    let reply = world.coach().post(EXPORTS, &body).await;
    assert_eq!(reply.status, 202, "{}", reply.text());
    reply.json()
}

/// The path and query of a link.
fn path(link: &Value) -> String {
    link.as_str().unwrap().strip_prefix(AT).unwrap().to_owned()
}

#[both_engines]
async fn an_export_from_the_wish_to_the_file(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.arrives(Channel::Web, "ana").await;
    world.happens(&ana, InteractionKind::MessageReceived, Channel::Web, world.clock.now()).await;
    let program = Id::from_uuid(Uuid::from_u128(7));
    {
        let mut made_up = world.programs.0.lock().unwrap();
        made_up.0.push(ProgramDay { day: world.today(), program_id: program, enrolled: 3, completed: 2 });
        made_up.1.push(TopProgram { program_id: program, name: "=cmd|calc".into(), enrollments: 3, completed: 2 });
    }
    let asked = ask(&world, "csv", &["users", "programs", "users"]).await;
    assert_eq!(
        (&asked["status"], &asked["progress"], &asked["download_url"]),
        (&json!("processing"), &json!(0.0), &Value::Null)
    );
    assert_eq!(asked["estimated_completion"], Value::Null, "nobody knows yet how long it takes");
    let shown = format!("{EXPORTS}/{}", asked["export_id"].as_str().unwrap());
    assert_eq!(world.coach().get(&format!("{shown}/download")).await.status, 409);
    world.work().await;
    let done = world.get(&shown).await;
    assert_eq!(
        (&done["status"], &done["progress"], &done["metrics"]),
        (&json!("completed"), &json!(1.0), &json!(["users", "programs"]))
    );
    let link = path(&done["download_url"]);
    let file = world.anyone.get(&link).await;
    assert_eq!((file.status, file.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(file.header("content-disposition").contains("analytics-2026-03-01-to-2026-03-02.csv"));
    let wanted = format!(
        "date,metric,segment_by,segment,segment_name,value\n2026-03-01,users,,,,0\n2026-03-02,users,,,,1\n\
         2026-03-02,users,channel,web,,1\n2026-03-02,users,user_type,new,,1\n2026-03-01,programs,,,,0\n\
         2026-03-01,program_completions,,,,0\n2026-03-02,programs,,,,3\n2026-03-02,program_completions,,,,2\n\
         2026-03-02,programs,program,{program},'=cmd|calc,3\n"
    );
    assert_eq!(file.text(), wanted);
    assert_eq!((&done["rows"], &done["bytes"]), (&json!(9), &json!(wanted.len())));
    assert_eq!(world.coach().get(&link).await.text(), wanted, "a token does no harm");
    assert_eq!(world.coach().get(&format!("{shown}/download")).await.status, 200, "and is enough");
    // Whoever has neither the link nor the hub.
    assert_eq!(world.anyone.get(&format!("{shown}/download")).await.status, 401);
    let unsigned = link.split_once("signature=").unwrap().0;
    for wrong in [format!("{unsigned}signature={}", "0".repeat(64)), link.replace("expires=1", "expires=2")] {
        assert_eq!(world.anyone.get(&wrong).await.status, 401, "{wrong}");
    }
    for asked in [shown.clone(), format!("{shown}/download")] {
        assert_eq!(world.other().get(&asked).await.status, 404);
    }
    assert_eq!(world.other().get(EXPORTS).await.json()["exports"], json!([]));
    let list = world.get(EXPORTS).await;
    assert_eq!((&list["pagination"]["total"], &list["exports"][0]["export_id"]), (&json!(1), &done["export_id"]));

    let mut tx = world.hub.app().read().await.unwrap();
    let page = http_base::Offsets { limit: 10, offset: 0 };
    let (mails, _) = mail::store::list(Scope::system(), &mut tx, Some("coach@example.com"), page).await.unwrap();
    drop(tx);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].subject.contains("export"), "{}", mails[0].subject);
    let text = mails[0].body_text.clone().unwrap();
    assert!(text.contains(done["export_id"].as_str().unwrap()), "{text}");
    let mailed = text.lines().find(|line| line.starts_with(AT)).unwrap().strip_prefix(AT).unwrap().to_owned();
    world.clock.advance(2 * time::HOUR);
    assert_eq!(world.anyone.get(&link).await.status, 401, "an hour is over");
    assert_eq!(world.anyone.get(&mailed).await.status, 200, "a mail is read later");
    world.clock.advance(time::DAY);
    assert_eq!(world.anyone.get(&mailed).await.status, 401);
    world.clock.advance(7 * time::DAY);
    world.work().await;
    assert_eq!(world.coach().get(&shown).await.status, 404, "it is forgotten");
}

#[both_engines]
async fn json_lines_and_what_is_refused(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.arrives(Channel::Web, "ana").await;
    let asked = ask(&world, "jsonl", &["users"]).await;
    world.work().await;
    let done = world.get(&format!("{EXPORTS}/{}", asked["export_id"].as_str().unwrap())).await;
    let file = world.anyone.get(&path(&done["download_url"])).await;
    assert_eq!(file.header("content-type"), "application/x-ndjson");
    let rows: Vec<Value> = file.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 4);
    let last = json!({"date": "2026-03-02", "metric": "users", "segment_by": "channel", "segment": "web", "segment_name": null, "value": 1});
    assert_eq!(rows[2], last);
    let wrong = json!({"metrics": ["shoes"], "format": "parquet", "email": "nobody"});
    let reply = world.coach().post(EXPORTS, &wrong).await;
    assert_eq!((reply.status, reply.json()["error"]["details"].as_array().unwrap().len()), (422, 3));
    assert_eq!(world.anyone.post(EXPORTS, &wrong).await.status, 401);
    let (told, left) = world.told_and_erased().await;
    assert_eq!((told.len(), &told[0]["email"], left.len()), (1, &json!("coach@example.com"), 0));
}

#[both_engines]
async fn ten_a_day(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let client = world.coach();
    let body = json!({"metrics": ["users"]});
    // Many at once are counted one after another.
    let replies = futures::future::join_all((0..14).map(|_| client.post(EXPORTS, &body))).await;
    let taken = replies.iter().filter(|reply| reply.status == 202).count();
    assert_eq!((taken, replies.iter().filter(|reply| reply.status == 429).count()), (10, 4));
    let wait = client.post(EXPORTS, &body).await;
    assert_eq!((wait.status, wait.header("retry-after")), (429, "86400"));
    assert_eq!(world.other().post(EXPORTS, &body).await.status, 202, "they count for each by themselves");
    world.clock.advance(time::DAY);
    assert_eq!(client.post(EXPORTS, &body).await.status, 202);
}
