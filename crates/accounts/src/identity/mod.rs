//! Log-ins that others vouch for: social networks, and Supabase where it keeps the passwords.
//!
//! Invariants: an identity (a provider and its id of someone) belongs to one account; an account has at most one of each
//! provider, and always keeps a way in. Nobody gets into an account by an e-mail address that was not proved on both sides,
//! and never so into an administrator's. What a provider does not vouch for is not kept as the account's address.

pub(crate) mod linked;
pub(crate) mod oauth;
pub(crate) mod store;
pub(crate) mod supabase;

use std::sync::Arc;

use kernel::{Error, Kind, Result};
use ports::identity::{IdentityBackend, LogIns};

use crate::state::Shared;

/// Who vouches for people, as far as anybody does.
#[derive(Clone, Default)]
pub struct Vouching {
    /// By these providers people may log in.
    pub log_ins: Option<Arc<dyn LogIns>>,
    /// This service keeps passwords and log-ins in our place.
    pub backend: Option<Arc<dyn IdentityBackend>>,
}

impl crate::Accounts {
    /// The service that keeps passwords in our place, if one does.
    pub(crate) fn backend(&self) -> Option<&dyn IdentityBackend> {
        self.shared().backend()
    }

    pub(crate) fn log_ins(&self) -> Result<&dyn LogIns> {
        self.shared().vouching.log_ins.as_deref().ok_or_else(|| {
            Error::new(Kind::Unavailable, "Log-in by other providers is not set up here; log in with a password")
        })
    }
}

impl Shared {
    pub(crate) fn backend(&self) -> Option<&dyn IdentityBackend> {
        self.vouching.backend.as_deref()
    }
}
