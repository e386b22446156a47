//! The signature of a request that brings mail in: `X-InfluencerFlow-Signature: t=1700000000,v1=…`, where `v1` is the hex of the
//! HMAC-SHA256 of `t`, a full stop and the raw body under `OUTREACH_INBOUND_SECRET`.

use kernel::{Error, Kind, Result, Timestamp, time};

use crate::token::is_signed;

/// The header's name.
pub(crate) const HEADER: &str = "x-influencerflow-signature";
/// How far the clocks may be apart.
const TOLERANCE: i64 = 5 * time::MINUTE;

/// Refuses what was not signed with the secret within the last minutes.
pub(crate) fn check(secret: Option<&str>, header: Option<&str>, body: &[u8], now: Timestamp) -> Result<()> {
    let refused = |message: &'static str| Err(Error::new(Kind::Forbidden, message));
    let Some(secret) = secret else {
        return refused("Mail is not taken in here: set OUTREACH_INBOUND_SECRET, and sign with it");
    };
    let Some(header) = header else {
        return refused("The request is not signed: send X-InfluencerFlow-Signature");
    };
    let (mut moment, mut signatures) = (None, Vec::new());
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", value)) => moment = value.parse::<i64>().ok().map(|seconds| (value, seconds)),
            Some(("v1", value)) => signatures.push(value),
            _ => {}
        }
    }
    let Some((text, seconds)) = moment else {
        return refused("X-InfluencerFlow-Signature must be t=<seconds since 1970>,v1=<hex>");
    };
    if !signatures.iter().any(|signature| is_signed(secret, &[text.as_bytes(), b".", body], signature)) {
        return refused("The signature does not fit the body; sign \"t.body\" with OUTREACH_INBOUND_SECRET");
    }
    if now.micros().saturating_sub(seconds.saturating_mul(time::SECOND)).saturating_abs() > TOLERANCE {
        return refused("The signature is more than five minutes old");
    }
    Ok(())
}
