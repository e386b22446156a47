//! The commands of the program: what they print, what they leave behind, and their status.

use std::net::{TcpListener, TcpStream};
use std::path::Path;

use serde_json::{Value, json};
use testkit::TempFolder;

use crate::program::{Running, command, run, run_with_input, told};
use crate::world::fitband;

const TABLE: &str =
    "name,platform,channel_name,niche,followers\nAna,instagram,@ana,food,5K\nBo,youtube,@bo,tech,1.5M\n";

/// What tokens are signed with: nobody else's.
const SECRET: &str = "Kq3vZ8mTjP0wLr5yXc7BnD2sHf9aGe4u";

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

/// A folder whose database has the two of [`TABLE`].
fn with_two() -> TempFolder {
    let folder = TempFolder::new();
    write(folder.path(), "two.csv", TABLE);
    let done = run(folder.path(), &["import", "creators", "two.csv", "--data-dir", "data"]);
    assert_eq!(
        (done.code, done.out.trim()),
        (Some(0), "2 rows read: 2 added, 0 updated, 0 unchanged, 0 refused"),
        "{}",
        done.err
    );
    folder
}

#[test]
fn every_command_has_a_page_of_help() {
    let folder = TempFolder::new();
    let whole = run(folder.path(), &["--help"]);
    assert_eq!(whole.code, Some(0));
    for part in ["SETTINGS", "EXIT STATUS", "EXAMPLES", "DATABASE_URL"] {
        assert!(whole.out.contains(part), "{part}");
    }
    for words in [
        &["demo"][..],
        &["serve"],
        &["import"],
        &["import", "creators"],
        &["export"],
        &["export", "creators"],
        &["embed"],
        &["openapi"],
        &["doctor"],
        &["backup"],
        &["deliveries", "failed"],
        &["deliveries", "replay"],
    ] {
        assert!(whole.out.contains(words[0]), "{words:?} is listed");
        let help = run(folder.path(), &[words, &["--help"]].concat());
        assert_eq!(help.code, Some(0), "{words:?}: {}", help.err);
        assert!(help.out.contains("Usage:") && help.out.len() > 150, "{words:?}: {}", help.out);
        let short = run(folder.path(), &[words, &["-h"]].concat());
        assert!(short.code == Some(0) && short.out.len() <= help.out.len());
    }
    assert!(run(folder.path(), &["--version"]).out.contains(influencerflow::build::VERSION));
    for wrong in [
        &[][..],
        &["dmeo"],
        &["demo", "--port", "many"],
        &["import"],
        &["import", "creators"],
        &["backup"],
        &["deliveries", "replay"],
        &["serve", "--nonsense"],
    ] {
        let done = run(folder.path(), wrong);
        assert!(done.code == Some(2) && done.err.contains("--help"), "{wrong:?}: {:?} {}", done.code, done.err);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "help leaves nothing behind");
}

#[test]
fn the_demo_says_what_it_is_and_answers_this_machine_alone() {
    let folder = TempFolder::new();
    let demo = Running::demo(folder.path());
    let place = &demo.place;
    assert!(place.starts_with("127.0.0.1:"));
    assert!(demo.said.contains("DEMO") && demo.said.contains(&format!("http://{place}/docs")), "{}", demo.said);
    assert_eq!(demo.said.matches("curl ").count(), 3, "three commands to try: {}", demo.said);
    assert_eq!(demo.get("/health")["mode"], "demo");
    assert!(demo.get("/api/v1/creators")["total"].as_u64().unwrap() >= 60);
    let ranked = demo.get("/api/v1/creators?campaign_id=CAMP-001&limit=3");
    assert_eq!(ranked["creators"].as_array().unwrap().len(), 3);
    let found = demo
        .post("/api/v1/creators/search", &json!({"query": "microinfluencers de cocina vegana en España, hasta 800€"}));
    assert!(!found["creators"].as_array().unwrap().is_empty());
    assert!(!demo.post("/api/v1/ai/similaritysearch", &fitband())["matches"].as_array().unwrap().is_empty());
    // Whoever listens on every address listens on this one too.
    let port = place.split(':').nth(1).unwrap();
    assert!(TcpStream::connect(format!("127.0.0.2:{port}")).is_err());
    assert!(demo.ask("GET", "/metrics", "", b"").1.contains("http_requests_total"));
}

#[test]
fn the_demo_goes_on_with_its_data() {
    let folder = TempFolder::new();
    let demo = Running::demo(folder.path());
    let campaign = demo.post("/api/v1/campaigns", &fitband());
    let creators = demo.get("/api/v1/creators")["total"].clone();
    assert_eq!(demo.stop(), Some(0), "it stops when it is asked to");
    let again = Running::demo(folder.path());
    let code = campaign["campaign_code"].as_str().unwrap();
    assert_eq!(again.get(&format!("/api/v1/campaigns/{code}")), campaign);
    assert_eq!(again.get("/api/v1/creators")["total"], creators);
    let taken = run(folder.path(), &["demo", "--data-dir", "data", "--port", again.place.split(':').nth(1).unwrap()]);
    assert!(taken.code == Some(1) && taken.err.contains("another port"), "{}", taken.err);
}

#[test]
fn the_demo_leaves_the_data_of_others_alone() {
    let folder = with_two();
    let done = run(folder.path(), &["demo", "--data-dir", "data", "--port", "0"]);
    assert!(done.code == Some(1) && done.err.contains("--data-dir"), "{}", done.err);
    let out = run(folder.path(), &["export", "creators", "--data-dir", "data"]);
    assert_eq!(out.out.lines().count(), 3, "{}", out.out);
}

#[test]
fn serve_tells_all_that_is_wrong_with_its_settings_and_does_not_start() {
    let folder = TempFolder::new();
    let wrong = [
        ("PORT", "many"),
        ("HOST", "here"),
        ("LOG_LEVEL", "loud"),
        ("CORS_ORIGINS", "nonsense"),
        ("EMBEDDINGS", "openai"),
        ("METRICS_TOKEN", "short"),
        ("DATABASE_URL", "mysql://root:s3cret@db/flow"),
        ("REQUEST_TIMEOUT_SECONDS", "0"),
        ("MAX_BODY_BYTES", "-1"),
        ("JOB_WORKERS", "none"),
    ];
    let done = told(&command(folder.path(), &["serve"]).envs(wrong).output().unwrap());
    assert_eq!((done.code, done.out.as_str()), (Some(1), ""));
    for (name, _) in wrong {
        assert!(done.err.contains(name), "{name} is not told: {}", done.err);
    }
    assert!(!done.err.contains("s3cret"), "{}", done.err);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
    for (url, says) in
        [("postgres://me:s3cret@127.0.0.1:1/flow", "DATABASE_URL"), ("sqlite:/proc/nowhere/a.db", "/proc/nowhere")]
    {
        let mut serve = command(folder.path(), &["serve", "--database-url", url]);
        let done = told(&serve.env("JWT_SECRET_KEY", SECRET).output().unwrap());
        assert!(done.code == Some(1) && done.err.contains(says) && !done.err.contains("s3cret"), "{}", done.err);
    }
}

#[test]
fn serve_wants_a_key_that_nobody_else_knows() {
    let folder = TempFolder::new();
    for bad in ["", "short", "your_jwt_secret_key_here", "changemechangemechangemechangemechangeme"] {
        let done = told(&command(folder.path(), &["serve"]).env("JWT_SECRET_KEY", bad).output().unwrap());
        assert_eq!((done.code, done.out.as_str()), (Some(1), ""), "{bad}");
        assert!(done.err.contains("JWT_SECRET_KEY"), "{bad}: {}", done.err);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn serve_with_mail_wants_to_know_where_its_links_lead() {
    let folder = TempFolder::new();
    let mut serve = command(folder.path(), &["serve"]);
    serve.env("JWT_SECRET_KEY", SECRET).env("SMTP_HOST", "mail.example.com").env("SMTP_FROM", "a@example.com");
    let done = told(&serve.output().unwrap());
    assert_eq!((done.code, done.out.as_str()), (Some(1), ""));
    assert!(done.err.contains("PUBLIC_BASE_URL"), "{}", done.err);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
}

#[cfg(unix)]
#[test]
fn what_is_written_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = with_two();
    let mode = |name: &str| {
        let there = std::fs::metadata(folder.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        there.permissions().mode() & 0o777
    };
    assert_eq!((mode("data"), mode("data/influencerflow.db")), (0o700, 0o600));
    // What an earlier version left open is closed.
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(folder.path().join("data/influencerflow.db"), open).unwrap();
    assert_eq!(run(folder.path(), &["export", "creators", "--data-dir", "data"]).code, Some(0));
    assert_eq!(mode("data/influencerflow.db"), 0o600);
}

#[test]
fn doctor_tells_of_redis() {
    let folder = with_two();
    let doctor = |url: &str| {
        let mut doctor = command(folder.path(), &["doctor", "--data-dir", "data"]);
        if !url.is_empty() {
            doctor.env("REDIS_URL", url);
        }
        told(&doctor.output().unwrap())
    };
    let without = doctor("");
    assert!(without.out.contains("ok    counters: each process counts for itself"), "{}{}", without.out, without.err);
    // Nobody listens there.
    let with = doctor("redis://:s3cret@127.0.0.1:1/0");
    assert_eq!(with.code, Some(1));
    assert!(with.out.contains("FAIL  counters: Redis does not answer") && !with.out.contains("s3cret"), "{}", with.out);
}

#[test]
fn administrators_are_made_by_the_command_line() {
    let folder = TempFolder::new();
    let create = ["admin", "create", "--email", "root@example.com", "--data-dir", "data"];
    let done = run(folder.path(), &create);
    assert_eq!((done.code, done.out.trim().len()), (Some(0), 43), "{}", done.err);
    let again = run(folder.path(), &create);
    assert!(again.code == Some(1) && again.err.contains("Email already registered"), "{}", again.err);
    let weak = ["admin", "create", "--email", "other@example.com", "--password-stdin", "--data-dir", "data"];
    let done = run_with_input(folder.path(), &weak, b"password\n");
    assert!(done.code == Some(1) && done.err.contains("most common"), "{}", done.err);
    let done = run_with_input(folder.path(), &weak, b"correct horse battery staple\n");
    assert_eq!((done.code, done.out.as_str()), (Some(0), ""), "{}", done.err);
}

#[test]
fn serve_wants_a_token_and_knows_what_was_imported() {
    let folder = with_two();
    // A port that was free a moment ago.
    let place = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = command(folder.path(), &["serve", "--data-dir", "data"]);
    command
        .env("HOST", "127.0.0.1")
        .env("PORT", place.port().to_string())
        .env("JWT_SECRET_KEY", SECRET)
        .env("METRICS_TOKEN", "a-token-of-some-length");
    let serving = Running::at(command, &place.to_string());
    assert_eq!(serving.get("/health"), json!({"status": "healthy", "mode": "production"}));
    assert_eq!(serving.get("/api/v1/health")["parts"]["index"]["figures"]["creators"], 2);
    assert_eq!(serving.ask("GET", "/api/v1/creators", "", b"").0, 401);
    assert_eq!(serving.ask("GET", "/metrics", "", b"").0, 401);
    write(folder.path(), "more.csv", &TABLE.replace("@ana", "@other"));
    assert_eq!(
        run(folder.path(), &["import", "creators", "more.csv", "--data-dir", "data"]).code,
        Some(0),
        "beside the running server"
    );
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert_eq!(serving.get("/api/v1/health")["parts"]["index"]["figures"]["creators"], 3);
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn an_import_says_what_became_of_every_row() {
    let folder = with_two();
    let import =
        |arguments: &[&str]| run(folder.path(), &[&["import", "creators", "--data-dir", "data"], arguments].concat());
    let again = import(&["two.csv"]);
    assert_eq!((again.code, again.out.trim()), (Some(0), "2 rows read: 0 added, 0 updated, 2 unchanged, 0 refused"));
    write(folder.path(), "some.csv", &format!("{TABLE}Cy,myspace,@cy,art,lots\nDi,tiktok,@di,art,9\n"));
    let some = import(&["some.csv"]);
    assert_eq!((some.code, some.out.trim()), (Some(3), "4 rows read: 1 added, 0 updated, 2 unchanged, 1 refused"));
    assert!(
        some.err.contains("line 4:") && some.err.contains("platform") && some.err.contains("followers"),
        "{}",
        some.err
    );
    for (name, text, says) in
        [("empty.csv", "", "empty"), ("head.csv", "a,b\n1,2\n", "platform"), ("binary.csv", "MZ\0\0", "UTF-8")]
    {
        write(folder.path(), name, text);
        let done = import(&[name]);
        assert!(done.code == Some(1) && done.err.contains(says), "{name}: {:?} {}", done.code, done.err);
    }
    let missing = import(&["nowhere.csv"]);
    assert!(missing.code == Some(1) && missing.err.contains("nowhere.csv"), "{}", missing.err);
    let lines = "{\"name\": \"Eli\", \"platform\": \"tiktok\", \"niche\": \"art\", \"followers\": 4}\n";
    let piped = run_with_input(folder.path(), &["import", "creators", "-", "--data-dir", "data"], lines.as_bytes());
    assert_eq!((piped.code, piped.out.trim()), (Some(0), "1 rows read: 1 added, 0 updated, 0 unchanged, 0 refused"));
    let embedded = run(folder.path(), &["embed", "--data-dir", "data"]);
    assert!(embedded.code == Some(0) && embedded.out.starts_with("0 vectors made"), "{}", embedded.out);
}

#[test]
fn an_export_is_what_an_import_reads() {
    let folder = with_two();
    let export =
        |arguments: &[&str]| run(folder.path(), &[&["export", "creators", "--data-dir", "data"], arguments].concat());
    let printed = export(&[]);
    assert!(printed.code == Some(0) && printed.err.contains("2 creators written"), "{}", printed.err);
    assert_eq!(export(&["out.csv"]).code, Some(0));
    assert_eq!(std::fs::read_to_string(folder.path().join("out.csv")).unwrap(), printed.out);
    let twice = export(&["out.csv"]);
    assert!(twice.code == Some(1) && twice.err.contains("out.csv"), "what is there is not written over: {}", twice.err);
    assert_eq!(export(&["out.jsonl"]).code, Some(0));
    let lines = std::fs::read_to_string(folder.path().join("out.jsonl")).unwrap();
    assert!(lines.lines().count() == 2 && lines.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    for name in ["out.csv", "out.jsonl"] {
        let done = run(folder.path(), &["import", "creators", name, "--data-dir", "fresh"]);
        assert_eq!(done.code, Some(0), "{}", done.err);
    }
    let back = run(folder.path(), &["export", "creators", "--data-dir", "fresh"]);
    let without_ids = |table: &str| {
        table.lines().map(|line| line.rsplit_once(',').unwrap().0.to_owned()).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(without_ids(&back.out), without_ids(&printed.out));
    let missing = run(folder.path(), &["export", "creators", "--data-dir", "nowhere"]);
    assert!(missing.code == Some(1) && missing.err.contains("nowhere"), "{}", missing.err);
}

#[test]
fn a_backup_of_a_running_demo_is_a_whole_database() {
    let folder = TempFolder::new();
    let demo = Running::demo(folder.path());
    let campaign = demo.post("/api/v1/campaigns", &fitband());
    let done = run(folder.path(), &["backup", "copy/of.db", "--data-dir", "data"]);
    assert!(done.code == Some(1) && done.err.contains("copy"), "a folder that is not there is told: {}", done.err);
    let done = run(folder.path(), &["backup", "copy.db", "--data-dir", "data"]);
    assert_eq!(done.code, Some(0), "{}", done.err);
    let again = run(folder.path(), &["backup", "copy.db", "--data-dir", "data"]);
    assert!(again.code == Some(1) && again.err.contains("copy.db"), "what is there is not written over: {}", again.err);
    let export = run(folder.path(), &["export", "creators", "--database-url", "sqlite:copy.db", "--format", "jsonl"]);
    assert_eq!(export.out.lines().count() as u64, demo.get("/api/v1/creators")["total"].as_u64().unwrap());
    std::fs::create_dir(folder.path().join("restored")).unwrap();
    std::fs::copy(folder.path().join("copy.db"), folder.path().join("restored/influencerflow.db")).unwrap();
    let restored = Running::start(command(folder.path(), &["demo", "--data-dir", "restored", "--port", "0"]));
    assert_eq!(restored.get(&format!("/api/v1/campaigns/{}", campaign["id"].as_str().unwrap())), campaign);
}

#[test]
fn the_doctor_looks_at_everything() {
    let folder = with_two();
    let well = run(folder.path(), &["doctor", "--data-dir", "data"]);
    assert!(well.code == Some(0) && !well.out.contains("FAIL"), "{}", well.out);
    for part in ["settings", "local model", "database", "embeddings", "2 creators"] {
        assert!(well.out.contains(part), "{part}: {}", well.out);
    }
    let nowhere = run(folder.path(), &["doctor", "--data-dir", "nowhere"]);
    assert!(nowhere.code == Some(1) && nowhere.out.contains("FAIL"), "{}", nowhere.out);
    assert!(!folder.path().join("nowhere").exists());
    let wrong = told(&command(folder.path(), &["doctor", "--data-dir", "data"]).env("PORT", "x").output().unwrap());
    assert!(
        wrong.code == Some(1) && wrong.out.contains("FAIL  settings") && wrong.out.contains("PORT"),
        "{}",
        wrong.out
    );
    write(folder.path(), "text.db", &"this is no database ".repeat(100));
    let text = run(folder.path(), &["doctor", "--database-url", "sqlite:text.db"]);
    assert!(text.code == Some(1) && text.out.contains("not a SQLite database"), "{}", text.out);
}

#[test]
fn the_printed_document_is_the_one_that_is_served() {
    let folder = TempFolder::new();
    let printed = run(folder.path(), &["openapi"]);
    assert_eq!(printed.code, Some(0));
    let printed: Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(printed, Running::demo(folder.path()).get("/openapi.json"));
    assert!(printed["paths"].as_object().unwrap().len() > 15);
}
