//! The SQL of accounts, log-ins and tokens.

mod accounts;
mod addresses;
mod mail_tokens;
mod purge;
mod sessions;
mod suspensions;

pub use accounts::{
    Public, by_email, by_id, by_ids, insert_account, keep_password, people, set_password, set_verified, touch,
    username_for,
};
pub(crate) use accounts::{forget_password, is_taken, proved_creators};
pub use addresses::{forget_addresses, is_known_address, know_address};
pub use mail_tokens::{Purpose, insert_mail_token, kill_mail_tokens, peek_mail_token, take_mail_token};
pub use purge::purge;
pub(crate) use sessions::{
    Alive, Lasting, Rotation, Traded, alive, all_alive, goes_on_by, insert_session, is_traded, list_sessions, rotate,
};
pub use sessions::{SessionRow, end_session, end_sessions};
pub use suspensions::{hide_profile, lift, suspend};

use db::{Sql, Tx};
use kernel::{Result, Scope};

/// Tells every process that what it knows of log-ins and accounts may have changed: call it, late in the transaction, whenever
/// a log-in is ended, or an account's kind, workspace, role or existence changes.
pub async fn moved(tx: &mut Tx) -> Result<()> {
    tx.next_version(crate::TOPIC).await.map(drop)
}

/// What a scope lets through of the accounts, whose ids stand in this column.
pub(crate) fn of_accounts(sql: &mut Sql, scope: Scope, column: &str) {
    if scope.sees_everything() {
        return;
    }
    if let Some(workspace) = scope.workspace() {
        sql.push(" AND ")
            .push(column)
            .push(" IN (SELECT id FROM accounts WHERE workspace_id = ")
            .bind(workspace)
            .push(")");
    } else {
        sql.push(" AND ").push(column).push(" = ").bind(scope.person());
    }
}
