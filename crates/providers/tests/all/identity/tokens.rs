//! Tokens as others sign them.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

pub(super) const FIRST: &[u8] = include_bytes!("first.rsa.pem");
pub(super) const SECOND: &[u8] = include_bytes!("second.rsa.pem");
const CURVE: &[u8] = include_bytes!("ec.pem");

/// A token signed by RS256 with this key, which it calls by this name.
pub(super) fn rsa(key: &[u8], id: &str, claims: &Value) -> String {
    let header = Header { kid: Some(id.to_owned()), ..Header::new(Algorithm::RS256) };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_rsa_pem(key).unwrap()).unwrap()
}

/// One signed by ES256.
pub(super) fn curve(id: &str, claims: &Value) -> String {
    let header = Header { kid: Some(id.to_owned()), ..Header::new(Algorithm::ES256) };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_ec_pem(CURVE).unwrap()).unwrap()
}

/// One signed by HS256.
pub(super) fn shared(secret: &[u8], claims: &Value) -> String {
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(secret)).unwrap()
}

/// One that nobody has signed.
pub(super) fn unsigned(claims: &Value) -> String {
    use base64::Engine as _;
    let part = |value: &Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(&json!({"alg": "none", "typ": "JWT"})), part(claims))
}

/// The public half of an RSA key, as it is published.
pub(super) fn rsa_jwk(key: &[u8], id: &str) -> Value {
    jwk(&EncodingKey::from_rsa_pem(key).unwrap(), Algorithm::RS256, id)
}

pub(super) fn curve_jwk(id: &str) -> Value {
    jwk(&EncodingKey::from_ec_pem(CURVE).unwrap(), Algorithm::ES256, id)
}

fn jwk(key: &EncodingKey, algorithm: Algorithm, id: &str) -> Value {
    let mut jwk = serde_json::to_value(Jwk::from_encoding_key(key, algorithm).unwrap()).unwrap();
    jwk["kid"] = json!(id);
    jwk["use"] = json!("sig");
    jwk
}
