//! All of the payments' SQL.

mod attempts;
mod disputes;
mod figures;
mod for_analytics;
mod payments;
mod write;

pub use attempts::{
    PayoutAccount, attempt, attempts_of, by_reference, close_attempt, has_nameless, insert_attempt, name_attempt,
    open_attempts, own_instrument, payers_of, payout_account, set_payout_account,
};
pub use disputes::{Dispute, dispute, put_dispute, telling_dispute};
pub(crate) use figures::recent;
pub use figures::{Figure, figures};
pub use for_analytics::{PaidToCreator, paid_by_campaign, paid_by_creator};
pub use payments::{Wanted, by_id, list, of_contract, to_pay_out};
pub use write::{call_off, freeze, insert, release, remove, save, set_line, take, take_unpaid, tell_due};

use db::Sql;
use kernel::Scope;

/// What a scope lets through: a brand sees what it pays, a creator what they are paid.
pub(crate) fn scoped(sql: &mut Sql, scope: Scope) {
    match scope.person() {
        Some(person) => creators::store::claimed_by(sql, "creator_id", person),
        None => sql.within(scope, "workspace_id"),
    };
}
