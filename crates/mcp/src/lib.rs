//! The Model Context Protocol: what a person does here, an assistant does for them.
//!
//! `/mcp` speaks Streamable HTTP without sessions, in both eras of the protocol (with `initialize`, and 2026-07-28), by the official SDK.
//! Nobody comes in without a token, in the demo neither. A tool is an operation of the server's own document, asked in the process with
//! the caller's token: rules, scopes and limits are those of the route, and nothing is decided twice.
//!
//! **What cannot be taken back is shown first.** `classes.txt` says of every operation that changes something whether it happens at
//! once, is an act, or is not for assistants. An act answers a preview and a token of ten minutes, which is for this person, this tool
//! and these arguments, and happens once. Every call is an entry of the audit log before it happens, and counts for its key.

mod act;
mod ask;
pub mod classes;
mod confirm;
mod data;
mod document;
mod door;
mod fit;
mod handler;
mod migrations;
mod plan;
mod prompts;
mod resources;
mod settings;
mod tools;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderValue;
use http_base::policy::Policies;
use http_base::{App, Routes, Slice};
use jobs::Registry;
use ports::counters::Counters;
use utoipa::openapi::OpenApi;

use crate::door::Door;

pub use data::SECTIONS;
pub use door::PATH;
pub use migrations::MIGRATIONS;
pub use settings::Settings;

/// The kind of job that forgets tokens which are over.
const PURGE: &str = "mcp.purge";

/// How many tools there are when every operation is in the document that they call.
pub fn tools() -> usize {
    tools::TOOLS.len() + 2
}

/// Which fields of its operation a tool takes.
pub fn fields(tool: &str) -> &'static [&'static str] {
    tools::known(tool).map_or(&[], |known| known.fields)
}

/// The application, and those whom it asks. Cheap to clone.
#[derive(Clone)]
pub struct Mcp {
    app: App,
    counters: Arc<dyn Counters>,
    settings: Settings,
}

impl Mcp {
    /// Puts it together.
    pub fn new(app: App, counters: Arc<dyn Counters>, settings: Settings) -> Self {
        Self { app, counters, settings }
    }

    /// The route `/mcp`, in front of the server's own routes (with the layers around them) and their document. Browsers may ask from
    /// these origins. What holds for the route is added to the policies.
    pub fn router(
        &self,
        routes: Router,
        document: &OpenApi,
        origins: &[HeaderValue],
        policies: &mut Policies,
    ) -> Router {
        let (app, counters, settings) = (self.app.clone(), Arc::clone(&self.counters), self.settings.clone());
        Door::new(app, counters, settings, routes, document).router(origins, policies)
    }
}

/// All of it but the route, which stands in front of all others, for the server.
pub fn slice(_: &Mcp) -> Slice {
    let mut jobs = Registry::new();
    jobs.on(PURGE, |context: jobs::Context, _| async move {
        let mut tx = context.db.write().await?;
        confirm::purge(&mut tx, context.clock.now()).await?;
        tx.commit().await?;
        Ok(())
    });
    jobs.every(Duration::from_hours(1), PURGE);
    Slice::new("mcp", Routes::new()).jobs(jobs).data(data::kept())
}
