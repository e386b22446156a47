//! Who answers members of an audience: what their coach knows.

use async_trait::async_trait;
use channels::ports::{Answer, Answerer, Citation, Outcome, Question, Suggestion};
use db::Tx;
use kernel::{Kind, Result, WorkspaceId};
use knowledge::{AskQuestion, BaseId, Knowledge, Said, Speaker};
use uuid::Uuid;

/// How much of a passage that may help is shown, in characters.
const EXCERPT: usize = 300;
/// How much of a passage that an answer rests on, in characters.
const QUOTE: usize = 500;

/// Knowledge, as channels ask it.
pub(super) struct Known(pub(super) Knowledge);

#[async_trait]
impl Answerer for Known {
    async fn answer(&self, workspace: WorkspaceId, bases: &[Uuid], question: &Question) -> Result<Answer> {
        let wanted: Vec<BaseId> = match bases {
            [] => {
                let mut tx = self.0.app().read().await?;
                self.0.bases_of(&mut tx, workspace).await?.into_iter().map(|base| base.id).collect()
            }
            named => named.iter().copied().map(BaseId::from_uuid).collect(),
        };
        if wanted.is_empty() {
            return Ok(Answer::unknown());
        }
        let asked = AskQuestion {
            question: question.text.clone(),
            language: question.language.clone(),
            history: question.history.iter().map(said).collect(),
        };
        let answer = if question.is_draft {
            self.0.suggest(workspace, &wanted, &asked).await
        } else {
            self.0.ask(workspace, &wanted, &asked).await
        };
        match answer {
            Ok(answer) => Ok(told(answer)),
            // All of them were deleted.
            Err(error) if error.kind() == Kind::NotFound => Ok(Answer::unknown()),
            Err(error) => Err(error),
        }
    }

    async fn bases(&self, tx: &mut Tx, workspace: WorkspaceId, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        let wanted: Vec<BaseId> = ids.iter().copied().map(BaseId::from_uuid).collect();
        let found = self.0.those_of(tx, workspace, &wanted).await?;
        Ok(found.into_iter().map(BaseId::uuid).collect())
    }
}

/// The same, as programs ask it: only what is sure is an answer.
#[async_trait]
impl programs::ports::Answers for Known {
    async fn answer(
        &self,
        workspace: WorkspaceId,
        bases: &[Uuid],
        question: &str,
        language: Option<&str>,
    ) -> Result<Option<String>> {
        let asked = Question {
            text: question.to_owned(),
            language: language.map(str::to_owned),
            history: Vec::new(),
            is_draft: false,
        };
        let answer = Answerer::answer(self, workspace, bases, &asked).await?;
        Ok((answer.outcome == Outcome::Answered).then_some(answer.text))
    }

    async fn bases(&self, tx: &mut Tx, workspace: WorkspaceId, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        Answerer::bases(self, tx, workspace, ids).await
    }
}

fn said((who, what): &(String, String)) -> Said {
    let role = if who == "member" { Speaker::User } else { Speaker::Assistant };
    Said { role, content: what.clone() }
}

fn told(answer: knowledge::Answer) -> Answer {
    let question = answer.question_id.map(knowledge::QuestionId::uuid);
    let outcome = match answer.outcome {
        knowledge::Outcome::Answered => Outcome::Answered,
        knowledge::Outcome::Maybe => Outcome::Maybe,
        knowledge::Outcome::Unknown => return Answer { question, ..Answer::unknown() },
    };
    let (mut citations, mut suggestions) = (Vec::new(), Vec::new());
    for (one, number) in answer.citations.into_iter().zip(1..) {
        if outcome == Outcome::Maybe {
            suggestions.push(Suggestion {
                title: one.document_title,
                excerpt: one.quote.chars().take(EXCERPT).collect(),
                question: None,
            });
            continue;
        }
        citations.push(Citation {
            number,
            document_id: Some(one.document_id.uuid()),
            title: one.document_title,
            heading: (!one.heading_path.is_empty()).then(|| one.heading_path.join(" › ")),
            quote: one.quote.chars().take(QUOTE).collect(),
            page: one.page,
            seconds: one.seconds,
            url: None,
        });
    }
    Answer {
        outcome,
        text: answer.answer,
        citations,
        suggestions,
        confidence: answer.confidence,
        provider: answer.provider,
        question,
    }
}
