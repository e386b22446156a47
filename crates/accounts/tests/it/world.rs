//! Accounts over a fresh database, and what a person does with them.

use std::sync::Arc;

use accounts::{Accounts, HashCost, Settings, Vouching};
use axum::body::Body;
use axum::http::Method;
use db::{Db, args};
use http_base::app::Limits;
use http_base::{App, Mode};
use kernel::{Clock, Timestamp};
use ports::counters::LocalCounters;
use serde_json::{Value, json};
use testkit::{Client, FreshDb, Reply};

pub(crate) const PASSWORD: &str = "SecurePass123!";
pub(crate) const SECRET: &str = "Kq3vZ8mTjP0wLr5yXc7BnD2sHf9aGe4u";

/// Accounts over a database of its own, by a clock that stands still.
pub(crate) struct World {
    pub(crate) accounts: Accounts,
    pub(crate) client: Client,
    pub(crate) clock: Clock,
    fresh: FreshDb,
}

/// A log-in of someone.
#[derive(Clone)]
pub(crate) struct LoggedIn {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) client: Client,
}

pub(crate) fn start() -> Timestamp {
    "2026-01-15T10:30:00Z".parse().unwrap()
}

/// Settings whose hashes cost next to nothing.
pub(crate) fn settings() -> Settings {
    Settings {
        secret: Some(SECRET.into()),
        hash_cost: HashCost { memory_kib: 8, passes: 1, lanes: 1 },
        hash_queue: 10_000,
        ..Settings::default()
    }
}

pub(crate) fn migrations() -> Vec<db::Migration> {
    [jobs::MIGRATIONS, delivery::MIGRATIONS, mail::MIGRATIONS, creators::MIGRATIONS, accounts::MIGRATIONS].concat()
}

fn put_together(db: Db, clock: &Clock, settings: Settings, mode: Mode, by: Vouching) -> (Accounts, Client) {
    let limits = Limits { trusted_proxies: 1, ..Limits::default() };
    let counters = Arc::new(LocalCounters::new(clock.clone()));
    let known = accounts::Shared::new(db.clone(), clock.clone(), settings, counters, by).unwrap();
    let app = App::builder(db, clock.clone())
        .mode(mode)
        .limits(limits)
        .public_url("https://flow.example/")
        .authenticated_by(known.clone())
        .build();
    let accounts = Accounts::new(app.clone(), known);
    let router = accounts::router(accounts.clone()).served(&app);
    let client = Client::new(router).with("x-forwarded-for", "203.0.113.7");
    (accounts, client)
}

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        Self::with(fresh, settings(), Mode::Serve).await
    }

    pub(crate) async fn with(fresh: FreshDb, settings: Settings, mode: Mode) -> Self {
        Self::put(fresh, Clock::mock(start(), 7), settings, mode, Vouching::default()).await
    }

    /// Where others vouch for people.
    pub(crate) async fn vouched(fresh: FreshDb, clock: Clock, mode: Mode, by: Vouching) -> Self {
        Self::put(fresh, clock, settings(), mode, by).await
    }

    async fn put(fresh: FreshDb, clock: Clock, settings: Settings, mode: Mode, by: Vouching) -> Self {
        fresh.db.migrate(&migrations(), clock.now()).await.unwrap();
        let (accounts, client) = put_together(fresh.db.clone(), &clock, settings, mode, by);
        Self { accounts, client, clock, fresh }
    }

    /// Another process over the same database, with the same settings.
    pub(crate) async fn neighbour(&self) -> Client {
        put_together(self.fresh.reopen().await, &self.clock, settings(), Mode::Serve, Vouching::default()).1
    }

    pub(crate) fn db(&self) -> &Db {
        &self.fresh.db
    }

    /// A registered account, not verified.
    pub(crate) async fn register(&self, name: &str, user_type: &str) -> Value {
        let body = json!({"email": format!("{name}@example.com"), "password": PASSWORD, "username": name, "user_type": user_type});
        let reply = self.client.post("/api/v1/auth/register/email", &body).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()["user"].clone()
    }

    pub(crate) async fn log_in(&self, name: &str) -> LoggedIn {
        self.log_in_with(name, PASSWORD).await
    }

    pub(crate) async fn log_in_with(&self, name: &str, password: &str) -> LoggedIn {
        let email = format!("{name}@example.com");
        let body = self.try_log_in(&email, password).await.ok();
        let access = text(&body, "access_token");
        let client = self.client.clone().with("authorization", &format!("Bearer {access}"));
        LoggedIn { id: text(&body["user"], "id"), email, access, refresh: text(&body, "refresh_token"), client }
    }

    pub(crate) async fn try_log_in(&self, email: &str, password: &str) -> Reply {
        self.client.post("/api/v1/auth/login", &json!({"email": email, "password": password})).await
    }

    /// A registered account that is logged in.
    pub(crate) async fn someone(&self, name: &str) -> LoggedIn {
        self.register(name, "CREATOR").await;
        self.log_in(name).await
    }

    /// Runs what is due, a second later: so that mails have an order.
    pub(crate) async fn work(&self) {
        self.clock.advance(kernel::time::SECOND);
        jobs::run_until_idle(self.db(), &self.clock, &accounts::jobs(&self.accounts)).await.unwrap();
    }

    /// The texts of the mails to this address, oldest first.
    pub(crate) async fn mails(&self, email: &str) -> Vec<(String, String, String)> {
        let mut tx = self.db().read().await.unwrap();
        let all = http_base::Offsets { limit: 1000, offset: 0 };
        let (mails, _) = mail::store::list(kernel::Scope::system(), &mut tx, Some(email), all).await.unwrap();
        let texts = |mail: mail::store::Mail| (mail.subject, mail.body_text.unwrap(), mail.body_html.unwrap());
        mails.into_iter().rev().map(texts).collect()
    }

    /// The tokens that were mailed to this address, oldest first.
    pub(crate) async fn tokens(&self, email: &str) -> Vec<String> {
        let mails = self.mails(email).await;
        let token = |text: &str| {
            let (_, after) = text.rsplit_once("token=")?;
            Some(after.split_whitespace().next()?.to_owned())
        };
        mails.iter().filter_map(|(_, text, _)| token(text)).collect()
    }

    /// How many entries of this kind the audit log has.
    pub(crate) async fn audited(&self, kind: &str) -> i64 {
        let mut tx = self.db().read().await.unwrap();
        tx.fetch_value("SELECT count(*) FROM audit_log WHERE kind = $1", args![kind]).await.unwrap()
    }

    pub(crate) async fn rows(&self, table: &str) -> i64 {
        let mut tx = self.db().read().await.unwrap();
        tx.fetch_value(&format!("SELECT count(*) FROM {table}"), vec![]).await.unwrap()
    }

    pub(crate) async fn refresh(&self, token: &str) -> Reply {
        self.client.post("/api/v1/auth/refresh", &json!({"refresh_token": token})).await
    }
}

impl LoggedIn {
    pub(crate) async fn me(&self) -> Reply {
        self.client.get("/api/v1/auth/me").await
    }

    pub(crate) async fn post(&self, path: &str) -> Reply {
        self.client.ask(Method::POST, path, None, Body::empty()).await
    }
}

pub(crate) fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("{field} is no text in {value}")).to_owned()
}
