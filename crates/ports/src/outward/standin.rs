//! Answers without a network, for tests.

use std::collections::VecDeque;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use parking_lot::Mutex;

use super::{Answer, Fault, Outward, Request, Rules};

/// Remembers what it was asked, and answers as it was told: first what was queued, in its order, then 200 with an empty body. Addresses are judged
/// as by the real one, as far as that goes without resolving names.
#[derive(Debug, Default)]
pub struct StandIn {
    rules: Rules,
    seen: Mutex<Vec<Request>>,
    answers: Mutex<VecDeque<Result<Answer, Fault>>>,
}

impl StandIn {
    /// One that asks by these rules.
    pub fn new(rules: Rules) -> Self {
        Self { rules, ..Self::default() }
    }

    /// An answer of this status and body, for [`StandIn::next`].
    pub fn answer(status: u16, body: impl Into<Bytes>) -> Answer {
        Answer { status, headers: Vec::new(), body: body.into(), is_cut: false, took: Duration::from_millis(1) }
    }

    /// What it answers next, behind what was queued before.
    pub fn next(&self, answer: Result<Answer, Fault>) {
        self.answers.lock().push_back(answer);
    }

    /// What it was asked, oldest first; it is forgotten here.
    pub fn take(&self) -> Vec<Request> {
        std::mem::take(&mut *self.seen.lock())
    }
}

#[async_trait]
impl Outward for StandIn {
    async fn send(&self, request: Request) -> Result<Answer, Fault> {
        self.rules.judge(&request.url)?;
        let most = request.most_bytes;
        self.seen.lock().push(request);
        let mut answer = self.answers.lock().pop_front().unwrap_or_else(|| Ok(Self::answer(200, "")))?;
        if answer.body.len() > most {
            answer.body.truncate(most);
            answer.is_cut = true;
        }
        Ok(answer)
    }
}
