//! Facebook Login.

use hmac::{Hmac, KeyInit, Mac};
use kernel::time::SECOND;
use kernel::{Clock, Result, Timestamp};
use ports::identity::{Grant, Profile, Provider};
use serde::{Deserialize, Deserializer};
use sha2::Sha256;

use super::{FacebookSettings, no_good, not_ours, picture, some};
use crate::web::{Ask, Web, patience};

const FIELDS: &str = "id,name,email,picture";
const OUR_SETTINGS: &str = "FACEBOOK_APP_ID and FACEBOOK_APP_SECRET";

#[derive(Debug)]
pub(super) struct Facebook {
    web: Web,
    settings: FacebookSettings,
    clock: Clock,
}

/// Ids are texts; some answers have them as numbers.
pub(super) fn id<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Text(String),
        Number(u64),
    }
    let id = match Either::deserialize(from)? {
        Either::Text(text) => text,
        Either::Number(number) => number.to_string(),
    };
    if id.is_empty() { Err(serde::de::Error::custom("an empty id")) } else { Ok(id) }
}

#[derive(Deserialize)]
struct Debugged {
    data: Debug,
}

#[derive(Deserialize)]
struct Debug {
    #[serde(default)]
    is_valid: bool,
    #[serde(default)]
    app_id: serde_json::Value,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    expires_at: i64,
    #[serde(default)]
    user_id: serde_json::Value,
}

#[derive(Deserialize)]
struct Me {
    #[serde(deserialize_with = "id")]
    id: String,
    name: Option<String>,
    email: Option<String>,
    picture: Option<Picture>,
}

#[derive(Deserialize)]
struct Picture {
    data: PictureData,
}

#[derive(Deserialize)]
struct PictureData {
    url: Option<String>,
    #[serde(default)]
    is_silhouette: bool,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

impl Facebook {
    pub(super) fn new(settings: FacebookSettings, clock: Clock) -> Result<Self> {
        let hidden = vec![settings.app_secret.clone()];
        let web = Web::new("Facebook", "FACEBOOK_BASE_URL", &settings.base_url, patience(), hidden)?;
        Ok(Self { web, settings, clock })
    }

    pub(super) async fn whose(&self, grant: &Grant) -> Result<Profile> {
        match grant {
            Grant::Token(token) => self.of_token(token).await,
            Grant::Code { code, redirect_uri, .. } => {
                let token = self.trade(code, redirect_uri).await?;
                self.of_token(&token).await
            }
        }
    }

    async fn of_token(&self, token: &str) -> Result<Profile> {
        let user = self.check(token).await?;
        let profile = self.me(token).await?;
        if profile.subject != user {
            return Err(no_good(Provider::Facebook, format!("checked as {user}, but of {}", profile.subject)));
        }
        Ok(profile)
    }

    fn app_token(&self) -> String {
        format!("{}|{}", self.settings.app_id, self.settings.app_secret.reveal())
    }

    /// Whose token it is, if it is good, a person's, and for our application.
    async fn check(&self, token: &str) -> Result<String> {
        let app_token = self.app_token();
        let reply = self.web.ask(&self.debug(token, &app_token)).await?;
        if reply.is_refusal() {
            // It is about the token, or about us: when our own passes, it is the token.
            let own = self.web.ask(&self.debug(&app_token, &app_token)).await?;
            let fine = own.is_success() && self.web.json::<Debugged>(&own).is_ok_and(|own| own.data.is_valid);
            return Err(if fine {
                no_good(Provider::Facebook, reply.for_log())
            } else {
                self.web.refuses_us(OUR_SETTINGS, &own)
            });
        }
        if !reply.is_success() {
            return Err(self.web.failed(&reply));
        }
        let Debugged { data } = self.web.json(&reply)?;
        // Whether it is ours is asked first: nobody is told whether a token of others is good.
        if text_of(&data.app_id).as_deref() != Some(self.settings.app_id.as_str()) {
            return Err(if data.is_valid {
                not_ours(Provider::Facebook, format!("made for application {}", data.app_id))
            } else {
                no_good(Provider::Facebook, reply.for_log())
            });
        }
        let ends = Timestamp::from_micros(data.expires_at.saturating_mul(SECOND));
        // 0: a token that does not end.
        let over = data.expires_at != 0 && ends <= self.clock.now();
        match text_of(&data.user_id) {
            Some(user) if data.is_valid && !over && data.kind.as_deref().is_none_or(|kind| kind == "USER") => Ok(user),
            _ => Err(no_good(Provider::Facebook, reply.for_log())),
        }
    }

    fn debug<'a>(&self, token: &'a str, app_token: &str) -> Ask<'a> {
        let url = self.web.url(["debug_token"], &[("input_token", token), ("access_token", app_token)]);
        Ask::get(url).hiding(token)
    }

    async fn me(&self, token: &str) -> Result<Profile> {
        let proof = proof_of(token, self.settings.app_secret.reveal())?;
        let query = [("fields", FIELDS), ("access_token", token), ("appsecret_proof", &proof)];
        let reply = self.web.ask(&Ask::get(self.web.url(["me"], &query)).hiding(token)).await?;
        if reply.is_refusal() {
            return Err(no_good(Provider::Facebook, reply.for_log()));
        }
        if !reply.is_success() {
            return Err(self.web.failed(&reply));
        }
        let me: Me = self.web.json(&reply)?;
        let shown = me.picture.filter(|picture| !picture.data.is_silhouette).and_then(|picture| picture.data.url);
        Ok(Profile {
            provider: Provider::Facebook,
            subject: me.id,
            handle: None,
            name: some(me.name),
            email: some(me.email),
            // It does not say that it has checked it.
            email_verified: false,
            followers: None,
            picture: picture(shown),
            mock: false,
        })
    }

    async fn trade(&self, code: &str, redirect_uri: &str) -> Result<String> {
        let query = [
            ("client_id", self.settings.app_id.as_str()),
            ("client_secret", self.settings.app_secret.reveal()),
            ("redirect_uri", redirect_uri),
            ("code", code),
        ];
        let url = self.web.url(["oauth", "access_token"], &query);
        let reply = self.web.ask(&Ask::get(url).once().hiding(code)).await?;
        if reply.is_refusal() {
            // 1: the secret; 101: the application.
            let about_us =
                matches!(reply.value().pointer("/error/code").and_then(serde_json::Value::as_i64), Some(1 | 101));
            return Err(if about_us {
                self.web.refuses_us(OUR_SETTINGS, &reply)
            } else {
                no_good(Provider::Facebook, reply.for_log())
            });
        }
        if !reply.is_success() {
            return Err(self.web.failed(&reply));
        }
        self.web.json::<Token>(&reply).map(|token| token.access_token)
    }
}

fn text_of(id: &serde_json::Value) -> Option<String> {
    match id {
        serde_json::Value::String(text) if !text.is_empty() => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What shows Facebook that whoever uses a token knows the application's secret, too.
fn proof_of(token: &str, secret: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(kernel::Error::internal)?;
    mac.update(token.as_bytes());
    Ok(hex::encode(mac.finalize().into_bytes()))
}
