//! Every route of the document, asked by everyone who should not be let in and by one who should. What is right for each stands in
//! `authorisation.txt`: whoever adds a route says there whom it is for.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use accounts::workspaces::store as workspaces;
use accounts::{AccountRow, NewAccount};
use axum::body::Body;
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::Engine;
use http_base::{Peer, Rate, Who};
use influencerflow::cli::Database;
use influencerflow::settings::Settings;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use kernel::{Scope, UserType, WorkspaceRole};
use serde_json::{Value, json};
use testkit::{Client, Reply, engines, fresh_db};

use crate::document::{Route, routes};
use crate::world::{What, World, settings, text};

const TABLE: &str = include_str!("authorisation.txt");
const SECRET: &str = "Kq3vZ8mTjP0wLr5yXc7BnD2sHf9aGe4u";
const NOBODY: &str = "0190a000-0000-7000-8000-000000000000";
/// Stands in whatever the first tenant has, and in nothing that anyone else is answered.
const MARK: &str = "zqmark";

/// Whom a route is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Public,
    Token,
    Webhook,
    Account,
    Shared,
    Reader,
    Business,
    Creator,
    Admin,
    Own,
    Owner,
    Fresh,
}

/// What is otherwise for an account whose address is not proved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unproved {
    Usual,
    LetIn,
    Refused,
}

/// A row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Row {
    pub(crate) kind: Kind,
    unproved: Unproved,
}

impl Row {
    /// Is an account whose address is not proved refused?
    fn wants_proof(self, method: &Method) -> bool {
        match self.unproved {
            Unproved::Usual => self.kind.wants_account() && self.kind != Kind::Reader && !method.is_safe(),
            Unproved::LetIn => false,
            Unproved::Refused => true,
        }
    }
}

impl Kind {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "public" => Self::Public,
            "token" => Self::Token,
            "webhook" => Self::Webhook,
            "account" => Self::Account,
            "shared" => Self::Shared,
            "reader" => Self::Reader,
            "business" => Self::Business,
            "creator" => Self::Creator,
            "admin" => Self::Admin,
            "self" => Self::Own,
            "owner" => Self::Owner,
            "fresh" => Self::Fresh,
            _ => return None,
        })
    }

    /// Do the extractors of a route's handler let these in?
    fn fits(self, who: Who) -> bool {
        match self {
            Self::Public | Self::Token | Self::Webhook => matches!(who, Who::Everybody | Who::Anyone),
            Self::Reader => who == Who::Reader,
            Self::Account | Self::Shared | Self::Business => {
                matches!(who, Who::Caller | Who::Member | Who::Reader | Who::Taking)
            }
            Self::Creator => matches!(who, Who::Caller | Who::Member),
            Self::Admin => matches!(who, Who::Admin | Who::Caller | Who::Reader | Who::Member | Who::Person),
            Self::Own | Self::Owner => matches!(who, Who::Person | Who::Newcomer),
            Self::Fresh => who == Who::Fresh,
        }
    }

    /// Does an account's bearer token open it?
    fn wants_account(self) -> bool {
        !matches!(self, Self::Public | Self::Token | Self::Webhook)
    }
}

/// The table, by `METHOD path`.
pub(crate) fn table() -> BTreeMap<String, Row> {
    let lines = TABLE.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let rows = lines.map(|line| {
        let mut parts = line.split(" | ").map(str::trim);
        let route = parts.next().unwrap_or_else(|| panic!("no row: {line}"));
        let kind = parts.next().and_then(Kind::parse).unwrap_or_else(|| panic!("no kind: {line}"));
        let unproved = match parts.next() {
            None | Some("person") => Unproved::Usual,
            Some("unproved") => Unproved::LetIn,
            Some("proved") => Unproved::Refused,
            Some(other) => panic!("{other} in {line}"),
        };
        (route.to_owned(), Row { kind, unproved })
    });
    rows.collect()
}

/// The same route, whatever its path calls its parameters.
fn unnamed(label: &str) -> String {
    let mut parts = label.split('{');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str("{}");
        plain.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    plain
}

/// Someone who is logged in.
pub(crate) struct Someone {
    pub(crate) row: AccountRow,
    pub(crate) token: String,
}

pub(crate) struct Town {
    pub(crate) world: World,
    /// The first tenant: its owner, someone who may only read there, and a key for reading.
    pub(crate) owner: Someone,
    viewer: Someone,
    reading_key: String,
    /// The owner of another tenant, and a creator.
    stranger: Someone,
    pub(crate) creator: Someone,
    /// A brand and a creator who have not answered the mail.
    newcomers: [Someone; 2],
    /// Things of the first tenant.
    pub(crate) campaign: String,
    outreach: String,
    pub(crate) entry: String,
}

impl Town {
    pub(crate) async fn of(engine: Engine) -> Self {
        let variables = [("JWT_SECRET_KEY", SECRET), ("RATE_LIMITS", "off"), ("PAYMENTS", "mock")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let settings = Settings::read(&variables, &Database::default()).unwrap();
        let world = World::set(fresh_db(engine).await, What::Serve, &settings).await;
        let owner = someone(&world, &format!("{MARK}_owner"), UserType::Business).await;
        let viewer = someone(&world, &format!("{MARK}_viewer"), UserType::Business).await;
        let stranger = someone(&world, "stranger", UserType::Business).await;
        let creator = someone(&world, "creator", UserType::Creator).await;
        let newcomers = [
            unproved(&world, "new_brand", UserType::Business).await,
            unproved(&world, "new_creator", UserType::Creator).await,
        ];
        join(&world, &owner, &viewer).await;
        let client = by(&world, &owner.token);
        let body = json!({"product_name": format!("{MARK} band"), "brand_name": "TechFit", "total_budget": 25_000});
        let campaign = text(&client.post("/api/v1/campaigns", &body).await.ok(), "id");
        let body = json!({"name": "Ana", "platform": "instagram", "niche": "fitness", "followers_count": "125K"});
        let entry = text(&client.post("/api/v1/creators", &body).await.ok(), "id");
        let path = format!("/api/v1/campaigns/{campaign}/select-influencer");
        let selected = client.post(&path, &json!({"influencer_id": entry, "notes": MARK})).await.ok();
        let outreach = text(&selected, "outreach_id");
        let key = client.post("/api/v1/api-keys", &json!({"name": "Reading", "scope": "read"})).await;
        let reading_key = text(&key.json(), "key");
        Self { world, owner, viewer, reading_key, stranger, creator, newcomers, campaign, outreach, entry }
    }

    /// The path with the first tenant's things in it, and nobody's where it has none.
    pub(crate) fn path(&self, route: &Route) -> String {
        let mut path = route.path.clone();
        for (name, value) in [
            ("{campaign_id}", &self.campaign),
            ("{log_id}", &self.outreach),
            ("{call_id}", &self.outreach),
            ("{outreach_id}", &self.outreach),
            ("{creator_id}", &self.entry),
        ] {
            path = path.replace(name, value);
        }
        path = path.replace("{brand_name}", "TechFit").replace("{version}", "1").replace("{provider}", "google");
        path = path.replace("{account_id}", &self.owner.row.id.to_string());
        path = path.replace("{workspace_id}", &self.owner.row.workspace_id.unwrap().to_string());
        while let (Some(start), Some(end)) = (path.find('{'), path.find('}')) {
            path.replace_range(start..=end, NOBODY);
        }
        path
    }

    async fn ask(&self, route: &Route, token: Option<&str>) -> Reply {
        let client = token.map_or_else(|| self.world.client.clone(), |token| by(&self.world, token));
        let path = self.path(route);
        if route.takes_json() || !matches!(route.method, Method::GET | Method::DELETE) {
            client.json(route.method.clone(), &path, &json!({})).await
        } else {
            client.ask(route.method.clone(), &path, None, Body::empty()).await
        }
    }
}

pub(crate) fn by(world: &World, token: &str) -> Client {
    world.client.clone().with("authorization", &format!("Bearer {token}"))
}

/// A new account, logged in.
pub(crate) async fn someone(world: &World, name: &str, user_type: UserType) -> Someone {
    logged_in(world, name, user_type, true).await
}

/// Somebody who registered this address, and did not answer the mail.
async fn unproved(world: &World, name: &str, user_type: UserType) -> Someone {
    logged_in(world, name, user_type, false).await
}

async fn logged_in(world: &World, name: &str, user_type: UserType, is_verified: bool) -> Someone {
    let accounts = &world.server.accounts;
    let new = NewAccount {
        email: Some(format!("{name}@example.com")),
        username: Some(name.to_owned()),
        is_verified,
        ..NewAccount::of(user_type)
    };
    let mut tx = world.db().write().await.unwrap();
    let row = accounts::store::insert_account(Scope::system(), &mut tx, accounts.clock(), new).await.unwrap();
    let opened = accounts::session::open(accounts, &mut tx, &row, "password", &Peer::default()).await.unwrap();
    tx.commit().await.unwrap();
    Someone { row, token: opened.tokens.access_token }
}

/// Puts someone into the workspace of an owner, as a viewer who works there.
async fn join(world: &World, owner: &Someone, viewer: &Someone) {
    let (scope, now) = (Scope::system(), world.server.accounts.clock().now());
    let (workspace, role) = (owner.row.workspace_id.unwrap(), WorkspaceRole::Viewer);
    let mut tx = world.db().write().await.unwrap();
    workspaces::join(scope, &mut tx, workspace, viewer.row.id, role, now).await.unwrap();
    workspaces::work_in(scope, &mut tx, viewer.row.id, workspace, now).await.unwrap();
    accounts::store::moved(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}

/// Tokens like this one, each with something wrong.
fn forged(good: &str) -> Vec<(&'static str, String)> {
    let payload = good.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    let signed = |algorithm, claims: &Value, secret: &str| {
        encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
    };
    // Signed as the server signs, the same claims are let in: what is refused below is refused for what is wrong with it.
    let expired = {
        let mut claims = claims.clone();
        claims["iat"] = json!(claims["iat"].as_i64().unwrap() - 7200);
        claims["exp"] = json!(claims["exp"].as_i64().unwrap() - 7200);
        signed(Algorithm::HS256, &claims, SECRET)
    };
    let with_header =
        |header: Value, rest: &str| format!("{}.{payload}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()));
    let own = signed(Algorithm::HS256, &claims, SECRET);
    let signature = own.rsplit('.').next().unwrap();
    vec![
        ("expired", expired),
        ("alg none", with_header(json!({"alg": "none", "typ": "JWT"}), "")),
        ("alg none with a signature", with_header(json!({"alg": "None"}), signature)),
        ("wrong key", signed(Algorithm::HS256, &claims, "another-key-of-thirty-two-letters!")),
        ("HS256 called RS256", with_header(json!({"alg": "RS256", "typ": "JWT"}), signature)),
        ("another algorithm", signed(Algorithm::HS512, &claims, SECRET)),
        ("no signature", format!("{}.{payload}.", good.split('.').next().unwrap())),
        ("a key of nobody's", "ifk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned()),
    ]
}

/// What is wrong with the answers of all routes, one line each.
#[derive(Default)]
struct Wrong(String);

impl Wrong {
    fn look(&mut self, right: bool, route: &Route, who: &str, reply: &Reply) {
        if !right || reply.status == 500 {
            let _ = writeln!(self.0, "  {} for {who}: {}", route.label(), reply.status);
        }
    }

    /// And it shows nothing of the first tenant.
    fn look_blind(&mut self, right: bool, route: &Route, who: &str, reply: &Reply) {
        let shown = reply.text().to_lowercase().contains(MARK);
        self.look(right && !shown, route, if shown { "someone who is shown too much" } else { who }, reply);
    }
}

/// Is it an empty list, or figures of nothing?
fn shows_nothing(route: &Route, reply: &Reply) -> bool {
    route.method == Method::GET && reply.status == 200
}

async fn strangers(town: &Town, route: &Route, kind: Kind, wrong: &mut Wrong) {
    let nobody = town.ask(route, None).await;
    let right = match kind {
        Kind::Public => !matches!(nobody.status, 401 | 403),
        Kind::Token | Kind::Webhook => !(200..300).contains(&nobody.status),
        _ => nobody.status == 401,
    };
    wrong.look_blind(right, route, "nobody", &nobody);
    for (what, token) in forged(&town.owner.token) {
        let reply = town.ask(route, Some(&token)).await;
        let right = match kind {
            Kind::Public => true,
            Kind::Token | Kind::Webhook => !(200..300).contains(&reply.status),
            _ => reply.status == 401,
        };
        wrong.look_blind(right, route, what, &reply);
    }
}

async fn others(town: &Town, route: &Route, kind: Kind, number: usize, wrong: &mut Wrong) {
    if !kind.wants_account() {
        // An account's token is no help where another proof is wanted.
        if kind != Kind::Public {
            let reply = town.ask(route, Some(&town.stranger.token)).await;
            wrong.look_blind(!(200..300).contains(&reply.status), route, "an account", &reply);
        }
        return;
    }
    let writes = !route.method.is_safe() && kind != Kind::Reader;
    let key = town.ask(route, Some(&town.reading_key)).await;
    let right = match kind {
        Kind::Own | Kind::Owner | Kind::Admin | Kind::Creator | Kind::Fresh => key.status == 403,
        _ if writes => key.status == 403,
        _ => !matches!(key.status, 401 | 403),
    };
    wrong.look(right, route, "a key for reading", &key);
    if kind != Kind::Own {
        let viewer = town.ask(route, Some(&town.viewer.token)).await;
        let right = match kind {
            Kind::Owner | Kind::Admin | Kind::Creator | Kind::Fresh => matches!(viewer.status, 403 | 409 | 422),
            _ if writes => viewer.status == 403,
            _ => !matches!(viewer.status, 401 | 403),
        };
        wrong.look(right, route, "a viewer", &viewer);
    }
    let names_theirs = ["{campaign_id}", "{log_id}", "{call_id}", "{outreach_id}", "{account_id}", "{workspace_id}"];
    // Some of a person's own routes end their log-ins: they are asked by people who are not asked for again.
    let passing = match kind {
        Kind::Own => Some((
            someone(&town.world, &format!("passing_{number}"), UserType::Business).await,
            someone(&town.world, &format!("passing_creator_{number}"), UserType::Creator).await,
        )),
        _ => None,
    };
    let (business, creator) = passing.as_ref().map_or((&town.stranger, &town.creator), |(one, other)| (one, other));
    let stranger = town.ask(route, Some(&business.token)).await;
    let right = match kind {
        Kind::Admin => stranger.status == 403,
        Kind::Creator | Kind::Fresh => stranger.status == 403 || (writes && matches!(stranger.status, 415 | 422)),
        Kind::Business | Kind::Owner if names_theirs.iter().any(|name| route.path.contains(name)) => {
            // A body is read before anything is looked for.
            stranger.status == 404 || (writes && matches!(stranger.status, 415 | 422))
        }
        Kind::Shared => matches!(stranger.status, 403 | 415 | 422),
        Kind::Own => stranger.status != 401,
        _ => !matches!(stranger.status, 401 | 403),
    };
    wrong.look_blind(right, route, "the owner of another tenant", &stranger);
    let creator = town.ask(route, Some(&creator.token)).await;
    let right = match kind {
        Kind::Admin => creator.status == 403,
        Kind::Business | Kind::Owner => {
            matches!(creator.status, 400 | 403 | 404 | 409 | 415 | 422) || shows_nothing(route, &creator)
        }
        Kind::Shared => matches!(creator.status, 403 | 415 | 422),
        Kind::Own => creator.status != 401,
        _ => !matches!(creator.status, 401 | 403),
    };
    wrong.look_blind(right, route, "a creator", &creator);
}

/// Someone for whom the route is: made for this one question, because some of them end log-ins.
async fn the_right_one(town: &Town, route: &Route, kind: Kind, number: usize, wrong: &mut Wrong) {
    let user_type = match kind {
        Kind::Public | Kind::Token | Kind::Webhook => return,
        Kind::Admin => UserType::Admin,
        Kind::Creator | Kind::Fresh => UserType::Creator,
        _ => UserType::Business,
    };
    let right = someone(&town.world, &format!("right_{number}"), user_type).await;
    let mut route = route.clone();
    if kind == Kind::Shared {
        // What is shared is changed by whoever added it.
        let body = json!({"name": "Bo", "platform": "youtube", "niche": "food", "followers_count": "5K"});
        let own = text(&by(&town.world, &right.token).post("/api/v1/creators", &body).await.ok(), "id");
        route.path = route.path.replace("{creator_id}", &own);
    }
    let route = &route;
    let reply = town.ask(route, Some(&right.token)).await;
    wrong.look_blind(!matches!(reply.status, 401 | 403), route, "the right one", &reply);
}

/// Accounts whose address nobody has proved: they look, and change nothing but what they may.
async fn newcomers(town: &Town, route: &Route, row: Row, number: usize, wrong: &mut Wrong) {
    if !row.kind.wants_account() {
        return;
    }
    // What ends log-ins is asked by people who are not asked for again.
    let passing = match row.unproved {
        Unproved::LetIn => Some([
            unproved(&town.world, &format!("new_brand_{number}"), UserType::Business).await,
            unproved(&town.world, &format!("new_creator_{number}"), UserType::Creator).await,
        ]),
        _ => None,
    };
    for newcomer in passing.as_ref().unwrap_or(&town.newcomers) {
        let reply = town.ask(route, Some(&newcomer.token)).await;
        let told = reply.text().contains("Verify your e-mail address first");
        let right = if row.wants_proof(&route.method) { reply.status == 403 && told } else { !told };
        wrong.look_blind(right, route, "an account whose address is not proved", &reply);
    }
}

async fn walk(engine: Engine) {
    let town = Town::of(engine).await;
    assert_eq!(by(&town.world, &town.viewer.token).get("/api/v1/workspace").await.ok()["role"], "viewer");
    let table: BTreeMap<String, Row> = table().into_iter().map(|(label, row)| (unnamed(&label), row)).collect();
    let routes = routes(&town.world).await;
    let missing: Vec<String> =
        routes.iter().map(Route::label).filter(|label| !table.contains_key(&unnamed(label))).collect();
    assert!(
        missing.is_empty(),
        "these routes have no row in crates/server/tests/it/authorisation.txt; add them, with the kind of caller that each is for:\n{} | ?",
        missing.join(" | ?\n")
    );
    let there: Vec<String> = routes.iter().map(|route| unnamed(&route.label())).collect();
    let gone: Vec<&String> = table.keys().filter(|label| !there.contains(label)).collect();
    assert!(gone.is_empty(), "rows of routes that are not there: {gone:?}");
    let mut wrong = Wrong::default();
    for (number, route) in routes.iter().enumerate() {
        let row = table[&unnamed(&route.label())];
        let kind = row.kind;
        strangers(&town, route, kind, &mut wrong).await;
        others(&town, route, kind, number, &mut wrong).await;
        the_right_one(&town, route, kind, number, &mut wrong).await;
        newcomers(&town, route, row, number, &mut wrong).await;
    }
    assert!(wrong.0.is_empty(), "answered otherwise than it should be:\n{}", wrong.0);
}

/// The table and the registered policies tell the same of every route.
#[tokio::test]
async fn every_route_is_registered_as_the_table_has_it() {
    let world = World::new(fresh_db(Engine::Sqlite).await, What::Serve).await;
    let (_, _, policies) = world.server.routes(world.server.about(&settings(), None));
    let table: BTreeMap<String, Row> = table().into_iter().map(|(label, row)| (unnamed(&label), row)).collect();
    let mut wrong = String::new();
    for route in routes(&world).await {
        let (label, path) = (route.label(), route.path.as_str());
        let row = table[&unnamed(&label)];
        let kind = row.kind;
        let policy = policies.of(&route.method, path);
        // Its link opens it, or whoever's call it is: the handler tells the two apart.
        let by_link_or_account = label.ends_with("/calendar.ics") || label.ends_with("/live");
        if !kind.fits(policy.who) && !by_link_or_account {
            let _ = writeln!(wrong, "  {label} is for {kind:?} and lets in {:?}", policy.who);
        }
        if policy.who.wants_account() && row.wants_proof(&route.method) != policy.who.wants_proof(&route.method) {
            let _ = writeln!(wrong, "  {label} is otherwise open to an address that is not proved: {:?}", policy.who);
        }
        let rate = match kind {
            // A channel's, which counts for the channel.
            Kind::Webhook if policy.rate == Rate::Signed => None,
            Kind::Webhook if path != "/metrics" => Some(Rate::Webhook),
            _ if path.starts_with("/api/v1/auth/") && route.method != Method::GET => Some(Rate::LogIn),
            _ => None,
        };
        if rate.is_some_and(|rate| rate != policy.rate) {
            let _ = writeln!(wrong, "  {label} is counted as {:?}", policy.rate);
        }
    }
    assert!(wrong.is_empty(), "authorisation.txt and the registered routes differ:\n{wrong}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_knows_whom_it_lets_in_on_sqlite() {
    Box::pin(walk(Engine::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_knows_whom_it_lets_in_on_postgres() {
    if engines().await.contains(&Engine::Postgres) {
        Box::pin(walk(Engine::Postgres)).await;
    }
}
