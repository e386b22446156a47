//! What the marketplace keeps about people, as it is told to them and taken away.
//!
//! - To the owner of a workspace its offers and the applications to them are told; to a creator their own applications and invitations.
//! - Of a creator who is erased what they wrote goes, and their figures; that there was an application, and what was agreed, stays by its ids.
//! - Offers of a business that is erased, and whose workspace nobody owns any more, are archived, and their open applications rejected.

use async_trait::async_trait;
use db::{Json, Tx, args};
use events::TxExt as _;
use http_base::data::As::{Amount, Flag, Json as AsJson, Moment, Plain};
use http_base::data::{Data, Eraser, Holder, Table};
use kernel::{Result, Scope, Timestamp};

use crate::events::{ApplicationWithdrawn, OfferArchived};
use crate::model::Figures;
use crate::ops;
use crate::store::{applications, offers};

/// What every export tells, and every erasure takes away.
pub(crate) fn kept() -> Data {
    Data::told(SECTIONS.iter().copied()).erased_by(Erasing)
}

type Columns = &'static [(&'static str, http_base::data::As)];

const APPLICATION: Columns = &[
    ("id", Plain),
    ("offer_id", Plain),
    ("offer_version", Plain),
    ("creator_id", Plain),
    ("status", Plain),
    ("message", Plain),
    ("media_attachments", AsJson),
    ("proposed_fee", Amount),
    ("currency", Plain),
    ("class", Plain),
    ("figures", AsJson),
    ("counter_fee", Amount),
    ("counter_message", Plain),
    ("counter_until", Moment),
    ("agreed_fee", Amount),
    ("rejection_reason", Plain),
    ("decided_at", Moment),
    ("collaboration_id", Plain),
    ("created_at", Moment),
    ("updated_at", Moment),
];

/// What is told.
pub(crate) const SECTIONS: &[Table] = &[
    Table {
        name: "offers",
        columns: &[
            ("id", Plain),
            ("version", Plain),
            ("status", Plain),
            ("title", Plain),
            ("description", Plain),
            ("category", Plain),
            ("platforms", AsJson),
            ("budget_min", Amount),
            ("budget_max", Amount),
            ("currency", Plain),
            ("requirements", AsJson),
            ("content_specs", AsJson),
            ("countries", AsJson),
            ("application_deadline", Moment),
            ("content_deadline", Moment),
            ("places", Plain),
            ("contract", Plain),
            ("usage_rights", Plain),
            ("is_public", Flag),
            ("views_count", Plain),
            ("applications_count", Plain),
            ("published_at", Moment),
            ("archived_at", Moment),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
        from: "FROM offers WHERE workspace_id IN {owned} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "applications_to_your_offers",
        columns: APPLICATION,
        from: "FROM applications WHERE workspace_id IN {owned} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "applications",
        columns: APPLICATION,
        from: "FROM applications WHERE creator_id = {account} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "offer_invitations",
        columns: &[
            ("offer_id", Plain),
            ("influencer_id", Plain),
            ("message", Plain),
            ("how", Plain),
            ("created_at", Moment),
        ],
        from: "FROM offer_invitations WHERE account_id = {account} OR influencer_id IN {claimed} \
               ORDER BY created_at DESC, offer_id",
    },
    Table {
        name: "offer_recommendations",
        columns: &[("offer_id", Plain), ("created_at", Moment)],
        from: "FROM offer_recommendations WHERE account_id = {account} ORDER BY created_at DESC, offer_id",
    },
    Table {
        name: "offer_preferences",
        columns: &[("recommendations", Flag), ("updated_at", Moment)],
        from: "FROM offer_preferences WHERE account_id = {account}",
    },
];

/// What is taken away.
pub(crate) struct Erasing;

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, scope: Scope, tx: &mut Tx, of: &Holder, now: Timestamp) -> Result<()> {
        debug_assert!(scope.sees_everything(), "an erasure is the server's own");
        for mut application in applications::lock_open_of(scope, tx, of.account).await? {
            application.withdraw(now)?;
            applications::save(scope, tx, &application).await?;
            tx.event(ApplicationWithdrawn((&application).into()));
        }
        let nothing = Json(Figures::none());
        let sql =
            "UPDATE applications SET message = NULL, media_attachments = '[]', figures = $2 WHERE creator_id = $1";
        tx.execute(sql, args![of.account, nothing]).await?;
        of.sql("DELETE FROM offer_recommendations WHERE account_id = {account}").run(tx).await?;
        of.sql("DELETE FROM offer_preferences WHERE account_id = {account}").run(tx).await?;
        let sql = "UPDATE offer_invitations SET account_id = NULL, message = NULL WHERE account_id = {account} OR influencer_id IN {claimed}";
        of.sql(sql).run(tx).await?;
        for id in offers::of_account(scope, tx, of.account).await? {
            end(scope, tx, id, now).await?;
        }
        Ok(())
    }
}

/// Ends an offer whose workspace nobody owns any more; those who have applied are told.
async fn end(scope: Scope, tx: &mut Tx, id: kernel::OfferId, now: Timestamp) -> Result<()> {
    let Some(mut offer) = offers::lock(scope, tx, id).await? else { return Ok(()) };
    if accounts::workspaces::store::owners(scope, tx, offer.workspace_id).await? > 0 || offer.archive(now).is_err() {
        return Ok(());
    }
    loop {
        let mut open = applications::lock_open(tx, &offer, ops::BATCH).await?;
        for application in &mut open {
            ops::reject(tx, application, Some("The business is gone. Thank you for applying."), None, now).await?;
        }
        if open.is_empty() {
            break;
        }
    }
    tx.event(OfferArchived((&offer).into()));
    offers::save(scope, tx, &mut offer).await
}
