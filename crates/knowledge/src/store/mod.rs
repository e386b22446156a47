//! All SQL of knowledge. Everything belongs to a creator: what is another's is not there.

pub mod bases;
pub mod chunks;
pub mod contradictions;
pub mod corrections;
pub mod documents;
pub mod files;
pub mod gaps;

use db::Sql;
use kernel::Scope;

/// Adds whose rows they are: those of the creator that a scope is held to, or all where it sees everything.
pub(crate) fn owned(sql: &mut Sql, scope: Scope) {
    if !scope.sees_everything() {
        sql.and("owner_id = ", scope.person());
    }
}
