//! Programs: what a coach draws once, and every member walks through at their own pace.

pub mod model;

pub use model::{EnrolmentId, Flow, ProgramId};

use db::Migration;
use http_base::{App, Routes, Slice};

/// Its tables.
pub const MIGRATIONS: &[Migration] = &[];

/// The application, and those whom it asks. Cheap to clone.
#[derive(Clone)]
pub struct Programs {
    app: App,
}

impl Programs {
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
pub fn slice(_: &Programs) -> Slice {
    Slice::new("programs", Routes::new())
}
