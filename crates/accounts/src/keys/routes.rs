//! The routes of keys.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use http_base::Routes;
use http_base::routes;
use http_base::{Answer, Body, Named, Newcomer, Offsets, Page, Params, Peer, Person};
use input::Input;
use kernel::{ApiKeyId, Caller, Error, Kind, Timestamp};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::model::{KeyBody, MOST_ALIVE, SCOPES};
use super::{PREFIX, store};
use crate::audit;
use crate::routes::{Done, done};
use crate::{Accounts, secrets};

/// Every route of keys.
pub(crate) fn router() -> Routes<Accounts> {
    Routes::new().with(routes!(list, create)).with(routes!(revoke))
}

/// A key to be made.
#[derive(Input)]
#[input(name = "NewApiKey")]
struct NewKey {
    /// What the key is for.
    #[input(text(100), example = "Nightly import")]
    name: String,
    /// What the key may do: only read, or write as well.
    #[input(one_of(SCOPES), example = "read")]
    scope: &'static str,
    /// When the key ends by itself; without this it never does.
    #[input(moment)]
    expires_at: Option<Timestamp>,
}

/// A new key.
#[derive(Serialize, ToSchema)]
struct NewKeyBody {
    #[serde(flatten)]
    entry: KeyBody,
    /// The key: a bearer token. It is shown this once and stored nowhere.
    #[schema(example = "ifk_…")]
    key: String,
}

/// A page of keys.
#[derive(Serialize, ToSchema)]
struct KeyList {
    api_keys: Vec<KeyBody>,
    #[serde(flatten)]
    page: Page,
}

/// Create an API key
///
/// The key is a bearer token for the workspace that this account works in now, and may do at most what its account may there. It is
/// shown this once.
#[utoipa::path(post, path = "/api/v1/api-keys", tag = "API keys", request_body = NewKey, responses(
    (status = 201, description = "The key; keep it, it is not shown again", body = NewKeyBody),
    (status = 403, description = "This takes one's own log-in, and a viewer's key may only read"),
    (status = 409, description = "The account has as many keys as it may"),
))]
async fn create(
    State(accounts): State<Accounts>,
    Person { account, .. }: Person,
    peer: Peer,
    Body { input, .. }: Body<NewKey>,
) -> Answer<(StatusCode, Json<NewKeyBody>)> {
    let (clock, scope) = (accounts.app().clock(), Caller::Account(account.clone()).scope());
    let now = clock.now();
    if input.expires_at.is_some_and(|end| end <= now) {
        return Err(Error::invalid_field("expires_at", "must lie in the future").into());
    }
    if input.scope == "write" && account.read_only {
        let message = "You may only read in this workspace, and so may your keys; make one for reading";
        return Err(Error::new(Kind::Forbidden, message).into());
    }
    let key = secrets::random(clock, PREFIX);
    let entry = KeyBody {
        id: clock.new_id(),
        name: input.name,
        hint: key[key.len() - 4..].to_owned(),
        scope: input.scope.to_owned(),
        workspace_id: account.workspace,
        created_at: now,
        expires_at: input.expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    let mut tx = accounts.app().write().await?;
    if store::count_alive(scope, &mut tx, account.id, now).await? >= MOST_ALIVE {
        let message = format!("An account has at most {MOST_ALIVE} keys; revoke one that is not used any more");
        return Err(Error::conflict(message).into());
    }
    store::insert(scope, &mut tx, &entry, account.id, &secrets::hash(&key)).await?;
    let detail = json!({"name": entry.name, "scope": entry.scope});
    let told = audit::Entry::of("key.created", account.id, &peer).within(account.workspace).to(entry.id.to_string());
    audit::record(&mut tx, clock, told.with(detail)).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(NewKeyBody { entry, key })))
}

/// List API keys
///
/// Never the keys themselves; those that were revoked, too.
#[utoipa::path(get, path = "/api/v1/api-keys", tag = "API keys", params(Offsets), responses(
    (status = 200, description = "A page of them, newest first", body = KeyList),
    (status = 403, description = "This takes one's own log-in"),
))]
async fn list(
    State(accounts): State<Accounts>,
    Person { account, .. }: Person,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<KeyList>> {
    let mut tx = accounts.app().read().await?;
    let scope = Caller::Account(account.clone()).scope();
    let (api_keys, total) = store::list(scope, &mut tx, account.id, offsets).await?;
    Ok(Json(KeyList { api_keys, page: offsets.page(total) }))
}

/// Revoke an API key
///
/// It is no good from the next request on.
#[utoipa::path(delete, path = "/api/v1/api-keys/{key_id}", tag = "API keys",
    params(("key_id" = String, Path, description = "The key's id")), responses(
    (status = 200, description = "Revoked", body = Done),
    (status = 403, description = "This takes one's own log-in"),
))]
async fn revoke(
    State(accounts): State<Accounts>,
    Newcomer { account, .. }: Newcomer,
    peer: Peer,
    name: Named,
) -> Answer<Json<Done>> {
    let (clock, scope) = (accounts.app().clock(), Caller::Account(account.clone()).scope());
    let id: ApiKeyId = name.id("API key")?;
    let mut tx = accounts.app().write().await?;
    let revoked = store::revoke(scope, &mut tx, account.id, id, clock.now()).await?;
    let revoked = revoked.ok_or_else(|| Error::not_found("API key"))?;
    let told = audit::Entry::of("key.revoked", account.id, &peer).within(account.workspace).to(id.to_string());
    audit::record(&mut tx, clock, told.with(json!({"name": revoked}))).await?;
    crate::store::moved(&mut tx).await?;
    tx.commit().await?;
    Ok(done(format!("The key {revoked} was revoked")))
}
