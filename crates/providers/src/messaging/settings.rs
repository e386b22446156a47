//! The settings of the providers of messages. Keys of WhatsApp and Telegram belong to channels, and are none.

use std::time::Duration;

use kernel::Variables;

use crate::{Limits, Secret};

/// While a message waits to go out: three attempts to connect within 20 s.
fn patience() -> Limits {
    Limits {
        read: Duration::from_secs(15),
        total: Duration::from_secs(20),
        attempts: 3,
        max_answer_bytes: 1 << 20,
        ..Limits::default()
    }
}

/// WhatsApp's Cloud API.
#[derive(Clone, Debug)]
pub struct WhatsAppSettings {
    /// `WHATSAPP_BASE_URL`.
    pub base_url: String,
    /// `WHATSAPP_API_VERSION`: `v25.0`.
    pub version: String,
    /// The time and size limits.
    pub limits: Limits,
}

impl Default for WhatsAppSettings {
    fn default() -> Self {
        Self { base_url: "https://graph.facebook.com".into(), version: "v25.0".into(), limits: patience() }
    }
}

/// Telegram's Bot API.
#[derive(Clone, Debug)]
pub struct TelegramSettings {
    /// `TELEGRAM_BASE_URL`: Telegram's, or a Bot API server of one's own.
    pub base_url: String,
    /// The time and size limits.
    pub limits: Limits,
}

impl Default for TelegramSettings {
    fn default() -> Self {
        Self { base_url: "https://api.telegram.org".into(), limits: patience() }
    }
}

/// Firebase Cloud Messaging.
#[derive(Clone, Debug)]
pub struct FcmSettings {
    /// `FCM_BASE_URL`.
    pub base_url: String,
    /// `FCM_OAUTH_BASE_URL`: where access tokens are made.
    pub oauth_base_url: String,
    /// `FCM_SERVICE_ACCOUNT`: the JSON of a service account, for channels that have none of their own.
    pub service_account: Option<Secret>,
    /// The time and size limits.
    pub limits: Limits,
}

impl Default for FcmSettings {
    fn default() -> Self {
        Self {
            base_url: "https://fcm.googleapis.com".into(),
            oauth_base_url: "https://oauth2.googleapis.com".into(),
            service_account: None,
            limits: patience(),
        }
    }
}

/// The settings of all three.
#[derive(Clone, Debug, Default)]
pub struct MessagingSettings {
    /// WhatsApp's.
    pub whatsapp: WhatsAppSettings,
    /// Telegram's.
    pub telegram: TelegramSettings,
    /// Firebase's.
    pub fcm: FcmSettings,
}

impl MessagingSettings {
    /// Reads the variables.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let mut settings = Self::default();
        let address = |url: Option<String>, kept: &mut String| {
            if let Some(url) = url {
                *kept = url;
            }
        };
        address(from.web_address("WHATSAPP_BASE_URL"), &mut settings.whatsapp.base_url);
        address(from.web_address("TELEGRAM_BASE_URL"), &mut settings.telegram.base_url);
        address(from.web_address("FCM_BASE_URL"), &mut settings.fcm.base_url);
        address(from.web_address("FCM_OAUTH_BASE_URL"), &mut settings.fcm.oauth_base_url);
        if let Some(text) = from.text("WHATSAPP_API_VERSION") {
            match version(&text) {
                Some(version) => settings.whatsapp.version = version,
                None => from.fault("WHATSAPP_API_VERSION", "must be a version of the Graph API, such as v25.0"),
            }
        }
        if let Some(text) = from.text("FCM_SERVICE_ACCOUNT") {
            match crate::fcm::service_account(&text) {
                Ok(json) => settings.fcm.service_account = Some(Secret::from(json)),
                Err(fault) => from.fault("FCM_SERVICE_ACCOUNT", fault),
            }
        }
        settings
    }
}

/// `v25.0`, also without its v.
fn version(text: &str) -> Option<String> {
    let number = text.trim().trim_start_matches(['v', 'V']);
    let (major, minor) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (digits(major) && digits(minor)).then(|| format!("v{major}.{minor}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (MessagingSettings, kernel::Result<()>) {
        let variables = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut from = Variables::new(&variables);
        let settings = MessagingSettings::read(&mut from);
        (settings, from.finish())
    }

    #[test]
    fn nothing_is_needed_and_what_makes_no_sense_is_told() {
        let (settings, faults) = read(&[]);
        faults.unwrap();
        assert_eq!(settings.whatsapp.version, "v25.0");
        assert_eq!(settings.telegram.base_url, "https://api.telegram.org");
        for (given, kept) in [("26.0", "v26.0"), ("v26", "v26.0")] {
            assert_eq!(read(&[("WHATSAPP_API_VERSION", given)]).0.whatsapp.version, kept);
        }
        let fault = read(&[("WHATSAPP_API_VERSION", "latest"), ("TELEGRAM_BASE_URL", "nowhere")]).1.unwrap_err();
        assert!(
            fault.message().contains("WHATSAPP_API_VERSION must be") && fault.message().contains("TELEGRAM_BASE_URL")
        );
    }
}
