//! What a post may bring: estimates that say of themselves where they come from, or why there is none.

use kernel::count::short;
use serde::Serialize;
use utoipa::ToSchema;

use crate::score::brief::CreatorView;
use crate::score::norms::Norms;
use crate::score::text::rate;

/// What earlier deals with a creator cost and brought, as far as it was recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct History {
    /// What was paid, in minor units.
    pub cost_minor: i64,
    /// Revenue that tracked links and promo codes attribute to them, in minor units.
    pub attributed_revenue_minor: i64,
    /// How many deals.
    pub deals: u32,
}

/// What one post may bring.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct EstimatedPerformance {
    /// Views: `94K-150K`.
    pub expected_reach: Option<String>,
    /// Interactions: `5.3K`.
    pub expected_engagement: Option<String>,
    /// (Attributed revenue − cost) / cost: `3.2x`. Null without recorded results.
    pub estimated_roi: Option<String>,
    /// How each was found, or why it was not.
    pub notes: Notes,
}

/// How each estimate was found, or why it was not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Notes {
    /// Of the reach.
    pub expected_reach: String,
    /// Of the engagement.
    pub expected_engagement: String,
    /// Of the return.
    pub estimated_roi: String,
}

pub(super) fn estimate(norms: &Norms, creator: &CreatorView<'_>, history: Option<&History>) -> EstimatedPerformance {
    let (expected_reach, reach) = reach(norms, creator);
    let (expected_engagement, engagement) = engagement(creator);
    let (estimated_roi, roi) = roi(history);
    let notes = Notes { expected_reach: reach, expected_engagement: engagement, estimated_roi: roi };
    EstimatedPerformance { expected_reach, expected_engagement, estimated_roi, notes }
}

fn reach(norms: &Norms, creator: &CreatorView<'_>) -> (Option<String>, String) {
    if let Some(views) = creator.avg_views {
        return (Some(short(views)), "The creator's average views of a post".into());
    }
    let Some(views) = norms.prices().views(creator.platform, creator.followers) else {
        let platform = creator.platform.display();
        return (
            None,
            format!("No average views on record, and no published rate of views to followers for {platform}"),
        );
    };
    let (from, to) = (short(views.from), short(views.to));
    let (range, rates) = if from == to {
        (from, format!("{}", views.rate.0))
    } else {
        (format!("{from}-{to}"), format!("{}\u{2013}{}", views.rate.0, views.rate.1))
    };
    let followers = short(creator.followers);
    (
        Some(range),
        format!("No average views on record: {followers} followers \u{d7} {rates} views each ({})", views.source),
    )
}

fn engagement(creator: &CreatorView<'_>) -> (Option<String>, String) {
    let Some(percent) = creator.engagement.filter(|percent| *percent >= 0.0 && percent.is_finite()) else {
        return (None, "No engagement figure on record".into());
    };
    let shown = rate((percent * 1000.0).round() as u32);
    let of = |base: u64| (base as f64 * percent / 100.0).round() as u64;
    let by_followers = of(creator.followers);
    match creator.avg_views {
        // Nobody has more interactions than views: such a rate was measured by views.
        Some(views) if by_followers > views => (
            Some(short(of(views))),
            format!(
                "{shown} of {} average views; of {} followers it would be more interactions than views",
                short(views),
                short(creator.followers)
            ),
        ),
        _ => (Some(short(by_followers)), format!("{shown} of {} followers", short(creator.followers))),
    }
}

fn roi(history: Option<&History>) -> (Option<String>, String) {
    match history {
        None | Some(History { deals: 0, .. }) => (
            None,
            "No recorded results with this creator: an estimate needs tracked links, promo codes or reported sales"
                .into(),
        ),
        Some(History { cost_minor: ..=0, .. }) => {
            (None, "Earlier deals with this creator have no recorded cost".into())
        }
        Some(&History { cost_minor, attributed_revenue_minor, deals }) => {
            let roi = (attributed_revenue_minor - cost_minor) as f64 / cost_minor as f64;
            let deals = if deals == 1 { "the one earlier deal".into() } else { format!("{deals} earlier deals") };
            let money = |minor| kernel::Amount::from_minor(minor).price();
            let (revenue, cost) = (money(attributed_revenue_minor), money(cost_minor));
            // Rounding may leave a minus before nothing.
            let shown = format!("{roi:.1}x").replace("-0.0x", "0.0x");
            (Some(shown), format!("From {deals}: ({revenue} attributed revenue \u{2212} {cost} cost) / {cost} cost"))
        }
    }
}
