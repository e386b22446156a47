//! What leaves the house: other servers, and the assistant. Each is a job whose row was written with the step that wants it; what comes back is an event of
//! the run, and counts only if the run still stands where it asked.

use std::time::Duration;

use jobs::{Context, Failure, Outcome as Done, Payload, Registry};
use kernel::WorkspaceId;
use ports::outward::{Method as Verb, Request};
use serde_json::{Value, json};

use super::apply::Errand;
use super::tick::step_one;
use super::{ASK, FETCH};
use crate::Programs;
use crate::model::kind::Method;
use crate::model::{Event, Work};
use crate::rows::Enrolment;
use crate::store::enrolments;

/// How long another server may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many bytes of its answer are read.
const MOST_BYTES: usize = 16 << 10;

/// Registers the jobs.
pub(crate) fn register(registry: &mut Registry, of: &Programs) {
    let own = of.clone();
    registry.on_within(FETCH, Duration::from_secs(60), move |context, payload| fetch(own.clone(), context, payload));
    let own = of.clone();
    registry.on_within(ASK, Duration::from_secs(120), move |context, payload| ask(own.clone(), context, payload));
}

/// The run that an errand is for, if it still stands where it asked, and what its node says.
async fn waiting(of: &Programs, errand: &Errand) -> kernel::Result<Option<(Enrolment, Work)>> {
    let mut tx = of.app().read().await?;
    let workspace = WorkspaceId::from_uuid(errand.workspace);
    let run = enrolments::find(workspace, &mut tx, errand.enrolment).await?;
    let Some(run) = run.filter(|run| run.step == errand.step && run.is_running()) else { return Ok(None) };
    let published = of.flows().get(&mut tx, workspace, run.program_id, run.version).await?;
    let work = published.and_then(|published| published.flow.node(&errand.node).map(|node| node.work.clone()));
    Ok(work.map(|work| (run, work)))
}

async fn came_back(of: &Programs, errand: &Errand, event: &Event) -> Done {
    let now = of.app().clock().now();
    let mut tx = of.app().write().await?;
    step_one(of, &mut tx, WorkspaceId::from_uuid(errand.workspace), errand.enrolment, event, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn fetch(of: Programs, context: Context, payload: Payload) -> Done {
    let errand: Errand = payload.read()?;
    let Some((run, Work::HttpRequest(node))) = waiting(&of, &errand).await? else { return Ok(()) };
    let told = errand.body.clone().unwrap_or_else(|| {
        json!({"program_id": run.program_id, "enrollment_id": run.id, "user_id": run.member_id, "node_id": errand.node})
    });
    let verb = match node.method {
        Method::Get => Verb::Get,
        Method::Post => Verb::Post,
        Method::Put => Verb::Put,
        Method::Patch => Verb::Patch,
        Method::Delete => Verb::Delete,
    };
    let mut request = Request::new(verb, errand.url.clone().unwrap_or_default());
    (request.timeout, request.most_bytes) = (PATIENCE, MOST_BYTES);
    request.headers.push(("idempotency-key".into(), format!("{}:{}", errand.enrolment, errand.step)));
    request.headers.push(("accept".into(), "application/json".into()));
    if !matches!(verb, Verb::Get | Verb::Delete) {
        request.headers.push(("content-type".into(), "application/json".into()));
        request.body = told.to_string().into();
    }
    let is_last = context.attempt >= context.max_attempts;
    let found = match of.outward().send(request).await {
        Ok(answer) if answer.is_success() => Ok(read(&answer.body)),
        // What may be better later is asked again, as often as a job is tried.
        Ok(answer) if !is_last && (answer.status == 429 || answer.status >= 500) => {
            return Err(Failure::retry(format!("the server answered {}", answer.status)));
        }
        Err(fault) if !is_last && fault.may_pass() => return Err(Failure::retry(fault.to_string())),
        Ok(_) | Err(_) => Err(()),
    };
    came_back(&of, &errand, &Event::Fetched(errand.step, found)).await
}

/// What was answered: JSON, or the text of it.
fn read(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|_| {
        let text = String::from_utf8_lossy(body);
        Value::from(audience::cleaned(&text))
    })
}

async fn ask(of: Programs, context: Context, payload: Payload) -> Done {
    let errand: Errand = payload.read()?;
    let Some((run, Work::AiReply(node))) = waiting(&of, &errand).await? else { return Ok(()) };
    let workspace = WorkspaceId::from_uuid(errand.workspace);
    let bases: Vec<_> = node.knowledge_base_id.into_iter().collect();
    let language = {
        let mut tx = of.app().read().await?;
        audience::members::get(&mut tx, workspace, run.member_id).await?.and_then(|member| member.language)
    };
    let question = errand.question.clone().unwrap_or_default();
    let found = match of.answers().answer(workspace, &bases, &question, language.as_deref()).await {
        Ok(found) => found,
        Err(error) if context.attempt < context.max_attempts => return Err(error.into()),
        Err(error) => {
            tracing::warn!(%error, enrolment = %run.id, "the assistant did not answer a program");
            None
        }
    };
    came_back(&of, &errand, &Event::Answered(errand.step, found)).await
}
