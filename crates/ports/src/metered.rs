//! Models that cost, by the day: so many questions and texts, of everybody together. Whatever asks too much is told when it may again; what
//! can do without a model does.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Error, Kind, Result};

use crate::counters::{Counters, Quota};
use crate::{Embedder, Llm};

/// So many texts are counted as one: a batch of them is one question to whoever counts.
const TEXTS: usize = 10;

/// A model, and how much of it there is.
pub struct Metered<T: ?Sized> {
    /// The model.
    pub model: Arc<T>,
    /// Who counts.
    pub counters: Arc<dyn Counters>,
    /// How much there is of it: of texts, tenths.
    pub quota: Quota,
    /// Which setting says so.
    pub setting: &'static str,
}

impl<T: ?Sized> Metered<T> {
    async fn take(&self, many: usize) -> Result<()> {
        for _ in 0..many {
            match self.counters.take(self.setting, self.quota).await {
                Ok(verdict) if verdict.allowed => {}
                Ok(verdict) => {
                    let wait = u32::try_from(verdict.retry_after.as_secs() + 1).unwrap_or(u32::MAX);
                    let setting = self.setting;
                    let message =
                        format!("The model is asked no more today than {setting} allows; try again in {wait} s");
                    return Err(Error::new(Kind::RateLimited(wait), message));
                }
                // Better too much than nothing at all; whoever counts tells the log of it.
                Err(_) => {}
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Llm for Metered<dyn Llm> {
    fn name(&self) -> &str {
        self.model.name()
    }

    async fn answer_json(&self, instructions: &str, prompt: &str) -> Result<String> {
        self.take(1).await?;
        self.model.answer_json(instructions, prompt).await
    }
}

#[async_trait]
impl Embedder for Metered<dyn Embedder> {
    fn model(&self) -> &str {
        self.model.model()
    }

    fn dims(&self) -> usize {
        self.model.dims()
    }

    fn is_local(&self) -> bool {
        self.model.is_local()
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        self.take(texts.len().div_ceil(TEXTS)).await?;
        self.model.embed(texts).await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kernel::Clock;

    use super::*;
    use crate::counters::LocalCounters;

    struct Echo;

    #[async_trait]
    impl Llm for Echo {
        fn name(&self) -> &'static str {
            "echo"
        }
        async fn answer_json(&self, _: &str, prompt: &str) -> Result<String> {
            Ok(prompt.to_owned())
        }
    }

    #[tokio::test]
    async fn a_model_is_asked_so_often_and_comes_back_with_the_day() {
        let clock = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1);
        let counters = Arc::new(LocalCounters::new(clock.clone()));
        let quota = Quota { most: 3, per: Duration::from_hours(24) };
        let model: Metered<dyn Llm> =
            Metered { model: Arc::new(Echo), counters, quota, setting: "LLM_QUESTIONS_PER_DAY" };
        for _ in 0..3 {
            assert_eq!(model.answer_json("", "a").await.unwrap(), "a");
        }
        let error = model.answer_json("", "a").await.unwrap_err();
        assert!(matches!(error.kind(), Kind::RateLimited(wait) if wait <= 8 * 3600 + 1), "{error}");
        assert!(error.message().contains("LLM_QUESTIONS_PER_DAY"));
        clock.advance(9 * kernel::time::HOUR);
        assert!(model.answer_json("", "a").await.is_ok());
        assert!(model.answer_json("", "a").await.is_err());
    }
}
