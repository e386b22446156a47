//! The routes of proactive rules.

mod analytics;
mod history;
mod previews;
mod rules;
mod shapes;

use db::Tx;
use http_base::{Member as Asking, Named, Routes};
use kernel::{Error, Result};

use crate::Proactive;
use crate::model::Rule;
use crate::store;

pub(crate) fn router() -> Routes<Proactive> {
    Routes::new().merge(rules::router()).merge(previews::router()).merge(history::router()).merge(analytics::router())
}

/// The rule that the path names.
async fn found(tx: &mut Tx, asking: &Asking, name: &Named) -> Result<Rule> {
    store::rules::find(asking.hub(), tx, name.id("Rule")?).await?.ok_or_else(|| Error::not_found("Rule"))
}
