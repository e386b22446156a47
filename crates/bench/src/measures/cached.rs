//! Answers that are kept, against a bare handler that answers with the same bytes.

use std::path::Path;
use std::time::Duration;

use crate::Result;
use crate::child::Running;
use crate::client::{Client, get};
use crate::data::Data;
use crate::load::{self, Window, median, quantile_millis};
use crate::table::{Promise, Table};

/// Windows of each of the two.
const ROUNDS: usize = 4;
const LIST: &str = "/api/v1/creators?platform=instagram&niche=fitness&min_followers=10000&limit=20";

/// A filtered list, and a profile.
pub(crate) fn cached(server: &Path, data: &Data, seconds: u64, table: &mut Table) -> Result<()> {
    let running = Running::demo(server, &data.folder, &[])?;
    let list = Client::connect(running.address)?.json(LIST)?;
    let id = list["creators"][0]["id"].as_str().ok_or("the filtered list is empty")?.to_owned();
    compare(&running, data, "GET /creators, filtered", LIST, seconds, table)?;
    compare(&running, data, "GET /creators/{id}", &format!("/api/v1/creators/{id}"), seconds, table)?;
    running.stop()
}

fn compare(running: &Running, data: &Data, what: &str, path: &str, seconds: u64, table: &mut Table) -> Result<()> {
    let body = Client::connect(running.address)?.get(path)?.body;
    let bare = Running::bare(&data.folder, "bare.json", &body)?;
    let time = Duration::from_secs(seconds);
    let own = || load::same(running.address, &get(path), time);
    let other = || load::same(bare.address, &get("/"), time);
    for warm_up in [load::same(running.address, &get(path), time / 6)?, load::same(bare.address, &get("/"), time / 6)?]
    {
        all_good(&warm_up)?;
    }
    let (mut rates, mut bare_rates, mut ratios, mut latencies) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (cpu, bare_cpu) = (running.cpu()?, bare.cpu()?);
    let (mut answers, mut bare_answers) = (0, 0);
    for round in 0..ROUNDS {
        // Who goes first changes, so that a machine that slows down favours neither.
        let (own, other) = if round % 2 == 0 {
            let own = own()?;
            (own, other()?)
        } else {
            let other = other()?;
            (own()?, other)
        };
        all_good(&own)?;
        all_good(&other)?;
        rates.push(own.rate());
        bare_rates.push(other.rate());
        ratios.push(own.rate() / other.rate());
        (answers, bare_answers) = (answers + own.good, bare_answers + other.good);
        latencies.extend(own.latencies);
    }
    let each = |cpu: f64, answers: u64| cpu * 1e6 / answers as f64;
    let cpu = each(running.cpu()? - cpu, answers);
    let bare_cpu = each(bare.cpu()? - bare_cpu, bare_answers);
    let also = format!(
        "{:.0}/s against {:.0}/s; server CPU {cpu:.1} µs against {bare_cpu:.1} µs; {} bytes",
        median(&mut rates),
        median(&mut bare_rates),
        body.len()
    );
    table.line(&format!("{what}, cached: ratio to bare"), median(&mut ratios), "", Promise::Least(0.5), &also);
    let (p50, p99) = (quantile_millis(&mut latencies, 0.5), quantile_millis(&mut latencies, 0.99));
    let also = format!("p50 {p50:.3} ms, p99 {p99:.3} ms, 32 connections");
    table.line(&format!("{what}, cached: p99 / p50"), p99 / p50, "", Promise::Most(5.0), &also);
    Ok(())
}

fn all_good(window: &Window) -> Result<()> {
    if window.bad == 0 && window.good > 0 {
        return Ok(());
    }
    Err(format!("{} answers of {} were not 200", window.bad, window.bad + window.good).into())
}
