//! What a request costs grows with what it sends, whatever that is.

use std::time::{Duration, Instant};

use serde_json::json;
use testkit::both_engines;

use crate::world::What::{Demo, Serve};
use crate::world::World;

#[both_engines(Serve)]
async fn a_long_key_over_many_items_is_refused_as_fast_as_any_other_body(world: World) {
    let (key, items) = ("k".repeat(1 << 19), vec!["0"; 1 << 17].join(","));
    for path in ["/api/v1/auth/login", "/api/v1/auth/register", "/api/v1/auth/token/refresh", "/api/v1/creators"] {
        for body in [format!("{{\"{key}\":[{items}]}}"), format!("{{\"a\":{{\"{key}\":[[{items}]]}}}}")] {
            let started = Instant::now();
            let reply = world.client.raw(axum::http::Method::POST, path, "application/json", body).await;
            assert!(reply.status >= 400, "{path}: {}", reply.status);
            assert!(started.elapsed() < Duration::from_millis(1_500), "{path}: {:?}", started.elapsed());
        }
    }
}

#[both_engines(Demo)]
async fn a_search_that_rules_out_two_hundred_words_goes_through_the_directory_once(world: World) {
    let time = async |query: String| {
        let started = Instant::now();
        world.client.post("/api/v1/creators/search", &json!({"query": query})).await.ok();
        started.elapsed()
    };
    let words = |many: u32| (0..many).map(|word| format!(", sin qx{word}")).collect::<Vec<_>>().concat();
    time(format!("cocina{}", words(1))).await;
    let (few, many) = (time(format!("viajes{}", words(8))).await, time(format!("moda{}", words(190))).await);
    assert!(many < few * 12 + Duration::from_millis(200), "{few:?} for 8 words, {many:?} for 190");
}
