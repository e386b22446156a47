//! `deliveries`: what left the server in vain.

use std::process::ExitCode;

use db::Db;
use kernel::{Clock, DeliveryId, Result};

/// More than this is not listed at once.
const MOST: u32 = 1_000;

/// Prints what was given up.
pub(super) async fn failed(db: &Db) -> Result<()> {
    let failed = delivery::failed(&mut db.read().await?, MOST).await?;
    for one in &failed {
        let why = one.error.as_deref().unwrap_or_default().replace('\n', " ");
        super::tell(&format!("{}  {}  {}  tried {} times: {why}", one.id, one.kind, one.subject, one.attempts));
    }
    eprintln!("{} deliveries were given up; `influencerflow deliveries replay ID` has one tried again", failed.len());
    db.close().await;
    Ok(())
}

/// Has a delivery that was given up tried again; the status is a failure if there is none.
pub(super) async fn replay(db: &Db, id: DeliveryId) -> Result<ExitCode> {
    let mut tx = db.write().await?;
    let is_there = delivery::replay(&mut tx, &Clock::system(), id).await?;
    tx.commit().await?;
    db.close().await;
    eprintln!("{}", if is_there { "It will be tried again" } else { "No delivery of this id was given up" });
    Ok(if is_there { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
