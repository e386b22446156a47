//! Currencies, and how many decimals each has: those of ISO 4217 (its list one, as of 2026). A payment provider may count some of them
//! otherwise; that is the provider's own table.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::{Amount, Error, Kind, Result};

/// A currency whose amounts this server can hold: those with no or two decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Currency([u8; 3]);

/// ISO 4217's currencies with two decimals.
const TWO: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP \
    CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD \
    KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN \
    QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED \
    VES WST XCD XCG YER ZAR ZMW ZWG";
/// Those without decimals.
const NONE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
/// Those with three: this server's money has two.
const THREE: &str = "BHD IQD JOD KWD LYD OMR TND";

impl Currency {
    /// US dollars: what is meant where nothing is said.
    pub const USD: Self = Self(*b"USD");

    /// Reads a code, whatever its case; an error says what would be taken.
    pub fn parse(code: &str) -> Result<Self> {
        let upper = code.trim().to_ascii_uppercase();
        let listed = |list: &str| upper.len() == 3 && list.split_whitespace().any(|known| known == upper);
        if listed(TWO) || listed(NONE) {
            let mut letters = [0; 3];
            letters.copy_from_slice(upper.as_bytes());
            return Ok(Self(letters));
        }
        let message = if listed(THREE) {
            format!("{upper} has three decimals, and amounts here have at most two: use another currency")
        } else {
            "must be a currency of ISO 4217, such as USD or EUR".to_owned()
        };
        Err(Error::new(Kind::Invalid, message))
    }

    /// The code: `USD`.
    pub fn code(&self) -> &str {
        // Only ASCII letters get in.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many decimals its amounts have: 0 or 2.
    pub fn decimals(self) -> u32 {
        if NONE.split_whitespace().any(|known| known == self.code()) { 0 } else { 2 }
    }

    /// The smallest amount that can be paid in it: a cent, a yen. The ariary has hundredths in ISO 4217 and none in life (it has fifths,
    /// which nobody pays), so that providers take whole ones alone.
    pub fn step(self) -> Amount {
        Amount::from_minor(if self.decimals() == 0 || self.code() == "MGA" { 100 } else { 1 })
    }

    /// Can this amount be paid in it?
    pub fn fits(self, amount: Amount) -> bool {
        amount.minor() % self.step().minor() == 0
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl utoipa::PartialSchema for Currency {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(TWO.split_whitespace().chain(NONE.split_whitespace())))
            .description(Some("A currency, by its code of ISO 4217"))
            .examples(["USD"])
            .into()
    }
}
impl utoipa::ToSchema for Currency {
    fn name() -> std::borrow::Cow<'static, str> {
        "Currency".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The minor units of ISO 4217, as its maintenance agency (SIX) lists them: a sample of each kind, and those that providers count
    /// otherwise.
    #[test]
    fn decimals_are_those_of_iso_4217() {
        for (code, decimals) in [
            ("USD", 2),
            ("EUR", 2),
            ("HUF", 2),
            ("TWD", 2),
            ("MGA", 2),
            ("MRU", 2),
            ("XCG", 2),
            ("JPY", 0),
            ("KRW", 0),
            ("ISK", 0),
            ("UGX", 0),
            ("VND", 0),
            ("XOF", 0),
        ] {
            assert_eq!(Currency::parse(code).unwrap().decimals(), decimals, "{code}");
        }
        for list in [TWO, NONE, THREE] {
            let codes: Vec<&str> = list.split_whitespace().collect();
            assert!(codes.is_sorted() && codes.iter().all(|code| code.len() == 3), "{codes:?}");
        }
    }

    #[test]
    fn amounts_are_those_that_can_be_paid() {
        for (code, step) in [("usd", 1), (" JPY ", 100), ("ISK", 100), ("HUF", 1), ("MGA", 100)] {
            let currency = Currency::parse(code).unwrap();
            assert_eq!(currency.step().minor(), step, "{code}");
            assert!(currency.fits(Amount::from_minor(50_000)));
            assert_eq!(currency.fits(Amount::from_minor(50_001)), step == 1, "{code}");
        }
    }

    #[test]
    fn what_cannot_be_held_exactly_is_refused_and_says_why() {
        for code in ["KWD", "bhd"] {
            assert!(Currency::parse(code).unwrap_err().message().contains("three decimals"), "{code}");
        }
        for code in ["", "US", "USDX", "ZZZ", "дол", "BTC", "USD EUR"] {
            assert!(Currency::parse(code).unwrap_err().message().contains("ISO 4217"), "{code}");
        }
    }
}
