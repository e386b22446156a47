//! How many entries stand where: kept beside the entries, in the transactions that write them.

use std::collections::BTreeMap;

use db::{Sql, Tx, args};
use http_base::Offsets;
use kernel::{CampaignId, Result, Scope, WorkspaceId};

use crate::{CallStatus, EmailStatus, Entry, Stage};

/// Where an entry stands, as far as it is counted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, db::Row)]
pub(super) struct Place {
    pub(super) workspace_id: WorkspaceId,
    pub(super) campaign_id: CampaignId,
    pub(super) stage: Stage,
    pub(super) call_status: CallStatus,
    pub(super) email_status: EmailStatus,
    pub(super) recorded: bool,
}

impl Place {
    pub(super) fn of(entry: &Entry) -> Self {
        Self {
            workspace_id: entry.workspace_id,
            campaign_id: entry.campaign_id,
            stage: entry.stage,
            call_status: entry.call(),
            email_status: entry.email(),
            recorded: entry.has_recording(),
        }
    }
}

/// Counts these entries in and those out.
pub(super) async fn count(tx: &mut Tx, gone: &[Place], come: Vec<Place>) -> Result<()> {
    // In one order everywhere, so that two transactions never wait for each other crosswise.
    let mut changes: BTreeMap<Place, i64> = BTreeMap::new();
    for place in gone {
        *changes.entry(place.clone()).or_default() -= 1;
    }
    for place in come {
        *changes.entry(place).or_default() += 1;
    }
    for (place, change) in changes.into_iter().filter(|(_, change)| *change != 0) {
        let sql = "INSERT INTO outreach_tallies (workspace_id, campaign_id, stage, call_status, email_status, recorded, entries) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) \
                   ON CONFLICT (workspace_id, campaign_id, stage, call_status, email_status, recorded) \
                   DO UPDATE SET entries = outreach_tallies.entries + excluded.entries";
        let arguments = args![
            place.workspace_id,
            place.campaign_id,
            place.stage,
            place.call_status,
            place.email_status,
            place.recorded,
            change
        ];
        tx.execute(sql, arguments).await?;
    }
    Ok(())
}

/// The log in figures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, db::Row)]
pub struct Summary {
    /// Entries.
    pub total_contacts: u64,
    /// Calls that were talked.
    pub calls_completed: u64,
    /// Mails that were answered.
    pub email_replies: u64,
    /// Recordings that are there.
    pub recordings: u64,
}

fn scoped(sql: &mut Sql, scope: Scope, campaign: Option<CampaignId>) {
    sql.within(scope, "t.workspace_id").and_if("t.campaign_id = ", campaign);
}

/// The sums over a campaign, or over everything in scope.
pub async fn summary(scope: Scope, tx: &mut Tx, campaign: Option<CampaignId>) -> Result<Summary> {
    let sum =
        |condition: &str| format!("CAST(COALESCE(sum(CASE WHEN {condition} THEN t.entries ELSE 0 END), 0) AS BIGINT)");
    let mut sql = Sql::new(format!(
        "SELECT {}, {}, {}, {} FROM outreach_tallies t WHERE t.entries > 0",
        sum("t.entries > 0"),
        sum("t.call_status = 'completed'"),
        sum("t.email_status = 'replied'"),
        sum("t.recorded")
    ));
    scoped(&mut sql, scope, campaign);
    sql.one(tx).await
}

/// A campaign's pipeline: how many entries are at each stage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pipeline {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The number in its code.
    pub code: u64,
    /// What it is for.
    pub product_name: String,
    /// The stages, in the order of [`Stage::ALL`], with how many entries are there.
    pub stages: Vec<(Stage, u64)>,
}

/// The pipelines of the newest campaigns that have entries (or of the one), and how many campaigns have any.
pub async fn pipelines(
    scope: Scope,
    tx: &mut Tx,
    campaign: Option<CampaignId>,
    offsets: Offsets,
) -> Result<(Vec<Pipeline>, u64)> {
    let of_entries = |what: &str| {
        let mut sql = Sql::new(format!("SELECT {what} FROM outreach_tallies t WHERE t.entries > 0"));
        scoped(&mut sql, scope, campaign);
        sql
    };
    let total = of_entries("count(DISTINCT t.campaign_id)").one(tx).await?;
    let campaigns: Vec<(CampaignId, u64, String)> =
        campaigns::store::newest_of(tx, "id, code, product_name", of_entries("t.campaign_id"), offsets).await?;
    let mut sql = of_entries("t.campaign_id, t.stage, CAST(sum(t.entries) AS BIGINT)");
    sql.push(" AND t.campaign_id IN ").bind_list(campaigns.iter().map(|(id, ..)| *id));
    sql.push(" GROUP BY t.campaign_id, t.stage");
    let counted: Vec<(CampaignId, Stage, u64)> = sql.all(tx).await?;
    let pipelines = campaigns.into_iter().map(|(campaign_id, code, product_name)| {
        let at = |stage: Stage| {
            counted.iter().filter(|(id, at, _)| (*id, *at) == (campaign_id, stage)).map(|(.., n)| n).sum()
        };
        let stages = Stage::ALL.into_iter().map(|stage| (stage, at(stage))).collect();
        Pipeline { campaign_id, code, product_name, stages }
    });
    Ok((pipelines.collect(), total))
}
