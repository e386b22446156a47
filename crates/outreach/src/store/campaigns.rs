//! What the log knows of campaigns: enough to name one and to write to people about it.

use db::{Sql, Tx};
use kernel::{Amount, CampaignId, Error, Result, Scope, WorkspaceId};

/// A campaign, as far as outreach needs it.
#[derive(Clone, Debug, db::Row)]
pub struct CampaignRef {
    /// Its id.
    pub id: CampaignId,
    /// The number in its code.
    pub code: u64,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// What it is for.
    pub product_name: String,
    /// Who makes that.
    pub brand_name: String,
    /// More of what it is.
    pub product_description: Option<String>,
    /// What it should bring.
    pub campaign_goal: Option<String>,
    /// The niches it belongs to.
    pub product_niche: Option<String>,
    /// What it may cost in all.
    pub total_budget: Amount,
}

impl CampaignRef {
    /// Its code: `CAMP-001`.
    pub fn code(&self) -> String {
        code(self.code)
    }
}

/// A campaign's code by its number.
pub(crate) fn code(number: u64) -> String {
    format!("CAMP-{number:03}")
}

/// The campaign of this id or code. What is not there and what is not the caller's is the same 404.
pub async fn campaign(scope: Scope, tx: &mut Tx, name: &str) -> Result<CampaignRef> {
    let name = name.trim();
    let mut sql = Sql::new(format!("SELECT {} FROM campaigns WHERE deleted_at IS NULL AND ", CampaignRef::COLUMNS));
    let number =
        name.get(..5).filter(|head| head.eq_ignore_ascii_case("CAMP-")).and_then(|_| name[5..].parse::<u32>().ok());
    match (name.parse::<CampaignId>(), number) {
        (Ok(id), _) => sql.push("id = ").bind(id),
        (_, Some(number)) => sql.push("code = ").bind(number),
        _ => return Err(Error::not_found("Campaign")),
    };
    if !scope.sees_everything() {
        sql.push(" AND workspace_id = ").bind(scope.workspace());
    }
    sql.optional(tx).await?.ok_or_else(|| Error::not_found("Campaign"))
}
