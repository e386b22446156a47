//! Post metrics as a table.

use std::collections::HashSet;
use std::hash::Hash;

use async_trait::async_trait;
use events::TxExt as _;
use kernel::{CreatorId, Result, Scope};

use super::model::NewMetric;
use super::store::{self, Campaign};
use crate::events::MetricsRecorded;
use crate::table::{Count, ImportReport, TakeIn, Wanted};
use crate::{Insights, figures};

/// The columns that a table must have.
pub(super) const WANTED: Wanted = &[
    &["creator_id", "influencer_id"],
    &["post_id", "post", "post_url"],
    &["date", "day"],
    &["views", "likes", "comments", "shares", "saves", "clicks", "conversions", "reach", "revenue"],
];

/// Takes rows of one campaign in.
pub(super) struct Import<'a> {
    insights: &'a Insights,
    scope: Scope,
    campaign: Campaign,
    /// Creators that were found already.
    known: HashSet<CreatorId>,
}

impl<'a> Import<'a> {
    pub(super) fn new(insights: &'a Insights, scope: Scope, campaign: Campaign) -> Self {
        Self { insights, scope, campaign, known: HashSet::new() }
    }

    async fn learn(&mut self, rows: &[(u64, NewMetric)]) -> Result<()> {
        let named: HashSet<CreatorId> = rows.iter().map(|(_, row)| row.creator_id).collect();
        let new: Vec<CreatorId> = named.difference(&self.known).copied().collect();
        if !new.is_empty() {
            let mut tx = self.insights.app().read().await?;
            let found = creators::store::by_ids(self.scope, &mut tx, &new).await?;
            self.known.extend(found.iter().map(|creator| creator.id));
        }
        Ok(())
    }
}

#[async_trait]
impl TakeIn for Import<'_> {
    type Row = NewMetric;

    fn key(row: &NewMetric) -> impl Hash {
        (row.creator_id, row.post.clone(), row.day)
    }

    async fn take_in(&mut self, rows: Vec<(u64, NewMetric)>, report: &mut ImportReport) -> Result<Count> {
        self.learn(&rows).await?;
        let (app, scope, campaign) = (self.insights.app(), self.scope, self.campaign);
        let now = app.clock().now();
        let (good, unknown): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|(_, row)| self.known.contains(&row.creator_id));
        for (line, row) in unknown {
            report.refuse(line, format!("creator_id {} names nobody in the directory", row.creator_id));
        }
        let rows: Vec<_> = good.into_iter().map(|(_, row)| row.stored(campaign, "csv", now)).collect();
        if rows.is_empty() {
            return Ok(Count::default());
        }
        if report.dry_run {
            return Ok(store::compare(scope, &mut app.read().await?, campaign, rows).await?.count);
        }
        let mut tx = app.db().write_long().await?;
        figures::lock(scope, &mut tx, campaign.workspace).await?;
        let plan = store::compare(scope, &mut tx, campaign, rows).await?;
        let count = plan.count;
        if count.wrote() {
            store::write(scope, &mut tx, campaign, plan).await?;
            tx.commit().await?;
        }
        Ok(count)
    }

    async fn tell(&self, count: Count) -> Result<()> {
        let app = self.insights.app();
        let mut tx = app.write().await?;
        recorded(&mut tx, self.campaign, "csv", count);
        tx.commit().await
    }
}

/// Tells the event log that rows came in.
pub(super) fn recorded(tx: &mut db::Tx, campaign: Campaign, source: &str, count: Count) {
    tx.event(MetricsRecorded {
        workspace_id: campaign.workspace,
        campaign_id: campaign.id,
        source: source.to_owned(),
        created: count.created,
        replaced: count.replaced,
        unchanged: count.unchanged,
    });
}
