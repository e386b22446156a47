//! How WhatsApp and Telegram sign what they tell.

use hmac::{Hmac, KeyInit as _, Mac as _};
use kernel::{Error, Kind, Result, Timestamp};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::Token;
use crate::webhook::{Request, Scheme};

/// `X-Hub-Signature-256: sha256=<hex>`: the HMAC-SHA256 of the body as it came, by the secret of the Meta app. It carries no time; what is
/// told twice is known by its id.
#[derive(Clone, Debug)]
pub struct HubSignature {
    /// The app's secret; nothing lets nothing in.
    pub secret: Option<Token>,
}

impl Scheme for HubSignature {
    fn header(&self) -> &'static str {
        "x-hub-signature-256"
    }

    fn is_open(&self) -> Result<()> {
        if self.secret.as_ref().is_some_and(|secret| !secret.is_empty()) {
            return Ok(());
        }
        let message = "No webhook of WhatsApp is let in before the channel knows the secret of its Meta app: give it as app_secret";
        Err(Error::new(Kind::Forbidden, message))
    }

    fn check(&self, request: Request<'_>, _: Timestamp) -> Result<()> {
        self.is_open()?;
        let refused = |message: &'static str| Err(Error::new(Kind::Forbidden, message));
        let Some(header) = request.signature else {
            return refused("The request is not signed: the header X-Hub-Signature-256 is missing");
        };
        let given = header.trim().strip_prefix("sha256=").and_then(|hex| hex::decode(hex).ok());
        let Some(given) = given else {
            return refused("The header X-Hub-Signature-256 must be sha256=<hex>");
        };
        let secret = self.secret.as_ref().map(Token::reveal).unwrap_or_default();
        // Never an error: an HMAC takes keys of every length.
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(Error::internal)?;
        mac.update(request.body);
        if bool::from(mac.finalize().into_bytes().ct_eq(given.as_slice())) {
            return Ok(());
        }
        refused(
            "The signature does not fit: sign the body as it is sent with the secret of the Meta app that the channel knows",
        )
    }
}

/// `X-Telegram-Bot-Api-Secret-Token`: the text that we gave Telegram with the webhook's address.
#[derive(Clone, Debug)]
pub struct SecretToken {
    /// The text; nothing lets nothing in.
    pub secret: Option<Token>,
}

impl Scheme for SecretToken {
    fn header(&self) -> &'static str {
        "x-telegram-bot-api-secret-token"
    }

    fn is_open(&self) -> Result<()> {
        if self.secret.as_ref().is_some_and(|secret| !secret.is_empty()) {
            return Ok(());
        }
        Err(Error::new(
            Kind::Forbidden,
            "No webhook of Telegram is let in before the channel is connected: check it once more",
        ))
    }

    fn check(&self, request: Request<'_>, _: Timestamp) -> Result<()> {
        self.is_open()?;
        let Some(given) = request.signature else {
            let message = "The request is not Telegram's: the header X-Telegram-Bot-Api-Secret-Token is missing";
            return Err(Error::new(Kind::Forbidden, message));
        };
        if self.secret.as_ref().is_some_and(|secret| secret.is(given)) {
            return Ok(());
        }
        Err(Error::new(Kind::Forbidden, "The request is not Telegram's: its secret token does not fit"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(scheme: &dyn Scheme, signature: Option<&str>, body: &[u8]) -> Result<()> {
        scheme.check(Request { url: "", media_type: "", body, signature }, Timestamp::from_micros(0))
    }

    #[test]
    fn whatsapp_signs_the_body_as_it_is() {
        // printf '{"a":"\\u00e9"}' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
        let body = br#"{"a":"\u00e9"}"#;
        let signed = "sha256=d69fdd2bdb11ef1f4d205bc0bce2b9582a466c2da1de055c7cb0c68eb3a434a9";
        let hub = HubSignature { secret: Some("0123456789abcdef0123456789abcdef".into()) };
        check(&hub, Some(signed), body).unwrap();
        check(&hub, Some(&signed.to_uppercase().replace("SHA256", "sha256")), body).unwrap();
        for (signature, body) in [
            (Some(signed), &br#"{"a":"\u00e8"}"#[..]),
            (Some(signed), "{\"a\":\"é\"}".as_bytes()),
            (Some(&signed[..70]), body),
            (Some(&signed[7..]), body),
            (Some("sha256="), body),
            (Some("sha256=zz"), body),
            (None, body),
        ] {
            assert_eq!(check(&hub, signature, body).unwrap_err().kind(), Kind::Forbidden, "{signature:?}");
        }
        for secret in [None, Some(Token::default())] {
            let closed = HubSignature { secret };
            assert!(closed.is_open().unwrap_err().message().contains("app_secret"));
            // An empty secret signs nothing: its HMAC is anybody's to make.
            check(&closed, Some("sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"), b"")
                .unwrap_err();
        }
    }

    #[test]
    fn telegram_gives_back_what_it_was_given() {
        let scheme = SecretToken { secret: Some("s3cret_token-1".into()) };
        check(&scheme, Some("s3cret_token-1"), b"{}").unwrap();
        for given in [Some("s3cret_token-2"), Some(""), Some("s3cret_token-1 "), None] {
            assert_eq!(check(&scheme, given, b"{}").unwrap_err().kind(), Kind::Forbidden, "{given:?}");
        }
        check(&SecretToken { secret: None }, Some(""), b"{}").unwrap_err();
    }
}
