//! One member's walk through a program.

use audience::{Channel, Permitted, Purpose, members};
use axum::Json;
use axum::extract::State as Of;
use channels::conversations::Conversation;
use db::Tx;
use http_base::{Answer, Body, MaybeBody, Member, Named, Routes, routes};
use jiff::tz::TimeZone;
use kernel::{Error, Result, Timestamp, WorkspaceId, time};
use uuid::Uuid;

use super::gated::Gated;
use super::shapes::{
    Assistant, Does, Happening, How, Invented, ProgramSimulation, Servers, SimulatedButton, SimulatedMessage,
    SimulatedState, SimulatedVisit, Simulation,
};
use super::walk::{Script, Walked, walk};
use crate::Programs;
use crate::engine::person;
use crate::flows::Published;
use crate::model::{Outcome, Person, Problem, ProgramId, Said, Severity};
use crate::routes::find;
use crate::rows::Program;

/// A walk comes to no more nodes.
const MOST: i64 = 1_000;

pub(super) fn router() -> Routes<Programs> {
    Routes::new().with(routes!(simulate))
}

/// Simulate a program
///
/// Walks through it as one member would, by a clock that is moved: every message with its time and why it goes then, and every node. Nothing is sent, stored or
/// counted; the assistant and other servers are not asked.
#[utoipa::path(post, operation_id = "simulate_program", path = "/api/v1/programs/{program_id}/simulate", tag = "Programs",
    request_body(content = Simulation, description = "Who walks, from when until when, and what they do"),
    params(("program_id" = ProgramId, Path, description = "The program's id")),
    responses((status = 200, description = "What would be", body = ProgramSimulation)))]
async fn simulate(
    Of(programs): Of<Programs>,
    member: Member,
    name: Named,
    MaybeBody(Body { input, .. }): MaybeBody<Simulation>,
) -> Answer<Json<ProgramSimulation>> {
    let now = programs.app().clock().now();
    let span = input.span(now);
    let (start_at, until) = span
        .ok_or_else(|| Error::invalid_field("until", "must not lie before the start, and at most 400 days after it"))?;
    let mut tx = programs.app().read().await?;
    let program = find(&mut tx, member.hub(), &name).await?;
    let published = flow_of(&mut tx, &program, input.version).await?;
    let who = who(&mut tx, member.hub(), &published, &input, start_at).await?;
    drop(tx);
    let replies = replies(&input.events, start_at);
    let script = Script {
        flow: &published.flow,
        id: run_of(program.id, who.id, input.seed),
        start_at,
        until,
        replies: replies.clone(),
        assistant_knows: input.assistant == Assistant::Answers,
        servers_answer: input.servers == Servers::Ok,
        most: MOST,
    };
    let walked = walk(&script, who.person.clone());
    let mut problems = match input.version {
        // What was published has no problems that anybody could solve.
        Some(_) => Vec::new(),
        None => crate::routes::read(&program).1,
    };
    problems.extend(who.notes.iter().chain(&walked.notes).cloned());
    let zone = walked.person.zone.clone();
    let mut gated = Gated {
        channel: who.channel,
        zone: &zone,
        rules: programs.channels().settings().rules(who.channel),
        opted_out: who.opted_out,
        wrote: replies.iter().map(|(at, _)| *at).collect(),
        last_out_at: who.last_out_at,
        window_until: who.window_until,
    };
    let messages = messages(&mut gated, &walked);
    let visited = walked.visits.iter().map(|visit| SimulatedVisit {
        node_id: visit.node.clone(),
        entered_at: visit.entered_at,
        left_at: visit.left_at,
        exit: visit.exit.clone(),
    });
    Ok(Json(ProgramSimulation {
        program_id: program.id,
        version: input.version,
        messages,
        visited: visited.collect(),
        outcome: outcome(&walked),
        problems,
        state: state(walked),
    }))
}

fn messages(gated: &mut Gated<'_>, walked: &Walked) -> Vec<SimulatedMessage> {
    let going = gated.each(&walked.said);
    let each = walked.said.iter().zip(going).map(|((said_at, saying), going)| SimulatedMessage {
        at: going.at,
        local_time: going.at.and_then(|at| local(gated.zone, at)),
        said_at: *said_at,
        node_id: saying.node.clone(),
        text: saying.text.clone(),
        reason: going.why,
        template: saying.template.as_ref().filter(|_| going.by_template).map(|template| template.name.clone()),
        buttons: saying
            .buttons
            .iter()
            .map(|(id, title)| SimulatedButton { id: id.clone(), title: title.clone() })
            .collect(),
    });
    each.collect()
}

/// A moment on the clock of a zone, with how far that is from UTC.
fn local(zone: &TimeZone, at: Timestamp) -> Option<String> {
    let moment = jiff::Timestamp::from_microsecond(at.micros()).ok()?;
    Some(moment.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

fn outcome(walked: &Walked) -> How {
    match &walked.state.ended {
        _ if walked.is_cut => How::Cut,
        None => How::Waiting,
        Some(ended) if ended.reason.is_some() => How::Failed,
        Some(ended) if ended.outcome == Outcome::Completed => How::Completed,
        Some(_) => How::Exited,
    }
}

fn state(walked: Walked) -> SimulatedState {
    let Walked { state, person, .. } = walked;
    SimulatedState {
        at: person.now,
        node_id: state.node,
        waiting_for: state.waiting,
        due_at: state.due_at,
        answers: state.memory.answers,
        branches: state.memory.branches,
        profile_data: person.profile,
        tags: person.tags,
    }
}

/// What the member says, in the order of time; what does nothing is left out.
fn replies(events: &[Happening], start_at: Timestamp) -> Vec<(Timestamp, Said)> {
    let says = |event: &Happening| {
        let at = event.at.unwrap_or_else(|| start_at.plus(event.after_minutes.unwrap_or_default() * time::MINUTE));
        let text = event.text.clone().unwrap_or_default();
        match event.does {
            Does::None => None,
            Does::Reply => Some((at, Said { text, pressed: None })),
            Does::Button => Some((at, Said { pressed: Some(text.clone()), text })),
        }
    };
    let mut all: Vec<_> = events.iter().filter_map(says).filter(|(at, _)| *at >= start_at).collect();
    all.sort_by_key(|(at, _)| *at);
    all
}

/// By what a walk chooses branches: the same for the same program, member and seed.
pub(super) fn run_of(program: ProgramId, member: Uuid, seed: i64) -> Uuid {
    let high = audience::spread(program.uuid(), member.to_string().as_bytes());
    let low = audience::spread(member, format!("{program}:{seed}").as_bytes());
    Uuid::from_u64_pair(high, low)
}

/// What is walked: a version, or the draft.
pub(super) async fn flow_of(tx: &mut Tx, program: &Program, version: Option<i64>) -> Result<Published> {
    let Some(number) = version else { return Published::of_draft(program) };
    let found = crate::store::programs::version(program.workspace_id, tx, program.id, number).await?;
    Published::read(&found.ok_or_else(|| Error::not_found("Version"))?)
}

/// Whoever walks.
struct Walker {
    id: Uuid,
    person: Person,
    /// On what they are written to.
    channel: Channel,
    opted_out: bool,
    last_out_at: Option<Timestamp>,
    window_until: Option<Timestamp>,
    notes: Vec<Problem>,
}

async fn who(
    tx: &mut Tx,
    hub: WorkspaceId,
    published: &Published,
    input: &Simulation,
    now: Timestamp,
) -> Result<Walker> {
    let Some(id) = input.user_id else {
        let person = invented(input.member.as_ref(), &published.name, now);
        return Ok(Walker {
            id: Uuid::nil(),
            channel: person.channel,
            person,
            opted_out: false,
            last_out_at: None,
            window_until: None,
            notes: Vec::new(),
        });
    };
    let member = members::get(tx, hub, id).await?.ok_or_else(|| Error::not_found("User"))?;
    let tags = members::tags(tx, hub, &[id]).await?.remove(&id).unwrap_or_default();
    let zones = channels::zones(tx, hub).await?;
    let may = members::may(tx, &member, member.channel, Purpose::Any).await?;
    let talk = channels::conversations::store::of_member(hub, tx, id).await?.into_iter().next();
    let mut notes = Vec::new();
    match &talk {
        Some(talk) if !talk.is_bots() => {
            notes.push(note("held", "A person has the member's conversation now; here it is taken as handed back"));
        }
        None if !channels::active(tx, hub).await?.contains(&member.channel) => {
            notes.push(note("unreachable", "There is no working channel on which this member could be written to"));
        }
        _ => {}
    }
    let opted_out = matches!(may, Permitted::OptedOut(_));
    if opted_out {
        notes.push(note("opted_out", "The member wants no more messages, and would not begin the program"));
    }
    Ok(Walker {
        id: id.uuid(),
        person: person(&member, tags, &zones, &published.name, now),
        channel: talk.as_ref().map_or(member.channel, Conversation::medium),
        opted_out,
        last_out_at: talk.as_ref().and_then(|talk| talk.last_out_at),
        window_until: talk.as_ref().and_then(|talk| talk.window_until),
        notes,
    })
}

fn note(code: &'static str, message: &str) -> Problem {
    let field = "user_id".to_owned();
    Problem { severity: Severity::Warning, code, node_id: None, field, message: message.to_owned() }
}

fn invented(of: Option<&Invented>, program_name: &str, now: Timestamp) -> Person {
    let profile = of.map(|of| of.profile_data.clone()).unwrap_or_default();
    let zone = of.and_then(|of| of.timezone.as_deref()).and_then(|zone| TimeZone::get(zone).ok());
    Person {
        name: profile.get("name").and_then(|name| name.as_str()).map(str::to_owned),
        profile,
        tags: of.map(|of| of.tags.clone()).unwrap_or_default(),
        channel: of.map_or(Channel::Web, |of| of.channel),
        language: of.and_then(|of| of.language.clone()),
        zone: zone.unwrap_or(TimeZone::UTC),
        score: None,
        active_at: now,
        now,
        last_message: None,
        program_name: program_name.to_owned(),
    }
}
