//! What the routes, the subscriber and the courier of webhooks reach.

use std::sync::Arc;

use ::ports::outward::Outward;
use ::ports::seal::Keys;
use axum::extract::FromRef;
use http_base::App;

use crate::Catalogue;
use crate::ports::{Enrich, Sides};

/// Webhooks: the application, and those whom it asks. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks(Arc<Inner>);

struct Inner {
    app: App,
    parts: Parts,
}

/// Those whom webhooks ask.
pub struct Parts {
    /// Which events there are.
    pub catalogue: Catalogue,
    /// Seals secrets.
    pub keys: Arc<Keys>,
    /// Sends requests.
    pub outward: Arc<dyn Outward>,
    /// Knows the other side of events.
    pub sides: Arc<dyn Sides>,
    /// Knows more than an event's ids.
    pub enrich: Arc<dyn Enrich>,
    /// Knows who owns a workspace.
    pub owners: Arc<dyn audience::ports::Owners>,
}

impl Webhooks {
    /// Puts it together.
    pub fn new(app: App, parts: Parts) -> Self {
        Self(Arc::new(Inner { app, parts }))
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.0.parts.catalogue
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.0.parts.keys
    }

    pub(crate) fn outward(&self) -> &Arc<dyn Outward> {
        &self.0.parts.outward
    }

    pub(crate) fn sides(&self) -> &dyn Sides {
        &*self.0.parts.sides
    }

    pub(crate) fn enrich(&self) -> &dyn Enrich {
        &*self.0.parts.enrich
    }

    pub(crate) fn owners(&self) -> Arc<dyn audience::ports::Owners> {
        Arc::clone(&self.0.parts.owners)
    }
}

impl FromRef<Webhooks> for App {
    fn from_ref(webhooks: &Webhooks) -> Self {
        webhooks.app().clone()
    }
}
