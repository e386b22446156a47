//! Similarity search as a client meets it.

use std::path::Path;
use std::time::Instant;

use super::KEPT;
use crate::Result;
use crate::briefs;
use crate::child::Running;
use crate::client::Client;
use crate::data::Data;
use crate::load::quantile_millis;
use crate::table::{Promise, Table};

/// Each brief is asked so many times.
const ROUNDS: usize = 10;

/// Every brief in turn over one connection, at filters by followers.
pub(crate) fn search(server: &Path, data: &Data, table: &mut Table) -> Result<()> {
    let running = Running::serve(server, &data.folder, &[])?;
    let asker = running.log_in()?;
    let mut client = Client::connect(running.address)?;
    for kept in KEPT {
        let least = data.followers_of(kept);
        let requests: Vec<_> = (0..briefs::COUNT)
            .map(|number| asker.post("/api/v1/ai/similaritysearch", &briefs::json(number, least)))
            .collect();
        let (mut times, mut total) = (Vec::new(), 0);
        let cpu = running.cpu()?;
        for _ in 0..ROUNDS {
            for request in &requests {
                let started = Instant::now();
                let answer = client.ask(request)?;
                times.push(started.elapsed().as_nanos() as u64);
                if answer.status != 200 {
                    return Err(format!(
                        "a search answers {}: {}",
                        answer.status,
                        String::from_utf8_lossy(&answer.body)
                    )
                    .into());
                }
                let body: serde_json::Value = serde_json::from_slice(&answer.body)?;
                total = body["total_matches"].as_u64().unwrap_or_default();
            }
        }
        let cpu = (running.cpu()? - cpu) * 1e3 / times.len() as f64;
        let (p50, p99) = (quantile_millis(&mut times, 0.5), quantile_millis(&mut times, 0.99));
        let promise = table.by_rows(Promise::Most(2.0), Promise::Most(10.0));
        let also = format!("p99 {p99:.2} ms, CPU {cpu:.2} ms; {total} creators pass");
        table.line(&format!("POST /ai/similaritysearch: p50, filter keeps {kept} %"), p50, "ms", promise, &also);
    }
    table.line("server: most memory by then", running.peak_megabytes(), "MB", Promise::Nothing, "");
    running.stop()
}
