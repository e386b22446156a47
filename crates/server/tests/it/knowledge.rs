//! Knowledge in the server: files are read by processes of their own, uploads and questions are counted, coaches are told.

use axum::http::Method;
use db::Engine;
use influencerflow::cli::Database;
use influencerflow::settings::Settings;
use kernel::UserType;
use reading::isolated::Readers;
use serde_json::{Value, json};
use testkit::{Client, Form, both_engines, fresh_db};

use crate::authorisation::{by, someone};
use crate::world::What::Serve;
use crate::world::{What, World, settings, text};

/// Reads documents by the program itself: this one is a test.
fn reading(settings: Settings) -> Settings {
    Settings { readers: Readers::of_program(env!("CARGO_BIN_EXE_influencerflow")), ..settings }
}

async fn world(engine: Engine, variables: &[(&str, &str)]) -> World {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let settings = reading(Settings::read(&variables, &Database::default()).unwrap());
    World::set(fresh_db(engine).await, What::Serve, &settings).await
}

async fn work(world: &World) {
    let app = &world.server.app;
    jobs::run_until_idle(app.db(), app.clock(), &world.server.jobs).await.unwrap();
}

async fn base(coach: &Client) -> String {
    let made = coach.post("/api/v1/knowledge-bases", &json!({"name": "Handbook"})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    format!("/api/v1/knowledge-bases/{}", text(&made.json(), "id"))
}

#[both_engines(Serve)]
async fn files_are_read_by_a_process_of_their_own(world: World) {
    let world = self::world(world.db().engine(), &[]).await;
    let coach = by(&world, &someone(&world, "coach", UserType::Creator).await.token);
    let base = base(&coach).await;
    let documents = format!("{base}/documents");
    let upload = async |name: &str, bytes: &[u8]| -> Value {
        let made = coach.upload(&documents, &Form::new().file("file", name, bytes)).await;
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()
    };
    let good = upload(
        "prices.html",
        b"<html><body><h1>Prices</h1><p>The eight-week course costs 200 euros.</p></body></html>",
    )
    .await;
    let bad = upload("broken.pdf", b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer << /Root 9 0 R >>").await;
    work(&world).await;
    let read = coach.get(&format!("{documents}/{}", text(&good, "id"))).await.ok();
    assert_eq!((&read["processing_status"], &read["file_type"]), (&json!("completed"), &json!("html")), "{read}");
    let failed = coach.get(&format!("{documents}/{}", text(&bad, "id"))).await.ok();
    assert_eq!(failed["processing_status"], "failed");
    assert!(failed["error"].as_str().unwrap().contains("PDF"), "{failed}");
    let asked = json!({"question": "How much does the eight-week course cost?"});
    let answer = coach.post(&format!("{base}/ask"), &asked).await.ok();
    assert_eq!(
        (&answer["outcome"], &answer["citations"][0]["document_id"]),
        (&json!("answered"), &good["id"]),
        "{answer}"
    );
    // Who is told of what: the coach of what could not be read.
    let told = coach.get("/api/v1/notifications").await.ok();
    assert_eq!(told["notifications"][0]["type"], "KNOWLEDGE_NOTICE", "{told}");
}

#[both_engines(Serve)]
async fn uploads_and_questions_are_counted_as_the_document_says(world: World) {
    let engine = world.db().engine();
    let limits = [("RATE_LIMIT_CREATOR_UPLOADS", "2/hour"), ("RATE_LIMIT_CREATOR_AI", "3/hour")];
    let world = self::world(engine, &limits).await;
    let coach = by(&world, &someone(&world, "coach", UserType::Creator).await.token);
    let base = base(&coach).await;
    let upload =
        async || coach.upload(&format!("{base}/documents"), &Form::new().file("file", "a.md", "# A\n\nB.")).await;
    for left in ["1", "0"] {
        let made = upload().await;
        assert_eq!(
            (made.status, made.header("x-ratelimit-limit"), made.header("x-ratelimit-remaining")),
            (201, "2", left)
        );
    }
    let refused = upload().await;
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 0);
    refused.refused(429);
    for _ in 0..2 {
        coach.post(&format!("{base}/ask"), &json!({"question": "Who?"})).await.ok();
    }
    coach.post(&format!("{base}/search"), &json!({"query": "Who?"})).await.ok();
    coach.post(&format!("{base}/ask"), &json!({"question": "Who?"})).await.refused(429);
    coach.get(&base).await.ok();
    assert_eq!(settings().knowledge, knowledge::Settings::default());
}

#[both_engines(Serve)]
async fn a_workspace_has_a_hub_of_its_own(world: World) {
    let one = by(&world, &someone(&world, "agency", UserType::Business).await.token);
    let other = by(&world, &someone(&world, "coach", UserType::Creator).await.token);
    let path = base(&one).await;
    one.get(&path).await.ok();
    other.get(&path).await.refused(404);
    one.json(Method::POST, &format!("{path}/corrections"), &json!({"question": "Who?", "answer": "Ana."})).await;
    let asked = one.post(&format!("{path}/ask"), &json!({"question": "Who?"})).await.ok();
    assert!(asked["outcome"].is_string());
}
