//! Applications.

use db::{Listing, Sql, Tx, args};
use http_base::Pages;
use kernel::{AccountId, ApplicationId, OfferId, Result, Scope, Timestamp, WorkspaceId};

use crate::model::{Application, ApplicationStatus, Offer};

/// What somebody who changed an application meanwhile has to be told.
const CHANGED: &str = "The application was changed by someone else meanwhile; read it again and repeat your change";

/// What a scope lets through: a creator their own, a workspace those to its offers.
fn scoped(sql: &mut Sql, scope: Scope) {
    match scope.person() {
        Some(account) => sql.and("creator_id = ", account),
        None => sql.within(scope, "workspace_id"),
    };
}

/// Adds an application; false if the creator has one to this offer already.
pub async fn insert(scope: Scope, tx: &mut Tx, new: &Application) -> Result<bool> {
    debug_assert!(scope.sees_everything() || scope.person() == Some(new.creator_id));
    tx.changed(Some(new.workspace_id));
    tx.insert_new(new).await
}

/// The application, if it is there and this scope's.
pub async fn find(scope: Scope, tx: &mut Tx, id: ApplicationId) -> Result<Option<Application>> {
    let mut sql = Sql::of::<Application>();
    scoped(sql.and("id = ", id), scope);
    sql.optional(tx).await
}

/// The same for changing it: until the commit nobody else reads it by this, so that whoever comes second sees what the first one did.
pub async fn lock(scope: Scope, tx: &mut Tx, id: ApplicationId) -> Result<Option<Application>> {
    let mut sql = Sql::new("UPDATE applications SET revision = revision + 1 WHERE TRUE");
    scoped(sql.and("id = ", id), scope);
    sql.push(" RETURNING ").push(Application::COLUMNS).optional(tx).await
}

/// Writes an application that this transaction has locked over what was.
pub async fn save(scope: Scope, tx: &mut Tx, application: &Application) -> Result<()> {
    tx.save(application).only(|sql| scoped(sql, scope)).or_conflict(CHANGED).await?;
    tx.changed(Some(application.workspace_id));
    Ok(())
}

/// A page of a creator's applications, or of those to a workspace's offers, the newest first; and how many there are.
pub async fn list(
    scope: Scope,
    tx: &mut Tx,
    status: Option<ApplicationStatus>,
    page: Pages,
) -> Result<(Vec<Application>, u64)> {
    let mut filter = Sql::filter();
    scoped(filter.and_if("status = ", status), scope);
    Listing::of::<Application>(filter).order("created_at DESC, id DESC").page(tx, page.limit, page.offset()).await
}

/// Which applications to an offer are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Only of this status.
    pub status: Option<ApplicationStatus>,
    /// Only those on the short list, or only the others.
    pub shortlisted: Option<bool>,
    /// The newest first, rather than by rank?
    pub newest: bool,
}

/// A page of the applications to a workspace's own offer, and how many there are.
pub async fn of_offer(tx: &mut Tx, offer: &Offer, wanted: Wanted, page: Pages) -> Result<(Vec<Application>, u64)> {
    let mut filter = Sql::filter();
    filter.and("offer_id = ", offer.id).and_if("status = ", wanted.status);
    filter.and_if("is_shortlisted = ", wanted.shortlisted);
    let by_rank = "is_shortlisted DESC, rank DESC, created_at, id";
    let order = if wanted.newest { "created_at DESC, id DESC" } else { by_rank };
    Listing::of::<Application>(filter).order(order).page(tx, page.limit, page.offset()).await
}

/// Which of these offers this creator has applied to.
pub async fn applied_to(tx: &mut Tx, creator: AccountId, offers: &[OfferId]) -> Result<Vec<(OfferId, ApplicationId)>> {
    if offers.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT offer_id, id FROM applications WHERE TRUE");
    sql.and("creator_id = ", creator).and_in("offer_id", offers.iter().copied()).all(tx).await
}

/// The offers that this creator has applied to, the newest first.
pub async fn offers_of(scope: Scope, tx: &mut Tx, creator: AccountId, most: u32) -> Result<Vec<OfferId>> {
    debug_assert!(scope.sees_everything() || scope.person() == Some(creator));
    let sql = "SELECT offer_id FROM applications WHERE creator_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2";
    tx.fetch_all(sql, args![creator, most]).await
}

/// Has this creator applied to an offer of this workspace?
pub async fn has_applied(scope: Scope, tx: &mut Tx, creator: AccountId, workspace: WorkspaceId) -> Result<bool> {
    let mut sql = Sql::new("SELECT 1 FROM applications WHERE creator_id = ");
    sql.bind(creator).and("workspace_id = ", workspace).within(scope, "workspace_id");
    let found: Option<i32> = sql.push(" LIMIT 1").optional(tx).await?;
    Ok(found.is_some())
}

/// How many applications this creator has sent since.
pub async fn sent_since(scope: Scope, tx: &mut Tx, creator: AccountId, since: Timestamp) -> Result<u64> {
    debug_assert!(scope.sees_everything() || scope.person() == Some(creator));
    let sql = "SELECT count(*) FROM applications WHERE creator_id = $1 AND created_at > $2";
    tx.fetch_value(sql, args![creator, since]).await
}

/// Open applications to an offer whose creators do not know of its present version, some at once; they count as told from here.
pub async fn take_untold(tx: &mut Tx, offer: &Offer, most: u32) -> Result<Vec<Application>> {
    let mut sql = Sql::new("UPDATE applications SET told_version = ");
    sql.bind(offer.version)
        .push(", revision = revision + 1 WHERE id IN (SELECT id FROM applications WHERE status = 'APPLIED'");
    sql.and("offer_id = ", offer.id).and("told_version < ", offer.version);
    sql.push(" ORDER BY told_version, id LIMIT ").bind(most);
    sql.push(") AND status = 'APPLIED' RETURNING ").push(Application::COLUMNS).all(tx).await
}

/// Open applications to an offer, locked, some at once.
pub async fn lock_open(tx: &mut Tx, offer: &Offer, most: u32) -> Result<Vec<Application>> {
    let mut sql = Sql::new(
        "UPDATE applications SET revision = revision + 1 WHERE id IN (SELECT id FROM applications WHERE status = 'APPLIED'",
    );
    sql.and("offer_id = ", offer.id).push(" ORDER BY id LIMIT ").bind(most);
    sql.push(") AND status = 'APPLIED' RETURNING ").push(Application::COLUMNS).all(tx).await
}

/// These applications to a workspace's own offer, locked; those that are not there are left out.
pub async fn lock_some(tx: &mut Tx, offer: &Offer, ids: &[ApplicationId]) -> Result<Vec<Application>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("UPDATE applications SET revision = revision + 1 WHERE TRUE");
    sql.and("offer_id = ", offer.id).and_in("id", ids.iter().copied());
    sql.push(" RETURNING ").push(Application::COLUMNS).all(tx).await
}

/// Applications whose creators did not answer in time to the fee that the business asked for, some at once.
pub async fn lapsed_counters(scope: Scope, tx: &mut Tx, now: Timestamp, most: u32) -> Result<Vec<ApplicationId>> {
    debug_assert!(scope.sees_everything(), "the server looks after all of them");
    let sql = "SELECT id FROM applications WHERE counter_until IS NOT NULL AND counter_until <= $1 \
               ORDER BY counter_until, id LIMIT $2";
    tx.fetch_all(sql, args![now, most]).await
}

/// How many applications to an offer were sent.
pub async fn count_of(tx: &mut Tx, offer: &Offer) -> Result<u64> {
    tx.fetch_value("SELECT count(*) FROM applications WHERE offer_id = $1", args![offer.id]).await
}

/// The open applications of an account that is erased, locked.
pub async fn lock_open_of(scope: Scope, tx: &mut Tx, creator: AccountId) -> Result<Vec<Application>> {
    debug_assert!(scope.sees_everything(), "an erasure is the server's own");
    let mut sql = Sql::new("UPDATE applications SET revision = revision + 1 WHERE status = 'APPLIED'");
    sql.and("creator_id = ", creator).push(" RETURNING ").push(Application::COLUMNS).all(tx).await
}
