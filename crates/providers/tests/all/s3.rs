//! Files in a bucket, over the wire.

use std::time::{Duration, Instant};

use axum::http::Method;
use bytes::Bytes;
use futures::TryStreamExt as _;
use kernel::{Error, Kind};
use ports::files::{Files, read_all};
use providers::Limits;
use providers::files::{FileSettings, ObjectFiles, S3Settings};

use crate::s3_server::{KEY_ID, REGION, S3Server, SECRET, never, refusal};

fn settings(url: &str) -> S3Settings {
    S3Settings {
        bucket: "recordings".into(),
        prefix: "app one".into(),
        endpoint: Some(url.to_owned()),
        region: REGION.into(),
        key_id: Some(KEY_ID.into()),
        secret: Some(SECRET.into()),
        token: None,
        limits: Limits {
            connect: Duration::from_secs(2),
            read: Duration::from_millis(400),
            total: Duration::from_secs(5),
            attempts: 3,
            first_pause: Duration::from_millis(5),
            ..Limits::default()
        },
    }
}

fn bucket(url: &str) -> ObjectFiles {
    ObjectFiles::s3(&settings(url)).unwrap()
}

async fn put(files: &dyn Files, name: &str, pieces: impl IntoIterator<Item = Bytes>) -> kernel::Result<()> {
    let mut upload = files.create(name).await?;
    for piece in pieces {
        if let Err(error) = upload.write(piece).await {
            upload.abort().await;
            return Err(error);
        }
    }
    upload.finish().await
}

/// The message of an error, which shows no secret.
fn told(error: &Error) -> String {
    assert_eq!(error.kind(), Kind::Provider, "{error}");
    assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
    error.message().to_owned()
}

#[tokio::test]
async fn a_bucket_keeps_files_and_every_request_is_signed() {
    let server = S3Server::start(|_, _| None).await;
    let files = bucket(&server.url);
    assert_eq!((files.name(), files.size("a/b.wav").await.unwrap()), ("s3", None));
    assert!(files.read("a/b.wav", None).await.unwrap().is_none());
    put(&files, "a/b.wav", [Bytes::from_static(b"RIFF"), Bytes::from_static(b"0123456789")]).await.unwrap();
    assert_eq!(server.names(), ["/recordings/app%20one/a/b.wav"]);
    // Whoever fetches it there learns what it is, also of what went up in parts.
    let large = (0..9).map(|_| Bytes::from(vec![b'x'; 1 << 20]));
    let limits = Limits { read: Duration::from_secs(30), total: Duration::from_secs(30), ..Limits::default() };
    let patient = ObjectFiles::s3(&S3Settings { limits, ..settings(&server.url) }).unwrap();
    put(&patient, "a/c.mp3", large).await.unwrap();
    let asked = server.asked();
    let types: Vec<_> =
        asked.iter().filter(|asked| asked.method == Method::PUT || asked.query.starts_with("uploads")).collect();
    let type_of =
        |end: &str| types.iter().find(|asked| asked.path.ends_with(end)).and_then(|asked| asked.media_type.clone());
    assert_eq!((type_of("b.wav").as_deref(), type_of("c.mp3").as_deref()), (Some("audio/wav"), Some("audio/mpeg")));
    files.delete("a/c.mp3").await.unwrap();
    assert_eq!(files.size("a/b.wav").await.unwrap(), Some(14));
    assert_eq!(read_all(&files, "a/b.wav").await.unwrap().unwrap(), "RIFF0123456789");
    server.asked();
    let pieces: Vec<Bytes> = files.read("a/b.wav", Some(4..8)).await.unwrap().unwrap().try_collect().await.unwrap();
    assert_eq!(pieces.concat(), b"0123");
    let asked = server.asked();
    assert_eq!(
        (asked.len(), asked[0].range.as_deref()),
        (1, Some("bytes=4-7")),
        "no more is fetched than was asked for"
    );
    put(&files, "a/b.wav", [Bytes::from_static(b"anew")]).await.unwrap();
    assert_eq!(read_all(&files, "a/b.wav").await.unwrap().unwrap(), "anew");
    server.asked();
    files.delete("a/b.wav").await.unwrap();
    files.delete("a/b.wav").await.unwrap();
    assert!(server.asked().iter().all(|asked| asked.method == Method::DELETE), "as every storage knows it");
    assert_eq!((files.size("a/b.wav").await.unwrap(), server.names().len()), (None, 0));

    // The same server lets nobody in whose key is another.
    let stranger =
        ObjectFiles::s3(&S3Settings { secret: Some("hush-another".into()), ..settings(&server.url) }).unwrap();
    let message = told(&put(&stranger, "a/c.wav", [Bytes::from_static(b"x")]).await.unwrap_err());
    assert!(message.contains("refuses the keys: check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"), "{message}");
    assert!(server.names().is_empty());
}

#[tokio::test]
async fn a_large_file_goes_up_in_parts_and_one_that_is_given_up_leaves_none() {
    let server = S3Server::start(|_, _| None).await;
    // The stand-in computes over every part what it was sent: that takes its time where nothing is optimised.
    let limits = Limits { read: Duration::from_secs(30), total: Duration::from_secs(30), ..Limits::default() };
    let files = ObjectFiles::s3(&S3Settings { limits, ..settings(&server.url) }).unwrap();
    let piece = |number: u8| Bytes::from(vec![number; 1 << 20]);
    put(&files, "long.wav", (0..20).map(piece)).await.unwrap();
    assert_eq!(files.size("long.wav").await.unwrap(), Some(20 << 20));
    let asked = server.asked();
    let most = asked.iter().map(|asked| asked.bytes).max().unwrap();
    assert!(most <= 9 << 20, "{most} bytes at once");
    let start = (19 << 20) - 1;
    let end: Vec<Bytes> =
        files.read("long.wav", Some(start..start + 2)).await.unwrap().unwrap().try_collect().await.unwrap();
    assert_eq!(end.concat(), [18, 19]);

    let mut upload = files.create("given-up.wav").await.unwrap();
    for number in 0..20 {
        upload.write(piece(number)).await.unwrap();
    }
    upload.abort().await;
    assert_eq!((server.names().len(), server.unfinished()), (1, 0));
}

#[tokio::test]
async fn trouble_that_passes_is_sat_out_and_what_lasts_is_told() {
    // Twice in trouble, then well again: for whatever is asked.
    let server =
        S3Server::start(|number, _| (number % 3 < 2).then(|| refusal(500 + 3 * (number % 2) as u16, "SlowDown"))).await;
    let files = bucket(&server.url);
    put(&files, "a.wav", [Bytes::from_static(b"RIFF")]).await.unwrap();
    assert_eq!(read_all(&files, "a.wav").await.unwrap().unwrap(), "RIFF");
    assert_eq!(files.size("a.wav").await.unwrap(), Some(4));
    files.delete("a.wav").await.unwrap();
    assert_eq!(server.asked().len(), 12);

    for (status, code, times, words) in [
        (500, "InternalError", 3, "does not answer as it should; check STORAGE_URL and S3_ENDPOINT, then try again"),
        (403, "AccessDenied", 1, "refuses the keys: check AWS_ACCESS_KEY_ID"),
        (401, "InvalidToken", 1, "refuses the keys: check AWS_ACCESS_KEY_ID"),
        (404, "NoSuchBucket", 1, "has no such bucket: check STORAGE_URL and S3_ENDPOINT"),
    ] {
        let server = S3Server::start(move |_, _| Some(refusal(status, code))).await;
        let files = bucket(&server.url);
        let message = told(&put(&files, "a.wav", [Bytes::from_static(b"RIFF")]).await.unwrap_err());
        assert!(message.contains(words), "{status}: {message}");
        assert_eq!(server.asked().len(), times, "{status}");
        if status != 404 {
            told(&files.size("a.wav").await.unwrap_err());
            told(&files.read("a.wav", None).await.map(drop).unwrap_err());
            told(&files.delete("a.wav").await.unwrap_err());
        }
    }
}

#[tokio::test]
async fn a_silent_bucket_is_given_up_and_a_slow_one_is_not() {
    let silent = S3Server::start(|_, _| Some(never())).await;
    let begun = Instant::now();
    told(&bucket(&silent.url).size("a.wav").await.unwrap_err());
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    assert_eq!(silent.asked().len(), 3);

    // Slow, but never silent for long: a long recording takes longer than any answer may be awaited.
    let slow = S3Server::start(|_, asked| {
        (asked.method == Method::GET).then(|| {
            let pieces = futures::stream::iter(0..20);
            let pieces = futures::StreamExt::then(pieces, |_| async {
                tokio::time::sleep(Duration::from_millis(50)).await;
                Ok::<_, std::io::Error>(Bytes::from_static(b"0123456789"))
            });
            let headers =
                [("etag", "\"1\""), ("content-length", "200"), ("last-modified", "Thu, 15 Jan 2026 11:00:01 GMT")];
            axum::response::IntoResponse::into_response((headers, axum::body::Body::from_stream(pieces)))
        })
    })
    .await;
    let begun = Instant::now();
    assert_eq!(read_all(&bucket(&slow.url), "a.wav").await.unwrap().unwrap().len(), 200);
    assert!(begun.elapsed() > settings(&slow.url).limits.read);
}

#[tokio::test]
async fn settings_open_a_bucket() {
    let server = S3Server::start(|_, _| None).await;
    let files = FileSettings::S3(Box::new(settings(&format!("{}/", server.url))))
        .open(std::path::Path::new("/nowhere"))
        .unwrap();
    put(&*files, "a.wav", [Bytes::from_static(b"RIFF")]).await.unwrap();
    assert_eq!(server.names(), ["/recordings/app%20one/a.wav"]);
    assert!(!format!("{:?}", settings(&server.url)).contains("hush"));
}
