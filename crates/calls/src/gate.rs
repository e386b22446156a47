//! The gate before every provider that rings.

use db::Tx;
use kernel::{CreatorId, Error, Kind, Result, Scope, Timestamp, WorkspaceId};

use crate::phone::Hours;
use crate::store;

/// Why a number must not be called.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Refusals {
    forbidden: Vec<String>,
    later: Option<String>,
}

impl Refusals {
    /// Everything that speaks against it now.
    pub(crate) async fn find(
        scope: Scope,
        tx: &mut Tx,
        hours: &Hours,
        workspace: Option<WorkspaceId>,
        (number, creator): (&str, Option<CreatorId>),
        now: Timestamp,
    ) -> Result<Self> {
        let mut forbidden = Vec::new();
        let consented = match workspace {
            Some(workspace) => store::standing_consent(scope, tx, workspace, number, creator).await?,
            None => false,
        };
        if !consented {
            let whose = if creator.is_some() { "the creator" } else { "the number" };
            forbidden.push(format!(
                "no consent of {whose} to be called by an AI is on record for {number}: record it with POST /api/v1/outreach/consents"
            ));
        }
        if store::is_do_not_call(scope, tx, workspace, number).await? {
            forbidden.push(format!("{number} is on the do-not-call list"));
        }
        Ok(Self { forbidden, later: hours.refuse(number, now) })
    }

    /// Every reason.
    pub(crate) fn reasons(&self) -> Vec<String> {
        self.forbidden.iter().chain(&self.later).cloned().collect()
    }

    /// The refusal as it is told: 403 if it must not be called at all, 409 if it may at another time.
    pub(crate) fn refuse(&self) -> Result<()> {
        let reasons = self.reasons();
        if reasons.is_empty() {
            return Ok(());
        }
        let kind = if self.forbidden.is_empty() { Kind::Conflict } else { Kind::Forbidden };
        Err(Error::new(kind, format!("The call is not made: {}", reasons.join("; "))))
    }
}
