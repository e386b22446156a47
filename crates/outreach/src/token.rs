//! Links that let in whoever has them, for one thing: signed, so that nobody makes one up.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// The key that signs links.
pub(crate) struct Key([u8; 32]);

/// The letters of short tokens: of one case, and none that looks like another.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// What a link is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    /// To get no more mails; the id is that of the mail's touch.
    Unsubscribe = b'u' as isize,
    /// The same; the id is that of a letter, which belongs to no campaign.
    Letter = b'l' as isize,
    /// To read the calendar file of a call; the id is the entry's.
    Calendar = b'c' as isize,
    /// To lead an answer to its entry; the id is the entry's.
    Thread = b't' as isize,
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

    /// A token that fits into a mail address beside a name, and that survives a change of case: what answers an entry.
    pub(crate) fn short(&self, id: Uuid) -> String {
        let mut bytes = id.as_bytes().to_vec();
        bytes.extend_from_slice(&self.seal(id));
        let (mut token, mut held, mut bits) = (String::with_capacity(42), 0_u32, 0);
        for byte in bytes {
            held = (held << 8) | u32::from(byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                token.push(char::from(LETTERS[(held >> bits & 31) as usize]));
            }
            held &= (1 << bits) - 1;
        }
        if bits > 0 {
            token.push(char::from(LETTERS[(held << (5 - bits) & 31) as usize]));
        }
        token
    }

    /// What a short token names, if it is one of ours.
    pub(crate) fn read_short(&self, token: &str) -> Option<Uuid> {
        if token.len() != 42 {
            return None;
        }
        let (mut bytes, mut held, mut bits) = (Vec::with_capacity(27), 0_u32, 0);
        for letter in token.bytes() {
            let value = LETTERS.iter().position(|known| *known == letter.to_ascii_lowercase())?;
            held = (held << 5) | u32::try_from(value).ok()?;
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                bytes.push(u8::try_from(held >> bits & 255).ok()?);
                held &= (1 << bits) - 1;
            }
        }
        let (id, seal) = bytes.split_at_checked(16)?;
        let id = Uuid::from_slice(id).ok()?;
        let own = self.seal(id);
        // Every byte is looked at, so that the time taken tells nothing.
        let differs =
            own.iter().zip(seal).fold(u8::from(own.len() != seal.len()), |all, (left, right)| all | (left ^ right));
        (differs == 0).then_some(id)
    }

    fn seal(&self, id: Uuid) -> [u8; 10] {
        let mut seal = [0; 10];
        if let Some(mac) = self.mac(Purpose::Thread, id) {
            seal.copy_from_slice(&mac.finalize().into_bytes()[..10]);
        }
        seal
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
    fn short_tokens_are_read_in_either_case() {
        let (key, other) = (Key([7; 32]), Key([8; 32]));
        for number in [0, 1, 42, u128::MAX, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef] {
            let id = Uuid::from_u128(number);
            let token = key.short(id);
            assert_eq!(token.len(), 42, "{token}");
            assert_eq!(key.read_short(&token), Some(id));
            assert_eq!(key.read_short(&token.to_uppercase()), Some(id));
            assert_eq!(other.read_short(&token), None);
            let other_end = if token.ends_with('a') { "b" } else { "a" };
            let forged = format!("{}{other_end}", &token[..10]) + &token[11..];
            assert!(forged == token || key.read_short(&forged).is_none());
        }
        assert_eq!(key.read_short("no-token"), None);
    }

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
