//! What the routes and jobs of the inbox reach.

use std::sync::Arc;

use ::ports::files::Files;
use axum::extract::FromRef;
use http_base::App;

use crate::{Doors, Hub, Letters, Notifier, People, Settings, Talks};

/// The inbox: the application, those whom it asks, and the streams that are open. Cheap to clone.
#[derive(Clone)]
pub struct Inbox(Arc<Inner>);

struct Inner {
    app: App,
    parts: Parts,
    settings: Settings,
}

/// Those whom the inbox asks.
#[derive(Clone)]
pub struct Parts {
    /// Writes notifications; it knows who people are.
    pub notifier: Notifier,
    /// Writes mails.
    pub letters: Arc<dyn Letters>,
    /// Knows who is still let in.
    pub doors: Arc<dyn Doors>,
    /// The conversations with audiences.
    pub talks: Arc<dyn Talks>,
    /// Keeps attachments.
    pub files: Arc<dyn Files>,
}

impl Inbox {
    /// Puts it together. The notifier is there before the application: it also writes within the transactions of others.
    pub fn new(app: App, parts: Parts, settings: Settings) -> Self {
        Self(Arc::new(Inner { app, parts, settings }))
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// How people are told, and what they may send.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Writes notifications.
    pub fn notifier(&self) -> &Notifier {
        &self.0.parts.notifier
    }

    /// The streams that are open in this process.
    pub fn hub(&self) -> &Hub {
        self.notifier().hub()
    }

    pub(crate) fn people(&self) -> &dyn People {
        self.notifier().people()
    }

    pub(crate) fn letters(&self) -> &dyn Letters {
        &*self.0.parts.letters
    }

    pub(crate) fn doors(&self) -> &dyn Doors {
        &*self.0.parts.doors
    }

    pub(crate) fn talks(&self) -> &dyn Talks {
        &*self.0.parts.talks
    }

    pub(crate) fn files(&self) -> &dyn Files {
        &*self.0.parts.files
    }
}

impl FromRef<Inbox> for App {
    fn from_ref(inbox: &Inbox) -> Self {
        inbox.app().clone()
    }
}
