//! What collaborations do by themselves: deadlines are kept, tiers fall, loose files go; and what contracts and payments tell is followed.

use std::time::Duration;

use ::jobs::{Context, Outcome, Registry};
use async_trait::async_trait;
use db::{EventRow, Tx};
use deals::events::ContractSigned;
use events::{Event as _, Handler, Subscribers, Subscription, read};
use kernel::{AccountId, CollaborationId, Result, Scope};
use mind::brief::Report;
use payments::events::PaymentCompleted;

use crate::model::{Status, SubmissionStatus, TO_PAY};
use crate::ops::{self, Act};
use crate::{Collaborations, store};

const SYSTEM: Scope = Scope::system();
/// So many at once.
const BITE: u32 = 100;

const WAKE: &str = "collaborations.wake";
const ANSWERS: &str = "collaborations.answers";
const TIERS: &str = "collaborations.tiers";
const UNPAID: &str = "collaborations.unpaid";
const FILES: &str = "collaborations.files";

/// The jobs of this crate.
pub fn jobs(of: &Collaborations) -> Registry {
    let mut registry = Registry::new();
    let with = of.clone();
    registry.on(WAKE, move |_: Context, _| wake(with.clone())).every(Duration::from_mins(1), WAKE);
    let with = of.clone();
    registry.on(ANSWERS, move |_: Context, _| answers(with.clone())).every(Duration::from_mins(5), ANSWERS);
    let with = of.clone();
    registry.on(TIERS, move |_: Context, _| tiers(with.clone())).every(Duration::from_hours(6), TIERS);
    let with = of.clone();
    registry.on(UNPAID, move |_: Context, _| unpaid(with.clone())).every(Duration::from_hours(6), UNPAID);
    let with = of.clone();
    registry.on(FILES, move |_: Context, _| sweep(with.clone())).every(Duration::from_hours(6), FILES);
    registry
}

/// Collaborations for which it is time, each in a transaction of its own: what fails with one keeps no other from its turn.
async fn wake(of: Collaborations) -> Outcome {
    loop {
        let act = Act::system(&of);
        let due = store::due(SYSTEM, &mut of.app().read().await?, act.now, BITE).await?;
        let mut woken = 0;
        for id in &due {
            match wake_one(&of, *id).await {
                Ok(()) => woken += 1,
                Err(error) => tracing::warn!(%error, collaboration = %id, "a deadline could not be kept yet"),
            }
        }
        if due.len() < BITE as usize || woken == 0 {
            return Ok(());
        }
    }
}

async fn wake_one(of: &Collaborations, id: CollaborationId) -> Result<()> {
    let act = Act::system(of);
    let report = unread(&act, id).await?;
    let mut tx = of.app().write().await?;
    ops::wake(&act, &mut tx, id, report.as_ref()).await?;
    tx.commit().await
}

/// What the check finds of content whose review is overdue and that nobody had checked.
async fn unread(act: &Act<'_>, id: CollaborationId) -> Result<Option<Report>> {
    let mut tx = act.of.app().read().await?;
    let Some(found) = store::find(SYSTEM, &mut tx, id).await? else { return Ok(None) };
    let is_due = found.deadline_at.is_some_and(|deadline| deadline <= act.now);
    if found.status != Status::ContentSubmitted || !is_due || found.escalated_at.is_some() {
        return Ok(None);
    }
    let last = store::submissions(&mut tx, &found).await?.pop();
    drop(tx);
    match last.filter(|one| one.status == SubmissionStatus::Submitted) {
        Some(last) => ops::analyse(act, last.id).await.map(Some),
        None => Ok(None),
    }
}

/// A proposed day that nobody answered lapses.
async fn answers(of: Collaborations) -> Outcome {
    loop {
        let act = Act::system(&of);
        let due = store::unanswered(SYSTEM, &mut of.app().read().await?, act.now, BITE).await?;
        for id in &due {
            let mut tx = of.app().write().await?;
            let mut found = act.lock(&mut tx, *id).await?;
            if found.proposed_until.is_some_and(|until| until <= act.now) {
                ops::decline(&act, &mut tx, &mut found).await?;
                tx.commit().await?;
            }
        }
        if due.len() < BITE as usize {
            return Ok(());
        }
    }
}

/// Tiers that are not earned any more are lost, after a while.
async fn tiers(of: Collaborations) -> Outcome {
    let mut after = AccountId::from_uuid(uuid::Uuid::nil());
    loop {
        let act = Act::system(&of);
        let some = store::with_tier(SYSTEM, &mut of.app().read().await?, after, BITE).await?;
        for account in &some {
            let mut tx = of.app().write().await?;
            let mut standing = store::hold(SYSTEM, &mut tx, *account, act.now).await?;
            ops::settle_tier(&act, &mut tx, &mut standing).await?;
            tx.commit().await?;
        }
        match some.last() {
            Some(last) if some.len() == BITE as usize => after = *last,
            _ => return Ok(()),
        }
    }
}

/// What was due and is not paid for two weeks costs the business.
async fn unpaid(of: Collaborations) -> Outcome {
    loop {
        let act = Act::system(&of);
        let late = store::unpaid(SYSTEM, &mut of.app().read().await?, act.now.plus(-TO_PAY), BITE).await?;
        for id in &late {
            let mut tx = of.app().write().await?;
            let mut found = act.lock(&mut tx, *id).await?;
            ops::overdue(&act, &mut tx, &mut found).await?;
            tx.commit().await?;
        }
        if late.len() < BITE as usize {
            return Ok(());
        }
    }
}

/// Files that belong to no submission go.
async fn sweep(of: Collaborations) -> Outcome {
    loop {
        let now = of.app().clock().now();
        let loose = store::loose_files(SYSTEM, &mut of.app().read().await?, now).await?;
        for file in &loose {
            let mut tx = of.app().write().await?;
            let gone = store::forget_file(SYSTEM, &mut tx, file.id).await?;
            if gone {
                // Before the commit: what cannot be taken away now stays on the list.
                of.files().delete(&file.file).await?;
            }
            tx.commit().await?;
        }
        if loose.is_empty() {
            return Ok(());
        }
    }
}

/// What contracts and payments tell.
struct Following(Collaborations);

#[async_trait]
impl Handler for Following {
    async fn handle(&self, tx: &mut Tx, event: &EventRow) -> Result<()> {
        let act = Act::system(&self.0);
        if event.kind == ContractSigned::NAME {
            let ContractSigned(contract) = read(event)?;
            return ops::signed(&act, tx, contract.contract_id).await;
        }
        let PaymentCompleted(payment) = read(event)?;
        ops::paid(&act, tx, payment.contract_id).await
    }
}

/// Those who follow events here.
pub(crate) fn subscribers(of: &Collaborations) -> Subscribers {
    let mut subscribers = Subscribers::new();
    let following = Following(of.clone());
    subscribers.add(
        Subscription::new("collaborations.contracts", following).to([ContractSigned::NAME, PaymentCompleted::NAME]),
    );
    subscribers
}
