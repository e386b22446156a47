//! Log-ins that others vouch for: social networks, and Supabase where it keeps the passwords.
//!
//! Invariants: an identity (a provider and its id of someone) belongs to one account; an account has at most one of each
//! provider, and always keeps a way in. Nobody gets into an account by an e-mail address that was not proved on both sides,
//! and never so into an administrator's. What a provider does not vouch for is not kept as the account's address.

pub(crate) mod linked;
pub(crate) mod oauth;
pub(crate) mod store;
pub(crate) mod supabase;

use std::sync::{Arc, OnceLock};

use kernel::{Error, Kind, Result};
use ports::identity::{IdentityBackend, LogIns};

use crate::state::Shared;

/// Who vouches for people, as far as anybody does.
#[derive(Default)]
pub(crate) struct Vouching {
    log_ins: OnceLock<Arc<dyn LogIns>>,
    backend: OnceLock<Arc<dyn IdentityBackend>>,
    pub(crate) known: supabase::Known,
}

impl crate::Accounts {
    /// Lets people log in by these providers. The first call counts.
    pub fn log_in_by(&self, log_ins: Arc<dyn LogIns>) {
        let _ = self.shared().vouching.log_ins.set(log_ins);
    }

    /// Has passwords and log-ins kept by this service. The first call counts; call it before anything is served.
    pub fn keep_passwords_at(&self, backend: Arc<dyn IdentityBackend>) {
        let _ = self.shared().vouching.backend.set(backend);
    }

    /// The service that keeps passwords in our place, if one does.
    pub(crate) fn backend(&self) -> Option<&dyn IdentityBackend> {
        self.shared().backend()
    }

    pub(crate) fn log_ins(&self) -> Result<&dyn LogIns> {
        self.shared().vouching.log_ins.get().map(|log_ins| &**log_ins).ok_or_else(|| {
            Error::new(Kind::Unavailable, "Log-in by other providers is not set up here; log in with a password")
        })
    }
}

impl Shared {
    pub(crate) fn backend(&self) -> Option<&dyn IdentityBackend> {
        self.vouching.backend.get().map(|backend| &**backend)
    }
}
