//! What a request costs, against a bare handler that answers with the same bytes.

use std::path::Path;
use std::time::Duration;

use super::writes::campaign;
use crate::Result;
use crate::child::{Running, own_cpu};
use crate::client::{Asker, Client};
use crate::data::Data;
use crate::load::{self, Window, median, quantile_millis};
use crate::table::{Promise, Table};

/// Windows of each of the two.
const ROUNDS: usize = 4;
const LIST: &str = "/api/v1/creators?platform=instagram&niche=fitness&min_followers=10000&limit=20";
const SEARCH: &str = "/api/v1/creators?search=maria";
/// As many as a page has.
const CONTRACTS: usize = 20;

/// What is promised of a request.
enum Promised {
    /// So great a share of the bare handler's answers a second, at least.
    Share(f64),
    /// So many times its CPU time, at most.
    Cost(f64),
}

struct Case<'a> {
    what: &'a str,
    request: Vec<u8>,
    status: u16,
    promised: Promised,
}

/// Answers that are kept, and a few that are not.
pub(crate) fn requests(server: &Path, data: &Data, seconds: u64, table: &mut Table) -> Result<()> {
    let running = Running::serve(server, &data.folder, &[])?;
    let asker = running.log_in()?;
    let list = Client::connect(running.address)?.json(&asker.get(LIST))?;
    let creator = list["creators"][0]["id"].as_str().ok_or("the filtered list is empty")?;
    contracts(&running, &asker, creator)?;
    let profile = format!("/api/v1/creators/{creator}");
    let case = |what, request, status, promised| Case { what, request, status, promised };
    for case in [
        case("GET /creators, filtered, kept", asker.get(LIST), 200, Promised::Share(0.5)),
        case("GET /creators by name, kept", asker.get(SEARCH), 200, Promised::Share(0.5)),
        case("GET /creators/{id}, kept", asker.get(&profile), 200, Promised::Share(0.6)),
        case("GET of a path that is not there", asker.get("/api/v1/nowhere"), 404, Promised::Cost(3.3)),
        case("GET /contracts", asker.get("/api/v1/contracts"), 200, Promised::Cost(8.0)),
        case("POST /campaigns", asker.post("/api/v1/campaigns", &campaign(1)), 200, Promised::Cost(11.0)),
    ] {
        compare(&running, data, &case, seconds, table)?;
    }
    running.stop()
}

/// Sees to it that a page of contracts is there.
fn contracts(running: &Running, asker: &Asker, creator: &str) -> Result<()> {
    let mut client = Client::connect(running.address)?;
    let there = client.json(&asker.get("/api/v1/contracts"))?["total"].as_u64().unwrap_or_default();
    let missing = CONTRACTS.saturating_sub(usize::try_from(there)?);
    if missing == 0 {
        return Ok(());
    }
    let made = client.json(&asker.post("/api/v1/campaigns", &campaign(0)))?;
    let contract = serde_json::json!({
        "campaign_id": made["id"],
        "creator_id": creator,
        "terms": {
            "deliverables": [
                {"type": "youtube_video", "deadline": "2030-07-10T00:00:00Z", "requirements": ["5-8 minutes", "honest review"]},
                {"type": "instagram_post", "deadline": "2030-07-20T00:00:00Z"},
            ],
            "usage_rights": "6 months",
            "exclusivity": "tech category for 30 days",
        },
        "payment_amount": 1200,
        "payment_schedule": [
            {"milestone": "contract_signing", "amount": 400},
            {"milestone": "content_delivery", "amount": 800},
        ],
    });
    for _ in 0..missing {
        client.json(&asker.post("/api/v1/contracts", &contract.to_string()))?;
    }
    Ok(())
}

/// One of the two that are compared: what it is asked, and what came of it.
struct Side<'a> {
    running: &'a Running,
    request: &'a [u8],
    status: u16,
    answers: u64,
    rates: Vec<f64>,
    latencies: Vec<u64>,
    cpu: f64,
    own_cpu: f64,
}

impl<'a> Side<'a> {
    fn new(running: &'a Running, request: &'a [u8], status: u16) -> Self {
        let (rates, latencies) = (Vec::new(), Vec::new());
        Self { running, request, status, answers: 0, rates, latencies, cpu: 0.0, own_cpu: 0.0 }
    }

    fn load(&self, time: Duration) -> Result<Window> {
        let window = load::same(self.running.address, self.request, self.status, time)?;
        if window.bad > 0 || window.good == 0 {
            let answers = window.bad + window.good;
            return Err(format!("{} answers of {answers} were not {}", window.bad, self.status).into());
        }
        Ok(window)
    }

    fn measure(&mut self, time: Duration) -> Result<()> {
        let (cpu, own) = (self.running.cpu()?, own_cpu()?);
        let window = self.load(time)?;
        self.cpu += self.running.cpu()? - cpu;
        self.own_cpu += own_cpu()? - own;
        self.answers += window.good;
        self.rates.push(window.rate());
        self.latencies.extend(window.latencies);
        Ok(())
    }

    /// Microseconds of CPU for each answer: the server's, and of who asks.
    fn each(&self) -> (f64, f64) {
        let each = |cpu: f64| cpu * 1e6 / self.answers as f64;
        (each(self.cpu), each(self.own_cpu))
    }
}

fn compare(running: &Running, data: &Data, case: &Case<'_>, seconds: u64, table: &mut Table) -> Result<()> {
    let body = Client::connect(running.address)?.ask(&case.request)?.body;
    let (bare, asked) = (Running::bare(&data.folder, "bare.json", &body)?, Asker::default().get("/"));
    let mut own = Side::new(running, &case.request, case.status);
    let mut other = Side::new(&bare, &asked, 200);
    let time = Duration::from_secs(seconds);
    own.load(time / 6)?;
    other.load(time / 6)?;
    for round in 0..ROUNDS {
        // Who goes first changes, so that a machine that slows down favours neither.
        if round % 2 == 0 {
            own.measure(time)?;
            other.measure(time)?;
        } else {
            other.measure(time)?;
            own.measure(time)?;
        }
    }
    let mut shares: Vec<f64> = own.rates.iter().zip(&other.rates).map(|(own, other)| own / other).collect();
    let (share, rate, bare_rate) = (median(&mut shares), median(&mut own.rates), median(&mut other.rates));
    let ((cpu, asking), (bare_cpu, bare_asking)) = (own.each(), other.each());
    let (share_promise, cost_promise) = match case.promised {
        Promised::Share(share) => (Promise::Least(share), Promise::Nothing),
        Promised::Cost(cost) => (Promise::Nothing, Promise::Most(cost)),
    };
    let also = format!("{rate:.0}/s against {bare_rate:.0}/s; {} bytes", body.len());
    table.line(&format!("{}: share of bare", case.what), share, "", share_promise, &also);
    let also =
        format!("CPU {cpu:.1} µs against {bare_cpu:.1} µs; asking took {asking:.1} µs and {bare_asking:.1} µs beside");
    table.line(&format!("{}: times bare's CPU", case.what), cpu / bare_cpu, "", cost_promise, &also);
    let (p50, p99) = (quantile_millis(&mut own.latencies, 0.5), quantile_millis(&mut own.latencies, 0.99));
    let also = format!("p50 {p50:.3} ms, p99 {p99:.3} ms, 32 connections");
    // Nothing was promised of answers that are made anew.
    let promise = match case.promised {
        Promised::Share(_) => Promise::Most(5.0),
        Promised::Cost(_) => Promise::Nothing,
    };
    table.line(&format!("{}: p99 / p50", case.what), p99 / p50, "", promise, &also);
    Ok(())
}
