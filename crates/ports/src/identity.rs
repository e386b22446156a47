//! Whose log-in it is, as others say: social networks about their members, and an identity service that keeps passwords in
//! our place.

use std::fmt;

use async_trait::async_trait;
use kernel::{Result, Timestamp};

/// A social network that tells who someone is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "LogInProvider", no_column, no_display)]
pub enum Provider {
    /// Instagram, for professional accounts.
    Instagram,
    /// Facebook.
    Facebook,
    /// TikTok.
    #[word("tiktok")]
    TikTok,
    /// Google.
    Google,
}

impl Provider {
    /// As people write it: `Instagram`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Instagram => "Instagram",
            Self::Facebook => "Facebook",
            Self::TikTok => "TikTok",
            Self::Google => "Google",
        }
    }
}

/// What someone brings from a provider. Its `Debug` text shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub enum Grant {
    /// An access token (of Google also an id token) that the client was given.
    Token(String),
    /// The code of an authorization that has just been given; it is traded with our own secret, so that what comes for it is
    /// ours by construction.
    Code {
        /// The code.
        code: String,
        /// The address that the code was sent to, letter for letter.
        redirect_uri: String,
        /// The secret half of PKCE, where the client began with it.
        verifier: Option<String>,
    },
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "Grant::Token",
            Self::Code { .. } => "Grant::Code",
        })
    }
}

/// Who someone is at a provider.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Profile {
    /// At which.
    pub provider: Provider,
    /// Their id there; it never changes.
    pub subject: String,
    /// The name they are found by there, without `@`; it can change.
    pub handle: Option<String>,
    /// The name they are called by.
    pub name: Option<String>,
    /// Their mail address, if the provider tells one.
    pub email: Option<String>,
    /// Does the provider vouch that the address is theirs?
    pub email_verified: bool,
    /// How many follow them, if the provider tells.
    pub followers: Option<i64>,
    /// The address of their picture.
    pub picture: Option<String>,
    /// Was it the demo's stand-in that said so?
    pub mock: bool,
}

/// Whom a provider is asked through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// The provider itself.
    Real,
    /// The demo's stand-in: every token is good.
    Mock,
    /// Nobody: its settings are missing.
    Off,
}

/// Tells whose tokens are whose.
#[async_trait]
pub trait LogIns: Send + Sync {
    /// Whose this is, as the provider says, for our application. [`kernel::Kind::Unauthenticated`] when it is no good or was
    /// made for another application, [`kernel::Kind::Provider`] when the provider fails, [`kernel::Kind::Unavailable`] when
    /// its settings are missing.
    async fn whose(&self, provider: Provider, grant: &Grant) -> Result<Profile>;
    /// Whom this provider is asked through.
    fn standing(&self, provider: Provider) -> Standing;
}

/// Someone who signs up at an identity service.
#[derive(Clone, Copy)]
pub struct Newcomer<'a> {
    /// Their mail address.
    pub email: &'a str,
    /// Their password.
    pub password: &'a str,
    /// What the service keeps beside them, so that an account can be made of it: `user_type`, never `ADMIN`.
    pub user_type: &'a str,
    /// The same: their user name.
    pub username: &'a str,
    /// The same: their country.
    pub country: Option<&'a str>,
}

impl fmt::Debug for Newcomer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Newcomer({})", self.user_type)
    }
}

/// Someone as an identity service knows them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Subject {
    /// Their id there; it never changes.
    pub id: String,
    /// Their mail address.
    pub email: Option<String>,
    /// Have they answered a mail to it (or does a provider that checks vouch for it)? A service that confirms everybody at
    /// once proves nothing.
    pub email_proven: bool,
    /// What they said they are when they signed up; they can change it there, so it never makes an administrator.
    pub user_type: Option<String>,
    /// What they wanted to be called; they can change it there.
    pub username: Option<String>,
    /// Where they said they are; they can change it there.
    pub country: Option<String>,
}

/// The tokens of a log-in at an identity service. Their `Debug` text shows nothing of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Tokens {
    /// A JWT; [`IdentityBackend::verify`] reads it.
    pub access: String,
    /// It gets the next ones, once.
    pub refresh: String,
    /// Seconds for which the access token is good.
    pub expires_in: u64,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens(for {} s)", self.expires_in)
    }
}

/// A log-in at an identity service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogIn {
    /// Whose.
    pub subject: Subject,
    /// Its tokens.
    pub tokens: Tokens,
}

/// How a sign-up ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SignUp {
    /// They have been sent a mail that they must answer first.
    Confirm(Subject),
    /// They are in.
    In(LogIn),
    /// Someone has this address already.
    Taken,
}

/// What a verified access token of an identity service says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claims {
    /// Whose it is: [`Subject::id`].
    pub subject: String,
    /// Of which log-in there; ends with it.
    pub session: String,
    /// Their mail address when it was made.
    pub email: Option<String>,
    /// When it ends to be good.
    pub expires_at: Timestamp,
}

/// Which log-ins end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// The one of the token.
    This,
    /// All of the person's.
    All,
    /// All but the one of the token.
    Others,
}

/// A service that keeps passwords and log-ins in our place.
///
/// Faults: [`kernel::Kind::Unauthenticated`] for wrong passwords and tokens that are no good, [`kernel::Kind::Invalid`] for what
/// it does not accept (a weak password), [`kernel::Kind::RateLimited`] when it slows us down for this person,
/// [`kernel::Kind::Provider`] when it fails.
#[async_trait]
pub trait IdentityBackend: Send + Sync {
    /// Its name: `supabase`.
    fn name(&self) -> &'static str;
    /// Takes someone in.
    async fn sign_up(&self, newcomer: Newcomer<'_>) -> Result<SignUp>;
    /// Checks a password.
    async fn log_in(&self, email: &str, password: &str) -> Result<LogIn>;
    /// Trades a refresh token for the next ones.
    async fn refresh(&self, refresh_token: &str) -> Result<LogIn>;
    /// Ends log-ins. A token that is no good any more has nothing left to end, which is as well.
    async fn log_out(&self, access_token: &str, ending: Ending) -> Result<()>;
    /// Whose token it is, as the service knows them now.
    async fn whose(&self, access_token: &str) -> Result<Subject>;
    /// What a token says, checked here: its signature, who made it, for whom, until when. Asks the service for its keys at
    /// most.
    async fn verify(&self, access_token: &str) -> Result<Claims>;
    /// Takes someone out for good, by the service's own id of them. Whoever is not there any more is out already.
    async fn delete(&self, subject: &str) -> Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_read_as_they_are_written() {
        for provider in Provider::ALL {
            assert_eq!(Provider::parse(provider.word()), Some(provider));
            assert_eq!(Provider::parse(provider.name()), Some(provider));
        }
        assert_eq!(Provider::parse("myspace"), None);
    }

    #[test]
    fn what_is_brought_is_never_shown() {
        let code = Grant::Code {
            code: "hush".into(),
            redirect_uri: "https://a.example".into(),
            verifier: Some("hush".into()),
        };
        let tokens = Tokens { access: "hush".into(), refresh: "hush".into(), expires_in: 1800 };
        let newcomer =
            Newcomer { email: "hush", password: "hush", user_type: "CREATOR", username: "hush", country: None };
        let shown = format!("{:?} {code:?} {tokens:?} {newcomer:?}", Grant::Token("hush".into()));
        assert_eq!(shown, "Grant::Token Grant::Code Tokens(for 1800 s) Newcomer(CREATOR)");
    }
}
