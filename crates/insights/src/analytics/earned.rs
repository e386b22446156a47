//! Earned media value: what the attention would have cost as advertising, by a table of prices. It is told apart from the return on
//! investment, and never mixed with it.

use kernel::{Amount, Currency, Variables};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Figures;

/// Where the usual prices come from.
const USUAL_SOURCE: &str =
    "placeholder values of Later (after Ayzenberg): like $0.30, comment $0.50, 1,000 views $0.05";

/// What attention is worth, in ten-thousandths of a US dollar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarnedMedia {
    /// A like.
    pub like: i64,
    /// A comment.
    pub comment: i64,
    /// A thousand views.
    pub thousand_views: i64,
    /// Who says so.
    pub source: String,
}

impl Default for EarnedMedia {
    fn default() -> Self {
        Self { like: 3_000, comment: 5_000, thousand_views: 500, source: USUAL_SOURCE.to_owned() }
    }
}

/// The prices, as they are told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EarnedMediaPrices {
    /// What a like is worth.
    pub like: f64,
    /// What a comment is worth.
    pub comment: f64,
    /// What a thousand views are worth.
    pub thousand_views: f64,
    /// Their currency.
    pub currency: Currency,
    /// Where they come from.
    pub source: String,
}

impl EarnedMedia {
    /// Reads `EMV_LIKE`, `EMV_COMMENT`, `EMV_THOUSAND_VIEWS` (US dollars) and `EMV_SOURCE`.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let usual = Self::default();
        let given = [from.text("EMV_LIKE"), from.text("EMV_COMMENT"), from.text("EMV_THOUSAND_VIEWS")];
        let own = given.iter().any(Option::is_some);
        let mut price = |name: &str, given: Option<&String>, usual: i64| {
            let Some(text) = given else { return usual };
            match text.parse::<f64>() {
                Ok(price) if (0.0..=1_000.0).contains(&price) => (price * 10_000.0).round() as i64,
                _ => {
                    let message = format!("must be an amount of US dollars from 0 to 1000, such as 0.30, not {text}");
                    from.fault(name, message);
                    usual
                }
            }
        };
        let like = price("EMV_LIKE", given[0].as_ref(), usual.like);
        let comment = price("EMV_COMMENT", given[1].as_ref(), usual.comment);
        let thousand_views = price("EMV_THOUSAND_VIEWS", given[2].as_ref(), usual.thousand_views);
        // Prices of one's own are nobody else's.
        let source = from
            .text("EMV_SOURCE")
            .unwrap_or_else(|| if own { "the settings of this server".to_owned() } else { usual.source.clone() });
        Self { like, comment, thousand_views, source }
    }

    /// What these figures are worth; nothing where no post is measured.
    pub fn of(&self, figures: &Figures) -> Option<Amount> {
        if figures.metric_rows == 0 {
            return None;
        }
        let times = |count: i64, price: i64| i128::from(count) * i128::from(price);
        let thousandths = (times(figures.likes, self.like) + times(figures.comments, self.comment)) * 1_000
            + times(figures.views, self.thousand_views);
        // From thousandths of ten-thousandths of a dollar to cents, rounded half up.
        let cents = (thousandths + 50_000).div_euclid(100_000);
        Some(Amount::from_minor(i64::try_from(cents).unwrap_or(i64::MAX)))
    }

    /// The prices, as they are told.
    pub fn told(&self) -> EarnedMediaPrices {
        let dollars = |price: i64| price as f64 / 10_000.0;
        EarnedMediaPrices {
            like: dollars(self.like),
            comment: dollars(self.comment),
            thousand_views: dollars(self.thousand_views),
            currency: Currency::USD,
            source: self.source.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_attention_is_worth() {
        let prices = EarnedMedia::default();
        let figures = Figures { metric_rows: 1, views: 12_345, likes: 100, comments: 7, ..Figures::default() };
        // 30.00 + 3.50 + 0.617 25
        assert_eq!(prices.of(&figures), Some(Amount::from_minor(3_412)));
        assert_eq!(prices.of(&Figures::default()), None);
    }

    #[test]
    fn prices_of_one_s_own_name_their_source() {
        let read = |pairs: &[(&str, &str)]| {
            let all: BTreeMap<String, String> = pairs.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect();
            let mut from = Variables::new(&all);
            let read = EarnedMedia::read(&mut from);
            (read, from.finish().is_ok())
        };
        assert_eq!(read(&[]), (EarnedMedia::default(), true));
        let (own, fine) = read(&[("EMV_LIKE", "0.125")]);
        assert_eq!(
            (own.like, own.comment, own.source.as_str(), fine),
            (1_250, 5_000, "the settings of this server", true)
        );
        assert_eq!(read(&[("EMV_SOURCE", "Our own study")]).0.source, "Our own study");
        assert!(!read(&[("EMV_COMMENT", "cheap")]).1);
        assert!(!read(&[("EMV_THOUSAND_VIEWS", "-1")]).1);
    }
}
