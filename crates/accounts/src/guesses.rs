//! Guessing passwords is slowed, and nobody locks anybody else out by it.
//!
//! Three things are counted, and only failures: of one network for one account (tightly), of one network for all accounts, and
//! for one account from all networks together. The last does not count where the account has logged in before, so that its
//! owner gets in there whatever strangers do elsewhere; to get in from a new place meanwhile, the owner asks for a new password by
//! mail, which makes that place a known one. Room comes back evenly, so that whoever goes on guessing waits longer and longer
//! than they would have to. An account that does not exist is counted like one that does.
//!
//! It is looked before a password is checked and counted after it was wrong: guesses at the same moment may be more, by as many as the
//! threads that hash let wait. If the counters cannot be reached, log-ins go on, slowed by hashing alone, and the log tells.

use std::net::IpAddr;
use std::time::Duration;

use http_base::Peer;
use kernel::{AccountId, Error, Kind, Result, Scope};
use ports::counters::Quota;

use crate::model::email_key;
use crate::{AccountRow, Accounts, secrets, store};

/// What a guess would be about, and how much of it there may be.
pub(crate) struct Guesses {
    counted: Vec<(String, Quota)>,
}

/// The part of an address that one party holds: all of IPv4's, the first half of IPv6's.
pub(crate) fn network(peer: &Peer) -> String {
    match peer.address {
        Some(IpAddr::V6(address)) => {
            let s = address.segments();
            format!("{:x}:{:x}:{:x}:{:x}::/64", s[0], s[1], s[2], s[3])
        }
        Some(address) => address.to_string(),
        None => "unknown".into(),
    }
}

const QUARTER: Duration = Duration::from_mins(15);
const HOUR: Duration = Duration::from_hours(1);

/// The name of an address's counters: not the address itself, which a shared store has no need to know.
fn name(email: &str) -> String {
    secrets::hash(&email_key(email))[..32].to_owned()
}

impl Guesses {
    /// At the password of this address, from there. Told before it is known whether the address is anybody's.
    pub(crate) async fn at_login(
        accounts: &Accounts,
        email: &str,
        found: Option<&AccountRow>,
        peer: &Peer,
    ) -> Result<Self> {
        let (settings, network, name) = (accounts.settings(), network(peer), name(email));
        let mut counted = vec![
            (format!("guess:{network}:{name}"), Quota { most: settings.failures_of_pair, per: QUARTER }),
            (format!("guess:{network}"), Quota { most: settings.failures_of_address, per: QUARTER }),
        ];
        // Asked for either way: with nobody's id, where there is no account.
        let id = found.map_or_else(|| AccountId::from_uuid(uuid::Uuid::nil()), |account| account.id);
        let mut tx = accounts.app().read().await?;
        let known = store::is_known_address(Scope::system(), &mut tx, id, &network).await?;
        if !known {
            counted.push((format!("guess::{name}"), Quota { most: settings.failures_of_account, per: HOUR }));
        }
        Ok(Self { counted })
    }

    /// At the password of whoever is logged in: by someone at their machine.
    pub(crate) fn at_own_password(accounts: &Accounts, account: AccountId) -> Self {
        let quota = Quota { most: accounts.settings().failures_of_pair, per: QUARTER };
        Self { counted: vec![(format!("guess:own:{account}"), quota)] }
    }

    /// Is there room for another wrong one? [`Kind::RateLimited`] if not.
    pub(crate) async fn look(&self, accounts: &Accounts) -> Result<()> {
        for (key, quota) in &self.counted {
            match accounts.counters().look(key, *quota).await {
                Ok(verdict) if !verdict.allowed => return Err(too_many(verdict.retry_after)),
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "wrong passwords cannot be counted"),
            }
        }
        Ok(())
    }

    /// It was wrong.
    pub(crate) async fn failed(&self, accounts: &Accounts) {
        metrics::counter!("login_failures_total").increment(1);
        for (key, quota) in &self.counted {
            if let Err(error) = accounts.counters().take(key, *quota).await {
                tracing::warn!(%error, "a wrong password cannot be counted");
            }
        }
    }

    /// It was right: what went wrong before, from here for this account, is forgotten. What went wrong elsewhere is not, or whoever
    /// has one account could guess at others without end.
    pub(crate) async fn succeeded(&self, accounts: &Accounts) {
        if let Some((key, _)) = self.counted.first()
            && let Err(error) = accounts.counters().forget(key).await
        {
            tracing::warn!(%error, "wrong passwords cannot be forgotten");
        }
    }
}

/// May another mail be sent to this address because somebody asks for it?
pub(crate) async fn may_mail(accounts: &Accounts, what: &str, email: &str) -> bool {
    let quota = Quota { most: accounts.settings().mails_per_hour, per: HOUR };
    match accounts.counters().take(&format!("mail:{what}:{}", name(email)), quota).await {
        Ok(verdict) => verdict.allowed,
        Err(error) => {
            tracing::warn!(%error, "mails cannot be counted");
            true
        }
    }
}

/// Too many wrong passwords; there is room again after so long.
fn too_many(wait: Duration) -> Error {
    let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
    let message = format!("Too many wrong passwords; wait {seconds} seconds, or ask for a new password by mail");
    Error::new(Kind::RateLimited(seconds), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_party_is_one_network() {
        let of = |address: &str| network(&Peer { address: Some(address.parse().unwrap()), agent: None });
        assert_eq!(of("203.0.113.7"), "203.0.113.7");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    }
}
