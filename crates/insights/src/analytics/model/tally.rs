//! Figures that are added up, with money kept apart by currency.

use std::collections::BTreeMap;

use kernel::{Amount, Currency};

use super::Revenue;
use super::percent;
use crate::Figures;

/// Figures of any currencies.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// All of them. Its amounts of money are of no use: they may be of several currencies.
    counts: Figures,
    money: BTreeMap<Currency, Figures>,
}

impl Tally {
    /// More figures, of this currency; an empty one is none.
    pub fn add(&mut self, currency: &str, figures: Figures) {
        self.counts += figures;
        if let Ok(currency) = Currency::parse(currency) {
            *self.money.entry(currency).or_default() += figures;
        }
    }

    /// The counts, without regard to currencies.
    pub fn counts(&self) -> &Figures {
        &self.counts
    }

    /// A count that posts report; nothing where no post is measured.
    pub fn reported(&self, count: impl Fn(&Figures) -> i64) -> Option<i64> {
        (self.counts.metric_rows > 0).then(|| count(&self.counts))
    }

    /// How many accounts were reached, where posts say so.
    pub fn reach(&self) -> Option<i64> {
        (self.counts.reach_rows > 0).then_some(self.counts.reach)
    }

    /// Likes, comments, shares and saves.
    pub fn engagement(&self) -> i64 {
        let Figures { likes, comments, shares, saves, .. } = self.counts;
        likes + comments + shares + saves
    }

    /// Engagement in percent of the views; nothing without views.
    pub fn engagement_rate(&self) -> Option<f64> {
        percent(self.engagement(), self.counts.views)
    }

    /// Clicks that posts report, and those on tracked links.
    pub fn clicks(&self) -> i64 {
        self.counts.clicks + self.counts.link_clicks
    }

    /// Conversions that posts report, and orders.
    pub fn conversions(&self) -> i64 {
        self.counts.conversions + self.counts.orders
    }

    /// What it brought, by currency.
    pub fn revenue(&self) -> Vec<Revenue> {
        let said = self.money.iter().filter(|(_, sums)| sums.revenue_rows > 0 || sums.order_revenue_rows > 0);
        let told = said.map(|(currency, sums)| Revenue {
            currency: *currency,
            reported: (sums.revenue_rows > 0).then(|| Amount::from_minor(sums.revenue)),
            orders: (sums.order_revenue_rows > 0).then(|| Amount::from_minor(sums.order_revenue)),
            total: Amount::from_minor(sums.revenue.saturating_add(sums.order_revenue)),
        });
        told.collect()
    }
}
