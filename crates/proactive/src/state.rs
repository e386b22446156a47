//! What the routes and jobs of proactive rules reach.

use std::sync::Arc;

use axum::extract::FromRef;
use channels::Channels;
use http_base::App;

use crate::Settings;
use crate::ports::Programs;

/// Proactive rules: the application, and those whom it asks. Cheap to clone.
#[derive(Clone)]
pub struct Proactive(Arc<Inner>);

struct Inner {
    app: App,
    channels: Channels,
    programs: Arc<dyn Programs>,
    settings: Settings,
}

impl Proactive {
    /// Puts it together: what rules say goes out over these channels, and these programs are known.
    pub fn new(app: App, channels: Channels, programs: Arc<dyn Programs>, settings: Settings) -> Self {
        Self(Arc::new(Inner { app, channels, programs, settings }))
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// How rules behave.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn channels(&self) -> &Channels {
        &self.0.channels
    }

    pub(crate) fn programs(&self) -> &dyn Programs {
        &*self.0.programs
    }
}

impl FromRef<Proactive> for App {
    fn from_ref(of: &Proactive) -> Self {
        of.app().clone()
    }
}
