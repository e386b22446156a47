//! Connections: taken, answered, and not kept for whoever only holds them.
//!
//! As `axum::serve`, with one thing more: the head of a request has to arrive in time. Otherwise a few thousand clients that send a byte now
//! and then would hold every file that the process may open. What follows the head has the time limits of the routes.
//!
//! It stands here, and for one kind of service, because the protocol's code is compiled where it is used: here it is optimised for speed.

use std::net::SocketAddr;
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
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;
use tower_http::normalize_path::NormalizePath;

/// How long to wait when no connection can be taken: too many files are open, and some will be closed.
const FULL: Duration = Duration::from_millis(500);

/// Answers until it is told to stop, and then finishes the requests under way. A head that takes longer than `head_time`, counted from
/// the connection or the answer before, ends its connection; so does one that is idle for so long.
pub fn serve(
    listener: TcpListener,
    service: NormalizePath<Router>,
    head_time: Duration,
    stop: BoxFuture<'static, ()>,
) -> BoxFuture<'static, ()> {
    Box::pin(take_all(listener, service, head_time, stop))
}

async fn take_all(
    listener: TcpListener,
    service: NormalizePath<Router>,
    head_time: Duration,
    mut stop: BoxFuture<'static, ()>,
) {
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(head_time);
    let open = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => answer(&protocol, &open, stream, peer, service.clone()),
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

fn answer(
    protocol: &http1::Builder,
    open: &GracefulShutdown,
    stream: TcpStream,
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
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::oneshot;
    use tokio::task::JoinHandle;
    use tower::Layer;
    use tower_http::normalize_path::NormalizePathLayer;

    use super::*;

    const HEAD: Duration = Duration::from_millis(300);

    async fn start() -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
        let router = Router::new()
            .route("/peer", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.ip().to_string()))
            .route("/echo", post(async |body: String| body))
            .route("/slow", get(async || tokio::time::sleep(HEAD * 2).await));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(
            listener,
            NormalizePathLayer::trim_trailing_slash().layer(router),
            HEAD,
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
