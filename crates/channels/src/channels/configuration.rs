//! What can be set of a channel, by its type.
//!
//! One form for all four: what belongs to another type is ignored, as unknown fields are. Secrets are taken out of it as they come in.

use input::{Fields, Input};
use kernel::{Error, Fault, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::origins::origin;
use super::rules::{bot_token, colour, digits, https, phone, service_account, template, zone};
use crate::members::Medium;

/// What is set, without any secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Configuration {
    /// WhatsApp: the number that people see, in E.164.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// WhatsApp: the id of the number, as Meta shows it in API Setup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number_id: Option<String>,
    /// WhatsApp: the id of the WhatsApp Business account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_account_id: Option<String>,
    /// WhatsApp: what is sent once the 24 hours are over and a person has an answer: `name:language`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reopening_template: Option<String>,
    /// Telegram: the bot's name, as Telegram says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bot_username: Option<String>,
    /// What a member reads first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub welcome_message: Option<String>,
    /// The language of the channel: `en` or `es`; without one the member's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The time zone of members whose own is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Does a machine answer? Else every message waits for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automated: Option<bool>,
    /// What it answers from: bases of the same workspace. Without any: all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub knowledge_base_ids: Option<Vec<Uuid>>,
    /// What the machine is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assistant_name: Option<String>,
    /// What members call the people who answer. Without it, the channel's own name: never what somebody logs in by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person_name: Option<String>,
    /// What is said where there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_message: Option<String>,
    /// What is said when a person was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handoff_message: Option<String>,
    /// Web: the colour of the button and of the coach's own bubbles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub widget_color: Option<String>,
    /// Web: the title of the panel, if it is not the channel's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub widget_title: Option<String>,
    /// Web: on which side: `right` or `left`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub widget_position: Option<String>,
    /// Web: questions to begin with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starters: Option<Vec<String>>,
    /// Web: where the website says what it does with what people write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privacy_url: Option<String>,
    /// Web: the pages that may show the chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_origins: Option<Vec<String>>,
    /// Web: must a visitor be known to the website: `optional` or `required`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_mode: Option<String>,
}

/// The secrets of a channel, as they come in.
#[derive(Clone, Debug, Default)]
pub struct Secrets(pub Vec<(&'static str, Option<String>)>);

/// WhatsApp's access token.
pub const ACCESS_TOKEN: &str = "access_token";
/// What Meta proves itself with at the handshake.
pub const VERIFY_TOKEN: &str = "webhook_verify_token";
/// What Meta signs with.
pub const APP_SECRET: &str = "app_secret";
/// Telegram's token of the bot.
pub const BOT_TOKEN: &str = "bot_token";
/// What Telegram proves itself with; made by us.
pub const HOOK_SECRET: &str = "hook_secret";
/// The JSON of a Firebase service account.
pub const SERVICE_ACCOUNT: &str = "service_account";
/// What a website proves with who its visitors are; made by us.
pub const IDENTITY_SECRET: &str = "identity_secret";

/// What is sent to be set: missing leaves it, null clears it.
#[derive(Clone, Debug, Default, Input)]
#[input(no_schema)]
struct Sent {
    /// The number that people see.
    #[input(phone())]
    phone_number: Option<Option<String>>,
    /// The id of the number.
    #[input(digits())]
    phone_number_id: Option<Option<String>>,
    /// The id of the business account.
    #[input(text(64))]
    business_account_id: Option<Option<String>>,
    /// A template.
    #[input(template())]
    reopening_template: Option<Option<String>>,
    /// The key of the account.
    #[input(text(4_096))]
    access_token: Option<Option<String>>,
    /// The word of the handshake.
    #[input(text(512))]
    webhook_verify_token: Option<Option<String>>,
    /// The key of the app.
    #[input(text(512))]
    app_secret: Option<Option<String>>,
    /// The key of the bot.
    #[input(bot_token())]
    bot_token: Option<Option<String>>,
    /// A service account.
    #[input(service_account())]
    service_account: Option<Option<String>>,
    /// The first words.
    #[input(text(1_000))]
    welcome_message: Option<Option<String>>,
    /// A language.
    #[input(one_of(&["en", "es"]))]
    language: Option<Option<&'static str>>,
    /// A time zone.
    #[input(zone())]
    time_zone: Option<Option<String>>,
    /// Does a machine answer?
    #[input(flag())]
    automated: Option<Option<bool>>,
    /// Bases.
    #[input(list(20, id()))]
    knowledge_base_ids: Option<Option<Vec<Uuid>>>,
    /// The machine's name.
    #[input(text(60))]
    assistant_name: Option<Option<String>>,
    /// What members call the people who answer.
    #[input(text(60))]
    person_name: Option<Option<String>>,
    /// Where there is no answer.
    #[input(text(1_000))]
    unknown_message: Option<Option<String>>,
    /// When a person was called.
    #[input(text(1_000))]
    handoff_message: Option<Option<String>>,
    /// A colour.
    #[input(colour())]
    widget_color: Option<Option<String>>,
    /// A title.
    #[input(text(80))]
    widget_title: Option<Option<String>>,
    /// A side.
    #[input(one_of(&["right", "left"]))]
    widget_position: Option<Option<&'static str>>,
    /// Questions.
    #[input(list(4, text(80)))]
    starters: Option<Option<Vec<String>>>,
    /// An address.
    #[input(https())]
    privacy_url: Option<Option<String>>,
    /// Pages.
    #[input(list(50, origin()))]
    allowed_origins: Option<Option<Vec<String>>>,
    /// A mode.
    #[input(one_of(&["optional", "required"]))]
    identity_mode: Option<Option<&'static str>>,
}

/// Puts what was sent onto what is set. The secrets among it come apart; nothing is one that is taken back.
pub fn apply(kind: Medium, set: &mut Configuration, given: Map<String, Value>) -> Result<Secrets> {
    let wanted: Sent = Fields::of_body(Value::Object(given)).and_then(Fields::read).map_err(|error| below(&error))?;
    let mut secrets = Vec::new();
    let mut secret = |name, own: Option<Option<String>>| secrets.extend(own.map(|value| (name, value)));
    match kind {
        Medium::Whatsapp => {
            secret(ACCESS_TOKEN, wanted.access_token);
            secret(VERIFY_TOKEN, wanted.webhook_verify_token);
            secret(APP_SECRET, wanted.app_secret);
            input::set(&mut set.phone_number, wanted.phone_number);
            input::set(&mut set.phone_number_id, wanted.phone_number_id);
            input::set(&mut set.business_account_id, wanted.business_account_id);
            input::set(&mut set.reopening_template, wanted.reopening_template);
        }
        Medium::Telegram => secret(BOT_TOKEN, wanted.bot_token),
        Medium::Mobile => {
            secret(SERVICE_ACCOUNT, wanted.service_account);
            input::set(&mut set.identity_mode, wanted.identity_mode.map(|own| own.map(str::to_owned)));
        }
        Medium::Web => {
            input::set(&mut set.widget_color, wanted.widget_color);
            input::set(&mut set.widget_title, wanted.widget_title);
            input::set(&mut set.widget_position, wanted.widget_position.map(|own| own.map(str::to_owned)));
            input::set(&mut set.starters, wanted.starters);
            input::set(&mut set.privacy_url, wanted.privacy_url);
            input::set(&mut set.allowed_origins, wanted.allowed_origins);
            input::set(&mut set.identity_mode, wanted.identity_mode.map(|own| own.map(str::to_owned)));
        }
    }
    input::set(&mut set.welcome_message, wanted.welcome_message);
    input::set(&mut set.language, wanted.language.map(|own| own.map(str::to_owned)));
    input::set(&mut set.time_zone, wanted.time_zone);
    input::set(&mut set.automated, wanted.automated);
    input::set(&mut set.knowledge_base_ids, wanted.knowledge_base_ids);
    input::set(&mut set.assistant_name, wanted.assistant_name);
    input::set(&mut set.person_name, wanted.person_name);
    input::set(&mut set.unknown_message, wanted.unknown_message);
    input::set(&mut set.handoff_message, wanted.handoff_message);
    Ok(Secrets(secrets))
}

/// What a channel of this type cannot be without, of which nothing was sent or set.
pub fn missing(kind: Medium, set: &Configuration, has: impl Fn(&str) -> bool) -> Vec<Fault> {
    let wanted: &[(&str, bool)] = match kind {
        Medium::Whatsapp => &[
            ("phone_number", set.phone_number.is_some()),
            (ACCESS_TOKEN, has(ACCESS_TOKEN)),
            (VERIFY_TOKEN, has(VERIFY_TOKEN)),
        ],
        Medium::Telegram => &[(BOT_TOKEN, has(BOT_TOKEN))],
        Medium::Web | Medium::Mobile => &[],
    };
    let faults = wanted.iter().filter(|(_, is_there)| !is_there).map(|(name, _)| fault(name, "missing", "is missing"));
    faults.collect()
}

/// A fault of a field of the configuration.
pub fn fault(field: &str, kind: &'static str, message: impl Into<String>) -> Fault {
    Fault { loc: vec!["body".into(), "configuration".into(), field.into()], message: message.into(), kind }
}

/// The same faults, below `configuration`.
fn below(error: &Error) -> Error {
    let faults = error.faults().iter().map(|one| {
        let mut one = one.clone();
        one.loc.insert(1.min(one.loc.len()), "configuration".into());
        one
    });
    Error::invalid(faults.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(value: Value) -> Map<String, Value> {
        let Value::Object(fields) = value else { panic!("{value} is no object") };
        fields
    }

    #[test]
    fn secrets_come_apart_and_what_belongs_to_others_is_ignored() {
        let mut set = Configuration::default();
        let body =
            sent(json!({"phone_number": "+1 234 567 890", "business_account_id": "string", "access_token": "EAAG",
            "webhook_verify_token": "v", "widget_color": "#007bff", "bot_token": null, "whatever": [1]}));
        let secrets = apply(Medium::Whatsapp, &mut set, body).unwrap();
        assert_eq!(set.phone_number.as_deref(), Some("+1234567890"));
        assert_eq!(set.widget_color, None);
        assert_eq!(secrets.0, [(ACCESS_TOKEN, Some("EAAG".into())), (VERIFY_TOKEN, Some("v".into()))]);
        assert!(!serde_json::to_string(&set).unwrap().contains("EAAG"));
        assert!(missing(Medium::Whatsapp, &set, |_| true).is_empty());
        assert_eq!(missing(Medium::Telegram, &set, |_| false).len(), 1);
    }

    #[test]
    fn a_change_leaves_what_is_missing_and_clears_what_is_null() {
        let mut set = Configuration {
            widget_color: Some("#000000".into()),
            welcome_message: Some("Hi".into()),
            ..Configuration::default()
        };
        apply(Medium::Web, &mut set, sent(json!({"widget_color": "#28a745"}))).unwrap();
        assert_eq!((set.widget_color.as_deref(), set.welcome_message.as_deref()), (Some("#28a745"), Some("Hi")));
        apply(Medium::Web, &mut set, sent(json!({"welcome_message": null}))).unwrap();
        assert_eq!(set.welcome_message, None);
    }

    #[test]
    fn every_fault_is_told_where_it_stands() {
        let mut set = Configuration::default();
        let body =
            sent(json!({"widget_color": "blue", "starters": ["a", "b", "c", "d", "e"], "time_zone": "Mars/Olympus",
            "allowed_origins": ["https://a.example/path"]}));
        let error = apply(Medium::Web, &mut set, body).unwrap_err();
        let told: Vec<String> = error.faults().iter().map(|one| one.loc.join(".")).collect();
        assert!(told.contains(&"body.configuration.widget_color".to_owned()), "{told:?}");
        assert_eq!(told.len(), 4, "{told:?}");
    }
}
