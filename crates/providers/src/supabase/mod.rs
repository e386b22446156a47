//! Supabase Auth: it keeps passwords and log-ins; its tokens are verified here.
//!
//! What its users can change themselves (`user_metadata`) is taken for what they say, never for what is so: no
//! administrator comes of it, and no verified address.

mod answers;
mod refusals;
mod settings;

pub use settings::Settings;

use async_trait::async_trait;
use jsonwebtoken::{Algorithm, DecodingKey, decode_header};
use kernel::{Clock, Error, Kind, Result};
use ports::identity::{Claims, Ending, IdentityBackend, LogIn, Newcomer, SignUp, Subject};
use reqwest::header::HeaderName;
use serde_json::{Value, json};

use crate::keys::{Keys, Wanted, read_token};
use crate::web::{Ask, Reply, Web, patience};
use refusals::Refused;

const API_KEY: HeaderName = HeaderName::from_static("apikey");
/// Whom its tokens for people are made for.
const AUDIENCE: &str = "authenticated";
/// The most that a token may have in bytes: more is none.
const LONGEST: usize = 16 << 10;

/// Supabase Auth of one project.
#[derive(Debug)]
pub struct Supabase {
    web: Web,
    settings: Settings,
    issuer: [String; 1],
    audience: [String; 1],
    keys: Keys,
    clock: Clock,
}

impl Supabase {
    /// The project of the settings. [`Kind::Invalid`] when the address cannot be one; nothing is asked of the network yet.
    pub fn new(settings: Settings, clock: &Clock) -> Result<Self> {
        let hidden = vec![settings.anon_key.clone(), settings.service_role_key.clone(), settings.jwt_secret.clone()];
        let base = format!("{}/auth/v1", settings.url.trim().trim_end_matches('/'));
        let web = Web::new("Supabase", "SUPABASE_URL", &base, patience(), hidden)?;
        let audience = [AUDIENCE.to_owned()];
        Ok(Self { web, settings, issuer: [base], audience, keys: Keys::default(), clock: clock.clone() })
    }

    fn with_key<'a>(&self, ask: Ask<'a>) -> Result<Ask<'a>> {
        ask.header(API_KEY, self.settings.anon_key.reveal()).map_err(|_| self.unfit_key("SUPABASE_ANON_KEY"))
    }

    fn unfit_key(&self, setting: &str) -> Error {
        let message = format!("{} cannot be asked: {setting} holds characters that no key has", self.web.name());
        Error::new(Kind::Provider, message)
    }

    /// Asks for a log-in.
    async fn token(&self, grant: &str, body: &Value, hidden: &str) -> Result<Result<LogIn, Reply>> {
        let url = self.web.url(["token"], &[("grant_type", grant)]);
        let reply = self.web.ask(&self.with_key(Ask::json(url, body))?.hiding(hidden)).await?;
        if !reply.is_success() {
            return Ok(Err(reply));
        }
        self.web.json::<answers::Session>(&reply)?.read().map(Ok).map_err(|why| Self::unusable(why, &reply))
    }

    fn unusable(why: &str, reply: &Reply) -> Error {
        Error::new(Kind::Provider, "Supabase gave an answer that cannot be read: check SUPABASE_URL")
            .because(format!("{why}, status {}", reply.status))
    }

    async fn key_of(&self, algorithm: Algorithm, id: Option<&str>) -> Result<Option<DecodingKey>> {
        match algorithm {
            Algorithm::HS256 if self.settings.jwt_secret.is_empty() => Ok(None),
            Algorithm::HS256 => Ok(Some(DecodingKey::from_secret(self.settings.jwt_secret.reveal().as_bytes()))),
            Algorithm::RS256 | Algorithm::ES256 => {
                let fetch = || async {
                    let url = self.web.url([".well-known", "jwks.json"], &[]);
                    let reply = self.web.ask(&self.with_key(Ask::get(url))?).await?;
                    if reply.is_success() { Ok(reply.body) } else { Err(self.web.failed(&reply)) }
                };
                self.keys.find(id, algorithm, &self.clock, fetch).await
            }
            _ => Ok(None),
        }
    }
}

#[async_trait]
impl IdentityBackend for Supabase {
    fn name(&self) -> &'static str {
        "supabase"
    }

    async fn sign_up(&self, newcomer: Newcomer<'_>) -> Result<SignUp> {
        let data = json!({
            "user_type": newcomer.user_type, "role": newcomer.user_type, "username": newcomer.username,
            "country": newcomer.country,
        });
        let body = json!({"email": newcomer.email, "password": newcomer.password, "data": data});
        let ask = self.with_key(Ask::json(self.web.url(["signup"], &[]), &body))?.hiding(newcomer.password);
        let reply = self.web.ask(&ask).await?;
        if !reply.is_success() {
            return match Refused::read(&reply) {
                refused if refused.is_taken() => Ok(SignUp::Taken),
                refused => Err(refused.tell(&self.web, &reply)),
            };
        }
        let made: answers::SignedUp = self.web.json(&reply)?;
        made.read().map_err(|why| Self::unusable(why, &reply))
    }

    async fn log_in(&self, email: &str, password: &str) -> Result<LogIn> {
        let body = json!({"email": email, "password": password});
        match self.token("password", &body, password).await? {
            Ok(log_in) => Ok(log_in),
            Err(reply) => Err(Refused::read(&reply).tell_log_in(&self.web, &reply)),
        }
    }

    async fn refresh(&self, refresh_token: &str) -> Result<LogIn> {
        if refresh_token.is_empty() || refresh_token.len() > LONGEST {
            return Err(refusals::over());
        }
        let body = json!({"refresh_token": refresh_token});
        match self.token("refresh_token", &body, refresh_token).await? {
            Ok(log_in) => Ok(log_in),
            Err(reply) => Err(Refused::read(&reply).tell_token(&self.web, &reply)),
        }
    }

    async fn log_out(&self, access_token: &str, ending: Ending) -> Result<()> {
        let scope = match ending {
            Ending::This => "local",
            Ending::All => "global",
            Ending::Others => "others",
        };
        let ask = Ask::json(self.web.url(["logout"], &[("scope", scope)]), &json!({})).bearer(access_token)?;
        let reply = self.web.ask(&self.with_key(ask)?).await?;
        if reply.is_success() {
            return Ok(());
        }
        let refused = Refused::read(&reply);
        // It has ended already.
        if refused.is_over(&reply) { Ok(()) } else { Err(refused.tell(&self.web, &reply)) }
    }

    async fn whose(&self, access_token: &str) -> Result<Subject> {
        let ask = self.with_key(Ask::get(self.web.url(["user"], &[])).bearer(access_token)?)?;
        let reply = self.web.ask(&ask).await?;
        if !reply.is_success() {
            return Err(Refused::read(&reply).tell_token(&self.web, &reply));
        }
        let user: answers::User = self.web.json(&reply)?;
        user.read().map_err(|why| Self::unusable(why, &reply))
    }

    async fn delete(&self, subject: &str) -> Result<()> {
        let key = self.settings.service_role_key.reveal();
        if key.is_empty() {
            let message = "A user of Supabase can only be deleted with SUPABASE_SERVICE_ROLE_KEY: set it, or delete the user there";
            return Err(Error::new(Kind::Unavailable, message));
        }
        let unfit = |_| self.unfit_key("SUPABASE_SERVICE_ROLE_KEY");
        let ask = Ask::delete(self.web.url(["admin", "users", subject], &[]));
        let ask = ask.header(API_KEY, key).and_then(|ask| ask.bearer(key)).map_err(unfit)?;
        let reply = self.web.ask(&ask).await?;
        match reply.status {
            404 => Ok(()),
            401 | 403 => Err(self.web.refuses_us("SUPABASE_SERVICE_ROLE_KEY", &reply)),
            _ if reply.is_success() => Ok(()),
            _ => Err(Refused::read(&reply).tell(&self.web, &reply)),
        }
    }

    async fn verify(&self, access_token: &str) -> Result<Claims> {
        let no_good = |why: String| refusals::over().because(why);
        if access_token.len() > LONGEST {
            return Err(no_good("it is longer than any".into()));
        }
        let header = decode_header(access_token).map_err(|fault| no_good(fault.to_string()))?;
        let Some(key) = self.key_of(header.alg, header.kid.as_deref()).await? else {
            return Err(no_good(format!("no key for one signed by {:?}", header.alg)));
        };
        let wanted = Wanted { algorithm: header.alg, issuers: &self.issuer, audiences: &self.audience };
        let (claims, expires_at) = read_token(access_token, &key, &wanted, self.clock.now()).map_err(no_good)?;
        answers::claims(&claims, expires_at).ok_or_else(|| no_good("it is nobody's log-in".into()))
    }
}
