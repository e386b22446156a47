//! Access tokens: short-lived JWTs (RFC 7519), signed with the one algorithm of the settings and no other.

use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, encode};
use kernel::{AccountId, Error, Kind, Result, SessionId, Timestamp, UserType};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::settings::Algorithm;
use crate::state::refused;

/// Who signs.
const ISSUER: &str = "influencerflow";
/// What keeps the key of [`Signer::follower`] apart from the one that signs.
const FOLLOWING: &[u8] = b"influencerflow refresh tokens\0";

/// What a token says. What its owner may do is looked up by `sid`; `user_type` is for clients to read.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: AccountId,
    sid: SessionId,
    iat: i64,
    exp: i64,
    user_type: String,
}

/// Signs access tokens, and knows its own.
pub(crate) struct Signer {
    header: Header,
    validation: Validation,
    encoding: EncodingKey,
    decoding: DecodingKey,
    /// What the tokens that follow others are made with.
    following: [u8; 32],
    seconds: i64,
}

impl Signer {
    pub(crate) fn new(secret: &str, algorithm: Algorithm, minutes: u32) -> Self {
        let algorithm = match algorithm {
            Algorithm::Hs256 => jsonwebtoken::Algorithm::HS256,
            Algorithm::Hs384 => jsonwebtoken::Algorithm::HS384,
            Algorithm::Hs512 => jsonwebtoken::Algorithm::HS512,
        };
        let mut validation = Validation::new(algorithm);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        validation.set_issuer(&[ISSUER]);
        // By our own clock, below, and to the second: the library would read the machine's and wait another minute.
        validation.validate_exp = false;
        Self {
            header: Header::new(algorithm),
            validation,
            encoding: EncodingKey::from_secret(secret.as_bytes()),
            decoding: DecodingKey::from_secret(secret.as_bytes()),
            following: Sha256::new_with_prefix(FOLLOWING).chain_update(secret.as_bytes()).finalize().into(),
            seconds: i64::from(minutes) * 60,
        }
    }

    /// The random part of the refresh token that follows this one. Whoever has the secret of the settings can tell it, and nobody else: so
    /// any process answers a second request for the same trade as the first was answered, and none has to keep the token for that.
    pub(crate) fn follower(&self, token: &str) -> Result<[u8; 32]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.following).map_err(Error::internal)?;
        mac.update(token.as_bytes());
        Ok(mac.finalize().into_bytes().into())
    }

    /// For how many seconds a token is good.
    pub(crate) fn seconds(&self) -> i64 {
        self.seconds
    }

    pub(crate) fn sign(
        &self,
        account: AccountId,
        kind: UserType,
        session: SessionId,
        now: Timestamp,
    ) -> Result<String> {
        let iat = now.micros().div_euclid(kernel::time::SECOND);
        let claims = Claims {
            iss: ISSUER.into(),
            sub: account,
            sid: session,
            iat,
            exp: iat + self.seconds,
            user_type: kind.word().into(),
        };
        encode(&self.header, &claims, &self.encoding).map_err(Error::internal)
    }

    /// What a token that was signed here says. Which of many reasons a token is refused for is not told.
    pub(crate) fn read(&self, token: &str) -> Result<Read> {
        let claims =
            decode::<Claims>(token, &self.decoding, &self.validation).map_err(|error| refused().because(error))?.claims;
        Ok(Read { account: claims.sub, session: claims.sid, expires: claims.exp })
    }
}

/// What a token says that was signed here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Read {
    account: AccountId,
    session: SessionId,
    expires: i64,
}

impl Read {
    /// Its account and its log-in, if it is not over. That it is, is told: a new one is to be had by refreshing.
    pub(crate) fn at(self, now: Timestamp) -> Result<(AccountId, SessionId)> {
        if self.expires <= now.micros().div_euclid(kernel::time::SECOND) {
            return Err(Error::new(Kind::Unauthenticated, "The token has expired; refresh it, or log in again"));
        }
        Ok((self.account, self.session))
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use kernel::Clock;
    use serde_json::json;

    use super::*;

    const SECRET: &str = "Kq3vZ8mTjP0wLr5yXc7BnD2sHf9aGe4u";

    fn now() -> Timestamp {
        "2026-01-15T10:30:00Z".parse().unwrap()
    }

    fn read(signer: &Signer, token: &str, now: Timestamp) -> Result<(AccountId, SessionId)> {
        signer.read(token)?.at(now)
    }

    #[test]
    fn only_ones_own_tokens_are_good_and_only_for_a_while() {
        let clock = Clock::mock(now(), 1);
        let (account, session) = (clock.new_id(), clock.new_id());
        for algorithm in [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512] {
            let signer = Signer::new(SECRET, algorithm, 30);
            let token = signer.sign(account, UserType::Creator, session, now()).unwrap();
            assert_eq!(read(&signer, &token, now()).unwrap(), (account, session));
            let last = now().plus(30 * kernel::time::MINUTE - 1);
            assert!(read(&signer, &token, last).is_ok());
            assert!(read(&signer, &token, last.plus(1)).is_err(), "it is over to the second");
            assert!(Signer::new("another key, and as long as it", algorithm, 30).read(&token).is_err());
            for other in [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512] {
                assert_eq!(Signer::new(SECRET, other, 30).read(&token).is_ok(), other == algorithm);
            }
        }
    }

    #[test]
    fn forged_tokens_are_refused() {
        let clock = Clock::mock(now(), 1);
        let signer = Signer::new(SECRET, Algorithm::Hs256, 30);
        let token = signer.sign(clock.new_id(), UserType::Creator, clock.new_id(), now()).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        for alg in ["none", "None", "NONE", "RS256", "ES256", "HS512", "EdDSA", ""] {
            let head = part(json!({"typ": "JWT", "alg": alg}));
            for forged in [format!("{head}.{}.{}", parts[1], parts[2]), format!("{head}.{}.", parts[1])] {
                assert!(signer.read(&forged).is_err(), "alg {alg}");
            }
        }
        let claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        for (name, value) in
            [("user_type", json!("ADMIN")), ("exp", json!(i64::MAX)), ("sub", json!(clock.new_id::<()>()))]
        {
            let mut other = claims.clone();
            other[name] = value;
            assert!(signer.read(&format!("{}.{}.{}", parts[0], part(other), parts[2])).is_err(), "{name}");
        }
        // Signed with the right key, but by someone else or without what it must say.
        for missing in ["iss", "sub", "sid", "exp"] {
            let mut other = claims.clone();
            other.as_object_mut().unwrap().remove(missing);
            let lacking = encode(&Header::default(), &other, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap();
            assert!(signer.read(&lacking).is_err(), "{missing}");
        }
        for garbage in ["", ".", "..", "a.b.c", "not-a-token", &"x".repeat(10_000)] {
            assert!(signer.read(garbage).is_err());
        }
        let cut = &token[..token.len() - 1];
        assert!(signer.read(cut).is_err());
    }
}
