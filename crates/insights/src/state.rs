//! What the routes and jobs of figures reach.

use std::sync::Arc;

use axum::extract::FromRef;
use http_base::App;

use crate::Settings;

/// Figures: the application and how they are told. Cheap to clone.
#[derive(Clone)]
pub struct Insights(Arc<Inner>);

struct Inner {
    app: App,
    settings: Settings,
}

impl Insights {
    /// Puts it together.
    pub fn new(app: App, settings: Settings) -> Self {
        Self(Arc::new(Inner { app, settings }))
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// How figures are told.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }
}

impl FromRef<Insights> for App {
    fn from_ref(insights: &Insights) -> Self {
        insights.app().clone()
    }
}
