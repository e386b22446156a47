//! What has no answer is kept, alike questions together.

use std::collections::HashSet;

use db::Tx;
use kernel::{Result, Scope};
use mind::embed::{StaticModel, cosine};
use mind::recall::Language;

use super::{Answer, AskQuestion, Asker};
use crate::model::{Base, Gap, GapId, GapStatus, Question, QuestionId};
use crate::store::{bases, gaps};
use crate::{Knowledge, blocking};

/// From this cosine on two questions ask for the same.
const ALIKE: f32 = 0.8;

/// The gap that is most like a question, if one is alike.
fn nearest(vector: &[f32], open: &[(GapId, String)]) -> Option<GapId> {
    let model = StaticModel::embedded();
    let near = open.iter().map(|(id, question)| (*id, cosine(vector, &model.embed(question))));
    near.filter(|(_, cosine)| *cosine >= ALIKE).max_by(|one, other| one.1.total_cmp(&other.1)).map(|(id, _)| id)
}

/// Keeps a question that has no answer, with those that are like it.
pub(super) async fn keep(
    of: &Knowledge,
    base: &Base,
    asked: &AskQuestion,
    answer: &Answer,
    by: Asker,
) -> Result<(QuestionId, GapId)> {
    let scope = Scope::system();
    let (clock, now) = (of.app().clock(), of.app().clock().now());
    // Compared before the transaction: there may be thousands of them.
    let open = gaps::open(&mut of.app().read().await?, base.id).await?;
    let text = asked.question.clone();
    let compared = blocking(move || {
        let vector = StaticModel::embedded().embed(&text);
        let gap = nearest(&vector, &open);
        (vector, open.into_iter().map(|(id, _)| id).collect::<HashSet<_>>(), gap)
    });
    let (vector, seen, gap) = compared.await?;
    let mut tx = of.app().write().await?;
    // Whoever asks the same base at the same time waits here, and sees what came before.
    bases::hold(scope, &mut tx, base.id).await?;
    let gap = if gap.is_some() {
        gap
    } else {
        let open = gaps::open(&mut tx, base.id).await?;
        let unseen: Vec<(GapId, String)> = open.into_iter().filter(|(id, _)| !seen.contains(id)).collect();
        nearest(&vector, &unseen)
    };
    let gap_id = match gap {
        Some(gap) if gaps::asked_again(&mut tx, gap, now).await? => gap,
        _ => open_gap(of, &mut tx, base, asked, answer).await?,
    };
    let question = Question {
        id: clock.new_id(),
        base_id: base.id,
        owner_id: base.owner_id,
        gap_id,
        question: asked.question.clone(),
        outcome: answer.outcome,
        confidence: answer.confidence,
        by_member: by == Asker::Member,
        asked_at: now,
    };
    gaps::add(scope, &mut tx, &question).await?;
    tx.commit().await?;
    Ok((question.id, gap_id))
}

async fn open_gap(of: &Knowledge, tx: &mut Tx, base: &Base, asked: &AskQuestion, answer: &Answer) -> Result<GapId> {
    let (clock, now) = (of.app().clock(), of.app().clock().now());
    let gap = Gap {
        id: clock.new_id(),
        base_id: base.id,
        owner_id: base.owner_id,
        question: asked.question.clone(),
        language: Some(answer.language.clone()).filter(|code| code != Language::Other.code()),
        asked: 1,
        status: GapStatus::Open,
        correction_id: None,
        first_asked_at: now,
        last_asked_at: now,
        answered_at: None,
    };
    gaps::insert(Scope::system(), tx, &gap).await?;
    Ok(gap.id)
}
