//! Links to a file that are good for a while, for whoever has them.

use hmac::{Hmac, KeyInit as _, Mac as _};
use kernel::{Clock, Error, Result, Timestamp, time};
use sha2::Sha256;

use super::model::Export;

/// How long a link is good that a status tells.
pub(super) const SHOWN: i64 = time::HOUR;
/// How long the one in a mail is, which is read later.
pub(super) const MAILED: i64 = time::DAY;

/// A secret for one export's links.
pub(super) fn secret(clock: &Clock) -> String {
    let mut bytes = [0; 32];
    clock.fill(&mut bytes);
    hex::encode(bytes)
}

/// Where the file is fetched, for so long; never for longer than it is kept.
pub(super) fn url(export: &Export, public_url: &str, now: Timestamp, long: i64) -> Result<String> {
    // Whole seconds stand in the link.
    let until = now.plus(long).min(export.expires_at).micros() / time::SECOND;
    let signature = hex::encode(signed(export, until)?.finalize().into_bytes());
    Ok(format!("{public_url}/api/v1/analytics/export/{}/download?expires={until}&signature={signature}", export.id))
}

/// Is this a link that was given out, and is it good still?
pub(super) fn is_good(export: &Export, until: i64, signature: &str, now: Timestamp) -> Result<bool> {
    let Ok(told) = hex::decode(signature) else { return Ok(false) };
    // Compared in constant time.
    let is_ours = signed(export, until)?.verify_slice(&told).is_ok();
    Ok(is_ours && now.micros() / time::SECOND < until)
}

fn signed(export: &Export, until: i64) -> Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(export.secret.as_bytes()).map_err(Error::internal)?;
    mac.update(format!("{}.{until}", export.id).as_bytes());
    Ok(mac)
}
