//! What rules do by themselves.

use std::time::Duration;

use async_trait::async_trait;
use audience::events::{UserCreated, UserUpdated, UsersImported};
use db::{EventRow, Tx};
use events::{Event as _, Handler, Subscribers, Subscription};
use jobs::{NewJob, Registry};
use kernel::Result;
use serde::{Deserialize, Serialize};

use super::{marks, scan, send};
use crate::Proactive;
use crate::model::{RuleId, TriggerKind};
use crate::store::rules;

const SCAN: &str = "proactive.scan";
/// The kind of job that carries out what is due.
pub(crate) const SEND: &str = "proactive.send";
const DATES: &str = "proactive.dates";

#[derive(Serialize, Deserialize)]
struct Dates {
    rule_id: RuleId,
}

/// The jobs.
pub(crate) fn registry(of: &Proactive) -> Registry {
    let mut registry = Registry::new();
    let minute = Duration::from_secs(60);
    let own = of.clone();
    registry.on(SCAN, move |_, _| {
        let of = own.clone();
        async move { Ok(scan::scan_all(&of).await?) }
    });
    registry.every(minute, SCAN);
    let own = of.clone();
    registry.on(SEND, move |_, _| {
        let of = own.clone();
        async move { Ok(send::send_due(&of).await?) }
    });
    registry.every(minute, SEND);
    let own = of.clone();
    registry.on(DATES, move |_, payload| {
        let of = own.clone();
        async move {
            let dates: Dates = payload.read()?;
            Ok(marks::dates(&of, dates.rule_id).await?)
        }
    });
    registry
}

/// Has the dates of everybody be worked out for a rule.
pub(crate) async fn want_dates(of: &Proactive, tx: &mut Tx, rule: RuleId) -> Result<()> {
    let job = NewJob::new(DATES, &Dates { rule_id: rule })?.dedupe(format!("{DATES}:{rule}"));
    jobs::enqueue(tx, of.app().clock(), job).await.map(drop)
}

/// Who follows events: dates come from profiles.
pub(crate) fn subscribers(of: &Proactive) -> Subscribers {
    let mut all = Subscribers::new();
    let known = [UserCreated::NAME, UserUpdated::NAME, UsersImported::NAME];
    all.add(Subscription::new("proactive-dates", Profiles(of.clone())).to(known));
    all
}

struct Profiles(Proactive);

#[async_trait]
impl Handler for Profiles {
    async fn handle(&self, tx: &mut Tx, event: &EventRow) -> Result<()> {
        if event.kind == UsersImported::NAME {
            let imported: UsersImported = events::read(event)?;
            for rule in rules::active_of(imported.workspace_id, tx, TriggerKind::Date).await? {
                want_dates(&self.0, tx, rule.id).await?;
            }
            return Ok(());
        }
        let (workspace, member) = if event.kind == UserCreated::NAME {
            let created: UserCreated = events::read(event)?;
            (created.workspace_id, created.user_id)
        } else {
            let updated: UserUpdated = events::read(event)?;
            (updated.workspace_id, updated.user_id)
        };
        marks::dates_of(&self.0, tx, workspace, member).await
    }
}
