//! Secrets and signatures, as Standard Webhooks has them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use kernel::{Clock, Result, Timestamp, time};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// How long the secret before signs as well, after a rotation.
pub const OVERLAP: i64 = time::DAY;
/// The longest secret that is taken, in characters.
pub const LONGEST: usize = 512;
const PREFIX: &str = "whsec_";
/// How many random bytes a generated secret has.
const BYTES: usize = 32;

/// The sealed secrets of a subscription.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Sealed {
    current: String,
    previous: Option<String>,
    previous_until: Option<Timestamp>,
}

impl Sealed {
    /// The first one.
    pub fn new(current: String) -> Self {
        Self { current, previous: None, previous_until: None }
    }

    /// Puts another one in the first place.
    pub fn rotate(&mut self, sealed: String, now: Timestamp) {
        self.previous = Some(std::mem::replace(&mut self.current, sealed));
        self.previous_until = Some(now.plus(OVERLAP));
    }

    /// Those that sign at this moment, the current one first.
    pub fn at(&self, now: Timestamp) -> Vec<&str> {
        let previous = self.previous.as_deref().filter(|_| self.overlaps_until(now).is_some());
        std::iter::once(self.current.as_str()).chain(previous).collect()
    }

    /// Drops a previous secret whose time is over, and hands each of the others to `seal`, which answers it sealed by the current key if it is not
    /// yet. Tells whether anything changed.
    pub fn renew(&mut self, now: Timestamp, seal: impl Fn(&str) -> Result<Option<String>>) -> Result<bool> {
        let is_over = self.previous.is_some() && self.overlaps_until(now).is_none();
        if is_over {
            (self.previous, self.previous_until) = (None, None);
        }
        let mut changed = is_over;
        for sealed in std::iter::once(&mut self.current).chain(&mut self.previous) {
            if let Some(anew) = seal(sealed)? {
                *sealed = anew;
                changed = true;
            }
        }
        Ok(changed)
    }

    /// Until when the one before signs as well, if it still does.
    pub fn overlaps_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.previous_until.filter(|until| *until > now)
    }
}

/// A new secret: `whsec_` and 32 random bytes in base64.
pub fn generate(clock: &Clock) -> String {
    let mut bytes = [0; BYTES];
    clock.fill(&mut bytes);
    format!("{PREFIX}{}", STANDARD.encode(bytes))
}

/// The key of a secret: what stands in base64 behind `whsec_`, or the bytes of the text as it is.
fn key(secret: &str) -> Vec<u8> {
    let standard = secret.strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
    standard.filter(|bytes| !bytes.is_empty()).unwrap_or_else(|| secret.as_bytes().to_vec())
}

/// The header `webhook-signature`: one signature for each secret, set apart by spaces.
pub fn sign<'a>(secrets: impl IntoIterator<Item = &'a str>, id: &str, at: i64, body: &str) -> String {
    let signed = format!("{id}.{at}.{body}");
    let signatures = secrets.into_iter().filter_map(|secret| {
        // Never an error: HMAC takes keys of any length.
        let mut mac = Hmac::<Sha256>::new_from_slice(&key(secret)).ok()?;
        mac.update(signed.as_bytes());
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

/// Is one of these signatures that of the secret? Compared in constant time.
pub fn verify(secret: &str, id: &str, at: i64, body: &str, signatures: &str) -> bool {
    let signed = format!("{id}.{at}.{body}");
    signatures.split(' ').filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok()).any(|signature| {
        // Never an error: HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key(secret)) else { return false };
        mac.update(signed.as_bytes());
        mac.verify_slice(&signature).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_is_signed_as_there() {
        let signature = sign(
            ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn any_secret_is_one() {
        assert_eq!(key("whsec_AAEC"), [0, 1, 2]);
        for plain in ["my secret", "whsec-abc", "whsec_", "whsec_not base64!", "ñ"] {
            assert_eq!(key(plain), plain.as_bytes());
        }
        let both = sign(["a", "b"], "id", 1, "{}");
        assert_eq!(both.split(' ').count(), 2);
        assert!(verify("a", "id", 1, "{}", &both) && verify("b", "id", 1, "{}", &both));
        assert!(
            !verify("c", "id", 1, "{}", &both) && !verify("a", "id", 2, "{}", &both) && !verify("a", "id", 1, "{}", "")
        );
        assert_eq!(key(&generate(&Clock::system())).len(), BYTES);
    }

    #[test]
    fn the_secret_before_signs_for_a_day() {
        let now: Timestamp = "2026-01-15T10:30:00Z".parse().unwrap();
        let mut sealed = Sealed::new("one".into());
        assert_eq!(sealed.at(now), ["one"]);
        sealed.rotate("two".into(), now);
        assert_eq!(sealed.at(now.plus(OVERLAP - 1)), ["two", "one"]);
        assert_eq!(sealed.at(now.plus(OVERLAP)), ["two"]);
        // Of three the newest two sign.
        sealed.rotate("three".into(), now.plus(1));
        assert_eq!(sealed.at(now.plus(2)), ["three", "two"]);
    }
}
