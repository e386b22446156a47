//! Sign in with Google.

use jsonwebtoken::{Algorithm, decode_header};
use kernel::time::HOUR;
use kernel::{Clock, Error, Kind, Result, Timestamp};
use ports::identity::{Grant, Profile, Provider};
use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use super::{GoogleSettings, no_good, not_ours, picture, some};
use crate::keys::{Keys, Wanted, read_token};
use crate::web::{Ask, Web, patience};

const OUR_SETTINGS: &str = "GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET";

#[derive(Debug)]
pub(super) struct Google {
    accounts: Web,
    oauth: Web,
    settings: GoogleSettings,
    clock: Clock,
    keys: Keys,
    places: Mutex<Option<(Places, Timestamp)>>,
}

/// Where Google says that its services are.
#[derive(Clone, Debug, Deserialize)]
struct Places {
    issuer: String,
    #[serde(deserialize_with = "address")]
    userinfo_endpoint: Url,
    #[serde(deserialize_with = "address")]
    token_endpoint: Url,
    #[serde(deserialize_with = "address")]
    jwks_uri: Url,
}

fn address<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Url, D::Error> {
    Url::parse(&String::deserialize(from)?).map_err(serde::de::Error::custom)
}

/// What Google says of a person, in an id token and by userinfo alike.
#[derive(Deserialize)]
struct Person {
    sub: String,
    name: Option<String>,
    picture: Option<String>,
    email: Option<String>,
    #[serde(default)]
    email_verified: Value,
    /// The Workspace that they belong to.
    hd: Option<String>,
}

#[derive(Deserialize)]
struct Looked {
    aud: Option<String>,
    sub: Option<String>,
    /// A number in a text.
    #[serde(default)]
    expires_in: Value,
}

#[derive(Deserialize)]
struct Traded {
    id_token: Option<String>,
    access_token: Option<String>,
}

impl Google {
    pub(super) fn new(settings: GoogleSettings, clock: Clock) -> Result<Self> {
        let hidden = || vec![settings.client_secret.clone()];
        let accounts =
            Web::new("Google", "GOOGLE_ACCOUNTS_BASE_URL", &settings.accounts_base_url, patience(), hidden())?;
        let oauth = Web::new("Google", "GOOGLE_OAUTH_BASE_URL", &settings.oauth_base_url, patience(), hidden())?;
        Ok(Self { accounts, oauth, settings, clock, keys: Keys::default(), places: Mutex::new(None) })
    }

    pub(super) async fn whose(&self, grant: &Grant) -> Result<Profile> {
        match grant {
            Grant::Token(token) => self.of_token(token).await,
            Grant::Code { code, redirect_uri, verifier } => {
                let token = self.trade(code, redirect_uri, verifier.as_deref()).await?;
                self.of_token(&token).await
            }
        }
    }

    /// An id token is a JWT; an access token is anything else.
    async fn of_token(&self, token: &str) -> Result<Profile> {
        match decode_header(token) {
            Ok(header) => self.of_id_token(token, header.alg, header.kid.as_deref()).await,
            // A JWT whose algorithm we do not even know is no access token.
            Err(_) if token.starts_with("eyJ") => {
                Err(no_good(Provider::Google, "a JWT with a head that cannot be read"))
            }
            Err(_) => self.of_access_token(token).await,
        }
    }

    async fn of_id_token(&self, token: &str, algorithm: Algorithm, key: Option<&str>) -> Result<Profile> {
        if algorithm != Algorithm::RS256 {
            return Err(no_good(Provider::Google, format!("an id token signed by {algorithm:?}")));
        }
        let places = self.places().await?;
        let fetch = || async { self.fetched(&places.jwks_uri).await };
        let Some(key) = self.keys.find(key, algorithm, &self.clock, fetch).await? else {
            return Err(no_good(Provider::Google, "an id token signed by an unknown key"));
        };
        // Google names itself with and without the scheme.
        let bare = places.issuer.trim_start_matches("https://").to_owned();
        let issuers = [places.issuer, bare];
        let wanted = Wanted { algorithm, issuers: &issuers, audiences: &self.settings.client_ids };
        let (claims, _) = read_token(token, &key, &wanted, self.clock.now()).map_err(|why| {
            if why == "InvalidAudience" { not_ours(Provider::Google, why) } else { no_good(Provider::Google, why) }
        })?;
        let person = Person::deserialize(claims).map_err(|fault| no_good(Provider::Google, fault))?;
        profile(person)
    }

    async fn of_access_token(&self, token: &str) -> Result<Profile> {
        let url = self.oauth.url(["tokeninfo"], &[("access_token", token)]);
        let reply = self.oauth.ask(&Ask::get(url).hiding(token)).await?;
        if reply.is_refusal() {
            return Err(no_good(Provider::Google, reply.for_log()));
        }
        if !reply.is_success() {
            return Err(self.oauth.failed(&reply));
        }
        let looked: Looked = self.oauth.json(&reply)?;
        if !looked.aud.as_ref().is_some_and(|aud| self.settings.client_ids.contains(aud)) {
            return Err(not_ours(Provider::Google, format!("made for {:?}", looked.aud)));
        }
        let left = looked.expires_in.as_i64().or_else(|| looked.expires_in.as_str()?.parse().ok());
        if left.is_some_and(|seconds| seconds <= 0) {
            return Err(no_good(Provider::Google, "it has expired"));
        }
        let places = self.places().await?;
        let reply = self.oauth.ask(&Ask::get(places.userinfo_endpoint).bearer(token)?).await?;
        if reply.is_refusal() {
            return Err(no_good(Provider::Google, reply.for_log()));
        }
        if !reply.is_success() {
            return Err(self.oauth.failed(&reply));
        }
        let person: Person = self.oauth.json(&reply)?;
        if looked.sub.is_some_and(|sub| sub != person.sub) {
            return Err(no_good(Provider::Google, "tokeninfo and userinfo speak of two people"));
        }
        profile(person)
    }

    async fn trade(&self, code: &str, redirect_uri: &str, verifier: Option<&str>) -> Result<String> {
        if self.settings.client_secret.is_empty() {
            let message = "Codes of Google cannot be traded here: set GOOGLE_CLIENT_SECRET, or send an id token";
            return Err(Error::new(Kind::Unavailable, message));
        }
        let places = self.places().await?;
        let mut fields = vec![
            ("client_id", self.settings.client_ids[0].as_str()),
            ("client_secret", self.settings.client_secret.reveal()),
            ("grant_type", "authorization_code"),
            ("redirect_uri", redirect_uri),
            ("code", code),
        ];
        fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        let ask = Ask::form(places.token_endpoint, &fields).hiding(code).hiding(verifier.unwrap_or_default());
        let reply = self.oauth.ask(&ask).await?;
        if reply.is_refusal() {
            let about_us = matches!(reply.value()["error"].as_str(), Some("invalid_client" | "unauthorized_client"));
            return Err(if about_us {
                self.oauth.refuses_us(OUR_SETTINGS, &reply)
            } else {
                no_good(Provider::Google, reply.for_log())
            });
        }
        if !reply.is_success() {
            return Err(self.oauth.failed(&reply));
        }
        let traded: Traded = self.oauth.json(&reply)?;
        traded.id_token.or(traded.access_token).ok_or_else(|| no_good(Provider::Google, "no token came for the code"))
    }

    /// Where its services are; asked once an hour.
    async fn places(&self) -> Result<Places> {
        let mut known = self.places.lock().await;
        let now = self.clock.now();
        if let Some((places, at)) = &*known
            && now.micros() - at.micros() < HOUR
        {
            return Ok(places.clone());
        }
        let ask = Ask::get(self.accounts.url([".well-known", "openid-configuration"], &[]));
        match self.accounts.ask_json::<Places>(&ask).await {
            Ok(places) => {
                *known = Some((places.clone(), now));
                Ok(places)
            }
            // Where they were an hour ago they are likely still.
            Err(error) => known.as_ref().map(|(places, _)| places.clone()).ok_or(error),
        }
    }

    async fn fetched(&self, url: &Url) -> Result<Vec<u8>> {
        let reply = self.accounts.ask(&Ask::get(url.clone())).await?;
        if reply.is_success() { Ok(reply.body) } else { Err(self.accounts.failed(&reply)) }
    }
}

fn profile(person: Person) -> Result<Profile> {
    if person.sub.is_empty() {
        return Err(no_good(Provider::Google, "nobody's id"));
    }
    let email = some(person.email);
    let checked = person.email_verified == Value::Bool(true) || person.email_verified.as_str() == Some("true");
    let own = some(person.hd).is_some()
        || email.as_ref().is_some_and(|email| email.to_ascii_lowercase().ends_with("@gmail.com"));
    Ok(Profile {
        provider: Provider::Google,
        subject: person.sub,
        handle: None,
        name: some(person.name),
        email_verified: email.is_some() && checked && own,
        email,
        followers: None,
        picture: picture(person.picture),
        mock: false,
    })
}
