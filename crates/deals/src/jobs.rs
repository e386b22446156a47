//! What happens to contracts by itself: they expire, signers are reminded, deliverables get late.

use std::time::Duration;

use events::TxExt as _;
use jobs::{Context, Outcome, Registry};
use kernel::Scope;
use serde_json::json;

use crate::actor::Actor;
use crate::events::DeliverableLate;
use crate::model::Status;
use crate::ops::{self, Act};
use crate::{Deals, store};

/// How many are taken in one round; a round that was full is followed by the next at once.
const ROUND: u32 = 100;

/// The jobs of this crate.
pub fn jobs(deals: &Deals) -> Registry {
    let mut registry = Registry::new();
    let quarter = Duration::from_mins(15);
    let with = deals.clone();
    registry.on("deals.expire", move |_: Context, _| expire(with.clone())).every(quarter, "deals.expire");
    let with = deals.clone();
    registry.on("deals.remind", move |_: Context, _| remind(with.clone())).every(quarter, "deals.remind");
    let with = deals.clone();
    registry.on("deals.late", move |_: Context, _| late(with.clone())).every(quarter, "deals.late");
    registry
}

fn act(deals: &Deals) -> Act<'_> {
    Act::new(deals, Scope::system(), Actor::system())
}

async fn expire(deals: Deals) -> Outcome {
    loop {
        let act = act(&deals);
        let due = store::due_to_expire(act.scope, &mut deals.app().read().await?, act.now, ROUND).await?;
        for id in &due {
            let mut tx = deals.app().write().await?;
            let mut contract = act.lock(&mut tx, *id).await?;
            // Somebody may have signed it, or taken it back, since it was looked for.
            if contract.status == Status::Sent && contract.expires_at.is_some_and(|expires| expires <= act.now) {
                ops::end(&act, &mut tx, &mut contract, Status::Expired, None).await?;
                tx.commit().await?;
            }
        }
        if due.len() < ROUND as usize {
            return Ok(());
        }
    }
}

async fn remind(deals: Deals) -> Outcome {
    loop {
        let act = act(&deals);
        let due = store::due_reminders(act.scope, &mut deals.app().read().await?, act.now, ROUND).await?;
        for link in &due {
            let mut tx = deals.app().write().await?;
            ops::remind(&act, &mut tx, link).await?;
            tx.commit().await?;
        }
        if due.len() < ROUND as usize {
            return Ok(());
        }
    }
}

async fn late(deals: Deals) -> Outcome {
    loop {
        let act = act(&deals);
        let due = store::contracts_with_late(act.scope, &mut deals.app().read().await?, act.now, ROUND).await?;
        for id in &due {
            let mut tx = deals.app().write().await?;
            let contract = act.lock(&mut tx, *id).await?;
            for deliverable in store::make_late(&mut tx, &contract, act.now).await? {
                act.record(&mut tx, &contract, "deliverable_late", &json!({"deliverable": deliverable})).await?;
                tx.event(DeliverableLate { contract: (&contract).into(), deliverable_id: deliverable });
            }
            tx.commit().await?;
        }
        if due.len() < ROUND as usize {
            return Ok(());
        }
    }
}
