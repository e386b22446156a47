//! The signature of a request that brings mail in: `X-InfluencerFlow-Signature: t=1700000000,v1=…`, where `v1` is the hex of the
//! HMAC-SHA256 of `t`, a full stop and the raw body under `OUTREACH_INBOUND_SECRET`.

use kernel::{Kind, time};
use ports::webhook::{Closed, Scheme, Stamped};

/// How far the clocks may be apart.
const TOLERANCE: i64 = 5 * time::MINUTE;

/// How mail that comes in is signed: none is let in without a secret.
pub(crate) fn scheme(secret: Option<&str>) -> Box<dyn Scheme> {
    let Some(secret) = secret else {
        let message = "Mail is not taken in here: set OUTREACH_INBOUND_SECRET, and sign with it";
        return Box::new(Closed { kind: Kind::Forbidden, message });
    };
    Box::new(Stamped {
        name: "X-InfluencerFlow-Signature",
        header: "x-influencerflow-signature",
        version: "v1",
        secret: secret.as_bytes().to_vec(),
        setting: "OUTREACH_INBOUND_SECRET",
        tolerance: TOLERANCE,
        refusal: Kind::Forbidden,
    })
}
