//! Questions and their answers.
//!
//! The bases say, all together, which sentences answer and how sure that is (`local`). At or above the upper threshold that is the answer, as
//! quotes; between the two passages are shown that may help; below the lower one nothing is claimed. Where there is a language model it words
//! the answer from the same passages (`worded`): it is not asked below the lower threshold, each of its sentences is held against what it
//! cites, and its failure is never the reader's. What was not answered is kept as a gap (`gaps`).

mod answer;
mod gaps;
mod local;
mod quote;
mod shown;
mod worded;

use db::Tx;
use input::Input;
use kernel::{Error, Kind, Result, Scope, WorkspaceId};
use mind::recall::{Language, Question};

pub use answer::{Answer, Citation};
pub(crate) use local::search;
pub(crate) use quote::without_marks;

use crate::Knowledge;
use crate::model::{Base, BaseId, Outcome};
use crate::store::bases;

/// So many bases are asked together.
pub const MOST_BASES: usize = 20;
/// So often a question is answered anew because documents changed under it.
const TRIES: usize = 4;
/// So much of what was said before is looked at.
pub const MOST_SAID: usize = 20;

/// Who said something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "KnowledgeSpeaker", no_column)]
pub enum Speaker {
    /// Whoever asks.
    #[word("user")]
    User,
    /// Whoever answers.
    #[word("assistant")]
    Assistant,
}

/// Something that was said before.
#[derive(Clone, Debug, PartialEq, Input)]
#[input(name = "KnowledgeSaid")]
pub struct Said {
    /// Who said it.
    #[input(word)]
    pub role: Speaker,
    /// What.
    #[input(text(4_000), example = "How long is the course?")]
    pub content: String,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Input)]
#[input(name = "KnowledgeQuestion")]
pub struct AskQuestion {
    /// What is asked.
    #[input(text(2_000), example = "And how much is it?")]
    pub question: String,
    /// In which language, `en` or `es`; otherwise it is told by its words.
    #[input(text(35), example = "en")]
    pub language: Option<String>,
    /// What was said before, the oldest first: a question that leaves something out is understood by it.
    #[input(list(20, nested::<Said>()), default)]
    pub history: Vec<Said>,
}

impl AskQuestion {
    /// A question of which nothing else is known.
    pub fn new(question: impl Into<String>) -> Self {
        Self { question: question.into(), language: None, history: Vec::new() }
    }

    /// The same as it may come from anybody: no longer than a question is, and without what no database holds.
    fn cleaned(&self) -> Self {
        let clean = |text: &str, most: usize| text.chars().filter(|letter| *letter != '\0').take(most).collect();
        let last = self.history.len().saturating_sub(MOST_SAID);
        let said = |said: &Said| Said { role: said.role, content: clean(&said.content, 4_000) };
        Self {
            question: clean(&self.question, 2_000),
            language: self.language.clone(),
            history: self.history[last..].iter().map(said).collect(),
        }
    }

    /// It as the lexicon takes it.
    fn as_asked(&self) -> Question {
        let before: Vec<&str> = self
            .history
            .iter()
            .rev()
            .take(MOST_SAID)
            .rev()
            .filter(|said| said.role == Speaker::User)
            .map(|said| said.content.as_str())
            .collect();
        let question = Question::new(&self.question);
        let question = match self.language.as_deref().map(Language::of_code) {
            Some(language) => question.in_language(language),
            None => question,
        };
        question.after(&before)
    }
}

/// Whoever asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Asker {
    /// The coach.
    Coach,
    /// A member of the audience, on a channel.
    Member,
    /// A person who answers a member themselves.
    Person,
}

impl Knowledge {
    /// Answers a question of a member of an audience out of these bases of the hub, or out of its newest ones if none is named; counted by
    /// `KNOWLEDGE_ANSWERS_PER_HOUR`: [`Kind::RateLimited`] beyond it. Bases that are not the hub's, or not there any more, are left out;
    /// [`Kind::NotFound`] if none is left.
    ///
    /// Nothing is known here of who asks. What has no answer is kept under [`Answer::question_id`]: once the coach answers,
    /// `knowledge.gap_answered` names it.
    pub async fn ask(&self, owner: WorkspaceId, of: &[BaseId], question: &AskQuestion) -> Result<Answer> {
        self.asked_by(owner, of, question, Asker::Member).await
    }

    /// The same for somebody who answers in person and looks at what could be said: it is no question without an answer.
    pub async fn suggest(&self, owner: WorkspaceId, of: &[BaseId], question: &AskQuestion) -> Result<Answer> {
        self.asked_by(owner, of, question, Asker::Person).await
    }

    async fn asked_by(
        &self,
        owner: WorkspaceId,
        of: &[BaseId],
        question: &AskQuestion,
        asker: Asker,
    ) -> Result<Answer> {
        let verdict = self.counters().take(&format!("knowledge.answers:{owner}"), self.settings().quota()).await;
        // Better too much than nothing at all; whoever counts tells the log of it.
        if let Ok(verdict) = verdict
            && !verdict.allowed
        {
            let wait = u32::try_from(verdict.retry_after.as_secs() + 1).unwrap_or(u32::MAX);
            let most = self.settings().answers;
            let message = format!("{most} questions were answered in the last hour; try again in {wait} s");
            return Err(Error::new(Kind::RateLimited(wait), message));
        }
        let question = question.cleaned();
        if question.question.trim().is_empty() {
            return Err(Error::invalid_field("question", "must not be empty"));
        }
        let several = &of[..of.len().min(MOST_BASES)];
        let mut tx = self.app().read().await?;
        let found = if several.is_empty() {
            self.bases_of(&mut tx, owner).await?
        } else {
            bases::several(Scope::system(), &mut tx, owner, several).await?
        };
        drop(tx);
        if found.is_empty() {
            return Err(Error::not_found("Knowledge base"));
        }
        answered(self, found, &question, asker).await
    }
}

/// Answers a question out of these bases, one at least.
pub(crate) async fn answered(
    of: &Knowledge,
    mut bases: Vec<Base>,
    question: &AskQuestion,
    asker: Asker,
) -> Result<Answer> {
    let mut left = TRIES;
    loop {
        match once(of, &bases, question, left == 0).await? {
            Some(mut answer) => {
                let base = bases.iter().find(|base| base.id == answer.knowledge_base_id);
                if let Some(base) = base
                    && answer.outcome != Outcome::Answered
                    && asker != Asker::Person
                {
                    let (question, gap) = gaps::keep(of, base, question, &answer, asker).await?;
                    (answer.question_id, answer.gap_id) = (Some(question), Some(gap));
                }
                return Ok(answer);
            }
            // What was found became something else before it could be told: once more, out of what is there now.
            None if left > 0 => {
                left -= 1;
                bases = anew(&mut of.app().read().await?, &bases).await?;
            }
            None => return Err(Error::new(Kind::Unavailable, "The documents change right now; ask once more")),
        }
    }
}

/// The answer as the documents are now. Nothing if they changed meanwhile.
async fn once(of: &Knowledge, bases: &[Base], question: &AskQuestion, is_last: bool) -> Result<Option<Answer>> {
    let Some(found) = local::find(of, bases, &question.as_asked(), is_last).await? else { return Ok(None) };
    let worded = match of.llm().filter(|_| found.outcome != Outcome::Unknown) {
        Some(llm) => worded::ask(of, llm, bases, question, &found).await?,
        None => None,
    };
    answer::tell(of, bases, question, found, worded).await
}

/// The same bases as they are now.
async fn anew(tx: &mut Tx, was: &[Base]) -> Result<Vec<Base>> {
    let Some(owner) = was.first().map(|base| base.owner_id) else { return Ok(Vec::new()) };
    let ids: Vec<BaseId> = was.iter().map(|base| base.id).collect();
    let found = bases::several(Scope::system(), tx, owner, &ids).await?;
    if found.is_empty() { Err(Error::not_found("Knowledge base")) } else { Ok(found) }
}
