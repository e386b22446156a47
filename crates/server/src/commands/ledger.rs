//! `ledger verify`: does every cent stand where it must?

use std::process::ExitCode;
use std::time::Instant;

use kernel::Result;

/// Looks through the whole ledger and tells what it found; the status is a failure if anything is wrong.
pub(super) async fn verify(db: &db::Db) -> Result<ExitCode> {
    let started = Instant::now();
    let found = payments::ledger::verify(db).await?;
    for fault in &found.faults {
        super::tell(&format!("FAIL  {fault}"));
    }
    for row in &found.balances {
        let balance = row.balance.to_number();
        super::tell(&format!("{:<8} {} {balance:>16.2}  in {} entries", row.account.word(), row.currency, row.entries));
    }
    let verdict = if found.sound { "the ledger is sound" } else { "the ledger is NOT sound" };
    let seconds = started.elapsed().as_secs_f64();
    super::tell(&format!(
        "{verdict}: {} entries in {} transactions, looked through in {seconds:.1} s",
        found.entries, found.postings
    ));
    Ok(if found.sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
