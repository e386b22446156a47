//! Where accounts stand, as accounts tell it and payments go by it.

use async_trait::async_trait;
use db::Tx;
use kernel::{AccountId, Clock, CreatorId, Result, Scope};

use crate::model::tier_of;
use crate::standing;

/// Tells accounts where they stand, and payments what their tier is worth.
#[derive(Clone)]
pub struct Standings(Clock);

impl Standings {
    /// By this clock: karma fades with time.
    pub fn new(clock: Clock) -> Self {
        Self(clock)
    }
}

#[async_trait]
impl accounts::Standings for Standings {
    async fn of(&self, tx: &mut Tx, account: AccountId) -> Result<accounts::Standing> {
        let now = self.0.now();
        let Some(found) = standing(tx, &[account], now).await?.remove(&account) else {
            return Ok(accounts::Standing::default());
        };
        Ok(accounts::Standing {
            tier_level: found.tier,
            karma_score: found.karma(now),
            rating: found.rating(),
            completed_collaborations: found.completed,
        })
    }
}

#[async_trait]
impl payments::Fees for Standings {
    /// A higher tier keeps more of what it is paid.
    async fn share(&self, tx: &mut Tx, usual: u32, creator: CreatorId) -> Result<u32> {
        let entry = creators::store::by_id(Scope::system(), tx, creator).await?;
        let Some(account) = entry.and_then(|entry| entry.claimed_by) else { return Ok(usual) };
        let found = standing(tx, &[account], self.0.now()).await?.remove(&account);
        let discount = found.map_or(0, |found| tier_of(found.tier).fee_discount);
        Ok(usual.saturating_sub(u32::try_from(discount).unwrap_or(0)))
    }
}
