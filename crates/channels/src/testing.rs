//! For tests: parts of what a process does by itself.

use std::sync::Arc;

use jobs::Service as _;
use kernel::{Clock, Result};

use crate::Channels;
use crate::inbound::Intake;

/// Works what providers have told, and nothing else.
pub async fn work_inbound(of: &Channels, clock: &Clock) -> Result<usize> {
    Arc::new(Intake(of.clone())).run_due(of.app().db().clone(), clock.clone()).await
}
