//! What the routes of analytics reach.

use std::time::Duration;

use axum::extract::FromRef;
use creators::Directory;
use http_base::{App, Responses};
use kernel::{Result, Scope};

use crate::Insights;

/// Figures, the directory, and what was answered lately. Cheap to clone.
#[derive(Clone)]
pub struct Analytics {
    insights: Insights,
    directory: Directory,
    answers: Responses,
    papers: Responses,
}

impl FromRef<Analytics> for App {
    fn from_ref(analytics: &Analytics) -> Self {
        analytics.app().clone()
    }
}

/// The versions of what analytics are made of: of the workspace, and of the directory.
pub(crate) type Stamp = [i64; 2];

impl Analytics {
    /// Puts it together. Answers are kept for the quarter of an hour that B asks for.
    pub fn new(insights: Insights, directory: Directory) -> Self {
        const A_QUARTER: Duration = Duration::from_mins(15);
        Self {
            insights,
            directory,
            answers: Responses::new("analytics", 32 << 20, A_QUARTER),
            papers: Responses::new("reports", 32 << 20, A_QUARTER),
        }
    }

    /// The application.
    pub fn app(&self) -> &App {
        self.insights.app()
    }

    /// Figures, and how they are told.
    pub fn insights(&self) -> &Insights {
        &self.insights
    }

    /// The directory of creators.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// What was answered lately.
    pub(crate) fn answers(&self) -> &Responses {
        &self.answers
    }

    /// Reports as they were drawn.
    pub(crate) fn papers(&self) -> &Responses {
        &self.papers
    }

    /// The versions of now: what is read after this is at least as new. Whoever is held to no workspace sees parts of many.
    pub(crate) async fn stamp(&self, scope: Scope) -> Result<Stamp> {
        let db = self.app().db();
        Ok([db.workspace_version(scope.workspace()).await?, db.current_version(creators::catalogue::TOPIC).await?])
    }
}
