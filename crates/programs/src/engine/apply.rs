//! What was planned is written down: the run, what is to be done, and what is counted, in one transaction.

use std::collections::BTreeSet;

use audience::{MemberId, members};
use channels::messages::{Choice, UsedTemplate};
use channels::{PersonCalled, Words, gate::Purpose};
use db::Tx;
use events::TxExt as _;
use kernel::{Result, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::plan::Plan;
use super::{ASK, FETCH};
use crate::Programs;
use crate::enrol::{self, How};
use crate::events::{ProgramCompleted, ProgramLeft};
use crate::model::{Effect, EnrolmentId, Outcome, ProgramId, Saying, Waiting, Work, set_path};
use crate::rows::{Enrolment, EnrolmentStatus, WHOLE};
use crate::store::enrolments;
use crate::store::sums::{DaySums, Moves};

/// How often a job that asks another server is tried.
const ATTEMPTS: u32 = 4;

/// What a job that leaves the house is about.
#[derive(Serialize, Deserialize)]
pub(crate) struct Errand {
    pub(crate) workspace: Uuid,
    pub(crate) enrolment: EnrolmentId,
    pub(crate) program: ProgramId,
    pub(crate) node: String,
    pub(crate) step: i64,
    /// The address that is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// What it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<Value>,
    /// What the assistant is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) question: Option<String>,
}

/// The run as it is after a step.
pub(crate) fn after(plan: &Plan, now: Timestamp) -> Enrolment {
    let (run, state) = (&plan.run, &plan.moved.state);
    let reached = plan.published.flow.progress(&state.node).map_or(0, |far| (far * WHOLE as f64) as i64);
    let ended = state.ended.as_ref();
    let (status, reason) = match ended {
        None => (EnrolmentStatus::Active, None),
        Some(ended) if ended.outcome == Outcome::Completed => (EnrolmentStatus::Completed, None),
        Some(ended) => match ended.reason {
            None => (EnrolmentStatus::Exited, Some("exited".to_owned())),
            Some(reason) => (EnrolmentStatus::Failed, Some(reason.to_owned())),
        },
    };
    let progress = if status == EnrolmentStatus::Completed { WHOLE } else { run.progress.max(reached) };
    Enrolment {
        status,
        node: state.node.clone(),
        step: state.step,
        due_at: state.due_at,
        waiting_for: state.waiting,
        listens: ended.is_none() && matches!(state.waiting, Waiting::Answer | Waiting::TimeOrReply),
        is_held: false,
        memory: db::Json(state.memory.clone()),
        progress,
        reason,
        faults: 0,
        moved_at: now,
        ended_at: ended.map(|_| now),
        ..run.clone()
    }
}

/// Is there nothing to be done but to move the run? Then many share a transaction.
pub(crate) fn is_quiet(plan: &Plan) -> bool {
    plan.moved.effects.is_empty() && plan.moved.state.ended.is_none()
}

/// Moves runs of one workspace that have nothing else to be done, in a few statements. Those that stand elsewhere meanwhile are left alone.
pub(crate) async fn quietly(tx: &mut Tx, plans: &[Plan], now: Timestamp) -> Result<()> {
    let Some(workspace) = plans.first().map(|plan| plan.run.workspace_id) else { return Ok(()) };
    let runs: Vec<EnrolmentId> = plans.iter().map(|plan| plan.run.id).collect();
    enrolments::hold_runs(workspace, tx, &runs).await?;
    let next: Vec<Enrolment> = plans.iter().map(|plan| after(plan, now)).collect();
    let read: Vec<_> = next.iter().zip(plans).map(|(next, plan)| (next, plan.run.step)).collect();
    let moved = enrolments::all_moved(tx, &read).await?;
    let (mut sums, mut farther) = (Moves::default(), BTreeSet::<MemberId>::new());
    for (next, plan) in next.iter().zip(plans).filter(|(next, _)| moved.contains(&next.id)) {
        sums.add(next.program_id, next.version, &plan.moved.tallies);
        if next.progress != plan.run.progress {
            farther.insert(next.member_id);
        }
    }
    tell_progress_of(tx, workspace, &farther).await?;
    sums.write(tx).await
}

/// Moves a run, and does what is to be done. Tells whether it still stood as it was read; if not, the transaction has done nothing.
pub(crate) async fn apply(programs: &Programs, tx: &mut Tx, plan: &Plan, now: Timestamp) -> Result<bool> {
    let next = after(plan, now);
    if plan.moved.effects.iter().any(|effect| matches!(effect, Effect::Enroll { .. })) {
        // Another run of the member may end for that.
        enrolments::hold(next.workspace_id, tx, &[next.member_id]).await?;
    }
    if !enrolments::moved(tx, &next, plan.run.step).await? {
        return Ok(false);
    }
    let mut sums = Moves::default();
    sums.add(next.program_id, next.version, &plan.moved.tallies);
    // What is said first: conversations are locked before members, as everywhere.
    for effect in &plan.moved.effects {
        match effect {
            Effect::Say(saying) => say(programs, tx, plan, &next, saying, &mut sums).await?,
            Effect::Call { reason } => call(programs, tx, plan, &next, reason, now).await?,
            _ => {}
        }
    }
    for effect in &plan.moved.effects {
        with_member(tx, plan, &next, effect, now).await?;
    }
    if next.ended_at.is_some() {
        ended(tx, plan, &next, &mut sums, now).await?;
    }
    if next.progress != plan.run.progress || next.ended_at.is_some() {
        tell_progress(tx, &next).await?;
    }
    for effect in &plan.moved.effects {
        if let Effect::Enroll { node } = effect
            && let Some(Work::Enroll(other)) = plan.published.flow.node(node).map(|node| &node.work)
        {
            let (who, how) = ((next.workspace_id, next.member_id), How::automatic("program"));
            enrol::begin_counted(programs, tx, who, other.program_id, how, &mut sums).await?;
        }
    }
    sums.write(tx).await?;
    Ok(true)
}

async fn say(
    programs: &Programs,
    tx: &mut Tx,
    plan: &Plan,
    run: &Enrolment,
    saying: &Saying,
    sums: &mut Moves,
) -> Result<()> {
    let node = plan.published.flow.node(&saying.node);
    // That a person was called is told at once; whatever else a program says waits while a person has the conversation.
    let calls = node.is_some_and(|node| matches!(node.work, Work::Handoff(_)));
    let words = Words {
        purpose: if calls { Purpose::Notice } else { Purpose::Program },
        text: saying.text.clone(),
        buttons: saying.buttons.iter().map(|(id, title)| Choice { id: id.clone(), title: title.clone() }).collect(),
        template: saying.template.as_ref().map(|template| UsedTemplate {
            name: template.name.clone(),
            language: template.language.clone(),
            parameters: template.params.clone(),
        }),
        key: format!("program:{}:{}", run.id, saying.step),
    };
    let said = channels::say(programs.channels(), tx, run.workspace_id, run.member_id, None, words).await?;
    if said.is_none() {
        sums.failed(run, &saying.node);
    }
    Ok(())
}

async fn call(
    programs: &Programs,
    tx: &mut Tx,
    plan: &Plan,
    run: &Enrolment,
    reason: &str,
    now: Timestamp,
) -> Result<()> {
    let (workspace, member) = (run.workspace_id, run.member_id);
    let assignee = plan.published.flow.node(&run.node).and_then(|node| match &node.work {
        Work::Handoff(handoff) => handoff.assignee,
        _ => None,
    });
    let called = PersonCalled { question: reason, assignee, ..PersonCalled::default() };
    let called = channels::call_person(programs.channels(), tx, workspace, member, called).await?;
    if called.is_none() {
        // There is no channel on which anybody could be called: nobody waits for them.
        enrolments::put_off(tx, run, now, false, 0).await?;
    }
    Ok(())
}

async fn with_member(tx: &mut Tx, plan: &Plan, run: &Enrolment, effect: &Effect, now: Timestamp) -> Result<()> {
    let workspace = run.workspace_id;
    match effect {
        Effect::Say(_) | Effect::Call { .. } | Effect::Enroll { .. } => {}
        Effect::SetAttribute { path, value } => {
            let change = |profile: &mut _| set_path(profile, path, value.clone());
            members::learn(tx, workspace, run.member_id, change).await?;
        }
        Effect::Tag { add, remove } => {
            if let Some(member) = members::get(tx, workspace, run.member_id).await? {
                members::tag(tx, &member, add, remove, now).await?;
            }
        }
        Effect::Badge { node } => {
            let Some(Work::AwardBadge(award)) = plan.published.flow.node(node).map(|node| &node.work) else {
                return Ok(());
            };
            let badge = match (award.badge_id, &award.name) {
                (Some(id), _) => Some(id),
                (None, Some(name)) => members::badge_named(tx, workspace, name).await?.map(|badge| badge.id),
                (None, None) => None,
            };
            if let (Some(badge), Some(member)) = (badge, members::get(tx, workspace, run.member_id).await?) {
                members::give_badge(tx, &member, badge, now).await?;
            }
        }
        Effect::Ask { node, step, question } => {
            let errand = Errand { question: Some(question.clone()), ..errand(run, node, *step) };
            send(tx, ASK, &errand).await?;
        }
        Effect::Fetch { node, step, url, body } => {
            let errand = Errand { url: Some(url.clone()), body: body.clone(), ..errand(run, node, *step) };
            send(tx, FETCH, &errand).await?;
        }
    }
    Ok(())
}

fn errand(run: &Enrolment, node: &str, step: i64) -> Errand {
    Errand {
        workspace: run.workspace_id.uuid(),
        enrolment: run.id,
        program: run.program_id,
        node: node.to_owned(),
        step,
        url: None,
        body: None,
        question: None,
    }
}

async fn send(tx: &mut Tx, kind: &'static str, errand: &Errand) -> Result<()> {
    let job = jobs::NewJob::new(kind, errand)?;
    let job = job.dedupe(format!("{}:{}", errand.enrolment, errand.step)).max_attempts(ATTEMPTS);
    let clock = tx.clock().clone();
    jobs::enqueue(tx, &clock, job).await.map(drop)
}

/// What goes along with the end of a run.
async fn ended(tx: &mut Tx, plan: &Plan, run: &Enrolment, sums: &mut Moves, now: Timestamp) -> Result<()> {
    let (workspace_id, user_id) = (run.workspace_id, run.member_id);
    let (program_id, enrollment_id) = (run.program_id, run.id);
    if run.status == EnrolmentStatus::Completed {
        let took = now.micros().saturating_sub(run.enrolled_at.micros()).max(0);
        sums.day(workspace_id, program_id, now, DaySums { completed: 1, took, ..DaySums::default() });
        tx.event(ProgramCompleted { workspace_id, user_id, program_id, enrollment_id });
        let member = members::get(tx, workspace_id, user_id).await?;
        if let (Some(badge), Some(member)) = (plan.published.settings.completion_badge, member) {
            members::give_badge(tx, &member, badge, now).await?;
        }
    } else {
        sums.day(workspace_id, program_id, now, DaySums { gone: 1, ..DaySums::default() });
        let reason = run.reason.clone().unwrap_or_default();
        tx.event(ProgramLeft { workspace_id, user_id, program_id, enrollment_id, reason });
    }
    Ok(())
}

/// Tells the audience how far a member is in their programs.
pub(crate) async fn tell_progress(tx: &mut Tx, run: &Enrolment) -> Result<()> {
    let mean = enrolments::mean_progress(run.workspace_id, tx, run.member_id).await?;
    if let Some(member) = members::get(tx, run.workspace_id, run.member_id).await? {
        members::progress(tx, &member, mean.map(|mean| mean / WHOLE as f64)).await?;
    }
    Ok(())
}

/// The same of many members of a workspace.
pub(crate) async fn tell_progress_of(tx: &mut Tx, workspace: WorkspaceId, of: &BTreeSet<MemberId>) -> Result<()> {
    let means = enrolments::mean_progress_of(workspace, tx, of).await?;
    let means: Vec<_> =
        means.into_iter().map(|(member, mean)| (member, mean.map(|mean| mean / WHOLE as f64))).collect();
    members::progress_of(tx, workspace, &means).await
}
