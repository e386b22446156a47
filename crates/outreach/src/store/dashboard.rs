//! The dashboard: the rows of the log in short.

use db::{Sql, Tx};
use http_base::Offsets;
use kernel::{CampaignId, CreatorId, OutreachId, Result, Scope, Timestamp};

use crate::{CallStatus, EmailStatus, Stage};

/// A row of the dashboard.
#[derive(Clone, Debug, db::Row)]
pub struct Line {
    /// The entry.
    pub id: OutreachId,
    /// For which campaign,
    pub campaign_id: CampaignId,
    /// with whom.
    pub creator_id: CreatorId,
    /// Where the call stands.
    pub call_status: Option<CallStatus>,
    /// Where the mail stands.
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
    let mut sql = Sql::new(
        "SELECT id, campaign_id, creator_id, call_status, email_status, stage, \
         recording_file IS NOT NULL OR call_recording_url IS NOT NULL, \
         call_transcript IS NOT NULL OR full_transcript IS NOT NULL, call_duration_seconds, sentiment, last_contact_date \
         FROM outreach_logs WHERE TRUE",
    );
    sql.and_if("campaign_id = ", campaign).within(scope, "workspace_id");
    sql.push(" ORDER BY updated_at DESC, id DESC LIMIT ").bind(offsets.limit).push(" OFFSET ").bind(offsets.offset);
    sql.all(tx).await
}
