//! The rules of the fields of an account.

use input::describe::{Schemas, reference};
use input::rule::{self, Problem, Rule};
use kernel::UserType;
use serde_json::{Value, json};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

/// What somebody may say to be; nobody becomes an administrator by signing up.
pub const NAMES_OF_USER_TYPES: &[&str] = &["CREATOR", "BUSINESS", "INFLUENCER", "BRAND"];

/// The kind of an account, by one of these names.
pub fn user_type() -> impl Rule<Output = UserType> {
    rule::one_of(NAMES_OF_USER_TYPES).and_then(|word| {
        UserType::parse(word).ok_or_else(|| Problem::new("unknown_value", "must be a kind of account"))
    })
}

/// The most bytes of a password: beyond that, it is no password.
const MOST_BYTES: usize = 1024;

/// A user name: 3 to 40 letters, digits, `.`, `_` and `-`.
pub fn username() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": "string", "minLength": 3, "maxLength": 40, "pattern": "^[A-Za-z0-9._-]+$"}),
        |value, from_text| {
            let name = rule::text(254).read(value, from_text)?;
            let letters = name.chars().count();
            if let Some(other) = name.chars().find(|letter| !is_of_username(*letter)) {
                let message = format!(
                    "has {other:?} in it: 3 to 40 letters (a to z), digits, dots, hyphens or underscores are good"
                );
                return Err(Problem::new("wrong_format", message));
            }
            match letters {
                3..=40 => Ok(name),
                ..3 => {
                    let message = format!(
                        "is too short with {letters} of at least 3 letters, digits, dots, hyphens or underscores: add some, \
                         as in {name}_2026"
                    );
                    Err(Problem::new("too_short", message))
                }
                _ => Err(Problem::new("too_long", format!("must have at most 40 characters, and has {letters}"))),
            }
        },
    )
}

/// What two spellings of a user name have in common.
pub fn username_key(name: &str) -> String {
    name.to_ascii_lowercase()
}

pub(crate) fn is_of_username(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-')
}

/// A password as it is typed: any text, spaces at its ends too. How good a new one is, is for [`crate::passwords::fault`] to say.
pub fn password() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": "string", "format": "password", "minLength": 1}),
        |value, _| match value {
            Value::String(password) if password.is_empty() => Err(Problem::new("too_short", "must not be empty")),
            Value::String(password) if password.len() > MOST_BYTES => {
                Err(Problem::new("too_long", format!("must have at most {MOST_BYTES} bytes")))
            }
            Value::String(password) => Ok(password.clone()),
            _ => Err(Problem::new("wrong_type", "must be a text")),
        },
    )
}

/// A password, or an empty text where a form was sent without one.
pub fn password_or_nothing() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": "string", "format": "password"}),
        |value, from_text| match value {
            Value::String(nothing) if nothing.is_empty() => Ok(String::new()),
            _ => password().read(value, from_text),
        },
    )
}

/// A password that is to be new: of the right length. How good it is depends on whose it is: see [`crate::passwords::fault`].
pub fn new_password() -> impl Rule<Output = String> {
    let judged = password().and_then(|password| match crate::passwords::fault_of_length(&password) {
        None => Ok(password),
        Some((kind, message)) => Err(Problem::new(kind, message)),
    });
    judged.described(|| json!({"type": "string", "format": "password", "minLength": 8, "maxLength": 128}))
}

struct CountryRule;

impl Rule for CountryRule {
    type Output = String;

    fn read(&self, value: &Value, from_text: bool) -> Result<String, Problem> {
        let code = rule::text(100).read(value, from_text)?.to_ascii_uppercase();
        if code.len() == 2 && COUNTRIES.split(' ').any(|country| country == code) {
            Ok(code)
        } else {
            Err(Problem::new("unknown_value", "must be a country's two letters (ISO 3166), such as ES or US"))
        }
    }

    fn schema(&self, schemas: &mut Schemas) -> Value {
        reference::<CountryCode>(schemas)
    }
}

/// A country by its two letters, whatever their case.
pub fn country() -> impl Rule<Output = String> {
    CountryRule
}

/// The name of its schema.
struct CountryCode;

impl utoipa::PartialSchema for CountryCode {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(COUNTRIES.split(' ')))
            .description(Some("A country, by its two letters of ISO 3166-1."))
            .examples(["ES"])
            .into()
    }
}

impl utoipa::ToSchema for CountryCode {}

/// ISO 3166-1 alpha-2, and XK, which Kosovo uses.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW \
    BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB \
    GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM \
    KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC \
    NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL \
    SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK \
    YE YT ZA ZM ZW";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_countries() {
        let name = |text: &str| username().read(&json!(text), false).ok();
        assert_eq!(name("my_username"), Some("my_username".into()));
        assert_eq!((name("ab"), name("a b c"), name("señor"), name(&"a".repeat(41))), (None, None, None, None));
        let code = |text: &str| country().read(&json!(text), false).ok();
        assert_eq!((code("es"), code("XX"), code("ESP")), (Some("ES".into()), None, None));
        assert_eq!(COUNTRIES.split(' ').count(), 250);
    }
}
