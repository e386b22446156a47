//! All SQL of moderation.

use db::{Listing, Sql, Tx, args};
use http_base::Offsets;
use kernel::{AccountId, Day, Result, Scope};

use crate::model::{Action, Report, ReportId, Status, Subject};

/// Adds a report; [`kernel::Kind::Conflict`] if its reporter has an open one of the same thing.
pub(crate) async fn insert(scope: Scope, tx: &mut Tx, report: &Report) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace().is_some() || scope.person() == Some(report.reporter_id));
    tx.insert_or_conflict(report, "You have reported this already; an administrator will look at it").await
}

/// Counts a report of this day; tells how many there are with it.
pub(crate) async fn count(tx: &mut Tx, reporter: AccountId, day: Day) -> Result<i64> {
    let sql = "INSERT INTO moderation_reporters (account_id, day, reports) VALUES ($1, $2, 1) \
               ON CONFLICT (account_id, day) DO UPDATE SET reports = moderation_reporters.reports + 1 RETURNING reports";
    tx.fetch_value(sql, args![reporter, day]).await
}

/// A report. Administrators read every one, and nobody else any.
pub(crate) async fn by_id(scope: Scope, tx: &mut Tx, id: ReportId) -> Result<Option<Report>> {
    if !scope.sees_everything() {
        return Ok(None);
    }
    Sql::of::<Report>().and("id = ", id).optional(tx).await
}

/// Which reports are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) status: Option<Status>,
    pub(crate) subject: Option<Subject>,
    pub(crate) owner: Option<AccountId>,
    pub(crate) action: Option<Action>,
}

/// A page of reports, the newest first, and how many there are.
pub(crate) async fn list(scope: Scope, tx: &mut Tx, wanted: Wanted, offsets: Offsets) -> Result<(Vec<Report>, u64)> {
    if !scope.sees_everything() {
        return Ok((Vec::new(), 0));
    }
    let mut filter = Sql::filter();
    if let Some(status) = wanted.status {
        filter.and("status = ", status);
    }
    if let Some(subject) = wanted.subject {
        filter.and("subject = ", subject);
    }
    if let Some(owner) = wanted.owner {
        filter.and("owner_id = ", owner);
    }
    if let Some(action) = wanted.action {
        filter.and("action = ", action);
    }
    Listing::of::<Report>(filter).order("created_at DESC, id DESC").page(tx, offsets.limit, offsets.offset).await
}

/// A page of the decisions about what is this account's, but for those that dismissed a report; the newest first.
pub(crate) async fn decisions(tx: &mut Tx, owner: AccountId, offsets: Offsets) -> Result<(Vec<Report>, u64)> {
    let mut filter = Sql::filter();
    filter.and("owner_id = ", owner).push(" AND decided_at IS NOT NULL").and("action <> ", Action::Dismiss);
    Listing::of::<Report>(filter).order("decided_at DESC, id DESC").page(tx, offsets.limit, offsets.offset).await
}

/// A page of what this account has reported; the newest first.
pub(crate) async fn own(tx: &mut Tx, reporter: AccountId, offsets: Offsets) -> Result<(Vec<Report>, u64)> {
    let mut filter = Sql::filter();
    filter.and("reporter_id = ", reporter);
    Listing::of::<Report>(filter).order("created_at DESC, id DESC").page(tx, offsets.limit, offsets.offset).await
}
