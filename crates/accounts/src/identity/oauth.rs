//! Getting in by a provider.

use db::Tx;
use http_base::{Mode, Peer};
use kernel::{Error, Kind, Result, Scope, UserType};
use ports::identity::{Grant, Profile, Provider};
use serde_json::json;

use super::store;
use crate::model::checked_email;
use crate::session::{self, Opened};
use crate::{AccountRow, Accounts, NewAccount, audit, everybody_else, letters};

/// How often it is begun anew when someone else did the same at the same moment.
const TRIES: usize = 3;

/// What an account is to be, if one is made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    pub(crate) user_type: Option<UserType>,
    pub(crate) country: Option<String>,
}

/// May an identity that is known get in?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Known {
    /// Yes: it logs in.
    Enters,
    /// No: somebody is to be registered.
    IsRefused,
}

/// Who got in.
pub(crate) struct Entered {
    pub(crate) opened: Opened,
    /// Was the account made just now?
    pub(crate) created: bool,
}

/// Asks the provider whose it is. What only the demo may believe is believed nowhere else.
pub(crate) async fn ask(accounts: &Accounts, provider: Provider, grant: &Grant) -> Result<Profile> {
    let profile = accounts.log_ins()?.whose(provider, grant).await?;
    if profile.mock && matches!(accounts.app().mode(), Mode::Serve) {
        return Err(Error::internal("a stand-in vouched for someone, and this is no demo"));
    }
    Ok(profile)
}

/// Opens a log-in for whoever the profile is of, and makes the account if there is none.
pub(crate) async fn enter(
    accounts: &Accounts,
    profile: &Profile,
    wish: &Wish,
    known: Known,
    peer: &Peer,
) -> Result<Entered> {
    for _ in 0..TRIES {
        let mut tx = accounts.app().write().await?;
        if let Some(entered) = attempt(accounts, &mut tx, profile, wish, known, peer).await? {
            tx.commit().await?;
            return Ok(entered);
        }
    }
    Err(Error::conflict("Someone else did the same at this moment; try again"))
}

/// `None` if someone else was quicker; nothing of the transaction counts then.
async fn attempt(
    accounts: &Accounts,
    tx: &mut Tx,
    profile: &Profile,
    wish: &Wish,
    known: Known,
    peer: &Peer,
) -> Result<Option<Entered>> {
    let scope = Scope::system();
    let found = store::account_of(scope, tx, profile.provider, &profile.subject).await?;
    let (account, created) = match found {
        Some(_) if known == Known::IsRefused => {
            let name = profile.provider.name();
            return Err(Error::conflict(format!("This {name} account is registered already: log in with it")));
        }
        Some(account) => (account, false),
        None => match owner_of_address(accounts, tx, profile, peer).await? {
            Some(account) => {
                if !link(accounts, tx, &account, profile, peer).await? {
                    return Ok(None);
                }
                (account, false)
            }
            None => match create(accounts, tx, profile, wish, peer).await? {
                Some(account) => (account, true),
                None => return Ok(None),
            },
        },
    };
    let now = accounts.clock().now();
    store::keep_profile(scope, tx, account.id, profile, now).await?;
    if !crate::store::touch(scope, tx, &account, now).await? {
        return Ok(None);
    }
    let account = crate::store::by_id(scope, tx, account.id).await?.ok_or_else(crate::state::refused)?;
    let method = format!("oauth:{}", profile.provider.word());
    let opened = session::open(accounts, tx, &account, &method, peer).await?;
    Ok(Some(Entered { opened, created }))
}

/// The account that has the address of the profile already, if it may be entered by it: the provider vouches for the address, and it
/// is no administrator's. If nobody has answered a mail to it here, whoever registered it is a stranger, as far as anybody knows: the
/// owner who comes now [takes it over](take_over). If it may not be entered, that is told.
async fn owner_of_address(
    accounts: &Accounts,
    tx: &mut Tx,
    profile: &Profile,
    peer: &Peer,
) -> Result<Option<AccountRow>> {
    let Some(email) = &profile.email else { return Ok(None) };
    let found = crate::store::by_email(Scope::system(), tx, email).await?;
    let Some(account) = found else { return Ok(None) };
    if profile.email_verified && account.user_type != UserType::Admin {
        if !account.is_verified {
            take_over(accounts, tx, &account, profile.provider.word(), peer).await?;
        }
        return crate::store::by_id(Scope::system(), tx, account.id).await;
    }
    let name = profile.provider.name();
    let message = format!(
        "Its e-mail address belongs to an account here: log in to that with its password, then link {name} to it"
    );
    Err(Error::conflict(message))
}

/// The owner of an address comes for the first time, vouched for by a provider: whoever registered the address before is out, with their
/// password and whatever else they left.
pub(crate) async fn take_over(
    accounts: &Accounts,
    tx: &mut Tx,
    account: &AccountRow,
    by: &str,
    peer: &Peer,
) -> Result<()> {
    let (clock, now) = (accounts.clock(), accounts.clock().now());
    store::take_over(Scope::system(), tx, account.id, now).await?;
    let ended = everybody_else::out(tx, account.id, None, "verified", now).await?;
    let claimed = everybody_else::proved(tx, account, now).await?;
    letters::confirmed(accounts, tx, account).await?;
    let mut detail = ended.told();
    (detail["by"], detail["claimed"]) = (json!(by), json!(claimed));
    let entry = audit::Entry::of("email.verified", account.id, peer).within(account.workspace_id);
    audit::record(tx, clock, entry.with(detail)).await.map(drop)
}

async fn link(accounts: &Accounts, tx: &mut Tx, account: &AccountRow, profile: &Profile, peer: &Peer) -> Result<bool> {
    let (scope, now) = (Scope::system(), accounts.clock().now());
    store::hold(scope, tx, account.id, now).await?;
    // The same log-in, a moment earlier: this account was made by it after this transaction had looked for it.
    if store::account_of(scope, tx, profile.provider, &profile.subject).await?.is_some() {
        return Ok(false);
    }
    let others = store::list(scope, tx, account.id).await?;
    if others.iter().any(|other| other.provider == profile.provider.word()) {
        let name = profile.provider.name();
        let message =
            format!("The account of this e-mail address is linked to another {name} account: log in with that one");
        return Err(Error::conflict(message));
    }
    if !store::insert(scope, tx, account.id, profile, now).await? {
        return Ok(false);
    }
    note_link(accounts, tx, account, profile, peer, "email").await?;
    Ok(true)
}

/// Writes into the audit log that a provider was linked, by what.
pub(crate) async fn note_link(
    accounts: &Accounts,
    tx: &mut Tx,
    account: &AccountRow,
    profile: &Profile,
    peer: &Peer,
    by: &str,
) -> Result<()> {
    let entry = audit::Entry::of("identity.linked", account.id, peer).within(account.workspace_id);
    let detail = json!({"provider": profile.provider.word(), "by": by});
    audit::record(tx, accounts.clock(), entry.with(detail)).await.map(drop)
}

async fn create(
    accounts: &Accounts,
    tx: &mut Tx,
    profile: &Profile,
    wish: &Wish,
    peer: &Peer,
) -> Result<Option<AccountRow>> {
    let (scope, clock) = (Scope::system(), accounts.clock());
    let Some(user_type) = wish.user_type else {
        let message =
            "is missing: nobody has registered with this log-in yet, and an account is a CREATOR's or a BUSINESS's";
        return Err(Error::invalid_field("user_type", message));
    };
    // An address that nobody vouches for would be held against its owner.
    let vouched = profile.email.as_deref().filter(|_| profile.email_verified);
    let email = vouched.and_then(|email| checked_email(email).ok());
    let like = profile.handle.as_deref().or(email.as_deref()).or(profile.name.as_deref()).unwrap_or_default();
    let username = crate::store::username_for(tx, clock, &like.replace(' ', "_")).await?;
    let new = NewAccount {
        username: Some(username),
        country: wish.country.clone(),
        is_verified: email.is_some(),
        email: email.clone(),
        instagram_handle: store::handle_of(profile).filter(|_| profile.provider == Provider::Instagram),
        instagram_followers: profile
            .followers
            .filter(|_| profile.provider == Provider::Instagram)
            .and_then(|count| u64::try_from(count).ok()),
        ..NewAccount::of(user_type)
    };
    let account = match crate::store::insert_account(scope, tx, clock, new).await {
        // A name or an address that was free a moment ago.
        Err(error) if error.kind() == Kind::BadRequest => return Ok(None),
        made => made?,
    };
    let now = clock.now();
    if !store::insert(scope, tx, account.id, profile, now).await? {
        return Ok(None);
    }
    let claimed = if email.is_some() { everybody_else::proved(tx, &account, now).await? } else { 0 };
    let entry = audit::Entry::of("signup", account.id, peer).within(account.workspace_id);
    let method = format!("oauth:{}", profile.provider.word());
    let detail = json!({"user_type": account.user_type, "method": method, "claimed": claimed});
    audit::record(tx, clock, entry.with(detail)).await?;
    Ok(Some(account))
}
