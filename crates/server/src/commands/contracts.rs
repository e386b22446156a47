//! `influencerflow contracts`.

use std::process::ExitCode;

use db::Db;
use deals::ops::verify;
use kernel::Result;

use super::tell;

/// Verifies every contract's trail and tells what does not fit.
pub(super) async fn verify(db: &Db) -> Result<ExitCode> {
    let summary = verify::everything(db).await?;
    for verdict in &summary.broken {
        for fault in &verdict.faults {
            tell(&format!("contract {}: {fault}", verdict.contract_id));
        }
    }
    tell(&format!("{} contracts, {} entries, {} broken", summary.contracts, summary.entries, summary.broken.len()));
    db.close().await;
    Ok(if summary.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
