//! What providers tell: signed webhooks, stored before they are acknowledged, and worked into conversations.

use std::path::Path;
use std::time::{Duration, Instant};

use kernel::Clock;
use ports::messaging::standin::bodies;
use serde_json::{Value, json};

use crate::Result;
use crate::child::Running;
use crate::client::{Asker, Client};
use crate::data::Data;
use crate::load::{self, quantile_millis};
use crate::table::{Promise, Table};

/// So many people write.
const PEOPLE: usize = 2_000;
/// What a provider must be able to tell in a second, and for how many seconds.
const RATE: usize = 2_000;
const SECONDS: u64 = 10;
/// So many messages are ready; when they are used up the window ends.
const MOST: usize = 100_000;
const SECRET: &str = "the app's secret";
const NUMBER: &str = "106540352242922";
/// After so long nothing is worked any more that will be.
const PATIENCE: Duration = Duration::from_secs(600);

/// WhatsApp tells what members write, as fast as it is answered; then the server is killed, and a webhook storm tells all of it again.
pub(crate) fn channels(server: &Path, data: &Data, table: &mut Table) -> Result<()> {
    // The provider itself is never reached: nothing that is written here wants an answer.
    let settings = [
        ("SECRETS_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
        ("WHATSAPP_BASE_URL", "http://127.0.0.1:9"),
        ("RATE_LIMIT_CHANNEL_WEBHOOKS", "1000000/second"),
    ];
    let running = Running::serve(server, &data.folder, &settings)?;
    let (coach, _) = running.person("bench-coach@example.com", "INFLUENCER")?;
    let made = json!({"channel_type": "whatsapp", "channel_name": "Bench", "configuration": {
        "phone_number": "+15550000000", "phone_number_id": NUMBER, "business_account_id": "102290129340398",
        "access_token": "a token", "webhook_verify_token": "verify", "app_secret": SECRET}});
    let made = Client::connect(running.address)?.json(&coach.post("/api/v1/channels", &made.to_string()))?;
    let id = made["id"].as_str().ok_or("a channel has no id")?.to_owned();
    let day = Clock::system().now();
    // In a folder that is kept there are channels from before, so that each run's messages are its channel's own.
    let message = |number: usize| {
        let wa_id = format!("34{:09}", 700_000_000 + number % PEOPLE);
        let person = bodies::Person { wa_id: Some(&wa_id), user_id: None, name: "Somebody" };
        let holds = json!({"type": "text", "text": {"body": "thanks"}});
        let change = bodies::whatsapp_message(person, &format!("wamid.{id}.{number}"), day, &holds);
        let body = bodies::whatsapp("102290129340398", NUMBER, &change).to_string();
        let signed = Asker::signed(&bodies::hub_signature(SECRET, body.as_bytes()));
        signed.post(&format!("/webhooks/whatsapp/{id}"), &body)
    };
    let messages: Vec<_> = (0..MOST).map(message).collect();
    let cpu = running.cpu()?;
    let mut window =
        load::each_answered(running.address, messages.clone().into_iter(), 200, Duration::from_secs(SECONDS))?;
    let cpu = (running.cpu()? - cpu) * 1e6 / window.good as f64;
    // Without a word, in the middle of the work.
    drop(running);
    let (p50, p99) = (quantile_millis(&mut window.latencies, 0.5), quantile_millis(&mut window.latencies, 0.99));
    let also = format!(
        "for {SECONDS} s; p50 {p50:.1} ms, server CPU {cpu:.0} µs with what is worked; {} of another status",
        window.bad
    );
    table.line("webhooks: acknowledged, on disk", window.rate(), "/s", Promise::Least(RATE as f64), &also);
    table.line("webhooks: p99", p99, "ms", Promise::Most(250.0), "");

    let running = Running::serve(server, &data.folder, &settings)?;
    let (coach, _) = running.person("bench-coach@example.com", "INFLUENCER")?;
    let told = usize::try_from(window.good)?;
    let begun = Instant::now();
    let (members, received) = settled(&running, &coach, &id, window.good)?;
    let also = format!("{} acknowledged before the kill, of {members} people; {received} there", window.good);
    table.line(
        "webhooks: the rest worked after the restart",
        begun.elapsed().as_secs_f64(),
        "s",
        Promise::Nothing,
        &also,
    );
    // What was on its way when the server was killed may be there, though nobody was told.
    let lost = window.good.saturating_sub(received);
    table.line("webhooks: acknowledged but not there", lost as f64, "", Promise::Most(0.0), "");

    // A storm of what was told already: one answer more for each, and not one message more.
    let again = messages.into_iter().take(told + load::CONNECTIONS);
    let storm = load::each_answered(running.address, again, 200, PATIENCE)?;
    let (_, after) = settled(&running, &coach, &id, window.good)?;
    let doubled = after.saturating_sub(window.good + load::CONNECTIONS as u64);
    let also = format!("{} told again at {:.0}/s, {after} messages there", storm.good, storm.rate());
    table.line("webhooks: messages that are there twice", doubled as f64, "", Promise::Most(0.0), &also);
    running.stop()
}

/// Waits until the figures of a channel stand still; how many people wrote on it, and how often.
fn settled(running: &Running, coach: &Asker, id: &str, least: u64) -> Result<(u64, u64)> {
    let begun = Instant::now();
    let mut client = Client::connect(running.address)?;
    let mut before = (0, 0);
    loop {
        let figures: Value = client.json(&coach.get(&format!("/api/v1/channels/{id}/analytics")))?;
        let of = |name: &str| figures["metrics"][name].as_u64().unwrap_or_default();
        let now = (of("unique_users"), of("total_messages"));
        if now == before && (now.1 >= least || begun.elapsed() > Duration::from_secs(20)) {
            return Ok(now);
        }
        if begun.elapsed() > PATIENCE {
            return Err(format!("after {PATIENCE:?} only {} messages are there", now.1).into());
        }
        before = now;
        std::thread::sleep(Duration::from_secs(1));
    }
}
