//! The routes of one's own data.

use axum::Json;
use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use http_base::Routes;
use http_base::routes;
use http_base::{Answer, Body, Named, Newcomer, Peer, Person};
use input::Input;
use kernel::{Account, Caller, Error, Kind, Result, Scope, Timestamp, time};
use serde::Serialize;
use utoipa::ToSchema;

use super::store::{self, Export, ExportId};
use super::{erase, export};
use crate::guesses::Guesses;
use crate::model::password;
use crate::routes::{Done, done};
use crate::{AccountRow, Accounts, audit};

/// How fresh the log-in of an account without a password must be, to erase it.
const FRESH: i64 = 10 * time::MINUTE;

/// The routes of one's own data.
pub(crate) fn router() -> Routes<Accounts> {
    Routes::new().with(routes!(ask)).with(routes!(status)).with(routes!(download)).with(routes!(erase_me))
}

kernel::word_schema!(ExportStatus, "How far an export is.", "pending" | "completed" | "failed" | "expired");

/// An export of everything about an account.
#[derive(Serialize, ToSchema)]
#[schema(as = AccountExport)]
struct ExportBody {
    export_id: ExportId,
    /// `pending`, `completed`, `failed` or `expired`.
    #[schema(value_type = ExportStatus, example = "completed")]
    status: String,
    /// Where it is fetched, with the bearer token, once it is completed.
    download_url: Option<String>,
    /// How many lines it has.
    records: Option<u64>,
    /// How large it is.
    bytes: Option<u64>,
    created_at: Timestamp,
    completed_at: Option<Timestamp>,
    /// Until when it can be fetched.
    expires_at: Timestamp,
}

impl ExportBody {
    fn of(export: Export, public_url: &str, now: Timestamp) -> Self {
        let status = if export.expires_at <= now { "expired".to_owned() } else { export.status };
        let url = format!("{public_url}/api/v1/account/export/{}/download", export.id);
        Self {
            export_id: export.id,
            download_url: (status == "completed").then_some(url),
            status,
            records: export.records,
            bytes: export.bytes,
            created_at: export.created_at,
            completed_at: export.completed_at,
            expires_at: export.expires_at,
        }
    }
}

fn scope_of(account: &Account) -> Scope {
    Caller::Account(account.clone()).scope()
}

/// Export my data
///
/// A job puts together everything that is kept about this account, as JSON Lines. One that is being made already is answered again;
/// a new one takes the place of the one before.
#[utoipa::path(post, path = "/api/v1/account/export", tag = "My data", responses(
    (status = 202, description = "It is being made", body = ExportBody),
    (status = 403, description = "This takes one's own log-in"),
))]
async fn ask(
    State(accounts): State<Accounts>,
    Person { account, .. }: Person,
    peer: Peer,
) -> Answer<(StatusCode, Json<ExportBody>)> {
    let (app, clock, scope) = (accounts.app(), accounts.clock(), scope_of(&account));
    let now = clock.now();
    let mut tx = app.write().await?;
    if let Some(export) = store::pending(scope, &mut tx, account.id).await? {
        return Ok((StatusCode::ACCEPTED, Json(ExportBody::of(export, app.public_url(), now))));
    }
    let id: ExportId = clock.new_id();
    store::begin(scope, &mut tx, id, account.id, now).await?;
    jobs::enqueue(&mut tx, clock, export::job(id)?).await?;
    let entry = audit::Entry::of("account.exported", account.id, &peer).within(account.workspace).to(id.to_string());
    audit::record(&mut tx, clock, entry).await?;
    let export = store::of(scope, &mut tx, account.id, id).await?.ok_or_else(|| Error::not_found("Export"))?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(ExportBody::of(export, app.public_url(), now))))
}

async fn find(accounts: &Accounts, account: &Account, name: &Named) -> Result<Export> {
    let id: ExportId = name.id("Export")?;
    let mut tx = accounts.app().read().await?;
    store::of(scope_of(account), &mut tx, account.id, id).await?.ok_or_else(|| Error::not_found("Export"))
}

/// Read the state of an export
///
/// An export is written in the background; once it is `completed` it can be downloaded until it expires.
#[utoipa::path(get, path = "/api/v1/account/export/{export_id}", tag = "My data",
    params(("export_id" = String, Path, description = "The export's id")), responses(
    (status = 200, description = "The export", body = ExportBody),
    (status = 403, description = "This takes one's own log-in"),
))]
async fn status(
    State(accounts): State<Accounts>,
    Person { account, .. }: Person,
    name: Named,
) -> Answer<Json<ExportBody>> {
    let export = find(&accounts, &account, &name).await?;
    Ok(Json(ExportBody::of(export, accounts.app().public_url(), accounts.clock().now())))
}

/// Download an export
///
/// JSON Lines: `{"section": …, "record": …}` on each line, and a last line of the section `end` that counts them.
#[utoipa::path(get, path = "/api/v1/account/export/{export_id}/download", tag = "My data",
    params(("export_id" = String, Path, description = "The export's id")), responses(
    (status = 200, description = "Everything about the account", body = String, content_type = "application/x-ndjson"),
    (status = 403, description = "This takes one's own log-in"),
    (status = 409, description = "It is not completed yet, or failed"),
))]
async fn download(State(accounts): State<Accounts>, Person { account, .. }: Person, name: Named) -> Answer<Response> {
    let export = find(&accounts, &account, &name).await?;
    if export.status == "expired" || export.expires_at <= accounts.clock().now() {
        return Err(Error::not_found("Export").into());
    }
    let Some(run) = export.run.filter(|_| export.status == "completed") else {
        let message = format!("The export is {}; ask for its status until it is completed", export.status);
        return Err(Error::conflict(message).into());
    };
    let id = (export.id, run);
    let parts = stream::try_unfold((accounts, 0), move |(accounts, place)| async move {
        let mut tx = accounts.app().read().await?;
        let part = store::part(Scope::system(), &mut tx, id, place).await?;
        drop(tx);
        Ok::<_, Error>(part.map(|part| (Bytes::from(part), (accounts, place + 1))))
    });
    let head = [
        (CONTENT_TYPE, "application/x-ndjson".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"account-{}.jsonl\"", account.id)),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((head, HttpBody::from_stream(parts)).into_response())
}

/// What erasing an account takes.
#[derive(Input)]
#[input(name = "AccountErasure")]
struct Farewell {
    /// The password. An account without one (by a provider alone) is erased by a log-in of the last ten minutes.
    #[input(password)]
    password: Option<String>,
    /// Whether what the directory of creators knows of the account's owner is erased as well. Otherwise the entry stays, and
    /// belongs to nobody.
    #[input(flag, name = "erase_directory_entry", default = false)]
    entry_too: bool,
}

/// Erase my account
///
/// At once and for good: whatever says who I am goes, every log-in and key ends, and the e-mail address is free again. Contracts and
/// payments of a business stay, by ids that name nobody.
#[utoipa::path(delete, path = "/api/v1/account", tag = "My data", request_body = Farewell, responses(
    (status = 200, description = "Erased", body = Done),
    (status = 403, description = "The password is another, the log-in is not fresh, or a program's key was sent"),
    (status = 409, description = "A workspace with others in it has no other owner: hand it over first"),
    (status = 429, description = "Too many wrong passwords; Retry-After says how long to wait"),
))]
async fn erase_me(
    State(accounts): State<Accounts>,
    Newcomer { account, session }: Newcomer,
    Body { input, .. }: Body<Farewell>,
) -> Answer<Json<Done>> {
    let (clock, scope) = (accounts.clock(), scope_of(&account));
    let mut tx = accounts.app().read().await?;
    let row = crate::store::by_id(scope, &mut tx, account.id).await?.ok_or_else(crate::state::refused)?;
    let logged_in = store::logged_in_at(scope, &mut tx, account.id, session).await?;
    drop(tx);
    prove(&accounts, &row, logged_in, input.password.as_deref()).await?;
    let mut tx = accounts.app().db().write_long().await?;
    erase::erase(accounts.data(), &mut tx, clock, &row, input.entry_too).await?;
    tx.commit().await?;
    Ok(done("Your account has been erased"))
}

/// Is it really them? By the password, or, where there is none, by a log-in of just now.
async fn prove(
    accounts: &Accounts,
    row: &AccountRow,
    logged_in: Option<Timestamp>,
    password: Option<&str>,
) -> Result<()> {
    let Some(hash) = row.password_hash.as_deref() else {
        if logged_in.is_some_and(|moment| moment.plus(FRESH) >= accounts.clock().now()) {
            return Ok(());
        }
        let message = "This takes a log-in of the last ten minutes; log in again, and repeat your request";
        return Err(Error::new(Kind::Forbidden, message));
    };
    let Some(given) = password else {
        return Err(Error::invalid_field("password", "is missing: erasing an account takes its password"));
    };
    let guesses = Guesses::at_own_password(accounts, row.id);
    guesses.look(accounts).await?;
    if !accounts.hasher().check(given, Some(hash)).await? {
        guesses.failed(accounts).await;
        return Err(Error::new(Kind::Forbidden, "The password is another"));
    }
    guesses.succeeded(accounts).await;
    Ok(())
}
