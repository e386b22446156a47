//! CPU time of a request when no answer is kept, with all connections busy: of one client after the other's, half would be the
//! machine's waking and falling asleep.

use std::path::Path;
use std::time::Duration;

use crate::Result;
use crate::child::Running;
use crate::client::Client;
use crate::data::Data;
use crate::load::{self, quantile_millis};
use crate::table::{Promise, Table};

/// CPU time is counted in hundredths of a second: so long a run has it to a percent.
const LONG_ENOUGH: Duration = Duration::from_secs(3);

const LISTS: [&str; 8] = [
    "platform=instagram&min_followers=10000",
    "platform=youtube&niche=fitness",
    "country=Spain&min_followers=50000&sort=engagement",
    "niche=gaming&min_engagement=3",
    "language=Spanish&platform=tiktok&max_followers=100000",
    "min_followers=100000&sort=-followers",
    "country=US&max_rate=500&sort=rate",
    "min_followers=1000&offset=200",
];
const NAMES: [&str; 8] = ["maria", "jose", "garc", "an", "smith", "luc", "lopez", "zq"];

/// Filtered lists, name searches and point reads.
pub(crate) fn cpu(server: &Path, data: &Data, table: &mut Table) -> Result<()> {
    let running = Running::serve(server, &data.folder, &[("RESPONSE_CACHE", "off")])?;
    let asker = running.log_in()?;
    let mut ids = Vec::new();
    for offset in (0..data.rows.min(10_000)).step_by(500) {
        let page = Client::connect(running.address)?
            .json(&asker.get(&format!("/api/v1/creators?sort=newest&limit=50&offset={offset}")))?;
        ids.extend(
            page["creators"].as_array().into_iter().flatten().filter_map(|one| one["id"].as_str()).map(str::to_owned),
        );
    }
    let lists: Vec<_> = LISTS.iter().map(|query| asker.get(&format!("/api/v1/creators?{query}"))).collect();
    let names: Vec<_> = NAMES.iter().map(|name| asker.get(&format!("/api/v1/creators?search={name}"))).collect();
    let points: Vec<_> = ids.iter().map(|id| asker.get(&format!("/api/v1/creators/{id}"))).collect();
    for (what, requests, promise) in [
        ("filtered list with its total, uncached: CPU", &lists[..], Promise::Most(1.0)),
        ("name search, uncached: CPU", &names, Promise::Most(3.0)),
        ("point read, uncached: CPU", &points, Promise::Most(0.06)),
    ] {
        let (millis, also) = measure(&running, requests)?;
        // What was promised was promised at 100,000.
        let promise = table.by_rows(promise, Promise::Nothing);
        if millis < 0.5 {
            let micros = match promise {
                Promise::Most(most) => Promise::Most(most * 1e3),
                other => other,
            };
            table.line(what, millis * 1e3, "µs", micros, &also);
        } else {
            table.line(what, millis, "ms", promise, &also);
        }
    }
    running.stop()
}

/// Milliseconds of CPU for a request, and how long each of them took as a client saw it.
pub(super) fn measure(running: &Running, requests: &[Vec<u8>]) -> Result<(f64, String)> {
    let requests: Vec<Vec<u8>> = requests.to_vec();
    let different = requests.len();
    let endless = requests.into_iter().cycle();
    let again = |time| load::each(running.address, endless.clone(), time);
    again(LONG_ENOUGH / 6)?;
    let cpu = running.cpu()?;
    let mut window = again(LONG_ENOUGH)?;
    if window.bad > 0 {
        return Err(format!("{} answers of {} were not 200", window.bad, window.good + window.bad).into());
    }
    let asked = window.good;
    let cpu = (running.cpu()? - cpu) * 1e3 / asked as f64;
    let p50 = quantile_millis(&mut window.latencies, 0.5);
    Ok((cpu, format!("p50 {p50:.3} ms with 32 connections; {asked} requests, {different} different")))
}
