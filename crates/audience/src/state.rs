//! What the routes and jobs of the audience reach.

use std::sync::Arc;

use ::ports::files::Files;
use axum::extract::FromRef;
use http_base::App;

use crate::ports::{Enrolments, Keeper, Owners};

/// The audience: the application, and those whom it asks. Cheap to clone.
#[derive(Clone)]
pub struct Audience(Arc<Inner>);

struct Inner {
    app: App,
    parts: Parts,
}

/// Those whom the audience asks.
#[derive(Clone)]
pub struct Parts {
    /// Keeps tables that are imported, until they are read.
    pub files: Arc<dyn Files>,
    /// Knows who is enrolled in what: [`crate::ports::NoPrograms`] where there are none.
    pub enrolments: Arc<dyn Enrolments>,
    /// Those who keep something about members.
    pub keepers: Vec<Arc<dyn Keeper>>,
    /// Knows who owns a workspace.
    pub owners: Arc<dyn Owners>,
}

impl Audience {
    /// Puts it together.
    pub fn new(app: App, parts: Parts) -> Self {
        Self(Arc::new(Inner { app, parts }))
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// Those who keep something about members: for [`crate::members::merge`] and [`crate::members::erase`].
    pub fn keepers(&self) -> &[Arc<dyn Keeper>] {
        &self.0.parts.keepers
    }

    pub(crate) fn files(&self) -> &Arc<dyn Files> {
        &self.0.parts.files
    }

    pub(crate) fn enrolments(&self) -> &dyn Enrolments {
        &*self.0.parts.enrolments
    }

    pub(crate) fn owners(&self) -> Arc<dyn Owners> {
        Arc::clone(&self.0.parts.owners)
    }
}

impl FromRef<Audience> for App {
    fn from_ref(audience: &Audience) -> Self {
        audience.app().clone()
    }
}
