//! What the routes of moderation reach.

use std::sync::Arc;

use axum::extract::FromRef;
use http_base::App;
use kernel::{Error, Result};

use crate::model::Subject;
use crate::port::Moderated;

/// The application, and the kinds of things that can be reported. Cheap to clone.
#[derive(Clone)]
pub struct Moderation {
    app: App,
    kinds: Arc<[Arc<dyn Moderated>]>,
}

impl Moderation {
    /// Puts it together.
    pub fn new(app: App, kinds: Vec<Arc<dyn Moderated>>) -> Self {
        Self { app, kinds: kinds.into() }
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Who keeps things of this kind. Where nobody does, there are none.
    pub(crate) fn of(&self, subject: Subject) -> Result<&dyn Moderated> {
        let kind = self.kinds.iter().find(|kind| kind.subject() == subject);
        kind.map(AsRef::as_ref).ok_or_else(|| Error::not_found(subject.display()))
    }
}

impl FromRef<Moderation> for App {
    fn from_ref(moderation: &Moderation) -> Self {
        moderation.app.clone()
    }
}
