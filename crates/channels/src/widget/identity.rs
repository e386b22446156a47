//! A website's proof of who its visitor is: a JWT, or the older hash of their id.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use kernel::{Error, Kind, Result, Timestamp, time};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// How far the website's clock and ours may be apart, in seconds.
const LEEWAY: i64 = 60;
/// The longest id.
const LONGEST: usize = 255;

/// Who a visitor is, by their website's proof.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Proven {
    /// What the website calls them.
    pub(super) external_id: String,
    /// What it says of them.
    pub(super) profile: Map<String, Value>,
}

/// What was sent as a proof.
#[derive(Clone, Debug, Default)]
pub(super) struct Claimed {
    pub(super) jwt: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) user_hash: Option<String>,
    pub(super) profile: Map<String, Value>,
}

fn refused(reason: &str) -> Error {
    let message = format!(
        "Your website's proof of who you are was not accepted: {reason}. It has to be a JWT (HS256) with user_id and exp, signed with the \
         identity_secret of the channel"
    );
    Error::new(Kind::Unauthenticated, message)
}

#[derive(Deserialize)]
struct Claims {
    user_id: Option<Value>,
    sub: Option<Value>,
    exp: Option<f64>,
    nbf: Option<f64>,
    name: Option<Value>,
    email: Option<Value>,
    phone: Option<Value>,
}

/// Who it is, if the proof holds.
pub(super) fn prove(secret: &str, claimed: Claimed, now: Timestamp) -> Result<Proven> {
    match claimed {
        Claimed { jwt: Some(jwt), profile, .. } => by_jwt(secret, &jwt, profile, now),
        Claimed { external_id: Some(id), user_hash: Some(hash), profile, .. } => by_hash(secret, &id, &hash, profile),
        Claimed { external_id: Some(_), .. } => Err(refused("external_id came without user_hash")),
        _ => Err(refused("there is neither a jwt nor an external_id")),
    }
}

fn by_jwt(secret: &str, jwt: &str, mut profile: Map<String, Value>, now: Timestamp) -> Result<Proven> {
    // One algorithm: what a token says of itself decides nothing.
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_aud = false;
    // By our own clock, below.
    validation.validate_exp = false;
    let key = DecodingKey::from_secret(secret.as_bytes());
    let claims = decode::<Claims>(jwt, &key, &validation)
        .map_err(|error| refused("its signature or its form is wrong").because(error))?
        .claims;
    let second = now.micros() / time::SECOND;
    let Some(exp) = claims.exp else { return Err(refused("exp is missing")) };
    if (exp as i64).saturating_add(LEEWAY) < second {
        return Err(refused("it has expired"));
    }
    if claims.nbf.is_some_and(|nbf| (nbf as i64).saturating_sub(LEEWAY) > second) {
        return Err(refused("it is not good yet"));
    }
    let id = match claims.user_id.or(claims.sub) {
        Some(Value::String(id)) => id.trim().to_owned(),
        Some(Value::Number(id)) if id.is_i64() || id.is_u64() => id.to_string(),
        _ => return Err(refused("user_id is missing")),
    };
    let external_id = checked(id)?;
    for (field, value) in [("name", claims.name), ("email", claims.email), ("phone", claims.phone)] {
        if let Some(Value::String(value)) = value {
            profile.insert(field.to_owned(), Value::from(value.chars().take(200).collect::<String>()));
        }
    }
    Ok(Proven { external_id, profile })
}

fn by_hash(secret: &str, id: &str, hash: &str, profile: Map<String, Value>) -> Result<Proven> {
    // Never an error: an HMAC takes keys of every length.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(Error::internal)?;
    mac.update(id.as_bytes());
    let given = hex::decode(hash.trim()).unwrap_or_default();
    if !bool::from(mac.finalize().into_bytes().ct_eq(given.as_slice())) {
        return Err(refused("user_hash does not fit external_id"));
    }
    Ok(Proven { external_id: checked(id.to_owned())?, profile })
}

fn checked(id: String) -> Result<String> {
    let fits = (1..=LONGEST).contains(&id.chars().count()) && !id.chars().any(char::is_control);
    if fits { Ok(id) } else { Err(refused("user_id must have 1 to 255 characters")) }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;

    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn now() -> Timestamp {
        "2026-01-15T10:30:00Z".parse().unwrap()
    }

    fn jwt(algorithm: Algorithm, secret: &str, claims: &Value) -> Claimed {
        let token = encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap();
        Claimed { jwt: Some(token), ..Claimed::default() }
    }

    #[test]
    fn a_jwt_of_the_website_says_who_it_is() {
        let exp = now().micros() / time::SECOND + 300;
        for id in [json!({"user_id": "42"}), json!({"user_id": 42}), json!({"sub": " 42 "})] {
            let mut claims = id.clone();
            claims["exp"] = json!(exp);
            claims["name"] = json!("Ana");
            let proven = prove(SECRET, jwt(Algorithm::HS256, SECRET, &claims), now()).unwrap();
            assert_eq!((proven.external_id.as_str(), &proven.profile["name"]), ("42", &json!("Ana")), "{id}");
        }
        for (algorithm, secret, claims) in [
            (Algorithm::HS256, "another", json!({"user_id": "42", "exp": exp})),
            (Algorithm::HS512, SECRET, json!({"user_id": "42", "exp": exp})),
            (Algorithm::HS256, SECRET, json!({"user_id": "42"})),
            (Algorithm::HS256, SECRET, json!({"user_id": "42", "exp": exp - 361})),
            (Algorithm::HS256, SECRET, json!({"exp": exp})),
            (Algorithm::HS256, SECRET, json!({"user_id": "", "exp": exp})),
            (Algorithm::HS256, SECRET, json!({"user_id": "42", "exp": exp, "nbf": exp})),
        ] {
            let error = prove(SECRET, jwt(algorithm, secret, &claims), now()).unwrap_err();
            assert_eq!(error.kind(), Kind::Unauthenticated, "{claims}");
        }
        let unsigned = "eyJhbGciOiJub25lIn0.eyJ1c2VyX2lkIjoiNDIiLCJleHAiOjQwMDAwMDAwMDB9.";
        prove(SECRET, Claimed { jwt: Some(unsigned.into()), ..Claimed::default() }, now()).unwrap_err();
        let leeway = json!({"user_id": "42", "exp": exp - 350});
        prove(SECRET, jwt(Algorithm::HS256, SECRET, &leeway), now()).unwrap();
    }

    #[test]
    fn a_hash_says_so_too_and_an_id_alone_does_not() {
        // printf 42 | openssl dgst -sha256 -hmac key
        let mut mac = Hmac::<Sha256>::new_from_slice(b"key").unwrap();
        mac.update(b"42");
        let hash = hex::encode(mac.finalize().into_bytes());
        let claimed = |hash: Option<&str>| Claimed {
            external_id: Some("42".into()),
            user_hash: hash.map(str::to_owned),
            ..Claimed::default()
        };
        assert_eq!(prove("key", claimed(Some(&hash)), now()).unwrap().external_id, "42");
        assert_eq!(prove("key", claimed(Some(&hash.to_uppercase())), now()).unwrap().external_id, "42");
        for wrong in [None, Some(""), Some("00"), Some(&hash[2..])] {
            assert_eq!(prove("key", claimed(wrong), now()).unwrap_err().kind(), Kind::Unauthenticated, "{wrong:?}");
        }
        prove("key", Claimed::default(), now()).unwrap_err();
    }
}
