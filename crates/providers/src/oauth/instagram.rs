//! Instagram's API with Instagram login, for professional accounts.

use kernel::Result;
use ports::identity::{Grant, Profile, Provider};
use serde::Deserialize;
use serde_json::Value;

use super::{InstagramSettings, no_good, not_ours, picture, some};
use crate::web::{Ask, Reply, Web, patience};

const FIELDS: &str = "user_id,username,name,account_type,profile_picture_url,followers_count";
const OUR_SETTINGS: &str = "INSTAGRAM_APP_ID and INSTAGRAM_APP_SECRET";

#[derive(Debug)]
pub(super) struct Instagram {
    graph: Web,
    oauth: Web,
    settings: InstagramSettings,
}

#[derive(Deserialize)]
struct Me {
    #[serde(deserialize_with = "super::facebook::id")]
    user_id: String,
    username: Option<String>,
    name: Option<String>,
    profile_picture_url: Option<String>,
    followers_count: Option<i64>,
}

/// In a list, as it is documented now, or by itself, as it was.
#[derive(Deserialize)]
#[serde(untagged)]
enum Traded {
    Listed { data: Vec<Token> },
    Single(Token),
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

impl Instagram {
    pub(super) fn new(settings: InstagramSettings) -> Result<Self> {
        let hidden = || vec![settings.app_secret.clone()];
        let graph = Web::new("Instagram", "INSTAGRAM_BASE_URL", &settings.base_url, patience(), hidden())?;
        let oauth = Web::new("Instagram", "INSTAGRAM_OAUTH_BASE_URL", &settings.oauth_base_url, patience(), hidden())?;
        Ok(Self { graph, oauth, settings })
    }

    pub(super) async fn whose(&self, grant: &Grant) -> Result<Profile> {
        match grant {
            Grant::Token(token) => {
                let profile = self.me(token).await?;
                if !self.settings.trust_tokens {
                    self.extend(token).await?;
                }
                Ok(profile)
            }
            Grant::Code { code, redirect_uri, .. } => {
                let token = self.trade(code, redirect_uri).await?;
                self.me(&token).await
            }
        }
    }

    async fn me(&self, token: &str) -> Result<Profile> {
        let url = self.graph.url(["me"], &[("fields", FIELDS), ("access_token", token)]);
        let reply = self.graph.ask(&Ask::get(url).hiding(token)).await?;
        if reply.is_refusal() {
            return Err(no_good(Provider::Instagram, reply.for_log()));
        }
        if !reply.is_success() {
            return Err(self.graph.failed(&reply));
        }
        let me: Me = self.graph.json(&reply)?;
        Ok(Profile {
            provider: Provider::Instagram,
            subject: me.user_id,
            handle: some(me.username),
            name: some(me.name),
            email: None,
            email_verified: false,
            followers: me.followers_count.filter(|count| *count >= 0),
            picture: picture(me.profile_picture_url),
            mock: false,
        })
    }

    /// Proves that a token is ours: Instagram extends it against the secret of the application that it was made for. No id is
    /// sent along, so there is nothing but the token that could say which application that is.
    async fn extend(&self, token: &str) -> Result<()> {
        let secret = self.settings.app_secret.reveal();
        let query = [("grant_type", "ig_exchange_token"), ("client_secret", secret), ("access_token", token)];
        let url = self.graph.unversioned(["access_token"], &query);
        let reply = self.graph.ask(&Ask::get(url).hiding(token)).await?;
        if reply.is_refusal() {
            return Err(not_ours(
                Provider::Instagram,
                format!(
                    "it could not be extended with INSTAGRAM_APP_SECRET (a long-lived token cannot be): {}",
                    reply.for_log()
                ),
            ));
        }
        if !reply.is_success() {
            return Err(self.graph.failed(&reply));
        }
        self.graph.json::<Token>(&reply).map(|_| ())
    }

    async fn trade(&self, code: &str, redirect_uri: &str) -> Result<String> {
        // Browsers see this at the end of the address; it is no part of the code.
        let code = code.strip_suffix("#_").unwrap_or(code);
        let url = self.oauth.url(["oauth", "access_token"], &[]);
        let fields = [
            ("client_id", self.settings.app_id.as_str()),
            ("client_secret", self.settings.app_secret.reveal()),
            ("grant_type", "authorization_code"),
            ("redirect_uri", redirect_uri),
            ("code", code),
        ];
        let reply = self.oauth.ask(&Ask::form(url, &fields).hiding(code)).await?;
        if reply.is_refusal() {
            return Err(self.code_refused(&reply));
        }
        if !reply.is_success() {
            return Err(self.oauth.failed(&reply));
        }
        match self.oauth.json(&reply)? {
            Traded::Single(token) => Ok(token.access_token),
            Traded::Listed { data } => match data.into_iter().next() {
                Some(token) => Ok(token.access_token),
                None => Err(no_good(Provider::Instagram, "no token came for the code")),
            },
        }
    }

    fn code_refused(&self, reply: &Reply) -> kernel::Error {
        let told = reply.value();
        let told = told["error_message"].as_str().or_else(|| told.pointer("/error/message").and_then(Value::as_str));
        let about_us = ["client_secret", "client secret", "platform app", "client_id", "client id"];
        if told.is_some_and(|told| about_us.iter().any(|word| told.to_ascii_lowercase().contains(word))) {
            return self.oauth.refuses_us(OUR_SETTINGS, reply);
        }
        no_good(Provider::Instagram, reply.for_log())
    }
}
