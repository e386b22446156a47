//! Random tokens: told once to whom they are for, kept as their SHA-256 only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Clock;
use sha2::{Digest, Sha256};

/// A token of 256 random bits after a prefix that says what it is for; only letters, digits, `-` and `_`.
pub fn random(clock: &Clock, prefix: &str) -> String {
    let mut bytes = [0; 32];
    clock.fill(&mut bytes);
    spelled(prefix, bytes)
}

/// A token of these bytes after a prefix.
pub fn spelled(prefix: &str, bytes: [u8; 32]) -> String {
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// What is stored of a token: its SHA-256, in hexadecimal. (It is random and long, so that a fast hash is enough.)
pub fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_are_not_their_hashes() {
        let clock = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1);
        let (one, other) = (random(&clock, "ifr_"), random(&clock, "ifr_"));
        assert_ne!(one, other);
        assert_eq!(one.len(), 4 + 43);
        assert_eq!(hash(&one).len(), 64);
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
