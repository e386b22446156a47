//! What the routes and jobs of contracts reach.

use std::sync::Arc;

use axum::extract::FromRef;
use http_base::App;

use crate::Settings;

/// Contracts: the application and how contracts are offered. Cheap to clone.
#[derive(Clone)]
pub struct Deals(Arc<(App, Settings)>);

impl Deals {
    /// Puts it together.
    pub fn new(app: App, settings: Settings) -> Self {
        Self(Arc::new((app, settings)))
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.0.0
    }

    /// How contracts are offered.
    pub fn settings(&self) -> &Settings {
        &self.0.1
    }
}

impl FromRef<Deals> for App {
    fn from_ref(deals: &Deals) -> Self {
        deals.app().clone()
    }
}
