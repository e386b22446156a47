//! Secrets at rest: what is stored of them opens with a key from the settings alone, and at its own place alone.
//!
//! AES-256-GCM, a fresh nonce of 96 random bits for each value, and the place (the row and the field) as what is authenticated beside it: a
//! sealed value that is copied into another row does not open there. Of several keys the first one seals and all open, so that keys can be
//! changed; [`Keys::is_current`] says what is still sealed by an old one.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use kernel::{Error, Kind, Result, Variables};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use sha2::{Digest as _, Sha256};

/// How long a key is, in bytes.
pub const KEY_BYTES: usize = 32;
/// What a sealed value begins with: the form.
const FORM: &str = "s1";

/// Where a secret stands: it opens nowhere else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place<'a> {
    /// The row's id, with its table: `channels/0190…`.
    pub row: &'a str,
    /// The field of it: `access_token`.
    pub field: &'a str,
}

impl Place<'_> {
    /// What is authenticated: with the lengths, so that no two places are written alike.
    fn bytes(self) -> Vec<u8> {
        format!("{}:{}/{}:{}", self.row.len(), self.row, self.field.len(), self.field).into_bytes()
    }
}

struct Key {
    /// The beginning of the key's hash: which key sealed a value, without telling anything of it.
    name: String,
    key: LessSafeKey,
}

/// The keys of the house. Without any, nothing is sealed or opened.
#[derive(Default)]
pub struct Keys(Vec<Key>);

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| &key.name)).finish()
    }
}

/// Not there, and needed.
fn missing() -> Error {
    let message = "This server has no key to keep secrets with: set SECRETS_KEY to 32 random bytes in base64 (openssl rand -base64 32), and start it again";
    Error::new(Kind::Unavailable, message)
}

impl Keys {
    /// Keys of 32 bytes each; the first one seals, all open.
    pub fn new(keys: &[[u8; KEY_BYTES]]) -> Self {
        let made = keys.iter().filter_map(|bytes| {
            // Never an error: the length is right.
            let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, bytes).ok()?);
            Some(Key { name: hex::encode(&Sha256::digest(bytes)[..4]), key })
        });
        Self(made.collect())
    }

    /// Reads `SECRETS_KEY`: keys in base64, 32 bytes each, set apart by commas. What is none is told as a fault of the settings.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let Some(text) = from.text("SECRETS_KEY") else { return Self::default() };
        match Self::parse(&text) {
            Ok(keys) => keys,
            Err(fault) => {
                from.fault("SECRETS_KEY", fault);
                Self::default()
            }
        }
    }

    /// Reads keys as the setting writes them. The error goes on after the setting's name, and shows nothing of the keys.
    pub fn parse(text: &str) -> std::result::Result<Self, String> {
        let mut keys = Vec::new();
        for (at, one) in text.split(',').map(str::trim).filter(|one| !one.is_empty()).enumerate() {
            let read =
                [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD].iter().find_map(|how| how.decode(one).ok());
            let key = read.and_then(|bytes| <[u8; KEY_BYTES]>::try_from(bytes).ok());
            let Some(key) = key else {
                let which = if at == 0 { String::new() } else { format!(" (its key number {})", at + 1) };
                return Err(format!("must be 32 random bytes in base64{which}: openssl rand -base64 32"));
            };
            if key.iter().all(|byte| *byte == key[0]) {
                return Err("must be random: openssl rand -base64 32".into());
            }
            keys.push(key);
        }
        if keys.is_empty() {
            return Err("must be 32 random bytes in base64: openssl rand -base64 32".into());
        }
        Ok(Self::new(&keys))
    }

    /// A new key, as the setting writes it.
    pub fn generate() -> Result<String> {
        let mut key = [0; KEY_BYTES];
        SystemRandom::new().fill(&mut key).map_err(|_| Error::internal("the machine has no random bytes"))?;
        Ok(STANDARD.encode(key))
    }

    /// Is there no key?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Can secrets be kept? [`Kind::Unavailable`] says what to set.
    pub fn is_open(&self) -> Result<()> {
        if self.is_empty() { Err(missing()) } else { Ok(()) }
    }

    /// Seals a secret for its place. Sealed twice it looks different each time.
    pub fn seal(&self, place: Place<'_>, secret: &str) -> Result<String> {
        let first = self.0.first().ok_or_else(missing)?;
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| Error::internal("the machine has no random bytes"))?;
        let mut bytes = secret.as_bytes().to_vec();
        let sealing = Nonce::assume_unique_for_key(nonce);
        let sealed = first.key.seal_in_place_append_tag(sealing, Aad::from(place.bytes()), &mut bytes);
        sealed.map_err(|_| Error::internal("a secret is too long to be sealed"))?;
        let whole: Vec<u8> = nonce.into_iter().chain(bytes).collect();
        Ok(format!("{FORM}.{}.{}", first.name, URL_SAFE_NO_PAD.encode(whole)))
    }

    /// Opens what was sealed for this place. [`Kind::Unavailable`] when no key fits: it was sealed by one that is not set any more.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<String> {
        self.is_open()?;
        let broken = || Error::internal(format!("the sealed {} of {} is not what was stored", place.field, place.row));
        let mut parts = sealed.splitn(3, '.');
        let (Some(FORM), Some(name), Some(bytes)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(broken());
        };
        let mut bytes = URL_SAFE_NO_PAD.decode(bytes).map_err(|_| broken())?;
        let Some(key) = self.0.iter().find(|key| key.name == name) else {
            let message = "A secret was sealed with a key that this server does not have any more: add the old key to SECRETS_KEY, behind the new one";
            return Err(
                Error::new(Kind::Unavailable, message).because(format!("key {name}, {} of {}", place.field, place.row))
            );
        };
        if bytes.len() < NONCE_LEN {
            return Err(broken());
        }
        let mut rest = bytes.split_off(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(&bytes).map_err(|_| broken())?;
        let opened = key.key.open_in_place(nonce, Aad::from(place.bytes()), &mut rest).map_err(|_| broken())?;
        String::from_utf8(opened.to_vec()).map_err(|_| broken())
    }

    /// Was it sealed by the key that seals now? What was not is to be opened and sealed again before the old key goes.
    pub fn is_current(&self, sealed: &str) -> bool {
        self.0.first().is_some_and(|key| {
            sealed.strip_prefix(FORM).is_some_and(|rest| rest.starts_with(&format!(".{}.", key.name)))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HERE: Place<'_> = Place { row: "channels/1", field: "access_token" };

    fn keys(text: &str) -> Keys {
        Keys::parse(text).unwrap()
    }

    #[test]
    fn a_secret_opens_at_its_place_alone() {
        let keys = Keys::new(&[[7; KEY_BYTES]]);
        let sealed = keys.seal(HERE, "EAAG-señal").unwrap();
        assert!(!sealed.contains("EAAG") && sealed != keys.seal(HERE, "EAAG-señal").unwrap());
        assert_eq!(keys.open(HERE, &sealed).unwrap(), "EAAG-señal");
        for (row, field) in
            [("channels/2", "access_token"), ("channels/1", "app_secret"), ("channels/1access", "_token")]
        {
            assert_eq!(keys.open(Place { row, field }, &sealed).unwrap_err().kind(), Kind::Internal, "{row} {field}");
        }
        for spoilt in ["", "s1", "s1.x", "plain", &sealed[..30], &sealed.replace("s1.", "s2."), &format!("{sealed}A")] {
            keys.open(HERE, spoilt).unwrap_err();
        }
    }

    #[test]
    fn the_first_key_seals_and_all_open() {
        let (old, new) = (Keys::generate().unwrap(), Keys::generate().unwrap());
        let sealed = keys(&old).seal(HERE, "secret").unwrap();
        let both = keys(&format!(" {new} , {old}"));
        assert_eq!(both.open(HERE, &sealed).unwrap(), "secret");
        assert!(!both.is_current(&sealed) && keys(&old).is_current(&sealed));
        let again = both.seal(HERE, "secret").unwrap();
        assert!(both.is_current(&again) && keys(&new).open(HERE, &again).unwrap() == "secret");
        let error = keys(&new).open(HERE, &sealed).unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable);
        assert!(error.message().contains("add the old key to SECRETS_KEY"));
    }

    #[test]
    fn without_a_key_nothing_is_kept_and_it_says_what_to_set() {
        let none = Keys::default();
        for error in
            [none.is_open().unwrap_err(), none.seal(HERE, "x").unwrap_err(), none.open(HERE, "s1.x.y").unwrap_err()]
        {
            assert_eq!(error.kind(), Kind::Unavailable);
            assert!(error.message().contains("SECRETS_KEY") && error.message().contains("openssl rand -base64 32"));
        }
        assert!(!none.is_current("s1.x.y"));
    }

    #[test]
    fn what_is_no_key_is_told_and_not_shown() {
        for text in [
            "secret-passphrase",
            "AAAA",
            ",",
            &STANDARD.encode([0; 32]),
            &format!("{},short-one", Keys::generate().unwrap()),
        ] {
            let variables = [("SECRETS_KEY".to_owned(), text.to_owned())].into();
            let mut from = Variables::new(&variables);
            assert!(Keys::read(&mut from).is_empty());
            let message = from.finish().unwrap_err().message().to_owned();
            assert!(
                message.contains("SECRETS_KEY must be")
                    && !message.contains("secret-passphrase")
                    && !message.contains("short-one"),
                "{message}"
            );
        }
        let key = Keys::generate().unwrap();
        assert!(!format!("{:?}", keys(&key)).contains(&key));
        assert!(Keys::parse(key.trim_end_matches('=')).is_ok());
    }

    proptest! {
        #[test]
        fn whatever_was_sealed_opens_and_whatever_else_does_not(secret in ".{0,200}", other in ".{0,80}") {
            let keys = Keys::new(&[[9; KEY_BYTES]]);
            prop_assert_eq!(keys.open(HERE, &keys.seal(HERE, &secret).unwrap()).unwrap(), secret);
            prop_assert!(keys.open(HERE, &other).is_err());
        }
    }
}
