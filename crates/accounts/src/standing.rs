//! Where an account stands with those it has worked with. Collaborations know it; here it is only told.

use async_trait::async_trait;
use db::Tx;
use kernel::{AccountId, Result};

/// Where an account stands.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Standing {
    /// Its tier, from 0.
    pub tier_level: u64,
    /// What collaborations have earned it.
    pub karma_score: i64,
    /// The mean of its ratings, 1 to 5; nothing without any.
    pub rating: Option<f64>,
    /// Collaborations that were completed.
    pub completed_collaborations: u64,
}

/// Knows where accounts stand. Whoever keeps collaborations fills this in; accounts name no table of theirs.
#[async_trait]
pub trait Standings: Send + Sync {
    /// Where an account stands now.
    async fn of(&self, tx: &mut Tx, account: AccountId) -> Result<Standing>;
}

/// Where nobody has worked with anybody.
pub(crate) struct Newcomers;

#[async_trait]
impl Standings for Newcomers {
    async fn of(&self, _: &mut Tx, _: AccountId) -> Result<Standing> {
        Ok(Standing::default())
    }
}
