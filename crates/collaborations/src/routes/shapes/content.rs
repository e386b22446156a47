//! Content and its files, as they are told.

use std::collections::BTreeMap;

use kernel::{AccountId, CollaborationId, Error, Result, SubmissionId, Timestamp};
use mind::brief::Report;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::model::{ContentFile, FileId, Submission, SubmissionStatus};

/// A submission.
#[derive(Serialize, ToSchema)]
#[schema(as = Submission)]
pub(in crate::routes) struct SubmissionBody {
    id: SubmissionId,
    collaboration_id: CollaborationId,
    creator_id: AccountId,
    /// Its number, from 1.
    version: i64,
    status: SubmissionStatus,
    content_urls: Vec<String>,
    /// The captions, each by the platform that it is for.
    captions: BTreeMap<String, String>,
    #[schema(example = "INSTAGRAM")]
    platform: String,
    /// In which format; null if it was not said.
    format: Option<String>,
    /// Whether the platform's own label for advertising is on, as the creator says.
    ad_label: bool,
    /// The id of the post on its platform; null if it was not said.
    platform_post_id: Option<String>,
    note: Option<String>,
    /// Did it come after its deadline?
    is_late: bool,
    submitted_at: Timestamp,
    /// The same as `submitted_at`.
    created_at: Timestamp,
    reviewed_at: Option<Timestamp>,
    /// The account that decided; null before that, and where it was approved by itself.
    reviewed_by: Option<AccountId>,
    reviewer_notes: Option<String>,
    /// The requirements that are not met, as the reviewer says.
    requirements: Vec<String>,
    /// Why it was approved although a check had failed.
    override_reason: Option<String>,
    /// From 0 to 100; null before the content was checked.
    #[schema(example = 87.5)]
    ai_score: Option<f64>,
    /// What the check has found; null before.
    ai_analysis: Option<Report>,
}

impl SubmissionBody {
    pub(in crate::routes) fn new(of: Submission) -> Result<Self> {
        let ai_score = of.score();
        let analysis = of.analysis.map(|report| serde_json::from_value(Value::Object(report.0)));
        Ok(Self {
            id: of.id,
            collaboration_id: of.collaboration_id,
            creator_id: of.creator_id,
            version: of.version,
            status: of.status,
            content_urls: of.content_urls.0,
            captions: of.captions.0,
            platform: of.platform.word().to_uppercase(),
            format: of.format,
            ad_label: of.ad_label,
            platform_post_id: of.platform_post_id,
            note: of.note,
            is_late: of.is_late,
            submitted_at: of.submitted_at,
            created_at: of.submitted_at,
            reviewed_at: of.reviewed_at,
            reviewed_by: of.reviewed_by,
            reviewer_notes: of.reviewer_notes,
            requirements: of.requirements.0,
            override_reason: of.override_reason,
            ai_score,
            ai_analysis: analysis.transpose().map_err(Error::internal)?,
        })
    }
}

/// A file of content.
#[derive(Serialize, ToSchema)]
#[schema(as = ContentFile)]
pub(in crate::routes) struct FileBody {
    id: FileId,
    name: String,
    /// What its bytes say it is.
    #[schema(example = "image/jpeg")]
    media_type: String,
    /// How large it is.
    bytes: u64,
    /// The submission that it belongs to; null before it was handed in.
    submission_id: Option<SubmissionId>,
    /// Where it is downloaded.
    url: String,
    created_at: Timestamp,
}

impl FileBody {
    pub(in crate::routes) fn new(of: ContentFile, public_url: &str) -> Self {
        let base = public_url.trim_end_matches('/');
        Self {
            url: format!("{base}/api/v1/collaborations/{}/files/{}", of.collaboration_id, of.id),
            id: of.id,
            name: of.name,
            media_type: of.media_type,
            bytes: of.bytes,
            submission_id: of.submission_id,
            created_at: of.created_at,
        }
    }
}
