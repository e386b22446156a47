//! Links that let in whoever has them, for one thing: signed, so that nobody makes one up.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// The key that signs links.
pub(crate) struct Key([u8; 32]);

/// What a link is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    /// To get no more mails; the id is that of the mail's touch.
    Unsubscribe = b'u' as isize,
    /// To read the calendar file of a call; the id is the entry's.
    Calendar = b'c' as isize,
}

impl Key {
    /// Reads a key as it is kept.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        hex::decode(text).ok()?.try_into().ok().map(Self)
    }

    fn mac(&self, purpose: Purpose, id: Uuid) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(&[purpose as u8]);
        mac.update(id.as_bytes());
        Some(mac)
    }

    /// The token for this.
    pub(crate) fn sign(&self, purpose: Purpose, id: Uuid) -> String {
        let mut bytes = id.as_bytes().to_vec();
        if let Some(mac) = self.mac(purpose, id) {
            bytes.extend_from_slice(&mac.finalize().into_bytes());
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What a token names, if it is one of ours for this purpose.
    pub(crate) fn read(&self, purpose: Purpose, token: &str) -> Option<Uuid> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (id, signature) = bytes.split_at_checked(16)?;
        let id = Uuid::from_slice(id).ok()?;
        self.mac(purpose, id)?.verify_slice(signature).ok()?;
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_one_thing() {
        let (key, other) = (Key([7; 32]), Key([8; 32]));
        let id = Uuid::from_u128(42);
        let token = key.sign(Purpose::Unsubscribe, id);
        assert_eq!(key.read(Purpose::Unsubscribe, &token), Some(id));
        assert_eq!(key.read(Purpose::Calendar, &token), None);
        assert_eq!(other.read(Purpose::Unsubscribe, &token), None);
        for wrong in ["", "AAAA", &token[..22], &format!("B{}", &token[1..])] {
            assert_eq!(key.read(Purpose::Unsubscribe, wrong), None, "{wrong}");
        }
    }
}
