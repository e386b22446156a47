//! What to offer: from the price of 1,000 views and the views that a piece is expected to get, never above the cap.

use kernel::{Amount, Error, Platform, Result};
use mind::score::norms::Prices;
use serde::Serialize;
use utoipa::ToSchema;

/// What is known of a creator and a campaign.
pub(crate) struct Known {
    pub(crate) platform: Platform,
    pub(crate) followers: u64,
    /// Of a usual piece, measured or expected by a person.
    pub(crate) avg_views: Option<u64>,
    pub(crate) niche: String,
    /// Dollars for 1,000 views, where a person gave them.
    pub(crate) cpm: Option<f64>,
    /// What they asked for in the conversation.
    pub(crate) asked: Option<Amount>,
    /// What the directory says they charge.
    pub(crate) listed: Option<Amount>,
    /// The campaign's.
    pub(crate) budget: Amount,
    /// The most that a person allows.
    pub(crate) cap: Option<Amount>,
}

/// An offer with its reasoning. Amounts are in US dollars.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[schema(as = NegotiationOffer)]
pub(crate) struct Offer {
    /// What to offer.
    offer: Amount,
    /// The most that may be offered.
    cap: Amount,
    /// The lower end of what such a post usually costs.
    low: Amount,
    /// The middle of what such a post usually costs.
    middle: Amount,
    /// The upper end of what such a post usually costs.
    high: Amount,
    /// What the creator asks, if they said so.
    asked: Option<Amount>,
    /// How the offer comes about, step by step.
    reasoning: Vec<String>,
}

impl Offer {
    pub(crate) fn amount(&self) -> Amount {
        self.offer
    }
}

/// A rate as entries have it: `1200`, `1200 EUR`, `$1,200`; the amount and the currency, if one is named.
pub(crate) fn rate(text: &str) -> Option<(Amount, Option<String>)> {
    let digits: String = text.chars().skip_while(|letter| !letter.is_ascii_digit()).collect();
    let end =
        digits.find(|letter: char| !(letter.is_ascii_digit() || matches!(letter, '.' | ','))).unwrap_or(digits.len());
    let number: f64 = digits[..end].trim_end_matches(['.', ',']).replace(',', "").parse().ok()?;
    let amount = Amount::from_number(number).filter(|amount| amount.minor() > 0)?;
    let upper = text.to_uppercase();
    let named = [("USD", "USD"), ("EUR", "EUR"), ("GBP", "GBP"), ("$", "USD"), ("\u{20ac}", "EUR"), ("\u{a3}", "GBP")];
    let currency = named.iter().find(|(sign, _)| upper.contains(sign)).map(|(_, code)| (*code).to_owned());
    Some((amount, currency))
}

/// How far the ends of an estimate lie from its middle, as the published tables have it.
const RANGE: (f64, f64) = (0.7, 1.4);

/// What to offer.
pub(crate) fn offer(prices: &Prices, known: &Known) -> Result<Offer> {
    let mut reasoning = Vec::new();
    let (low, middle, high) = if let (Some(cpm), Some(views)) = (known.cpm, known.avg_views) {
        let middle = views as f64 / 1000.0 * cpm;
        reasoning.push(format!(
            "{views} expected views at ${cpm} per 1,000, as you gave them, are {}",
            dollars(middle).price()
        ));
        (dollars(middle * RANGE.0), dollars(middle), dollars(middle * RANGE.1))
    } else {
        if known.cpm.is_some() {
            return Err(Error::invalid_field(
                "expected_views",
                "is missing: nothing is known of this creator's views, and a CPM alone is no price",
            ));
        }
        let usual = prices.usual(known.platform, known.followers, known.avg_views, &known.niche);
        let usual = usual.ok_or_else(|| {
            Error::invalid_field("cpm", "is missing: no published price fits this creator; give cpm and expected_views")
        })?;
        reasoning.push(usual.to_string());
        (Amount::from_minor(usual.low), Amount::from_minor(usual.middle), Amount::from_minor(usual.high))
    };
    let cap = known.cap.map_or(known.budget, |cap| cap.min(known.budget));
    let mut offer = middle;
    let asked = known.asked.or(known.listed);
    if let Some(asked) = asked {
        let whose = if known.asked.is_some() { "They asked for" } else { "The directory lists them at" };
        if asked <= middle {
            offer = asked;
            reasoning.push(format!("{whose} {}, which is no more than usual: offer that", asked.price()));
        } else if asked <= high {
            // Half way between, but within what is usual.
            offer = Amount::from_minor(middle.minor().midpoint(asked.minor()));
            reasoning.push(format!(
                "{whose} {}, above the middle but within the usual range: meet half way at {}",
                asked.price(),
                offer.price()
            ));
        } else {
            reasoning.push(format!(
                "{whose} {}, more than the usual {} to {}: offer the middle",
                asked.price(),
                low.price(),
                high.price()
            ));
        }
    }
    if offer > cap {
        offer = cap;
        let why = if known.cap.is_some_and(|given| given <= known.budget) {
            "the cap that you gave"
        } else {
            "the campaign's budget"
        };
        reasoning.push(format!("{why} is {}: never more than that", cap.price()));
    }
    if offer < low {
        reasoning.push(format!("this is below the usual {}: expect a no", low.price()));
    }
    Ok(Offer { offer, cap, low, middle, high, asked, reasoning })
}

fn dollars(amount: f64) -> Amount {
    Amount::from_minor((amount * 100.0).round().clamp(0.0, kernel::money::MOST_MINOR as f64) as i64)
}

#[cfg(test)]
mod tests {
    use mind::score::Norms;
    use proptest::prelude::*;

    use super::*;

    fn known() -> Known {
        Known {
            platform: Platform::Instagram,
            followers: 120_000,
            avg_views: Some(20_000),
            niche: "fitness".into(),
            cpm: None,
            asked: None,
            listed: None,
            budget: Amount::from_minor(1_000_000),
            cap: None,
        }
    }

    #[test]
    fn rates_are_read() {
        for (text, minor, currency) in
            [("1200", 120_000, None), ("1200 EUR", 120_000, Some("EUR")), ("$1,200.50 per reel", 120_050, Some("USD"))]
        {
            assert_eq!(rate(text), Some((Amount::from_minor(minor), currency.map(str::to_owned))), "{text}");
        }
        assert_eq!(rate("it depends"), None);
    }

    #[test]
    fn an_offer_says_how_it_comes_about() {
        let norms = Norms::builtin();
        let given = offer(norms.prices(), &Known { cpm: Some(20.0), ..known() }).unwrap();
        assert_eq!(
            (given.offer, given.low, given.high),
            (Amount::from_minor(40_000), Amount::from_minor(28_000), Amount::from_minor(56_000))
        );
        let modest =
            offer(norms.prices(), &Known { cpm: Some(20.0), asked: Some(Amount::from_minor(30_000)), ..known() })
                .unwrap();
        assert_eq!(modest.offer, Amount::from_minor(30_000));
        let between =
            offer(norms.prices(), &Known { cpm: Some(20.0), asked: Some(Amount::from_minor(50_000)), ..known() })
                .unwrap();
        assert_eq!(between.offer, Amount::from_minor(45_000));
        let published = offer(norms.prices(), &known()).unwrap();
        assert!(
            published.offer.minor() > 0 && published.reasoning[0].contains("per 1,000"),
            "{:?}",
            published.reasoning
        );
        assert!(offer(norms.prices(), &Known { cpm: Some(20.0), avg_views: None, ..known() }).is_err());
    }

    proptest! {
        #[test]
        fn never_above_the_cap(views in 0_u64..10_000_000, cpm in 0.01_f64..500.0, asked in proptest::option::of(1_i64..100_000_000),
            cap in proptest::option::of(1_i64..100_000_000), budget in 1_i64..100_000_000) {
            let known = Known {
                avg_views: Some(views), cpm: Some(cpm), asked: asked.map(Amount::from_minor), cap: cap.map(Amount::from_minor),
                budget: Amount::from_minor(budget), ..known()
            };
            let made = offer(Norms::builtin().prices(), &known).unwrap();
            prop_assert!(made.offer <= made.cap && made.cap.minor() <= budget);
            prop_assert!(asked.is_none_or(|asked| made.offer.minor() <= asked.max(made.middle.minor())));
        }
    }
}
