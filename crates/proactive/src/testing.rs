//! For tests: parts of what a process does by itself.

use kernel::{Error, Result};

use crate::engine::scan::scan;
use crate::store::{firings, rules};
use crate::{Proactive, RuleId};

/// Has two processes look by one rule at once, both from where it stood before either did.
pub async fn scan_twice(one: &Proactive, two: &Proactive, rule: RuleId) -> Result<()> {
    let mut tx = one.app().read().await?;
    let rule = rules::by_id(&mut tx, rule).await?.ok_or_else(|| Error::not_found("Rule"))?;
    drop(tx);
    let (first, second) = futures::join!(scan(one, rule.clone()), scan(two, rule));
    first.and(second)
}

/// Has a rule look once.
pub async fn scan_now(of: &Proactive, rule: RuleId) -> Result<()> {
    let rule = rules::by_id(&mut of.app().read().await?, rule).await?.ok_or_else(|| Error::not_found("Rule"))?;
    scan(of, rule).await
}

/// Has a rule look until it has caught up. Tells how many firings it has then.
pub async fn scan_until_done(of: &Proactive, rule: RuleId) -> Result<u64> {
    let mut before = None;
    loop {
        let mut tx = of.app().read().await?;
        let rule = rules::by_id(&mut tx, rule).await?.ok_or_else(|| Error::not_found("Rule"))?;
        let (_, count) = firings::page(&mut tx, &rule, None, 1, 0).await?;
        drop(tx);
        if before == Some(count) {
            return Ok(count);
        }
        before = Some(count);
        scan(of, rule).await?;
    }
}
