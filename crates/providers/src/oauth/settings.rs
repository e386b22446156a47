//! Which providers are set up, and where they are.

use kernel::Variables;

use crate::Secret;

/// The log-in providers that are set up; each is none without its application's id and secret.
#[derive(Clone, Default, Debug)]
pub struct Settings {
    /// `INSTAGRAM_*`.
    pub instagram: Option<InstagramSettings>,
    /// `FACEBOOK_*`.
    pub facebook: Option<FacebookSettings>,
    /// `TIKTOK_*`.
    pub tiktok: Option<TikTokSettings>,
    /// `GOOGLE_CLIENT_*`.
    pub google: Option<GoogleSettings>,
}

/// Instagram's API with Instagram login.
#[derive(Clone, Debug)]
pub struct InstagramSettings {
    /// `INSTAGRAM_APP_ID`.
    pub app_id: String,
    /// `INSTAGRAM_APP_SECRET`.
    pub app_secret: Secret,
    /// `INSTAGRAM_BASE_URL`: the graph, with its version.
    pub base_url: String,
    /// `INSTAGRAM_OAUTH_BASE_URL`: where codes are traded.
    pub oauth_base_url: String,
    /// `INSTAGRAM_TRUST_ACCESS_TOKENS`: take a token without proof that it is for our application.
    pub trust_tokens: bool,
}

/// Facebook Login.
#[derive(Clone, Debug)]
pub struct FacebookSettings {
    /// `FACEBOOK_APP_ID`.
    pub app_id: String,
    /// `FACEBOOK_APP_SECRET`.
    pub app_secret: Secret,
    /// `FACEBOOK_BASE_URL`: the graph, with its version.
    pub base_url: String,
}

/// TikTok's Login Kit.
#[derive(Clone, Debug)]
pub struct TikTokSettings {
    /// `TIKTOK_CLIENT_KEY`.
    pub client_key: String,
    /// `TIKTOK_CLIENT_SECRET`.
    pub client_secret: Secret,
    /// `TIKTOK_BASE_URL`, with its version.
    pub base_url: String,
    /// `TIKTOK_TRUST_ACCESS_TOKENS`: take a token without proof that it is for our application.
    pub trust_tokens: bool,
}

/// Sign in with Google.
#[derive(Clone, Debug)]
pub struct GoogleSettings {
    /// `GOOGLE_CLIENT_ID`: of the web client first, then those of the apps, set apart by commas.
    pub client_ids: Vec<String>,
    /// `GOOGLE_CLIENT_SECRET`: of the first one; only needed to trade codes.
    pub client_secret: Secret,
    /// `GOOGLE_ACCOUNTS_BASE_URL`: where its OpenID configuration stands.
    pub accounts_base_url: String,
    /// `GOOGLE_OAUTH_BASE_URL`: where tokens are looked up.
    pub oauth_base_url: String,
}

impl Settings {
    /// Reads the variables; an id without its secret is a fault.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let address = |from: &mut Variables<'_>, name: &str, usual: &str| {
            from.web_address(name).unwrap_or_else(|| usual.to_owned())
        };
        let instagram =
            pair(from, "INSTAGRAM_APP_ID", "INSTAGRAM_APP_SECRET").map(|(app_id, app_secret)| InstagramSettings {
                app_id,
                app_secret,
                base_url: address(from, "INSTAGRAM_BASE_URL", "https://graph.instagram.com/v25.0"),
                oauth_base_url: address(from, "INSTAGRAM_OAUTH_BASE_URL", "https://api.instagram.com"),
                trust_tokens: from.switch("INSTAGRAM_TRUST_ACCESS_TOKENS", false),
            });
        let facebook =
            pair(from, "FACEBOOK_APP_ID", "FACEBOOK_APP_SECRET").map(|(app_id, app_secret)| FacebookSettings {
                app_id,
                app_secret,
                base_url: address(from, "FACEBOOK_BASE_URL", "https://graph.facebook.com/v25.0"),
            });
        let tiktok =
            pair(from, "TIKTOK_CLIENT_KEY", "TIKTOK_CLIENT_SECRET").map(|(client_key, client_secret)| TikTokSettings {
                client_key,
                client_secret,
                base_url: address(from, "TIKTOK_BASE_URL", "https://open.tiktokapis.com/v2"),
                trust_tokens: from.switch("TIKTOK_TRUST_ACCESS_TOKENS", false),
            });
        let listed = from.text("GOOGLE_CLIENT_ID").unwrap_or_default();
        let client_ids: Vec<String> =
            listed.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect();
        let secret = from.text("GOOGLE_CLIENT_SECRET");
        if client_ids.is_empty() && secret.is_some() {
            from.fault("GOOGLE_CLIENT_SECRET", "is set, which needs GOOGLE_CLIENT_ID");
        }
        let google = (!client_ids.is_empty()).then(|| GoogleSettings {
            client_ids,
            client_secret: secret.unwrap_or_default().into(),
            accounts_base_url: address(from, "GOOGLE_ACCOUNTS_BASE_URL", "https://accounts.google.com"),
            oauth_base_url: address(from, "GOOGLE_OAUTH_BASE_URL", "https://oauth2.googleapis.com"),
        });
        Self { instagram, facebook, tiktok, google }
    }
}

/// An id and its secret: both or neither.
fn pair(from: &mut Variables<'_>, id: &str, secret: &str) -> Option<(String, Secret)> {
    match (from.text(id), from.text(secret)) {
        (Some(id), Some(secret)) => Some((id, secret.into())),
        (None, None) => None,
        (Some(_), None) => {
            from.fault(id, format!("is set, which needs {secret}"));
            None
        }
        (None, Some(_)) => {
            from.fault(secret, format!("is set, which needs {id}"));
            None
        }
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
    fn nothing_is_set_up_by_itself() {
        let settings = read(&[]).unwrap();
        assert!(settings.instagram.is_none() && settings.facebook.is_none());
        assert!(settings.tiktok.is_none() && settings.google.is_none());
    }

    #[test]
    fn what_is_set_up_is_read_and_no_secret_shown() {
        let settings = read(&[
            ("FACEBOOK_APP_ID", "1"),
            ("FACEBOOK_APP_SECRET", "hush"),
            ("FACEBOOK_BASE_URL", "http://127.0.0.1:1/v25.0"),
            ("GOOGLE_CLIENT_ID", "web, android"),
            ("TIKTOK_CLIENT_KEY", "k"),
            ("TIKTOK_CLIENT_SECRET", "hush"),
        ])
        .unwrap();
        assert_eq!(settings.facebook.as_ref().unwrap().base_url, "http://127.0.0.1:1/v25.0");
        assert_eq!(settings.google.as_ref().unwrap().client_ids, ["web", "android"]);
        assert!(!settings.tiktok.as_ref().unwrap().trust_tokens);
        assert!(!format!("{settings:?}").contains("hush"));
    }

    #[test]
    fn half_a_pair_is_told() {
        let error = read(&[("INSTAGRAM_APP_ID", "1"), ("GOOGLE_CLIENT_SECRET", "x"), ("TIKTOK_CLIENT_SECRET", "y")]);
        let message = error.unwrap_err().message().to_owned();
        for name in ["INSTAGRAM_APP_SECRET", "GOOGLE_CLIENT_ID", "TIKTOK_CLIENT_KEY"] {
            assert!(message.contains(name), "{message}");
        }
    }
}
