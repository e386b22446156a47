//! Who asks, from the request's head.
//!
//! | extractor | who gets in | may change things |
//! |---|---|---|
//! | [`Caller`] | an account, or the demo's administrator without a token (documents A, B, C) | unless it may only read |
//! | [`Reader`] | the same | on routes that read, whatever their method |
//! | [`Member`] | an account, also in the demo (documents D, E and what is about oneself) | unless it may only read |
//! | [`Person`] | an account by its own log-in, never by a program's key | what is its own |
//! | [`Newcomer`] | the same | what is its own, also before it has proved its address |
//! | [`Fresh`] | the same, by a log-in of just now | where its money goes |
//! | [`Admin`] | an administrator, or the demo's | whatever the route says |
//! | [`Taking`] | as [`Caller`] | nothing: it takes much out at once |
//! | [`Anyone`] | everybody; a token that is no good is refused all the same | nothing |
//!
//! **An address that nobody proved opens nothing.** An account whose address was not confirmed may log in, confirm it and look: what
//! changes something, or takes much out, is refused with 403 and what to do. [`Who::wants_proof`](crate::Who::wants_proof) says it for
//! each extractor, and nothing else does: a route that is to be open to such an account takes [`Newcomer`] or [`Reader`].

use std::ops::Deref;

use async_trait::async_trait;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use futures::future::BoxFuture;
use kernel::{Account, Error, Kind, Proof, SessionId};

use crate::policy::Who;
use crate::{ApiError, App, Mode, limits};

/// Who knows which account a token belongs to.
#[async_trait]
pub trait Authenticate: Send + Sync {
    /// The account of this token, as it stands now. [`Kind::Unauthenticated`] for a token that is expired, revoked or none of ours.
    async fn account(&self, token: &str) -> kernel::Result<Account>;
}

/// Who asks a route that wants someone: an account by its bearer token or, in the demo, its administrator without one.
///
/// Refuses with 401 whoever has not said who they are, or says it with a token that is no good; with 403 whoever may only
/// read and asks to change something.
pub struct Caller(pub kernel::Caller);

/// An administrator, as [`Caller`]; everybody else is refused with 403, whatever else they sent.
pub struct Admin(pub kernel::Caller);

/// As [`Caller`], for routes that read although their method is POST (searches, previews).
pub struct Reader(pub kernel::Caller);

/// An account that asks, also in the demo: its administrator without a token is nobody here.
pub struct Member(pub Account);

/// A person who asks by their own log-in, about what is their own: passwords, sessions, keys. Viewers are let in, keys are not.
pub struct Person {
    /// Who.
    pub account: Account,
    /// By which log-in.
    pub session: SessionId,
}

/// As [`Person`], for what an account may do before its address is proved: log out, ask for the mail again, change its password, give
/// up what it has.
pub struct Newcomer {
    /// Who.
    pub account: Account,
    /// By which log-in.
    pub session: SessionId,
}

/// As [`Person`], by a log-in that was opened within [`FRESH`]: for what must not be done with a device that was left open.
pub struct Fresh(pub Account);

/// As [`Caller`], for what takes much out at once, such as an export: only with a proved address, whatever the method.
pub struct Taking(pub kernel::Caller);

/// How long a log-in counts as fresh.
pub const FRESH: i64 = 10 * kernel::time::MINUTE;

/// Whoever asks, known or not.
pub struct Anyone(pub kernel::Caller);

impl Deref for Caller {
    type Target = kernel::Caller;
    fn deref(&self) -> &kernel::Caller {
        &self.0
    }
}

impl Deref for Taking {
    type Target = kernel::Caller;
    fn deref(&self) -> &kernel::Caller {
        &self.0
    }
}

impl Deref for Admin {
    type Target = kernel::Caller;
    fn deref(&self) -> &kernel::Caller {
        &self.0
    }
}

impl Deref for Reader {
    type Target = kernel::Caller;
    fn deref(&self) -> &kernel::Caller {
        &self.0
    }
}

impl Deref for Anyone {
    type Target = kernel::Caller;
    fn deref(&self) -> &kernel::Caller {
        &self.0
    }
}

impl Deref for Member {
    type Target = Account;
    fn deref(&self) -> &Account {
        &self.0
    }
}

impl Member {
    /// The same as a caller, for what takes one.
    pub fn caller(&self) -> kernel::Caller {
        kernel::Caller::Account(self.0.clone())
    }

    /// What this account may see.
    pub fn scope(&self) -> kernel::Scope {
        self.caller().scope()
    }
}

/// The bearer token of a request. A header of another kind is told, rather than taken for none.
pub fn bearer(parts: &Parts) -> Result<Option<&str>, ApiError> {
    let Some(header) = parts.headers.get(AUTHORIZATION) else { return Ok(None) };
    let token = header.to_str().ok().and_then(|value| value.split_once(' ')).and_then(|(scheme, token)| {
        let token = token.trim();
        (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
    });
    token.map(Some).ok_or_else(|| refused("The Authorization header must be \"Bearer\" and a token").into())
}

/// Boxed, as the edges of `db` are: extractors are generic, so that what they await is compiled again for every router's state.
fn whoever<'a>(parts: &'a Parts, app: &'a App) -> BoxFuture<'a, Result<kernel::Caller, ApiError>> {
    Box::pin(async move {
        match bearer(parts)? {
            None => Ok(kernel::Caller::Anonymous),
            Some(token) => {
                let account = app.authenticate(token).await?;
                // Only now is it known whose quota is used.
                limits::count_account(app, &account).await?;
                Ok(kernel::Caller::Account(account))
            }
        }
    })
}

fn someone(caller: kernel::Caller, app: &App) -> Result<kernel::Caller, ApiError> {
    match (caller, app.mode()) {
        (kernel::Caller::Anonymous, Mode::Demo(workspace)) => Ok(kernel::Caller::DemoAdmin(workspace)),
        (kernel::Caller::Anonymous, Mode::Serve) => Err(wanted().into()),
        (caller, _) => Ok(caller),
    }
}

fn account(caller: kernel::Caller) -> Result<Account, ApiError> {
    match caller {
        kernel::Caller::Account(account) => Ok(account),
        _ => Err(wanted().into()),
    }
}

/// The rule of the head of this file.
fn must_be_proved(parts: &Parts, who: Who, verified: bool) -> Result<(), ApiError> {
    if verified || !who.wants_proof(&parts.method) {
        return Ok(());
    }
    let message = "Verify your e-mail address first: open the link in the mail that was sent to it, \
                   or have it sent again with POST /api/v1/auth/resend-verification";
    Err(Error::new(Kind::Forbidden, message).into())
}

/// A person by their own log-in.
fn person(account: Account) -> Result<(Account, SessionId), ApiError> {
    match account.proof {
        Proof::Session(session) => Ok((account, session)),
        Proof::ApiKey(_) => {
            Err(Error::new(Kind::Forbidden, "This takes your own log-in; a program's key will not do").into())
        }
    }
}

fn must_write(parts: &Parts, caller: &kernel::Caller) -> Result<(), ApiError> {
    if parts.method.is_safe() || caller.may_write() {
        return Ok(());
    }
    let message = match caller.account().map(|account| account.proof) {
        Some(Proof::ApiKey(_)) => "This key may only read; make one that may write",
        _ => "You may only read in this workspace; ask its owner for the role of a manager",
    };
    Err(Error::new(Kind::Forbidden, message).into())
}

macro_rules! extracted {
    ($($name:ident: |$parts:ident, $app:ident| $body:expr;)*) => {$(
        impl<S> FromRequestParts<S> for $name
        where
            App: FromRef<S>,
            S: Send + Sync,
        {
            type Rejection = ApiError;

            async fn from_request_parts($parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
                let $app = &App::from_ref(state);
                $body
            }
        }
    )*};
}

extracted! {
    Caller: |parts, app| {
        let caller = someone(whoever(parts, app).await?, app)?;
        must_be_proved(parts, Who::Caller, caller.is_verified())?;
        must_write(parts, &caller)?;
        Ok(Self(caller))
    };
    Taking: |parts, app| {
        let caller = someone(whoever(parts, app).await?, app)?;
        must_be_proved(parts, Who::Taking, caller.is_verified())?;
        must_write(parts, &caller)?;
        Ok(Self(caller))
    };
    Admin: |parts, app| {
        let caller = someone(whoever(parts, app).await?, app)?;
        must_be_proved(parts, Who::Admin, caller.is_verified())?;
        if !caller.is_admin() {
            return Err(Error::new(Kind::Forbidden, "Only administrators get in here").into());
        }
        must_write(parts, &caller)?;
        Ok(Self(caller))
    };
    Reader: |parts, app| Ok(Self(someone(whoever(parts, app).await?, app)?));
    Anyone: |parts, app| Ok(Self(whoever(parts, app).await?));
    Member: |parts, app| {
        let account = account(whoever(parts, app).await?)?;
        must_be_proved(parts, Who::Member, account.verified)?;
        must_write(parts, &kernel::Caller::Account(account.clone()))?;
        Ok(Self(account))
    };
    Person: |parts, app| {
        let (account, session) = person(account(whoever(parts, app).await?)?)?;
        must_be_proved(parts, Who::Person, account.verified)?;
        Ok(Self { account, session })
    };
    Newcomer: |parts, app| {
        let (account, session) = person(account(whoever(parts, app).await?)?)?;
        Ok(Self { account, session })
    };
    Fresh: |parts, app| {
        let (account, _) = person(account(whoever(parts, app).await?)?)?;
        must_be_proved(parts, Who::Fresh, account.verified)?;
        if account.since.plus(FRESH) < app.clock().now() {
            let message = "This takes a log-in of the last ten minutes; log in again, and repeat your request";
            return Err(Error::new(Kind::Forbidden, message).into());
        }
        Ok(Self(account))
    };
}

fn wanted() -> Error {
    refused("Authentication is required: send a bearer token in the Authorization header")
}

pub(crate) fn refused(message: &'static str) -> Error {
    Error::new(Kind::Unauthenticated, message)
}
