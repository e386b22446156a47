//! Reading the audit log.

use db::{Cell, FromColumn, Json, Sql, Tx};
use http_base::Offsets;
use input::{Fields, Input};
use kernel::{AccountId, Result, Scope, Timestamp, WorkspaceId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::AuditId;

/// The rest of an entry; stored as JSON.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Detail(Value);

impl utoipa::PartialSchema for Detail {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        Value::schema()
    }
}
impl ToSchema for Detail {
    fn name() -> std::borrow::Cow<'static, str> {
        "AuditDetail".into()
    }
}

impl FromColumn for Detail {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        Json::from_cell(cell).map(|Json(detail)| Self(detail))
    }
}

/// An entry of the audit log.
#[derive(Clone, Debug, Serialize, ToSchema, db::Row)]
pub(crate) struct AuditEntry {
    /// Its id.
    pub(crate) id: AuditId,
    /// What happened.
    #[schema(example = "login")]
    pub(crate) kind: String,
    /// Who did it, or to whom it was done.
    pub(crate) account_id: Option<AccountId>,
    /// In which workspace.
    pub(crate) workspace_id: Option<WorkspaceId>,
    /// What it was done to: an id, or an e-mail address.
    pub(crate) subject: Option<String>,
    /// From where.
    pub(crate) address: Option<String>,
    /// By which program, as it calls itself.
    pub(crate) agent: Option<String>,
    /// The rest.
    pub(crate) detail: Detail,
    /// When.
    pub(crate) created_at: Timestamp,
}

/// Which entries may be read: everyone their own, an owner also those of their workspace, an administrator all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whose {
    /// Who asks.
    pub(crate) account: AccountId,
    /// The workspace that they own, if they do.
    pub(crate) owned: Option<WorkspaceId>,
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default, Input)]
#[input(check = Wanted::check)]
pub(crate) struct Wanted {
    /// Only entries of this kind.
    #[input(text(100), example = "login")]
    pub(crate) kind: Option<String>,
    /// Only entries of this account.
    #[input(id, name = "account_id")]
    pub(crate) account: Option<AccountId>,
    /// Only entries from this moment on.
    #[input(moment)]
    pub(crate) since: Option<Timestamp>,
    /// Only entries before this moment.
    #[input(moment)]
    pub(crate) until: Option<Timestamp>,
}

impl Wanted {
    fn check(&self, fields: &mut Fields) {
        if self.since.zip(self.until).is_some_and(|(since, until)| since > until) {
            fields.fault("until", "out_of_range", "must not lie before since");
        }
    }

    fn filter(&self, sql: &mut Sql) {
        if let Some(kind) = &self.kind {
            sql.push(" AND kind = ").bind(kind);
        }
        if let Some(account) = self.account {
            sql.push(" AND account_id = ").bind(account);
        }
        if let Some(since) = self.since {
            sql.push(" AND created_at >= ").bind(since);
        }
        if let Some(until) = self.until {
            sql.push(" AND created_at < ").bind(until);
        }
    }
}

/// The conditions that together let through what may be read, without an entry twice. Each is backed by an index of its own,
/// newest first, so that a page costs no more than its rows.
fn parts(scope: Scope, whose: Whose) -> Vec<Sql> {
    if scope.sees_everything() {
        return vec![Sql::new("1 = 1")];
    }
    let mut own = Sql::new("");
    own.push("account_id = ").bind(whose.account);
    // The scope says once more which workspace it can be.
    let owned = whose.owned.filter(|owned| scope.workspace() == Some(*owned));
    let Some(workspace) = owned else { return vec![own] };
    let mut within = Sql::new("");
    within.push("workspace_id = ").bind(workspace);
    within.push(" AND (account_id IS NULL OR account_id <> ").bind(whose.account).push(")");
    vec![own, within]
}

/// Puts a part with its own numbering at the end of a statement.
fn append(sql: &mut Sql, part: &Sql) {
    let mut rest = part.text.as_str();
    // Its arguments stand in it once each and in order.
    for value in &part.args {
        let (before, after) = rest.split_once('$').unwrap_or((rest, ""));
        sql.push(before).bind(value.clone());
        rest = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
    }
    sql.push(rest);
}

/// A page of the entries, newest first, and how many there are in all.
pub(crate) async fn list(
    scope: Scope,
    tx: &mut Tx,
    whose: Whose,
    wanted: &Wanted,
    offsets: Offsets,
) -> Result<(Vec<AuditEntry>, u64)> {
    let parts = parts(scope, whose);
    let mut total = 0;
    for part in &parts {
        let mut sql = Sql::new("SELECT count(*) FROM audit_log WHERE ");
        append(&mut sql, part);
        wanted.filter(&mut sql);
        total += sql.one::<u64>(tx).await?;
    }
    let mut sql = Sql::new(format!("SELECT {} FROM (", AuditEntry::COLUMNS));
    let needed = u64::from(offsets.limit) + u64::from(offsets.offset);
    for (place, part) in parts.iter().enumerate() {
        sql.push(if place == 0 { "" } else { " UNION ALL " });
        sql.push(&format!("SELECT * FROM (SELECT {} FROM audit_log WHERE ", AuditEntry::COLUMNS));
        append(&mut sql, part);
        wanted.filter(&mut sql);
        sql.push(" ORDER BY created_at DESC, id DESC LIMIT ").bind(needed).push(&format!(") AS part_{place}"));
    }
    sql.push(") AS entries ORDER BY created_at DESC, id DESC LIMIT ").bind(offsets.limit);
    sql.push(" OFFSET ").bind(offsets.offset);
    Ok((sql.all(tx).await?, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_numbered_anew() {
        let mut part = Sql::new("a = ");
        part.bind(1).push(" AND b = ").bind("x").push(" AND c");
        let mut sql = Sql::new("SELECT ");
        sql.bind(0).push(" WHERE ");
        append(&mut sql, &part);
        sql.push(" LIMIT ").bind(9);
        assert_eq!(sql.text, "SELECT $1 WHERE a = $2 AND b = $3 AND c LIMIT $4");
        assert_eq!(sql.args, db::args![0, 1, "x", 9]);
    }
}
