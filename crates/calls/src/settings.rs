//! The settings of calls.

use kernel::Variables;

use crate::phone::{self, Hours, Window};

/// The settings of calls.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `CALL_HOURS`, `CALL_HOURS_XX`.
    pub hours: Hours,
    /// `CALL_HANDOVER_NUMBER`: whom a call is put through to when a person is asked for.
    pub handover: Option<String>,
    /// `TWILIO_WEBHOOK_BASE_URL`: where Twilio reaches this server, if not at `PUBLIC_BASE_URL`.
    pub webhook_base: Option<String>,
    /// `CALL_RECORDING`: are calls recorded?
    pub record: bool,
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
            record: true,
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
            record: from.switch("CALL_RECORDING", usual.record),
            most_minutes: from.number("CALL_MAX_MINUTES", usual.most_minutes, 1, 240),
            speech_model,
        }
    }
}
