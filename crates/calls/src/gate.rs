//! The gate before every provider that rings.

use db::Tx;
use kernel::{CreatorId, Error, Kind, Result, Scope, Timestamp, WorkspaceId, time};

use crate::settings::Settings;
use crate::{numbers, phone, store};

/// Why a number must not be called.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Refusals {
    forbidden: Vec<String>,
    later: Option<String>,
    /// What would be too much, and in how many seconds it is not.
    too_much: Vec<(String, u32)>,
}

impl Refusals {
    /// Everything that speaks against it now.
    pub(crate) async fn find(
        scope: Scope,
        tx: &mut Tx,
        settings: &Settings,
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
        forbidden.extend(numbers::refuse(number).map(|why| format!("{number} {why}")));
        if let Some(country) = phone::country(number)
            && !settings.countries.has(country)
        {
            forbidden.push(format!(
                "numbers of {country} are not called from here: the setting CALL_COUNTRIES lists who is"
            ));
        }
        let too_much = too_much(tx, settings, workspace, number, now).await?;
        Ok(Self { forbidden, later: settings.hours.refuse(number, now), too_much })
    }

    /// Every reason.
    pub(crate) fn reasons(&self) -> Vec<String> {
        let too_much = self.too_much.iter().map(|(why, _)| why);
        self.forbidden.iter().chain(&self.later).chain(too_much).cloned().collect()
    }

    /// The refusal as it is told: 403 if it must not be called at all, 409 if it may at another hour, 429 if it would be too much today.
    pub(crate) fn refuse(&self) -> Result<()> {
        let reasons = self.reasons();
        if reasons.is_empty() {
            return Ok(());
        }
        let kind = match (self.forbidden.is_empty(), self.later.is_none()) {
            (false, _) => Kind::Forbidden,
            (true, false) => Kind::Conflict,
            (true, true) => Kind::RateLimited(self.too_much.iter().map(|(_, wait)| *wait).max().unwrap_or(1)),
        };
        Err(Error::new(kind, format!("The call is not made: {}", reasons.join("; "))))
    }
}

/// What a further call would be too much of. A day is the last 24 hours; calls that go on count with the longest that they may last.
async fn too_much(
    tx: &mut Tx,
    settings: &Settings,
    workspace: Option<WorkspaceId>,
    number: &str,
    now: Timestamp,
) -> Result<Vec<(String, u32)>> {
    const HOUR: u32 = 3_600;
    let (scope, since) = (Scope::system(), now.plus(-time::DAY));
    let mut found = Vec::new();
    if let Some(last) = store::last_rung(scope, tx, number, since).await? {
        let left = (last.plus(time::DAY).micros() - now.micros()).max(0) / time::SECOND;
        let why = format!("{number} has been called within the last 24 hours, and is called once a day");
        found.push((why, u32::try_from(left).unwrap_or(HOUR).max(1)));
    }
    let longest = u64::from(settings.most_minutes) * 60;
    let own = match workspace {
        Some(workspace) => store::rang(scope, tx, Some(workspace), since, longest).await?,
        None => (0, 0),
    };
    let all = store::rang(scope, tx, None, since, longest).await?;
    for (whose, (calls, seconds), most, minutes, setting) in [
        ("this workspace", own, settings.most_calls, settings.most_minutes_a_day, "CALL_MAX_PER_DAY"),
        (
            "all workspaces",
            all,
            settings.most_calls_in_all,
            settings.most_minutes_a_day_in_all,
            "CALL_MAX_PER_DAY_IN_ALL",
        ),
    ] {
        if calls >= u64::from(most) {
            found.push((
                format!("{calls} calls of {whose} were made within 24 hours, and {setting} allows {most}"),
                HOUR,
            ));
        } else if seconds + longest > u64::from(minutes) * 60 {
            let setting = setting.replace("PER_DAY", "MINUTES_PER_DAY");
            found.push((
                format!(
                    "calls of {whose} took {} minutes within 24 hours, and {setting} allows {minutes}",
                    seconds.div_ceil(60)
                ),
                HOUR,
            ));
        }
    }
    Ok(found)
}
