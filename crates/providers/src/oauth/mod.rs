//! Log-in providers: Instagram, Facebook, TikTok and Google tell whose token it is, and for whom.
//!
//! A token counts only if it was made for our application; else whoever runs another one could log in here as its users.
//!
//! | provider | a bare token is ours because | a code |
//! |---|---|---|
//! | Google | id token: signature, `iss`, `aud`, `exp`; access token: tokeninfo's `aud` | traded with our secret |
//! | Facebook | `debug_token` says `is_valid` and our `app_id` | traded with our secret |
//! | Instagram | Instagram extends it (`ig_exchange_token`) against our secret, which it does for tokens of our application only; so it must be a fresh, short-lived one | traded with our secret |
//! | TikTok | nothing tells: refused, unless `TIKTOK_TRUST_ACCESS_TOKENS` | traded with our secret |
//!
//! Mail addresses: Google vouches for those of its own domains (`gmail.com`, Workspace's `hd`) only, as it says itself: whoever
//! has proved another one when they joined may have lost it since. Facebook does not say that it checks them. Instagram and
//! TikTok tell none.

mod facebook;
mod google;
mod instagram;
mod mock;
mod settings;
mod tiktok;

pub use settings::{FacebookSettings, GoogleSettings, InstagramSettings, Settings, TikTokSettings};

use async_trait::async_trait;
use facebook::Facebook;
use google::Google;
use instagram::Instagram;
use kernel::{Clock, Error, Kind, Result};
use ports::identity::{Grant, LogIns, Profile, Provider, Standing};
use tiktok::TikTok;

/// The most that a token, a code or an address may have in bytes: more is none.
const LONGEST: usize = 8192;

/// Every log-in provider that is set up.
#[derive(Debug)]
pub struct OAuth {
    instagram: Option<Instagram>,
    facebook: Option<Facebook>,
    tiktok: Option<TikTok>,
    google: Option<Google>,
    mocks: bool,
}

impl OAuth {
    /// For serving: a provider without settings is off. [`Kind::Invalid`] when an address cannot be one; nothing is asked of
    /// the network yet.
    pub fn new(settings: Settings, clock: &Clock) -> Result<Self> {
        Ok(Self {
            instagram: settings.instagram.map(Instagram::new).transpose()?,
            facebook: settings.facebook.map(|settings| Facebook::new(settings, clock.clone())).transpose()?,
            tiktok: settings.tiktok.map(TikTok::new).transpose()?,
            google: settings.google.map(|settings| Google::new(settings, clock.clone())).transpose()?,
            mocks: false,
        })
    }

    /// For the demo: a provider without settings is a stand-in, for which every token is someone.
    pub fn for_demo(settings: Settings, clock: &Clock) -> Result<Self> {
        Ok(Self { mocks: true, ..Self::new(settings, clock)? })
    }
}

#[async_trait]
impl LogIns for OAuth {
    async fn whose(&self, provider: Provider, grant: &Grant) -> Result<Profile> {
        sane(grant)?;
        let asked = match provider {
            Provider::Instagram => match &self.instagram {
                Some(instagram) => Some(instagram.whose(grant).await?),
                None => None,
            },
            Provider::Facebook => match &self.facebook {
                Some(facebook) => Some(facebook.whose(grant).await?),
                None => None,
            },
            Provider::TikTok => match &self.tiktok {
                Some(tiktok) => Some(tiktok.whose(grant).await?),
                None => None,
            },
            Provider::Google => match &self.google {
                Some(google) => Some(google.whose(grant).await?),
                None => None,
            },
        };
        match asked {
            Some(profile) => Ok(profile),
            None if self.mocks => Ok(mock::whose(provider, grant)),
            None => {
                let message = format!("Log-in with {} is not set up here: set {}", provider.name(), needs(provider));
                Err(Error::new(Kind::Unavailable, message))
            }
        }
    }

    fn standing(&self, provider: Provider) -> Standing {
        let real = match provider {
            Provider::Instagram => self.instagram.is_some(),
            Provider::Facebook => self.facebook.is_some(),
            Provider::TikTok => self.tiktok.is_some(),
            Provider::Google => self.google.is_some(),
        };
        match (real, self.mocks) {
            (true, _) => Standing::Real,
            (false, true) => Standing::Mock,
            (false, false) => Standing::Off,
        }
    }
}

/// The settings that a provider needs.
const fn needs(provider: Provider) -> &'static str {
    match provider {
        Provider::Instagram => "INSTAGRAM_APP_ID and INSTAGRAM_APP_SECRET",
        Provider::Facebook => "FACEBOOK_APP_ID and FACEBOOK_APP_SECRET",
        Provider::TikTok => "TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET",
        Provider::Google => "GOOGLE_CLIENT_ID",
    }
}

/// What is no token at all is not sent to anybody.
fn sane(grant: &Grant) -> Result<()> {
    let fits =
        |text: &str| !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic());
    let fine = match grant {
        Grant::Token(token) => fits(token),
        Grant::Code { code, redirect_uri, verifier } => {
            fits(code) && fits(redirect_uri) && verifier.as_deref().is_none_or(fits)
        }
    };
    if fine {
        Ok(())
    } else {
        Err(Error::new(Kind::Unauthenticated, "This is no token or code: log in with the provider again"))
    }
}

/// The provider does not know the token, or not any more.
fn no_good(provider: Provider, why: impl std::fmt::Display) -> Error {
    let message = format!("{} does not accept this log-in: log in with {0} again", provider.name());
    Error::new(Kind::Unauthenticated, message).because(why)
}

/// The token was made for somebody else's application.
fn not_ours(provider: Provider, why: impl std::fmt::Display) -> Error {
    let message =
        format!("This {} log-in was made for another application: log in with {0} from here", provider.name());
    Error::new(Kind::Unauthenticated, message).because(why)
}

/// A text of an answer, if there is something in it.
fn some(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A picture's address, if it is one that a page may show.
fn picture(address: Option<String>) -> Option<String> {
    some(address).filter(|address| address.starts_with("https://") && address.len() <= 2048)
}
