//! Money: whole minor units (cents), never a float at rest.

/// The most that one amount may be, in minor units: ten thousand million of the major unit.
pub const MOST_MINOR: i64 = 1_000_000_000_000;

/// An amount in minor units of the directory's currency; told in JSON as a number with at most two decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Money(i64);

impl Money {
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

impl serde::Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.to_number())
    }
}

impl<'de> serde::Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        Self::from_number(number).ok_or_else(|| serde::de::Error::custom("an amount has at most two decimals"))
    }
}

impl utoipa::PartialSchema for Money {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .description(Some("An amount of money, with at most two decimals"))
            .examples([1200.5])
            .into()
    }
}
impl utoipa::ToSchema for Money {
    fn name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cents_survive_json() {
        for minor in (0..MOST_MINOR).step_by(7_654_321_987).chain(0..10_000) {
            assert_eq!(Money::from_number(Money(minor).to_number()), Some(Money(minor)));
        }
        for number in [0.001, 10.005, 1e30, f64::NAN, f64::INFINITY] {
            assert_eq!(Money::from_number(number), None, "{number}");
        }
    }

    #[test]
    fn prices_as_in_the_documents() {
        assert_eq!(
            (Money(376_900).price(), Money(12_050).price(), Money(-5).price()),
            ("$3769".into(), "$120.50".into(), "-$0.05".into())
        );
    }
}
