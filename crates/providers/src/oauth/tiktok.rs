//! TikTok's Login Kit.

use kernel::{Error, Result};
use ports::identity::{Grant, Profile, Provider};
use serde::Deserialize;

use super::{TikTokSettings, no_good, picture, some};
use crate::web::{Ask, Reply, Web, patience};

const FIELDS: &str = "open_id,username,display_name,avatar_url,follower_count,is_verified";
/// What may be read with the first scope that everybody grants.
const BASIC_FIELDS: &str = "open_id,display_name,avatar_url";
const OUR_SETTINGS: &str = "TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET";

#[derive(Debug)]
pub(super) struct TikTok {
    web: Web,
    settings: TikTokSettings,
}

#[derive(Deserialize)]
struct Info {
    #[serde(default)]
    data: Data,
    #[serde(default)]
    error: Fault,
}

#[derive(Default, Deserialize)]
struct Data {
    user: Option<User>,
}

#[derive(Deserialize)]
struct User {
    open_id: String,
    username: Option<String>,
    display_name: Option<String>,
    avatar_url: Option<String>,
    follower_count: Option<i64>,
}

#[derive(Default, Deserialize)]
struct Fault {
    #[serde(default)]
    code: String,
}

/// Refusals come with status 200 at times.
#[derive(Deserialize)]
struct Traded {
    access_token: Option<String>,
    open_id: Option<String>,
    error: Option<String>,
}

impl TikTok {
    pub(super) fn new(settings: TikTokSettings) -> Result<Self> {
        let hidden = vec![settings.client_secret.clone()];
        let web = Web::new("TikTok", "TIKTOK_BASE_URL", &settings.base_url, patience(), hidden)?;
        Ok(Self { web, settings })
    }

    pub(super) async fn whose(&self, grant: &Grant) -> Result<Profile> {
        match grant {
            Grant::Token(token) if self.settings.trust_tokens => self.info(token).await,
            Grant::Token(_) => Err(Error::invalid_field(
                "access_token",
                "TikTok tells nobody for which application a token was made: send code and redirect_uri instead, \
                 or let whoever runs this server set TIKTOK_TRUST_ACCESS_TOKENS",
            )),
            Grant::Code { code, redirect_uri, verifier } => {
                let (token, open_id) = self.trade(code, redirect_uri, verifier.as_deref()).await?;
                let profile = self.info(&token).await?;
                if profile.subject != open_id {
                    let why = format!("traded as {open_id}, but of {}", profile.subject);
                    return Err(no_good(Provider::TikTok, why));
                }
                Ok(profile)
            }
        }
    }

    async fn info(&self, token: &str) -> Result<Profile> {
        let (mut reply, mut info) = self.ask_info(token, FIELDS).await?;
        if matches!(info.error.code.as_str(), "scope_not_authorized" | "scope_permission_missed") {
            (reply, info) = self.ask_info(token, BASIC_FIELDS).await?;
        }
        let Some(user) = info.data.user.filter(|user| !user.open_id.is_empty()) else {
            return Err(no_good(Provider::TikTok, reply.for_log()));
        };
        if !matches!(info.error.code.as_str(), "" | "ok") {
            return Err(no_good(Provider::TikTok, reply.for_log()));
        }
        Ok(Profile {
            provider: Provider::TikTok,
            subject: user.open_id,
            handle: some(user.username),
            name: some(user.display_name),
            email: None,
            email_verified: false,
            followers: user.follower_count.filter(|count| *count >= 0),
            picture: picture(user.avatar_url),
            mock: false,
        })
    }

    async fn ask_info(&self, token: &str, fields: &str) -> Result<(Reply, Info)> {
        let url = self.web.url(["user", "info", ""], &[("fields", fields)]);
        let reply = self.web.ask(&Ask::get(url).bearer(token)?).await?;
        if !reply.is_success() && !reply.is_refusal() {
            return Err(self.web.failed(&reply));
        }
        // A refusal that cannot be read is one all the same.
        let info = match self.web.json(&reply) {
            Ok(info) => info,
            Err(_) if reply.is_refusal() => Info { data: Data::default(), error: Fault::default() },
            Err(error) => return Err(error),
        };
        Ok((reply, info))
    }

    async fn trade(&self, code: &str, redirect_uri: &str, verifier: Option<&str>) -> Result<(String, String)> {
        let mut fields = vec![
            ("client_key", self.settings.client_key.as_str()),
            ("client_secret", self.settings.client_secret.reveal()),
            ("code", code),
            ("grant_type", "authorization_code"),
            ("redirect_uri", redirect_uri),
        ];
        fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        let url = self.web.url(["oauth", "token", ""], &[]);
        let ask = Ask::form(url, &fields).hiding(code).hiding(verifier.unwrap_or_default());
        let reply = self.web.ask(&ask).await?;
        if !reply.is_success() && !reply.is_refusal() {
            return Err(self.web.failed(&reply));
        }
        let traded: Traded = match self.web.json(&reply) {
            Ok(traded) => traded,
            Err(_) if reply.is_refusal() => return Err(no_good(Provider::TikTok, reply.for_log())),
            Err(error) => return Err(error),
        };
        match (traded.access_token, traded.open_id, traded.error.as_deref()) {
            (Some(token), Some(open_id), None | Some("" | "ok")) if reply.is_success() => Ok((token, open_id)),
            (_, _, Some("invalid_client" | "unauthorized_client")) => Err(self.web.refuses_us(OUR_SETTINGS, &reply)),
            _ => Err(no_good(Provider::TikTok, reply.for_log())),
        }
    }
}
