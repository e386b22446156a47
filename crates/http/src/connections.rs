//! Connections: taken, answered, and not kept for whoever only holds them.
//!
//! As `axum::serve`, with three things more. The head of a request has to arrive in time; an answer has to be read at some pace; and no
//! address has more than its share of the connections. Otherwise a few thousand clients that send or take a byte now and then would hold
//! every file that the process may open. The bodies of requests have the time limits of the routes.
//!
//! It stands here, and for one kind of service, because the protocol's code is compiled where it is used: here it is optimised for speed.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use futures::future::BoxFuture;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;
use tower_http::normalize_path::NormalizePath;

use crate::pace::{Pace, Patience};
use crate::peer::customer;

/// How long to wait when no connection can be taken: too many files are open, and some will be closed.
const FULL: Duration = Duration::from_millis(500);
/// How many connections may be told at once that they are too many,
const MOST_TURNED_AWAY: usize = 64;
/// and how long that may take.
const TELLING: Duration = Duration::from_secs(2);
const TOO_MANY: &str = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\nConnection: close\r\nContent-Type: application/json\r\n\
    Content-Length: 199\r\n\r\n{\"detail\":\"Too many connections of this address; close some, or use them again\",\"status_code\":429,\
    \"error\":{\"code\":\"RATE_LIMIT_EXCEEDED\",\"message\":\"Too many connections of this address\",\"details\":[]}}";

/// The bounds of connections.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How long the head of a request may take, counted from the connection or the answer before; an idle connection ends by it, too.
    pub head_time: Duration,
    /// How many there may be,
    pub most: usize,
    /// and how many of one address; nothing where proxies stand before the server, whose addresses are everybody's.
    pub of_address: Option<usize>,
    /// How long an answer may wait for whoever reads it.
    pub patience: Patience,
}

/// Answers until it is told to stop, and then finishes the requests under way. What goes beyond its bounds is closed; of an address that
/// has too many connections a further one is told so (429).
pub fn serve(
    listener: TcpListener,
    service: NormalizePath<Router>,
    bounds: Bounds,
    stop: BoxFuture<'static, ()>,
) -> BoxFuture<'static, ()> {
    Box::pin(take_all(listener, service, bounds, stop))
}

async fn take_all(
    listener: TcpListener,
    service: NormalizePath<Router>,
    bounds: Bounds,
    mut stop: BoxFuture<'static, ()>,
) {
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(bounds.head_time);
    let open = GracefulShutdown::new();
    let held = Held::default();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => match held.take(peer, bounds) {
                Ok(place) => {
                    answer(&protocol, &open, Reader::new(stream, bounds.patience, place), peer, service.clone());
                }
                Err(TooMany::OfAddress(place)) => drop(tokio::spawn(turn_away(stream, place))),
                Err(TooMany::InAll) => drop(stream),
            },
            // Whoever has hung up already is nobody's loss; anything else passes or is told.
            Err(error) if is_theirs(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                tokio::time::sleep(FULL).await;
            }
        }
    }
    drop(listener);
    open.shutdown().await;
}

fn is_theirs(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// The connections that are open: how many, and of whom.
#[derive(Clone, Default)]
struct Held(Arc<Mutex<Counts>>);

#[derive(Default)]
struct Counts {
    all: usize,
    by: HashMap<String, usize>,
    /// Those that are only told that they are too many.
    turned_away: usize,
}

enum TooMany {
    InAll,
    OfAddress(Place),
}

/// A connection's place, until it is dropped.
struct Place {
    held: Held,
    /// Whose it is; nobody's is one that is turned away.
    whose: Option<String>,
}

impl Held {
    fn take(&self, peer: SocketAddr, bounds: Bounds) -> Result<Place, TooMany> {
        let mut counts = self.0.lock();
        if counts.all >= bounds.most {
            return Err(TooMany::InAll);
        }
        let whose = customer(peer.ip().to_canonical());
        let of_this = counts.by.get(&whose).copied().unwrap_or_default();
        if bounds.of_address.is_some_and(|most| of_this >= most) {
            if counts.turned_away >= MOST_TURNED_AWAY {
                return Err(TooMany::InAll);
            }
            counts.turned_away += 1;
            drop(counts);
            return Err(TooMany::OfAddress(Place { held: self.clone(), whose: None }));
        }
        counts.all += 1;
        counts.by.insert(whose.clone(), of_this + 1);
        drop(counts);
        Ok(Place { held: self.clone(), whose: Some(whose) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.held.0.lock();
        let Some(whose) = &self.whose else {
            counts.turned_away -= 1;
            return;
        };
        counts.all -= 1;
        if let Some(left) = counts.by.get_mut(whose) {
            *left -= 1;
            if *left == 0 {
                counts.by.remove(whose);
            }
        }
    }
}

/// Tells one connection too many that it is.
async fn turn_away(mut stream: TcpStream, _place: Place) {
    let told = async {
        // What was asked is read first: a connection that is closed over unread bytes takes its answer along.
        let mut asked = [0; 4096];
        let _ = stream.read(&mut asked).await;
        let _ = stream.write_all(TOO_MANY.as_bytes()).await;
        let _ = stream.shutdown().await;
    };
    // Whoever does not read it is not told.
    let _ = tokio::time::timeout(TELLING, told).await;
}

/// A connection whose answers have to be read: one that takes nothing for too long ends.
struct Reader {
    stream: TcpStream,
    pace: Pace,
    _place: Place,
}

impl Reader {
    fn new(stream: TcpStream, patience: Patience, place: Place) -> Self {
        Self { stream, pace: Pace::new(patience), _place: place }
    }

    fn watched(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) => {
                self.pace.moved(bytes);
                Poll::Ready(Ok(bytes))
            }
            Poll::Pending if self.pace.poll_late(context).is_ready() => {
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            other => other,
        }
    }
}

impl AsyncRead for Reader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Reader {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watched(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.watched(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

fn answer(
    protocol: &http1::Builder,
    open: &GracefulShutdown,
    stream: Reader,
    peer: SocketAddr,
    service: NormalizePath<Router>,
) {
    let answers = service_fn(move |request: hyper::Request<Incoming>| {
        // Most requests have no body: nothing is boxed for them.
        let mut request: Request =
            request.map(|body| if body.is_end_stream() { Body::empty() } else { Body::new(body) });
        request.extensions_mut().insert(ConnectInfo(peer));
        service.clone().oneshot(request)
    });
    let connection = open.watch(protocol.serve_connection(TokioIo::new(stream), answers));
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended");
        }
    });
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use axum::routing::{get, post};
    use tokio::sync::oneshot;
    use tokio::task::JoinHandle;
    use tower::Layer;
    use tower_http::normalize_path::NormalizePathLayer;

    use super::*;

    const HEAD: Duration = Duration::from_millis(300);

    const BOUNDS: Bounds =
        Bounds { head_time: HEAD, most: 100, of_address: Some(8), patience: Patience { most: HEAD, rate: 1 << 20 } };

    async fn start() -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
        let router = Router::new()
            .route("/peer", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.ip().to_string()))
            .route("/echo", post(async |body: String| body))
            .route("/large", get(async || vec![b'x'; 64 << 20]))
            .route("/slow", get(async || tokio::time::sleep(HEAD * 2).await));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(
            listener,
            NormalizePathLayer::trim_trailing_slash().layer(router),
            BOUNDS,
            Box::pin(async { drop(stopped.await) }),
        ));
        (address, stop, serving)
    }

    async fn rest(stream: &mut TcpStream) -> String {
        let mut text = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut text)).await.unwrap();
        String::from_utf8_lossy(&text).into_owned()
    }

    #[tokio::test]
    async fn half_a_head_is_cut_off() {
        let (address, _stop, _serving) = start().await;
        for sent in ["", "G", "GET /peer HTTP/1.1\r\nHost: a\r\nX-Slow: "] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let started = Instant::now();
            stream.write_all(sent.as_bytes()).await.unwrap();
            // A byte now and then does not help.
            let (mut read, mut write) = stream.into_split();
            let trickle = tokio::spawn(async move {
                while !sent.is_empty() && write.write_all(b"x").await.is_ok() {
                    tokio::time::sleep(HEAD / 6).await;
                }
                // Held, so that it is not this side that hangs up.
                std::future::pending::<()>().await;
            });
            let mut text = Vec::new();
            let ended = tokio::time::timeout(HEAD * 10, read.read_to_end(&mut text)).await;
            assert!(ended.is_ok(), "{sent:?} is still connected");
            assert!(started.elapsed() >= HEAD, "{sent:?}: {:?}", started.elapsed());
            trickle.abort();
        }
    }

    #[tokio::test]
    async fn a_slow_body_and_a_slow_answer_are_waited_for() {
        let (address, _stop, _serving) = start().await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n\r\nab";
        stream.write_all(head.as_bytes()).await.unwrap();
        tokio::time::sleep(HEAD * 2).await;
        stream.write_all(b"cd").await.unwrap();
        assert!(rest(&mut stream).await.ends_with("abcd"));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
        assert!(rest(&mut stream).await.starts_with("HTTP/1.1 200"));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /peer HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
        assert!(rest(&mut stream).await.ends_with("127.0.0.1"));
    }

    #[tokio::test]
    async fn an_address_has_its_share_and_is_told_so() {
        let (address, _stop, _serving) = start().await;
        let mut held = Vec::new();
        for _ in 0..8 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
            held.push(stream);
        }
        let asked = b"GET /peer HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        let mut one_more = TcpStream::connect(address).await.unwrap();
        one_more.write_all(asked).await.unwrap();
        let told = rest(&mut one_more).await;
        let (top, body) = told.split_once("\r\n\r\n").unwrap();
        assert!(top.starts_with("HTTP/1.1 429") && top.contains("Retry-After"), "{top}");
        assert!(top.contains(&format!("Content-Length: {}", body.len())), "{} bytes", body.len());
        assert_eq!(serde_json::from_str::<serde_json::Value>(body).unwrap()["status_code"], 429);
        for mut stream in held {
            assert!(rest(&mut stream).await.starts_with("HTTP/1.1 200"));
        }
        let mut one_more = TcpStream::connect(address).await.unwrap();
        one_more.write_all(asked).await.unwrap();
        assert!(rest(&mut one_more).await.starts_with("HTTP/1.1 200"));
    }

    #[tokio::test]
    async fn an_answer_that_nobody_reads_is_given_up() {
        let (address, _stop, _serving) = start().await;
        let asked = b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(asked).await.unwrap();
        tokio::time::sleep(HEAD * 4).await;
        assert!(rest(&mut stream).await.len() < 64 << 20, "it was kept for whoever did not read");
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(asked).await.unwrap();
        assert!(rest(&mut stream).await.len() > 64 << 20);
    }

    #[tokio::test]
    async fn what_is_under_way_is_finished_before_it_stops() {
        let (address, stop, serving) = start().await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        tokio::time::sleep(HEAD / 3).await;
        stop.send(()).unwrap();
        assert!(rest(&mut stream).await.starts_with("HTTP/1.1 200"));
        tokio::time::timeout(HEAD * 5, serving).await.unwrap().unwrap();
        assert!(TcpStream::connect(address).await.is_err(), "nobody new is taken");
    }
}
