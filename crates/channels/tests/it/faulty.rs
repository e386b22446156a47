//! Providers that refuse, or do not answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use ports::messaging::{
    Account, Bounds, Decision, Hook, Media, MediaFault, Messenger, Outgoing, SendFault, Sent, Standing, To,
};

/// What a provider says to the attempt of this number, counted from 0; nothing where it does as it is asked.
type Says = Box<dyn Fn(usize) -> Option<SendFault> + Send + Sync>;

/// A provider whose answers a story decides.
pub(crate) struct Faulty {
    inner: Arc<dyn Messenger>,
    says: Says,
    asked: AtomicUsize,
}

impl Faulty {
    /// It answers what this says; else what the provider does.
    pub(crate) fn new(
        inner: Arc<dyn Messenger>,
        says: impl Fn(usize) -> Option<SendFault> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { inner, says: Box::new(says), asked: AtomicUsize::new(0) })
    }

    /// A line that is cut: everything that is asked times out.
    pub(crate) fn down(inner: Arc<dyn Messenger>) -> Arc<Self> {
        Self::new(inner, |_| {
            Some(SendFault::ours(Decision::Later(None), "timeout", "The provider did not answer in time"))
        })
    }

    /// How often it was asked to do something.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    fn answer(&self) -> Result<(), SendFault> {
        (self.says)(self.asked.fetch_add(1, Ordering::Relaxed)).map_or(Ok(()), Err)
    }
}

#[async_trait]
impl Messenger for Faulty {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn is_real(&self) -> bool {
        self.inner.is_real()
    }

    fn bounds(&self) -> Bounds {
        self.inner.bounds()
    }

    async fn send(&self, account: &Account, message: &Outgoing) -> Result<Sent, SendFault> {
        self.answer()?;
        self.inner.send(account, message).await
    }

    async fn check(&self, account: &Account) -> Standing {
        self.inner.check(account).await
    }

    async fn set_webhook(&self, account: &Account, hook: &Hook) -> Result<(), SendFault> {
        self.answer()?;
        self.inner.set_webhook(account, hook).await
    }

    async fn remove_webhook(&self, account: &Account) -> Result<(), SendFault> {
        self.answer()?;
        self.inner.remove_webhook(account).await
    }

    async fn media(&self, account: &Account, id: &str, most_bytes: usize) -> Result<Media, MediaFault> {
        self.inner.media(account, id, most_bytes).await
    }

    async fn seen(&self, account: &Account, to: &To, id: &str, typing: bool) -> Result<(), SendFault> {
        self.answer()?;
        self.inner.seen(account, to, id, typing).await
    }

    async fn acknowledge(&self, account: &Account, id: &str) -> Result<(), SendFault> {
        self.answer()?;
        self.inner.acknowledge(account, id).await
    }

    async fn delete(&self, account: &Account, id: &str) -> Result<(), SendFault> {
        self.answer()?;
        self.inner.delete(account, id).await
    }
}
