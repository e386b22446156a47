//! Whose account sends, and how it stands.

use std::fmt;

use kernel::Timestamp;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// A key of a provider's account. Its `Debug` text does not show it, and it has no `Display`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A key as it was given, without the white space that copying leaves around it.
    pub fn new(key: &str) -> Self {
        Self(key.trim().to_owned())
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key itself, for what carries it to its provider.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Is that the key? In a time that tells nothing of it; no key is nobody's.
    pub fn is(&self, given: &str) -> bool {
        // Of digests, so that the key's length is not told by the time either.
        !self.is_empty() && bool::from(Sha256::digest(&self.0).ct_eq(&Sha256::digest(given)))
    }

    /// The text without the key in it, as it is and as addresses would write it.
    pub fn hide_in(&self, text: &str) -> String {
        // Shorter ones are no keys, and would tear holes into words.
        if self.0.len() < 6 {
            return text.to_owned();
        }
        text.replace(&self.0, "[key]").replace(&self.0.replace(':', "%3A"), "[key]")
    }
}

impl From<&str> for Token {
    fn from(key: &str) -> Self {
        Self::new(key)
    }
}

impl From<String> for Token {
    fn from(key: String) -> Self {
        Self::new(&key)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "Token(none)" } else { "Token(set)" })
    }
}

/// A channel's account with its provider.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Account {
    /// Which of the account's senders: WhatsApp's `phone_number_id`. Telegram's token says which bot it is, and Firebase's key which project.
    pub sender: String,
    /// WhatsApp's `business_account_id` (WABA), if it is known.
    pub business: Option<String>,
    /// WhatsApp's access token, Telegram's bot token, the JSON of a Firebase service account (nothing: the server's own).
    pub token: Token,
    /// The secret of the Meta app, with which WhatsApp's webhooks are signed; a check finds out whether it is the right one.
    pub app_secret: Option<Token>,
}

impl Account {
    /// The text without any of its keys.
    pub fn hide_in(&self, text: &str) -> String {
        let text = self.token.hide_in(text);
        self.app_secret.as_ref().map_or(text.clone(), |secret| secret.hide_in(&text))
    }
}

/// Where a provider is to tell us what comes in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hook {
    /// The address, in https.
    pub url: String,
    /// What it proves itself with: Telegram's `secret_token` (1 to 256 of A–Z, a–z, 0–9, `_` and `-`), WhatsApp's `verify_token`.
    pub secret: Token,
}

/// How far an account works.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// The provider says that it does.
    Works,
    /// The provider says that it does not, and `says` has its words.
    Faulty,
    /// The provider could not be asked.
    Unknown,
}

/// How an account stands, by its provider's own word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Does it work?
    pub state: State,
    /// What the provider says of it, without keys: `Error validating access token: Session has expired …`.
    pub says: String,
    /// The provider's code for what is wrong.
    pub code: Option<String>,
    /// What people see as the sender's name: WhatsApp's `verified_name`, Telegram's `@username`.
    pub name: Option<String>,
    /// The number that people see.
    pub number: Option<String>,
    /// The provider's id of the sender: `phone_number_id`, the bot's id, the project.
    pub sender: Option<String>,
    /// WhatsApp's quality rating: `GREEN`, `YELLOW`, `RED`.
    pub quality: Option<String>,
    /// How many people a day it may write to first: `TIER_1K`.
    pub tier: Option<String>,
    /// Where the provider tells us what comes in, as far as it says so.
    pub webhook: Option<HookStanding>,
    /// What works but is not as it should be, each in one sentence that says what to do.
    pub notes: Vec<String>,
}

impl Standing {
    /// A standing of which only this is known.
    pub fn of(state: State, says: impl Into<String>) -> Self {
        Self {
            state,
            says: says.into(),
            code: None,
            name: None,
            number: None,
            sender: None,
            quality: None,
            tier: None,
            webhook: None,
            notes: Vec::new(),
        }
    }
}

/// How a webhook stands, by its provider's own word.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct HookStanding {
    /// The address that the provider tells; nothing if it tells none.
    pub url: Option<String>,
    /// How many events wait to be told.
    pub pending: u64,
    /// Why the last one could not be told.
    pub last_error: Option<String>,
    /// When that was.
    pub last_error_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_shown() {
        let account = Account {
            token: Token::from(" 123456:ABC-DEF\n"),
            app_secret: Some("0123456789abcdef".into()),
            ..Account::default()
        };
        let shown = format!("{account:?}");
        assert!(!shown.contains("ABC-DEF") && !shown.contains("abcdef"), "{shown}");
        let text = "https://x/bot123456:ABC-DEF/getMe bot123456%3AABC-DEF 0123456789abcdef";
        assert_eq!(account.hide_in(text), "https://x/bot[key]/getMe bot[key] [key]");
        assert_eq!(Token::new("a").hide_in("a cat"), "a cat");
        assert!(account.token.is("123456:ABC-DEF") && !account.token.is("123456:ABC-DEF\n") && !account.token.is(""));
        assert!(!Token::default().is(""));
    }
}
