//! What the routes and jobs of contracts reach.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use http_base::{App, Responses};
use kernel::{Result, WorkspaceId};

use crate::Settings;

/// Contracts: the application, how contracts are offered, and lists that were answered lately. Cheap to clone.
#[derive(Clone)]
pub struct Deals(Arc<Inner>);

struct Inner {
    app: App,
    settings: Settings,
    lists: Responses,
}

impl Deals {
    /// Puts it together. Lists are kept for half an hour, and never beyond a change.
    pub fn new(app: App, settings: Settings) -> Self {
        let lists = Responses::new("contracts", 16 << 20, Duration::from_mins(30));
        Self(Arc::new(Inner { app, settings, lists }))
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// How contracts are offered.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Lists that were answered lately.
    pub(crate) fn lists(&self) -> &Responses {
        &self.0.lists
    }

    /// The versions of what a workspace's lists are made of: of all that is its own, and of the directory with its names.
    pub(crate) async fn stamp(&self, workspace: WorkspaceId) -> Result<[i64; 2]> {
        let db = self.app().db();
        Ok([db.workspace_version(Some(workspace)).await?, db.current_version(creators::catalogue::TOPIC).await?])
    }
}

impl FromRef<Deals> for App {
    fn from_ref(deals: &Deals) -> Self {
        deals.app().clone()
    }
}
