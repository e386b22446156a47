//! How quick a turn is.

use std::time::{Duration, Instant};

use axum::http::Method;

use crate::world::{NUMBER, Parts, World, form};

/// `cargo nextest run -p calls --run-ignored only bench`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures"]
async fn a_turn_with_the_local_dialogue_is_within_50_ms_p99() {
    let world = World::new(testkit::fresh_db(db::Engine::Sqlite).await, Parts::mock()).await;
    let mut took = Vec::new();
    for call in 0..200 {
        let sid = format!("CA{call}");
        for (turn, said) in ["", "yes", "500 dollars", "next week", "reels"].iter().enumerate() {
            let path = if turn == 0 { "voice".to_owned() } else { format!("gather?turn={turn}") };
            let body = form(&[("CallSid", &sid), ("From", NUMBER), ("Direction", "inbound"), ("SpeechResult", said)]);
            let begun = Instant::now();
            let path = format!("/api/v1/voice-call/{path}");
            let reply = world.client.raw(Method::POST, &path, "application/x-www-form-urlencoded", body).await;
            took.push(begun.elapsed());
            assert_eq!(reply.status, 200, "{}", reply.text());
        }
    }
    took.sort_unstable();
    let (p50, p99) = (took[took.len() / 2], took[took.len() * 99 / 100]);
    println!("{} turns: p50 {p50:?}, p99 {p99:?}, most {:?}", took.len(), took[took.len() - 1]);
    assert!(p99 < Duration::from_millis(50), "p99 {p99:?}");
}
