//! A coach's figures: overview, detailed analytics, exports.
//!
//! - Figures are read from sums by day, in the workspace's time zone, that their owners move in the transaction of what they count; the hub keeps none of its own. What each
//!   means stands in docs/analytics.md.
//! - Where there is nothing to compute a figure from, it is null.
//! - An export is a row, then a job that writes its file in parts, then a mail. Ten may be asked for within 24 hours. Its link is signed, and soon over.

mod data;
mod detailed;
mod exports;
mod figures;
mod migrations;
mod model;
mod overview;
pub mod ports;
mod settings;

use std::sync::Arc;

use axum::extract::FromRef;
use http_base::{App, Routes, Slice};

pub use migrations::MIGRATIONS;

use crate::ports::Programs;

/// The application, and those whom it asks. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    app: App,
    programs: Arc<dyn Programs>,
}

impl Hub {
    /// Puts it together.
    pub fn new(app: App, programs: Arc<dyn Programs>) -> Self {
        Self { app, programs }
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.app
    }

    fn programs(&self) -> &dyn Programs {
        self.programs.as_ref()
    }
}

impl FromRef<Hub> for App {
    fn from_ref(hub: &Hub) -> Self {
        hub.app.clone()
    }
}

/// Every route of the hub.
pub fn router(hub: Hub) -> Routes {
    Routes::new()
        .merge(overview::router())
        .merge(detailed::router())
        .merge(exports::router())
        .merge(settings::router())
        .with_state(hub)
}

/// What the hub does by itself.
pub fn jobs(hub: &Hub) -> ::jobs::Registry {
    exports::jobs(hub)
}

/// All of it, for the server.
pub fn slice(hub: &Hub) -> Slice {
    Slice::new("hub", router(hub.clone())).jobs(jobs(hub)).data(data::kept())
}
