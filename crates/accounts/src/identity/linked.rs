//! The providers of one's own account: linked, listed, unlinked.

use http_base::Peer;
use kernel::{Account, Caller, Error, Result, SessionId};
use ports::identity::{Profile, Provider};
use serde_json::json;

use super::oauth::note_link;
use super::store::{self, IdentityRow};
use crate::{AccountRow, Accounts, audit};

/// The ways into an account.
pub(crate) struct Ways {
    pub(crate) identities: Vec<IdentityRow>,
    pub(crate) has_password: bool,
}

/// The ways into one's own account.
pub(crate) async fn list(accounts: &Accounts, account: Account) -> Result<Ways> {
    let (id, scope) = (account.id, Caller::Account(account).scope());
    let mut tx = accounts.app().read().await?;
    let row = crate::store::by_id(scope, &mut tx, id).await?.ok_or_else(crate::state::refused)?;
    let identities = store::list(scope, &mut tx, id).await?;
    let elsewhere = store::supabase_id(scope, &mut tx, id).await?.is_some();
    Ok(Ways { identities, has_password: row.password_hash.is_some() || elsewhere })
}

/// Links what a provider vouches for to one's own account; true if it was not linked before.
pub(crate) async fn link(accounts: &Accounts, account: Account, profile: &Profile, peer: &Peer) -> Result<bool> {
    let (id, scope, now) = (account.id, Caller::Account(account).scope(), accounts.clock().now());
    let name = profile.provider.name();
    let mut tx = accounts.app().write().await?;
    if !store::hold(scope, &mut tx, id, now).await? {
        return Err(crate::state::refused());
    }
    let row: AccountRow = crate::store::by_id(scope, &mut tx, id).await?.ok_or_else(crate::state::refused)?;
    // Whose it is, is looked for among all accounts.
    let owner = store::account_of(kernel::Scope::system(), &mut tx, profile.provider, &profile.subject).await?;
    match owner {
        Some(owner) if owner.id == id => {
            store::keep_profile(scope, &mut tx, id, profile, now).await?;
            tx.commit().await?;
            return Ok(false);
        }
        Some(_) => return Err(taken(name)),
        None => {}
    }
    let others = store::list(scope, &mut tx, id).await?;
    if others.iter().any(|other| other.provider == profile.provider.word()) {
        return Err(Error::conflict(format!("Another {name} account is linked already: unlink it first")));
    }
    if !store::insert(scope, &mut tx, id, profile, now).await? {
        return Err(taken(name));
    }
    store::keep_profile(scope, &mut tx, id, profile, now).await?;
    note_link(accounts, &mut tx, &row, profile, peer, "owner").await?;
    tx.commit().await?;
    Ok(true)
}

fn taken(name: &str) -> Error {
    Error::conflict(format!(
        "This {name} account is linked to another account here: log in to that, and unlink it there"
    ))
}

/// Unlinks a provider from one's own account, and ends the other log-ins that came by it.
pub(crate) async fn unlink(
    accounts: &Accounts,
    (account, current): (Account, SessionId),
    provider: Provider,
    peer: &Peer,
) -> Result<()> {
    let (id, scope, now) = (account.id, Caller::Account(account).scope(), accounts.clock().now());
    let mut tx = accounts.app().write().await?;
    if !store::hold(scope, &mut tx, id, now).await? {
        return Err(crate::state::refused());
    }
    let row = crate::store::by_id(scope, &mut tx, id).await?.ok_or_else(crate::state::refused)?;
    let linked = store::list(scope, &mut tx, id).await?;
    if !linked.iter().any(|identity| identity.provider == provider.word()) {
        return Err(Error::not_found("Identity"));
    }
    let elsewhere = store::supabase_id(scope, &mut tx, id).await?.is_some();
    if linked.len() == 1 && row.password_hash.is_none() && !elsewhere {
        let message = "It is the only way into this account: link another one first, or, if it has an e-mail address, ask for a password by mail";
        return Err(Error::conflict(message));
    }
    store::delete(scope, &mut tx, id, provider).await?;
    if provider == Provider::Instagram {
        store::forget_instagram(scope, &mut tx, id, now).await?;
    }
    let method = format!("oauth:{}", provider.word());
    let ended = store::end_by_method(scope, &mut tx, (id, current), &method, now).await?;
    let entry = audit::Entry::of("identity.unlinked", id, peer).within(row.workspace_id);
    let detail = json!({"provider": provider.word(), "sessions_ended": ended});
    audit::record(&mut tx, accounts.clock(), entry.with(detail)).await?;
    tx.commit().await
}
