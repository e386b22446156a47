//! What is sent to the routes of collaborations.

use input::rule::{self, Problem, Rule};
use input::{Fields, Input};
use kernel::{Amount, CollaborationId, Platform, Timestamp};
use serde_json::{Value, json};

use super::Decision;
use super::submission::{Captions, FileId};

/// The most links of a submission, and the most files.
pub const MOST_LINKS: usize = 20;
/// The longest caption, in characters: Facebook's, the longest of all platforms.
const CAPTION: usize = 63_206;

/// A day for a collaboration.
#[derive(Clone, Debug, Input)]
#[input(name = "ScheduleCollaboration")]
pub struct ScheduleInput {
    /// When it is to be.
    #[input(moment, example = "2030-03-01T10:00:00Z")]
    pub scheduled_date: Timestamp,
}

/// How a collaboration is called off.
#[derive(Clone, Debug, Input)]
#[input(name = "CancelCollaboration")]
pub struct CancelInput {
    /// Why.
    #[input(text(2_000))]
    pub reason: String,
}

/// How a dispute is opened.
#[derive(Clone, Debug, Input)]
#[input(name = "OpenDispute")]
pub struct DisputeInput {
    /// What is wrong.
    #[input(text(5_000))]
    pub reason: String,
}

/// A statement in a dispute.
#[derive(Clone, Debug, Input)]
#[input(name = "DisputeStatement")]
pub struct StatementInput {
    /// What there is to say.
    #[input(text(5_000))]
    pub text: String,
}

/// How a dispute is decided.
#[derive(Clone, Debug, Input)]
#[input(name = "DecideDispute", check = DecideInput::check)]
pub struct DecideInput {
    /// `paid`, `refunded` or `split`.
    #[input(word)]
    pub decision: Decision,
    /// With `split`: what of the fee the creator gets.
    #[input(amount(false))]
    pub creator_gets: Option<Amount>,
    /// Why: both sides read it.
    #[input(text(5_000))]
    pub reason: String,
}

impl DecideInput {
    fn check(&mut self, fields: &mut Fields) {
        if (self.decision == Decision::Split) != self.creator_gets.is_some() {
            fields.fault("creator_gets", "invalid", "must be given with split, and with nothing else");
        }
    }
}

/// A rating.
#[derive(Clone, Debug, Input)]
#[input(name = "RateCollaboration")]
pub struct RateInput {
    /// From 1 to 5.
    #[input(whole(1, 5), example = 5)]
    pub rating: i64,
    /// What there is to say.
    #[input(any_text(2_000), blank)]
    pub feedback: Option<String>,
    /// Would you work together again? Nobody is told; rankings go by it.
    #[input(flag)]
    pub again: Option<bool>,
}

/// A reply to a rating.
#[derive(Clone, Debug, Input)]
#[input(name = "ReplyToRating")]
pub struct ReplyInput {
    /// The reply. It is given once, and stays.
    #[input(text(2_000))]
    pub reply: String,
}

/// A report of a feedback.
#[derive(Clone, Debug, Input)]
#[input(name = "ReportRating")]
pub struct ReportInput {
    /// What is wrong with it.
    #[input(text(2_000))]
    pub reason: String,
}

/// Captions, each by the platform that it is for; one text is taken for the caption of the platform.
fn captions() -> impl Rule<Output = Captions> {
    let schema = || {
        json!({"type": "object", "maxProperties": 10, "additionalProperties": {"type": "string", "maxLength": CAPTION},
            "propertyNames": {"type": "string", "maxLength": 50}})
    };
    rule::rule(schema, |value, _| {
        let Value::Object(texts) = value else {
            return Err(Problem::new("wrong_type", "must be an object of captions by platform"));
        };
        if texts.len() > 10 {
            return Err(Problem::new("too_long", "must have at most 10 captions"));
        }
        let mut captions = Captions::new();
        for (platform, text) in texts {
            let Value::String(text) = text else {
                return Err(Problem::new("wrong_type", "must be a text").below(platform));
            };
            if text.chars().count() > CAPTION || platform.chars().count() > 50 {
                let message = format!("must have at most {CAPTION} characters");
                return Err(Problem::new("too_long", message).below(platform));
            }
            if text.contains('\0') {
                return Err(Problem::new("not_storable", "must not contain a NUL character").below(platform));
            }
            captions.insert(platform.trim().to_lowercase(), text.clone());
        }
        Ok(captions)
    })
}

/// A platform, as document D writes it; read in any case.
fn network() -> impl Rule<Output = Platform> {
    rule::platform().described(|| json!({"type": "string", "enum": ["INSTAGRAM", "YOUTUBE", "TIKTOK", "TWITTER"]}))
}

/// Content that is handed in.
#[derive(Clone, Debug, Input)]
#[input(name = "NewSubmission", before = NewSubmission::shows_something)]
pub struct NewSubmission {
    /// The collaboration.
    #[input(id)]
    pub collaboration_id: CollaborationId,
    /// Where the content can be seen: at least one link, or a file. The server never follows links.
    #[input(list(MOST_LINKS, url()), default)]
    pub content_urls: Vec<String>,
    /// Files that were uploaded for it, by their ids.
    #[input(list(MOST_LINKS, id()), default)]
    pub file_ids: Vec<FileId>,
    /// The captions, each by the platform that it is for.
    #[input(captions(), default, example = {"instagram": "Beautiful summer vibes with @ourcompany #summer2026"})]
    pub captions: Captions,
    /// The platform that it is for.
    #[input(network(), example = "INSTAGRAM")]
    pub platform: Platform,
    /// The format: `POST`, `REEL`, …
    #[input(text(50))]
    pub format: Option<String>,
    /// Is the platform's own label for advertising on?
    #[input(flag, default)]
    pub ad_label: bool,
    /// The platform's id of the post, where it is published already.
    #[input(any_text(200), blank)]
    pub platform_post_id: Option<String>,
    /// What there is to say of it.
    #[input(any_text(2_000), blank)]
    pub note: Option<String>,
}

impl NewSubmission {
    fn shows_something(fields: &mut Fields) {
        let has = |name: &str| fields.raw(name).is_some_and(|list| list.as_array().is_none_or(|list| !list.is_empty()));
        if !has("content_urls") && !has("file_ids") {
            fields.fault("content_urls", "too_short", "must have at least one link, or file_ids a file");
        }
    }
}

/// An approval.
#[derive(Clone, Debug, Default, Input)]
#[input(name = "ApproveSubmission")]
pub struct ApproveInput {
    /// Why it is approved although a check has failed: kept with it.
    #[input(any_text(2_000), blank)]
    pub override_reason: Option<String>,
    /// What there is to say.
    #[input(any_text(5_000), blank)]
    pub reviewer_notes: Option<String>,
}

/// A rejection.
#[derive(Clone, Debug, Input)]
#[input(name = "RejectSubmission")]
pub struct RejectInput {
    /// What has to change.
    #[input(text(5_000))]
    pub reviewer_notes: String,
    /// The requirements of the brief that are not met, in their own words.
    #[input(texts(50, 500), default)]
    pub requirements: Vec<String>,
}
