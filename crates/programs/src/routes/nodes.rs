//! The figures of a program's nodes: where members are, and where they are lost.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Member, Named, Params, Routes, routes};
use input::Input;
use kernel::Error;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Programs;
use crate::figures::share;
use crate::model::{Flow, NodeType, ProgramId};
use crate::store::sums::{self, ExitTally, NodeTally};

pub(super) fn router() -> Routes<Programs> {
    Routes::new().with(routes!(nodes))
}

/// Of which version the figures are wanted.
#[derive(Input)]
struct ProgramNodesQuery {
    /// Of this version alone; of the one that members begin, if none is named.
    #[input(whole(1, 1_000_000))]
    version: Option<i64>,
}

/// The figures of a node.
#[derive(Serialize, ToSchema)]
struct ProgramNodeFigures {
    /// The node.
    node_id: String,
    /// Its type, as the flow's nodes are named.
    #[serde(rename = "type")]
    kind: NodeType,
    /// How often somebody came.
    entered: i64,
    /// How many wait there now.
    waiting: i64,
    /// How often somebody went on, or ended there.
    left: i64,
    /// How often somebody replied there.
    replied: i64,
    /// How often something failed there: a message that did not go out, an answer that could not be read, a server that refused.
    failed: i64,
    /// The funnel: how many came here, as a part of those who began; null where nobody began. A loop may bring it above 1.
    reached: Option<f64>,
    /// The drop-off: which part of those who came neither went on nor waits here now, and so was lost here; null where nobody came.
    dropped: Option<f64>,
    /// By which exits they went on.
    exits: Vec<ProgramExitFigures>,
}

/// The figures of an exit.
#[derive(Serialize, ToSchema)]
struct ProgramExitFigures {
    /// Its name.
    exit: String,
    /// How often it was taken.
    passed: i64,
    /// Of a split: how many of those who were sent this way completed the program.
    completed: i64,
}

/// The figures of the nodes of a version.
#[derive(Serialize, ToSchema)]
struct ProgramNodes {
    /// The program.
    program_id: ProgramId,
    /// The version.
    version: i64,
    /// Its nodes, in the order of the flow.
    nodes: Vec<ProgramNodeFigures>,
}

/// Show the figures of a program's nodes
///
/// Who came to each, who waits there, who went on by which exit, and what failed.
#[utoipa::path(get, operation_id = "program_nodes", path = "/api/v1/programs/{program_id}/nodes", tag = "Programs",
    params(("program_id" = ProgramId, Path, description = "The program's id"), ProgramNodesQuery),
    responses((status = 200, description = "The figures of each node", body = ProgramNodes)))]
async fn nodes(
    State(programs): State<Programs>,
    member: Member,
    name: Named,
    Params(query): Params<ProgramNodesQuery>,
) -> Answer<Json<ProgramNodes>> {
    let mut tx = programs.app().read().await?;
    let program = super::find(&mut tx, member.hub(), &name).await?;
    let version = query.version.unwrap_or(program.version);
    let published = programs.flows().get(&mut tx, member.hub(), program.id, version).await?;
    let (flow, tallies, exits) = match &published {
        Some(published) => (
            published.flow.clone(),
            sums::nodes(&mut tx, program.id, Some(version)).await?,
            sums::exits(&mut tx, program.id, Some(version)).await?,
        ),
        // A draft that was never published: its nodes, and nobody at any of them.
        None if query.version.is_none() => (super::list::read(&program).0, Vec::new(), Vec::new()),
        None => return Err(Error::not_found("Version").into()),
    };
    Ok(Json(ProgramNodes { program_id: program.id, version, nodes: told(&flow, tallies, exits) }))
}

fn told(flow: &Flow, tallies: Vec<NodeTally>, exits: Vec<ExitTally>) -> Vec<ProgramNodeFigures> {
    let mut of: HashMap<String, NodeTally> = tallies.into_iter().map(|one| (one.node.clone(), one)).collect();
    let mut ways: HashMap<String, Vec<ExitTally>> = HashMap::new();
    for exit in exits {
        ways.entry(exit.node.clone()).or_default().push(exit);
    }
    let began = flow.start().and_then(|(start, _)| of.get(&start.id)).map_or(0, |start| start.entered);
    let each = flow.nodes().iter().map(|node| {
        let tally = of.remove(&node.id).unwrap_or_default();
        let ways = ways.remove(&node.id).unwrap_or_default();
        ProgramNodeFigures {
            node_id: node.id.clone(),
            kind: node.work.kind(),
            entered: tally.entered,
            waiting: tally.waiting,
            left: tally.gone,
            replied: tally.replied,
            failed: tally.failed,
            reached: share(tally.entered, began),
            dropped: share((tally.entered - tally.waiting - tally.gone).max(0), tally.entered),
            exits: ways
                .into_iter()
                .map(|way| ProgramExitFigures { exit: way.exit_name, passed: way.passed, completed: way.won })
                .collect(),
        }
    });
    each.collect()
}
