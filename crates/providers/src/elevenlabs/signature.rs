//! `ElevenLabs-Signature: t=…,v0=…`: hex of the SHA-256 HMAC of the time and the body.

use hmac::{Hmac, KeyInit as _, Mac as _};
use kernel::{Error, Kind, Result, Timestamp, time};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// How old, or how far ahead of our clock, a webhook may be.
const TOLERANCE: i64 = 30 * time::MINUTE;

/// [`Kind::Forbidden`] with the reason, unless the header signs this body, and did so just now.
pub(super) fn check(secret: &[u8], body: &[u8], header: Option<&str>, now: Timestamp) -> Result<()> {
    let refused = |message: &'static str| Err(Error::new(Kind::Forbidden, message));
    let Some(header) = header else {
        return refused("The webhook is not signed: the header ElevenLabs-Signature is missing");
    };
    let parts: Vec<(&str, &str)> = header.split(',').filter_map(|part| part.trim().split_once('=')).collect();
    let stamp = parts.iter().find(|(name, _)| *name == "t").map(|(_, value)| *value);
    let Some(seconds) = stamp.and_then(|stamp| stamp.parse::<i64>().ok()) else {
        return refused("The header ElevenLabs-Signature tells no time");
    };
    // Never an error: an HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return refused("The secret cannot be used") };
    mac.update(stamp.unwrap_or_default().as_bytes());
    mac.update(b".");
    mac.update(body);
    let wanted = mac.finalize().into_bytes();
    let fits = parts.iter().filter(|(name, _)| *name == "v0").fold(false, |fits, (_, value)| {
        fits | hex::decode(value).is_ok_and(|given| bool::from(given.as_slice().ct_eq(wanted.as_slice())))
    });
    if !fits {
        return refused("The webhook is not signed by ElevenLabs: check ELEVENLABS_WEBHOOK_SECRET");
    }
    let apart = now.micros().saturating_sub(seconds.saturating_mul(time::SECOND));
    if apart.saturating_abs() > TOLERANCE {
        return refused("The webhook was signed more than 30 minutes ago: check the clock of this machine");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"wsec_0123456789abcdef";
    const BODY: &str = r#"{"type":"post_call_transcription","event_timestamp":1768473000,"data":{"conversation_id":"conv_1","note":"señal €"}}"#;
    /// As ElevenLabs' Python client (2) takes it.
    const SIGNED: &str = "t=1768473000,v0=83362b1a349346f29a020fb51007dd318bc35315e2af75dab246a91792a0fa98";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * time::SECOND)
    }

    fn judge(body: &str, header: &str, seconds: i64) -> bool {
        check(SECRET, body.as_bytes(), Some(header), at(seconds)).is_ok()
    }

    #[test]
    fn the_vector_of_the_official_client_holds_for_half_an_hour() {
        for seconds in [1_768_473_000, 1_768_473_000 + 1800, 1_768_473_000 - 1800] {
            assert!(judge(BODY, SIGNED, seconds), "{seconds}");
        }
        assert!(!judge(BODY, SIGNED, 1_768_473_000 + 1801) && !judge(BODY, SIGNED, 1_768_473_000 - 1801));
    }

    #[test]
    fn anything_else_is_refused() {
        let now = 1_768_473_000;
        assert!(!judge(&BODY.replace("conv_1", "conv_2"), SIGNED, now));
        assert!(!judge(BODY, &SIGNED.replace("t=1768473000", "t=1768473001"), now));
        assert!(!judge(BODY, "t=1768473000", now) && !judge(BODY, "", now) && !judge(BODY, "v0=00,t=", now));
        assert!(!judge(BODY, &SIGNED.replace("v0=8", "v0=9"), now));
        assert!(check(b"another", BODY.as_bytes(), Some(SIGNED), at(now)).is_err());
        assert!(check(SECRET, BODY.as_bytes(), None, at(now)).is_err());
        // Beside a signature of another secret (while it is being changed), ours counts.
        assert!(judge(BODY, &SIGNED.replace(",v0", ",v0=00,v0"), now));
    }
}
