//! What is kept of where a creator is paid is taken away, once no money waits for it.

use http_base::data::{Eraser as _, Holder};
use kernel::{Scope, UserType};
use payments::data::Erasing;
use payments::store::{PayoutAccount, payout_account, set_payout_account};
use testkit::{FreshDb, both_engines};

use crate::World;

impl World {
    /// Erases the creator; tells whether their account is still known.
    async fn erase(&self) -> bool {
        let holder = Holder::of(self.creator_account.account.id, UserType::Creator);
        let holder = Holder { claimed: vec![self.creator], ..holder };
        let mut tx = self.app.write().await.unwrap();
        Erasing.erase(Scope::system(), &mut tx, &holder, self.clock.now()).await.unwrap();
        let known = payout_account(Scope::system(), &mut tx, self.creator, "stripe").await.unwrap();
        tx.commit().await.unwrap();
        known.is_some()
    }
}

#[both_engines]
async fn an_account_that_money_waits_for_stays(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.paid(400.0).await;
    let mut tx = world.app.write().await.unwrap();
    let now = world.clock.now();
    let account = PayoutAccount { account: "acct_1".into(), set_by: None, address: None, good_from: now };
    set_payout_account(Scope::system(), &mut tx, world.creator, "stripe", &account, now).await.unwrap();
    let sql = "UPDATE payments SET payout_status = 'waiting' WHERE status = 'completed'";
    assert_eq!(tx.execute(sql, vec![]).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert!(world.erase().await);
    let mut tx = world.app.write().await.unwrap();
    tx.execute("UPDATE payments SET payout_status = 'paid'", vec![]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!world.erase().await);
    assert!(!world.erase().await, "once more changes nothing");
}
