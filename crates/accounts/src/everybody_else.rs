//! Everybody else is out: what the first proof of an address and every new password end.
//!
//! Whoever registered somebody's address before its owner came may have left ways in: log-ins, keys, linked providers, mailed links,
//! invitations. The owner shows who they are by a mail, by a provider that vouches for the address, or by the old password; from
//! then on nothing that was there before lets anybody in. It is one function, so that no way of arriving forgets one way of staying.

use db::{Sql, Tx};
use kernel::{AccountId, Result, Scope, SessionId, Timestamp, UserType};
use serde_json::{Value, json};

use crate::model::email_key;
use crate::{AccountRow, identity, keys, store};

/// What was ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Ended {
    pub(crate) sessions: u64,
    pub(crate) keys: u64,
    pub(crate) identities: u64,
    pub(crate) links: u64,
}

impl Ended {
    /// Was there anything?
    pub(crate) fn anything(self) -> bool {
        self != Self::default()
    }

    /// For the audit log.
    pub(crate) fn told(self) -> Value {
        json!({"sessions_ended": self.sessions, "keys_ended": self.keys, "providers_unlinked": self.identities, "links_ended": self.links})
    }
}

/// Ends every log-in but one, every key, every linked provider, every mailed link and open invitation of this account.
pub(crate) async fn out(
    tx: &mut Tx,
    id: AccountId,
    but: Option<SessionId>,
    why: &str,
    now: Timestamp,
) -> Result<Ended> {
    let scope = Scope::system();
    let mut links = store::kill_mail_tokens(scope, tx, store::Purpose::Reset, id, now).await?;
    // The link that confirms the address is its owner's alone, and stays until they have come.
    if but.is_none() {
        links += store::kill_mail_tokens(scope, tx, store::Purpose::Verify, id, now).await?;
        store::forget_addresses(scope, tx, id).await?;
    }
    let mut sql = Sql::new("UPDATE invitations SET revoked_at = ");
    sql.bind(now).push(" WHERE accepted_at IS NULL AND revoked_at IS NULL AND invited_by = ").bind(id);
    links += sql.run(tx).await?;
    let ended = Ended {
        sessions: store::end_sessions(scope, tx, id, but, why, now).await?,
        keys: keys::store::revoke_all(scope, tx, id, None, now).await?,
        identities: identity::store::delete_all(scope, tx, id, now).await?,
        links,
    };
    store::moved(tx).await?;
    Ok(ended)
}

/// The address of this account is proved, by whatever way: it counts from now on, and a creator's entries in the directory are theirs,
/// those that are there and those that are still to come. Tells how many were claimed.
pub(crate) async fn proved(tx: &mut Tx, account: &AccountRow, now: Timestamp) -> Result<u64> {
    store::moved(tx).await?;
    match (&account.email, account.user_type) {
        (Some(email), UserType::Creator) => {
            creators::store::prove(Scope::system(), tx, &email_key(email), account.id, now).await
        }
        _ => Ok(0),
    }
}
