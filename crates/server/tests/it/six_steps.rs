//! `tools/journey`, which README tells a brand to run: against the demo, and against the server in earnest.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use testkit::{FreshDb, TempFolder, both_engines};

use crate::program::{Running, command};

fn walk(place: &str) {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/journey");
    let base = format!("http://{place}");
    let done = Command::new("python3").arg(tool).args(["--base", &base]).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success() && said.contains("All six steps were walked."), "{said}");
}

#[both_engines]
async fn the_demo_is_walked_through(fresh: FreshDb) {
    let folder = TempFolder::new();
    let demo = command(folder.path(), &["demo", "--database-url", &fresh.url, "--port", "0"]);
    tokio::task::spawn_blocking(move || {
        let demo = Running::start(demo);
        // Twice: what one run leaves behind is in nobody's way.
        walk(&demo.place);
        walk(&demo.place);
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
    tokio::task::spawn_blocking(move || {
        let place = format!("127.0.0.1:{port}");
        let _serving = Running::at(serve, &place);
        walk(&place);
    })
    .await
    .unwrap();
}
