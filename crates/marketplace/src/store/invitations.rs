//! Invitations to offers.

use db::{Listing, Sql, Tx, args};
use http_base::Pages;
use kernel::{AccountId, CreatorId, OfferId, Result, Scope, Timestamp, WorkspaceId};

use crate::model::Offer;

/// How an invitation reaches somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "InvitationChannel")]
pub enum How {
    /// In the server: they have an account.
    #[word("NOTIFICATION")]
    Notification,
    /// By mail: they have none.
    #[word("MAIL")]
    Mail,
}

/// An invitation, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "offer_invitations")]
pub struct Invitation {
    /// The offer.
    pub offer_id: OfferId,
    /// The entry of the directory.
    pub influencer_id: CreatorId,
    /// The workspace of the offer.
    pub workspace_id: WorkspaceId,
    /// The account of the person it is about.
    pub account_id: Option<AccountId>,
    /// What the business says.
    pub message: Option<String>,
    /// How they are told.
    pub how: How,
    /// Who invited them.
    pub invited_by: AccountId,
    /// When.
    pub created_at: Timestamp,
}

/// Writes an invitation down; false if they were invited before.
pub async fn insert(scope: Scope, tx: &mut Tx, new: &Invitation) -> Result<bool> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(new.workspace_id));
    tx.insert_new(new).await
}

/// How many invitations a workspace has written since.
pub async fn since(scope: Scope, tx: &mut Tx, workspace: WorkspaceId, since: Timestamp) -> Result<u64> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(workspace));
    let sql = "SELECT count(*) FROM offer_invitations WHERE workspace_id = $1 AND created_at > $2";
    tx.fetch_value(sql, args![workspace, since]).await
}

/// A page of the invitations to a workspace's own offer, the newest first, and how many there are.
pub async fn list(tx: &mut Tx, offer: &Offer, page: Pages) -> Result<(Vec<Invitation>, u64)> {
    let mut filter = Sql::filter();
    filter.and("offer_id = ", offer.id);
    let listing = Listing::of::<Invitation>(filter).order("created_at DESC, influencer_id");
    listing.page(tx, page.limit, page.offset()).await
}

/// Has this workspace invited this account to an offer?
pub async fn has_invited(scope: Scope, tx: &mut Tx, workspace: WorkspaceId, account: AccountId) -> Result<bool> {
    let mut sql = Sql::new("SELECT 1 FROM offer_invitations WHERE account_id = ");
    sql.bind(account).and("workspace_id = ", workspace).within(scope, "workspace_id");
    let found: Option<i32> = sql.push(" LIMIT 1").optional(tx).await?;
    Ok(found.is_some())
}

/// Was this entry invited to a workspace's own offer?
pub async fn is_invited(tx: &mut Tx, offer: &Offer, entry: CreatorId) -> Result<bool> {
    let sql = "SELECT count(*) FROM offer_invitations WHERE offer_id = $1 AND influencer_id = $2";
    Ok(tx.fetch_value::<i64>(sql, args![offer.id, entry]).await? > 0)
}
