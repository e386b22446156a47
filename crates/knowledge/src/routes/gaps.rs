//! Gaps: listed, answered, dismissed.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use db::Tx;
use events::TxExt as _;
use http_base::path::Two;
use http_base::{Answer, Body, Done, Member, Named, Pages, Pagination, Params, Routes, done, routes};
use input::Input;
use kernel::{Error, Result, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::base_of;
use super::corrections::{CorrectionBody, add};
use crate::Knowledge;
use crate::events::GapAnswered;
use crate::model::{Base, CorrectionId, Gap, GapId, GapStatus, NewCorrection};
use crate::store;

/// So many questions one event names.
const NAMED: u32 = 500;

pub(super) fn router() -> Routes<Knowledge> {
    Routes::new().with(routes!(list)).with(routes!(answer)).with(routes!(dismiss))
}

/// A gap: questions that are alike, and have no answer.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeGap)]
struct GapBody {
    /// Its id.
    id: GapId,
    /// The question as it was asked first.
    #[schema(example = "Can I pay in instalments?")]
    question: String,
    /// How it was worded lately, the last wording first; up to five.
    wordings: Vec<String>,
    /// Its language, `en` or `es`; null if it is another one.
    language: Option<String>,
    /// How often it was asked.
    asked: u64,
    /// Where it stands.
    status: GapStatus,
    /// What answers it; null if nothing does.
    correction_id: Option<CorrectionId>,
    /// When it was asked for the first time,
    first_asked_at: Timestamp,
    /// and for the last.
    last_asked_at: Timestamp,
    /// When it was answered or dismissed; null while it is open.
    answered_at: Option<Timestamp>,
}

/// A page of gaps.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeGapList)]
struct GapList {
    /// The gaps of this page.
    gaps: Vec<GapBody>,
    /// Where the page stands in the list.
    pagination: Pagination,
}

/// Which gaps are wanted.
#[derive(Input)]
struct GapQuery {
    /// Those that stand here.
    #[input(word_of_query, default = GapStatus::Open)]
    status: GapStatus,
    #[input(flatten)]
    pages: Pages,
}

/// List gaps
///
/// What was asked and could not be answered, alike questions together, the most asked first.
#[utoipa::path(get, path = "/api/v1/knowledge-bases/{knowledge_base_id}/gaps", tag = "Knowledge",
    params(("knowledge_base_id" = String, Path, description = "The base's id"), GapQuery),
    responses((status = 200, description = "A page of gaps", body = GapList)))]
async fn list(
    State(of): State<Knowledge>,
    member: Member,
    name: Named,
    Params(query): Params<GapQuery>,
) -> Answer<Json<GapList>> {
    let mut tx = of.app().read().await?;
    let base = base_of(&member, &mut tx, &name.0).await?;
    let (gaps, total) = store::gaps::list(&mut tx, &base, query.status, query.pages).await?;
    let ids: Vec<GapId> = gaps.iter().map(|gap| gap.id).collect();
    let mut wordings: HashMap<GapId, Vec<String>> = HashMap::new();
    for (gap, wording) in store::gaps::wordings(&mut tx, &ids).await? {
        let own = wordings.entry(gap).or_default();
        if !own.contains(&wording) {
            own.push(wording);
        }
    }
    let body = |gap: Gap| GapBody {
        id: gap.id,
        wordings: wordings.remove(&gap.id).unwrap_or_default(),
        question: gap.question,
        language: gap.language,
        asked: gap.asked,
        status: gap.status,
        correction_id: gap.correction_id,
        first_asked_at: gap.first_asked_at,
        last_asked_at: gap.last_asked_at,
        answered_at: gap.answered_at,
    };
    let gaps = gaps.into_iter().map(body).collect();
    Ok(Json(GapList { gaps, pagination: query.pages.pagination(total) }))
}

/// The coach's answer to a gap.
#[derive(Input)]
#[input(name = "KnowledgeGapAnswer")]
struct GapAnswer {
    /// What is answered.
    #[input(text(8_000), example = "Yes, in three instalments without interest.")]
    answer: String,
    /// What is asked, if it should be worded better than it was.
    #[input(text(2_000), example = "Can I pay in instalments?")]
    question: Option<String>,
    /// From when on the answer should be looked at again: you are reminded of it.
    #[input(moment_or_day_from(crate::model::FIRST))]
    stale_after: Option<Timestamp>,
    /// Is everybody told who asked on a channel?
    #[input(flag(), default = true)]
    tell: bool,
}

/// Answer a gap
///
/// The answer becomes a correction: it is found before every document, and cited as yours. Those who asked on a channel are sent it, unless
/// `tell` says otherwise.
#[utoipa::path(post, path = "/api/v1/knowledge-bases/{knowledge_base_id}/gaps/{gap_id}/answer", tag = "Knowledge",
    request_body = GapAnswer,
    params(("knowledge_base_id" = String, Path, description = "The base's id"), ("gap_id" = String, Path, description = "The gap's id")),
    responses((status = 201, description = "The correction", body = CorrectionBody),
        (status = 409, description = "It was answered or dismissed already")))]
async fn answer(
    State(of): State<Knowledge>,
    member: Member,
    Two(base, gap): Two,
    Body { input, .. }: Body<GapAnswer>,
) -> Answer<(StatusCode, Json<CorrectionBody>)> {
    let now = of.app().clock().now();
    let mut tx = of.app().write().await?;
    let base = base_of(&member, &mut tx, &base).await?;
    let mut gap = gap_of(&mut tx, &base, gap).await?;
    let question = input.question.unwrap_or_else(|| gap.question.clone());
    let new = NewCorrection { question, answer: input.answer, stale_after: input.stale_after };
    let correction = add(&of, &member, &mut tx, &base, new, Some(gap.id)).await?;
    (gap.status, gap.correction_id, gap.answered_at) = (GapStatus::Answered, Some(correction.id), Some(now));
    close(&mut tx, &gap).await?;
    let mut after = None;
    loop {
        let some = store::gaps::questions(&mut tx, gap.id, after, NAMED).await?;
        let is_all = some.len() < NAMED as usize;
        after = some.last().copied();
        if !some.is_empty() {
            tx.event(GapAnswered::new(&gap, correction.id, input.tell, some));
        }
        if is_all {
            break;
        }
    }
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(CorrectionBody::new(correction, now))))
}

/// Dismiss a gap
///
/// It needs no answer. When it is asked for again it is a new one.
#[utoipa::path(delete, path = "/api/v1/knowledge-bases/{knowledge_base_id}/gaps/{gap_id}", tag = "Knowledge",
    params(("knowledge_base_id" = String, Path, description = "The base's id"), ("gap_id" = String, Path, description = "The gap's id")),
    responses((status = 200, description = "Dismissed", body = Done),
        (status = 409, description = "It was answered or dismissed already")))]
async fn dismiss(State(of): State<Knowledge>, member: Member, Two(base, gap): Two) -> Answer<Json<Done>> {
    let now = of.app().clock().now();
    let mut tx = of.app().write().await?;
    let base = base_of(&member, &mut tx, &base).await?;
    let mut gap = gap_of(&mut tx, &base, gap).await?;
    (gap.status, gap.answered_at) = (GapStatus::Dismissed, Some(now));
    close(&mut tx, &gap).await?;
    tx.commit().await?;
    Ok(done("Gap dismissed"))
}

async fn gap_of(tx: &mut Tx, base: &Base, name: String) -> Result<Gap> {
    let id = Named(name).id("Gap")?;
    store::gaps::find(tx, base, id).await?.ok_or_else(|| Error::not_found("Gap"))
}

async fn close(tx: &mut Tx, gap: &Gap) -> Result<()> {
    if store::gaps::close(tx, gap).await? {
        return Ok(());
    }
    Err(Error::conflict("The gap was answered or dismissed already; change its correction instead"))
}
