//! Administrators: made by whoever runs the server, never by signing up.

use http_base::Peer;
use kernel::{Error, Fault, Result, Scope, UserType};
use serde_json::json;

use crate::{AccountRow, Accounts, NewAccount, audit, model, passwords, secrets, store};

/// Makes an administrator of this address. Without a password it gets a random one, which is answered and stands nowhere else.
pub async fn create_admin(
    accounts: &Accounts,
    email: &str,
    password: Option<String>,
) -> Result<(AccountRow, Option<String>)> {
    let clock = accounts.clock();
    let email = model::checked_email(email)?;
    let made = password.is_none().then(|| secrets::random(clock, ""));
    let password = password.or_else(|| made.clone()).unwrap_or_default();
    if let Some((kind, message)) = passwords::fault(&password, &[&email]) {
        return Err(Error::invalid(vec![Fault { loc: vec!["password".into()], message, kind }]));
    }
    let hash = accounts.hasher().hash(&password).await?;
    let new = NewAccount {
        email: Some(email),
        password_hash: Some(hash),
        // Whoever runs the server says whose address it is.
        is_verified: true,
        ..NewAccount::of(UserType::Admin)
    };
    let mut tx = accounts.app().write().await?;
    let account = store::insert_account(Scope::system(), &mut tx, clock, new).await?;
    let entry = audit::Entry::of("admin.created", account.id, &Peer::default()).to(account.id.to_string());
    audit::record(&mut tx, clock, entry.with(json!({"by": "the command line"}))).await?;
    tx.commit().await?;
    Ok((account, made))
}
