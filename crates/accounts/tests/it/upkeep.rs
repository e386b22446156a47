//! What is over is forgotten, and what is alive is not.

use kernel::time::DAY;
use testkit::{FreshDb, both_engines};

use crate::world::World;

#[both_engines]
async fn what_is_over_is_forgotten(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    world.someone("eve").await;
    world.work().await;
    assert_eq!(
        (world.rows("sessions").await, world.rows("refresh_tokens").await, world.rows("mail_tokens").await),
        (2, 2, 2)
    );
    world.clock.advance(20 * DAY);
    let fresh = world.refresh(&ana.refresh).await.ok();
    world.clock.advance(12 * DAY);
    world.work().await;
    assert_eq!(
        (world.rows("sessions").await, world.rows("refresh_tokens").await, world.rows("mail_tokens").await),
        (2, 1, 0)
    );
    world.refresh(fresh["refresh_token"].as_str().unwrap()).await.ok();
    world.clock.advance(100 * DAY);
    world.work().await;
    assert_eq!(
        (world.rows("sessions").await, world.rows("refresh_tokens").await),
        (1, 0),
        "log-ins are remembered for a while"
    );
    world.clock.advance(400 * DAY);
    world.work().await;
    assert_eq!((world.rows("sessions").await, world.rows("known_addresses").await), (0, 0));
    assert_eq!(world.rows("accounts").await, 2);
}
