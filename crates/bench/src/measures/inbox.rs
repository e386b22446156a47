//! What people tell each other: unread counts, messages, live streams.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Result;
use crate::child::Running;
use crate::client::Asker;
use crate::data::Data;
use crate::load::{self, quantile_millis};
use crate::table::{Promise, Table};

/// So many streams are open at once,
const STREAMS: usize = 5_000;
/// and so many of them have to be told in time.
const TOLD: usize = 1_000;
/// So many messages are ready; when they are used up the window ends.
const MOST: usize = 60_000;
/// CPU time is counted in hundredths of a second: so long a run has it to a percent.
const LONG_ENOUGH: Duration = Duration::from_secs(3);

/// One person writes to another, whose streams are open.
pub(crate) fn inbox(server: &Path, data: &Data, seconds: u64, table: &mut Table) -> Result<()> {
    let most = (STREAMS + 100).to_string();
    let bounds = [
        ("LIVE_STREAMS_PER_ACCOUNT", most.as_str()),
        ("MAX_CONNECTIONS_PER_ADDRESS", most.as_str()),
        ("MAX_CONNECTIONS", "20000"),
    ];
    let running = Running::serve(server, &data.folder, &bounds)?;
    let (writer, _) = running.person("bench-writer@example.com", "BRAND")?;
    let (reader, reader_id) = running.person("bench-reader@example.com", "INFLUENCER")?;

    let cpu_of = |path: &str| -> Result<f64> {
        let ask = |time| load::same(running.address, &reader.get(path), 200, time);
        ask(LONG_ENOUGH / 6)?;
        let cpu = running.cpu()?;
        let window = ask(LONG_ENOUGH)?;
        if window.bad > 0 {
            return Err(format!("{} answers of {path} were not 200", window.bad).into());
        }
        Ok((running.cpu()? - cpu) * 1e6 / (window.good + window.bad) as f64)
    };
    let nothing = cpu_of("/api/v1/auth/protected")?;
    let unread = cpu_of("/api/v1/notifications/unread-count")?;
    let also = format!("{unread:.0} µs, and {nothing:.0} µs for an authenticated request that reads nothing");
    table.line("unread count: CPU beyond that", (unread - nothing).max(0.0), "µs", Promise::Most(60.0), &also);

    // In a folder that is kept there are some from before.
    let before = messages_of(&running, &reader)?;
    let message = |number: usize| {
        let body =
            serde_json::json!({"recipient_id": reader_id, "content": format!("Message number {number} of many")});
        writer.post("/api/v1/messages", &body.to_string())
    };
    let messages: Vec<_> = (0..MOST).map(message).collect();
    let cpu = running.cpu()?;
    let mut window = load::each_answered(running.address, messages.into_iter(), 201, Duration::from_secs(seconds + 2))?;
    let cpu = (running.cpu()? - cpu) * 1e6 / window.good as f64;
    let (p50, p99) = (quantile_millis(&mut window.latencies, 0.5), quantile_millis(&mut window.latencies, 0.99));
    let also = format!("p50 {p50:.1} ms, p99 {p99:.1} ms, server CPU {cpu:.0} µs; {} of another status", window.bad);
    table.line("POST /messages: acknowledged, on disk", window.rate(), "/s", Promise::Least(2000.0), &also);
    streams(&running, &reader, &message(MOST), table)?;

    // Without a word: what it acknowledged must not need a good end.
    drop(running);
    let running = Running::serve(server, &data.folder, &bounds)?;
    let (reader, _) = running.person("bench-reader@example.com", "INFLUENCER")?;
    let there = messages_of(&running, &reader)? - before;
    let lost = (window.good + 1).saturating_sub(there);
    let also = format!("{} acknowledged, {there} there after the server was killed", window.good + 1);
    table.line("POST /messages: acknowledged but not there", lost as f64, "", Promise::Most(0.0), &also);
    running.stop()
}

/// How many messages the reader's conversation has.
fn messages_of(running: &Running, reader: &Asker) -> Result<u64> {
    let list = crate::client::Client::connect(running.address)?.json(&reader.get("/api/v1/messages"))?;
    Ok(list["conversations"][0]["messages_count"].as_u64().unwrap_or_default())
}

/// Many streams, and one message that all of them are shown.
fn streams(running: &Running, reader: &Asker, message: &[u8], table: &mut Table) -> Result<()> {
    let mut open = Vec::with_capacity(STREAMS);
    for _ in 0..STREAMS {
        let mut stream = TcpStream::connect(running.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        stream.write_all(&reader.get("/api/v1/live"))?;
        open.push(stream);
    }
    for stream in &mut open {
        until(stream, "event: hello")?;
    }
    let also = format!("{STREAMS} live streams, with all that the server holds besides");
    table.line("memory with live streams", running.peak_megabytes(), "MB", Promise::Most(400.0), &also);
    let mut client = crate::client::Client::connect(running.address)?;
    let started = Instant::now();
    client.json(message)?;
    for stream in open.iter_mut().take(TOLD) {
        until(stream, "event: message")?;
    }
    let took = started.elapsed().as_secs_f64() * 1e3;
    let also = format!("from the request of the message; {STREAMS} streams are shown it");
    table.line("a message on a thousand streams", took, "ms", Promise::Most(200.0), &also);
    Ok(())
}

/// Reads a stream until this is shown.
fn until(stream: &mut TcpStream, shown: &str) -> Result<()> {
    let (mut text, mut buffer) = (String::new(), [0; 4096]);
    while !text.contains(shown) {
        let read = stream.read(&mut buffer)?;
        if read == 0 {
            return Err(format!("a live stream ended before it was shown {shown}").into());
        }
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    Ok(())
}
