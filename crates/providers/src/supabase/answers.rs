//! What Supabase answers, as far as it is of use.

use kernel::Timestamp;
use ports::identity::{Claims, LogIn, SignUp, Subject, Tokens};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(super) struct User {
    id: String,
    email: Option<String>,
    email_confirmed_at: Option<String>,
    confirmation_sent_at: Option<String>,
    invited_at: Option<String>,
    #[serde(default)]
    user_metadata: Value,
    identities: Option<Vec<Identity>>,
    #[serde(default)]
    is_anonymous: bool,
}

/// How they log in there.
#[derive(Deserialize)]
struct Identity {
    #[serde(default)]
    provider: String,
    #[serde(default)]
    identity_data: Value,
}

#[derive(Deserialize)]
pub(super) struct Session {
    access_token: String,
    refresh_token: String,
    expires_in: u64,
    user: User,
}

/// A session where mails need no answer, a user where they do.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum SignedUp {
    Session(Box<Session>),
    User(Box<User>),
}

impl User {
    /// The person; a reason when it is nobody who could have an account.
    pub(super) fn read(self) -> Result<Subject, &'static str> {
        if self.id.is_empty() {
            return Err("a user without an id");
        }
        if self.is_anonymous {
            return Err("an anonymous user");
        }
        let email_proven = self.is_proven();
        let said = |name: &str| {
            let text = self.user_metadata[name].as_str().map(str::trim).filter(|text| !text.is_empty());
            text.map(str::to_owned)
        };
        Ok(Subject {
            user_type: said("user_type").or_else(|| said("role")),
            username: said("username"),
            country: said("country"),
            id: self.id,
            email: self.email.filter(|email| !email.trim().is_empty()),
            email_proven,
        })
    }

    /// Confirmed is everybody where mails need no answer. So a mail must have been sent as well, or a provider that checks
    /// addresses must have told it (what it told cannot be changed by the user, unlike `user_metadata`).
    fn is_proven(&self) -> bool {
        let (Some(email), Some(_)) = (&self.email, &self.email_confirmed_at) else { return false };
        let mailed = self.confirmation_sent_at.is_some() || self.invited_at.is_some();
        let vouched = |identity: &Identity| {
            identity.provider == "google"
                && identity.identity_data["email_verified"] == Value::Bool(true)
                && identity.identity_data["email"].as_str().is_some_and(|told| told.eq_ignore_ascii_case(email))
        };
        mailed || self.identities.iter().flatten().any(vouched)
    }
}

impl Session {
    pub(super) fn read(self) -> Result<LogIn, &'static str> {
        if self.access_token.is_empty() || self.refresh_token.is_empty() {
            return Err("a session without tokens");
        }
        let tokens = Tokens { access: self.access_token, refresh: self.refresh_token, expires_in: self.expires_in };
        Ok(LogIn { subject: self.user.read()?, tokens })
    }
}

impl SignedUp {
    pub(super) fn read(self) -> Result<SignUp, &'static str> {
        match self {
            Self::Session(session) => session.read().map(SignUp::In),
            // So that nobody learns who is there, an address that is taken is answered with a user who is nobody: they have no
            // way to log in.
            Self::User(user) if user.identities.as_ref().is_some_and(Vec::is_empty) => Ok(SignUp::Taken),
            Self::User(user) => user.read().map(SignUp::Confirm),
        }
    }
}

/// What the claims of a person's log-in say; `None` for other tokens (the project's own keys, anonymous users).
pub(super) fn claims(claims: &Value, expires_at: Timestamp) -> Option<Claims> {
    let text = |name: &str| claims[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    if claims["is_anonymous"] == Value::Bool(true) || text("role").is_some_and(|role| role != super::AUDIENCE) {
        return None;
    }
    Some(Claims { subject: text("sub")?, session: text("session_id")?, email: text("email"), expires_at })
}
