//! Orders as a table.

use std::hash::Hash;

use async_trait::async_trait;
use events::TxExt as _;
use kernel::{Result, Scope, WorkspaceId};

use super::model::NewOrder;
use super::{ops, store};
use crate::events::ConversionsRecorded;
use crate::table::{Count, ImportReport, TakeIn, Wanted};
use crate::{Insights, figures};

/// The columns that a table must have.
pub(super) const WANTED: Wanted = &[&["order_id", "reference"], &["code", "promo_code", "link_code"]];

/// Takes orders of one workspace in.
pub(super) struct Import<'a> {
    pub(super) insights: &'a Insights,
    pub(super) scope: Scope,
    pub(super) workspace: WorkspaceId,
}

#[async_trait]
impl TakeIn for Import<'_> {
    type Row = NewOrder;

    fn key(row: &NewOrder) -> impl Hash {
        row.reference.clone()
    }

    async fn take_in(&mut self, rows: Vec<(u64, NewOrder)>, report: &mut ImportReport) -> Result<Count> {
        let (app, scope) = (self.insights.app(), self.scope);
        let (lines, orders): (Vec<u64>, Vec<NewOrder>) = rows.into_iter().unzip();
        let mut tx = if report.dry_run { app.read().await? } else { app.db().write_long().await? };
        if !report.dry_run {
            figures::lock(scope, &mut tx, self.workspace).await?;
        }
        let plan = ops::plan(scope, &mut tx, self.workspace, app.clock(), orders).await?;
        let count = plan.count;
        for (at, why) in &plan.refused {
            report.refuse(lines[*at], why.message().to_owned());
        }
        if count.wrote() && !report.dry_run {
            store::write(scope, &mut tx, self.workspace, plan).await?;
            tx.commit().await?;
        }
        Ok(count)
    }

    async fn tell(&self, count: Count) -> Result<()> {
        let app = self.insights.app();
        let mut tx = app.write().await?;
        recorded(&mut tx, self.workspace, "csv", count);
        tx.commit().await
    }
}

/// Tells the event log that orders came in.
pub(super) fn recorded(tx: &mut db::Tx, workspace: WorkspaceId, source: &str, count: Count) {
    tx.event(ConversionsRecorded {
        workspace_id: workspace,
        source: source.to_owned(),
        created: count.created,
        replaced: count.replaced,
        unchanged: count.unchanged,
    });
}
