//! The settings of Stripe.

use std::time::Duration;

use kernel::Variables;

use crate::{Limits, Secret};

/// Where Stripe is, unless a setting says otherwise.
const BASE: &str = "https://api.stripe.com/v1";
/// The version of the API that this speaks.
const VERSION: &str = "2025-03-31.basil";

/// The settings of Stripe.
#[derive(Clone, Debug)]
pub struct StripeSettings {
    /// `STRIPE_SECRET_KEY`.
    pub secret_key: Secret,
    /// `STRIPE_WEBHOOK_SECRET`: without it, no events are taken.
    pub webhook_secret: Option<Secret>,
    /// `STRIPE_BASE_URL`.
    pub base_url: String,
    /// `STRIPE_API_VERSION`.
    pub api_version: String,
    /// The time and size limits.
    pub limits: Limits,
}

impl StripeSettings {
    /// With this key, and the usual for everything else: three attempts within 20 s.
    pub fn new(secret_key: impl Into<Secret>) -> Self {
        Self {
            secret_key: secret_key.into(),
            webhook_secret: None,
            base_url: BASE.into(),
            api_version: VERSION.into(),
            limits: Limits {
                read: Duration::from_secs(15),
                total: Duration::from_secs(20),
                attempts: 3,
                max_answer_bytes: 4 << 20,
                ..Limits::default()
            },
        }
    }

    /// Reads the variables: nothing without a key, or with one that begins with `mock`, and then the mock gateway is used.
    pub fn read(from: &mut Variables<'_>) -> Option<Self> {
        let base_url = from.web_address("STRIPE_BASE_URL");
        let api_version = from.text("STRIPE_API_VERSION");
        let webhook_secret = from.text("STRIPE_WEBHOOK_SECRET");
        let key = from.text("STRIPE_SECRET_KEY").filter(|key| !key.starts_with("mock"))?;
        if !key.starts_with("sk_") && !key.starts_with("rk_") {
            from.fault(
                "STRIPE_SECRET_KEY",
                "must be a secret key (sk_… or rk_…), or begin with mock for the mock gateway",
            );
        }
        let mut settings = Self::new(key);
        settings.webhook_secret = webhook_secret.map(Secret::from);
        if let Some(url) = base_url {
            settings.base_url = url;
        }
        if let Some(version) = api_version {
            if !version.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.') {
                from.fault("STRIPE_API_VERSION", "must be a version of Stripe's API, such as 2025-03-31.basil");
            }
            settings.api_version = version;
        }
        Some(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (Option<StripeSettings>, kernel::Result<()>) {
        let variables = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut from = Variables::new(&variables);
        let settings = StripeSettings::read(&mut from);
        (settings, from.finish())
    }

    #[test]
    fn the_mock_s_keys_are_not_stripe_s() {
        for pairs in
            [&[][..], &[("STRIPE_SECRET_KEY", "mock_stripe_key"), ("STRIPE_WEBHOOK_SECRET", "mock_webhook_secret")]]
        {
            let (settings, faults) = read(pairs);
            assert!(settings.is_none() && faults.is_ok(), "{pairs:?}");
        }
        let (settings, faults) = read(&[("STRIPE_SECRET_KEY", "sk_test_1"), ("STRIPE_API_VERSION", "2024-06-20")]);
        let settings = settings.unwrap();
        assert_eq!((settings.base_url.as_str(), settings.api_version.as_str()), (BASE, "2024-06-20"));
        assert!(faults.is_ok() && settings.webhook_secret.is_none());
        let fault = read(&[("STRIPE_SECRET_KEY", "pk_test_1")]).1.unwrap_err();
        assert!(
            fault.message().contains("STRIPE_SECRET_KEY must be a secret key") && !fault.message().contains("pk_test")
        );
    }
}
