//! The settings of calls.

use std::collections::BTreeSet;

use kernel::Variables;

use crate::phone::{self, Hours, Window};

/// Some countries, by their two letters (ISO 3166), or every one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Countries {
    /// Whatever country it is.
    Every,
    /// These.
    These(BTreeSet<String>),
}

impl Countries {
    /// Is this one of them?
    pub fn has(&self, country: &str) -> bool {
        match self {
            Self::Every => true,
            Self::These(these) => these.contains(country),
        }
    }

    /// Reads `ES,PT` or `*`; nothing is said by an empty text.
    fn parse(text: &str) -> Option<Self> {
        if text.trim() == "*" {
            return Some(Self::Every);
        }
        let codes = text.split([',', ' ']).map(str::trim).filter(|code| !code.is_empty());
        let codes = codes.map(|code| {
            let code = code.to_ascii_uppercase();
            phone::is_country(&code).then_some(code)
        });
        codes.collect::<Option<_>>().map(Self::These)
    }

    /// Where a call costs what calls cost, and nobody earns by being called.
    fn usual() -> Self {
        let codes = "AR AT AU BE BR CA CH CL CO CR CZ DE DK ES FI FR GB GR HU IE IL IN IS IT JP KR LU MX NL NO NZ PE PL PT RO SE SG SK US UY ZA";
        Self::These(codes.split(' ').map(str::to_owned).collect())
    }
}

/// The settings of calls.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `CALL_HOURS`, `CALL_HOURS_XX`.
    pub hours: Hours,
    /// `CALL_HANDOVER_NUMBER`: whom a call is put through to when a person is asked for.
    pub handover: Option<String>,
    /// `TWILIO_WEBHOOK_BASE_URL`: where Twilio reaches this server, if not at `PUBLIC_BASE_URL`.
    pub webhook_base: Option<String>,
    /// `CALL_RECORDING`: in which countries calls are recorded, because somebody has looked up that the announcement is enough there.
    pub record: Countries,
    /// `CALL_COUNTRIES`: the numbers of which countries are called.
    pub countries: Countries,
    /// `CALL_MAX_PER_DAY`: how many calls a workspace makes in 24 hours,
    pub most_calls: u32,
    /// `CALL_MAX_MINUTES_PER_DAY`: and how long they may take together.
    pub most_minutes_a_day: u32,
    /// `CALL_MAX_PER_DAY_IN_ALL`: the same of all workspaces,
    pub most_calls_in_all: u32,
    /// `CALL_MAX_MINUTES_PER_DAY_IN_ALL`: and the minutes.
    pub most_minutes_a_day_in_all: u32,
    /// `CALL_MAX_MINUTES`: the longest that a call may last.
    pub most_minutes: u32,
    /// `TWILIO_SPEECH_MODEL`.
    pub speech_model: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hours: Hours::default(),
            handover: None,
            webhook_base: None,
            record: Countries::These(BTreeSet::new()),
            countries: Countries::usual(),
            most_calls: 100,
            most_minutes_a_day: 600,
            most_calls_in_all: 1_000,
            most_minutes_a_day_in_all: 6_000,
            most_minutes: 15,
            speech_model: "phone_call".into(),
        }
    }
}

impl Settings {
    /// Reads the variables.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let usual = Self::default();
        let mut hours = Hours::default();
        let written: Vec<(String, String)> = from
            .all()
            .filter(|(name, value)| name.starts_with("CALL_HOURS") && !value.trim().is_empty())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        for (name, value) in written {
            let country = name.strip_prefix("CALL_HOURS_");
            let known = name == "CALL_HOURS"
                || country.is_some_and(|code| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()));
            match Window::parse(&value) {
                _ if !known => {
                    from.fault(&name, "must be CALL_HOURS or end with a country's two letters, as CALL_HOURS_ES");
                }
                None => from.fault(&name, format!("must be hours such as 09:00-20:00, not {value}")),
                Some(window) => match country {
                    None => hours.usual = window,
                    Some(country) => {
                        hours.countries.insert(country.to_owned(), window);
                    }
                },
            }
        }
        let handover = from.text("CALL_HANDOVER_NUMBER").and_then(|text| {
            let number = phone::parse(&text);
            if number.is_none() {
                from.fault("CALL_HANDOVER_NUMBER", format!("must be a number such as +15551234567, not {text}"));
            }
            number
        });
        let speech_model = from.text("TWILIO_SPEECH_MODEL").unwrap_or(usual.speech_model);
        if speech_model == "default" {
            from.fault("TWILIO_SPEECH_MODEL", "must be a model of its own, such as phone_call or googlev2_telephony");
        }
        Self {
            hours,
            handover,
            webhook_base: from.web_address("TWILIO_WEBHOOK_BASE_URL").map(|url| url.trim_end_matches('/').to_owned()),
            record: recording(from),
            countries: countries(from, "CALL_COUNTRIES").unwrap_or(usual.countries),
            most_calls: from.number("CALL_MAX_PER_DAY", usual.most_calls, 1, 1_000_000),
            most_minutes_a_day: from.number("CALL_MAX_MINUTES_PER_DAY", usual.most_minutes_a_day, 1, 1_000_000),
            most_calls_in_all: from.number("CALL_MAX_PER_DAY_IN_ALL", usual.most_calls_in_all, 1, 1_000_000),
            most_minutes_a_day_in_all: from.number(
                "CALL_MAX_MINUTES_PER_DAY_IN_ALL",
                usual.most_minutes_a_day_in_all,
                1,
                1_000_000,
            ),
            most_minutes: from.number("CALL_MAX_MINUTES", usual.most_minutes, 1, 240),
            speech_model,
        }
    }
}

impl Settings {
    /// Is a call to this number recorded?
    pub(crate) fn records(&self, number: &str) -> bool {
        phone::country(number).is_some_and(|country| self.record.has(country))
    }
}

fn countries(from: &mut Variables<'_>, name: &str) -> Option<Countries> {
    let text = from.text(name)?;
    let read = Countries::parse(&text);
    if read.is_none() {
        from.fault(
            name,
            format!("must be countries by their two letters, such as ES,PT,US, or * for every one, not {text}"),
        );
    }
    read
}

/// `off`, or the countries whose law was looked up. A bare `on` answers nothing.
fn recording(from: &mut Variables<'_>) -> Countries {
    let none = Countries::These(BTreeSet::new());
    let Some(text) = from.text("CALL_RECORDING") else { return none };
    match text.to_ascii_lowercase().as_str() {
        "off" | "false" | "0" | "no" => none,
        "on" | "true" | "1" | "yes" => {
            let message = "must list the countries (ES,PT) where it is lawful to record a call that is announced as recorded; or be off";
            from.fault("CALL_RECORDING", message);
            none
        }
        _ => countries(from, "CALL_RECORDING").unwrap_or(none),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> kernel::Result<Settings> {
        let variables = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut from = Variables::new(&variables);
        let settings = Settings::read(&mut from);
        from.finish().map(|()| settings)
    }

    #[test]
    fn nothing_is_recorded_where_nobody_looked_the_law_up() {
        for (said, recorded) in
            [("off", [false, false]), ("ES", [true, false]), ("es, pt", [true, true]), ("*", [true, true])]
        {
            let settings = read(&[("CALL_RECORDING", said)]).unwrap();
            assert_eq!(["+34600000001", "+351912345678"].map(|number| settings.records(number)), recorded, "{said}");
        }
        assert!(!read(&[]).unwrap().records("+34600000001"));
        for wrong in ["on", "true", "Spain", "XX"] {
            assert!(read(&[("CALL_RECORDING", wrong)]).unwrap_err().message().contains("CALL_RECORDING"), "{wrong}");
        }
    }

    #[test]
    fn who_is_called_is_a_setting() {
        let usual = read(&[]).unwrap().countries;
        assert!(usual.has("US") && usual.has("ES") && !usual.has("CU") && !usual.has("DO") && !usual.has("LV"));
        let own = read(&[("CALL_COUNTRIES", "cu")]).unwrap().countries;
        assert!(own.has("CU") && !own.has("US"));
        assert!(read(&[("CALL_COUNTRIES", "*")]).unwrap().countries.has("DO"));
        assert!(read(&[("CALL_COUNTRIES", "Cuba")]).is_err());
    }
}
