//! Programs: a million members wait, and five thousand of them go on at one moment.

use std::path::Path;
use std::time::{Duration, Instant};

use db::{Db, Settings};
use kernel::{Clock, Timestamp, time};
use programs::{Enrolment, ProgramId, testing};
use serde_json::{Value, json};

use crate::Result;
use crate::child::Running;
use crate::client::{Asker, Client};
use crate::table::{Promise, Table};

/// So many wait,
const WAITING: usize = 1_000_000;
/// and so many of them for one moment.
const DUE: usize = 5_000;
/// After so long nothing is moved any more that will be.
const PATIENCE: Duration = Duration::from_secs(120);

/// The engine that moves programs looks once a second: what that costs with nothing due, and how soon all are moved that are due together.
pub(crate) fn programs(server: &Path, table: &mut Table) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let running = Running::serve(server, folder.path(), &[])?;
    let (coach, _) = running.person("bench-coach@example.com", "INFLUENCER")?;
    let program = begun(&running, &coach)?;
    running.stop()?;
    let due = prepare(folder.path(), program)?;
    let running = Running::serve(server, folder.path(), &[])?;
    let cpu = running.cpu()?;
    let seconds = 10;
    std::thread::sleep(Duration::from_secs(seconds));
    let idle = (running.cpu()? - cpu) * 1e3 / seconds as f64;
    let also = format!("server CPU in a second, for everything that it looks for; {WAITING} runs wait");
    table.line("programs: nothing due", idle, "ms", Promise::Nothing, &also);
    let (mut client, cpu) = (Client::connect(running.address)?, running.cpu()?);
    while Clock::system().now() < due {
        std::thread::sleep(Duration::from_millis(1));
    }
    let began = Instant::now();
    while waiting(&mut client, &coach, program, "second")? < DUE as u64 {
        if began.elapsed() > PATIENCE {
            return Err(format!("after {PATIENCE:?} not all of {DUE} runs are moved").into());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let also =
        format!("of {WAITING} that wait, with the second between two looks; server CPU {:.2} s", running.cpu()? - cpu);
    table.line(
        "programs: 5,000 due at one moment are moved",
        began.elapsed().as_secs_f64(),
        "s",
        Promise::Most(2.0),
        &also,
    );
    running.stop()
}

/// Has five thousand members begin a program of two waits; answers once all wait for the first.
fn begun(running: &Running, coach: &Asker) -> Result<ProgramId> {
    let mut client = Client::connect(running.address)?;
    let flow = json!({
        "nodes": [
            {"id": "start", "type": "start", "data": {}},
            {"id": "first", "type": "wait", "data": {"days": 1}},
            {"id": "second", "type": "wait", "data": {"days": 300}}
        ],
        "edges": [{"source": "start", "target": "first"}, {"source": "first", "target": "second"}]
    });
    let drawn = json!({"name": "Large", "flow_definition": flow}).to_string();
    let program = client.json(&coach.post("/api/v1/programs", &drawn))?;
    let program: ProgramId = program["id"].as_str().ok_or("a program has no id")?.parse()?;
    client.json(&coach.post(&format!("/api/v1/programs/{program}/publish"), "{}"))?;
    for number in 0..DUE {
        let body = json!({"external_id": number.to_string(), "channel": "web", "profile_data": {"name": "Somebody"}});
        let member = client.json(&coach.post("/api/v1/users", &body.to_string()))?;
        let member = member["id"].as_str().ok_or("a member has no id")?;
        client.json(&coach.post(&format!("/api/v1/users/{member}/programs/{program}/enroll"), "{}"))?;
    }
    let began = Instant::now();
    while waiting(&mut client, coach, program, "first")? < DUE as u64 {
        if began.elapsed() > PATIENCE {
            return Err(format!("after {PATIENCE:?} not all of {DUE} members have begun").into());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(program)
}

/// How many runs of a program wait at a node.
fn waiting(client: &mut Client, coach: &Asker, program: ProgramId, node: &str) -> Result<u64> {
    let told: Value = client.json(&coach.get(&format!("/api/v1/programs/{program}/nodes")))?;
    let nodes = told["nodes"].as_array().ok_or("a program tells no nodes")?;
    Ok(nodes.iter().find(|one| one["node_id"] == node).and_then(|one| one["waiting"].as_u64()).unwrap_or_default())
}

/// Writes the others, who wait for long, and has those who began be due together; tells when.
fn prepare(folder: &Path, program: ProgramId) -> Result<Timestamp> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let url = format!("sqlite:{}", folder.join("influencerflow.db").display());
    let clock = Clock::system();
    let due: kernel::Result<_> = runtime.block_on(async {
        let db = Db::open(&Settings::new(url)).await?;
        let model = testing::newest(&mut db.read().await?, program).await?;
        let now = clock.now();
        let change = |place: usize, run: &mut Enrolment| {
            run.member_id = clock.new_id();
            run.due_at = Some(now.plus((30 + i64::try_from(place % 300).unwrap_or_default()) * time::DAY));
        };
        testing::copy(&db, &clock, &model, WAITING - DUE, change).await?;
        db.analyze().await?;
        let due = clock.now().plus(30 * time::SECOND);
        let mut tx = db.write().await?;
        testing::due_at(&mut tx, program, due).await?;
        tx.commit().await?;
        db.close().await;
        Ok(due)
    });
    Ok(due?)
}
