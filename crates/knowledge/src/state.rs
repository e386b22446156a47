//! What the routes and jobs of knowledge reach.

use std::sync::Arc;

use axum::extract::FromRef;
use http_base::App;
use ports::Llm;
use ports::counters::Counters;
use ports::files::Files;
use reading::isolated::Readers;
use tokio::sync::Semaphore;

use crate::Settings;
use crate::data::Owners;
use crate::index::Indices;

/// So many uploads are looked at at once, each of them whole in memory.
const LOOKS: usize = 2;

/// Knowledge: the application, where files are kept and read, who counts, who words answers, and the indices. Cheap to clone.
#[derive(Clone)]
pub struct Knowledge(Arc<Inner>);

struct Inner {
    app: App,
    parts: Parts,
    settings: Settings,
    indices: Indices,
    looks: Semaphore,
}

/// What knowledge is made of, beside the application.
#[derive(Clone)]
pub struct Parts {
    /// Where files are kept.
    pub files: Arc<dyn Files>,
    /// Who reads them.
    pub readers: Readers,
    /// Who counts the answers to members.
    pub counters: Arc<dyn Counters>,
    /// Who words answers; without one they are quotes.
    pub llm: Option<Arc<dyn Llm>>,
    /// Who knows whether a workspace has an owner.
    pub owners: Arc<dyn Owners>,
}

impl Knowledge {
    /// Puts it together.
    pub fn new(app: App, parts: Parts, settings: Settings) -> Self {
        let indices = Indices::new(app.db().clone(), settings.index_bytes);
        Self(Arc::new(Inner { app, parts, settings, indices, looks: Semaphore::new(LOOKS) }))
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// How much may be uploaded, kept in memory and answered.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Where files are kept.
    pub(crate) fn files(&self) -> &dyn Files {
        &*self.0.parts.files
    }

    /// Who reads them.
    pub(crate) fn readers(&self) -> &Readers {
        &self.0.parts.readers
    }

    /// Who counts the answers to members.
    pub(crate) fn counters(&self) -> &dyn Counters {
        &*self.0.parts.counters
    }

    /// Who words answers.
    pub(crate) fn llm(&self) -> Option<&Arc<dyn Llm>> {
        self.0.parts.llm.as_ref()
    }

    /// How many bases have an index in memory, and how many bytes these take.
    pub fn indices_held(&self) -> (usize, u64) {
        self.0.indices.held()
    }

    /// What is found, in memory.
    pub(crate) fn indices(&self) -> &Indices {
        &self.0.indices
    }

    /// Who knows whether a workspace has an owner.
    pub(crate) fn owners(&self) -> Arc<dyn Owners> {
        Arc::clone(&self.0.parts.owners)
    }

    /// Whose turn it is to look at a whole file.
    pub(crate) fn looks(&self) -> &Semaphore {
        &self.0.looks
    }
}

impl FromRef<Knowledge> for App {
    fn from_ref(of: &Knowledge) -> Self {
        of.app().clone()
    }
}
