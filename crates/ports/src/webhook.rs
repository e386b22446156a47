//! Requests that say they come from a provider: how they are signed, and how that is checked.

use hmac::{Hmac, KeyInit as _, Mac as _};
use kernel::{Error, Kind, Result, Timestamp, time};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// A request that says it comes from a provider, as it came.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The address that the provider was told, with the query that came.
    pub url: &'a str,
    /// The header `Content-Type`.
    pub media_type: &'a str,
    /// The body.
    pub body: &'a [u8],
    /// The header that signs it.
    pub signature: Option<&'a str>,
}

/// A way of signing requests. What it refuses, it refuses with a message that says what to do; nothing of the request is told or logged.
pub trait Scheme: Send + Sync {
    /// The header that carries the signature, in lower case.
    fn header(&self) -> &'static str;

    /// Is anything let in at all? Asked before the body is read.
    fn is_open(&self) -> Result<()> {
        Ok(())
    }

    /// Is this request signed, and was it signed just now? Also asked before the body is read, of a request whose header is missing.
    fn check(&self, request: Request<'_>, now: Timestamp) -> Result<()>;
}

/// Lets nothing in: a setting is missing.
#[derive(Clone, Copy, Debug)]
pub struct Closed {
    /// What is answered.
    pub kind: Kind,
    /// What is to be set.
    pub message: &'static str,
}

impl Scheme for Closed {
    fn header(&self) -> &'static str {
        ""
    }

    fn is_open(&self) -> Result<()> {
        Err(Error::new(self.kind, self.message))
    }

    fn check(&self, _: Request<'_>, _: Timestamp) -> Result<()> {
        self.is_open()
    }
}

/// Lets everything in: in the demo, where whoever reaches this server may play the provider.
#[derive(Clone, Copy, Debug)]
pub struct Unsigned;

impl Scheme for Unsigned {
    fn header(&self) -> &'static str {
        ""
    }

    fn check(&self, _: Request<'_>, _: Timestamp) -> Result<()> {
        Ok(())
    }
}

/// `t=<seconds since 1970>,v1=<hex>`: the HMAC-SHA256 of the time, a full stop and the body. Stripe signs like this, ElevenLabs too, and
/// so do we ask of who brings mail in. While a secret is being changed there may be more than one signature, of which one must fit.
#[derive(Clone)]
pub struct Stamped {
    /// The header, as its provider writes it: `Stripe-Signature`.
    pub name: &'static str,
    /// The same in lower case.
    pub header: &'static str,
    /// What stands before a signature: `v1`.
    pub version: &'static str,
    /// The secret.
    pub secret: Vec<u8>,
    /// The setting that the secret is from.
    pub setting: &'static str,
    /// How far the signature's time and ours may be apart, in microseconds.
    pub tolerance: i64,
    /// With what it refuses.
    pub refusal: Kind,
}

impl Scheme for Stamped {
    fn header(&self) -> &'static str {
        self.header
    }

    fn check(&self, request: Request<'_>, now: Timestamp) -> Result<()> {
        let refused = |message: String| Err(Error::new(self.refusal, message));
        let Self { name, version, setting, .. } = self;
        let Some(header) = request.signature else {
            return refused(format!("The request is not signed: the header {name} is missing"));
        };
        let parts: Vec<(&str, &str)> = header.split(',').filter_map(|part| part.trim().split_once('=')).collect();
        let stamp = parts.iter().find(|(name, _)| *name == "t").map(|(_, stamp)| *stamp);
        let Some((stamp, seconds)) = stamp.and_then(|stamp| Some((stamp, stamp.parse::<i64>().ok()?))) else {
            return refused(format!("The header {name} must be t=<seconds since 1970>,{version}=<hex>"));
        };
        // Never an error: an HMAC takes keys of every length.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).map_err(Error::internal)?;
        mac.update(stamp.as_bytes());
        mac.update(b".");
        mac.update(request.body);
        let wanted = mac.finalize().into_bytes();
        let given = parts.iter().filter(|(name, _)| name == version).filter_map(|(_, given)| hex::decode(given).ok());
        // Each is compared in constant time, and none ends the comparison early.
        if !given.fold(false, |fits, given| fits | bool::from(wanted.ct_eq(given.as_slice()))) {
            return refused(format!(
                "The signature does not fit: sign the time, a full stop and the body with {setting}"
            ));
        }
        if now.micros().abs_diff(seconds.saturating_mul(time::SECOND)) > self.tolerance.unsigned_abs() {
            let minutes = self.tolerance / time::MINUTE;
            return refused(format!("The request was signed more than {minutes} minutes ago: check both clocks"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AT: i64 = 1_768_473_000;
    const BODY: &[u8] = br#"{"id":"evt_1","type":"payment_intent.succeeded"}"#;
    // openssl dgst -sha256 -hmac whsec_test_secret over "1768473000." and the body.
    const VECTOR: &str = "79c0f90aa995be0c5b081dafae740f7198698df4583c54e634387f28512fc87a";

    fn scheme(secret: &[u8], version: &'static str, minutes: i64) -> Stamped {
        Stamped {
            name: "Signature",
            header: "signature",
            version,
            secret: secret.to_vec(),
            setting: "SECRET",
            tolerance: minutes * time::MINUTE,
            refusal: Kind::Forbidden,
        }
    }

    fn check(scheme: &Stamped, header: &str, body: &[u8], now: i64) -> Result<()> {
        let request = Request { url: "", media_type: "", body, signature: Some(header) };
        scheme.check(request, Timestamp::from_micros(now * time::SECOND))
    }

    #[test]
    fn the_vector_fits_and_nothing_else_does() {
        let stripe = scheme(b"whsec_test_secret", "v1", 5);
        let header = format!("t={AT},v1={VECTOR}");
        for now in [AT, AT + 300, AT - 300] {
            check(&stripe, &header, BODY, now).unwrap();
        }
        check(&stripe, &format!("t={AT},v1={},v0=abc,v1={VECTOR}", "0".repeat(64)), BODY, AT).unwrap();
        check(&stripe, &format!(" t={AT} , v1={VECTOR} "), BODY, AT).unwrap();
        let short = format!("t={AT},v1={}", &VECTOR[..62]);
        for (header, body, now) in [
            (header.as_str(), BODY, AT + 301),
            (&header, BODY, AT - 301),
            (&header, &BODY[1..], AT),
            (&header.replace("t=17", "t=16"), BODY, AT),
            (&short, BODY, AT),
            (&header.replace("v1", "v0"), BODY, AT),
            (&format!("v1={VECTOR}"), BODY, AT),
            (&format!("t={AT}"), BODY, AT),
            ("", BODY, AT),
            ("t=soon,v1=x", BODY, AT),
            ("t=9223372036854775807,v1=00", BODY, AT),
        ] {
            assert_eq!(check(&stripe, header, body, now).unwrap_err().kind(), Kind::Forbidden, "{header}");
        }
        check(&scheme(b"whsec_other", "v1", 5), &header, BODY, AT).unwrap_err();
        let unsigned = Request { url: "", media_type: "", body: BODY, signature: None };
        let error = stripe.check(unsigned, Timestamp::from_micros(AT * time::SECOND)).unwrap_err();
        assert!(error.message().contains("header Signature is missing"));
    }

    /// As ElevenLabs' Python client (2) takes it.
    #[test]
    fn the_vector_of_elevenlabs_holds() {
        let scheme = scheme(b"wsec_0123456789abcdef", "v0", 30);
        let signed = "t=1768473000,v0=83362b1a349346f29a020fb51007dd318bc35315e2af75dab246a91792a0fa98";
        let body = r#"{"type":"post_call_transcription","event_timestamp":1768473000,"data":{"conversation_id":"conv_1","note":"señal €"}}"#;
        for now in [AT, AT + 1800, AT - 1800] {
            check(&scheme, signed, body.as_bytes(), now).unwrap();
        }
        for now in [AT + 1801, AT - 1801] {
            assert!(check(&scheme, signed, body.as_bytes(), now).unwrap_err().message().contains("30 minutes"));
        }
        check(&scheme, &signed.replace(",v0", ",v0=00,v0"), body.as_bytes(), AT).unwrap();
        check(&scheme, &signed.replace("v0=8", "v0=9"), body.as_bytes(), AT).unwrap_err();
        check(&scheme, signed, body.replace("conv_1", "conv_2").as_bytes(), AT).unwrap_err();
    }

    proptest! {
        #[test]
        fn whatever_is_sent_nothing_breaks(header in ".{0,200}", body in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(check(&scheme(b"whsec_test_secret", "v1", 5), &header, &body, AT).is_err());
        }
    }
}
