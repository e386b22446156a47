//! How figures are read: the analytics of a campaign, and the dashboard over all of them.
//!
//! - A campaign is read from the sums of [`crate::figures`], never from its rows: what it costs depends on its days and its creators.
//! - What there is nothing to compute from is null. What is computed names what it was divided by.
//! - An answer is kept for a quarter of an hour, and never beyond a change of anything that it is made of.

pub mod activity;
mod campaign;
mod dashboard;
pub mod earned;
pub mod model;
mod state;
pub mod store;

pub(crate) use campaign::read;
pub use earned::EarnedMedia;
pub use state::Analytics;

use http_base::Routes;
use http_base::routes;

/// The routes of analytics and of reports.
pub fn router(analytics: Analytics) -> Routes {
    Routes::new()
        .with(routes!(dashboard::dashboard))
        .with(routes!(campaign::campaign))
        .with(routes!(crate::reports::table))
        .with(routes!(crate::reports::paper))
        .with_state(analytics)
}
