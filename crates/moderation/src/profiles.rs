//! Profiles, which are accounts'.

use async_trait::async_trait;
use db::Tx;
use kernel::{Account, AccountId, Result, Scope, Timestamp};
use uuid::Uuid;

use crate::model::Subject;
use crate::port::{Moderated, Seen};

/// The profiles of accounts: everybody who is logged in may see one.
#[derive(Clone, Copy, Debug)]
pub struct Profiles;

#[async_trait]
impl Moderated for Profiles {
    fn subject(&self) -> Subject {
        Subject::Profile
    }

    async fn seen(&self, tx: &mut Tx, _: &Account, id: Uuid) -> Result<Option<Seen>> {
        let account = accounts::store::by_id(Scope::system(), tx, AccountId::from_uuid(id)).await?;
        Ok(account.filter(|account| account.profile_hidden_at.is_none()).map(|account| Seen { owner: account.id }))
    }

    async fn hide(&self, tx: &mut Tx, id: Uuid, _: AccountId, now: Timestamp) -> Result<bool> {
        accounts::store::hide_profile(Scope::system(), tx, AccountId::from_uuid(id), Some(now)).await
    }

    async fn restore(&self, tx: &mut Tx, id: Uuid, _: AccountId, _: Timestamp) -> Result<bool> {
        accounts::store::hide_profile(Scope::system(), tx, AccountId::from_uuid(id), None).await
    }
}
