//! Webhooks out: what happens here is told to other programs.

use db::Migration;
use http_base::{App, Routes, Slice};

/// Its tables.
pub const MIGRATIONS: &[Migration] = &[];

/// The application, and those whom it asks. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks {
    app: App,
}

impl Webhooks {
    /// Puts it together.
    pub fn new(app: App) -> Self {
        Self { app }
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.app
    }
}

/// All of it, for the server.
pub fn slice(_: &Webhooks) -> Slice {
    Slice::new("webhooks", Routes::new())
}
