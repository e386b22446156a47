//! Load: many connections from one thread, which leaves the other core to what is measured.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::Result;
use crate::client::head;

/// As many as the promises say.
pub(crate) const CONNECTIONS: usize = 32;

/// What a window of load brought.
#[derive(Default)]
pub(crate) struct Window {
    /// Answers with the status that was expected.
    pub(crate) good: u64,
    /// All others.
    pub(crate) bad: u64,
    /// From the first request to the last answer.
    pub(crate) took: Duration,
    /// How long each answer took, in nanoseconds.
    pub(crate) latencies: Vec<u64>,
}

impl Window {
    /// Good answers a second.
    pub(crate) fn rate(&self) -> f64 {
        self.good as f64 / self.took.as_secs_f64()
    }
}

/// What the connections send, one after the other; nothing when the window is over.
type Next = Rc<RefCell<dyn FnMut() -> Option<Rc<[u8]>>>>;

/// The same request over and over, which is answered with this status.
pub(crate) fn same(address: SocketAddr, request: &[u8], status: u16, time: Duration) -> Result<Window> {
    let (request, started) = (Rc::<[u8]>::from(request), Instant::now());
    let next: Next = Rc::new(RefCell::new(move || (started.elapsed() < time).then(|| request.clone())));
    load(address, &next, status)
}

/// One request after the other, each answered with 200, until the time is over or there are none left.
pub(crate) fn each(
    address: SocketAddr,
    requests: impl Iterator<Item = Vec<u8>> + 'static,
    time: Duration,
) -> Result<Window> {
    each_answered(address, requests, 200, time)
}

/// The same, each answered with this status.
pub(crate) fn each_answered(
    address: SocketAddr,
    mut requests: impl Iterator<Item = Vec<u8>> + 'static,
    status: u16,
    time: Duration,
) -> Result<Window> {
    let started = Instant::now();
    let next = move || if started.elapsed() < time { requests.next().map(Rc::from) } else { None };
    let next: Next = Rc::new(RefCell::new(next));
    load(address, &next, status)
}

fn load(address: SocketAddr, next: &Next, status: u16) -> Result<Window> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let window = Rc::new(RefCell::new(Window::default()));
    let started = Instant::now();
    LocalSet::new().block_on(&runtime, async {
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|_| tokio::task::spawn_local(client(address, next.clone(), window.clone(), status)))
            .collect();
        for client in clients {
            client.await??;
        }
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
    })?;
    let mut window = window.take();
    window.took = started.elapsed();
    Ok(window)
}

async fn client(address: SocketAddr, next: Next, window: Rc<RefCell<Window>>, status: u16) -> Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 1 << 17];
    let expected = format!("HTTP/1.1 {status} ");
    loop {
        let request = (*next.borrow_mut())();
        let Some(request) = request else { return Ok(()) };
        let sent = Instant::now();
        stream.write_all(&request).await?;
        let mut read = 0;
        let is_good = loop {
            let more = stream.read(&mut buffer[read..]).await?;
            if more == 0 {
                return Err("the server closed a connection, or its answer is too long".into());
            }
            read += more;
            if let Some((_, length)) = head(&buffer[..read])
                && read >= length
            {
                break buffer.starts_with(expected.as_bytes());
            }
        };
        let mut window = window.borrow_mut();
        window.latencies.push(sent.elapsed().as_nanos() as u64);
        if is_good {
            window.good += 1;
        } else {
            window.bad += 1;
        }
    }
}

/// The middle of some figures.
pub(crate) fn median(figures: &mut [f64]) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// So much of some times is below this; in milliseconds.
pub(crate) fn quantile_millis(times: &mut [u64], part: f64) -> f64 {
    times.sort_unstable();
    let place = (times.len().saturating_sub(1) as f64 * part).round() as usize;
    times.get(place).map_or(f64::NAN, |nanos| *nanos as f64 / 1e6)
}
