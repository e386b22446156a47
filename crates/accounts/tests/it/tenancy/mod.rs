//! Workspaces, keys, the audit log and one's own data, through their routes.

mod audit;
mod data;
mod invitations;
mod keys;
mod workspaces;

use std::sync::Arc;

use accounts::{AccountRow, Accounts, HashCost, NewAccount, Settings, Shared};
use db::Value as Bound;
use http_base::data::Data;
use http_base::{App, Peer};
use kernel::{Clock, Scope, Timestamp, UserType};
use ports::counters::LocalCounters;
use serde_json::{Value, json};
use testkit::{Client, FreshDb};

/// The house in which they all live: every route of accounts over a fresh database, by a clock that stands still.
pub(crate) struct House {
    pub(crate) client: Client,
    pub(crate) accounts: Accounts,
    pub(crate) clock: Clock,
    fresh: FreshDb,
}

/// Someone who is logged in.
pub(crate) struct Guest {
    pub(crate) id: String,
    pub(crate) email: String,
    /// Asks as them.
    pub(crate) client: Client,
    pub(crate) row: AccountRow,
    token: String,
}

impl Guest {
    /// Their `Authorization`, for another process.
    pub(crate) fn client_token(&self) -> &str {
        &self.token
    }
}

impl House {
    pub(crate) async fn open(fresh: FreshDb) -> Self {
        Self::beside(fresh, Data::default()).await
    }

    /// Beside a slice that keeps this about people.
    pub(crate) async fn beside(fresh: FreshDb, others: Data) -> Self {
        let clock = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 7);
        let tables =
            [jobs::MIGRATIONS, delivery::MIGRATIONS, mail::MIGRATIONS, creators::MIGRATIONS, accounts::MIGRATIONS]
                .concat();
        fresh.db.migrate(&tables, clock.now()).await.unwrap();
        let (client, accounts) = Self::process(fresh.db.clone(), &clock, &others);
        Self { client, accounts, clock, fresh }
    }

    /// A process over this database.
    fn process(db: db::Db, clock: &Clock, others: &Data) -> (Client, Accounts) {
        // Cheap hashes: what they cost is tested elsewhere.
        let cost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };
        let secret = Some("Kq3vZ8mTjP0wLr5yXc7BnD2sHf9aGe4u".to_owned());
        let settings = Settings { secret, hash_cost: cost, hash_threads: 1, ..Settings::default() };
        let counters = Arc::new(LocalCounters::new(clock.clone()));
        let others = others.clone().and(&mail::data::kept()).and(&creators::data::kept());
        let known = Shared::new(db.clone(), clock.clone(), settings, counters, accounts::Vouching::default()).unwrap();
        let app =
            App::builder(db, clock.clone()).public_url("https://flow.example").authenticated_by(known.clone()).build();
        let accounts = Accounts::new(app.clone(), known).telling(&others);
        let router = accounts::router(accounts.clone()).served(&app);
        (Client::new(router), accounts)
    }

    /// Another process over the same database.
    pub(crate) async fn neighbour(&self) -> Client {
        Self::process(self.fresh.reopen().await, &self.clock, &Data::default()).0
    }

    /// An account with a verified address, logged in. Its password is `correct horse`.
    pub(crate) async fn guest(&self, name: &str, user_type: UserType) -> Guest {
        let hash = self.accounts.hasher().hash("correct horse").await.unwrap();
        self.guest_with(name, user_type, Some(hash)).await
    }

    /// A business.
    pub(crate) async fn business(&self, name: &str) -> Guest {
        self.guest(name, UserType::Business).await
    }

    pub(crate) async fn guest_with(&self, name: &str, user_type: UserType, password_hash: Option<String>) -> Guest {
        self.tick();
        let email = format!("{name}@example.com");
        let new = NewAccount {
            email: Some(email.clone()),
            username: Some(name.to_owned()),
            password_hash,
            is_verified: true,
            ..NewAccount::of(user_type)
        };
        let mut tx = self.fresh.db.write().await.unwrap();
        let row = accounts::store::insert_account(Scope::system(), &mut tx, &self.clock, new).await.unwrap();
        tx.commit().await.unwrap();
        let token = self.token_of(&row).await;
        let client = self.client.clone().with("authorization", &token);
        Guest { id: row.id.to_string(), email, client, row, token }
    }

    /// A log-in of this account.
    pub(crate) async fn log_in(&self, row: &AccountRow) -> Client {
        let token = self.token_of(row).await;
        self.client.clone().with("authorization", &token)
    }

    async fn token_of(&self, row: &AccountRow) -> String {
        let peer = Peer { address: Some("203.0.113.7".parse().unwrap()), agent: Some("test/1".into()) };
        let mut tx = self.fresh.db.write().await.unwrap();
        let opened = accounts::session::open(&self.accounts, &mut tx, row, "password", &peer).await.unwrap();
        tx.commit().await.unwrap();
        format!("Bearer {}", opened.tokens.access_token)
    }

    /// Asks with this token.
    pub(crate) fn bearer(&self, token: &str) -> Client {
        self.client.clone().with("authorization", &format!("Bearer {token}"))
    }

    /// Has `guest` in the workspace of `owner`, in this role, working there.
    pub(crate) async fn bring(&self, owner: &Guest, guest: &Guest, role: &str) {
        self.tick();
        let body = json!({"email": guest.email, "role": role});
        let sent = owner.client.post("/api/v1/workspace/invitations", &body).await;
        assert_eq!(sent.status, 201, "{}", sent.text());
        let token = self.mailed_token(&guest.email).await;
        self.tick();
        guest.client.post("/api/v1/workspace/invitations/accept", &json!({"token": token})).await.ok();
    }

    /// The token in the newest mail to this address.
    pub(crate) async fn mailed_token(&self, email: &str) -> String {
        let text = self.newest_mail(email).await.0.unwrap().body_text.unwrap();
        let rest = text.split("token=").nth(1).unwrap_or_else(|| panic!("no token in {text}"));
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// How many mails were written to this address.
    pub(crate) async fn mails(&self, email: &str) -> u64 {
        self.newest_mail(email).await.1
    }

    /// The newest mail to this address, and how many there are.
    async fn newest_mail(&self, email: &str) -> (Option<mail::store::Mail>, u64) {
        let mut tx = self.fresh.db.read().await.unwrap();
        let one = http_base::Offsets { limit: 1, offset: 0 };
        let (mut mails, total) = mail::store::list(Scope::system(), &mut tx, Some(email), one).await.unwrap();
        (mails.pop(), total)
    }

    /// One value of one row.
    pub(crate) async fn value<T: db::FromColumn + Send>(&self, sql: &str, values: Vec<Bound>) -> T {
        self.fresh.db.read().await.unwrap().fetch_value(sql, values).await.unwrap()
    }

    /// Runs a statement.
    pub(crate) async fn run(&self, sql: &str, values: Vec<Bound>) {
        let mut tx = self.fresh.db.write().await.unwrap();
        tx.execute(sql, values).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Runs every job that is due.
    pub(crate) async fn work(&self) {
        // Whatever mails do is not looked at here.
        let registry = accounts::jobs(&self.accounts);
        jobs::run_until_idle(&self.fresh.db, &self.clock, &registry).await.unwrap();
    }

    /// A second passes: what is done next is newer than what was done before.
    pub(crate) fn tick(&self) {
        self.clock.advance(kernel::time::SECOND);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// One field of every item of a list.
pub(crate) fn each(list: &Value, field: &str) -> Vec<String> {
    let items = list.as_array().unwrap_or_else(|| panic!("{list} is no list"));
    items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}
