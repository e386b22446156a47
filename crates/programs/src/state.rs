//! What the routes and the engine of programs reach.

use std::sync::Arc;

use ::ports::outward::Outward;
use axum::extract::FromRef;
use channels::Channels;
use http_base::App;

use crate::flows::Flows;
use crate::many::Settings;
use crate::ports::Answers;

/// Programs: the application, and those whom they ask. Cheap to clone.
#[derive(Clone)]
pub struct Programs(Arc<Inner>);

struct Inner {
    app: App,
    parts: Parts,
    flows: Flows,
    settings: Settings,
}

/// Those whom programs ask.
#[derive(Clone)]
pub struct Parts {
    /// Who says things to members.
    pub channels: Channels,
    /// Who answers from what the coach knows.
    pub answers: Arc<dyn Answers>,
    /// Who asks other servers.
    pub outward: Arc<dyn Outward>,
}

impl Programs {
    /// Puts it together, with the usual settings.
    pub fn new(app: App, parts: Parts) -> Self {
        Self::with(app, parts, Settings::default())
    }

    /// Puts it together.
    pub fn with(app: App, parts: Parts, settings: Settings) -> Self {
        Self(Arc::new(Inner { app, parts, flows: Flows::default(), settings }))
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn channels(&self) -> &Channels {
        &self.0.parts.channels
    }

    pub(crate) fn answers(&self) -> &dyn Answers {
        &*self.0.parts.answers
    }

    pub(crate) fn outward(&self) -> &dyn Outward {
        &*self.0.parts.outward
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn flows(&self) -> &Flows {
        &self.0.flows
    }
}

impl FromRef<Programs> for App {
    fn from_ref(programs: &Programs) -> Self {
        programs.app().clone()
    }
}
