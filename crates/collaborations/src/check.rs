//! Who judges content against its brief.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use kernel::{Error, Result};
use mind::brief::{self, Brief, Caption, Content, Embedded, Report};
use ports::Llm;

use crate::model::{Collaboration, ContentFile, Submission};

/// Judges content against a brief. It may take seconds where a language model helps, so it is asked outside of every transaction.
#[async_trait]
pub trait Checker: Send + Sync {
    /// Every requirement of the brief, judged by itself.
    async fn check(&self, brief: &Brief, content: &Content) -> Result<Report>;
}

/// How long a language model may take.
const PATIENCE: Duration = Duration::from_secs(8);

/// Judges by the rules of [`mind::brief`], and asks a language model, if there is one, about what they leave open. The quotes of its answer
/// are looked up; where it fails or is late, the rules' word stands.
pub struct ByBrief(Option<Arc<dyn Llm>>);

impl ByBrief {
    /// With this model, or by rules alone.
    pub fn new(llm: Option<Arc<dyn Llm>>) -> Self {
        Self(llm)
    }
}

#[async_trait]
impl Checker for ByBrief {
    async fn check(&self, asked: &Brief, content: &Content) -> Result<Report> {
        let (of, handed_in) = (asked.clone(), content.clone());
        // Milliseconds of work: on a thread where nobody waits for it.
        let judged = tokio::task::spawn_blocking(move || brief::check(&of, &handed_in, &Embedded));
        let mut report = judged.await.map_err(Error::internal)?;
        let Some(llm) = &self.0 else { return Ok(report) };
        let Some(questions) = brief::questions(&report, content) else { return Ok(report) };
        match tokio::time::timeout(PATIENCE, llm.answer_json(brief::INSTRUCTIONS, &questions)).await {
            Ok(Ok(answer)) => {
                brief::hear(&mut report, content, &answer);
            }
            Ok(Err(error)) => tracing::warn!(%error, "the language model did not judge a submission"),
            Err(_) => tracing::warn!("the language model took too long to judge a submission"),
        }
        Ok(report)
    }
}

/// A submission, as it is judged.
pub(crate) fn content(of: &Collaboration, submission: &Submission, files: &[ContentFile]) -> Content {
    let kind = |media_type: &str| match media_type.split('/').next() {
        Some(kind @ ("image" | "video" | "audio")) => kind.to_owned(),
        _ => "document".to_owned(),
    };
    let own = files.iter().filter(|file| file.submission_id == Some(submission.id));
    let captions = submission.captions.0.iter().map(|(name, text)| Caption { name: name.clone(), text: text.clone() });
    // Where the offer wants one format, and nothing else was said, it is that one.
    let formats = match (&submission.format, of.formats.0.as_slice()) {
        (Some(format), _) => vec![format.clone()],
        (None, [only]) => vec![only.clone()],
        (None, _) => Vec::new(),
    };
    Content {
        captions: captions.collect(),
        platform: submission.platform.word().to_uppercase(),
        formats,
        media: own.map(|file| kind(&file.media_type)).collect(),
        links: submission.content_urls.0.clone(),
        submitted_at: Some(submission.submitted_at),
        labelled: submission.ad_label,
    }
}
