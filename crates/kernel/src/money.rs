//! Money: whole minor units (cents), never a float at rest.

use std::fmt;

use crate::{Currency, Error, Result};

/// The most that one amount may be, in minor units: ten thousand million of the major unit.
pub const MOST_MINOR: i64 = 1_000_000_000_000;

/// A number of hundredths of a currency that is said elsewhere: in the column or the field beside it, or once for all (rates are US dollars).
/// It can be read, kept, told and compared, but not added up: that is for [`Money`]. In JSON a number with at most two decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Amount(i64);

impl Amount {
    /// From minor units (cents).
    pub const fn from_minor(minor: i64) -> Self {
        Self(minor)
    }

    /// In minor units (cents).
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// Reads a JSON number: nothing if it has more than two decimals or is beyond [`MOST_MINOR`].
    pub fn from_number(number: f64) -> Option<Self> {
        let minor = number * 100.0;
        let whole = minor.round();
        // A double tells cents apart far beyond the bound: what is further off than this was written with more decimals.
        (minor.is_finite() && whole.abs() <= MOST_MINOR as f64 && (minor - whole).abs() < 5e-3)
            .then_some(Self(whole as i64))
    }

    /// As a JSON number of major units; exact for everything within [`MOST_MINOR`].
    pub fn to_number(self) -> f64 {
        self.0 as f64 / 100.0
    }

    /// As A shows prices: `$3769`, `$120.50`.
    pub fn price(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        match (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100) {
            (whole, 0) => format!("{sign}${whole}"),
            (whole, cents) => format!("{sign}${whole}.{cents:02}"),
        }
    }
}

/// An amount with its currency. Amounts of two currencies never make a sum.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Money {
    amount: Amount,
    currency: Currency,
}

impl Money {
    /// So much of this currency.
    pub const fn new(amount: Amount, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, of this currency.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(Amount::from_minor(0), currency)
    }

    /// How much.
    pub const fn amount(self) -> Amount {
        self.amount
    }

    /// In hundredths of the major unit.
    pub const fn minor(self) -> i64 {
        self.amount.minor()
    }

    /// Of what.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Is it more than nothing?
    pub const fn is_positive(self) -> bool {
        self.minor() > 0
    }

    /// Has it no more decimals than its currency?
    pub fn is_exact(self) -> bool {
        self.currency.fits(self.amount)
    }

    /// As documents tell it: `USD 1,200.00`; whole in a currency without decimals.
    pub fn in_full(self) -> String {
        let (sign, minor) = (if self.minor() < 0 { "-" } else { "" }, self.minor().unsigned_abs());
        let whole = crate::count::grouped(minor / 100, ',');
        match self.currency.decimals() {
            0 => format!("{} {sign}{whole}", self.currency),
            _ => format!("{} {sign}{whole}.{:02}", self.currency, minor % 100),
        }
    }

    /// Both together; [`crate::Kind::Conflict`] if they are of two currencies.
    pub fn plus(self, other: Self) -> Result<Self> {
        self.with(other, i64::checked_add)
    }

    /// What is left without the other; [`crate::Kind::Conflict`] if they are of two currencies.
    pub fn minus(self, other: Self) -> Result<Self> {
        self.with(other, i64::checked_sub)
    }

    /// Is it more than the other? [`crate::Kind::Conflict`] if they are of two currencies.
    pub fn is_more_than(self, other: Self) -> Result<bool> {
        self.minus(other).map(Self::is_positive)
    }

    fn with(self, other: Self, sum: fn(i64, i64) -> Option<i64>) -> Result<Self> {
        if self.currency != other.currency {
            let message = format!("{self} and {other} are of two currencies: they are not added up");
            return Err(Error::conflict(message));
        }
        let minor = sum(self.minor(), other.minor());
        let minor =
            minor.ok_or_else(|| Error::conflict(format!("{self} and {other} come to more than can be held")))?;
        Ok(Self::new(Amount::from_minor(minor), self.currency))
    }
}

/// `1200.50 USD`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} {}", self.amount.to_number(), self.currency)
    }
}

impl serde::Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.to_number())
    }
}

impl<'de> serde::Deserialize<'de> for Amount {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        Self::from_number(number).ok_or_else(|| serde::de::Error::custom("an amount has at most two decimals"))
    }
}

impl utoipa::PartialSchema for Amount {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .description(Some("An amount of money, with at most two decimals"))
            .examples([1200.5])
            .into()
    }
}
impl utoipa::ToSchema for Amount {
    fn name() -> std::borrow::Cow<'static, str> {
        // As the document has always called it.
        "Money".into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code() -> impl Strategy<Value = Currency> {
        prop::sample::select(vec!["USD", "EUR", "JPY", "ISK", "MGA"]).prop_map(|code| Currency::parse(code).unwrap())
    }

    proptest! {
        #[test]
        fn only_one_currency_makes_a_sum(a in -MOST_MINOR..=MOST_MINOR, b in -MOST_MINOR..=MOST_MINOR, of in code(), other in code()) {
            let (a, b) = (Money::new(Amount(a), of), Money::new(Amount(b), other));
            if of == other {
                prop_assert_eq!(a.plus(b).unwrap(), Money::new(Amount(a.minor() + b.minor()), of));
                prop_assert_eq!(a.plus(b).unwrap().minus(b).unwrap(), a);
                prop_assert_eq!(a.is_more_than(b).unwrap(), a.minor() > b.minor());
            } else {
                for fault in [a.plus(b).unwrap_err(), a.minus(b).unwrap_err(), a.is_more_than(b).unwrap_err()] {
                    prop_assert_eq!(fault.kind(), crate::Kind::Conflict);
                    prop_assert!(fault.message().contains(of.code()) && fault.message().contains(other.code()));
                }
            }
        }
    }

    #[test]
    fn as_documents_tell_it() {
        let told = |minor, code| Money::new(Amount(minor), Currency::parse(code).unwrap()).in_full();
        assert_eq!([told(-123_456, "USD"), told(123_456_789, "EUR")], ["USD -1,234.56", "EUR 1,234,567.89"]);
        assert_eq!([told(5, "USD"), told(500_000, "JPY")], ["USD 0.05", "JPY 5,000"]);
    }

    #[test]
    fn no_sum_overflows() {
        let most = Money::new(Amount(i64::MAX), Currency::USD);
        assert!(most.plus(most).is_err() && Money::zero(Currency::USD).minus(most).unwrap().minus(most).is_err());
    }

    #[test]
    fn cents_survive_json() {
        for minor in (0..MOST_MINOR).step_by(7_654_321_987).chain(0..10_000) {
            assert_eq!(Amount::from_number(Amount(minor).to_number()), Some(Amount(minor)));
        }
        for number in [0.001, 10.005, 1e30, f64::NAN, f64::INFINITY] {
            assert_eq!(Amount::from_number(number), None, "{number}");
        }
    }

    #[test]
    fn prices_as_in_the_documents() {
        assert_eq!(
            (Amount(376_900).price(), Amount(12_050).price(), Amount(-5).price()),
            ("$3769".into(), "$120.50".into(), "-$0.05".into())
        );
    }
}
