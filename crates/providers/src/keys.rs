//! JWTs that others sign: their public keys (JWKS), kept and fetched anew when they are changed, and what a token must say.

use std::sync::{Arc, PoisonError, RwLock};

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use kernel::time::{DAY, HOUR, MINUTE, SECOND};
use kernel::{Clock, Error, Kind, Result, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

/// So long keys are used without asking.
const FRESH: i64 = HOUR;
/// So long they are used when nobody answers.
const STALE: i64 = DAY;
/// So long after a fetch nobody's unknown key causes another.
const PAUSE: i64 = MINUTE;
/// So long after a failed fetch those who wait for the first keys are told so, rather than wait in a row.
const GIVEN_UP: i64 = 5 * SECOND;
/// Clocks may differ by so much.
const LEEWAY: i64 = 30 * SECOND;

/// A public key, and the one algorithm it is good for: a token does not choose.
struct Key {
    id: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

struct Kept {
    keys: Vec<Key>,
    fetched_at: Timestamp,
}

/// The public keys of someone who signs tokens.
#[derive(Default)]
pub(crate) struct Keys {
    kept: RwLock<Option<Arc<Kept>>>,
    /// Held while they are fetched, so that one asks and the others wait.
    fetching: Mutex<Option<Timestamp>>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

impl Keys {
    /// The key of this id (of any, where a token names none) for this algorithm. Fetches the keys when they are old, and
    /// once more when this one is unknown: it may be new. `None` when there is no such key.
    pub(crate) async fn find<F>(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
        clock: &Clock,
        fetch: impl FnOnce() -> F,
    ) -> Result<Option<DecodingKey>>
    where
        F: Future<Output = Result<Vec<u8>>>,
    {
        let age = |kept: &Kept| clock.now().micros() - kept.fetched_at.micros();
        let known = |this: &Self, oldest: i64| {
            this.kept().filter(|kept| age(kept) < oldest).and_then(|kept| kept.find(id, algorithm))
        };
        if let Some(key) = known(self, FRESH) {
            return Ok(Some(key));
        }
        let mut tried_at = self.fetching.lock().await;
        if let Some(key) = known(self, FRESH) {
            return Ok(Some(key));
        }
        let since = tried_at.map_or(i64::MAX, |at| clock.now().micros() - at.micros());
        match self.kept() {
            Some(_) if since < PAUSE => return Ok(known(self, STALE)),
            None if since < GIVEN_UP => {
                return Err(Error::new(
                    Kind::Provider,
                    "The keys that tokens are checked with cannot be had: try again in a moment",
                ));
            }
            _ => {}
        }
        let fetched = fetch().await.and_then(|body| read_set(&body));
        *tried_at = Some(clock.now());
        match fetched {
            Ok(keys) => {
                let kept = Kept { keys, fetched_at: clock.now() };
                *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(kept));
                Ok(known(self, FRESH))
            }
            Err(error) => match known(self, STALE) {
                Some(key) => {
                    tracing::warn!(%error, "the keys that tokens are checked with could not be fetched; using those at hand");
                    Ok(Some(key))
                }
                None => Err(error),
            },
        }
    }

    fn kept(&self) -> Option<Arc<Kept>> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Kept {
    fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<DecodingKey> {
        let mut fitting = self.keys.iter().filter(|key| key.algorithm == algorithm);
        match id {
            Some(id) => fitting.find(|key| key.id.as_deref() == Some(id)),
            // Without a name only where there is no choice.
            None => fitting.next().filter(|_| fitting.next().is_none()),
        }
        .map(|key| key.key.clone())
    }
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

/// The keys of a set that are of use here: RS256 and ES256, for signatures. Others are passed over.
fn read_set(body: &[u8]) -> Result<Vec<Key>> {
    let set: Set = ports::json::parse(body).map_err(|fault| {
        Error::new(Kind::Provider, "The keys that tokens are checked with cannot be read; try again later")
            .because(fault)
    })?;
    Ok(set.keys.into_iter().filter_map(read_key).collect())
}

fn read_key(value: Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    let (algorithm, named) = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => (Algorithm::RS256, KeyAlgorithm::RS256),
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        _ => return None,
    };
    if jwk.common.key_algorithm.is_some_and(|given| given != named)
        || jwk.common.public_key_use.as_ref().is_some_and(|given| *given != jsonwebtoken::jwk::PublicKeyUse::Signature)
    {
        return None;
    }
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    Some(Key { id: jwk.common.key_id, algorithm, key })
}

/// What a token must say to be believed.
pub(crate) struct Wanted<'a> {
    /// It is signed by this algorithm,
    pub(crate) algorithm: Algorithm,
    /// made by one of these,
    pub(crate) issuers: &'a [String],
    /// for one of these.
    pub(crate) audiences: &'a [String],
}

#[derive(Deserialize)]
struct Times {
    exp: f64,
    #[serde(default)]
    nbf: Option<f64>,
    #[serde(default)]
    iat: Option<f64>,
}

/// Whom a token was made for: one, or several.
#[derive(Deserialize)]
struct Audience {
    #[serde(default)]
    aud: Value,
    #[serde(default)]
    azp: Option<String>,
}

impl Audience {
    /// Of several, one of which is ours, the one that asked for the token must be ours as well: else it was made for somebody else, and
    /// names us beside them (OpenID Connect Core, 3.1.3.7).
    fn was_asked_for_by(&self, ours: &[String]) -> bool {
        match &self.aud {
            Value::Array(several) if several.len() != 1 => self.azp.as_ref().is_some_and(|by| ours.contains(by)),
            _ => true,
        }
    }
}

/// What the token says and until when it is good, if its signature holds, it is what was wanted and its time is now; else
/// why not, in words for the log.
pub(crate) fn read_token(
    token: &str,
    key: &DecodingKey,
    wanted: &Wanted<'_>,
    now: Timestamp,
) -> Result<(Value, Timestamp), String> {
    let mut validation = Validation::new(wanted.algorithm);
    // The times are compared below, with the clock that we are given.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.set_issuer(wanted.issuers);
    validation.set_audience(wanted.audiences);
    let claims = jsonwebtoken::decode::<Value>(token, key, &validation).map_err(|fault| fault.to_string())?.claims;
    let audience = Audience::deserialize(&claims).map_err(|fault| fault.to_string())?;
    if !audience.was_asked_for_by(wanted.audiences) {
        return Err("InvalidAudience".into());
    }
    let times = Times::deserialize(&claims).map_err(|fault| fault.to_string())?;
    let moment = |seconds: f64| Timestamp::from_micros((seconds * SECOND as f64) as i64);
    if moment(times.exp).plus(LEEWAY) <= now {
        return Err("it has expired".into());
    }
    if times.nbf.is_some_and(|from| moment(from) > now.plus(LEEWAY)) {
        return Err("it is not good yet".into());
    }
    if times.iat.is_some_and(|made| moment(made) > now.plus(LEEWAY)) {
        return Err("it was made in the future".into());
    }
    Ok((claims, moment(times.exp)))
}
