//! Runs by the thousand, for tests and measures: written as the engine leaves them, without walking there.

use db::{Db, Tx, args};
use kernel::{Clock, Result, Timestamp};

use crate::model::ProgramId;
use crate::rows::Enrolment;

/// The newest run of a program.
pub async fn newest(tx: &mut Tx, program: ProgramId) -> Result<Enrolment> {
    let columns = Enrolment::COLUMNS;
    let sql =
        format!("SELECT {columns} FROM program_enrolments WHERE program_id = $1 ORDER BY enrolled_at DESC, id LIMIT 1");
    tx.fetch_one(&sql, args![program]).await
}

/// Writes so many runs that stand as this one does, each changed by `change`: who is in it, when it is due. Of one program a member has one.
pub async fn copy(
    db: &Db,
    clock: &Clock,
    model: &Enrolment,
    number: usize,
    mut change: impl FnMut(usize, &mut Enrolment),
) -> Result<()> {
    let mut made = 0;
    while made < number {
        let some = (number - made).min(10_000);
        let rows = (made..made + some).map(|place| {
            let mut run = Enrolment { id: clock.new_id(), ..model.clone() };
            change(place, &mut run);
            run
        });
        let rows: Vec<Enrolment> = rows.collect();
        let mut tx = db.write_long().await?;
        tx.insert_all(&rows).await?;
        tx.commit().await?;
        made += some;
    }
    Ok(())
}

/// Has all runs of a program that wait for their time go on at this moment. Tells how many.
pub async fn due_at(tx: &mut Tx, program: ProgramId, at: Timestamp) -> Result<u64> {
    let sql =
        "UPDATE program_enrolments SET due_at = $2 WHERE program_id = $1 AND status = 'active' AND due_at IS NOT NULL";
    tx.execute(sql, args![program, at]).await
}
