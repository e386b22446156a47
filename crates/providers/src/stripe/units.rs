//! How Stripe counts amounts: in units of its own, which are not always those of ISO 4217.
//!
//! <https://docs.stripe.com/currencies>: amounts are in the currency's minor unit; those of the zero-decimal list are whole. Of the special cases the
//! krona of Iceland and the shilling of Uganda have no decimals any more, but are still counted in hundredths (5 UGX are 500), whatever
//! the list says, and always whole: 501 is refused. The forint and the Taiwan dollar are whole in payouts to banks alone, which are not
//! ordered here. Amounts in the dinars of Bahrain, Jordan, Kuwait and Tunisia and the rial of Oman are thousandths rounded to tens; no amount
//! of theirs comes here, because this server's money has two decimals and [`Currency::parse`] refuses them.

use kernel::{Amount, Currency, Error, Kind, Money, Result};

/// Counted in whole units.
const WHOLE: &str = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF";

fn is_whole(currency: Currency) -> bool {
    WHOLE.split_whitespace().any(|code| code == currency.code())
}

/// So many of Stripe's units. Refused is what Stripe has no unit for: a part of an ariary, or of a krona of Iceland.
pub(super) fn of(amount: Money) -> Result<i64> {
    let whole = is_whole(amount.currency());
    if !amount.is_exact() || whole && amount.minor() % 100 != 0 {
        let message = format!("Stripe takes whole amounts of {} only; {amount} is none", amount.currency());
        return Err(Error::new(Kind::Invalid, message));
    }
    Ok(if whole { amount.minor() / 100 } else { amount.minor() })
}

/// The amount of so many of Stripe's units.
pub(super) fn amount(units: i64, currency: Currency) -> Money {
    Money::new(Amount::from_minor(if is_whole(currency) { units.saturating_mul(100) } else { units }), currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The presentment currencies of <https://docs.stripe.com/currencies>, with their codes of 2026, by how many units one of each
    /// is. Its special cases are marked there: ISK and UGX stand in the zero-decimal list's place but are hundredths that end with 00.
    const HUNDREDTHS: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC \
        CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES KGS KHR KYD KZT LAK LBP \
        LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB \
        SAR SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS WST XCD XCG YER ZAR ZMW";
    const HUNDREDTHS_THAT_ARE_WHOLE: &str = "ISK UGX";
    const ONES: &str = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF";
    const THOUSANDTHS: &str = "BHD JOD KWD OMR TND";

    fn each(list: &str) -> impl Iterator<Item = Currency> {
        list.split_whitespace().map(|code| Currency::parse(code).unwrap_or_else(|error| panic!("{code}: {error}")))
    }

    #[test]
    fn each_of_stripes_currencies_is_counted_as_its_documentation_says() {
        let money = |minor, currency| Money::new(Amount::from_minor(minor), currency);
        let (five, a_part) = (|currency| money(500, currency), |currency| money(501, currency));
        for currency in each(HUNDREDTHS) {
            assert_eq!((of(five(currency)).unwrap(), of(a_part(currency)).unwrap()), (500, 501), "{currency}");
        }
        for currency in each(HUNDREDTHS_THAT_ARE_WHOLE) {
            assert_eq!(of(five(currency)).unwrap(), 500, "{currency}");
            assert!(of(a_part(currency)).unwrap_err().message().contains("whole amounts"), "{currency}");
        }
        for currency in each(ONES) {
            assert_eq!(of(five(currency)).unwrap(), 5, "{currency}");
            assert!(of(a_part(currency)).unwrap_err().message().contains("whole amounts"), "{currency}");
        }
        for code in THOUSANDTHS.split_whitespace() {
            assert!(Currency::parse(code).unwrap_err().message().contains("three decimals"), "{code}");
        }
        for currency in each(HUNDREDTHS).chain(each(HUNDREDTHS_THAT_ARE_WHOLE)).chain(each(ONES)) {
            assert_eq!(amount(of(five(currency)).unwrap(), currency), five(currency), "{currency}: there and back");
        }
    }

    /// What is taken when an amount is written can be charged: nobody hears of it only when the money is to move.
    #[test]
    fn what_fits_the_currency_has_a_unit_at_stripe() {
        for currency in each(HUNDREDTHS).chain(each(HUNDREDTHS_THAT_ARE_WHOLE)).chain(each(ONES)) {
            for minor in 1..=2_000 {
                let money = Money::new(Amount::from_minor(minor), currency);
                assert_eq!(of(money).is_ok(), money.is_exact(), "{money}");
            }
        }
    }

    #[test]
    fn the_list_is_stripes_own() {
        let codes: Vec<&str> = WHOLE.split_whitespace().collect();
        assert!(codes.is_sorted() && ONES.split_whitespace().eq(codes));
    }
}
