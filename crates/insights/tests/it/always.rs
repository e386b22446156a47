//! Whatever comes in, and in whatever order: the sums are those of the rows.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{BROWSER, World};

/// Creator, post, day, views, reach, revenue and whether in euros.
type Row = (usize, u8, u8, u32, Option<u16>, Option<(u16, bool)>);

/// Something that happens.
#[derive(Clone, Debug)]
enum Act {
    /// Rows come in.
    Metrics(Vec<Row>),
    /// A row is taken out.
    Delete(usize, u8, u8),
    /// Somebody follows the link of a creator.
    Click(usize, u8, bool),
    /// An order of this number comes in, by a creator's code in one of two campaigns, or by link.
    Order(u8, usize, u8, Option<u16>),
    /// An order is cancelled.
    Cancel(u8),
    /// The next day begins.
    Tomorrow,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let revenue = proptest::option::of((any::<u16>(), any::<bool>()));
    let row = (0..3_usize, 0..3_u8, 1..4_u8, 0..1_000_000_u32, proptest::option::of(any::<u16>()), revenue);
    let act = prop_oneof![
        4 => proptest::collection::vec(row, 1..30).prop_map(Act::Metrics),
        3 => (0..3_usize, 0..3_u8, 1..4_u8).prop_map(|(creator, post, day)| Act::Delete(creator, post, day)),
        3 => (0..3_usize, 0..3_u8, any::<bool>()).prop_map(|(creator, visitor, bot)| Act::Click(creator, visitor, bot)),
        4 => (0..4_u8, 0..3_usize, 0..3_u8, proptest::option::of(any::<u16>()))
            .prop_map(|(order, creator, by, revenue)| Act::Order(order, creator, by, revenue)),
        2 => (0..4_u8).prop_map(Act::Cancel),
        1 => Just(Act::Tomorrow),
    ];
    proptest::collection::vec(act, 1..25)
}

impl World {
    async fn act(&self, act: &Act) {
        match act {
            Act::Metrics(rows) => {
                let rows: Vec<_> = rows
                    .iter()
                    .map(|(creator, post, day, views, reach, revenue)| {
                        json!({"creator_id": self.creators[*creator], "post_id": format!("p{post}"), "date": format!("2026-02-0{day}"),
                            "views": views, "likes": views % 7, "reach": reach, "revenue": revenue.map(|(amount, _)| amount),
                            "currency": revenue.map(|(_, euros)| if euros { "EUR" } else { "USD" })})
                    })
                    .collect();
                self.record(&json!(rows)).await;
            }
            Act::Delete(creator, post, day) => {
                let creator = self.creators[*creator];
                let path = self.path(&format!("metrics?creator_id={creator}&post_id=p{post}&date=2026-02-0{day}"));
                let status = self.client.delete(&path).await.status;
                assert!(matches!(status, 200 | 404));
            }
            Act::Click(creator, visitor, bot) => {
                let agent = if *bot { "Googlebot" } else { BROWSER };
                let reply = self.follow(&format!("link-{creator}"), &format!("203.0.113.{visitor}"), agent).await;
                assert_eq!(reply.status, 302);
            }
            Act::Order(order, creator, by, revenue) => {
                let code = match by {
                    0 => ("code", format!("FIRST{creator}")),
                    1 => ("promo_code", format!("second{creator}")),
                    _ => ("link_code", format!("link-{creator}")),
                };
                let mut body = json!({"order_id": format!("o{order}"), "revenue": revenue});
                body[code.0] = json!(code.1);
                self.client.post("/api/v1/analytics/conversions", &body).await.ok();
            }
            Act::Cancel(order) => {
                let status = self.client.delete(&format!("/api/v1/analytics/conversions/o{order}")).await.status;
                assert!(matches!(status, 200 | 404));
            }
            Act::Tomorrow => self.clock.advance(kernel::time::DAY),
        }
    }
}

#[both_engines]
async fn the_sums_are_those_of_the_rows(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for creator in 0..3 {
        world.link(creator, json!({"code": format!("link-{creator}")})).await;
        world.promo(world.campaign, creator, &format!("First{creator}")).await;
        world.promo(world.second, creator, &format!("Second{creator}")).await;
    }
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..20 {
        let acts = acts().new_tree(&mut runner).unwrap().current();
        for act in &acts {
            world.act(act).await;
        }
        world.check_sums().await;
    }
    assert!(world.number("SELECT count(*) FROM post_metrics").await > 0);
    assert!(world.number("SELECT count(*) FROM link_days").await > 0);
}
