//! Who answers members of an audience: what their coach knows.

use async_trait::async_trait;
use channels::ports::{Answer, Answerer, Citation, Outcome, Question, Suggestion};
use db::Tx;
use kernel::{Kind, Result, WorkspaceId};
use knowledge::{AskQuestion, BaseId, Knowledge, Said, Speaker};
use uuid::Uuid;

/// The bases of a hub.
pub(super) struct FromBases(pub(super) Knowledge);

#[async_trait]
impl Answerer for FromBases {
    async fn answer(&self, workspace: WorkspaceId, bases: &[Uuid], question: &Question) -> Result<Answer> {
        let of: Vec<BaseId> = bases.iter().copied().map(BaseId::from_uuid).collect();
        match self.0.ask(workspace, &of, &asked(question)).await {
            Ok(answer) => Ok(told(answer)),
            // A hub without a base knows nothing; that is no fault.
use kernel::{Kind, Result, Scope, WorkspaceId};
use knowledge::{AskQuestion, BaseId, Knowledge, Said, Speaker};
use uuid::Uuid;

/// The knowledge of the hub.
pub(super) struct Answers(pub(super) Knowledge);

#[async_trait]
impl Answerer for Answers {
    async fn answer(&self, workspace: WorkspaceId, bases: &[Uuid], question: &Question) -> Result<Answer> {
        let bases: Vec<BaseId> = bases.iter().copied().map(BaseId::from_uuid).collect();
        let history = question.history.iter().map(|(who, text)| Said {
            role: if who == "member" { Speaker::User } else { Speaker::Assistant },
            content: text.clone(),
        });
        let asked = AskQuestion {
            language: question.language.clone(),
            history: history.collect(),
            ..AskQuestion::new(question.text.clone())
        };
        match self.0.ask(workspace, &bases, &asked).await {
            Ok(answer) => Ok(told(answer)),
            // Who has no base yet knows nothing yet.
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
        match self.0.ask(workspace, &wanted, &asked).await {
            Ok(answer) => Ok(told(answer)),
            // All of them were deleted.
            Err(error) if error.kind() == Kind::NotFound => Ok(Answer::unknown()),
            Err(error) => Err(error),
        }
    }

    async fn bases(&self, tx: &mut Tx, workspace: WorkspaceId, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        let ids: Vec<BaseId> = ids.iter().copied().map(BaseId::from_uuid).collect();
        Ok(self.0.those_of(tx, workspace, &ids).await?.into_iter().map(BaseId::uuid).collect())
        let wanted: Vec<BaseId> = ids.iter().copied().map(BaseId::from_uuid).collect();
        let found = self.0.those_of(tx, workspace, &wanted).await?;
        Ok(found.into_iter().map(BaseId::uuid).collect())
    }
}

fn said((who, what): &(String, String)) -> Said {
    let role = if who == "member" { Speaker::User } else { Speaker::Assistant };
    Said { role, content: what.clone() }
}

fn told(answer: knowledge::Answer) -> Answer {
    let outcome = match answer.outcome {
        knowledge::Outcome::Answered => Outcome::Answered,
        knowledge::Outcome::Maybe => Outcome::Maybe,
        knowledge::Outcome::Unknown => return Answer::unknown(),
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
    }
}

fn asked(question: &Question) -> AskQuestion {
    let said = |(who, content): &(String, String)| Said {
        role: if who == "member" { Speaker::User } else { Speaker::Assistant },
        content: content.clone(),
    };
    AskQuestion {
        question: question.text.clone(),
        language: question.language.clone(),
        history: question.history.iter().map(said).collect(),
    }
}

        let found = knowledge::store::bases::several(Scope::system(), tx, workspace, &ids).await?;
        Ok(found.into_iter().map(|base| base.id.uuid()).collect())
    }
}

/// What knowledge answers, as a member is told it: sure answers with their sources, else what may help.
fn told(answer: knowledge::Answer) -> Answer {
    let outcome = match answer.outcome {
        knowledge::Outcome::Answered => Outcome::Answered,
        knowledge::Outcome::Maybe => Outcome::Maybe,
        knowledge::Outcome::Unknown => Outcome::Unknown,
    };
    let mut told = Answer {
        outcome,
        text: answer.answer,
        confidence: answer.confidence,
        provider: answer.provider,
        ..Answer::unknown()
    };
    match outcome {
        Outcome::Answered => told.citations = (1..).zip(answer.citations).map(citation).collect(),
        Outcome::Maybe => told.suggestions = answer.citations.into_iter().map(suggestion).collect(),
        Outcome::Unknown => told.text.clear(),
    }
    told
}

fn citation((number, of): (u32, knowledge::Citation)) -> Citation {
    Citation {
        number,
        document_id: Some(of.document_id.uuid()),
        title: of.document_title,
        heading: (!of.heading_path.is_empty()).then(|| of.heading_path.join(" › ")),
        quote: short(&of.quote),
        page: of.page,
        seconds: of.seconds,
        url: None,
    }
}

fn suggestion(of: knowledge::Citation) -> Suggestion {
    let title = of.heading_path.last().cloned().unwrap_or(of.document_title);
    Suggestion { title, excerpt: short(&of.quote), question: None }
}

/// No longer than a citation shows.
fn short(quote: &str) -> String {
    const MOST: usize = 500;
    if quote.chars().count() <= MOST {
        return quote.to_owned();
    }
    let mut cut: String = quote.chars().take(MOST - 1).collect();
    cut.push('…');
    cut
    let cut = |text: &str| text.chars().take(500).collect::<String>();
    let suggestions = match outcome {
        Outcome::Maybe => answer
            .citations
            .iter()
            .take(3)
            .map(|one| Suggestion { title: one.document_title.clone(), excerpt: cut(&one.quote), question: None })
            .collect(),
        Outcome::Answered | Outcome::Unknown => Vec::new(),
    };
    let citations = match outcome {
        Outcome::Answered => answer
            .citations
            .iter()
            .zip(1..)
            .map(|(one, number)| Citation {
                number,
                document_id: Some(one.document_id.uuid()),
                title: one.document_title.clone(),
                heading: one.heading_path.last().cloned(),
                quote: cut(&one.quote),
                page: one.page,
                seconds: one.seconds,
                url: None,
            })
            .collect(),
        Outcome::Maybe | Outcome::Unknown => Vec::new(),
    };
    let text = if outcome == Outcome::Unknown { String::new() } else { answer.answer };
    Answer { outcome, text, citations, suggestions, confidence: answer.confidence, provider: answer.provider }
}
