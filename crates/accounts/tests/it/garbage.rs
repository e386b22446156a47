//! Bodies of anything at all are never answered with a fault of ours.

use axum::http::Method;
use db::Engine;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use testkit::fresh_db;

use crate::world::World;

const ROUTES: [(&str, &str); 10] = [
    ("POST", "/api/v1/auth/signup"),
    ("POST", "/api/v1/auth/register/email"),
    ("POST", "/api/v1/auth/login"),
    ("POST", "/api/v1/auth/refresh"),
    ("POST", "/api/v1/auth/verify-email"),
    ("POST", "/api/v1/auth/resend-verification"),
    ("POST", "/api/v1/auth/forgot-password"),
    ("POST", "/api/v1/auth/reset-password"),
    ("POST", "/api/v1/auth/change-password"),
    ("DELETE", "/api/v1/auth/sessions/x"),
];
const FIELDS: [&str; 11] = [
    "email",
    "password",
    "username",
    "user_type",
    "role",
    "country",
    "token",
    "refresh_token",
    "current_password",
    "new_password",
    "\u{0}",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z]{1,8}@[a-z]{1,8}\\.[a-z]{2,3}",
        "\\PC{0,300}",
        Just("CREATOR".to_owned()),
        Just("ADMIN".to_owned()),
        Just("SecurePass123!".to_owned()),
        Just("a nul \u{0} here".to_owned()),
        Just("ifr_x".to_owned()),
        Just("x".repeat(5000)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        8 => text().prop_map(Value::String),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(3, 20, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..5).prop_map(|map| json!(map)),
        ]
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let object = prop::collection::btree_map(prop::sample::select(&FIELDS[..]), value(), 0..9);
    prop_oneof![
        8 => object.prop_map(|fields| json!(fields).to_string().into_bytes()),
        1 => value().prop_map(|value| value.to_string().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..300),
        1 => "\\{\"email\": \"\\\\u[0-9a-f]{4}[^\"]{0,5}\"".prop_map(String::into_bytes),
    ]
}

async fn throw(engine: Engine, cases: usize) {
    let world = World::new(fresh_db(engine).await).await;
    let someone = world.someone("ana").await;
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    for (method, path) in ROUTES {
        let mut seen = std::collections::BTreeMap::<u16, usize>::new();
        for case in 0..cases {
            let sent = body().new_tree(&mut runner).unwrap().current();
            let client = if case % 2 == 0 { &world.client } else { &someone.client };
            let client = client.clone().with("x-forwarded-for", &format!("10.0.{}.{}", case / 250, case % 250));
            let reply = client.raw(method.parse::<Method>().unwrap(), path, "application/json", sent.clone()).await;
            assert!(
                reply.status < 500,
                "{method} {path}: {} to {}: {}",
                reply.status,
                String::from_utf8_lossy(&sent),
                reply.text()
            );
            if reply.status >= 400 {
                reply.error();
            }
            *seen.entry(reply.status).or_default() += 1;
        }
        assert!(seen.len() >= 2, "{path} always answers the same: {seen:?}");
    }
    someone.me().await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_bodies_for_each_route() {
    throw(Engine::Sqlite, 300).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; tools/test --all runs it"]
async fn ten_thousand_bodies_for_each_route() {
    throw(Engine::Sqlite, 10_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_bodies_for_each_route_on_postgres() {
    if testkit::engines().await.contains(&Engine::Postgres) {
        throw(Engine::Postgres, 100).await;
    }
}
