//! What the routes and jobs of calls reach.

use std::sync::Arc;

use axum::extract::FromRef;
use http_base::App;
use kernel::{Error, Result};
use ports::Llm;
use ports::calls::{Agent, Telephony};

use crate::Settings;

/// Calls. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Calls(Arc<Inner>);

struct Inner {
    app: App,
    telephony: Arc<dyn Telephony>,
    agent: Arc<dyn Agent>,
    llm: Option<Arc<dyn Llm>>,
    settings: Settings,
}

impl FromRef<Calls> for App {
    fn from_ref(calls: &Calls) -> Self {
        calls.0.app.clone()
    }
}

impl Calls {
    /// Puts it together: who rings, whose agent talks, and who words our own talk, if not the local dialogue alone.
    pub fn new(
        app: App,
        telephony: Arc<dyn Telephony>,
        agent: Arc<dyn Agent>,
        llm: Option<Arc<dyn Llm>>,
        settings: Settings,
    ) -> Self {
        Self(Arc::new(Inner { app, telephony, agent, llm, settings }))
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// Who rings.
    pub fn telephony(&self) -> &dyn Telephony {
        &*self.0.telephony
    }

    /// Whose agent talks.
    pub fn agent(&self) -> &dyn Agent {
        &*self.0.agent
    }

    /// Who words our own talk, if not the local dialogue alone.
    pub fn llm(&self) -> Option<&dyn Llm> {
        self.0.llm.as_deref()
    }

    /// How calls behave.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Where the telephony's provider reaches us.
    pub(crate) fn base(&self) -> &str {
        self.0.settings.webhook_base.as_deref().unwrap_or_else(|| self.0.app.public_url())
    }

    /// The same, if it can be reached from outside; a 409 that says what to set if not.
    pub(crate) fn reachable_base(&self) -> Result<&str> {
        let base = self.base();
        let host = base.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', ':']).next().unwrap_or_default();
        if host == "localhost" || host.starts_with("127.") || host.starts_with('[') {
            return Err(Error::conflict(
                "Twilio cannot reach this server: set TWILIO_WEBHOOK_BASE_URL (or PUBLIC_BASE_URL) to its address from outside",
            ));
        }
        Ok(base)
    }

    /// The address of a webhook as the talk names it.
    pub(crate) fn hook(&self, rest: &str) -> String {
        let base = if self.telephony().is_real() { self.base() } else { "" };
        format!("{base}/api/v1/voice-call/{rest}")
    }
}
