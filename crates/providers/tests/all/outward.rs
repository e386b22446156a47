//! The guarded client against servers on this machine, and against resolvers that change their minds.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use futures::StreamExt as _;
use parking_lot::Mutex;
use ports::outward::{Fault, Method, Outward as _, Request, Rules};
use providers::outward::{Guarded, Names};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const HERE: Rules = Rules { loopback: true };

/// A resolver that answers each look-up with the next list, and the last one for ever.
#[derive(Debug)]
struct Answers {
    lists: Vec<Vec<&'static str>>,
    asked: AtomicUsize,
}

impl Answers {
    fn new(lists: &[&[&'static str]]) -> Arc<Self> {
        Arc::new(Self { lists: lists.iter().map(|list| list.to_vec()).collect(), asked: AtomicUsize::new(0) })
    }
}

#[async_trait]
impl Names for Answers {
    async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(self.lists[asked.min(self.lists.len() - 1)].iter().map(|address| address.parse().unwrap()).collect())
    }
}

/// A server that counts; tells its port.
async fn serve<R: IntoResponse + 'static>(
    answer: impl Fn() -> R + Clone + Send + Sync + 'static,
) -> (u16, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let app = Router::new().fallback(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        let response = answer().into_response();
        async move { response }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (port, count)
}

fn get(url: impl Into<String>) -> Request {
    Request { timeout: Duration::from_secs(3), ..Request::new(Method::Get, url) }
}

#[tokio::test]
async fn a_name_that_turns_private_is_refused_and_is_looked_up_once_for_each_connection() {
    // Each answer closes its connection, so that the next request looks the name up again.
    let (port, count) = serve(|| ([("connection", "close")], "here")).await;
    let names = Answers::new(&[&["127.0.0.1"], &["10.0.0.1"], &["169.254.169.254", "::ffff:10.0.0.1"], &["fd00::1"]]);
    let guarded = Guarded::with(HERE, names.clone()).unwrap();
    let url = format!("http://rebinding.example:{port}/");
    assert_eq!(guarded.send(get(&url)).await.unwrap().body, "here");
    for _ in 0..3 {
        let fault = guarded.send(get(&url)).await.unwrap_err();
        assert!(matches!(fault, Fault::RefusedAddress(_)), "{fault:?}");
    }
    assert_eq!((count.load(Ordering::SeqCst), names.asked.load(Ordering::SeqCst)), (1, 4));
}

#[tokio::test]
async fn of_a_mixed_answer_only_what_is_good_is_connected_to() {
    let (port, _) = serve(|| "here").await;
    let names = Answers::new(&[&["10.255.255.1", "169.254.169.254", "127.0.0.1"]]);
    let answer = Guarded::with(HERE, names).unwrap().send(get(format!("http://mixed.example:{port}/"))).await.unwrap();
    assert_eq!((answer.status, &answer.body[..]), (200, &b"here"[..]));
}

#[tokio::test]
async fn this_machine_is_not_asked_in_earnest_however_it_is_spelled() {
    let (port, count) = serve(|| "here").await;
    let guarded = Guarded::new(Rules::default()).unwrap();
    for host in [
        "127.0.0.1",
        "2130706433",
        "0177.0.0.1",
        "0x7f.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "localhost",
        "0.0.0.0",
    ] {
        let fault = guarded.send(get(format!("http://{host}:{port}/"))).await.unwrap_err();
        assert!(matches!(fault, Fault::RefusedAddress(_)), "{host}: {fault:?}");
    }
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let (secret, count) = serve(|| "secret").await;
    let to = format!("http://127.0.0.1:{secret}/");
    let (port, _) = serve(move || (StatusCode::FOUND, [("location", to.clone())])).await;
    let answer = Guarded::new(HERE).unwrap().send(get(format!("http://127.0.0.1:{port}/"))).await.unwrap();
    assert_eq!(answer.status, 302);
    assert!(answer.header("location").unwrap().contains(&secret.to_string()));
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_answer_is_read_so_far_and_no_further() {
    let endless = || {
        Body::from_stream(futures::stream::repeat(()).map(|()| Ok::<_, io::Error>(Bytes::from_static(&[b'x'; 4096]))))
    };
    let (port, _) = serve(endless).await;
    let request = Request { most_bytes: 5000, ..get(format!("http://127.0.0.1:{port}/")) };
    let answer = Guarded::new(HERE).unwrap().send(request).await.unwrap();
    assert_eq!((answer.status, answer.body.len(), answer.is_cut), (200, 5000, true));

    // A body that never ends does not take the status away.
    let stalls = || Body::from_stream(futures::stream::pending::<Result<Bytes, io::Error>>());
    let (port, _) = serve(stalls).await;
    let request = Request { timeout: Duration::from_millis(300), ..get(format!("http://127.0.0.1:{port}/")) };
    let answer = Guarded::new(HERE).unwrap().send(request).await.unwrap();
    assert_eq!((answer.status, answer.is_cut), (200, true));
}

#[tokio::test]
async fn headers_go_out_but_those_of_the_connection() {
    let seen: Arc<Mutex<HeaderMap>> = Arc::default();
    let log = Arc::clone(&seen);
    let app = Router::new().fallback(move |headers: HeaderMap, body: Bytes| async move {
        *log.lock() = headers;
        body
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let guarded = Guarded::new(HERE).unwrap();
    let headers =
        [("X-Key", "abc"), ("Host", "metadata.internal"), ("Transfer-Encoding", "chunked"), ("Content-Length", "1")];
    let request = Request {
        method: Method::Post,
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        body: "hello".into(),
        ..get(format!("http://127.0.0.1:{port}/"))
    };
    assert_eq!(guarded.send(request.clone()).await.unwrap().body, "hello");
    let seen = std::mem::take(&mut *seen.lock());
    assert_eq!(
        (seen["x-key"].to_str().unwrap(), seen["host"].to_str().unwrap()),
        ("abc", &*format!("127.0.0.1:{port}"))
    );
    assert!(!seen.contains_key("transfer-encoding"));
    for (name, value) in [("x y", "a"), ("x", "a\r\nhost: b")] {
        let bad = Request { headers: vec![(name.into(), value.into())], ..request.clone() };
        assert_eq!(guarded.send(bad).await, Err(Fault::BadHeader(name.into())));
    }
}

/// A server that answers the first request of its first connection, and closes that one when the next request comes.
async fn forgetful() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        let mut bytes = [0; 4096];
        for number in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            loop {
                if stream.read(&mut bytes).await.unwrap_or(0) == 0 {
                    break;
                }
                let request = counted.fetch_add(1, Ordering::SeqCst);
                if number == 0 && request == 1 {
                    break;
                }
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.unwrap();
            }
        }
    });
    (port, count)
}

#[tokio::test]
async fn what_can_be_told_apart_is_sent_again_when_a_kept_connection_breaks() {
    let (port, count) = forgetful().await;
    let guarded = Guarded::new(HERE).unwrap();
    let hook = Request {
        method: Method::Post,
        headers: vec![("webhook-id".into(), "1".into())],
        body: "{}".into(),
        ..get(format!("http://127.0.0.1:{port}/"))
    };
    assert!(guarded.send(hook.clone()).await.unwrap().is_success());
    assert!(guarded.send(hook).await.unwrap().is_success());
    assert_eq!(count.load(Ordering::SeqCst), 3);

    // A plain POST might do something twice: it fails, and whoever sent it decides.
    let (port, count) = forgetful().await;
    let plain = Request { method: Method::Post, body: "{}".into(), ..get(format!("http://127.0.0.1:{port}/")) };
    assert!(guarded.send(plain.clone()).await.unwrap().is_success());
    assert_eq!(guarded.send(plain).await, Err(Fault::Cut));
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn every_fault_is_told_as_what_it_is() {
    let guarded = Guarded::new(HERE).unwrap();
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = nobody.local_addr().unwrap().port();
    // It accepts nothing, so nothing is ever answered.
    let silent = Request { timeout: Duration::from_millis(200), ..get(format!("http://127.0.0.1:{port}/")) };
    assert_eq!(guarded.send(silent).await, Err(Fault::Timeout(Duration::from_millis(200))));
    drop(nobody);
    let fault = guarded.send(get(format!("http://127.0.0.1:{port}/"))).await.unwrap_err();
    assert!(matches!(fault, Fault::Connect(_)), "{fault:?}");

    let (plain, _) = serve(|| "no TLS here").await;
    let fault = guarded.send(get(format!("https://127.0.0.1:{plain}/"))).await.unwrap_err();
    assert!(matches!(fault, Fault::Tls(_)), "{fault:?}");

    let fault = guarded.send(get("http://does-not-exist.invalid/")).await.unwrap_err();
    assert_eq!(fault, Fault::Unresolvable);
    let fault =
        Guarded::with(HERE, Answers::new(&[&[]])).unwrap().send(get("http://empty.example/")).await.unwrap_err();
    assert_eq!(fault, Fault::Unresolvable);
    let fault = guarded.send(get("http://a:b@127.0.0.1/")).await.unwrap_err();
    assert!(matches!(fault, Fault::BadAddress(_)), "{fault:?}");
}
