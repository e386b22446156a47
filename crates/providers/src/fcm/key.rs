//! The key of Firebase: a service account signs for itself (RFC 7523), and gets an access token for an hour.

use std::collections::HashMap;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use kernel::{Clock, Result, Timestamp, time};
use ports::messaging::{Account, Decision, SendFault, Token};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;

use crate::messaging::{FcmSettings, Wire};

/// What the token is for.
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// How long what we sign is good for.
const GOOD_FOR: i64 = 3600;
/// A token is not used any more so shortly before its end.
const MARGIN: i64 = 2 * time::MINUTE;
/// How many tokens are remembered.
const REMEMBERED: usize = 1000;

/// A service account, as Google's console writes it.
pub(crate) struct Service {
    pub(crate) project: String,
    pub(crate) email: String,
    key_id: Option<String>,
    pem: String,
    /// By this its access token is remembered.
    name: [u8; 32],
}

/// The JSON of a service account, given as it is or as the path of its file. The error goes on after the setting's name.
pub(crate) fn service_account(text: &str) -> std::result::Result<String, String> {
    let json = if text.trim_start().starts_with('{') {
        text.to_owned()
    } else {
        std::fs::read_to_string(text.trim())
            .map_err(|fault| format!("must be the JSON of a service account, or the path of its file ({fault})"))?
    };
    read(&Token::new(&json))
        .map(|_| json)
        .map_err(|fault| format!("must be the JSON of a service account: {}", fault.says))
}

/// Reads a service account. Whatever address its JSON names, the token is asked for at the configured one: a channel's key must not say
/// where this server calls.
pub(crate) fn read(json: &Token) -> Result<Service, SendFault> {
    #[derive(Deserialize)]
    struct Written {
        project_id: Option<String>,
        client_email: Option<String>,
        private_key: Option<String>,
        private_key_id: Option<String>,
    }
    let broken = |says: &str| SendFault::ours(Decision::ChannelBroken, "bad_key", says);
    let written: Written = serde_json::from_str(json.reveal())
        .map_err(|_| broken("The service account is no JSON: copy the whole file that the Firebase console gives"))?;
    let some = |value: Option<String>, what: &str| {
        value
            .filter(|text| !text.is_empty())
            .ok_or_else(|| broken(&format!("The service account has no {what}: copy the whole file")))
    };
    let project = some(written.project_id, "project_id")?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':' | b'.');
    if project.len() > 64 || !project.bytes().all(fits) {
        return Err(broken("The service account's project_id is none"));
    }
    let pem = some(written.private_key, "private_key")?;
    EncodingKey::from_rsa_pem(pem.as_bytes())
        .map_err(|_| broken("The service account's private_key is no RSA key in PEM"))?;
    Ok(Service {
        project,
        email: some(written.client_email, "client_email")?,
        key_id: written.private_key_id,
        name: Sha256::digest(&pem).into(),
        pem,
    })
}

/// Access tokens, as long as they are good.
#[derive(Debug)]
pub(super) struct Keys {
    wire: Wire,
    clock: Clock,
    good: Mutex<HashMap<[u8; 32], (Token, Timestamp)>>,
}

impl Keys {
    pub(super) fn new(settings: &FcmSettings, clock: Clock) -> Result<Self> {
        let wire = Wire::new("Google", "FCM_OAUTH_BASE_URL", &settings.oauth_base_url, settings.limits.clone())?;
        Ok(Self { wire, clock, good: Mutex::default() })
    }

    pub(super) async fn forget(&self, service: &Service) {
        self.good.lock().await.remove(&service.name);
    }

    /// An access token. Who waits for one waits for the one that is asked for already.
    pub(super) async fn access(&self, service: &Service, account: &Account) -> Result<Token, SendFault> {
        let mut good = self.good.lock().await;
        let now = self.clock.now();
        if let Some((token, until)) = good.get(&service.name)
            && now.plus(MARGIN) < *until
        {
            return Ok(token.clone());
        }
        let (token, seconds) = self.ask(service, now, account).await?;
        if good.len() >= REMEMBERED {
            good.retain(|_, (_, until)| now < *until);
        }
        good.insert(service.name, (token.clone(), now.plus(seconds.clamp(0, 86_400) * time::SECOND)));
        Ok(token)
    }

    async fn ask(&self, service: &Service, now: Timestamp, account: &Account) -> Result<(Token, i64), SendFault> {
        let url = self.wire.url(["token"]);
        let signed = sign(service, url.as_str(), now)?;
        let mut form = url.clone();
        form.query_pairs_mut().append_pair("grant_type", GRANT).append_pair("assertion", &signed);
        let body = form.query().unwrap_or_default().to_owned();
        let make = || {
            let mut request = Request::new(Method::POST, url.clone());
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
            *request.body_mut() = Some(body.clone().into());
            Ok(request)
        };
        let told = self.wire.again(make, account).await?;
        if let Some(error) = told.body["error"].as_str() {
            // Google refuses a service account that is gone, or whose key was taken back, or a clock that is wrong, by `invalid_grant`.
            let says = told.body["error_description"].as_str().unwrap_or(error);
            let decision = if told.status >= 500 { Decision::Later(None) } else { Decision::ChannelBroken };
            return Err(SendFault::told(decision, Some(error.to_owned()), &says.replace(&signed, "[key]"), account));
        }
        match told.body["access_token"].as_str().filter(|token| !token.is_empty()) {
            Some(token) if told.is_success() => {
                Ok((Token::new(token), told.body["expires_in"].as_i64().unwrap_or(GOOD_FOR)))
            }
            _ => Err(self.wire.wordless(&told, false)),
        }
    }
}

/// What the service account signs: who it is, for what, for whom, until when.
fn sign(service: &Service, audience: &str, now: Timestamp) -> Result<String, SendFault> {
    let broken =
        |_| SendFault::ours(Decision::ChannelBroken, "bad_key", "The service account's private_key signs nothing");
    let seconds = now.micros() / time::SECOND;
    let claims =
        json!({"iss": service.email, "scope": SCOPE, "aud": audience, "iat": seconds, "exp": seconds + GOOD_FOR});
    let header = Header { kid: service.key_id.clone(), ..Header::new(Algorithm::RS256) };
    let key = EncodingKey::from_rsa_pem(service.pem.as_bytes()).map_err(broken)?;
    encode(&header, &claims, &key).map_err(broken)
}
