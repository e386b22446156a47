//! How much anybody may ask.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use axum::Router;
use axum::http::Method;
use axum::routing::{get, post};
use http_base::limits::{RateLimits, Settings};
use http_base::policy::Policies;
use http_base::{App, Caller, Mode, Policy, Rate, Reader};
use kernel::{Clock, Error, Variables, time};
use ports::counters::{Counters, LocalCounters, Quota, Verdict};
use serde_json::json;
use testkit::{Client, FreshDb, People, Reply};

struct Served {
    client: Client,
    clock: Clock,
    people: People,
    _fresh: FreshDb,
}

impl Served {
    async fn new(pairs: &[(&str, &str)]) -> Self {
        let clock = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1);
        let counters = Arc::new(LocalCounters::new(clock.clone()));
        Self::counted_by(counters, clock, pairs).await
    }

    async fn counted_by(counters: Arc<dyn Counters>, clock: Clock, pairs: &[(&str, &str)]) -> Self {
        let fresh = testkit::fresh_db(db::Engine::Sqlite).await;
        let limits = http_base::app::Limits { trusted_proxies: 1, ..Default::default() };
        let variables: BTreeMap<String, String> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut from = Variables::new(&variables);
        let settings = Settings::read(&mut from);
        from.finish().unwrap();
        let people = People::default();
        let app = App::builder(fresh.db.clone(), clock.clone())
            .limits(limits)
            .rates(RateLimits::new(counters, &settings, Mode::Serve))
            .authenticated_by(Arc::new(people.clone()))
            .build();
        let router = Router::new()
            .route("/health", get(async || "well"))
            .route("/open", get(async || "open"))
            .route("/api/v1/things", get(async |_: Caller, _: Reader| "things"))
            .route("/api/v1/creators/search", post(async |_: Reader| "found"))
            .route("/api/v1/auth/login", post(async || "welcome"))
            .with_state(app.clone());
        let mut policies = Policies::default();
        for (method, path, rate) in [
            (Method::GET, "/health", Rate::Free),
            (Method::POST, "/api/v1/creators/search", Rate::Ai),
            (Method::POST, "/api/v1/auth/login", Rate::LogIn),
        ] {
            policies.insert(method, path, Policy { rate, ..Policy::default() });
        }
        let client = Client::new(http_base::layers::around(router, policies, &app, &[]));
        Self { client, clock, people, _fresh: fresh }
    }

    fn from(&self, address: &str) -> Client {
        self.client.clone().with("x-forwarded-for", address)
    }
}

fn stands(reply: &Reply) -> (u32, u32, i64) {
    let number = |name: &str| reply.header(name).parse::<i64>().unwrap_or(-1);
    (
        number("x-ratelimit-limit").try_into().unwrap(),
        number("x-ratelimit-remaining").try_into().unwrap(),
        number("x-ratelimit-reset"),
    )
}

#[tokio::test]
async fn an_address_has_its_share_and_is_told_where_it_stands() {
    let served = Served::new(&[("RATE_LIMIT_ADDRESS", "3/minute")]).await;
    let now = served.clock.now().micros() / time::SECOND;
    let one = served.from("203.0.113.7");
    for (remaining, reset) in [(2, 20), (1, 40), (0, 60)] {
        let reply = one.get("/open").await;
        assert_eq!((reply.status, stands(&reply)), (200, (3, remaining, now + reset)));
    }
    let refused = one.get("/open").await;
    let body = refused.refused(429);
    assert_eq!(body["error"]["code"], "RATE_LIMIT_EXCEEDED");
    assert_eq!(refused.header("retry-after"), "20");
    assert_eq!(stands(&refused), (3, 0, now + 60));
    assert!(refused.message().contains("3 in a minute") && refused.message().contains("in 20 s"));
    one.get("/nowhere").await.refused(429);
    assert_eq!(served.from("203.0.113.8").get("/open").await.status, 200, "another address is another share");
    for _ in 0..10 {
        let health = one.get("/health").await;
        assert_eq!((health.status, health.header("x-ratelimit-limit")), (200, ""), "health is never counted");
    }
    served.clock.advance(20 * time::SECOND);
    assert_eq!(one.get("/open").await.status, 200);
    one.get("/open").await.refused(429);
    served.clock.advance(time::MINUTE);
    one.get("/nowhere").await.refused(404);
}

#[tokio::test]
async fn each_kind_is_counted_apart() {
    let served = Served::new(&[("RATE_LIMIT_ADDRESS_AI", "2/minute"), ("RATE_LIMIT_ADDRESS_AUTH", "1/minute")]).await;
    let one = served.from("203.0.113.7");
    let search = async || one.post("/api/v1/creators/search", &json!({})).await;
    assert_eq!(stands(&search().await), (2, 1, served.clock.now().micros() / time::SECOND + 30));
    search().await.refused(401);
    search().await.refused(429);
    assert_eq!(one.post("/api/v1/auth/login", &json!({})).await.status, 200);
    one.post("/api/v1/auth/login", &json!({})).await.refused(429);
    assert_eq!(stands(&one.get("/open").await).0, 1000);
}

#[tokio::test]
async fn an_account_has_its_share_from_wherever_it_asks() {
    let served = Served::new(&[("RATE_LIMIT_CREATOR", "3/hour"), ("RATE_LIMIT_ACCOUNT", "5/hour")]).await;
    let (creator, business) = (served.people.creator(&served.clock), served.people.business(&served.clock));
    for (someone, most) in [(&creator, 3), (&business, 5)] {
        for number in 1..=most {
            let reply = served.from(&format!("203.0.113.{number}")).of(someone).get("/api/v1/things").await;
            assert_eq!((reply.status, stands(&reply).0, stands(&reply).1), (200, most, most - number), "counted once");
        }
        let refused = served.from("203.0.113.99").of(someone).get("/api/v1/things").await;
        assert_eq!(refused.refused(429)["error"]["code"], "RATE_LIMIT_EXCEEDED");
        assert!(refused.message().contains("this account"));
        assert_eq!(refused.header("retry-after"), (3_600 / most).to_string());
        assert_eq!(stands(&refused), (most, 0, served.clock.now().micros() / time::SECOND + 3_600));
    }
}

#[tokio::test]
async fn a_forged_token_uses_up_nobody_elses_share() {
    let served = Served::new(&[("RATE_LIMIT_CREATOR", "2/hour"), ("RATE_LIMIT_ADDRESS", "50/hour")]).await;
    let creator = served.people.creator(&served.clock);
    let forger = served.from("203.0.113.66");
    for number in 0..60 {
        let token = format!("Bearer {}x", creator.token);
        let refused = forger.clone().with("authorization", &token).get("/api/v1/things").await;
        refused.refused(if number < 50 { 401 } else { 429 });
    }
    let reply = served.from("203.0.113.7").of(&creator).get("/api/v1/things").await;
    assert_eq!((reply.status, stands(&reply).1), (200, 1), "nothing of it was used");
}

#[tokio::test]
async fn of_the_new_addresses_a_customers_are_one() {
    let served = Served::new(&[("RATE_LIMIT_ADDRESS", "2/minute")]).await;
    assert_eq!(served.from("2001:db8:1:2::1").get("/open").await.status, 200);
    assert_eq!(served.from("2001:db8:1:2:ffff::9").get("/open").await.status, 200);
    served.from("2001:db8:1:2:3:4:5:6").get("/open").await.refused(429);
    assert_eq!(served.from("2001:db8:1:3::1").get("/open").await.status, 200);
    assert_eq!(served.from("::ffff:192.0.2.1").get("/open").await.status, 200);
    assert_eq!(
        stands(&served.from("192.0.2.1").get("/open").await).1,
        0,
        "an old address written as a new one is the same"
    );
}

#[tokio::test]
async fn without_limits_nothing_is_said() {
    let served = Served::new(&[("RATE_LIMITS", "off")]).await;
    for _ in 0..50 {
        let reply = served.from("203.0.113.7").get("/open").await;
        assert_eq!((reply.status, reply.header("x-ratelimit-limit")), (200, ""));
    }
}

/// Counters that cannot count, and count how often they were asked.
#[derive(Default)]
struct Broken(AtomicUsize);

#[async_trait]
impl Counters for Broken {
    async fn take(&self, _: &str, _: Quota) -> kernel::Result<Verdict> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(Error::internal("broken"))
    }

    async fn look(&self, _: &str, _: Quota) -> kernel::Result<Verdict> {
        Err(Error::internal("broken"))
    }

    async fn forget(&self, _: &str) -> kernel::Result<()> {
        Err(Error::internal("broken"))
    }
}

#[tokio::test]
async fn when_nothing_can_be_counted_everybody_is_answered() {
    let broken = Arc::new(Broken::default());
    let served = Served::counted_by(broken.clone(), Clock::system(), &[]).await;
    let someone = served.people.business(&served.clock);
    let client = served.from("203.0.113.7");
    assert_eq!(client.get("/open").await.status, 200);
    assert_eq!(client.of(&someone).get("/api/v1/things").await.status, 200);
    assert_eq!(broken.0.load(Ordering::SeqCst), 3, "once for an address, once for an account");
}
