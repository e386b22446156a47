//! What providers send: let in by its signature alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::FromRef;
use axum::http::Method;
use axum::routing::post;
use futures::StreamExt as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_base::policy::Policies;
use http_base::{App, Signed, Webhook};
use kernel::{Clock, Kind, time};
use ports::webhook::{Closed, Scheme, Stamped, Unsigned};
use sha2::Sha256;
use testkit::{Client, FreshDb};

const PATH: &str = "/api/v1/hook?a=1&b=%C3%A9";
const TYPE: &str = "application/x-www-form-urlencoded";

#[derive(Clone)]
struct Slice {
    app: App,
    scheme: Arc<dyn Scheme>,
}

impl FromRef<Slice> for App {
    fn from_ref(slice: &Slice) -> Self {
        slice.app.clone()
    }
}

struct Hook;

impl Webhook<Slice> for Hook {
    const MOST_BYTES: usize = 100;

    fn scheme(slice: &Slice) -> &dyn Scheme {
        &*slice.scheme
    }
}

async fn heard(request: Signed<Hook>) -> String {
    format!("{:?} {:?} {}", request.form(), request.query(), request.body.len())
}

struct Served {
    client: Client,
    clock: Clock,
    _fresh: FreshDb,
}

impl Served {
    async fn new(scheme: impl Scheme + 'static) -> Self {
        let fresh = testkit::fresh_db(db::Engine::Sqlite).await;
        let clock = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1);
        let app = App::builder(fresh.db.clone(), clock.clone()).build();
        let slice = Slice { app: app.clone(), scheme: Arc::new(scheme) };
        let router = Router::new().route("/api/v1/hook", post(heard)).with_state(slice);
        let client = Client::new(http_base::layers::around(router, Policies::default(), &app, &[]));
        Self { client, clock, _fresh: fresh }
    }

    fn signed(&self, body: &[u8]) -> Client {
        let stamp = self.clock.now().micros() / time::SECOND;
        let mut mac = Hmac::<Sha256>::new_from_slice(b"secret").unwrap();
        mac.update(format!("{stamp}.").as_bytes());
        mac.update(body);
        let signature = format!("t={stamp},v1={}", hex::encode(mac.finalize().into_bytes()));
        self.client.clone().with("x-signature", &signature)
    }
}

fn stamped(refusal: Kind) -> Stamped {
    Stamped {
        name: "X-Signature",
        header: "x-signature",
        version: "v1",
        secret: b"secret".to_vec(),
        setting: "SECRET",
        tolerance: 5 * time::MINUTE,
        refusal,
    }
}

/// A body that tells whether anybody has looked at it.
fn watched(body: &'static [u8]) -> (Body, Arc<AtomicBool>) {
    let read = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&read);
    let stream = futures::stream::iter([body]).map(move |part| {
        seen.store(true, Ordering::SeqCst);
        Ok::<_, std::convert::Infallible>(Bytes::from_static(part))
    });
    (Body::from_stream(stream), read)
}

#[tokio::test]
async fn what_is_signed_is_read_as_it_came() {
    let served = Served::new(stamped(Kind::Forbidden)).await;
    let body = b"x=1&y=%E2%82%AC+2";
    let reply = served.signed(body).raw(Method::POST, PATH, TYPE, &body[..]).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.text(), r#"[("x", "1"), ("y", "€ 2")] [("a", "1"), ("b", "é")] 17"#);
}

#[tokio::test]
async fn what_is_not_signed_is_not_even_read() {
    for (kind, status) in [(Kind::Forbidden, 403), (Kind::Unauthenticated, 401)] {
        let served = Served::new(stamped(kind)).await;
        let (body, read) = watched(b"x=1");
        let refused = served.client.raw(Method::POST, PATH, TYPE, body).await;
        assert!(refused.refused(status)["error"]["message"].as_str().unwrap().contains("X-Signature is missing"));
        assert!(!read.load(Ordering::SeqCst));
        served.signed(b"x=1").raw(Method::POST, PATH, TYPE, "x=2").await.refused(status);
        let early = served.signed(b"x=1");
        served.clock.advance(5 * time::MINUTE);
        assert_eq!(early.raw(Method::POST, PATH, TYPE, "x=1").await.status, 200);
        served.clock.advance(time::SECOND);
        early.raw(Method::POST, PATH, TYPE, "x=1").await.refused(status);
    }
}

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let served = Served::new(stamped(Kind::Forbidden)).await;
    let (fits, large) = ([b'x'; 100], [b'x'; 101]);
    assert_eq!(served.signed(&fits).raw(Method::POST, PATH, TYPE, fits.to_vec()).await.status, 200);
    served.signed(&large).raw(Method::POST, PATH, TYPE, large.to_vec()).await.refused(413);
}

#[tokio::test]
async fn where_a_setting_is_missing_nothing_is_let_in() {
    let served = Served::new(Closed { kind: Kind::NotFound, message: "set SECRET" }).await;
    let (body, read) = watched(b"x=1");
    let refused = served.signed(b"x=1").raw(Method::POST, PATH, TYPE, body).await.refused(404);
    assert!(!read.load(Ordering::SeqCst) && refused["error"]["message"] == "set SECRET");
    let open = Served::new(Unsigned).await;
    assert_eq!(open.client.raw(Method::POST, PATH, TYPE, "x=1").await.status, 200);
}

/// Signs nothing but the address, as the provider was given it.
struct OfUrl(&'static str);

impl Scheme for OfUrl {
    fn header(&self) -> &'static str {
        "x-signature"
    }

    fn check(&self, request: ports::webhook::Request<'_>, _: kernel::Timestamp) -> kernel::Result<()> {
        let refusal = || kernel::Error::new(Kind::Forbidden, format!("{} is not signed", request.url));
        if request.signature.is_some() && request.url == self.0 { Ok(()) } else { Err(refusal()) }
    }
}

#[tokio::test]
async fn an_address_may_be_signed_with_the_slash_that_it_was_given_with() {
    let base = "http://localhost:8000/api/v1/hook";
    for (given, asked, status) in [
        ("http://localhost:8000/api/v1/hook", "/api/v1/hook", 200),
        ("http://localhost:8000/api/v1/hook/", "/api/v1/hook", 200),
        ("http://localhost:8000/api/v1/hook/?call=1", "/api/v1/hook?call=1", 200),
        ("http://localhost:8000/api/v1/other", "/api/v1/hook", 403),
        ("http://localhost:8000/api/v1/hook//", "/api/v1/hook", 403),
    ] {
        let served = Served::new(OfUrl(given)).await;
        let reply = served.client.clone().with("x-signature", "x").raw(Method::POST, asked, TYPE, "a=%00b").await;
        assert_eq!(reply.status, status, "{given}");
        if status == 200 {
            assert!(reply.text().starts_with(r#"[("a", "b")]"#), "{}", reply.text());
        } else {
            assert!(
                reply.message().contains(base),
                "the refusal tells of the address that was asked: {}",
                reply.message()
            );
        }
    }
}

/// A channel's secret is its own, and so is its quota.
mod of_channels {
    use std::collections::BTreeMap;

    use axum::extract::{Path, State};
    use http_base::limits::{RateLimits, Settings};
    use http_base::{ApiError, Mode, Policy, Rate, ToBeSigned};
    use kernel::{Error, Variables};
    use ports::counters::LocalCounters;
    use ports::messaging::HubSignature;
    use ports::messaging::standin::bodies::hub_signature;

    use super::*;

    async fn hook(State(_): State<App>, Path(id): Path<String>, request: ToBeSigned) -> Result<String, ApiError> {
        if id == "gone" {
            return Err(request.by_nobody(Error::not_found("Channel")).await.into());
        }
        let scheme = HubSignature { secret: Some(format!("secret of {id}").as_str().into()) };
        let signed = request.signed_by(&scheme, &id, 100).await?;
        Ok(format!("{} bytes", signed.body.len()))
    }

    struct Served {
        client: Client,
        clock: Clock,
        _fresh: FreshDb,
    }

    impl Served {
        async fn new() -> Self {
            let fresh = testkit::fresh_db(db::Engine::Sqlite).await;
            let clock = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1);
            let pairs = [("RATE_LIMIT_CHANNEL_WEBHOOKS", "3/minute"), ("RATE_LIMIT_ADDRESS_WEBHOOKS", "2/minute")];
            let variables: BTreeMap<String, String> =
                pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let mut from = Variables::new(&variables);
            let settings = Settings::read(&mut from);
            from.finish().unwrap();
            let limits = http_base::app::Limits { trusted_proxies: 1, ..Default::default() };
            let counters = Arc::new(LocalCounters::new(clock.clone()));
            let rates = RateLimits::new(counters, &settings, Mode::Serve);
            let app = App::builder(fresh.db.clone(), clock.clone()).limits(limits).rates(rates).build();
            let router = Router::new().route("/webhooks/whatsapp/{id}", post(hook)).with_state(app.clone());
            let mut policies = Policies::default();
            let policy = Policy { rate: Rate::Signed, ..Policy::default() };
            policies.insert(Method::POST, "/webhooks/whatsapp/{id}", policy);
            let client = Client::new(http_base::layers::around(router, policies, &app, &[]));
            Self { client, clock, _fresh: fresh }
        }

        async fn post(&self, address: &str, id: &str, secret: &str, body: &'static [u8]) -> testkit::Reply {
            let client = self.client.clone().with("x-forwarded-for", address);
            let client = client.with("x-hub-signature-256", &hub_signature(secret, body));
            client.raw(Method::POST, &format!("/webhooks/whatsapp/{id}"), "application/json", body).await
        }
    }

    #[tokio::test]
    async fn what_is_signed_counts_for_its_channel_alone() {
        let served = Served::new().await;
        for _ in 0..3 {
            assert_eq!(served.post("192.0.2.1", "a", "secret of a", b"{}").await.text(), "2 bytes");
        }
        let full = served.post("192.0.2.1", "a", "secret of a", b"{}").await;
        assert!(full.refused(429)["error"]["message"].as_str().unwrap().contains("of this channel"));
        // Another channel from the same address, as a provider's is for everybody.
        let other = served.post("192.0.2.1", "b", "secret of b", b"{}").await;
        assert_eq!((other.status, other.header("x-ratelimit-limit")), (200, "3"));
        served.clock.advance(20 * time::SECOND);
        assert_eq!(served.post("192.0.2.1", "a", "secret of a", b"{}").await.status, 200);
    }

    #[tokio::test]
    async fn what_is_not_signed_counts_for_its_address_and_never_for_the_channel() {
        let served = Served::new().await;
        served.post("192.0.2.1", "a", "secret of b", b"{}").await.refused(403);
        served.post("192.0.2.1", "gone", "secret of gone", b"{}").await.refused(404);
        served.post("192.0.2.1", "a", "secret of a", b"{}").await.refused(429);
        // Everybody else goes on.
        for _ in 0..3 {
            assert_eq!(served.post("192.0.2.2", "a", "secret of a", b"{}").await.status, 200);
        }
        let (body, read) = watched(b"{}");
        let unsigned = served.client.clone().with("x-forwarded-for", "192.0.2.3");
        unsigned.raw(Method::POST, "/webhooks/whatsapp/a", "application/json", body).await.refused(403);
        assert!(!read.load(Ordering::SeqCst));
        served.post("192.0.2.2", "b", "secret of b", &[b'x'; 101]).await.refused(413);
    }
}
