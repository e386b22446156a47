//! The dashboard, and the pipeline.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use campaigns::model::code;
use db::Tx;
use http_base::{Answer, App, Caller, Offsets, Page, Params};
use input::Input;
use kernel::{CampaignId, CreatorId, OutreachId, Result, Scope};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::store::dashboard::{self, Line};
use crate::store::tallies::{self, Pipeline, Summary};
use crate::{CallStatus, EmailStatus, Stage};

/// Which part of the outreach is wanted.
#[derive(Input)]
pub(super) struct Filter {
    /// Only this campaign, by its id or code; `All Campaigns`, or nothing, for all of them.
    #[input(text(100), alias = "campaign_id", example = "CAMP-001")]
    campaign_filter: Option<String>,
    /// How many at most.
    #[input(whole(1, 100).map(|limit| limit as u32), default = 100)]
    limit: u32,
    /// How many to leave out first.
    #[input(whole(0, u32::MAX.into()).map(|offset| offset as u32), default = 0)]
    offset: u32,
}

impl Filter {
    fn offsets(&self) -> Offsets {
        Offsets { limit: self.limit, offset: self.offset }
    }

    /// The campaign that it names, if it names one.
    async fn campaign(&self, scope: Scope, tx: &mut Tx) -> Result<Option<CampaignId>> {
        let all = |name: &&String| matches!(name.to_ascii_lowercase().as_str(), "all campaigns" | "all");
        match self.campaign_filter.as_ref().filter(|name| !all(name)) {
            Some(name) => Ok(Some(campaigns::find(scope, tx, name).await?.id)),
            None => Ok(None),
        }
    }
}

/// The outreach in figures.
#[derive(Serialize, ToSchema)]
#[schema(as = OutreachSummary)]
struct SummaryBody {
    /// How many entries the log has.
    total_contacts: u64,
    /// How many of them have a completed call.
    calls_completed: u64,
    /// How many of them have a reply by email.
    email_replies: u64,
    /// How many of them have a recording.
    recordings: u64,
}

impl From<Summary> for SummaryBody {
    fn from(sums: Summary) -> Self {
        let Summary { total_contacts, calls_completed, email_replies, recordings } = sums;
        Self { total_contacts, calls_completed, email_replies, recordings }
    }
}

/// An entry of the log in the dashboard.
#[derive(Serialize, ToSchema)]
#[schema(as = OutreachDashboardEntry)]
struct LineBody {
    /// The log entry.
    outreach_id: OutreachId,
    /// The campaign's code.
    #[schema(example = "CAMP-001")]
    campaign_id: String,
    /// The creator.
    influencer_id: CreatorId,
    /// The creator's name.
    influencer_name: String,
    /// How the call stands, as in the log, but `no answer` for `no_answer`.
    #[schema(example = "scheduled")]
    call_status: &'static str,
    /// How the email stands.
    email_status: EmailStatus,
    /// How far the entry has come in the pipeline.
    stage: Stage,
    /// Is there a recording of the call?
    has_recording: bool,
    /// Is there a transcript of the call?
    has_transcript: bool,
    /// How long the call took, in minutes, to one decimal.
    duration_minutes: Option<f64>,
    /// How the conversation went, from `positive` to `negative`.
    sentiment: Option<String>,
    /// The day of the last contact.
    #[schema(example = "2026-01-15")]
    last_contact: Option<String>,
}

impl LineBody {
    fn new(line: Line, number: u64, name: String) -> Self {
        let call = line.call_status.unwrap_or(CallStatus::Pending);
        Self {
            outreach_id: line.id,
            campaign_id: code(number),
            influencer_id: line.creator_id,
            influencer_name: name,
            // The dashboard's own word for it.
            call_status: if call == CallStatus::NoAnswer { "no answer" } else { call.word() },
            email_status: line.email_status.unwrap_or(EmailStatus::Pending),
            stage: line.stage,
            has_recording: line.has_recording,
            has_transcript: line.has_transcript,
            duration_minutes: line.call_duration_seconds.map(|seconds| (seconds as f64 / 6.0).round() / 10.0),
            sentiment: line.sentiment,
            last_contact: line.last_contact_date.map(kernel::Timestamp::date),
        }
    }
}

/// The outreach dashboard.
#[derive(Serialize, ToSchema)]
#[schema(as = OutreachDashboard)]
pub(super) struct Dashboard {
    /// The outreach of the campaign, or of all campaigns, in figures.
    summary: SummaryBody,
    /// The entries of this page, the latest change first.
    outreach_log: Vec<LineBody>,
    #[serde(flatten)]
    page: Page,
}

/// Get the outreach dashboard
///
/// The summary counts every entry of the campaign, or of all campaigns; the entries are a page of them, the latest change first.
#[utoipa::path(get, path = "/api/v1/outreach/dashboard", tag = "Outreach", params(Filter),
    responses((status = 200, description = "The dashboard", body = Dashboard),
    (status = 404, description = "There is no such campaign")))]
pub(super) async fn dashboard(
    State(app): State<App>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Answer<Json<Dashboard>> {
    // One moment for all of it: the summary counts its own rows.
    let (scope, mut tx) = (caller.scope(), app.db().snapshot().await?);
    let campaign = filter.campaign(scope, &mut tx).await?;
    let summary = tallies::summary(scope, &mut tx, campaign).await?;
    let lines = dashboard::lines(scope, &mut tx, campaign, filter.offsets()).await?;
    let page = filter.offsets().page(summary.total_contacts);
    let codes = campaigns::store::of_ids(&mut tx, "id, code", lines.iter().map(|line| line.campaign_id)).await?;
    let codes: HashMap<CampaignId, u64> = codes.into_iter().collect();
    let names = creators::store::names(&mut tx, lines.iter().map(|line| line.creator_id)).await?;
    let outreach_log = lines.into_iter().filter_map(|line| {
        let (number, name) = (*codes.get(&line.campaign_id)?, names.get(&line.creator_id)?.clone());
        Some(LineBody::new(line, number, name))
    });
    Ok(Json(Dashboard { summary: summary.into(), outreach_log: outreach_log.collect(), page }))
}

/// How far the creators of a campaign have come.
#[derive(Serialize, ToSchema)]
#[schema(as = OutreachPipeline)]
struct PipelineBody {
    campaign_id: CampaignId,
    /// The campaign's code.
    #[schema(example = "CAMP-001")]
    campaign_code: String,
    /// The product that the campaign is for.
    product_name: String,
    /// How many entries the campaign has.
    total: u64,
    /// How many of them are at each stage: `selected`, `contacted`, `replied`, `negotiating`, `agreed`, `declined`.
    #[schema(value_type = Object, example = json!({"selected": 3, "contacted": 2, "replied": 1, "negotiating": 0, "agreed": 1, "declined": 0}))]
    stages: Map<String, Value>,
}

impl From<Pipeline> for PipelineBody {
    fn from(found: Pipeline) -> Self {
        Self {
            campaign_id: found.campaign_id,
            campaign_code: code(found.code),
            product_name: found.product_name,
            total: found.stages.iter().map(|(_, count)| count).sum(),
            stages: found.stages.iter().map(|(stage, count)| (stage.word().to_owned(), Value::from(*count))).collect(),
        }
    }
}

/// A page of campaigns with their pipelines.
#[derive(Serialize, ToSchema)]
#[schema(as = OutreachPipelineList)]
pub(super) struct PipelineList {
    /// The pipelines of this page, the newest campaign first.
    pipelines: Vec<PipelineBody>,
    #[serde(flatten)]
    page: Page,
}

/// Get the outreach pipeline
///
/// For each campaign that has outreach: how many of its creators are selected, contacted, have replied, negotiate, agreed or declined.
#[utoipa::path(get, path = "/api/v1/outreach/pipeline", tag = "Outreach", params(Filter),
    responses((status = 200, description = "A page of pipelines", body = PipelineList),
    (status = 404, description = "There is no such campaign")))]
pub(super) async fn pipeline(
    State(app): State<App>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Answer<Json<PipelineList>> {
    let (scope, mut tx) = (caller.scope(), app.db().snapshot().await?);
    let campaign = filter.campaign(scope, &mut tx).await?;
    let (found, total) = tallies::pipelines(scope, &mut tx, campaign, filter.offsets()).await?;
    Ok(Json(PipelineList {
        pipelines: found.into_iter().map(PipelineBody::from).collect(),
        page: filter.offsets().page(total),
    }))
}
