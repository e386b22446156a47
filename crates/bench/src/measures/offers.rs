//! The marketplace with many offers: what a page of them costs.

use std::net::SocketAddr;
use std::path::Path;

use serde_json::json;

use super::cpu::measure;
use crate::Result;
use crate::child::Running;
use crate::client::{Asker, Client};
use crate::data::Data;
use crate::load::CONNECTIONS;
use crate::table::{Promise, Table};

const CATEGORIES: [&str; 6] = ["FASHION", "FITNESS", "BEAUTY", "FOOD", "TRAVEL", "TECHNOLOGY"];
const PLATFORMS: [&str; 4] = ["INSTAGRAM", "TIKTOK", "YOUTUBE", "TWITTER"];
/// What creators ask for: filters, words and orders, always with what they may apply to.
const LISTS: [&str; 8] = [
    "eligible=true&platforms=INSTAGRAM&budget_min=700&budget_max=4000",
    "eligible=true&category=FITNESS&is_open=true",
    "eligible=true&search=summer&platforms=INSTAGRAM",
    "eligible=true&currency=EUR&sort_by=budget",
    "eligible=true&sort_by=popular&category=FOOD",
    "eligible=true&sort_by=deadline&platforms=INSTAGRAM",
    "platforms=TIKTOK&budget_min=1000",
    "eligible=true&page=40",
];

/// As many offers as there are creators, made through the routes; then the lists of a creator.
pub(crate) fn offers(server: &Path, data: &Data, table: &mut Table) -> Result<()> {
    let settings = [("OFFER_RECOMMENDATIONS", "0"), ("RESPONSE_CACHE", "off")];
    let running = Running::serve(server, &data.folder, &settings)?;
    let (brand, _) = running.person("bench-offers@example.com", "BRAND")?;
    let email = "bench-applicant@example.com";
    let (creator, _) = running.person(email, "INFLUENCER")?;
    let mut client = Client::connect(running.address)?;
    if client.json(&creator.get("/api/v1/creators?search=Ana%20Bench"))?["total"] == 0 {
        let entry = json!({"name": "Ana Bench", "email": email, "platform": "instagram", "niche": "fitness", "followers_count": "60K",
            "engagement_rate": 5.5, "about": "Training for people who sit all day", "collaboration_rate": 900, "country": "ES"});
        client.json(&creator.post("/api/v1/creators", &entry.to_string()))?;
    }
    let there = client.json(&creator.get("/api/v1/offers"))?["total"].as_u64().unwrap_or_default();
    make(running.address, &brand, usize::try_from(there)?, data.rows)?;
    let lists: Vec<_> = LISTS.iter().map(|query| creator.get(&format!("/api/v1/offers?{query}"))).collect();
    let (millis, also) = measure(&running, &lists)?;
    // What was promised was promised at 100,000.
    let promise = table.by_rows(Promise::Most(3.0), Promise::Nothing);
    table.line("offers, filtered, with eligibility and match, uncached: CPU", millis, "ms", promise, &also);
    running.stop()
}

/// Makes and publishes the offers that are missing, over many connections.
fn make(address: SocketAddr, brand: &Asker, there: usize, wanted: usize) -> Result<()> {
    std::thread::scope(|scope| {
        let makers = (0..CONNECTIONS).map(|maker| {
            scope.spawn(move || -> Result<()> {
                let mut client = Client::connect(address)?;
                for number in (there + maker..wanted).step_by(CONNECTIONS) {
                    let made = client.json(&brand.post("/api/v1/offers", &offer(number)))?;
                    let id = made["id"].as_str().ok_or("a new offer has no id")?;
                    client.json(&brand.post(&format!("/api/v1/offers/{id}/publish"), "{}"))?;
                }
                Ok(())
            })
        });
        let makers: Vec<_> = makers.collect();
        makers.into_iter().try_for_each(|maker| maker.join().map_err(|_| "a maker of offers panicked")?)
    })
}

/// An offer, as it is sent.
fn offer(number: usize) -> String {
    let season = ["spring", "summer", "autumn", "winter"][number % 4];
    let budget = 300 + number % 3_000;
    let json = json!({
        "title": format!("A post of {season}, number {number}"),
        "description": "Show how our product helps you through the day, in your own words",
        "category": CATEGORIES[number % CATEGORIES.len()],
        "platforms": [PLATFORMS[number / 3 % PLATFORMS.len()]],
        "budget_min": budget, "budget_max": 2 * budget, "currency": if number.is_multiple_of(5) { "EUR" } else { "USD" },
        "requirements": {"influencer": {"min_followers": 1_000 * (number % 100), "min_engagement_rate": (number % 8) as f64},
            "regular": {"min_followers": 500 * (number % 50)}},
        "application_deadline": "2035-01-01T00:00:00Z", "content_deadline": "2035-02-01T00:00:00Z",
    });
    json.to_string()
}
