//! Who asks: two tenants, a creator, newcomers, and those whose tokens are forged.

use accounts::workspaces::store as workspaces;
use accounts::{AccountRow, NewAccount};
use axum::body::Body;
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::Engine;
use http_base::Peer;
use influencerflow::cli::Database;
use influencerflow::settings::Settings;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use kernel::{Scope, UserType, WorkspaceRole};
use serde_json::{Value, json};
use testkit::{Client, Reply, fresh_db};

use crate::document::Route;
use crate::world::{What, World, text};

const SECRET: &str = "Kq3vZ8mTjP0wLr5yXc7BnD2sHf9aGe4u";
const NOBODY: &str = "0190a000-0000-7000-8000-000000000000";
/// Stands in whatever the first tenant has, and in nothing that anyone else is answered.
pub(super) const MARK: &str = "zqmark";

/// Someone who is logged in.
pub(crate) struct Someone {
    pub(crate) row: AccountRow,
    pub(crate) token: String,
}

pub(crate) struct Town {
    pub(crate) world: World,
    /// The first tenant: its owner, someone who may only read there, and a key for reading.
    pub(crate) owner: Someone,
    pub(super) viewer: Someone,
    pub(super) reading_key: String,
    /// The owner of another tenant, and a creator.
    pub(super) stranger: Someone,
    pub(crate) creator: Someone,
    /// A brand and a creator who have not answered the mail.
    pub(super) newcomers: [Someone; 2],
    /// Things of the first tenant.
    pub(crate) campaign: String,
    pub(super) outreach: String,
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

    pub(super) async fn ask(&self, route: &Route, token: Option<&str>) -> Reply {
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
pub(super) async fn unproved(world: &World, name: &str, user_type: UserType) -> Someone {
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
pub(super) fn forged(good: &str) -> Vec<(&'static str, String)> {
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
