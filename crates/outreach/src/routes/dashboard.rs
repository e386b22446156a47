//! B's dashboard, and the pipeline.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, App, Caller, Offsets, Page, Params};
use input::rule;
use input::{Fields, Input};
use kernel::{CampaignId, CreatorId, OutreachId};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::store::dashboard::{self, Line};
use crate::store::tallies::{self, Pipeline, Summary};
use crate::{CallStatus, EmailStatus, Stage, store};

/// How many rows the dashboard has unless told.
const ROWS: u32 = 100;

/// Which campaign is wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query that `Filter` reads")]
pub(super) struct FilterQuery {
    /// `All Campaigns` (as it is without this), or a campaign's id or code.
    #[param(example = "CAMP-001")]
    campaign_filter: Option<String>,
    /// How many rows at most.
    #[param(minimum = 1, maximum = 100, default = 100)]
    limit: Option<u32>,
    /// How many to leave out first.
    #[param(minimum = 0, default = 0)]
    offset: Option<u32>,
}

pub(super) struct Filter {
    campaign: Option<String>,
    offsets: Offsets,
}

impl Input for Filter {
    fn read(fields: &mut Fields) -> Option<Self> {
        let campaign = fields.optional_as(&["campaign_filter", "campaign_id"], rule::text(100));
        let all = |name: &String| matches!(name.to_ascii_lowercase().as_str(), "all campaigns" | "all");
        let limited = fields.has("limit");
        let offsets = Offsets::read(fields)?;
        let offsets = if limited { offsets } else { Offsets { limit: ROWS, ..offsets } };
        Some(Self { campaign: campaign.filter(|name| !all(name)), offsets })
    }
}

/// B's summary.
#[derive(Serialize, ToSchema)]
struct SummaryBody {
    total_contacts: u64,
    calls_completed: u64,
    email_replies: u64,
    recordings: u64,
}

impl From<Summary> for SummaryBody {
    fn from(sums: Summary) -> Self {
        let Summary { total_contacts, calls_completed, email_replies, recordings } = sums;
        Self { total_contacts, calls_completed, email_replies, recordings }
    }
}

/// A row of the dashboard.
#[derive(Serialize, ToSchema)]
struct LineBody {
    outreach_id: OutreachId,
    /// The campaign's code.
    #[schema(example = "CAMP-001")]
    campaign_id: String,
    influencer_id: CreatorId,
    influencer_name: String,
    #[schema(example = "scheduled")]
    call_status: &'static str,
    email_status: EmailStatus,
    stage: Stage,
    has_recording: bool,
    has_transcript: bool,
    duration_minutes: Option<f64>,
    sentiment: Option<String>,
    /// The day they were last in touch.
    #[schema(example = "2026-01-15")]
    last_contact: Option<String>,
}

impl From<Line> for LineBody {
    fn from(line: Line) -> Self {
        let call = line.call_status.unwrap_or(CallStatus::Pending);
        Self {
            outreach_id: line.id,
            campaign_id: store::campaign_code(line.code),
            influencer_id: line.creator_id,
            influencer_name: line.name,
            // B's own word for it.
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

/// The dashboard.
#[derive(Serialize, ToSchema)]
pub(super) struct Dashboard {
    /// Over the campaign, or all of them.
    summary: SummaryBody,
    /// What changed last, first.
    outreach_log: Vec<LineBody>,
    #[serde(flatten)]
    page: Page,
}

/// Read the outreach dashboard
///
/// The summary counts every entry of the campaign (or of all campaigns); the rows are a page of them, what changed last first.
#[utoipa::path(get, path = "/api/v1/outreach/dashboard", tag = "Outreach", params(FilterQuery),
    responses((status = 200, description = "The dashboard", body = Dashboard),
    (status = 404, description = "There is no such campaign")))]
pub(super) async fn dashboard(
    State(app): State<App>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Answer<Json<Dashboard>> {
    // One moment for all of it: the summary counts its own rows.
    let (scope, mut tx) = (caller.scope(), app.db().snapshot().await?);
    let campaign = match &filter.campaign {
        Some(name) => Some(store::campaign(scope, &mut tx, name).await?.id),
        None => None,
    };
    let summary = tallies::summary(scope, &mut tx, campaign).await?;
    let lines = dashboard::lines(scope, &mut tx, campaign, filter.offsets).await?;
    let page = filter.offsets.page(summary.total_contacts);
    let outreach_log = lines.into_iter().map(LineBody::from).collect();
    Ok(Json(Dashboard { summary: summary.into(), outreach_log, page }))
}

/// A campaign's pipeline.
#[derive(Serialize, ToSchema)]
struct PipelineBody {
    campaign_id: CampaignId,
    #[schema(example = "CAMP-001")]
    campaign_code: String,
    product_name: String,
    total: u64,
    /// How many entries are at each stage: `selected`, `contacted`, `replied`, `negotiating`, `agreed`, `declined`.
    #[schema(value_type = Object, example = json!({"selected": 3, "contacted": 2, "replied": 1, "negotiating": 0, "agreed": 1, "declined": 0}))]
    stages: Map<String, Value>,
}

impl From<Pipeline> for PipelineBody {
    fn from(found: Pipeline) -> Self {
        Self {
            campaign_id: found.campaign_id,
            campaign_code: store::campaign_code(found.code),
            product_name: found.product_name,
            total: found.stages.iter().map(|(_, count)| count).sum(),
            stages: found.stages.iter().map(|(stage, count)| (stage.word().to_owned(), Value::from(*count))).collect(),
        }
    }
}

/// A page of pipelines.
#[derive(Serialize, ToSchema)]
pub(super) struct PipelineList {
    pipelines: Vec<PipelineBody>,
    #[serde(flatten)]
    page: Page,
}

/// Read the pipeline
///
/// For each campaign how many of its creators are selected, contacted, have replied, negotiate, agreed or declined.
#[utoipa::path(get, path = "/api/v1/outreach/pipeline", tag = "Outreach", params(FilterQuery),
    responses((status = 200, description = "The pipelines of campaigns that have outreach, the newest first", body = PipelineList),
    (status = 404, description = "There is no such campaign")))]
pub(super) async fn pipeline(
    State(app): State<App>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Answer<Json<PipelineList>> {
    let (scope, mut tx) = (caller.scope(), app.db().snapshot().await?);
    let campaign = match &filter.campaign {
        Some(name) => Some(store::campaign(scope, &mut tx, name).await?.id),
        None => None,
    };
    let Offsets { limit, offset } = filter.offsets;
    let (found, total) = tallies::pipelines(scope, &mut tx, campaign, limit, offset).await?;
    Ok(Json(PipelineList {
        pipelines: found.into_iter().map(PipelineBody::from).collect(),
        page: filter.offsets.page(total),
    }))
}
