//! A program tried out on the real audience: a sample of it walks, and nobody is told.

use std::collections::{BTreeMap, BinaryHeap};

use audience::members::{self, Chosen};
use audience::{Channel, MemberId};
use axum::Json;
use axum::extract::State as Of;
use http_base::{Answer, Body, Member, Named, Rate, Routes, routes};
use input::Input;
use kernel::{Error, Result, Timestamp, WorkspaceId, time};
use serde::Serialize;
use utoipa::ToSchema;

use super::routes::{flow_of, run_of};
use super::walk::{Script, Walked, walk};
use crate::Programs;
use crate::engine::Known;
use crate::flows::Published;
use crate::many::{AudienceFilter, Counts, Judge, Left, LeftOut};
use crate::model::{Person, ProgramId};
use crate::routes::find;

/// So many members walk at most.
const SAMPLE: usize = 2_000;
/// So many are looked at, to choose those; the answer says so where there are more.
const LOOKED_AT: u64 = 200_000;
/// Members in one statement.
const PIECE: u32 = 2_000;
/// Members that are read at once.
const TOGETHER: usize = 500;
/// A member comes to no more nodes.
const MOST: i64 = 200;

pub(super) fn router() -> Routes<Programs> {
    Routes::new().with(routes!(dry_run).rate(Rate::Export))
}

/// A program, tried out on the audience.
#[derive(Input)]
#[input(name = "DryRunProgram")]
struct DryRun {
    /// Which version; the draft, if none is named.
    #[input(whole(1, 1_000_000))]
    version: Option<i64>,
    /// Which members; everybody, if nothing is given.
    #[input(nested(), default)]
    filter: AudienceFilter,
    /// After how many days it is told who would be where.
    #[input(whole(1, 90))]
    after_days: i64,
}

/// How many would be at a node.
#[derive(Serialize, ToSchema)]
struct DryRunNode {
    /// The node.
    node_id: String,
    /// How many would wait there.
    waiting: u64,
    /// For how many the program would have ended there.
    ended: u64,
}

/// Where an audience would be.
#[derive(Serialize, ToSchema)]
struct ProgramDryRun {
    /// The program.
    program_id: ProgramId,
    /// The version; null for the draft.
    version: Option<i64>,
    /// After how many days.
    after_days: i64,
    /// How many members the filter finds.
    audience: u64,
    /// Were all members looked at? Of an audience of more than 200,000 a part is, and all figures are of that part.
    is_complete: bool,
    /// How many of them were tried.
    sampled: u64,
    /// Which part of the audience that is; null where there is nobody. Below 1 the figures of nodes are worked out from the sample, and not counted.
    sampled_share: Option<f64>,
    /// How many of those who were tried would begin the program,
    would_begin: u64,
    /// and who would not.
    skipped: LeftOut,
    /// How many would be at each node, of the whole audience: as they are in the sample.
    nodes: Vec<DryRunNode>,
    /// How many messages whoever begins would have been sent, on the mean; null where nobody does.
    messages_per_member: Option<f64>,
    /// How many of those who were tried came to 200 nodes, and were not followed further.
    cut: u64,
}

/// Try a program out on the audience
///
/// How many would be where after some days, if they began now and nobody replied: by a sample of 2,000 members at most, the same for the same program and audience.
/// Nobody is written to, and nothing is stored or counted. Assistant and other servers are taken to answer.
#[utoipa::path(post, operation_id = "dry_run_program", path = "/api/v1/programs/{program_id}/dry-run", tag = "Programs", request_body = DryRun,
    params(("program_id" = ProgramId, Path, description = "The program's id")),
    responses((status = 200, description = "Who would be where", body = ProgramDryRun)))]
async fn dry_run(
    Of(programs): Of<Programs>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<DryRun>,
) -> Answer<Json<ProgramDryRun>> {
    let (now, hub) = (programs.app().clock().now(), member.hub());
    let mut tx = programs.app().read().await?;
    let program = find(&mut tx, hub, &name).await?;
    let published = flow_of(&mut tx, &program, input.version).await?;
    let judge = Judge::of(&mut tx, hub, program.id, published.reentry()).await?;
    drop(tx);
    let sample = sample(&programs, hub, program.id, &input.filter, now).await?;
    let mut counts = Counts::default();
    let mut walkers: Vec<(MemberId, Person)> = Vec::new();
    for piece in sample.chosen.chunks(TOGETHER) {
        let mut tx = programs.app().read().await?;
        let ids: Vec<MemberId> = piece.iter().map(|one| one.id).collect();
        let known = Known::of(&mut tx, hub, &ids).await?;
        for (id, left) in judge.judge(&mut tx, piece).await? {
            match (left, known.person(id, &published.name, now)) {
                (Some(why), _) => counts.leave(why),
                (None, Some(person)) => {
                    counts.enrol();
                    walkers.push((id, person));
                }
                (None, None) => counts.leave(Left::Other),
            }
        }
    }
    let until = now.plus(input.after_days * time::DAY);
    let id = program.id;
    let order: Vec<String> = published.flow.nodes().iter().map(|node| node.id.clone()).collect();
    // Thousands of walks are too much for a thread that others wait for.
    let found = tokio::task::spawn_blocking(move || follow(&published, id, walkers, (now, until)));
    let mut found = found.await.map_err(Error::internal)?;
    let sampled = sample.chosen.len() as u64;
    let whole = |part: u64| (part * sample.audience + sampled / 2).checked_div(sampled).unwrap_or_default();
    let nodes = order.into_iter().filter_map(|node_id| {
        let (waiting, ended) = found.nodes.remove(&node_id)?;
        Some(DryRunNode { node_id, waiting: whole(waiting), ended: whole(ended) })
    });
    let messages = (counts.enrolled > 0).then(|| found.messages as f64 / counts.enrolled as f64);
    Ok(Json(ProgramDryRun {
        program_id: program.id,
        version: input.version,
        after_days: input.after_days,
        audience: sample.audience,
        is_complete: sample.is_complete,
        sampled,
        sampled_share: (sample.audience > 0).then(|| part_of(sampled, sample.audience)),
        would_begin: counts.enrolled,
        skipped: counts.skipped,
        nodes: nodes.collect(),
        messages_per_member: messages.map(|mean| (mean * 100.0).round() / 100.0),
        cut: found.cut,
    }))
}

/// With four decimals.
fn part_of(part: u64, whole: u64) -> f64 {
    (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0
}

struct Sample {
    chosen: Vec<Chosen>,
    audience: u64,
    is_complete: bool,
}

/// Those whose hashes are the smallest: the same for the same program and audience, and each as likely as any other.
async fn sample(
    programs: &Programs,
    hub: WorkspaceId,
    program: ProgramId,
    filter: &AudienceFilter,
    now: Timestamp,
) -> Result<Sample> {
    let choice = filter.choice(now);
    let salt = program.to_string();
    let mut smallest: BinaryHeap<(u64, MemberId)> = BinaryHeap::with_capacity(SAMPLE + 1);
    let mut channels: BTreeMap<MemberId, Channel> = BTreeMap::new();
    let (mut audience, mut looked_at, mut after, mut is_complete) = (0, 0, members::beginning(), false);
    while looked_at < LOOKED_AT {
        // Each piece in a transaction of its own, so that none is open for long.
        let mut tx = programs.app().read().await?;
        let (found, last) = members::chosen(&mut tx, hub, &choice, after, now, PIECE).await?;
        for one in found {
            audience += 1;
            channels.insert(one.id, one.channel);
            smallest.push((audience::spread(one.id.uuid(), salt.as_bytes()), one.id));
            if smallest.len() > SAMPLE
                && let Some((_, gone)) = smallest.pop()
            {
                channels.remove(&gone);
            }
        }
        let Some(last) = last else {
            is_complete = true;
            break;
        };
        after = last;
        looked_at += u64::from(PIECE);
    }
    let chosen = channels.into_iter().map(|(id, channel)| Chosen { id, channel });
    Ok(Sample { chosen: chosen.collect(), audience, is_complete })
}

#[derive(Default)]
struct Followed {
    /// Who waits at each node, and who ended there.
    nodes: BTreeMap<String, (u64, u64)>,
    messages: u64,
    cut: u64,
}

fn follow(
    published: &Published,
    program: ProgramId,
    walkers: Vec<(MemberId, Person)>,
    (start_at, until): (Timestamp, Timestamp),
) -> Followed {
    let mut all = Followed::default();
    for (member, person) in walkers {
        let script = Script {
            flow: &published.flow,
            id: run_of(program, member.uuid(), 0),
            start_at,
            until,
            replies: Vec::new(),
            assistant_knows: true,
            servers_answer: true,
            most: MOST,
        };
        let Walked { state, said, is_cut, .. } = walk(&script, person);
        let place = all.nodes.entry(state.node).or_default();
        *if state.ended.is_some() { &mut place.1 } else { &mut place.0 } += 1;
        all.messages += said.len() as u64;
        all.cut += u64::from(is_cut);
    }
    all
}
