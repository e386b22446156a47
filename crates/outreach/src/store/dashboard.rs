//! B's dashboard: the rows of the log with the names of campaigns and creators.

use db::{Sql, Tx};
use http_base::Offsets;
use kernel::{CampaignId, CreatorId, OutreachId, Result, Scope, Timestamp};

use crate::{CallStatus, EmailStatus, Stage};

/// A row of the dashboard.
#[derive(Clone, Debug, db::Row)]
pub struct Line {
    /// The entry.
    pub id: OutreachId,
    /// The number in the campaign's code.
    pub code: u64,
    /// The creator,
    pub creator_id: CreatorId,
    /// and their name.
    pub name: String,
    /// B's status of the call.
    pub call_status: Option<CallStatus>,
    /// B's status of the mail.
    pub email_status: Option<EmailStatus>,
    /// How far it has come.
    pub stage: Stage,
    /// Is there a recording?
    pub has_recording: bool,
    /// Is there a transcript?
    pub has_transcript: bool,
    /// How long the call was.
    pub call_duration_seconds: Option<u64>,
    /// How it felt.
    pub sentiment: Option<String>,
    /// When they were last in touch.
    pub last_contact_date: Option<Timestamp>,
}

/// The rows that last changed first.
pub async fn lines(scope: Scope, tx: &mut Tx, campaign: Option<CampaignId>, offsets: Offsets) -> Result<Vec<Line>> {
    // The part first, by its index alone; then the names of its few rows.
    let mut sql = Sql::new(
        "SELECT o.id, c.code, o.creator_id, r.name, o.call_status, o.email_status, o.stage, \
         o.recording_file IS NOT NULL OR o.call_recording_url IS NOT NULL, \
         o.call_transcript IS NOT NULL OR o.full_transcript IS NOT NULL, o.call_duration_seconds, o.sentiment, o.last_contact_date \
         FROM (SELECT id, campaign_id, creator_id, call_status, email_status, stage, recording_file, call_recording_url, \
         call_transcript, full_transcript, call_duration_seconds, sentiment, last_contact_date, updated_at FROM outreach_logs",
    );
    let mut first = true;
    match campaign {
        Some(campaign) => {
            sql.and_where(&mut first).push("campaign_id = ").bind(campaign);
            if !scope.sees_everything() {
                sql.push(" AND workspace_id = ").bind(scope.workspace());
            }
        }
        None if !scope.sees_everything() => {
            sql.and_where(&mut first).push("workspace_id = ").bind(scope.workspace());
        }
        None => {}
    }
    sql.push(" ORDER BY updated_at DESC, id DESC LIMIT ").bind(offsets.limit).push(" OFFSET ").bind(offsets.offset);
    sql.push(
        ") o JOIN campaigns c ON c.id = o.campaign_id JOIN creators r ON r.id = o.creator_id \
         ORDER BY o.updated_at DESC, o.id DESC",
    );
    sql.all(tx).await
}
