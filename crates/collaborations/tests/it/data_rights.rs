//! What is told of people, and taken away.

use collaborations::data::SECTIONS;
use http_base::data::{Eraser as _, Holder, Section as _};
use kernel::{Scope, UserType};
use serde_json::{Value, json};
use testkit::{FreshDb, Someone, both_engines};

use crate::World;

impl World {
    async fn told(&self, name: &str, someone: &Someone) -> Vec<Value> {
        let mut holder = Holder::of(someone.account.id, someone.account.user_type);
        holder.owned = someone.account.workspace.into_iter().collect();
        let section = SECTIONS.iter().find(|section| section.name == name).unwrap();
        section.fetch(Scope::system(), &mut self.app.read().await.unwrap(), &holder, 0).await.unwrap()
    }
}

#[both_engines]
async fn what_somebody_wrote_goes_with_them(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.approved().await;
    world.creator.post(&format!("{path}/rate"), &json!({"rating": 4, "feedback": "A secret opinion"})).await.ok();
    world.business.post(&format!("{path}/rate"), &json!({"rating": 5, "feedback": "Fine"})).await.ok();
    for (name, some) in
        [("collaborations", 1), ("submissions", 1), ("ratings_given", 1), ("ratings_received", 1), ("standing", 1)]
    {
        assert_eq!(world.told(name, &world.creator_account).await.len(), some, "{name}");
        let stranger = world.people.creator(&world.clock);
        assert_eq!(world.told(name, &stranger).await.len(), 0, "{name}");
    }
    assert_eq!(world.told("collaborations", &world.business_account).await.len(), 1);
    assert!(!world.told("karma", &world.creator_account).await.is_empty());
    let holder = Holder::of(world.creator_account.account.id, UserType::Creator);
    let mut tx = world.app.write().await.unwrap();
    collaborations::data::Erasing.erase(Scope::system(), &mut tx, &holder, world.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let left = world.get(&path).await;
    assert!(!left.to_string().contains("secret opinion") && !left.to_string().contains("#summer2026\",\"tiktok"));
    assert_eq!((&left["submissions"][0]["captions"], &left["business_rating"]), (&json!({}), &json!(4)));
}
