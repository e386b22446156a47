//! What a step needs to know, read for many runs at once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use audience::{Channel, Member, MemberId};
use db::Tx;
use kernel::{Result, Timestamp, WorkspaceId};

use crate::Programs;
use crate::flows::Published;
use crate::model::{Event, Moved, Person, step};
use crate::rows::Enrolment;

/// What is known of the members of some runs of one workspace.
pub(crate) struct Known {
    members: HashMap<MemberId, Member>,
    tags: HashMap<MemberId, Vec<String>>,
    held: HashSet<MemberId>,
    zones: Vec<(Channel, String)>,
}

impl Known {
    /// Reads it.
    pub(crate) async fn of(tx: &mut Tx, workspace: WorkspaceId, ids: &[MemberId]) -> Result<Self> {
        let members = audience::members::of_ids(tx, workspace, ids).await?;
        let zones = if members.iter().any(|member| member.timezone.is_none()) {
            channels::zones(tx, workspace).await?
        } else {
            Vec::new()
        };
        Ok(Self {
            tags: audience::members::tags(tx, workspace, ids).await?,
            held: channels::held(tx, workspace, ids).await?.into_iter().collect(),
            members: members.into_iter().map(|member| (member.id, member)).collect(),
            zones,
        })
    }

    /// Does a person have a conversation of this member?
    pub(crate) fn is_held(&self, member: MemberId) -> bool {
        self.held.contains(&member)
    }

    /// A member, as a step looks at one.
    pub(crate) fn person(&self, id: MemberId, program_name: &str, now: Timestamp) -> Option<Person> {
        let member = self.members.get(&id)?;
        Some(person(member, self.tags.get(&id).cloned().unwrap_or_default(), &self.zones, program_name, now))
    }
}

/// A member, as a step looks at one.
pub(crate) fn person(
    member: &Member,
    tags: Vec<String>,
    zones: &[(Channel, String)],
    program_name: &str,
    now: Timestamp,
) -> Person {
    let of_channel = zones.iter().find(|(channel, _)| *channel == member.channel).map(|(_, zone)| zone.as_str());
    Person {
        name: member.name.clone(),
        profile: member.profile.0.clone(),
        tags,
        channel: member.channel,
        language: member.language.clone(),
        zone: member.zone(of_channel),
        score: member.engagement_score(),
        active_at: member.active_at,
        now,
        last_message: None,
        program_name: program_name.to_owned(),
    }
}

/// What a run is to become.
pub(crate) struct Plan {
    /// The run as it was read.
    pub(crate) run: Enrolment,
    /// Its version.
    pub(crate) published: Arc<Published>,
    /// What came of the event.
    pub(crate) moved: Moved,
}

/// Plans what an event makes of one run; nothing if it says nothing to it.
pub(crate) async fn plan(
    programs: &Programs,
    tx: &mut Tx,
    run: &Enrolment,
    known: &Known,
    event: &Event,
    now: Timestamp,
) -> Result<Option<Plan>> {
    let found = programs.flows().get(tx, run.workspace_id, run.program_id, run.version).await?;
    let Some(published) = found else { return Ok(None) };
    let Some(mut person) = known.person(run.member_id, &published.name, now) else { return Ok(None) };
    let moved = step(&published.flow, run.id.uuid(), &run.state(), event, &mut person);
    Ok(moved.map(|moved| Plan { run: run.clone(), published, moved }))
}
