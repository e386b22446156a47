//! The directory's rates are in US dollars, as the documents show them; a search may name another currency.

use std::collections::BTreeMap;

use kernel::Currency;
use mind::understand::{Lang, Understanding};

/// The currency of the directory's rates.
const OWN: &str = "USD";

/// What other currencies are worth: dollars for one of each, by a setting (`EXCHANGE_RATES`). There are no rates but those.
#[derive(Clone, Debug, Default)]
pub struct ExchangeRates(BTreeMap<String, f64>);

/// A budget that was named in another currency, and what was made of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Converted {
    currency: String,
    /// Dollars for one; nothing if no setting says, in which case one was taken for one.
    rate: Option<f64>,
}

impl ExchangeRates {
    /// Reads `EUR=1.08, GBP=1.27`: dollars for one.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rates = BTreeMap::new();
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let wrong = || format!("must be pairs such as EUR=1.08 (dollars for one), not {pair}");
            let (code, rate) = pair.split_once('=').ok_or_else(wrong)?;
            let code = code.trim().to_ascii_uppercase();
            let rate: f64 = rate.trim().parse().map_err(|_| wrong())?;
            if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) || !(1e-6..=1e6).contains(&rate) {
                return Err(wrong());
            }
            rates.insert(code, rate);
        }
        Ok(Self(rates))
    }

    /// How many dollars one unit of a currency is worth; one, where no setting says.
    pub fn rate(&self, currency: Currency) -> f64 {
        if currency == Currency::USD { 1.0 } else { self.0.get(currency.code()).copied().unwrap_or(1.0) }
    }

    /// The budget of a query in dollars, and how it came to be that if it was in something else.
    pub(crate) fn in_dollars(&self, understood: &Understanding) -> ((Option<i64>, Option<i64>), Option<Converted>) {
        let named = (understood.budget_min_minor, understood.budget_max_minor);
        let Some(currency) = understood.currency.clone().filter(|currency| currency != OWN) else {
            return (named, None);
        };
        if named == (None, None) {
            return (named, None);
        }
        let rate = self.0.get(&currency).copied();
        let convert = |minor: i64| (minor as f64 * rate.unwrap_or(1.0)).round() as i64;
        ((named.0.map(convert), named.1.map(convert)), Some(Converted { currency, rate }))
    }
}

impl Converted {
    /// Says what was made of the budget, in the language of the query.
    pub(crate) fn note(&self, lang: Lang) -> String {
        let code = &self.currency;
        match (lang == Lang::En, self.rate) {
            (true, Some(rate)) => {
                format!("Rates are on record in US dollars; {code} was converted at {rate} dollars for one.")
            }
            (true, None) => {
                format!(
                    "Rates are on record in US dollars; no exchange rate is set, so one {code} was taken for one dollar."
                )
            }
            (false, Some(rate)) => {
                format!("Las tarifas constan en dólares; se ha convertido {code} a {rate} dólares por unidad.")
            }
            (false, None) => format!(
                "Las tarifas constan en dólares; no hay tipo de cambio configurado, así que se ha tomado un {code} por un dólar."
            ),
        }
    }
}

/// What was understood, with money told in dollars.
pub(crate) fn told_in_dollars(understood: &Understanding) -> Understanding {
    Understanding { currency: Some(OWN.to_owned()), ..understood.clone() }
}

#[cfg(test)]
mod tests {
    use mind::understand::parse;

    use super::*;

    #[test]
    fn other_currencies_are_converted_or_said_not_to_be() {
        let rates = ExchangeRates::parse("eur=1.10, GBP = 1.27").unwrap();
        let query = parse("cocina vegana hasta 800€");
        assert_eq!(rates.in_dollars(&query).0, (None, Some(88_000)));
        let (budget, converted) = ExchangeRates::default().in_dollars(&query);
        assert_eq!(budget, (None, Some(80_000)));
        assert!(converted.unwrap().note(Lang::Es).contains("no hay tipo de cambio"));
        assert_eq!(rates.in_dollars(&parse("vegan cooks under $800")), ((None, Some(80_000)), None));
        for text in ["EUR", "EUR=x", "EURO=1", "EUR=-1", "EUR=0", "EUR=NaN"] {
            assert!(ExchangeRates::parse(text).is_err(), "{text}");
        }
    }
}
