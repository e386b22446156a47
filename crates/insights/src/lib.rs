//! What came of it: post metrics, tracked links, promo codes and orders; analytics, dashboards, reports.
//!
//! - Figures come in as rows (`metrics`, `links`, `orders`), each of a campaign, a creator and a day in UTC. A row that comes again replaces
//!   the one that is there; nothing is counted twice.
//! - What analytics read are sums of those rows, moved by the difference in the transaction of every write: see [`figures`].
//! - What posts report and what was counted here stay apart, and sums never cross currencies.

pub mod analytics;
mod batch;
pub mod codes;
pub mod data;
pub mod events;
pub mod figures;
mod jobs;
pub mod links;
pub mod metrics;
mod migrations;
pub mod orders;
pub mod reports;
mod settings;
mod shapes;
mod state;
mod table;

pub use self::jobs::jobs;
pub use analytics::Analytics;
pub use figures::Figures;
pub use migrations::MIGRATIONS;
pub use settings::Settings;
pub use state::Insights;

use http_base::Routes;

/// The routes by which figures come in.
pub fn router(insights: Insights) -> Routes {
    Routes::new()
        .merge(metrics::router())
        .merge(links::router())
        .merge(codes::router())
        .merge(orders::router())
        .with_state(insights)
}

/// All of it, for the server: how figures come in, and what they tell with the directory's names.
pub fn slice(insights: &Insights, directory: &creators::Directory) -> http_base::Slice {
    let analytics = analytics::router(Analytics::new(insights.clone(), directory.clone()));
    http_base::Slice::new("insights", router(insights.clone()).merge(analytics))
        .jobs(self::jobs::jobs(insights))
        .data(data::kept())
}
