//! What accounts do by themselves: mails to whoever forgot their password, and forgetting what is over.

use std::time::Duration;

use http_base::Peer;
use jobs::{Context, NewJob, Outcome, Payload, Registry};
use kernel::{AccountId, Result, Scope};
use serde::{Deserialize, Serialize};

use crate::{Accounts, audit, guesses, letters, store};

const FORGOT: &str = "accounts.forgot";
const PURGE: &str = "accounts.purge";
const CLAIMS: &str = "accounts.claims";

/// Accounts that are looked at in one transaction.
const BITE: u32 = 200;

/// How long log-ins that are over, and networks that were not seen again, are remembered.
const SESSIONS: i64 = 90 * kernel::time::DAY;
const ADDRESSES: i64 = 400 * kernel::time::DAY;
/// Tokens that are over are of no use at all; a day more, for clocks that differ.
const TOKENS: i64 = kernel::time::DAY;

/// Every job of accounts.
pub fn jobs(accounts: &Accounts) -> Registry {
    let mut registry = Registry::new();
    let own = accounts.clone();
    registry.on(FORGOT, move |_, payload| forgot(own.clone(), payload));
    registry.on(PURGE, |context, _| purge(context));
    registry.every(Duration::from_hours(24), PURGE);
    registry.on(CLAIMS, |context, _| claims(context));
    registry.every(Duration::from_hours(24), CLAIMS);
    crate::data::register(&mut registry, accounts);
    registry
}

#[derive(Serialize, Deserialize)]
struct Forgot {
    email: String,
    address: Option<std::net::IpAddr>,
    agent: Option<String>,
}

/// Someone says that they forgot the password of this address. Whether it is anybody's is only found out by the job: the request
/// does the same, and takes as long, either way.
pub(crate) async fn ask_for_reset(accounts: &Accounts, email: &str, peer: &Peer) -> Result<()> {
    let payload = Forgot { email: email.to_owned(), address: peer.address, agent: peer.agent.clone() };
    let mut tx = accounts.app().write().await?;
    ::jobs::enqueue(&mut tx, accounts.clock(), NewJob::new(FORGOT, &payload)?).await?;
    tx.commit().await
}

async fn forgot(accounts: Accounts, payload: Payload) -> Outcome {
    let asked: Forgot = payload.read()?;
    let peer = Peer { address: asked.address, agent: asked.agent };
    let mut tx = accounts.app().read().await?;
    let found = store::by_email(Scope::system(), &mut tx, &asked.email).await?;
    drop(tx);
    let Some(account) = found else { return Ok(()) };
    if !guesses::may_mail(&accounts, "reset", &asked.email).await {
        return Ok(());
    }
    // Run twice, it sends two mails: each has a token of its own.
    let mut tx = accounts.app().write().await?;
    letters::reset(&accounts, &mut tx, &account).await?;
    let entry = audit::Entry::of("password.forgotten", account.id, &peer).within(account.workspace_id);
    audit::record(&mut tx, accounts.clock(), entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Creators whose addresses were proved before the directory remembered that: their entries are theirs as well.
async fn claims(context: Context) -> Outcome {
    let (scope, now, mut after) = (Scope::system(), context.clock.now(), AccountId::from_uuid(uuid::Uuid::nil()));
    loop {
        let mut tx = context.db.read().await?;
        let proved = store::proved_creators(scope, &mut tx, after, BITE).await?;
        drop(tx);
        let Some((last, _)) = proved.last() else { return Ok(()) };
        after = *last;
        let mut tx = context.db.write().await?;
        for (id, email) in proved {
            if !creators::store::is_proved(scope, &mut tx, &email, id).await? {
                creators::store::prove(scope, &mut tx, &email, id, now).await?;
            }
        }
        tx.commit().await?;
    }
}

async fn purge(context: Context) -> Outcome {
    let now = context.clock.now();
    loop {
        let mut tx = context.db.write().await?;
        let gone = store::purge(Scope::system(), &mut tx, now.plus(-SESSIONS), now.plus(-TOKENS), now.plus(-ADDRESSES))
            .await?;
        tx.commit().await?;
        if gone == 0 {
            return Ok(());
        }
    }
}
