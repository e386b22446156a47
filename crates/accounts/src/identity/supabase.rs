//! Where an identity service keeps passwords and log-ins: what it says is followed here. An account row is kept in step with
//! each of its people, a row of sessions with each of their log-ins, so that everything else works as it does without it: a
//! log-in is listed, ended and counted here, and ended here is ended, whatever its tokens say.
//!
//! An account with a password of its own (an administrator's, one from before, one that was given a new password by mail) logs
//! in by that, and by nothing that the service says.

use std::str::FromStr as _;
use std::sync::Arc;

use db::Tx;
use http_base::Peer;
use kernel::{Account, Clock, Error, Kind, Result, Scope, SessionId, Timestamp, UserType};
use moka::sync::Cache;
use ports::identity::{Claims, Ending, IdentityBackend, LogIn, Newcomer, SignUp, Subject};
use serde_json::json;

use super::store::{self, Foreign};
use crate::authenticate::account_of;
use crate::model::{NAMES_OF_USER_TYPES, email_key};
use crate::session::{Opened, Tokens};
use crate::state::{Shared, refused};
use crate::store::{alive, by_email, by_id, insert_account, know_address, touch};
use crate::{AccountRow, Accounts, NewAccount, TOPIC, UserBody, audit, everybody_else, guesses};

/// By what such a log-in came.
const METHOD: &str = "supabase";
/// How many log-ins are known without asking the database.
const KEPT: u64 = 100_000;

/// Log-ins at the service that are known without asking the database, each at the version of the topic at which it was read.
pub(crate) struct Known(Cache<SessionId, Arc<Kept>>);

struct Kept {
    version: i64,
    subject: String,
    account: Account,
}

impl Default for Known {
    fn default() -> Self {
        Self(Cache::new(KEPT))
    }
}

/// Someone who signs up.
pub(crate) struct Wanted<'a> {
    pub(crate) email: &'a str,
    pub(crate) password: &'a str,
    pub(crate) username: Option<&'a str>,
    pub(crate) user_type: UserType,
    pub(crate) country: Option<&'a str>,
}

/// Signs someone up at the service, and makes their account.
pub(crate) async fn sign_up(
    accounts: &Accounts,
    backend: &dyn IdentityBackend,
    wanted: Wanted<'_>,
    peer: &Peer,
) -> Result<UserBody> {
    let app = accounts.app();
    let taken = || Error::new(Kind::BadRequest, "Email already registered");
    let mut tx = app.read().await?;
    if by_email(Scope::system(), &mut tx, wanted.email).await?.is_some() {
        return Err(taken());
    }
    let username = match wanted.username {
        Some(name) if crate::store::is_taken(&mut tx, name).await? => {
            return Err(Error::new(Kind::BadRequest, "Username already taken"));
        }
        Some(name) => name.to_owned(),
        None => crate::store::username_for(&mut tx, accounts.clock(), wanted.email).await?,
    };
    drop(tx);
    let newcomer = Newcomer {
        email: wanted.email,
        password: wanted.password,
        user_type: wanted.user_type.word(),
        username: &username,
        country: wanted.country,
    };
    let mut subject = match backend.sign_up(newcomer).await? {
        SignUp::Taken => return Err(taken()),
        SignUp::Confirm(subject) => subject,
        SignUp::In(log_in) => log_in.subject,
    };
    // What was asked for here counts, whatever the service has kept of it.
    subject.user_type = Some(wanted.user_type.word().to_owned());
    subject.username = Some(username);
    subject.country = wanted.country.map(str::to_owned);
    subject.email = subject.email.or_else(|| Some(wanted.email.to_owned()));
    let mut tx = app.write().await?;
    let account = keep_in_step(&mut tx, accounts.clock(), &subject, peer).await?;
    let user = accounts.told(&mut tx, &account).await?;
    tx.commit().await?;
    Ok(user)
}

/// Logs someone in at the service. Wrong passwords are [`Kind::Unauthenticated`]; the caller counts them.
pub(crate) async fn log_in(
    accounts: &Accounts,
    backend: &dyn IdentityBackend,
    (email, password): (&str, &str),
    peer: &Peer,
) -> Result<Opened> {
    let log_in = backend.log_in(email, password).await?;
    follow(accounts, backend, log_in, peer, true).await
}

/// Trades a refresh token at the service.
pub(crate) async fn refresh(
    accounts: &Accounts,
    backend: &dyn IdentityBackend,
    token: &str,
    peer: &Peer,
) -> Result<Tokens> {
    // An access token of whoever it is has no business there.
    if token.split('.').count() == 3 {
        return Err(over());
    }
    let log_in = backend.refresh(token).await?;
    follow(accounts, backend, log_in, peer, false).await.map(|opened| opened.tokens)
}

fn over() -> Error {
    Error::new(Kind::Unauthenticated, "The refresh token is not valid, or was used before; log in again")
}

/// Notes what the service has just said: who it is, and that their log-in is alive.
async fn follow(
    accounts: &Accounts,
    backend: &dyn IdentityBackend,
    log_in: LogIn,
    peer: &Peer,
    is_new: bool,
) -> Result<Opened> {
    let LogIn { subject, tokens } = log_in;
    let claims = backend.verify(&tokens.access).await.map_err(|error| {
        Error::new(
            Kind::Provider,
            "Supabase made a token that cannot be verified: check SUPABASE_URL and SUPABASE_JWT_SECRET",
        )
        .because(error)
    })?;
    if claims.subject != subject.id {
        return Err(Error::new(Kind::Provider, "Supabase made a token of somebody else").because(claims.subject));
    }
    let session = session_of(&claims)?;
    let (clock, now) = (accounts.clock(), accounts.clock().now());
    let mut tx = accounts.app().write().await?;
    let account = keep_in_step(&mut tx, clock, &subject, peer).await?;
    account.must_not_be_suspended()?;
    if !note(&mut tx, &accounts.shared().settings, session, &account, peer, now).await? {
        drop(tx);
        // It was ended here; what still goes on there is ended as well.
        if let Err(error) = backend.log_out(&tokens.access, Ending::This).await {
            tracing::warn!(%error, "a log-in that has been ended goes on at the identity service");
        }
        return Err(over());
    }
    if is_new {
        touch(Scope::system(), &mut tx, &account, now).await?;
        know_address(Scope::system(), &mut tx, account.id, &guesses::network(peer), now).await?;
        let entry = audit::Entry::of("login", account.id, peer).within(account.workspace_id).to(session.to_string());
        audit::record(&mut tx, clock, entry.with(json!({"method": METHOD}))).await?;
    }
    let user = accounts.told(&mut tx, &account).await?;
    tx.commit().await?;
    let tokens = Tokens {
        access_token: tokens.access,
        refresh_token: tokens.refresh,
        token_type: "bearer",
        expires_in: i64::try_from(tokens.expires_in).unwrap_or(i64::MAX),
    };
    Ok(Opened { tokens, user })
}

fn session_of(claims: &Claims) -> Result<SessionId> {
    SessionId::from_str(&claims.session).map_err(|fault| refused().because(fault))
}

async fn note(
    tx: &mut Tx,
    settings: &crate::Settings,
    id: SessionId,
    account: &AccountRow,
    peer: &Peer,
    now: Timestamp,
) -> Result<bool> {
    let foreign = Foreign {
        id,
        account: account.id,
        method: METHOD,
        address: peer.address.map(|address| address.to_string()),
        agent: peer.agent.clone(),
        now,
        until: now.plus(i64::from(settings.refresh_days) * kernel::time::DAY),
        most: i64::from(settings.session_days) * kernel::time::DAY,
    };
    store::note_session(Scope::system(), tx, &foreign).await
}

/// Ends the log-in of a token at the service, too. Here it has ended already, so that a failure there lets nobody in.
pub(crate) async fn log_out(accounts: &Accounts, token: Option<&str>) {
    let (Some(backend), Some(token)) = (accounts.backend(), token) else { return };
    if backend.verify(token).await.is_err() {
        return;
    }
    if let Err(error) = backend.log_out(token, Ending::This).await {
        tracing::warn!(%error, "a log-in that has been ended goes on at the identity service");
    }
}

/// The account of someone at the service, made if there is none and changed where it is not as the service says.
async fn keep_in_step(tx: &mut Tx, clock: &Clock, subject: &Subject, peer: &Peer) -> Result<AccountRow> {
    let (scope, now) = (Scope::system(), clock.now());
    let account = match store::by_supabase(scope, tx, &subject.id).await? {
        // Its owner set a password here by mail, and meant to keep others out.
        Some(account) if account.password_hash.is_some() => {
            let message = "This account has a password of its own by now; log in with that";
            return Err(Error::new(Kind::Unauthenticated, message));
        }
        Some(account) => account,
        None => match owner_of_address(tx, subject).await? {
            Some(account) => {
                if !account.is_verified {
                    // Whoever registered the address before its owner came is out.
                    store::take_over(scope, tx, account.id, now).await?;
                    let ended = everybody_else::out(tx, account.id, None, "verified", now).await?;
                    everybody_else::proved(tx, &account, now).await?;
                    let entry = audit::Entry::of("email.verified", account.id, peer).within(account.workspace_id);
                    audit::record(tx, clock, entry.with(ended.told())).await?;
                }
                store::set_supabase(scope, tx, account.id, &subject.id, now).await?;
                let entry = audit::Entry::of("identity.linked", account.id, peer).within(account.workspace_id);
                audit::record(tx, clock, entry.with(json!({"provider": METHOD, "by": "email"}))).await?;
                by_id(scope, tx, account.id).await?.ok_or_else(refused)?
            }
            None => return create(tx, clock, subject, peer).await,
        },
    };
    let same_email = account.email.as_deref().map(email_key) == subject.email.as_deref().map(email_key);
    // What was proved here once is not unsaid by a service that proves nothing.
    if same_email && (account.is_verified || !subject.email_proven) {
        return Ok(account);
    }
    if !store::set_email(scope, tx, account.id, subject, now).await? {
        tracing::warn!(account = %account.id, "the address at the identity service is another account's; the old one is kept");
        return Ok(account);
    }
    let entry = audit::Entry::of("email.changed", account.id, peer).within(account.workspace_id);
    audit::record(tx, clock, entry.with(json!({"by": METHOD, "proven": subject.email_proven}))).await?;
    let account = by_id(scope, tx, account.id).await?.ok_or_else(refused)?;
    if subject.email_proven {
        everybody_else::proved(tx, &account, now).await?;
    } else {
        creators::store::unprove(scope, tx, account.id).await?;
        crate::store::moved(tx).await?;
    }
    Ok(account)
}

async fn owner_of_address(tx: &mut Tx, subject: &Subject) -> Result<Option<AccountRow>> {
    let Some(email) = &subject.email else { return Ok(None) };
    let Some(account) = by_email(Scope::system(), tx, email).await? else { return Ok(None) };
    if subject.email_proven && account.user_type != UserType::Admin {
        return Ok(Some(account));
    }
    Err(Error::conflict(
        "This e-mail address belongs to an account that logs in otherwise; log in to that, or ask whoever runs this server",
    ))
}

async fn create(tx: &mut Tx, clock: &Clock, subject: &Subject, peer: &Peer) -> Result<AccountRow> {
    let scope = Scope::system();
    // They say so themselves: of the words that one may say of oneself, and no other.
    let word = subject
        .user_type
        .as_deref()
        .filter(|word| NAMES_OF_USER_TYPES.iter().any(|known| word.eq_ignore_ascii_case(known)));
    let user_type = word.and_then(UserType::parse).unwrap_or(UserType::Creator);
    let like = subject.username.as_deref().or(subject.email.as_deref()).unwrap_or_default();
    let username = crate::store::username_for(tx, clock, like).await?;
    let new = NewAccount {
        email: subject.email.clone(),
        username: Some(username),
        supabase_id: Some(subject.id.clone()),
        country: subject.country.as_deref().filter(|code| code.len() == 2).map(str::to_ascii_uppercase),
        is_verified: subject.email_proven && subject.email.is_some(),
        ..NewAccount::of(user_type)
    };
    let account = insert_account(scope, tx, clock, new).await?;
    if account.is_verified {
        everybody_else::proved(tx, &account, clock.now()).await?;
    }
    let entry = audit::Entry::of("signup", account.id, peer).within(account.workspace_id);
    audit::record(tx, clock, entry.with(json!({"user_type": account.user_type, "method": METHOD}))).await?;
    Ok(account)
}

/// Whose an access token of the service is, as the account stands now.
pub(crate) async fn authenticate(shared: &Shared, backend: &dyn IdentityBackend, token: &str) -> Result<Account> {
    let claims = backend.verify(token).await?;
    let session = session_of(&claims)?;
    // Read before the data, as for our own.
    let version = shared.db.current_version(TOPIC).await?;
    let known = &shared.known_there.0;
    if let Some(kept) = known.get(&session).filter(|kept| kept.version == version && kept.subject == claims.subject) {
        return Ok(kept.account.clone());
    }
    let now = shared.clock.now();
    if store::seen(Scope::system(), &mut shared.db.read().await?, session).await?.is_none() {
        introduce(shared, backend, token, (&claims, session), now).await?;
    }
    let mut tx = shared.db.read().await?;
    let seen = store::seen(Scope::system(), &mut tx, session).await?.ok_or_else(refused)?;
    let is_theirs = seen.supabase_id.as_deref() == Some(claims.subject.as_str());
    let over = seen.ended_at.is_some() || seen.expires_at <= now;
    let alive =
        alive(Scope::system(), &mut tx, session, now).await?.filter(|_| is_theirs && !over).ok_or_else(refused)?;
    alive.must_not_be_suspended()?;
    let account = account_of(&alive, session);
    known.insert(session, Arc::new(Kept { version, subject: claims.subject, account: account.clone() }));
    Ok(account)
}

/// Someone who logged in at the service itself comes for the first time: it is asked who they are.
async fn introduce(
    shared: &Shared,
    backend: &dyn IdentityBackend,
    token: &str,
    (claims, session): (&Claims, SessionId),
    now: Timestamp,
) -> Result<()> {
    let subject = backend.whose(token).await?;
    if subject.id != claims.subject {
        return Err(refused());
    }
    let peer = Peer::default();
    let mut tx = shared.db.write().await?;
    let account = keep_in_step(&mut tx, &shared.clock, &subject, &peer).await?;
    note(&mut tx, &shared.settings, session, &account, &peer, now).await?;
    tx.commit().await
}
