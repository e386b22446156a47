//! `tools/journey`, which README tells a brand to run: against the demo, and against the server in earnest.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use testkit::{FreshDb, TempFolder, both_engines};

use crate::program::{Running, command};

/// Who reads the outbox of the server in earnest, so that a new account's address is confirmed.
const ADMIN: (&str, &str) = ("boss@example.com", "correct horse battery staple");

fn walk(place: &str, more: &[&str]) {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/journey");
    let base = format!("http://{place}");
    let done = Command::new("python3")
        .arg(tool)
        .args(["--base", &base])
        .args(more)
        .env("JOURNEY_ADMIN_PASSWORD", ADMIN.1)
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success() && said.contains("All fifteen steps were walked."), "{said}");
}

#[both_engines]
async fn the_demo_is_walked_through(fresh: FreshDb) {
    let folder = TempFolder::new();
    let demo = command(folder.path(), &["demo", "--database-url", &fresh.url, "--port", "0"]);
    tokio::task::spawn_blocking(move || {
        let demo = Running::start(demo);
        // Twice: what one run leaves behind is in nobody's way.
        walk(&demo.place, &[]);
        walk(&demo.place, &[]);
    })
    .await
    .unwrap();
}

#[both_engines]
async fn a_new_brand_walks_through_the_server_in_earnest(fresh: FreshDb) {
    let folder = TempFolder::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut serve = command(folder.path(), &["serve"]);
    serve.env("DATABASE_URL", &fresh.url).env("HOST", "127.0.0.1").env("PORT", port.to_string());
    serve.env("JWT_SECRET_KEY", "Kq3vZ8mTjP0wLr5yXc7BnD2sHf9aGe4u").env("PAYMENTS", "mock");
    serve.env("SECRETS_KEY", "ljd0TJmqROgzwCoCfu5BuK4RnSJb4o9FKc7pZ13eYeI=");
    let mut admin = command(folder.path(), &["admin", "create", "--email", ADMIN.0, "--password-stdin"]);
    admin
        .env("DATABASE_URL", &fresh.url)
        .env("JWT_SECRET_KEY", "Kq3vZ8mTjP0wLr5yXc7BnD2sHf9aGe4u")
        .stdin(Stdio::piped());
    tokio::task::spawn_blocking(move || {
        let mut making = admin.spawn().unwrap();
        making.stdin.take().unwrap().write_all(ADMIN.1.as_bytes()).unwrap();
        let made = making.wait_with_output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let place = format!("127.0.0.1:{port}");
        let _serving = Running::at(serve, &place);
        walk(&place, &["--admin", ADMIN.0]);
    })
    .await
    .unwrap();
}
