//! Offers and their versions.

use std::collections::HashMap;

use db::{Listing, Sql, Tx, args};
use http_base::Pages;
use kernel::{AccountId, OfferId, Result, Scope, Timestamp};

use crate::TOPIC;
use crate::model::{Offer, OfferStatus, OfferVersion};

/// What somebody who changed an offer meanwhile has to be told.
const CHANGED: &str = "The offer was changed by someone else meanwhile; read it again and repeat your change";

/// Adds an offer.
pub async fn insert(scope: Scope, tx: &mut Tx, offer: &mut Offer) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(offer.workspace_id));
    tx.changed(Some(offer.workspace_id));
    offer.seq = tx.next_version(TOPIC).await?;
    tx.insert(offer).await
}

/// The workspace's own offer, if it is there and this scope's.
pub async fn find(scope: Scope, tx: &mut Tx, id: OfferId) -> Result<Option<Offer>> {
    Sql::of::<Offer>().and("id = ", id).within(scope, "workspace_id").optional(tx).await
}

/// The same for changing it: until the commit nobody else reads it by this, so that whoever comes second sees what the first one did.
pub async fn lock(scope: Scope, tx: &mut Tx, id: OfferId) -> Result<Option<Offer>> {
    let mut sql = Sql::new("UPDATE offers SET revision = revision + 1 WHERE TRUE");
    sql.and("id = ", id).within(scope, "workspace_id");
    sql.push(" RETURNING ").push(Offer::COLUMNS).optional(tx).await
}

/// Adds the condition that an offer is one which this person sees though it is not theirs: it was published, and is public or they
/// were invited to it or have applied.
fn shown(sql: &mut Sql, to: Option<AccountId>) {
    sql.push(" AND status <> 'DRAFT' AND (is_public");
    if let Some(account) = to {
        sql.push(" OR EXISTS (SELECT 1 FROM offer_invitations i WHERE i.offer_id = offers.id AND i.account_id = ");
        sql.bind(account)
            .push(") OR EXISTS (SELECT 1 FROM applications a WHERE a.offer_id = offers.id AND a.creator_id = ");
        sql.bind(account).push(")");
    }
    sql.push(")");
}

/// An offer of whomever that this person (or, without one, everybody) sees. What an administrator has hidden they do not.
pub async fn seen(to: Option<AccountId>, tx: &mut Tx, id: OfferId) -> Result<Option<Offer>> {
    let mut sql = Sql::of::<Offer>();
    shown(sql.and("id = ", id).push(" AND hidden_at IS NULL"), to);
    sql.optional(tx).await
}

/// The same for whoever wants to apply: they may have read it before it was hidden, and are told why it takes no applications.
pub async fn seen_to_apply(to: AccountId, tx: &mut Tx, id: OfferId) -> Result<Option<Offer>> {
    let mut sql = Sql::of::<Offer>();
    shown(sql.and("id = ", id), Some(to));
    sql.optional(tx).await
}

/// Hides an offer from everybody but its business and administrators, or shows it again without a moment. False if it is not there, or as
/// it is to be.
pub async fn hide(scope: Scope, tx: &mut Tx, id: OfferId, hidden_at: Option<Timestamp>) -> Result<bool> {
    debug_assert!(scope.sees_everything(), "administrators decide what is hidden");
    let Some(mut offer) = lock(scope, tx, id).await? else { return Ok(false) };
    if offer.hidden_at.is_some() == hidden_at.is_some() {
        return Ok(false);
    }
    offer.hidden_at = hidden_at;
    save(scope, tx, &mut offer).await?;
    Ok(true)
}

/// Locks an offer that this person sees, hidden or not, to apply to it.
pub async fn lock_seen(to: AccountId, tx: &mut Tx, id: OfferId) -> Result<Option<Offer>> {
    let mut sql = Sql::new("UPDATE offers SET revision = revision + 1 WHERE TRUE");
    shown(sql.and("id = ", id), Some(to));
    sql.push(" RETURNING ").push(Offer::COLUMNS).optional(tx).await
}

/// Writes an offer that this transaction has locked over what was, and moves all offers to a new version.
pub async fn save(scope: Scope, tx: &mut Tx, offer: &mut Offer) -> Result<()> {
    offer.seq = tx.next_version(TOPIC).await?;
    tx.save(offer).within(scope, "workspace_id").or_conflict(CHANGED).await?;
    tx.changed(Some(offer.workspace_id));
    Ok(())
}

/// Offers that a list shows, in this order; those that are gone are left out. Whoever lists has seen to it that they may be shown.
pub async fn by_ids(tx: &mut Tx, ids: &[OfferId]) -> Result<Vec<Offer>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<Offer> = Sql::of::<Offer>().and_in("id", ids.iter().copied()).all(tx).await?;
    let mut found: HashMap<OfferId, Offer> = found.into_iter().map(|offer| (offer.id, offer)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// A page of a workspace's own offers, the newest first, and how many there are.
pub async fn own(scope: Scope, tx: &mut Tx, status: Option<OfferStatus>, page: Pages) -> Result<(Vec<Offer>, u64)> {
    let mut filter = Sql::filter();
    filter.and_if("status = ", status).within(scope, "workspace_id");
    Listing::of::<Offer>(filter).order("created_at DESC, id DESC").page(tx, page.limit, page.offset()).await
}

/// Keeps what an offer asks for from now on, in its present version.
pub async fn keep_version(tx: &mut Tx, offer: &Offer, now: Timestamp) -> Result<()> {
    tx.insert(&offer.as_version(now)).await
}

/// What an offer asked for in a version. Whoever has the offer or an application to it may read that.
pub async fn version(tx: &mut Tx, id: OfferId, version: i64) -> Result<Option<OfferVersion>> {
    Sql::of::<OfferVersion>().and("offer_id = ", id).and("version = ", version).optional(tx).await
}

/// Every version of an offer, the newest first.
pub async fn versions(tx: &mut Tx, offer: &Offer, most: u32) -> Result<Vec<OfferVersion>> {
    let mut sql = Sql::of::<OfferVersion>();
    sql.and("offer_id = ", offer.id).push(" ORDER BY version DESC LIMIT ").bind(most).all(tx).await
}

/// Keeps the vector of what an offer is about.
pub async fn keep_vector(tx: &mut Tx, offer: &Offer, model: &str, vector: Option<&[f32]>) -> Result<()> {
    let Some(vector) = vector else {
        return tx.execute("DELETE FROM offer_vectors WHERE offer_id = $1", args![offer.id]).await.map(drop);
    };
    let sql = "INSERT INTO offer_vectors (offer_id, model, vector) VALUES ($1, $2, $3) \
               ON CONFLICT (offer_id) DO UPDATE SET model = excluded.model, vector = excluded.vector";
    tx.execute(sql, args![offer.id, model, pack(vector)]).await.map(drop)
}

/// Published offers that have no vector of this model, some at once.
pub async fn without_vector(scope: Scope, tx: &mut Tx, model: &str, most: u32) -> Result<Vec<Offer>> {
    debug_assert!(scope.sees_everything(), "vectors are the server's own");
    let mut sql = Sql::of::<Offer>();
    sql.push(" AND status = 'ACTIVE' AND NOT EXISTS (SELECT 1 FROM offer_vectors v WHERE v.offer_id = offers.id AND v.model = ");
    sql.bind(model).push(") ORDER BY id LIMIT ").bind(most).all(tx).await
}

/// Published offers whose content had to be in by now, or that were archived, and to which somebody still waits for an answer.
pub async fn overdue(scope: Scope, tx: &mut Tx, now: Timestamp, most: u32) -> Result<Vec<OfferId>> {
    debug_assert!(scope.sees_everything(), "the server looks after all of them");
    let sql = "SELECT id FROM offers WHERE status = 'ACTIVE' AND content_deadline IS NOT NULL AND content_deadline <= $1 \
               AND EXISTS (SELECT 1 FROM applications a WHERE a.offer_id = offers.id AND a.status = 'APPLIED') \
               ORDER BY content_deadline, id LIMIT $2";
    tx.fetch_all(sql, args![now, most]).await
}

/// Offers of an account that are not over yet.
pub async fn of_account(scope: Scope, tx: &mut Tx, account: AccountId) -> Result<Vec<OfferId>> {
    debug_assert!(scope.sees_everything(), "an erasure is the server's own");
    tx.fetch_all("SELECT id FROM offers WHERE business_id = $1 AND status <> 'ARCHIVED' ORDER BY id", args![account])
        .await
}

/// A vector as it is stored: half-precision, little-endian, as those of creators.
fn pack(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|part| half::f16::from_f32(*part).to_le_bytes()).collect()
}

/// The stored vector; nothing if it is not of this many parts.
pub(crate) fn unpack(bytes: &[u8], dims: usize) -> Option<Vec<f32>> {
    let (parts, rest) = bytes.as_chunks::<2>();
    (parts.len() == dims && rest.is_empty())
        .then(|| parts.iter().map(|part| half::f16::from_le_bytes(*part).to_f32()).collect())
}
