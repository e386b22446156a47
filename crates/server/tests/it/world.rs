//! A server over a fresh database, and a client of it.

use axum::Router;
use db::Db;
use http_base::{Mode, Offsets};
use influencerflow::build::{Server, migrations};
use influencerflow::cli::Database;
use influencerflow::demo;
use influencerflow::settings::Settings;
use kernel::{Clock, Scope, WorkspaceId};
use serde_json::{Value, json};
use testkit::{Client, Form, FreshDb, TempFolder};
use tower_http::normalize_path::NormalizePath;

/// Where tables are sent to.
pub(crate) const IMPORT: &str = "/api/v1/creators/import";

/// What a world begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// The demo with its sample data.
    Demo,
    /// The demo without any data.
    Empty,
    /// In earnest, without any data: a token is wanted.
    Serve,
}

/// A server over a database of its own.
pub(crate) struct World {
    pub(crate) client: Client,
    pub(crate) server: Server,
    mode: Mode,
    settings: Settings,
    fresh: FreshDb,
    _files: TempFolder,
}

impl World {
    /// For `#[both_engines(Demo)]`: a world on this engine, where it can be had.
    pub(crate) async fn on(engine: db::Engine, what: What) -> Option<Self> {
        match FreshDb::on(engine).await {
            Some(fresh) => Some(Self::new(fresh, what).await),
            None => None,
        }
    }

    pub(crate) async fn new(fresh: FreshDb, what: What) -> Self {
        Self::set(fresh, what, &settings()).await
    }

    /// With settings of one's own.
    pub(crate) async fn set(fresh: FreshDb, what: What, settings: &Settings) -> Self {
        let clock = Clock::system();
        fresh.db.migrate(&migrations(), clock.now()).await.unwrap();
        let workspace: WorkspaceId = clock.new_id();
        let mode = if what == What::Serve { Mode::Serve } else { Mode::Demo(workspace) };
        let files = TempFolder::new();
        let settings = Settings { files_folder: files.path().to_owned(), ..settings.clone() };
        let server = Server::new(fresh.db.clone(), mode, &settings).await.unwrap();
        if what == What::Demo {
            demo::load(&server.app, &server.directory, workspace).await.unwrap();
        }
        Self { client: Client::new(service(&server)), server, mode, settings, fresh, _files: files }
    }

    /// Another process over the same database.
    pub(crate) async fn neighbour(&self) -> (Server, Client) {
        let server = Server::new(self.fresh.reopen().await, self.mode, &self.settings).await.unwrap();
        let client = Client::new(service(&server));
        (server, client)
    }

    pub(crate) fn db(&self) -> &Db {
        &self.fresh.db
    }

    /// Takes a file in by upload; answers the report.
    pub(crate) async fn import(&self, name: &str, bytes: impl AsRef<[u8]>) -> Value {
        self.client.upload(IMPORT, &Form::new().file("file", name, bytes)).await.ok()
    }

    /// How many rows a table has.
    pub(crate) async fn rows(&self, table: &str) -> i64 {
        let mut tx = self.db().read().await.unwrap();
        tx.fetch_value(&format!("SELECT count(*) FROM {table}"), vec![]).await.unwrap()
    }

    /// How many creators the directory has,
    pub(crate) async fn creators(&self) -> u64 {
        let mut tx = self.db().read().await.unwrap();
        creators::store::count(Scope::system(), &mut tx).await.unwrap()
    }

    /// and how many of them have a vector.
    pub(crate) async fn vectors(&self) -> u64 {
        let mut tx = self.db().read().await.unwrap();
        let model = mind::embed::StaticModel::id();
        let all = creators::store::count(Scope::system(), &mut tx).await.unwrap();
        all - creators::store::stale_count(Scope::system(), &mut tx, model).await.unwrap()
    }

    /// How many entries the log of outreach has.
    pub(crate) async fn entries(&self) -> u64 {
        let mut tx = self.db().read().await.unwrap();
        let (any, one) = (outreach::store::Wanted::default(), Offsets { limit: 1, offset: 0 });
        outreach::store::list(Scope::system(), &mut tx, &any, one).await.unwrap().1
    }

    /// Adds a creator with these fields beside the needed ones; answers the whole entry.
    pub(crate) async fn creator(&self, name: &str, fields: Value) -> Value {
        self.client.post("/api/v1/creators", &creator(name, fields)).await.ok()
    }

    /// Adds a campaign for something with these fields beside the needed ones; answers the whole campaign.
    pub(crate) async fn campaign(&self, fields: Value) -> Value {
        self.client.post("/api/v1/campaigns", &with(fitband(), fields)).await.ok()
    }

    /// The creators of a list, by name.
    pub(crate) async fn names(&self, query: &str) -> Vec<String> {
        let list = self.client.get(&format!("/api/v1/creators?{query}")).await.ok();
        texts(&list["creators"], "name")
    }
}

/// The settings of nobody's environment, but for payments, which are tried out.
pub(crate) fn settings() -> Settings {
    let variables = [("PAYMENTS".to_owned(), "mock".to_owned())].into();
    Settings::read(&variables, &Database::default()).unwrap()
}

pub(crate) fn service(server: &Server) -> NormalizePath<Router> {
    server.service(server.about(&settings(), None), &[]).unwrap()
}

/// The first object with the fields of the second over its own.
pub(crate) fn with(mut object: Value, fields: Value) -> Value {
    let (Value::Object(own), Value::Object(fields)) = (&mut object, fields) else { panic!("two objects are merged") };
    own.extend(fields);
    object
}

/// A creator's body: the needed fields, and these over them.
pub(crate) fn creator(name: &str, fields: Value) -> Value {
    let mut body = json!({"name": name, "platform": "instagram", "niche": "fitness"});
    if fields.get("followers_count_numeric").is_none() {
        body["followers_count"] = json!("125K");
    }
    with(body, fields)
}

/// A campaign's body.
pub(crate) fn fitband() -> Value {
    json!({
        "product_name": "FitBand Pro",
        "brand_name": "TechFit",
        "product_description": "A wristband that measures heart rate, sleep and training load",
        "target_audience": "Health-conscious people aged 25-45 who track their fitness",
        "key_use_cases": ["workout tracking", "sleep analysis"],
        "campaign_goal": "Awareness of the launch",
        "product_niche": "Fitness Technology",
        "total_budget": 25000,
    })
}

/// One field of every item, as texts.
pub(crate) fn texts(list: &Value, field: &str) -> Vec<String> {
    let items = list.as_array().unwrap_or_else(|| panic!("{list} is no list"));
    items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}

/// The text of a field.
pub(crate) fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("{field} is no text in {value}")).to_owned()
}

/// A text as it stands in an address.
pub(crate) fn encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut address, byte| {
        if byte.is_ascii_alphanumeric() || byte == b'-' {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
        address
    })
}
