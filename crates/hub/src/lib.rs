//! A coach's figures: overview, detailed analytics, exports.

use db::Migration;
use http_base::{App, Routes, Slice};

/// Its tables.
pub const MIGRATIONS: &[Migration] = &[];

/// The application, and those whom it asks. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    app: App,
}

impl Hub {
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
pub fn slice(_: &Hub) -> Slice {
    Slice::new("hub", Routes::new())
}
