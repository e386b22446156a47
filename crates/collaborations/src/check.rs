//! Who judges content against its brief.

use async_trait::async_trait;
use kernel::Result;
use mind::brief::{Brief, Caption, Content, Report};

use crate::model::{Collaboration, ContentFile, Submission};

/// Judges content against a brief. It may take seconds where a language model helps, so it is asked outside of every transaction.
#[async_trait]
pub trait Checker: Send + Sync {
    /// Every requirement of the brief, judged by itself.
    async fn check(&self, brief: &Brief, content: &Content) -> Result<Report>;
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
