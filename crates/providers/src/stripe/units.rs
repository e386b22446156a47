//! How Stripe counts amounts: in units of its own, which are not always those of ISO 4217.
//!
//! <https://docs.stripe.com/currencies>: amounts are in the currency's minor unit; those of the zero-decimal list are whole. Of the special cases the
//! krona of Iceland and the shilling of Uganda have no decimals any more, but are still counted in hundredths (5 UGX are 500), whatever
//! the list says. The forint and the Taiwan dollar are whole in payouts to banks alone, which are not ordered here.

use kernel::{Amount, Currency, Error, Kind, Money, Result};

/// Counted in whole units.
const WHOLE: &str = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF";

fn is_whole(currency: Currency) -> bool {
    WHOLE.split_whitespace().any(|code| code == currency.code())
}

/// So many of Stripe's units. Refused is what Stripe has no unit for: a part of an ariary.
pub(super) fn of(amount: Money) -> Result<i64> {
    match (is_whole(amount.currency()), amount.minor() % 100) {
        (false, _) => Ok(amount.minor()),
        (true, 0) => Ok(amount.minor() / 100),
        (true, _) => {
            let message = format!("Stripe takes whole amounts of {} only; {amount} is none", amount.currency());
            Err(Error::new(Kind::Invalid, message))
        }
    }
}

/// The amount of so many of Stripe's units.
pub(super) fn amount(units: i64, currency: Currency) -> Money {
    Money::new(Amount::from_minor(if is_whole(currency) { units.saturating_mul(100) } else { units }), currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stripes_units_are_not_always_those_of_iso() {
        for (code, amount_in_hundredths, units) in [
            ("USD", 1_000, 1_000),
            ("HUF", 1_000, 1_000),
            ("TWD", 80_000, 80_000),
            ("JPY", 50_000, 500),
            // ISO gives the ariary two decimals.
            ("MGA", 50_000, 500),
            // ISO gives these none.
            ("ISK", 500, 500),
            ("UGX", 500, 500),
        ] {
            let currency = Currency::parse(code).unwrap();
            let money = Money::new(Amount::from_minor(amount_in_hundredths), currency);
            assert_eq!(of(money).unwrap(), units, "{code}");
            assert_eq!(amount(units, currency), money, "{code}");
        }
        let ariary = Currency::parse("MGA").unwrap();
        assert!(
            of(Money::new(Amount::from_minor(50_020), ariary)).unwrap_err().message().contains("whole amounts of MGA")
        );
    }

    #[test]
    fn every_currency_of_the_list_can_be_held() {
        let codes: Vec<&str> = WHOLE.split_whitespace().collect();
        assert!(codes.is_sorted());
        for code in codes {
            assert!(Currency::parse(code).is_ok(), "{code}");
        }
    }
}
