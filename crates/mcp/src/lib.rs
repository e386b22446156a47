//! The Model Context Protocol: what a person does here, an assistant does for them.

use db::Migration;
use http_base::{App, Routes, Slice};

/// Its tables.
pub const MIGRATIONS: &[Migration] = &[];

/// The application, and those whom it asks. Cheap to clone.
#[derive(Clone)]
pub struct Mcp {
    app: App,
}

impl Mcp {
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
pub fn slice(_: &Mcp) -> Slice {
    Slice::new("mcp", Routes::new())
}
