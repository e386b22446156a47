//! Many clients who create, and what is on the disk afterwards.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use db::{Db, Settings};
use kernel::Scope;

use crate::Result;
use crate::child::Running;
use crate::data::Data;
use crate::load::{self, quantile_millis};
use crate::table::{Promise, Table};

/// So many requests of each kind are ready; when they are used up the window ends.
const MOST: usize = 60_000;

/// Creators, then campaigns; then the server is killed and its rows are counted.
pub(crate) fn writes(server: &Path, data: &Data, seconds: u64, table: &mut Table) -> Result<()> {
    let syncs = syncs(&data.folder)?;
    let time = Duration::from_secs(seconds + 2);
    let before = rows(&data.database())?;
    let running = Running::serve(server, &data.folder, &[])?;
    let asker = running.log_in()?;

    // All are made before, so that making them takes nothing from the server.
    let mut creators = Vec::with_capacity(MOST);
    for creator in data.newcomers(usize::try_from(before.0)?.saturating_sub(data.rows)).take(MOST) {
        let mut json = Vec::new();
        samples::write_jsonl([creator], &mut json)?;
        creators.push(asker.post("/api/v1/creators", std::str::from_utf8(&json)?.trim_end()));
    }
    let campaigns: Vec<_> = (0..MOST).map(|number| asker.post("/api/v1/campaigns", &campaign(number))).collect();

    let mut acknowledged = Vec::new();
    for (what, requests) in [("creators", creators), ("campaigns", campaigns)] {
        let cpu = running.cpu()?;
        let mut window = load::each(running.address, requests.into_iter(), time)?;
        let cpu = (running.cpu()? - cpu) * 1e6 / window.good as f64;
        let (p50, p99) = (quantile_millis(&mut window.latencies, 0.5), quantile_millis(&mut window.latencies, 0.99));
        let also = format!(
            "p50 {p50:.1} ms, p99 {p99:.1} ms, server CPU {cpu:.0} µs; {:.1} times what the disk syncs ({syncs:.0}/s)",
            window.rate() / syncs
        );
        table.line(&format!("POST /{what}: acknowledged, on disk"), window.rate(), "/s", Promise::Least(2000.0), &also);
        table.line(&format!("POST /{what}: errors"), window.bad as f64, "", Promise::Most(0.0), "");
        acknowledged.push(window.good);
    }
    // Without a word: what it acknowledged must not need a good end.
    drop(running);
    let after = rows(&data.database())?;
    for (what, before, after, acknowledged) in
        [("creators", before.0, after.0, acknowledged[0]), ("campaigns", before.1, after.1, acknowledged[1])]
    {
        let lost = acknowledged as f64 - (after - before) as f64;
        let also = format!("{acknowledged} acknowledged, {} more rows after the server was killed", after - before);
        table.line(&format!("POST /{what}: acknowledged but not there"), lost.abs(), "", Promise::Most(0.0), &also);
    }
    Ok(())
}

/// A campaign, as it is sent.
pub(crate) fn campaign(number: usize) -> String {
    let json = serde_json::json!({
        "product_name": format!("Product {number}"),
        "brand_name": format!("Brand {}", number % 500),
        "product_description": "Something that people use every day, made a little better",
        "target_audience": "People aged 25-45",
        "product_niche": "Fitness Technology",
        "total_budget": 10_000 + number,
    });
    json.to_string()
}

/// How many creators and campaigns the database has.
fn rows(database: &Path) -> Result<(u64, u64)> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let url = format!("sqlite:{}", database.display());
    let counted: kernel::Result<_> = runtime.block_on(async {
        let db = Db::open(&Settings::new(url)).await?;
        let mut tx = db.read().await?;
        let creators = creators::store::count(Scope::system(), &mut tx).await?;
        let campaigns =
            campaigns::store::totals(Scope::system(), &mut tx).await?.iter().map(|(_, count, _)| count).sum();
        drop(tx);
        db.close().await;
        Ok((creators, campaigns))
    });
    Ok(counted?)
}

/// How many small writes a second the disk takes, each with a sync of its own.
fn syncs(folder: &Path) -> Result<f64> {
    let path = folder.join("syncs");
    let mut file = File::create(&path)?;
    let (started, mut count) = (Instant::now(), 0_u32);
    while started.elapsed() < Duration::from_secs(1) {
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        count += 1;
    }
    std::fs::remove_file(path)?;
    Ok(f64::from(count) / started.elapsed().as_secs_f64())
}
