//! Providers of calls: what each of their documented answers, and each of their silences, is told as.

mod elevenlabs;
mod heard;
mod twilio;

use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use kernel::{Error, Kind, Result};
use ports::calls::{Audio, Unplaced};
use providers::Limits;
use serde_json::Value;

use crate::identity::service::Service;

/// What must be seen in no error and no log: every secret of these tests holds it.
const HUSH: &str = "hush";

/// What the provider says is here.
const SOUND: &[u8] = b"ID3\x04 a long talk about bracelets";

fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(2),
        read: Duration::from_secs(2),
        total: Duration::from_millis(1_500),
        attempts: 3,
        first_pause: Duration::from_millis(5),
        max_answer_bytes: 1 << 16,
    }
}

fn json(status: u16, body: &Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), [("content-type", "application/json")], body.to_string()).into_response()
}

/// What is to be done about a call that was not placed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Then {
    /// It may be asked for again.
    Refused,
    /// It may ring all the same.
    Unknown,
}

/// How placing a call failed: what is told of it, and that nothing shows a secret.
fn judged<T: std::fmt::Debug>(placed: Result<T, Unplaced>) -> (Then, String) {
    let (then, error) = match placed.unwrap_err() {
        Unplaced::Refused(error) => (Then::Refused, error),
        Unplaced::Unknown(error) => (Then::Unknown, error),
    };
    (then, told(&error))
}

/// The message of a provider's error, which shows no secret.
fn told(error: &Error) -> String {
    assert_eq!(error.kind(), Kind::Provider, "{error}");
    assert!(!format!("{error} {error:?}").contains(HUSH), "{error}");
    error.message().to_owned()
}

/// An answer that no provider documents, and every one gives some day; what is told of it; and whether it may ring.
type Trouble = (fn() -> Response, Then, &'static str);

fn troubles() -> Vec<Trouble> {
    vec![
        (
            || (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "7")]).into_response(),
            Then::Refused,
            "(429): try again in 7 s",
        ),
        (|| StatusCode::TOO_MANY_REQUESTS.into_response(), Then::Refused, "(429): try again in 60 s"),
        (
            || (StatusCode::INTERNAL_SERVER_ERROR, "oops").into_response(),
            Then::Unknown,
            "having trouble (500): try again in a few minutes",
        ),
        (|| StatusCode::BAD_GATEWAY.into_response(), Then::Unknown, "having trouble (502)"),
        (|| StatusCode::SERVICE_UNAVAILABLE.into_response(), Then::Unknown, "having trouble (503)"),
        (|| StatusCode::REQUEST_TIMEOUT.into_response(), Then::Unknown, "did not accept the request (408)"),
        (|| (StatusCode::OK, "<html>Welcome</html>").into_response(), Then::Unknown, "cannot be read: check"),
        (|| (StatusCode::OK, "{\"sid\":").into_response(), Then::Unknown, "cannot be read: check"),
        (|| Body::from(vec![b' '; 1 << 17]).into_response(), Then::Unknown, "larger than is ever needed"),
        (half, Then::Unknown, "broke the connection"),
        (never, Then::Unknown, "took too long to answer"),
    ]
}

fn half() -> Response {
    let broken = std::io::Error::other("broken off");
    Body::from_stream(stream::iter([Ok(Bytes::from_static(b"{\"sid\":")), Err(broken)])).into_response()
}

/// Its body never ends.
fn never() -> Response {
    Body::from_stream(stream::pending::<std::io::Result<Bytes>>()).into_response()
}

/// Sound in pieces with pauses between them, and how it ends.
fn slow_sound(pieces: usize, breaks_off: bool) -> Response {
    let sound = stream::iter(0..pieces).then(|_| async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        Ok(Bytes::from_static(SOUND))
    });
    let end = breaks_off.then(|| Err(std::io::Error::other("broken off")));
    ([("content-type", "audio/mpeg")], Body::from_stream(sound.chain(stream::iter(end)))).into_response()
}

/// What of a recording comes: its type, its size, which part it is, and the bytes.
async fn heard(audio: Audio) -> (String, Option<u64>, Option<std::ops::Range<u64>>, Vec<u8>) {
    let Audio { media_type, size, part, pieces } = audio;
    let bytes: Vec<Bytes> = pieces.try_collect().await.unwrap();
    (media_type, size, part, bytes.concat())
}

/// A storage of sound as most are: it knows ranges.
fn ranged(seen: &crate::identity::service::Seen) -> Response {
    let size = SOUND.len();
    match seen.header("range") {
        Some("bytes=4-9") => {
            let part = [("content-type", "audio/x-wav".to_owned()), ("content-range", format!("bytes 4-9/{size}"))];
            (StatusCode::PARTIAL_CONTENT, part, &SOUND[4..10]).into_response()
        }
        Some("bytes=999-") => {
            (StatusCode::RANGE_NOT_SATISFIABLE, [("content-range", format!("bytes */{size}"))]).into_response()
        }
        _ => ([("content-type", "audio/mpeg")], SOUND).into_response(),
    }
}

/// Asks for sound in every way: `ask` names the range.
async fn sounds<F: Future<Output = Result<Audio>>>(ask: impl Fn(String, Option<&'static str>) -> F) {
    let size = Some(SOUND.len() as u64);
    let service = Service::start(ranged).await;
    let url = || service.url.clone();
    assert_eq!(heard(ask(url(), None).await.unwrap()).await, ("audio/mpeg".into(), size, None, SOUND.to_vec()));
    let part = heard(ask(url(), Some("bytes=4-9")).await.unwrap()).await;
    assert_eq!(part, ("audio/wav".into(), size, Some(4..10), SOUND[4..10].to_vec()));
    service.seen();
    let whole = heard(ask(url(), Some("bytes=999-")).await.unwrap()).await;
    assert_eq!(whole, ("audio/mpeg".into(), size, None, SOUND.to_vec()), "whoever asks learns the size by it");
    assert_eq!(service.seen().len(), 2);

    // What is long in coming is not given up while it comes, however long it is.
    let slow = Service::start(|_| slow_sound(25, false)).await;
    let begun = Instant::now();
    let (_, size, _, bytes) = heard(ask(slow.url.clone(), None).await.unwrap()).await;
    assert_eq!((size, bytes.len()), (None, 25 * SOUND.len()));
    assert!(begun.elapsed() > limits().total);
    // Nor is it kept from whoever listens until it is all there: the first piece is.
    let long = Service::start(|_| slow_sound(10_000, false)).await;
    let mut audio = ask(long.url.clone(), None).await.unwrap();
    assert_eq!(audio.pieces.next().await.unwrap().unwrap(), SOUND);

    let broken = Service::start(|_| slow_sound(2, true)).await;
    let pieces = ask(broken.url.clone(), None).await.unwrap().pieces;
    let error = pieces.try_collect::<Vec<Bytes>>().await.unwrap_err();
    assert_eq!(told(&error), "The recording broke off while it was read");
    assert!(!error.to_string().contains("127.0.0.1"), "{error}");

    let missing = Service::start(|_| StatusCode::NOT_FOUND.into_response()).await;
    assert_eq!(ask(missing.url.clone(), None).await.unwrap_err().kind(), Kind::NotFound);
    for (reply, words) in [
        ((|| json(401, &Value::Null)) as fn() -> Response, "refused the key (401)"),
        (|| ([("content-type", "text/html")], "<html>").into_response(), "cannot be read"),
        (|| (StatusCode::PARTIAL_CONTENT, [("content-type", "audio/mpeg")], "x").into_response(), "cannot be read"),
    ] {
        let service = Service::start(move |_| reply()).await;
        let message = told(&ask(service.url.clone(), Some("bytes=4-9")).await.unwrap_err());
        assert!(message.contains(words), "{message}");
        assert_eq!(service.seen().len(), 1);
    }
}
