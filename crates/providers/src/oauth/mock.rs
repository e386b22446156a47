//! The demo's stand-in: every token is someone, the same one each time.

use std::fmt::Write as _;

use ports::identity::{Grant, Profile, Provider};
use sha2::{Digest, Sha256};

/// Someone whose id and handle come from the token alone. What only the provider could know (mail, followers, picture) is
/// left open.
pub(super) fn whose(provider: Provider, grant: &Grant) -> Profile {
    let (kind, brought) = match grant {
        Grant::Token(token) => ("token", token),
        Grant::Code { code, .. } => ("code", code),
    };
    let digest = Sha256::digest(format!("{}\n{kind}\n{brought}", provider.word()));
    let subject = digest.iter().take(16).fold(String::from("mock-"), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    Profile {
        provider,
        handle: Some(format!("demo_{}", &subject[5..15])),
        name: Some(format!("Demo of {}", provider.name())),
        subject,
        email: None,
        email_verified: false,
        followers: None,
        picture: None,
        mock: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_token_is_the_same_person_and_another_one_another() {
        let of = |provider, token: &str| whose(provider, &Grant::Token(token.into()));
        let first = of(Provider::Instagram, "instagram_token_1");
        assert_eq!(first, of(Provider::Instagram, "instagram_token_1"));
        assert_ne!(first.subject, of(Provider::Instagram, "instagram_token_2").subject);
        assert_ne!(first.subject, of(Provider::TikTok, "instagram_token_1").subject);
        assert!(first.mock && first.followers.is_none() && first.email.is_none());
    }
}
